"""Migrations: forward only, once each, all or nothing."""

import asyncio
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from adapters.engines import PostgresAccess
from adapters.postgres.migrating import (
    ROLES,
    DatabaseIsNewer,
    Migration,
    MigrationChanged,
    RolesOutOfReach,
    migrate,
    migrations,
)
from tests.integration.conftest import MakeDatabase
from tests.integration.writers import append_batch, command, session

KNOWN: Final = migrations()
NAMES: Final = tuple(migration.name for migration in KNOWN)
NEXT: Final = Migration(len(KNOWN) + 1, "9999_next.sql", "create table public.next_one (a int)")
BROKEN: Final = replace(NEXT, number=NEXT.number + 1, sql="create table public.other (a nonsense)")


def applied(owner: str) -> list[tuple[int, str, str]]:
    with session(owner) as looking:
        return looking.execute(
            "select number, name, sha256 from public.migration order by number"
        ).fetchall()


def has_table(owner: str, name: str) -> bool:
    with session(owner) as looking:
        row = looking.execute("select to_regclass(%s) is not null", (name,)).fetchone()
    assert row is not None
    return bool(row[0])


# What a database was migrated with is never edited: lines are added here, and none is changed.
WRITTEN: Final = {
    "0001_log.sql": "27e11df6769366368af32fe692a1b1d81853b54e98ef76d17b62d7ce7c5eb8b1",
    "0002_keyring.sql": "99ee12de8a8982896190a3fca2fb4872a8b5593f7443f2db71a1faeac0afb863",
    "0003_one_row_an_event.sql": "ffdd03746c1e4f9a43a8de83d0cf81c6d2b5910da21312400c58409963a630c8",
    "0004_referrals_of_a_case.sql": (
        "6b22af17c0723703e8e18649303f5e2def242c6d4e5f6ec7e418665190c51e7b"
    ),
    "0005_views.sql": "33437d2930693fa6a708424be6530d9913c6b0440bf1592dcdb0c0fa1ace348d",
    "0006_tokens.sql": "1be8104b42657a12886910e6f99e795d661af1e94decaa5cfbe7728d7077d9d4",
    "0007_in_the_name_of_a_case.sql": (
        "e5a002439fbe3c53856cbb3b53fe2e3607a9ac13bbd5d27b98b4747fdb7e70f4"
    ),
    "0008_demo_clock.sql": "396d5bec1a15c7b5885de299946a6b3342d806c9e8995fdf4552ee0df0c73a39",
    "0009_decided_on_each_other.sql": (
        "7d6eb1a457ef2e2ceeaee87ad79a7607a8087bc91f8f76660c89eca41be2b71e"
    ),
    "0010_the_gate.sql": ("d7a062f241e9e8ae554d45a1c041678faf2c586a48022e85cb1fbd91a53a7b66"),
}


def test_no_migration_is_edited_once_a_database_may_have_it() -> None:
    assert {each.name: each.sha256 for each in KNOWN} == WRITTEN


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    assert [migration.number for migration in KNOWN] == list(range(1, len(KNOWN) + 1))


async def test_an_empty_database_is_brought_up_once(make_database: MakeDatabase) -> None:
    owner = (await asyncio.to_thread(make_database, ())).owner
    assert await migrate(owner) == NAMES
    assert await migrate(owner) == ()
    assert applied(owner) == [(m.number, m.name, m.sha256) for m in KNOWN]


async def test_a_newer_version_applies_what_is_missing(make_database: MakeDatabase) -> None:
    owner = (await asyncio.to_thread(make_database, KNOWN[:1])).owner
    assert await migrate(owner) == NAMES[1:]
    assert await migrate(owner, (*KNOWN, NEXT)) == (NEXT.name,)
    assert has_table(owner, "public.next_one")


async def test_an_older_version_leaves_a_newer_database_alone(make_database: MakeDatabase) -> None:
    owner = (await asyncio.to_thread(make_database, (*KNOWN, NEXT))).owner
    before = applied(owner)
    with pytest.raises(DatabaseIsNewer) as newer:
        await migrate(owner)
    assert newer.value.facts == {"database": NEXT.number, "code": len(KNOWN)}
    assert applied(owner) == before


