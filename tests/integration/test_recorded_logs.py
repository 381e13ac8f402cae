"""What an earlier version wrote, this version opens and folds."""

import asyncio
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

import psycopg
import pytest

from adapters.crypto import ChaChaCipher
from adapters.kek import parsed
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.migrating import migrate, migrations
from domain.agency import agency_under
from domain.case import CASE
from domain.case_numbers import CASE_NUMBERS
from domain.catalogue import EVENTS
from domain.consent_ledger import Ledger, consent_ledger
from domain.duties import DUTIES
from domain.fields import tag_of
from domain.grievance import grievance_of
from domain.meeting import Facts, meeting_beside
from domain.model import AgencyId, Decider, Event, StreamId
from domain.network import network_among
from domain.sharing import replay
from domain.trail import trail_of
from services.sealing import Sealing, header_of
from services.sights import record_of
from tests.integration.conftest import MakeDatabase
from tests.recording import RECORDED, load, restore, streams_of, views
from tests.referring import IN_HER_CASE

NOBODY: Final = AgencyId(UUID(int=0))
# Whatever is decided of them: only what was told counts here.
DECIDERS: Final[Mapping[str, Decider[Any, Any, Any]]] = {
    "agency": agency_under(NOBODY),
    "case": CASE,
    "consent": consent_ledger(None),
    "duties": DUTIES,
    "grievance": grievance_of(None),
    "meeting": meeting_beside(Facts()),
    "network": network_among(NOBODY, {}),
    "numbers": CASE_NUMBERS,
    "referral": IN_HER_CASE,
    "trail": trail_of(None, Ledger()),
}
FOLDED_BY_NOBODY: Final = frozenset({"disclosure", "installation"})
Said: TypeAlias = "dict[str, Said] | list[Said] | str | int | float | bool | None"
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
            now = await views(database.owner, log, keyring, sealing)
            assert still_said(recording.views, now), (recording.views, now)
            for stream in streams_of(database.owner):
                read, recalled = await log.read(stream), await log.recall(stream)
                folded = list(sealing.facts(recalled.streams[stream]))
                assert folded == [sealing.open(each).event for each in read.streams[stream]]

    asyncio.run(reread())


def still_said(before: Said, now: Said) -> bool:
    """A later view may say more of a case, and says all that was said of it."""
    if isinstance(before, dict) and isinstance(now, dict):
        return all(name in now and still_said(said, now[name]) for name, said in before.items())
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(still_said, before, now))
    return before == now


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_decider_folds_what_stands_in_its_streams(
    path: Path, make_database: MakeDatabase
) -> None:
    """Closed, as it is when something is decided; and each case, for whoever looks at it."""
    recording = load(path)
    database = make_database(migrations()[: recording.migrations])
    restore(recording, database.owner)

    async def folded() -> None:
        await migrate(database.owner)
        sealing = Sealing(EVENTS, ChaChaCipher())
        async with PostgresEventLog(database.app) as log:
            recalled = (await log.recall(*streams_of(database.owner))).streams.values()
            for facts in recalled:
                history: list[Event] = [*sealing.facts(facts)]
                kind = tag_of(type(history[0])).split(".")[0]
                if kind not in FOLDED_BY_NOBODY:
                    decider = DECIDERS[kind]
                    told = cast("list[Any]", history)
                    decider.replay(told)
                    assert decider.replay(told[:1]) != decider.initial
            read = (await log.read(*streams_of(database.owner))).streams.values()
            named = {header_of(stored).case for stored in chain.from_iterable(read)}
            cases = [case for case in named if case is not None]
            for case, stored in (await log.of_cases(*cases)).events.items():
                record = record_of(sealing, case, stored)
                assert replay(entry.told for entry in record.entries).participants

    asyncio.run(folded())


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
