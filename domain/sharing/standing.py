"""Standing (記録の状態): what has been told of a case, and what of it is part of the state.

Of each type of event the last one of each agency is part of the state; where such events tell of
several things, the last one of each thing: whose own records one may see, one sees as if nobody
else had recorded any. Her details are one thing, said by her identification and by
corrections of it: each detail is part of the state where it was last said. What a correction says
is closed, so it counts as saying everything, and what was said before it is no longer the state;
folded once more with that correction opened, for somebody who may open it, it counts for what it
says.
"""

from collections.abc import Hashable, Mapping
from typing import Final, NamedTuple, TypeAlias, get_args

import msgspec

from domain.case import SubjectDetailsCorrected, SubjectIdentified
from domain.fields import cut_of
from domain.model import AgencyId, Event, EventId, StreamId


class Told(NamedTuple):
    """An event where it stands in the log, and whose record it is."""

    position: int
    stream: StreamId
    agency: AgencyId
    event: Event
    id: EventId


Details: TypeAlias = SubjectIdentified | SubjectDetailsCorrected


class Standing(msgspec.Struct, frozen=True):
    last: Mapping[Hashable, int] = {}  # Of each thing, the last event that told of it,
    details: Mapping[tuple[int, str], int] = {}  # and where each of her details was last said.


class Frozen(msgspec.Struct, frozen=True):
    """The state as it was at some time: it stays so, whatever is recorded later."""

    positions: frozenset[int]
    details: Mapping[tuple[int, str], int]

    def holds(self, told: Told, field: str) -> bool:
        if type(told.event) in DETAILS:
            return self.details.get((told.agency.int, field)) == told.position
        return told.position in self.positions


def frozen(standing: Standing) -> Frozen:
    return Frozen(frozenset(standing.last.values()), standing.details)


def told_of(told: Told) -> Hashable:
    """The thing whose state an event tells, as its agency knows it."""
    event, kind = told.event, type(told.event)
    return (told.agency.int, kind, *(getattr(event, name) for name in kind.state_of))


def then(standing: Standing, told: Told) -> Standing:
    last = {**standing.last, told_of(told): told.position}
    if not isinstance(told.event, Details):
        return Standing(last, standing.details)
    said = {(told.agency.int, name): told.position for name in _said(told.event)}
    return Standing(last, {**standing.details, **said})


def _said(event: Details) -> list[str]:
    """``None`` says nothing. What is closed may say anything."""
    names = (field.name for field in cut_of(type(event)).sealed)
    return [name for name in names if getattr(event, name) is not None]


DETAILS: Final[frozenset[type[Event]]] = frozenset(get_args(Details))
NOTHING_STANDS: Final = Frozen(frozenset(), {})
