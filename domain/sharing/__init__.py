"""Sharing (情報共有): what the record of a case says about who may see it.

It is folded from all that stands in the case's name, in the order of the log, with its parts
closed: the case and its ledger, its trail, its referrals, meetings and grievances. A meeting or a
grievance about nobody's case is folded by itself. Who may see what is then decided in
``domain.visibility``.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from domain import case as cases
from domain.case import (
    CHANGES_NOTHING,
    CaseAccepted,
    CaseErased,
    CaseEvent,
    CaseOpened,
    CaseTransferred,
    CompanionAdded,
    CompanionCameOfAge,
    DataRestricted,
    ResponsibilityMoved,
    RestrictionLifted,
)
from domain.model import Event
from domain.sharing import consents, parties
from domain.sharing.grants import Grant
from domain.sharing.standing import Details, Frozen, Standing, Told, then, told_of
from domain.sharing.state import (
    Gathering,
    Given,
    Handling,
    Party,
    Refusal,
    Sharing,
    Sides,
    Snapshot,
)

__all__ = [
    "Details",
    "Frozen",
    "Gathering",
    "Given",
    "Grant",
    "Handling",
    "Party",
    "Refusal",
    "Sharing",
    "Sides",
    "Snapshot",
    "Standing",
    "Told",
    "evolve",
    "replay",
]


def replay(history: Iterable[Told]) -> Sharing:
    """``evolve``, one after the other, and quickly past all that says nothing about sharing."""
    sharing = Sharing()
    passed: dict[Hashable, int] = {}
    for told in history:
        if type(told.event) in CHANGES_NOTHING:
            passed[told_of(told)] = told.position
        else:
            sharing = evolve(_past(sharing, passed), told)
            passed = {}
    return _past(sharing, passed)


def _past(sharing: Sharing, passed: Mapping[Hashable, int]) -> Sharing:
    if not passed:
        return sharing
    standing = Standing({**sharing.standing.last, **passed}, sharing.standing.details)
    return msgspec.structs.replace(sharing, standing=standing)


def evolve(sharing: Sharing, told: Told) -> Sharing:
    kind = type(told.event)
    if isinstance(told.event, CaseEvent) and (kind is CaseOpened or sharing.subject):
        sharing = change(sharing, case=cases.evolve(sharing.case, told.event))
    if (says := SAYS.get(kind)) is not None:
        sharing = says(sharing, told, told.event)
    return change(sharing, standing=then(sharing.standing, told))


def _accepted(sharing: Sharing, told: Told, _: CaseAccepted) -> Sharing:
    return change(sharing, since=told.position, answering_since=told.position)


def _moved(sharing: Sharing, told: Told, _: ResponsibilityMoved) -> Sharing:
    return change(sharing, answering_since=told.position)


def _transferred(sharing: Sharing, told: Told, _: CaseTransferred) -> Sharing:
    return change(sharing, since=told.position)


def _companion(sharing: Sharing, _: Told, event: CompanionAdded) -> Sharing:
    """Whose consent it takes is as it was last said of them."""
    itself = {event.person_id}
    grown = event.companion != "CHILD"
    children = sharing.children - itself if grown else sharing.children | itself
    return change(sharing, children=children)


def _of_age(sharing: Sharing, _: Told, event: CompanionCameOfAge) -> Sharing:
    """Who has grown up agrees for themselves; nobody is in conflict with a child there any more."""
    grown = event.person_id
    conflicts = frozenset((child, via) for child, via in sharing.conflicts if child != grown)
    return change(sharing, children=sharing.children - {grown}, conflicts=conflicts)


def _restricted(sharing: Sharing, _: Told, event: DataRestricted) -> Sharing:
    return change(sharing, restricted=sharing.restricted | event.scope)


def _lifted(sharing: Sharing, _: Told, event: RestrictionLifted) -> Sharing:
    return change(sharing, restricted=sharing.restricted - event.scope)


def _erased(sharing: Sharing, _: Told, event: CaseErased) -> Sharing:
    return change(sharing, erased=sharing.erased | event.scope)


change = msgspec.structs.replace
Says: TypeAlias = Callable[[Sharing, Told, Any], Sharing]
# What an event says about sharing, beside what it says of the case.
SAYS: Final[Mapping[type[Event], Says]] = {
    CaseAccepted: _accepted,
    CaseTransferred: _transferred,
    ResponsibilityMoved: _moved,
    CompanionAdded: _companion,
    CompanionCameOfAge: _of_age,
    DataRestricted: _restricted,
    RestrictionLifted: _lifted,
    CaseErased: _erased,
    **consents.SAYS,
    **parties.SAYS,
}
