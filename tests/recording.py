"""Recorded logs: what a version wrote, kept so that every later version can be held to reading it.

``python -m tests.recording 0002-name`` records one. A recording is never edited: it happened.
"""

import asyncio
import base64
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, LiteralString, cast
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from adapters import kek
from adapters.app import App, running
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrations
from adapters.settings import Settings
from domain.model import Event, PersonId, StreamId
from projections.case_view import project
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
    folded = [msgspec.to_builtins(project(events), str_keys=True) for events in cases.values()]
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


async def _told(app: App) -> PersonId:
    """Handled as the app handles it, but for the clock: it waits for no week to pass."""
    clock = Clock()
    handling = Handling(app.log, app.keyring, app.sealing, clock)
    stage = Stage(handling=handling, operator=app.operator, book=LogBook(app.log), clock=clock)
    told = await tell(stage)
    await written_later(stage, told, app.log, app.sealing)
    return told.woman


async def record() -> Recording:
    with tempfile.TemporaryDirectory() as folder:
        key_file = Path(folder, "kek")
        kek.make(key_file)
        settings = Settings(data=Path(folder, "data"), kek_file=key_file)
        async with running(settings) as app:
            erased = await _told(app)
            await _told(app)
            await app.keyring.destroy(erased, "recorded as erased")
            owner = app.endpoints.postgres.owner
            recording = Recording(
                migrations=len(migrations()),
                kek=kek.written(kek.load(settings, key_file)),
                tables=_rows(owner),
                views=await views(owner, app.log, app.keyring, app.sealing),
            )
    return recording


if __name__ == "__main__":
    recorded = msgspec.json.encode(asyncio.run(record()))
    (RECORDED / f"{sys.argv[1]}.json").write_bytes(msgspec.json.format(recorded, indent=1) + b"\n")
