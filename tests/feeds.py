"""Feeds of a world of the tests: what each agency is told, as far as the log had come."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast
from uuid import UUID

import msgspec

from adapters.crypto import AesVeil
from contracts.envelope import Envelope
from contracts.feed import PACKAGE, FeedMessage, FeedPage, Package
from domain.agency import AgencyEvent, KnownAgency, NameFeedCustodian, NoAgency
from domain.agency import evolve as agency_after
from domain.model import AgencyId, CaseId, CommandId, Event, StreamId, stream_of
from domain.visibility import Roster, membership
from projections.feed import FEED, NAMED, FeedRow
from projections.tables import Seen, fold, touched
from services.aliases import Aliases, Cursors
from services.deciding import Past
from services.feeding import FeedCandidate, Feeding, Place, Read, Told
from services.feeding.arriving import Outside
from services.feeding.waking import News, Waking
from services.looking import Looking, Reader
from services.ports import Cases, EventLog, Fact, Reading, StoredEvent
from services.relaying import Head
from tests.gates import Still, a_gate
from tests.peers import Midorino
from tests.sealed import SEALING, SECRET, Keyring, Stopped, sealed
from tests.spec import an_id
from tests.working import header_of
from tests.world import Entry, Someone, World

COMMAND: Final = CommandId(an_id(90))


def as_seen(entries: Sequence[Entry]) -> list[Seen]:
    wants = FEED.wants or frozenset()
    return [
        Seen(
            entry.told.position,
            entry.at,
            header_of(entry),
            entry.told.event if type(entry.told.event) in wants else None,
        )
        for entry in entries
    ]


def rows_of(entries: Sequence[Entry], at_once: int | None = None) -> frozenset[FeedRow]:
    """Kept up by so many events at once; or made in one go."""
    kept: dict[tuple[object, ...], FeedRow] = {}
    most = at_once or len(entries) or 1
    for first in range(0, len(entries), most):
        moved = touched(FEED, as_seen(entries[first : first + most]))
        at_hand = {key: row for key, row in kept.items() if key[:2] in moved}
        changed = fold(FEED, at_hand, moved)
        kept |= {key: row for key, row in changed.items() if row is not None}
    return frozenset(kept.values())


class Candidates:
    """``services.feeding.FeedCandidates``, as PostgreSQL answers; up to a position."""

    def __init__(self, rows: frozenset[FeedRow], until: int) -> None:
        self._until: Final = until
        self._of: Final = defaultdict[UUID, list[FeedRow]](list)
        for row in rows:
            self._of[row.whom].append(row)
        self.asked = 0

    async def feed_of(self, agency: AgencyId, since: int, most: int) -> Sequence[FeedCandidate]:
        self.asked += 1
        hears: dict[UUID, int] = {agency: since}
        outside = await self.outside_of(agency)
        for each in outside:
            hears.setdefault(each.about, max(since, each.position))
        found = {FeedCandidate(o.position, o.about, outside=True) for o in outside}
        for whom, begin in hears.items():
            for row in self._of[whom]:
                if max(begin, 1) <= row.position <= self._until:
                    found.add(FeedCandidate(row.position, row.about, outside=False))
        return sorted(each for each in found if each.position >= since)[:most]

    async def outside_of(self, agency: AgencyId) -> Sequence[Outside]:
        rows = self._of[stream_of("agency", agency)]
        found = [Outside(row.position, row.about) for row in rows]
        return sorted(each for each in found if 0 < each.position <= self._until)

    async def opened_by(self, about: UUID, after: UUID, most: int) -> Sequence[CaseId]:
        rows = (row.about for row in self._of[about] if row.position == NAMED)
        return sorted(CaseId(each) for each in rows if each > after)[:most]

    async def feed_news(self, after: int, most: int) -> News:
        rows = {row for rows in self._of.values() for row in rows}
        new = [row.whom for row in rows if after < row.position <= self._until]
        return News(self._until, {*new} if len(new) <= most else None)


class Log(Still):
    """As much of one as a feed takes, up to a position."""

    def __init__(self, stored: Sequence[tuple[CaseId | None, StoredEvent]], until: int) -> None:
        self._head: Final = until
        self._streams: Final = defaultdict[StreamId, list[StoredEvent]](list)
        self._cases: Final = defaultdict[CaseId, list[StoredEvent]](list)
        for case, each in stored[:until]:
            self._streams[each.stream].append(each)
            if case is not None:
                self._cases[case].append(each)

    async def head(self) -> int:
        return self._head

    async def read(self, *streams: StreamId) -> Reading[StoredEvent]:
        return Reading(self._head, {each: self._streams.get(each, []) for each in streams})

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        read = (await self.read(*streams)).streams
        return Reading(
            self._head,
            {
                stream: [Fact(e.position, e.type, e.facts_said or b"") for e in stored]
                for stream, stored in read.items()
            },
        )

    async def of_cases(self, *cases: CaseId) -> Cases:
        return Cases(self._head, {each: self._cases.get(each, []) for each in cases})


def keeps_feed(here: Midorino, who: Someone) -> Reader:
    """They fetch it themselves."""
    named = NameFeedCustodian(agency_id=who.agency, staff_id=who.staff)
    here.world.says(here.world.operator, named)
    assert who.role != "INSTALLATION"
    return Reader(agency=who.agency, staff=who.staff, role=who.role)


class Feeds:
    def __init__(self, world: World) -> None:
        self.world: Final = world
        versions = Counter[StreamId]()
        self.stored: Final[list[tuple[CaseId | None, StoredEvent]]] = []
        for entry in world.log:
            versions[entry.told.stream] += 1
            self.stored.append((entry.case, sealed(entry, versions[entry.told.stream])))
        self.rows: Final = rows_of(world.log)

    def at(self, position: int | None = None) -> "FeedsThen":
        until = len(self.stored) if position is None else position
        at = self.world.at if position is None else self.world.log[position - 1].at
        return FeedsThen(self, until, at)


class FeedsThen:
    """When the log had come to that position."""

    def __init__(self, feeds: Feeds, until: int, at: datetime) -> None:
        self.feeds: Final = feeds
        self.until: Final = until
        self.aliases: Final = Aliases(SECRET, AesVeil())
        self.candidates: Final = Candidates(feeds.rows, until)
        self.log: Final = Log(feeds.stored, until)
        log = cast("EventLog", self.log)
        gate = a_gate(log, Keyring(), SEALING, Stopped(at))
        self.looking: Final = Looking(log, gate, SEALING, Stopped(at), self.aliases)
        self.feeding: Final = Feeding(
            self.looking,
            Cursors(SECRET, AesVeil()),
            self.candidates,
            Waking(Head(), self.candidates.feed_news),
            Stopped(at),
        )

    def agency(self, which: AgencyId) -> KnownAgency | NoAgency:
        state: KnownAgency | NoAgency = NoAgency()
        for entry in self.feeds.world.log[: self.until]:
            if entry.told.stream == stream_of("agency", which):
                state = agency_after(state, cast("AgencyEvent", entry.told.event))
        return state

    def custodian(self, which: AgencyId) -> Reader | None:
        """Of an agency in good standing, somebody who may fetch its feed."""
        agency = self.agency(which)
        if not isinstance(agency, KnownAgency) or agency.suspended:
            return None
        for staff in sorted(agency.custodians):
            itself = agency.staff[staff]
            if itself.left is None and itself.pledged_under is not None:
                return Reader(agency=which, staff=staff, role=itself.role)
        return None

    def page(self, reader: Reader, after: str | None = None, most: int = 100) -> FeedPage:
        return asyncio.run(self.feeding.page(reader, after=after, most=most))

    def read(
        self, reader: Reader, after: str | None = None, most: int = 100
    ) -> tuple[list[FeedMessage], str]:
        """Page by page, to where nothing follows."""
        told: list[FeedMessage] = []
        while (page := self.page(reader, after, most)).items:
            told, after = [*told, *page.items], page.next
        return told, page.next

    def told(self, reader: Reader) -> list[Told]:
        """Before any of it is opened."""
        return asyncio.run(self._told(reader))

    async def _told(self, reader: Reader) -> list[Told]:
        read = Read((), Place(0))
        told: list[Told] = []
        while not read.is_end:
            read = await self.feeding.read(reader, read.place, 100)
            told += read.told
        return told

    def roster_before(self, position: int, now: Roster, agency: AgencyId) -> Roster:
        """The agency and its networks as they stood; others as they are now."""
        streams: dict[StreamId, list[Event]] = defaultdict(list)
        for entry in self.feeds.world.log[: position - 1]:
            streams[entry.told.stream].append(entry.told.event)
        past = Past(defaultdict(list, streams))
        return Roster(
            {**now.agencies, agency: past.agency(agency)},
            {each: membership(past.network(each)) for each in now.networks},
        )


class Field(NamedTuple):
    event: UUID
    name: str


def envelopes(message: FeedMessage) -> Sequence[Envelope]:
    if message.type == PACKAGE:
        return msgspec.json.decode(message.data, type=Package).records
    return (msgspec.json.decode(message.data, type=Envelope),)


def fields(told: Sequence[FeedMessage]) -> Counter[Field]:
    return Counter(
        Field(envelope.id, name)
        for message in told
        for envelope in envelopes(message)
        for name in envelope.fields
    )
