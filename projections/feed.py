"""Feed (配信): at which positions there may be something for an agency, and of which case.

More than it may see, and never less. An agency hears of a case from when anybody names it there:
whoever recorded in it, takes part, is agreed to, sent to, asked to a meeting, told by law. Whoever
coordinates the network in whose ledger a case stands hears of what stands in a ledger. And what
comes from outside may open many cases at once: then it is looked up which they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from domain.agency import AgencyTookOver, StaffLeft
from domain.case import RestrictionLifted
from domain.catalogue import EVENTS
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
    """``about``: the case; from outside, whom or which network it opens the cases of.

    ``whom``: an agency; its own stream, for what comes from outside; a network's stream, for
    whoever coordinates it. Before the first position stands who hears of the case from now on.
    """

    about: UUID
    position: int
    whom: UUID


# Who hears of all that is said in a case, of what stands in a ledger, and whom she does not want
# to know, or has complained of: when they go, the case is back on their agency's feed.
OF_ALL: Final = 0
OF_LEDGER: Final = -1
SHUT_OUT: Final = -2

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
        outside = _from_outside(seen)
        return () if outside is None else ((outside[0], seen.position),)
    event, found = seen.event, [OF_ALL]
    if seen.header.type in LEDGER_TAGS or (event is not None and networks_named(event)):
        found.append(OF_LEDGER)
    if people_shut_out(event):
        found.append(SHUT_OUT)
    return tuple([(case, place) for place in found])


def _from_outside(seen: Seen) -> tuple[UUID, StreamId] | None:
    """Of whom or of which network the cases are, and whose stream hears of it."""
    match seen.event:
        case AgencyTookOver(old=old):
            return old, seen.header.stream
        case StaffLeft(staff_id=staff):
            return staff, seen.header.stream
        case CoordinatingAgencyDesignated(agency_id=agency):
            return seen.header.stream, stream_of("agency", agency)
        case _:
            return None


def _spreads(known: Mapping[Key, FeedRow], key: Key, seen: Seen) -> Mapping[Key, FeedRow]:
    place = key[1]
    if place == OF_ALL:
        return _of_a_case(known, key, seen, _named(seen), is_for_all=seen.header.type in TOLD)
    if place == OF_LEDGER:
        networks = frozenset[UUID]() if seen.event is None else networks_named(seen.event)
        is_for_all = seen.header.type in TOLD & LEDGER_TAGS
        return _of_a_case(known, key, seen, networks, is_for_all=is_for_all)
    if place == SHUT_OUT:
        return _rows(key, people_shut_out(seen.event))
    outside = _from_outside(seen)
    assert outside is not None, "or it has touched nothing"
    return _rows(key, [outside[1]])


def _of_a_case(
    known: Mapping[Key, FeedRow],
    key: Key,
    seen: Seen,
    named: AbstractSet[UUID],
    *,
    is_for_all: bool,
) -> Mapping[Key, FeedRow]:
    heard = {row.whom for row in known.values()}
    told = heard | named if is_for_all else _told_of_nothing_new(seen)
    return {**_rows(key, named - heard), **_rows((key[0], seen.position), told)}


def _named(seen: Seen) -> AbstractSet[UUID]:
    """Whose record it is, and whom it names."""
    named = agencies_named(seen.event) if seen.event is not None else frozenset[AgencyId]()
    return (named | {seen.header.agency}) - {ITSELF}


def _told_of_nothing_new(seen: Seen) -> AbstractSet[UUID]:
    """Whoever has to purge something may be told from then on why."""
    event = seen.event
    return {event.recipient} if isinstance(event, PurgeRequested) else set()


def _rows(key: Key, whom: Iterable[UUID]) -> dict[Key, FeedRow]:
    about, position = key
    assert isinstance(about, UUID)
    assert isinstance(position, int)
    return {(about, position, each): FeedRow(about, position, each) for each in whom}


def _evolve(row: FeedRow | None, key: Key, seen: Seen) -> FeedRow:
    raise AssertionError(row, key, seen)


TOLD: Final = frozenset(tag for tag, event in EVENTS.types.items() if is_told(event))
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
    key=("about", "position", "whom"),
    touches=_touches,
    evolve=_evolve,
    wants=NAMING | FROM_OUTSIDE | {ExclusionSet, GrievanceReceived},
    hears_others=True,
    found_by=2,
    spreads=_spreads,
    indexes=(("whom", "position", "about"),),
)