async def test_an_applied_migration_that_was_edited_is_refused(
    make_database: MakeDatabase,
) -> None:
    owner = (await asyncio.to_thread(make_database)).owner
    edited = replace(KNOWN[0], sql=KNOWN[0].sql + "\n-- a harmless remark")
    with pytest.raises(MigrationChanged) as changed:
        await migrate(owner, (edited, *KNOWN[1:], NEXT))
    assert changed.value.facts == {"number": 1}
    assert not has_table(owner, "public.next_one")


async def test_a_migration_that_fails_takes_those_before_it_back(
    make_database: MakeDatabase,
) -> None:
    owner = (await asyncio.to_thread(make_database)).owner
    before = applied(owner)
    with pytest.raises(errors.UndefinedObject):
        await migrate(owner, (*KNOWN, NEXT, BROKEN))
    assert applied(owner) == before
    assert not has_table(owner, "public.next_one")
    assert await migrate(owner, (*KNOWN, NEXT)) == (NEXT.name,)


async def test_many_that_start_at_once_migrate_once(make_database: MakeDatabase) -> None:
    owner = (await asyncio.to_thread(make_database, ())).owner
    done = await asyncio.gather(*(migrate(owner) for _ in range(6)))
    assert sorted(done) == sorted([NAMES, *[()] * 5])


async def test_a_migrated_database_works_for_each_role(make_database: MakeDatabase) -> None:
    access = await asyncio.to_thread(make_database)
    with session(access.app) as app, session(access.keyring) as keyring:
        assert append_batch(app, command())[0].verdict == "appended"
        keyring.execute("insert into keyring.kek values (1, 'a fingerprint')")


def owned_by_no_superuser(access: PostgresAccess) -> tuple[str, str]:
    """The owner, and the login that acts as it: an operator's, on an engine that others share."""
    name = f"owner_{uuid4().hex}"
    with psycopg.connect(access.owner) as superuser:
        database = superuser.info.dbname
        for change in (
            "create role {owner} createrole",
            "alter database {database} owner to {owner}",
            "alter table public.migration owner to {owner}",
        ):
            superuser.execute(
                sql.SQL(change).format(
                    owner=sql.Identifier(name), database=sql.Identifier(database)
                )
            )
    return name, make_conninfo(access.owner, options=f"-c role={name}")


async def test_an_owner_that_may_not_use_the_roles_is_told_what_to_grant(
    make_database: MakeDatabase,
) -> None:
    access = await asyncio.to_thread(make_database, ())
    name, owner = owned_by_no_superuser(access)
    with pytest.raises(RolesOutOfReach) as refused:
        await migrate(owner)
    wanted = "GRANT tsunagu_log, tsunagu_keys, tsunagu_app, tsunagu_keyring TO"
    assert wanted in refused.value.remedy
    assert wanted in refused.value.remedy_ja
    with psycopg.connect(access.owner) as superuser:
        superuser.execute(f"{wanted} {name} WITH SET TRUE".encode())
    assert await migrate(owner) == NAMES


async def test_two_databases_of_one_engine_make_the_roles_together(
    make_database: MakeDatabase,
) -> None:
    one, other = [(await asyncio.to_thread(make_database, ())).owner for _ in range(2)]
    roles = ROLES.replace("tsunagu_", f"t{uuid4().hex}_").encode()
    with session(one) as first, session(other) as second, session(one) as looking:
        with first.transaction():
            first.execute(roles)
            waiting = asyncio.create_task(asyncio.to_thread(second.execute, roles))
            while not looking.execute(
                "select from pg_stat_activity where pid = %s and wait_event_type = 'Lock'",
                (second.info.backend_pid,),
            ).fetchall():
                assert not waiting.done()
                await asyncio.sleep(0.01)
        await waiting


async def test_only_the_owner_migrates(make_database: MakeDatabase) -> None:
    access = await asyncio.to_thread(make_database)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await migrate(access.app, (*KNOWN, NEXT))
