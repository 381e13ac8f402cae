"""Recorded logs: what a version wrote, kept so that every later version can be held to reading it.

``python -m tests.recording 0002-name`` records one. A recording is never edited: it happened.
"""

import asyncio
import base64
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, LiteralString, NamedTuple, cast
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from adapters import kek
from adapters.clock import WallClock
from adapters.crypto import KEY_BYTES, ChaChaCipher, Kek
from adapters.engines import embedded
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.migrating import migrate, migrations
from adapters.settings import Settings
from domain.catalogue import EVENTS
from domain.installation import InstallationFounded
from domain.model import Event, PersonId, StreamId
from projections.case_view import project
from services.founding import Founding
from services.handling import Handling
from services.ports import Keyring
from services.sealing import Sealing, persons_in
from tests.stories import Clock, LogBook, Stage, tell
from tests.stories.later import written_later

RECORDED: Final = Path(__file__).parent / "recorded"
TABLES: Final[Mapping[str, LiteralString]] = {
    "log.event": "position",
    "log.command": "agency, id",
    "log.fence": "key, position",
    "keyring.kek": "epoch",
    "keyring.key": "person",
}


class Recording(msgspec.Struct, frozen=True):
    migrations: int
    kek: str  # Made for the recording; it opens nothing else.
    tables: dict[str, list[dict[str, Any]]]
    views: list[Any]  # What the log folded to when it was recorded.


def load(path: Path) -> Recording:
    return msgspec.json.decode(path.read_bytes(), type=Recording)


async def views(owner: str, log: PostgresEventLog, keyring: Keyring, sealing: Sealing) -> list[Any]:
    """Every case of the log, opened as far as its keys reach, and folded."""
    reading = await log.read(*streams_of(owner))
    stored = sorted(event for events in reading.streams.values() for event in events)
    keys = await keyring.keys(persons_in(stored))
    cases: dict[UUID, list[Event]] = {}
    for event in stored:
        opened = sealing.open(event, keys)
        # Before the header named the case, there was one to an agency.
        case = opened.header.case or opened.header.agency
        cases.setdefault(case, []).append(opened.event)
    # What a set holds has an order of its own in every process, unless it is given one.
    folded = [
        msgspec.to_builtins(project(events), str_keys=True, order="deterministic")
        for events in cases.values()
    ]
    return msgspec.json.decode(msgspec.json.encode(folded), type=list[Any])


def streams_of(owner: str) -> list[StreamId]:
    with psycopg.connect(owner) as connection:
        return [s for (s,) in connection.execute("select distinct stream from log.event")]


def restore(recording: Recording, owner: str) -> None:
    """The rows, into a database that has come to the recording's migrations and no further."""
    with psycopg.connect(owner) as connection:
        for table, rows in recording.tables.items():
            for row in rows:
                query = sql.SQL("insert into {} ({}) values ({})").format(
                    sql.Identifier(*table.split(".")),
                    sql.SQL(", ").join(map(sql.Identifier, row)),
                    sql.SQL(", ").join(sql.Placeholder() * len(row)),
                )
                connection.execute(query, [_from_json(value) for value in row.values()])


def _rows(owner: str) -> dict[str, list[dict[str, Any]]]:
    with psycopg.connect(owner) as connection:
        return {table: _rows_of(connection, table, order) for table, order in TABLES.items()}


def _rows_of(
    connection: psycopg.Connection[TupleRow], table: str, order: LiteralString
) -> list[dict[str, Any]]:
    query = sql.SQL("select * from {} order by {}").format(
        sql.Identifier(*table.split(".")), sql.SQL(order)
    )
    cursor = connection.execute(query)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, map(_to_json, row), strict=True)) for row in cursor]


def _to_json(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _from_json(value: object) -> object:
    if isinstance(value, dict):
        return base64.b64decode(cast("dict[str, str]", value)["base64"])
    return value


class Stood(NamedTuple):
    """What it takes to handle commands, and nobody who does anything by itself meanwhile."""

    owner: str
    log: PostgresEventLog
    keyring: PostgresKeyring
    sealing: Sealing
    operator: InstallationFounded


@asynccontextmanager
async def _stood(settings: Settings, opener: Kek) -> AsyncGenerator[Stood]:
    async with embedded(settings) as endpoints:
        postgres = endpoints.postgres
        await migrate(postgres.owner)
        async with (
            PostgresEventLog(postgres.app) as log,
            PostgresKeyring(postgres.keyring, opener) as keyring,
        ):
            sealing = Sealing(EVENTS, ChaChaCipher())
            operator = await Founding(log, keyring, sealing, WallClock()).once()
            yield Stood(postgres.owner, log, keyring, sealing, operator)


async def _told(stood: Stood) -> PersonId:
    """Handled as the app handles it, but for the clock: it waits for no week to pass."""
    clock = Clock()
    handling = Handling(stood.log, stood.keyring, stood.sealing, clock)
    book = LogBook(stood.log)
    stage = Stage(handling=handling, operator=stood.operator, book=book, clock=clock)
    told = await tell(stage)
    await written_later(stage, told, stood.log, stood.sealing)
    return told.woman


async def record() -> Recording:
    with tempfile.TemporaryDirectory() as folder:
        opener = Kek(epoch=1, secret=os.urandom(KEY_BYTES))
        async with _stood(Settings(data=Path(folder, "data")), opener) as stood:
            erased = await _told(stood)
            await _told(stood)
            await stood.keyring.destroy(erased, "recorded as erased")
            recording = Recording(
                migrations=len(migrations()),
                kek=kek.written(opener),
                tables=_rows(stood.owner),
                views=await views(stood.owner, stood.log, stood.keyring, stood.sealing),
            )
    return recording


if __name__ == "__main__":
    recorded = msgspec.json.encode(asyncio.run(record()))
    (RECORDED / f"{sys.argv[1]}.json").write_bytes(msgspec.json.format(recorded, indent=1) + b"\n")
