"""Viewing (閲覧): what an agency gets to read, and only that.

Whoever reads is looked at first, each time. Then a case is decided field by field, over all that
stands in its name at one moment; what is hidden and what does not exist take the same way, and only
what may be seen is opened. No count, total, version or position leaves.
"""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import datetime, timedelta
from functools import partial, reduce
from itertools import islice
from struct import Struct
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, cast
from uuid import UUID

import msgspec

from contracts.envelope import Envelope
from contracts.pages import CaseChange, CaseLine, CaseShown, Page, ReferralLine
from domain import agency as agencies
from domain import network
from domain.agency import Agency, AgencyEvent, KnownAgency, check_may_act
from domain.calendar import in_utc
from domain.case import RecordCorrected
from domain.model import (
    AgencyId,
    CaseId,
    NetworkId,
    ReferralId,
    StaffId,
    StaffRole,
    StreamId,
    stream_of,
)
from domain.network import NO_NETWORK, NetworkEvent
from domain.visibility import Membership, Recipient, Roster, membership, who_reads
from services.aliases import Aliases, Cursors
from services.deciding import NO_AGENCY
from services.ports import EPOCH, Clock, EventLog, Fact, Keyring, Keys
from services.sealing import Sealing
from services.showing import CORRECTION, LINE, WHOLE, Showing, limited, persons_shown, reading
from services.sights import Record, Seen, Sight, record_of

Line = TypeVar("Line")
Candidate = TypeVar("Candidate", "CaseCandidate", "ReferralCandidate")

PAGE_MAX: Final = 1000
CHANGES_MAX: Final = 100
HEARTBEAT_S: Final = 10.0
POLL_S: Final = 0.5


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads, and in which agency's name."""

    agency: AgencyId
    staff: StaffId
    role: StaffRole


# Where a row stands in a list. It never changes, so that no page repeats or leaves out a row.
RowPlace: TypeAlias = tuple[int, UUID]


class CaseCandidate(NamedTuple):
    since: int
    case_id: CaseId


class ReferralCandidate(NamedTuple):
    since: int
    referral_id: ReferralId
    case_id: CaseId


class CaseActivity(NamedTuple):
    """The last position at which something happened in a case."""

    position: int
    case_id: CaseId


class Candidates(Protocol):
    """More than an agency may see, and never less: what is shown of it is decided row by row."""

    async def cases_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[CaseCandidate]:
        """In the order of ``(since, case_id)``, those after this place."""
        ...

    async def referrals_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[ReferralCandidate]:
        """In the order of ``(since, referral_id)``, those after this place."""
        ...

    async def changed_cases(
        self, agency: AgencyId, after: int, most: int
    ) -> Sequence[CaseActivity]:
        """Of the cases that are or were in its list, those with activity after this position."""
        ...

    async def reached(self) -> int:
        """The position up to which ``changed_cases`` knows of everything."""
        ...


class Looked(NamedTuple):
    """Cases as they were read for one agency, and what it may see of each at that time."""

    recipient: Recipient
    roster: Roster
    at: datetime
    head: int
    records: dict[CaseId, Record]
    now: dict[CaseId, Sight]

    def then(self, case: CaseId, at: datetime, position: int) -> Sight:
        """What it could see at an earlier time, of what was recorded up to that position."""
        return Sight(self.records[case], self.recipient, self.roster, at, position)


class Row(NamedTuple, Generic[Line]):
    """Of a row of a list: where it stands, what may be seen, and how it is then shown."""

    place: RowPlace
    seen: list[Seen]
    show: Callable[[Keys], Line]


class Moment(NamedTuple):
    """Up to which position, and when, an agency has been told."""

    position: int
    at: datetime


