"""Referring (参照): to what an agency may not know of, nothing refers in its feed.

That there is a referral, a meeting, a stay or a child, or that more was recorded, is told even
where only its id is said. An id is said beside what may be seen (ENV); but not to whom nothing of
the thing itself may be seen.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, TypeAlias, get_args
from uuid import UUID

from domain.case import CaseOpened, CompanionAdded
from domain.case.stay_events import StayEvent
from domain.categories import ENV
from domain.fields import cut_of
from domain.model import (
    AgencyId,
    Event,
    EventId,
    MeetingId,
    PersonId,
    ReferralId,
    StayId,
    StreamKind,
    stream_of,
)
from domain.visibility import naming
from services.sights import Record, Seen, Sight

IsKnown: TypeAlias = Callable[["Known", Seen, UUID], bool]


class Known:
    """Of what there is in a case, that of which an agency may see anything now."""

    def __init__(self, record: Record, now: Sight, agency: AgencyId) -> None:
        self._record: Final = record
        self._now: Final = now
        self._agency: Final = agency

    def unknown_in(self, seen: Seen) -> frozenset[str]:
        """Which fields of another's record refer to what is not known."""
        event = seen.entry.told.event
        if seen.entry.told.agency == self._agency:
            return frozenset()
        said = {name: getattr(event, name) for name in referring(type(event))}
        return frozenset(
            name
            for name, named in said.items()
            if named is not None
            and not any(is_known(self, seen, named) for is_known in referring(type(event))[name])
        )

    def stream(self, kind: StreamKind, named: UUID) -> bool:
        return any(self._now.seen(stream=stream_of(kind, named)))

    def event(self, named: UUID) -> bool:
        entries = (each for each in self._record.entries if each.told.id == named)
        return any(self._now.visible(each) for each in entries)

    def stay(self, named: UUID) -> bool:
        stays = (seen.entry.told.event for seen in self._now.seen(of=OF_STAYS))
        return any(named in ids_in(each, StayId) for each in stays)

    def person(self, seen: Seen, named: UUID) -> bool:
        """The woman; who is said to be with her; and whom something that is told is about."""
        if any(p.person == named and p.field in seen.visible.bases for p in seen.header.parts):
            return True
        events = (each.told.event for each in self._record.entries)
        if any(isinstance(each, CaseOpened) and each.subject_id == named for each in events):
            return True
        added = (each.entry.told.event for each in self._now.seen(of={CompanionAdded}))
        return any(isinstance(each, CompanionAdded) and each.person_id == named for each in added)


def ids_in(event: Event, kind: object) -> frozenset[UUID]:
    return frozenset(getattr(event, name) for name in naming(type(event), kind))


@cache
def referring(event: type[Event]) -> Mapping[str, tuple[IsKnown, ...]]:
    """Its fields beside others that refer to something else, and how that may be known."""
    itself = {event.makes, *(naming(event, StayId) if event in OF_STAYS else ())}
    beside = (each.name for each in cut_of(event).clear if each.category.codes <= ENV.codes)
    found = {
        name: tuple(is_known for kind, is_known in KNOWN.items() if name in naming(event, kind))
        for name in beside
        if name not in itself
    }
    return {name: ways for name, ways in found.items() if ways}


OF_STAYS: Final = frozenset[type[Event]](get_args(StayEvent))
KNOWN: Final[Mapping[object, IsKnown]] = {
    ReferralId: lambda known, _, named: known.stream("referral", named),
    MeetingId: lambda known, _, named: known.stream("meeting", named),
    EventId: lambda known, _, named: known.event(named),
    StayId: lambda known, _, named: known.stay(named),
    PersonId: lambda known, seen, named: known.person(seen, named),
}
