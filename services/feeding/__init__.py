"""Feeding (配信): what an agency's system is told, as one ordered sequence, decided when fetched.

Nothing is kept for it but where there may be something. What is on a page follows from the log and
from what may be seen at this moment: of what is taken back nothing is fetched any more, and what is
opened again comes again. What is hidden is passed over, and leaves no trace in what is answered: a
page may be empty, and be followed by another, for no reason that anybody is told.
"""

import asyncio
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import timedelta
from functools import reduce
from itertools import takewhile
from struct import Struct
from typing import Final, NamedTuple, Protocol, cast
from uuid import UUID, uuid5

import msgspec

from contracts.envelope import Envelope
from contracts.feed import (
    JSON,
    MESSAGES,
    MESSAGES_MAX,
    PACKAGE,
    SOURCE,
    FeedMessage,
    FeedPage,
    Package,
)
from domain import agency as agencies
from domain import network
from domain.agency import Agency, AgencyEvent, check_keeps_feed
from domain.model import AgencyId, CaseId, Event, stream_of
from domain.network import NO_NETWORK, NetworkEvent
from domain.visibility import Membership, Roster, membership
from services.aliases import Cursors
from services.deciding import NO_AGENCY
from services.disclosing import FOREVER, WINDOW_S, NotReleased, Outgoing
from services.feeding.arriving import Arrival, Arriving, Before, Outside
from services.feeding.waking import Ear, News, Waking
from services.looking import TRIED_FOR_S, Looked, Looking, Reader
from services.ports import Clock, StoredEvent
from services.showing import Showing
from services.sights import Seen

PAGE_BYTES_MAX: Final = 1 << 20  # But for one message that is larger by itself.
PACKAGE_BYTES_MAX: Final = 1 << 17  # None too large for a thin line within the second.
PLACES_MIN: Final = 10
PLACES_AT_ONCE: Final = 250
PLACES_MAX: Final = 1_000  # Looked at for one page, whether there is anything for it or not.
READ_FOR_S: Final = 0.5  # Then what was found is told, and the rest is gone on with later.
FOLLOWED_FOR_S: Final = 5.0  # Then it is looked again whether whoever follows may read.
# To pass over what is hidden takes a while: so that there is nothing is said only at these.
NOTHING_EVERY_S: Final = 0.05
COMING_FOR_S: Final = 15.0
LOOKED_AT_EVERY_S: Final = 1.0
# Of all who wait: whole cases are read, and waiting takes next to nothing.
READ_AT_ONCE: Final = 32


class FeedCandidate(NamedTuple):
    """``about``: the case; from outside, of whom or of which network the cases are."""

    position: int
    about: UUID
    outside: bool


class FeedCandidates(Protocol):
    """More than an agency may be told, and never less."""

    async def feed_of(self, agency: AgencyId, since: int, most: int) -> Sequence[FeedCandidate]:
        """In the order of the log, from this position on."""
        ...

    async def outside_of(self, agency: AgencyId) -> Sequence[Outside]:
        """All that ever came to it from outside of all cases, in the order of the log."""
        ...

    async def opened_by(self, about: UUID, after: UUID, most: int) -> Sequence[CaseId]:
        """The cases in which this one is named, in the order of their ids."""
        ...

    async def feed_news(self, after: int, most: int) -> News:
        """Up to which position the candidates are known; and for whom those after this one are."""
        ...


class Place(NamedTuple):
    """How far a feed was read: up to this position, or into what there is at it.

    ``within``: the case that was read there last. ``told_to``: of what was opened there in that
    case, up to where it was told; as far as the position itself, where all of it was.
    """

    position: int
    is_done: bool = True
    within: UUID = UUID(int=0)
    told_to: int = 0


class Told(NamedTuple):
    """A message, not opened yet.

    ``since``, of a package: where the one before it ended, if what was opened fills several.
    """

    case: CaseId
    looked: Looked
    position: int
    is_package: bool
    records: Sequence[Seen]
    since: int = 0

    @property
    def size(self) -> int:
        return sum(map(_size, self.records))

    @property
    def of(self) -> tuple[int, CaseId]:
        """The case, as it was read in one go."""
        return id(self.looked), self.case


class Step(NamedTuple):
    """How far one has come; and with which message, if there was one."""

    place: Place
    told: Told | None = None


class Spot(NamedTuple):
    """Where there may be something of a case; ``is_last``: of what there may be at its position."""

    position: int
    case: CaseId
    outside: bool = False
    is_last: bool = True


