"""Widening (開示の広がり): after which events an agency may see what it could not see before.

More of them than there are, and never less: it is asked whether anything has changed from which it
is decided what this agency may see, and not yet, whether for the better.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from domain.case import CHANGES_NOTHING
from domain.model import AgencyId, Event
from domain.sharing import (
    OF_CASES,
    SAYS,
    Gathering,
    Handling,
    Party,
    Sharing,
    Sides,
    Told,
    without_standing,
)


def widenings(history: Iterable[Told], itself: AbstractSet[AgencyId]) -> Iterator[int]:
    """``itself``: the agency, and whom it took over from. Told is where this happened."""
    sharing, stands = NOTHING, _as_it_stands(NOTHING, itself)
    for told in history:
        if not may_widen(type(told.event)):
            continue
        after = without_standing(sharing, told)
        if after is sharing:
            continue
        sharing, before, stands = after, stands, _as_it_stands(after, itself)
        if stands != before:
            yield told.position


def may_widen(event: type[Event]) -> bool:
    return event in SAYS or (event in OF_CASES and event not in CHANGES_NOTHING)


def _as_it_stands(sharing: Sharing, itself: AbstractSet[AgencyId]) -> tuple[object, ...]:
    """All of it from which it is decided, but for who is named and what was part of the state."""
    return (
        itself & sharing.participants,
        sharing.main_responsible in itself,
        sharing.network,
        sharing.since,
        sharing.answering_since,
        [
            each.granted
            for each in sharing.grants.values()
            if not itself.isdisjoint(each.granted.recipients)
        ],
        itself & sharing.excluded,
        sharing.excluded_staff,
        sharing.children,
        sharing.conflicts,
        [
            each
            for each in (*sharing.emergencies.values(), *sharing.statutory.values())
            if not itself.isdisjoint(each.recipients)
        ],
        [grant for grant, agencies in sharing.received.items() if not itself.isdisjoint(agencies)],
        sharing.restricted,
        sharing.erased,
        [party for party in sharing.parties.values() if _concerns(party, itself)],
    )


def _concerns(party: Party, itself: AbstractSet[AgencyId]) -> bool:
    match party:
        case Sides():
            return not itself.isdisjoint({party.sender, party.receiver})
        case Gathering():
            return not itself.isdisjoint(
                {party.convenor, *party.invited, *party.came, *party.items}
            )
        case Handling():
            return True


NOTHING: Final = Sharing()
