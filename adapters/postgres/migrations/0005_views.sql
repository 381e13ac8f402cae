-- Lists: made from events, to be made anew whenever it pleases. tsunagu_app owns the schema, and the
-- tables in it, each made by the list it is for. Nothing here is the only one of its kind.

create schema views authorization tsunagu_app;
set local role tsunagu_app;

-- How far each table has come: a list's own, and the one made beside it, named <list>_next.
create table views.checkpoint (
    name       text   primary key collate "C",
    definition text   not null collate "C",  -- '' where it has never been made
    position   bigint not null default 0 check (position >= 0),
    state      text   not null default 'running' check (state in ('running', 'paused', 'stopped')),
    code       text   collate "C",           -- why it stopped,
    stopped_at bigint,                       -- and at which event
    check ((state = 'stopped') = (code is not null)),
    check ((state = 'stopped') = (stopped_at is not null))
);

reset role;