class Read(NamedTuple):
    """``is_end``: as far as is known, nothing follows."""

    told: Sequence[Told]
    place: Place
    is_end: bool = False


class Feeding:
    def __init__(
        self,
        looking: Looking,
        cursors: Cursors,
        candidates: FeedCandidates,
        waking: Waking,
        wall: Clock,
    ) -> None:
        """``wall``: by which a page is to be handed on in time, whatever clock the log goes by."""
        self._looking: Final = looking
        self._cursors: Final = cursors
        self._candidates: Final = candidates
        self._waking: Final = waking
        self._wall: Final = wall
        self._room: Final = asyncio.Semaphore(READ_AT_ONCE)

    async def page(
        self,
        reader: Reader,
        *,
        after: str | None = None,
        most: int = MESSAGES,
        wait_s: float = 0.0,
        still: Callable[[], Awaitable[object]] | None = None,
    ) -> FeedPage:
        """What there is, or what comes within this time; ``still``: whether one may wait on.

        Nothing, also where it would take too long to come to something.
        """
        clock = asyncio.get_running_loop().time
        began_s = clock()
        until, most = began_s + wait_s, max(1, min(most, MESSAGES_MAX))
        place, give_up_at = self._begin(reader, after), FOREVER
        _check_custodian(await self._looking.look(reader), reader)
        with self._waking.ear(reader.agency) as ear:
            while clock() < give_up_at:
                if clock() < until:
                    await self._listen(reader, ear)
                async with self._room:
                    reader.window.open()
                    read = await self.read(reader, place, most)
                    is_over = bool(read.told) or clock() >= until
                    page = await self._let_out(reader, read) if is_over else None
                if page is not None:
                    if not page.items:
                        await asyncio.sleep((began_s - clock()) % NOTHING_EVERY_S)
                    return page
                if is_over:
                    give_up_at = min(give_up_at, clock() + TRIED_FOR_S)
                    continue
                place = read.place
                if read.is_end:
                    await ear.hears(until - clock())
                if still is not None:
                    await still()
        raise NotReleased

    async def pages(
        self, reader: Reader, *, after: str | None = None, most: int = MESSAGES
    ) -> AsyncIterator[FeedPage]:
        """One after the other, each decided when it is asked for; of empty ones nothing is told."""
        while True:
            page = await self.page(reader, after=after, most=most, wait_s=FOLLOWED_FOR_S)
            after = page.next
            if page.items:
                yield page

    async def coming(
        self, reader: Reader, *, after: str, still: Callable[[], Awaitable[object]]
    ) -> None:
        """Wait until a page would not be empty. Of what is hidden nothing comes.

        Looked at once a second at most: many wait like this, and for nothing that is urgent. And
        at the same times, whatever came: else one could tell from them what was passed over.
        """
        clock = asyncio.get_running_loop().time
        began_s, place = clock(), self._begin(reader, after)
        with self._waking.ear(reader.agency) as ear:
            while True:
                await self._listen(reader, ear)
                async with self._room:
                    read = await self.read(reader, place, 1)
                if read.told:
                    return
                place = read.place
                while read.is_end and not await ear.hears(COMING_FOR_S):
                    await still()
                await asyncio.sleep((began_s - clock()) % LOOKED_AT_EVERY_S)
                await still()

    async def _listen(self, reader: Reader, ear: Ear) -> None:
        """To all that may come from now on, also to those for whom it hears beside itself.

        For whom that is may change: which is heard, or is known here.
        """
        ear.forget()
        ear.hear_for(each.about for each in await self._candidates.outside_of(reader.agency))

    async def read(self, reader: Reader, place: Place, most: int) -> Read:
        """So many messages after this place, and none of them opened."""
        told: list[Told] = []
        size = looked_at = 0
        clock, arriving = asyncio.get_running_loop().time, dict[CaseId, Arriving]()
        until_s = clock() + READ_FOR_S
        while looked_at < PLACES_MAX and not (told and clock() >= until_s):
            since = place.position + place.is_done
            at_once = max(PLACES_MIN, min(most - len(told), PLACES_AT_ONCE))
            found = await self._candidates.feed_of(reader.agency, since, at_once)
            if not found:
                return Read(told, place, is_end=True)
            spots = await self._spots(found, place)
            looked_at += max(1, len(spots))
            arriving = await self._arriving(reader, spots, arriving)
            for step in await _steps(spots, arriving, place):
                if step.told is not None:
                    size += step.told.size
                    if len(told) == most or (told and size > PAGE_BYTES_MAX):
                        return Read(told, place)
                    told.append(step.told)
                place = step.place
            if not spots:
                place = Place(found[0].position)
        return Read(told, place)

    async def _spots(self, found: Sequence[FeedCandidate], place: Place) -> list[Spot]:
        """The next of them; of what came from outside, the cases that it may have opened."""
        first = found[0]
        if not first.outside:
            of_cases = takewhile(lambda each: not each.outside, found)
            return [Spot(each.position, CaseId(each.about)) for each in of_cases]
        cases = await self._candidates.opened_by(
            first.about, _read_within(place, first.position), PLACES_AT_ONCE + 1
        )
        here = cases[:PLACES_AT_ONCE]
        last = len(here) if len(here) == len(cases) else 0
        return [
            Spot(first.position, case, outside=True, is_last=nth == last)
            for nth, case in enumerate(here, start=1)
        ]

    async def _arriving(
        self, reader: Reader, spots: Sequence[Spot], before: Mapping[CaseId, Arriving]
    ) -> dict[CaseId, Arriving]:
        """The cases of these, each as it was looked at before unless that is not far enough."""
        until = max((spot.position for spot in spots), default=0)
        cases = dict.fromkeys(spot.case for spot in spots)
        found = {c: before[c] for c in cases if c in before and until <= before[c].looked.read_to}
        if anew := cases.keys() - found:
            looked = await self._looking.look(reader, *sorted(anew), feed=True)
            _check_custodian(looked, reader)
            befores = await self._befores(looked, spots[0].position)
            found |= {case: Arriving(looked, case, befores) for case in anew}
        return found

    async def _befores(self, looked: Looked, since: int) -> list[Before]:
        """How it stood each time that something came from outside, from this position on."""
        agency, roster = looked.recipient.agency, looked.roster
        outside = [e for e in await self._candidates.outside_of(agency) if e.position >= since]
        if not outside:
            return []
        own = stream_of("agency", agency)
        networks = {each: stream_of("network", each) for each in roster.networks}
        read = (await self._looking.log.read(own, *networks.values())).streams
        at = {stored.position: stored.recorded_at for each in read.values() for stored in each}
        return [
            Before(
                each,
                at[each.position],
                Roster(
                    {agency: _agency(self._until(each.position, read[own]))},
                    {
                        which: _network(self._until(each.position, read[stream]))
                        for which, stream in networks.items()
                    },
                ),
            )
            for each in outside
            if each.position in at  # Another network's, in whose ledger none of these stands.
        ]

    def _until(self, position: int, stored: Iterable[StoredEvent]) -> Iterator[Event]:
        return (self._looking.sealing.open(e).event for e in stored if e.position < position)

    async def _let_out(self, reader: Reader, read: Read) -> FeedPage | None:
        """``None``: something of it has moved meanwhile. It is read again; the rest is recorded."""
        gate = self._looking.gate
        going = [*_going(read.told)]
        if await gate.passes(reader, "FEED", going, in_person=False):
            return None
        keys = await gate.open(seen for each in going for seen in each.seen)
        showings = {
            of: self._looking.showing(told.looked, told.case, keys)
            for of, told in {each.of: each for each in read.told}.items()
        }
        return FeedPage(
            items=tuple(self._message(reader, told, showings[told.of]) for told in read.told),
            next=self._next(reader, read.place),
            release_by=self._wall.now() + timedelta(seconds=min(WINDOW_S, reader.window.left_s)),
        )

    def _message(self, reader: Reader, told: Told, showing: Showing) -> FeedMessage:
        records = tuple(showing.envelope(seen, seen.visible) for seen in told.records)
        if told.is_package:
            data: Package | Envelope = Package(case=showing.alias, records=records)
            part = f" {told.since}" if told.since else ""
            opening = uuid5(PACKAGES, f"{told.position} {told.case}{part}")
            # Under the agency's own key, so that it tells nobody of which event this is.
            id_: UUID = self._looking.aliases.alias(reader.agency, CaseId(opening))
            kind, time, own = PACKAGE, None, False
        else:
            (data,) = records
            id_, kind, time = data.id, data.type, data.occurred_at
            own = told.records[0].entry.told.agency == reader.agency
        return FeedMessage(
            specversion="1.0",
            id=id_,
            source=SOURCE,
            type=kind,
            datacontenttype=JSON,
            time=time,
            tsunaguown=own,
            tsunagubackfill=told.is_package,
            data=msgspec.Raw(msgspec.json.encode(data)),
        )

    def _begin(self, reader: Reader, cursor: str | None) -> Place:
        if cursor is None:
            return Place(0)
        read = PLACE.unpack(self._cursors.read(reader.agency, FEED, cursor))
        position, is_done, within, told_to = read
        return Place(position, is_done, UUID(bytes=within), told_to)

    def _next(self, reader: Reader, place: Place) -> str:
        packed = PLACE.pack(place.position, place.is_done, place.within.bytes, place.told_to)
        return self._cursors.written(reader.agency, FEED, packed)


