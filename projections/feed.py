"""Feed (配信): at which positions there may be something for an agency, and of which case.

More than it may see, and never less. An agency hears of a case from when anybody names it there:
whoever recorded in it, takes part, is agreed to, sent to, asked to a meeting, told by law. Whoever
coordinates the network in whose ledger a case stands hears of what stands in a ledger. And what
comes from outside may open many cases at once: then it is looked up which they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from domain.agency import AgencyTookOver, StaffLeft
from domain.case import RestrictionLifted
from domain.catalogue import EVENTS
from domain.consent_ledger.events import ConsentExplained, ConsentGranted, ConsentRefused
from domain.exclusions import ExclusionLifted, ExclusionSet
from domain.fields import tag_of
from domain.grievance import GrievanceReceived
from domain.model import ITSELF, AgencyId, Event, NetworkId, StaffId, StreamId, stream_of
from domain.network import CoordinatingAgencyDesignated
from domain.policy.fields import IN_LEDGER
from domain.trail.purges import PurgeRequested
from domain.visibility import agencies_in, naming
from projections.tables import Projection, Seen


class FeedRow(msgspec.Struct, frozen=True, gc=False):
    """``whom``: an agency; its own stream, for what comes from outside; or a network's stream, for
    whoever coordinates it. ``about``: the case; from outside, whose cases, or which network's.

    Before the first position stands who hears of a case, and in which cases somebody is named.
    """

    whom: UUID
    position: int
    about: UUID


# Of a case: who hears of all that is said in it, and who of what stands in a ledger. Of an agency
# or network, of whom she does not want to know or has complained: in which cases it is named.
OF_ALL: Final = 0
OF_LEDGER: Final = -1
NAMED: Final = -2

Key: TypeAlias = tuple[object, ...]


def is_told(event: type[Event]) -> bool:
    """Whether such an event is itself told on a feed: who was told of something is not."""
    return event.disclosable


def may_open(event: type[Event]) -> bool:
    """Whether what was said before may be told once such an event has happened."""
    return event.disclosable or event is PurgeRequested


def agencies_named(event: Event) -> frozenset[AgencyId]:
    fields = (agencies_in(event, name) for name in naming(type(event), AgencyId))
    return frozenset[AgencyId]().union(*fields) - {ITSELF}


def networks_named(event: Event) -> frozenset[StreamId]:
    named: Iterator[NetworkId | None] = (
        getattr(event, name) for name in naming(type(event), NetworkId)
    )
    return frozenset(stream_of("network", each) for each in named if each is not None)


def people_shut_out(event: Event | None) -> frozenset[StaffId]:
    match event:
        case ExclusionSet(staff_id=staff) if staff is not None:
            return frozenset({staff})
        case GrievanceReceived(about_staff=staff):
            return staff
        case _:
            return frozenset()


def _touches(seen: Seen) -> tuple[Key, ...]:
    case = seen.header.case
    if case is None:
        outside = _from_outside(seen.event, seen.header.stream)
        return () if outside is None else ((outside[0], seen.position),)
    found: list[Key] = [(case, OF_ALL)]
    event = seen.event
    if seen.header.type in LEDGER_TAGS or (event is not None and networks_named(event)):
        found.append((case, OF_LEDGER))
    found += [(staff, NAMED) for staff in people_shut_out(event)]
    return tuple(found)


def _from_outside(event: Event | None, stream: StreamId) -> tuple[StreamId, UUID] | None:
    """Whose stream hears of it; and of whom or of which network the cases are."""
    match event:
        case AgencyTookOver(old=old):
            return stream, old
        case StaffLeft(staff_id=staff):
            return stream, staff
        case CoordinatingAgencyDesignated(agency_id=agency):
            return stream_of("agency", agency), stream
        case _:
            return None


def _spreads(known: Sequence[FeedRow], key: Key, events: Sequence[Seen]) -> Iterable[FeedRow]:
    whom, place = key
    assert isinstance(whom, UUID)
    if place == OF_ALL:
        return _heard(known, whom, OF_ALL, events)
    if place == OF_LEDGER:
        return _heard(known, whom, OF_LEDGER, events)
    if place == NAMED:
        return [FeedRow(whom, NAMED, each.header.case) for each in events if each.header.case]
    return _opened(whom, events)


def _opened(stream: UUID, events: Iterable[Seen]) -> Iterator[FeedRow]:
    for seen in events:
        outside = _from_outside(seen.event, seen.header.stream)
        assert outside is not None, "or it has touched nothing"
        yield FeedRow(stream, seen.position, outside[1])


def _heard(
    known: Iterable[FeedRow], case: UUID, place: int, events: Iterable[Seen]
) -> Iterator[FeedRow]:
    """Comparing ids as such takes its time: here they are numbers."""
    named, told = (_named, TOLD) if place == OF_ALL else (_networks, TOLD & LEDGER_TAGS)
    heard = {row.about.int: row.about for row in known}
    for seen in events:
        here = {each.int: each for each in named(seen)}
        for number in here.keys() - heard.keys():
            heard[number] = here[number]
            yield FeedRow(case, place, here[number])
            yield FeedRow(here[number], NAMED, case)
        if seen.header.type in told:
            for each in (here if seen.header.type in TO_NAMED else heard).values():
                yield FeedRow(each, seen.position, case)
        elif isinstance(seen.event, PurgeRequested):
            # Whoever has to purge something may be told from then on why.
            yield FeedRow(seen.event.recipient, seen.position, case)


def _named(seen: Seen) -> Iterable[UUID]:
    """Whose record it is, and whom it names."""
    if seen.header.agency != ITSELF:
        yield seen.header.agency
    if seen.event is not None:
        yield from agencies_named(seen.event)


def _networks(seen: Seen) -> Iterable[UUID]:
    return () if seen.event is None else networks_named(seen.event)


def _evolve(row: FeedRow | None, key: Key, seen: Seen) -> FeedRow:
    raise AssertionError(row, key, seen)


TOLD: Final = frozenset(tag for tag, event in EVENTS.types.items() if is_told(event))
# These are nothing to those whom they do not name, and open nothing to them.
TO_NAMED: Final = frozenset(
    {tag_of(ConsentExplained), tag_of(ConsentGranted), tag_of(ConsentRefused)}
)
# What stands in a ledger, and what may bring back to a ledger what has stood there.
LEDGER_TAGS: Final = frozenset(path.partition("/")[0] for path in IN_LEDGER) | {
    tag_of(RestrictionLifted),
    tag_of(ExclusionLifted),
}
FROM_OUTSIDE: Final = frozenset[type[Event]](
    {AgencyTookOver, StaffLeft, CoordinatingAgencyDesignated}
)
NAMING: Final = frozenset(
    event for event in EVENTS.types.values() if naming(event, AgencyId) or naming(event, NetworkId)
)
FEED: Final = Projection[Key, FeedRow](
    name="feed",
    row=FeedRow,
    key=("whom", "position", "about"),
    indexes=(("position",),),  # What is new, for whomever.
    touches=_touches,
    evolve=_evolve,
    wants=NAMING | FROM_OUTSIDE | {ExclusionSet, GrievanceReceived},
    hears_others=True,
    found_by=2,
    spreads=_spreads,
)
