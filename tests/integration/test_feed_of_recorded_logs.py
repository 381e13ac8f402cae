"""In every log that was ever recorded: whatever a feed might tell, there it is looked for."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from adapters.clock import WallClock
from adapters.crypto import ChaChaCipher
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.feed import PostgresFeed
from adapters.postgres.lists import PostgresLists
from adapters.postgres.migrating import migrate, migrations
from adapters.postgres.views import PostgresViews
from domain.catalogue import EVENTS
from domain.model import CaseId, stream_of
from domain.visibility import Recipient, Roster, membership
from projections.feed import FEED
from services.deciding import past_of
from services.feeding.arriving import Arriving
from services.looking import Looked
from services.projecting import Projecting
from services.sealing import Sealing, header_of
from services.sights import Record, Sight, record_of
from tests.integration.conftest import MakeDatabase
from tests.recording import RECORDED, load, restore

# Before these, no header said in whose name it was.
RECORDINGS: Final = sorted(RECORDED.glob("*.json"))[2:]


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_where_anything_arrives_there_is_a_candidate(
    path: Path, make_database: MakeDatabase
) -> None:
    recording = load(path)
    database = make_database(migrations()[: recording.migrations])
    restore(recording, database.owner)
    sealing = Sealing(EVENTS, ChaChaCipher())

    async def looked_for() -> int:
        await migrate(database.owner)
        async with (
            PostgresEventLog(database.app) as log,
            PostgresViews(database.app) as views,
            PostgresLists(database.app) as lists,
        ):
            async for _ in Projecting(FEED, views, log, sealing).rebuild():
                pass
            feed, arrived = PostgresFeed(lists), 0
            stored = await log.after(0, await log.head())
            assert len(stored) == await log.head()
            cases = {header_of(each).case for each in stored} - {None}
            for case in map(CaseId, filter(None, cases)):
                events = (await log.of_cases(case)).events[case]
                record = record_of(sealing, case, events)
                roster = await roster_of(record, log, sealing)
                for agency in record.agencies & roster.agencies.keys():
                    who = Recipient(agency=agency, staff=None, pledged=True)
                    at = WallClock().now()
                    now = {case: Sight(record, who, roster, at)}
                    looked = Looked(who, roster, at, 0, {case: record}, now, {})
                    positions = {entry.told.position for entry in record.entries}
                    found = await Arriving(looked, case, ()).at(positions)
                    candidates = {c.position for c in await feed.feed_of(agency, 1, 10_000)}
                    assert found.keys() <= candidates
                    arrived += len(found)
            return arrived

    assert asyncio.run(looked_for())


async def roster_of(record: Record, log: PostgresEventLog, sealing: Sealing) -> Roster:
    streams = [stream_of("agency", each) for each in record.agencies]
    streams += [stream_of("network", each) for each in record.networks]
    past = past_of(sealing, await log.recall(*streams))
    return Roster(
        past.agencies(*record.agencies),
        {each: membership(past.network(each)) for each in record.networks},
    )