def _going(told: Sequence[Told]) -> Iterator[Outgoing]:
    """What goes out of a case stands on one decision."""
    found: dict[tuple[int, CaseId], list[Told]] = defaultdict(list)
    for each in told:
        found[each.of].append(each)
    for here in found.values():
        case, looked = here[0].case, here[0].looked
        yield Outgoing(case, [seen for each in here for seen in each.records], looked.stand(case))


async def _steps(
    spots: Sequence[Spot], arriving: Mapping[CaseId, Arriving], place: Place
) -> Sequence[Step]:
    """What there is at each, decided in one go."""
    arrivals = {
        case: await each.at({spot.position for spot in spots if spot.case == case})
        for case, each in arriving.items()
    }
    return [
        step
        for spot in spots
        for step in _at(
            spot, arriving[spot.case].looked, arrivals[spot.case].get(spot.position), place
        )
    ]


def _at(spot: Spot, looked: Looked, arrival: Arrival | None, place: Place) -> Iterator[Step]:
    position, case = spot.position, spot.case
    opened, itself = arrival or Arrival()
    is_read = (place.position, place.within) == (position, case)
    since = place.told_to if is_read else 0
    done = Place(position, spot.is_last, case, position)
    *first, last = _packages([each for each in opened if each.position > since])
    for records in first:
        told = Told(case, looked, position, is_package=True, records=records, since=since)
        since = records[-1].position
        yield Step(Place(position, is_done=False, within=case, told_to=since), told)
    if last:
        told = Told(case, looked, position, is_package=True, records=last, since=since)
        yield Step(done._replace(is_done=False) if itself else done, told)
    if itself:
        yield Step(done, Told(case, looked, position, is_package=False, records=(itself,)))
    elif not last:
        yield Step(done)


