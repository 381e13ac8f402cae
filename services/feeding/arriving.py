"""Arriving (配信の位置): where in its feed an agency is told what it may see of a case now.

A record arrives at its own position; but what of it could not be seen ever since, at the position
of what opened it last. So each field that may be seen now arrives at one position: which one,
follows from the log and from what may be seen now, and never from what was told before.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from domain.agency import with_those_before
from domain.model import AgencyId, CaseId, stream_of
from domain.policy import BESIDE
from domain.sharing import Sharing, replay
from domain.visibility import Roster, fields_of
from domain.visibility.widening import may_widen, widenings
from projections.feed import is_told, may_open, people_shut_out
from services.feeding.referring import Known
from services.looking import Looked
from services.sights import Entry, Record, Seen, Sight


class Outside(NamedTuple):
    """What happened outside of all cases, and may have opened those in which this one is named."""

    position: int
    about: UUID


class Before(NamedTuple):
    """When something happened outside, and how the agency and its networks stood until then."""

    outside: Outside
    at: datetime
    roster: Roster


class Arrival(NamedTuple):
    """At a position: what it opened of what was recorded before, and what is told of it itself."""

    opened: Sequence[Seen] = ()
    itself: Seen | None = None


class LaidOut(NamedTuple):
    """What each of the openings opened, and what arrives at its own position."""

    opened: Mapping[int, Sequence[Seen]]
    left: Sequence[Seen]


class Arriving:
    """In one case, as it was looked at for the feed of an agency."""

    def __init__(self, looked: Looked, case: CaseId, befores: Sequence[Before]) -> None:
        self.looked: Final = looked
        self._record: Final = looked.records[case]
        self._who: Final = looked.recipient
        self._befores: Final = [each for each in befores if _concerns(each.outside, self._record)]
        self._whole: tuple[int, LaidOut] | None = None  # All from this position on.

    async def at(self, positions: AbstractSet[int]) -> Mapping[int, Arrival]:
        """What arrives at these; of what arrives elsewhere nothing is told."""
        now = self.looked.now[self._record.case]
        if not now.is_on_feed:
            return {}
        opened, left = await self._laid_out(now, positions)
        known = Known(self._record, now, self._who.agency)
        itself = {each.position: each for each in left if each.position in positions}
        told: dict[int, Arrival] = {}
        for position in positions:
            before = [_without(each, known.unknown_in(each)) for each in opened.get(position, ())]
            each = itself.get(position)
            if before or each:
                told[position] = Arrival(before, each and _without(each, known.unknown_in(each)))
        return told

    async def _laid_out(self, now: Sight, positions: AbstractSet[int]) -> LaidOut:
        """Of a case in which much was opened this takes long: it is done once, and others go on."""
        since = min(positions)
        if self._whole is not None and self._whole[0] <= since:
            return self._whole[1]
        openings = [*self._openings(since)]
        if positions.isdisjoint(openings):
            return await self._parted(openings, self._of_these(now, positions))
        whole = await self._parted(openings, now.seen())
        self._whole = since, whole
        return whole

    async def _parted(self, openings: Sequence[int], seen: Iterable[Seen]) -> LaidOut:
        """From the last one back: what was opened again arrives where that was last."""
        left = [each for each in seen if is_told(type(each.entry.told.event))]
        opened: dict[int, Sequence[Seen]] = {}
        for opening, sharing in reversed([each async for each in self._sharings(openings)]):
            await asyncio.sleep(0)
            opened[opening], left = self._parted_by(opening, sharing, left)
        return LaidOut(opened, left)

    async def _sharings(self, openings: Iterable[int]) -> AsyncIterator[tuple[int, Sharing]]:
        """What followed, when each of them happened, from all that was recorded before it."""
        sharing, come_to = replay(()), 0
        for opening in openings:
            await asyncio.sleep(0)
            until = len(self._record.until(opening - 1))
            sharing = replay((e.told for e in self._record.entries[come_to:until]), sharing)
            come_to = until
            yield opening, sharing

    def _of_these(self, now: Sight, positions: AbstractSet[int]) -> list[Seen]:
        types = {type(entry.told.event) for entry in self._entries(positions)}
        seen = now.seen(after=min(positions) - 1, of=types)
        return [each for each in seen if each.position in positions]

    def _parted_by(
        self, opening: int, sharing: Sharing, left: Sequence[Seen]
    ) -> tuple[list[Seen], list[Seen]]:
        """Of what was recorded before it: what could not be seen until then, and what could."""
        before = self._before(opening, sharing)
        opened: list[Seen] = []
        stay: list[Seen] = []
        for each in left:
            if each.position >= opening:
                stay.append(each)
                continue
            telling = _telling(each, self._who.agency)
            could_see = telling & before.visible(each.entry).bases.keys() if before else NOTHING
            if could_see:
                stay.append(_without(each, telling - could_see))
            if telling - could_see:
                opened.append(_without(each, could_see))
        return opened, stay

    def _openings(self, since: int) -> Iterator[int]:
        """In their order; what opens something at a position of which no feed hears is none."""
        outside = [each.outside.position for each in self._befores]
        found = {position for position in outside if position >= since}
        entries = self._record.entries
        last = [e for e in entries if e.told.position >= since and may_widen(type(e.told.event))]
        if last:
            may = {e.told.position for e in last if may_open(type(e.told.event))}
            found |= may & self._widenings
        yield from sorted(found)

    @cached_property
    def _widenings(self) -> AbstractSet[int]:
        itself = with_those_before([self._who.agency], self.looked.roster.agencies)
        return frozenset(widenings((e.told for e in self._record.entries), itself))

    def _before(self, opening: int, sharing: Sharing) -> Sight | None:
        """As it stood when that happened, and before it did."""
        later = [each for each in self._befores if each.outside.position >= opening]
        outside = later[0] if later else None
        roster = self.looked.roster if outside is None else _with(self.looked.roster, outside)
        if outside is not None and outside.outside.position == opening:
            at = outside.at
        else:
            (entry,) = self._entries({opening})
            at = entry.stored.recorded_at
        sight = Sight(self._record, self._who, roster, at, opening - 1, sharing)
        return sight if sight.is_on_feed else None

    def _entries(self, positions: AbstractSet[int]) -> list[Entry]:
        return [entry for entry in self._record.entries if entry.told.position in positions]


def _concerns(outside: Outside, record: Record) -> bool:
    named: set[UUID] = {*record.agencies, *(stream_of("network", n) for n in record.networks)}
    if outside.about in named:
        return True
    return any(outside.about in people_shut_out(e.told.event) for e in record.entries)


def _with(now: Roster, before: Before) -> Roster:
    """Others are as they are now: what came of them since opens nothing."""
    was = before.roster
    networks = {each: was.networks.get(each, itself) for each, itself in now.networks.items()}
    return Roster({**now.agencies, **was.agencies}, networks)


def _telling(seen: Seen, agency: AgencyId) -> AbstractSet[str]:
    """What is not only seen beside something else; of its own record it is all of it."""
    told, bases = seen.entry.told, seen.visible.bases
    if told.agency == agency:
        return bases.keys()
    return {
        field.name
        for field in fields_of(None, told, seen.header.parts)
        if field.name in bases and field.category not in BESIDE
    }


def _without(seen: Seen, names: AbstractSet[str]) -> Seen:
    if not names:
        return seen
    bases = {name: basis for name, basis in seen.visible.bases.items() if name not in names}
    return seen._replace(visible=replace(seen.visible, bases=bases))


NOTHING: Final[frozenset[str]] = frozenset()
