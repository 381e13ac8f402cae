"""The progress ledger, read from a world in memory through the services."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final, cast

import msgspec

from adapters.crypto import AesVeil
from contracts.ledger import Ledger
from domain.fields import tag_of
from domain.header import SCHEMA, Header
from domain.model import CaseId, CommandId, NetworkId
from projections.ledger import LEDGER_ENDS, LEDGER_ENTRIES
from projections.tables import Key, Projection, Row, Seen, fold, touched
from services.aliases import Cursors
from services.ledger import LedgerCandidate, ProgressLedger
from services.listing import Listing, RowPlace
from services.looking import Looking, Reader
from services.ports import EventLog, Moved
from tests.gates import a_gate
from tests.sealed import SEALING, SECRET, House, Keyring, Log
from tests.spec import NOW, an_id
from tests.world import Entry, Someone, World


class Reading(Log):
    async def moved(self, after: int) -> Moved:
        del after
        return Moved(await self.head(), None)


class Candidates:
    """``services.ledger.LedgerCandidates``, as the query asks for them."""

    def __init__(self, log: Sequence[Entry], lost: Collection[CaseId] = ()) -> None:
        self._entries: Final = [r for r in rows(LEDGER_ENTRIES, log) if r.case_id not in lost]
        self._ends: Final = {row.case_id: row.until_year for row in rows(LEDGER_ENDS, log)}

    async def in_ledger(
        self, network: NetworkId, year: int, after: RowPlace | None, most: int
    ) -> Sequence[LedgerCandidate]:
        found = sorted(
            LedgerCandidate(row.since, row.case_id)
            for row in self._entries
            if row.network_id == network
            and row.from_year <= year <= (self._ends[row.case_id] or year)
        )
        return [each for each in found if after is None or each.place > after][:most]


def ledger_for(world: World, who: Someone, network: NetworkId, **asked: Any) -> Ledger:
    return asyncio.run(ledger_of(world, who, network, **asked))


async def ledger_of(  # noqa: PLR0913 (one for each thing that may be asked)
    world: World,
    who: Someone,
    network: NetworkId,
    *,
    year: int | None = None,
    as_of: date | None = None,
    after: str | None = None,
    most: int = 100,
    check: bool = False,
    lost: Collection[CaseId] = (),
) -> Ledger:
    """``lost``: what the list lacks, though it should not."""
    assert who.role != "INSTALLATION"
    house = House(world)
    log = cast("EventLog", Reading(world, world.at))
    looking = Looking(
        log, a_gate(log, Keyring(), SEALING, house.clock), SEALING, house.clock, house.aliases
    )
    listing = Listing(looking, Cursors(SECRET, AesVeil()))
    reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
    ledger = ProgressLedger(listing, Candidates(world.log, lost))
    return await ledger.read(
        reader, network, year=year, as_of=as_of, after=after, most=most, check=check
    )


def alias_of(world: World, who: Someone, case: CaseId) -> Any:
    return House(world).aliases.alias(who.agency, case)


def rows(of: Projection[Key, Row], log: Sequence[Entry]) -> list[Row]:
    seen = [
        Seen(entry.told.position, entry.at, header(entry), entry.told.event)
        for entry in log
        if of.wants is None or type(entry.said) in of.wants
    ]
    return [row for row in fold(of, {}, touched(of, seen)).values() if row is not None]


def header(entry: Entry) -> Header:
    command = CommandId(an_id(90))
    return Header(
        schema=SCHEMA,
        id=entry.told.id,
        type=tag_of(type(entry.said)),
        stream=entry.told.stream,
        version=1,
        occurred_at=NOW,
        agency=entry.told.agency,
        staff=entry.staff,
        role="CASEWORKER",
        correlation=command,
        command=command,
        case=entry.case,
        facts=msgspec.Raw(b"{}"),
    )