def _packages(opened: Sequence[Seen]) -> list[Sequence[Seen]]:
    """Each small enough to get through a thin line in time; the last is empty where nothing is."""
    found: list[Sequence[Seen]] = []
    here: list[Seen] = []
    size = 0
    for each in opened:
        if here and size + _size(each) > PACKAGE_BYTES_MAX:
            found.append(here)
            here, size = [], 0
        here.append(each)
        size += _size(each)
    return [*found, here]


def _read_within(place: Place, position: int) -> UUID:
    """After which case to go on; one of which a part was told is gone on with."""
    if place.position != position or place.within == NOWHERE:
        return NOWHERE
    return place.within if place.told_to == position else UUID(int=place.within.int - 1)


def _check_custodian(looked: Looked, reader: Reader) -> None:
    """It is fetched by whoever answers for it."""
    check_keeps_feed(looked.roster.agencies.get(reader.agency, NO_AGENCY), reader.staff)


def _agency(said: Iterable[Event]) -> Agency:
    return reduce(agencies.evolve, cast("Iterable[AgencyEvent]", said), NO_AGENCY)


def _network(said: Iterable[Event]) -> Membership:
    return membership(reduce(network.evolve, cast("Iterable[NetworkEvent]", said), NO_NETWORK))


def _size(seen: Seen) -> int:
    """About as large as it will be, before anything is opened."""
    parts, facts = seen.entry.stored.parts, seen.header.facts
    return (
        RECORD_BYTES + len(bytes(facts)) + sum(len(parts.get(n, b"")) for n in seen.visible.bases)
    )


FEED: Final = "feed"
PLACE: Final = Struct("!q?16sq")
NOWHERE: Final = UUID(int=0)
PACKAGES: Final = UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7c01")
RECORD_BYTES: Final = 600  # What an envelope is, without its fields.
