"""What an earlier version wrote, this version opens and folds."""

import asyncio
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from adapters.crypto import ChaChaCipher
from adapters.kek import parsed
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.migrating import migrate, migrations
from domain.catalogue import EVENTS
from domain.model import StreamId
from services.sealing import Sealing
from tests.integration.conftest import MakeDatabase
from tests.recording import RECORDED, load, restore, streams_of, views

RECORDINGS = sorted(RECORDED.glob("*.json"))


def test_at_least_one_log_is_recorded() -> None:
    assert RECORDINGS


def test_every_kind_of_event_is_in_a_recorded_log() -> None:
    recorded = {row["type"] for path in RECORDINGS for row in load(path).tables["log.event"]}
    assert recorded == set(EVENTS.types)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_log_opens_and_folds_to_what_it_was(
    path: Path, make_database: MakeDatabase
) -> None:
    recording = load(path)
    database = make_database(migrations()[: recording.migrations])
    restore(recording, database.owner)

    async def reread() -> None:
        await migrate(database.owner)
        async with (
            PostgresEventLog(database.app) as log,
            PostgresKeyring(database.keyring, parsed(recording.kek, where=path.name)) as keyring,
        ):
            sealing = Sealing(EVENTS, ChaChaCipher())
            assert await views(database.owner, log, keyring, sealing) == recording.views
            for stream in streams_of(database.owner):
                read, recalled = await log.read(stream), await log.recall(stream)
                folded = list(sealing.facts(recalled.streams[stream]))
                assert folded == [sealing.open(each).event for each in read.streams[stream]]

    asyncio.run(reread())


def test_an_entry_that_is_no_header_of_ours_has_no_facts_to_recall(
    make_database: MakeDatabase,
) -> None:
    """The library's recorder keeps whatever it is given."""
    database = make_database(migrations()[:2])
    stream = StreamId(UUID(int=1, version=4))
    with psycopg.connect(database.owner) as owner:
        for version, header in enumerate((b"{}", b'{"facts":1}', b',"id":"{"facts":{'), start=1):
            owner.execute(
                "insert into log.event values (%s, %s, %s, 'test.noted.v1', int8send(1) || %s)",
                (version, stream, version, header),
            )

    async def recalled() -> list[bytes]:
        await migrate(database.owner)
        async with PostgresEventLog(database.app) as log:
            return [fact.facts for fact in (await log.recall(stream)).streams[stream]]

    assert asyncio.run(recalled()) == [b"", b"", b""]
