-- What was disclosed of a case, and of which cases an agency was told; and beside the log, who read
-- what is nobody's disclosure.

set local role tsunagu_log;

create index disclosed_of_case on log.event (log.case_of_draft(entry, facts_at, facts_size))
    where type = 'disclosure.disclosed.v1';

-- A header's names are sorted, so that this is where it says whose it is: here, who was told.
create function log.agency_named(entry bytea) returns uuid
language sql immutable strict parallel safe
return substring(
    encode(substr(entry, 9, 49), 'escape')
    from '^\{"agency":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"'
)::uuid;

create index disclosed_to on log.event (log.agency_named(entry))
    where type = 'disclosure.disclosed.v1';

revoke execute on function log.agency_named from public;
grant execute on function log.agency_named to tsunagu_app;

create schema access authorization tsunagu_log;

create table access.reading (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default log.now(),
    agency  uuid not null,
    staff   uuid not null,
    read    text not null,
    case_id uuid not null
);
create index on access.reading (case_id, id);

grant usage on schema access to tsunagu_app;
grant select, insert on access.reading to tsunagu_app;

reset role;