class Viewing:
    def __init__(  # noqa: PLR0913, PLR0917 (one for each thing it needs)
        self,
        log: EventLog,
        keyring: Keyring,
        sealing: Sealing,
        clock: Clock,
        aliases: Aliases,
        cursors: Cursors,
        candidates: Candidates,
        until_moved: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """``until_moved`` waits until a list may have moved, and no longer than so many seconds."""
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._clock: Final = clock
        self._aliases: Final = aliases
        self._cursors: Final = cursors
        self._candidates: Final = candidates
        self._until_moved: Final = until_moved
        # Whom to read along with a case; how it stands with them is read each time.
        self._named_in: Final[dict[CaseId, frozenset[StreamId]]] = {}
        # What an agency was by the last event of its stream: a stream only grows.
        self._agencies: Final[dict[AgencyId, tuple[int, Agency]]] = {}

    async def case(self, reader: Reader, case: CaseId) -> CaseShown | None:
        """As it stands now."""
        looked = await self._look(reader, case)
        found = [*looked.now[case].seen()]
        if not found:
            return None
        read = reading(found, WHOLE)
        showing = self._showing(looked, case, await self._keys(read))
        return showing.case(showing.view(read), looked.at)

    async def timeline(
        self,
        reader: Reader,
        case: CaseId,
        *,
        as_of: datetime | None = None,
        after: str | None = None,
        most: int,
    ) -> Page[Envelope] | None:
        """``as_of``: what could be seen at that time; and of this, opened is what may be now."""
        as_of = as_of and in_utc(as_of)
        of, most = f"timeline {case} {as_of}", _bounded(most)
        (begin,) = self._begin(reader, of, _POSITION, after) or (0,)
        looked = await self._look(reader, case)
        now = then = looked.now[case]
        if next(now.seen(), None) is None:
            return None
        if as_of is not None and as_of < looked.at:
            if not await self._was_in_good_standing(reader.agency, as_of):
                return Page(())
            then = looked.then(case, as_of, looked.records[case].recorded_by(as_of))
        found = [*islice(then.seen(begin), most + 1)]
        page = found[:most]
        may_now = [seen.visible if then is now else now.visible(seen.entry) for seen in page]
        both = page if then is now else [*map(limited, page, may_now)]
        keys = await self._keys(both)
        showing = self._showing(looked, case, keys)
        return Page(
            tuple(map(showing.envelope, page, may_now)),
            self._next(reader, of, _POSITION, found[most - 1].position)
            if len(found) > most
            else None,
        )

    async def cases(self, reader: Reader, *, after: str | None = None, most: int) -> Page[CaseLine]:
        """Those it takes part in, if it may see anything of them."""

        def decided(looked: Looked, row: CaseCandidate) -> Row[CaseLine] | None:
            read = _line_of(looked.now[row.case_id])
            if read is None:
                return None

            def show(keys: Keys) -> CaseLine:
                showing = self._showing(looked, row.case_id, keys)
                return showing.line(showing.view(read))

            return Row((row.since, row.case_id), read, show)

        fetch = self._candidates.cases_of
        return await self._page(reader, "cases", after, _bounded(most), fetch, decided)

    async def referrals(
        self, reader: Reader, *, after: str | None = None, most: int
    ) -> Page[ReferralLine]:
        """Those it has drafted, and those that were sent to it."""

        def decided(looked: Looked, row: ReferralCandidate) -> Row[ReferralLine] | None:
            sight, stream = looked.now[row.case_id], stream_of("referral", row.referral_id)
            side, seen = sight.side(stream), [*sight.seen(stream=stream)]
            if side is None or not seen:
                return None
            seen += reading(sight.seen(of=RecordCorrected), CORRECTION)

            def show(keys: Keys) -> ReferralLine:
                showing = self._showing(looked, row.case_id, keys)
                return showing.referral(seen, row.referral_id, side)

            return Row((row.since, row.referral_id), seen, show)

        fetch = self._candidates.referrals_of
        return await self._page(reader, "referrals", after, _bounded(most), fetch, decided)

    async def changes(
        self, reader: Reader, *, after: str | None = None
    ) -> AsyncIterator[CaseChange | None]:
        """Its own list of cases as it changes; ``None``: nothing has changed for a while."""
        begin = self._begin(reader, "changes", _MOMENT, after)
        moment = _moment(*begin) if begin else await self._present()
        told: dict[CaseId, Moment] = {}  # Of which cases it has been told more than that.
        clock = asyncio.get_running_loop().time
        beat_at = clock()  # The first at once: it has begun.
        while True:
            rows = await self._candidates.changed_cases(reader.agency, moment.position, CHANGES_MAX)
            await self._look(reader)
            for row in rows:
                case = row.case_id
                # One by one, as they are taken: what waits to be taken has not been decided.
                looked = await self._look(reader, case)
                changed = await self._changed(looked, case, told.get(case, moment))
                told[case] = Moment(looked.head, looked.at)
                moment = moment._replace(position=row.position)
                for line in changed:
                    yield CaseChange(
                        case=self._aliases.alias(reader.agency, case),
                        line=line,
                        cursor=self._next(reader, "changes", _MOMENT, *_written(moment)),
                    )
                    beat_at = clock() + HEARTBEAT_S
            told = {case: to for case, to in told.items() if to.position > moment.position}
            if rows:
                continue
            if clock() >= beat_at:
                yield None
                beat_at = clock() + HEARTBEAT_S
            await self._until_moved(POLL_S)

    async def _look(self, reader: Reader, *cases: CaseId) -> Looked:
        """Whoever may not read is refused, whatever was asked for."""
        own = stream_of("agency", reader.agency)
        expected = {own}.union(*(self._named_in.get(case, ()) for case in cases))
        standing, found = await asyncio.gather(
            self._log.recall(*expected), self._log.of_cases(*cases)
        )
        itself = self._agency(reader.agency, standing.streams[own])
        check_may_act(itself, reader.staff, reader.role)
        records = {case: record_of(self._sealing, case, found.events[case]) for case in cases}
        roster = await self._roster(reader.agency, records, standing.streams)
        who = who_reads(reader.agency, itself, reader.staff, reader.role)
        looked = Looked(who, roster, self._clock.now(), found.head, records, {})
        for case in cases:
            looked.now[case] = await self._sight(looked, case)
        return looked

    async def _sight(self, looked: Looked, case: CaseId) -> Sight:
        """Corrections that may be opened tell which details were said before them, and stand."""
        while True:
            record = looked.records[case]
            sight = Sight(record, looked.recipient, looked.roster, looked.at)
            corrections = sight.corrections()
            if not corrections:
                return sight
            keys = await self._keys(corrections)
            looked.records[case] = record.told_again(
                {
                    seen.position: self._sealing.open(
                        seen.entry.stored, keys, seen.visible.bases
                    ).event
                    for seen in corrections
                }
            )

    async def _roster(
        self,
        own: AgencyId,
        records: Mapping[CaseId, Record],
        read: Mapping[StreamId, Sequence[Fact]],
    ) -> Roster:
        """Who is named in the cases, and in whose ledgers they stand, as of now."""
        named = {own: stream_of("agency", own)}
        networks: dict[NetworkId, StreamId] = {}
        for case, record in records.items():
            here = {each: stream_of("agency", each) for each in record.agencies}
            ledgers = {each: stream_of("network", each) for each in record.networks}
            self._named_in[case] = frozenset({*here.values(), *ledgers.values()})
            named |= here
            networks |= ledgers
        if missing := {*named.values(), *networks.values()} - read.keys():
            read = {**read, **(await self._log.recall(*missing)).streams}
        found = {each: self._agency(each, read[stream]) for each, stream in named.items()}
        return Roster(
            {each: agency for each, agency in found.items() if isinstance(agency, KnownAgency)},
            {each: self._network(read[stream]) for each, stream in networks.items()},
        )

    def _agency(self, which: AgencyId, facts: Sequence[Fact]) -> Agency:
        last = facts[-1].position if facts else 0
        at, agency = self._agencies.get(which, (0, NO_AGENCY))
        if at != last:
            told = cast("Iterator[AgencyEvent]", self._sealing.facts(facts))
            agency = reduce(agencies.evolve, told, NO_AGENCY)
            self._agencies[which] = last, agency
        return agency

    def _network(self, facts: Sequence[Fact]) -> Membership:
        told = cast("Iterator[NetworkEvent]", self._sealing.facts(facts))
        return membership(reduce(network.evolve, told, NO_NETWORK))

    async def _was_in_good_standing(self, agency: AgencyId, at: datetime) -> bool:
        own = stream_of("agency", agency)
        stored = (await self._log.read(own)).streams[own]
        by_then = (self._sealing.open(each).event for each in stored if each.recorded_at <= at)
        was = reduce(agencies.evolve, cast("Iterator[AgencyEvent]", by_then), NO_AGENCY)
        return isinstance(was, KnownAgency) and not was.suspended

    async def _keys(self, seen: Iterable[Seen]) -> Keys:
        return await self._keyring.keys(persons_shown(seen))

    def _showing(self, looked: Looked, case: CaseId, keys: Keys) -> Showing:
        alias_of = partial(self._aliases.alias, looked.recipient.agency)
        return Showing(self._sealing, keys, looked.roster.agencies, case, alias_of)

    async def _page(  # noqa: PLR0913, PLR0917 (one for each thing a list is made of)
        self,
        reader: Reader,
        of: str,
        after: str | None,
        most: int,
        fetch: Callable[[AgencyId, RowPlace | None, int], Awaitable[Sequence[Candidate]]],
        decided: Callable[[Looked, Candidate], Row[Line] | None],
    ) -> Page[Line]:
        """As many rows as were asked for, however many are passed over that may not be seen."""
        begin = self._begin(reader, of, _ROW, after)
        place = begin and (begin[0], UUID(bytes=begin[1]))
        found: list[Row[Line]] = []
        more = True
        while more and len(found) <= most:
            candidates = await fetch(reader.agency, place, most + 1)
            looked = await self._look(reader, *dict.fromkeys(each.case_id for each in candidates))
            found += [row for each in candidates if (row := decided(looked, each))]
            more = len(candidates) > most
            place = candidates[-1][:2] if candidates else place
        page = found[:most]
        keys = await self._keys(seen for row in page for seen in row.seen)
        since, key = page[-1].place if page else (0, UUID(int=0))
        return Page(
            tuple(row.show(keys) for row in page),
            self._next(reader, of, _ROW, since, key.bytes) if len(found) > most else None,
        )

    async def _changed(
        self, looked: Looked, case: CaseId, since: Moment
    ) -> tuple[CaseLine | None, ...]:
        """The line, if it is no longer what it was; ``None`` where it has left the list."""
        # Whatever it was told by then, it was told when the last of it was recorded, or later.
        at = max(since.at, looked.records[case].recorded_at(since.position))
        was = _line_of(looked.then(case, at, since.position))
        now = _line_of(looked.now[case])
        if now is None:
            return () if was is None else (None,)
        showing = self._showing(looked, case, await self._keys(now))
        view = showing.view(now)
        # What it may no longer see is not opened again, not even to compare.
        if was is not None and _told(was) <= _told(now) and showing.view(was) == view:
            return ()
        return (showing.line(view),)

    async def _present(self) -> Moment:
        return Moment(await self._candidates.reached(), self._clock.now())

    def _begin(
        self, reader: Reader, of: str, shape: Struct, cursor: str | None
    ) -> tuple[Any, ...] | None:
        return shape.unpack(self._cursors.read(reader.agency, of, cursor)) if cursor else None

    def _next(self, reader: Reader, of: str, shape: Struct, *place: int | bytes) -> str:
        return self._cursors.written(reader.agency, of, shape.pack(*place))


def _line_of(sight: Sight) -> list[Seen] | None:
    """What a line of the case list is made of, where the case stands in the list at all."""
    if not sight.takes_part or not (found := [*sight.seen()]) or all(map(_is_notice, found)):
        return None
    return reading(found, LINE)


def _is_notice(seen: Seen) -> bool:
    """That she has taken something back is still told of a case which is itself shown to nobody."""
    return all(basis.rule == "NOTICE" for basis in seen.visible.bases.values())


def _told(found: Iterable[Seen]) -> set[tuple[int, str, AgencyId | None]]:
    """Which fields of which events, and whom they name."""
    told: set[tuple[int, str, AgencyId | None]] = set()
    for seen in found:
        bases, who = seen.visible.bases, seen.visible.who
        told |= {(seen.position, name, None) for name in bases}
        told |= {(seen.position, name, agency) for name, agency in who if name in bases}
    return told


def _bounded(most: int) -> int:
    return max(1, min(most, PAGE_MAX))


def _moment(position: int, microseconds: int) -> Moment:
    return Moment(position, EPOCH + timedelta(microseconds=microseconds))


def _written(moment: Moment) -> tuple[int, int]:
    return moment.position, (moment.at - EPOCH) // timedelta(microseconds=1)


_POSITION: Final = Struct("!q")
_ROW: Final = Struct("!q16s")
_MOMENT: Final = Struct("!qq")
