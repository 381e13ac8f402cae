-- Which tokens have been issued, to whom and until when; never a token itself.

create schema identity authorization tsunagu_log;
set local role tsunagu_log;

create table identity.token (
    id         uuid primary key,
    agency     uuid not null,
    staff      uuid not null,
    issued_at  timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    check (expires_at > issued_at)
);
create index on identity.token (expires_at) where revoked_at is not null;

-- A token that was revoked stays revoked.
create function identity.stay_revoked() returns trigger language plpgsql as $$
begin
    if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
        raise exception 'a revoked token stays revoked' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger stay_revoked before update on identity.token
    for each row execute function identity.stay_revoked();

grant usage on schema identity to tsunagu_app;
grant select, insert, update (revoked_at) on identity.token to tsunagu_app;

reset role;
