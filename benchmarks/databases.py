"""Databases on one engine, with a past: as many events as are asked for, before anyone is timed."""

import hashlib
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from adapters.engines import NatsAccess, PostgresAccess, embedded
from adapters.engines.binaries import find_postgres
from adapters.postgres.event_log import packed
from adapters.postgres.migrating import migrate
from adapters.settings import Settings
from benchmarks import notebook
from benchmarks.measuring import progress
from benchmarks.sown import sow
from domain.model import StreamId
from services.ports import NewEvent
from services.seeding import Seed

STREAM_LENGTH: Final = 20

# Streams grow side by side, so that each has its events all over the table.
_EVENTS: Final = """
insert into log.event (position, stream, version, type, entry, facts_at, facts_size, parts)
select %(after)s + (past.version - 1) * %(count)s + grown.nth, grown.stream, past.version,
       past.type, int8send((extract(epoch from now()) * 1000000)::bigint) || past.header,
       past.facts_at, past.facts_size, past.parts
from unnest(%(types)s::text[], %(headers)s::bytea[], %(facts_at)s::int[], %(facts_size)s::int[],
            %(parts)s::bytea[])
     with ordinality past(type, header, facts_at, facts_size, parts, version),
     unnest(%(streams)s::uuid[]) with ordinality grown(stream, nth)
order by past.version, grown.nth
"""
_COMMANDS: Final = """
insert into log.command (agency, id, body, answer)
select md5('agency ' || position %% 50)::uuid, uuidv7(), sha256(stream::text::bytea),
       decode(repeat('ab', 60), 'hex')
from log.event where position > %(after)s order by position
"""
_FENCES: Final = """
insert into log.fence (key, position)
select 'case:' || stream, position from log.event
where position > %(after)s and version %% 10 = 0
"""
_STOCK: Final = """
insert into stored_events (originator_id, originator_version, topic, state)
select md5('stock ' || n %% %(streams)s::int)::uuid, n / %(streams)s::int + 1, 'notebook:NoteTaken',
       decode(repeat('ab', %(state_bytes)s), 'hex')
from generate_series(0, %(streams)s::int * %(length)s - 1) n
"""


class Bench(NamedTuple):
    """Where one run takes place."""

    postgres: PostgresAccess
    pgbench: Path
    data: Path
    logs: dict[int, PostgresAccess]
    nats: NatsAccess

    async def log(self, events: int) -> PostgresAccess:
        """The same log, however often it is asked for; it grows as it is measured."""
        if events not in self.logs:
            self.logs[events] = await self.new_log(events)
        return self.logs[events]

    async def new_log(self, events: int) -> PostgresAccess:
        access = await self.empty_database()
        await migrate(access.owner)
        began = time.perf_counter()
        past = notebook.notes(StreamId(uuid4()), STREAM_LENGTH)
        await grow(access, past_streams(events // STREAM_LENGTH), past)
        async with await _connect(access) as owner:
            await owner.execute("vacuum analyze")
            await owner.execute("checkpoint")
        progress(f"log of {events:,} events made in {time.perf_counter() - began:.0f} s")
        return access

    async def seeded(self, seed: Seed) -> PostgresAccess:
        """Years of made-up lives: told once, and found again where the folder is kept."""
        name = f"seeded_{seed.cases}_{seed.years}_{seed.number}"
        async with await _connect(self.postgres) as owner:
            cursor = await owner.execute("select 1 from pg_database where datname = %s", [name])
            if await cursor.fetchone() is None:
                begun = await self.empty_database()
                await sow(begun, seed)
                async with await _connect(begun) as there:
                    await there.execute("vacuum analyze")
                rename = sql.SQL("alter database {} rename to {}")
                before = sql.Identifier(_name_of(begun))
                await owner.execute(rename.format(before, sql.Identifier(name)))
        return self._access(name)

    async def empty_database(self) -> PostgresAccess:
        name = f"bench_{uuid4().hex}"
        async with await _connect(self.postgres) as owner:
            await owner.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self._access(name)

    def _access(self, name: str) -> PostgresAccess:
        postgres = self.postgres
        return PostgresAccess(
            owner=make_conninfo(postgres.owner, dbname=name),
            app=make_conninfo(postgres.app, dbname=name),
            keyring=make_conninfo(postgres.keyring, dbname=name),
        )

    async def drop(self, access: PostgresAccess) -> None:
        name = sql.Identifier(_name_of(access))
        async with await _connect(self.postgres) as owner:
            await owner.execute(sql.SQL("drop database {} with (force)").format(name))


@asynccontextmanager
async def bench(data: Path) -> AsyncGenerator[Bench]:
    settings = Settings(data=data)
    binaries = await find_postgres(settings)
    async with embedded(settings) as endpoints:
        yield Bench(endpoints.postgres, binaries.bin / "pgbench", data, {}, endpoints.nats)


def past_streams(count: int) -> list[StreamId]:
    """The streams that a log of so many streams was made with."""
    return [StreamId(UUID(bytes=hashlib.md5(b"%d" % nth).digest())) for nth in range(count)]


async def grow(
    access: PostgresAccess, streams: Sequence[StreamId], past: Sequence[NewEvent]
) -> None:
    """Give each stream this past, with its parts, its commands, and here and there a fence."""
    arguments = {
        "after": await head(access),
        "count": len(streams),
        "streams": list(streams),
        "types": [event.type for event in past],
        "headers": [event.header for event in past],
        "facts_at": [event.facts.at for event in past],
        "facts_size": [event.facts.size for event in past],
        "parts": [packed(event.parts) for event in past],
    }
    async with await _connect(access) as owner:
        for statement in (_EVENTS, _COMMANDS, _FENCES):
            await owner.execute(statement, arguments)


async def grow_stock(access: PostgresAccess, events: int, state_bytes: int) -> None:
    async with await _connect(access) as owner:
        streams = events // STREAM_LENGTH
        shape = {"streams": streams, "length": STREAM_LENGTH, "state_bytes": state_bytes}
        await owner.execute(_STOCK, shape)
        await owner.execute("vacuum analyze")
        await owner.execute("checkpoint")


async def head(access: PostgresAccess) -> int:
    async with await _connect(access) as owner:
        cursor = await owner.execute("select coalesce(max(position), 0) from log.event")
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])


def _name_of(access: PostgresAccess) -> str:
    name = conninfo_to_dict(access.owner)["dbname"]
    assert isinstance(name, str)
    return name


async def _connect(access: PostgresAccess) -> psycopg.AsyncConnection[TupleRow]:
    return await psycopg.AsyncConnection.connect(access.owner, autocommit=True)
