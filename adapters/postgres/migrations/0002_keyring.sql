-- The keyring: one wrapped key a person. Own schema, own role, own backup.

create schema keyring authorization tsunagu_keys;
set local role tsunagu_keys;

-- Which key encryption keys have wrapped here; a fingerprint tells the right one from another.
create table keyring.kek (
    epoch       int  primary key,
    fingerprint text not null
);

create table keyring.key (
    person       uuid primary key,
    kek_epoch    int  not null references keyring.kek,
    wrapped      bytea,
    created_at   timestamptz not null default clock_timestamp(),
    destroyed_at timestamptz,
    reason       text,
    check ((wrapped is null) = (destroyed_at is not null)),
    check ((reason is null) = (destroyed_at is null))
);

-- A key that was destroyed stays destroyed.
create function keyring.stay_destroyed() returns trigger language plpgsql as $$
begin
    if old.destroyed_at is not null then
        raise exception 'a destroyed key stays destroyed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger stay_destroyed before update or delete on keyring.key
    for each row execute function keyring.stay_destroyed();

grant usage on schema keyring to tsunagu_keyring;
grant select, insert on keyring.kek to tsunagu_keyring;
grant select, insert, update on keyring.key to tsunagu_keyring;

reset role;
