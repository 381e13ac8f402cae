"""Sharing (情報共有): what the record of a case says about who may see it.

It is folded from all that stands in the case's name, in the order of the log, with its parts
closed: the case and its ledger, its trail, its referrals, meetings and grievances. A meeting or a
grievance about nobody's case is folded by itself. Who may see what is then decided in
``domain.visibility``.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final, TypeAlias, cast, get_args

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
from domain.sharing.standing import DETAILS, Details, Frozen, Standing, Told, then, told_of
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
    "OF_CASES",
    "SAYS",
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
    "without_standing",
]

NOTHING_SHARED: Final = Sharing()


def replay(history: Iterable[Told], sharing: Sharing = NOTHING_SHARED) -> Sharing:
    """``evolve``, one after the other; how it stands is put together where it is looked at."""
    passed: dict[Hashable, int] = {}
    for told in history:
        kind = type(told.event)
        if kind in OF_THE_STATE:
            sharing = evolve(_past(sharing, passed), told)
            passed = {}
        else:
            if kind not in CHANGES_NOTHING:
                sharing = _said(sharing, told)
            passed[told_of(told)] = told.position
    return _past(sharing, passed)


def _past(sharing: Sharing, passed: Mapping[Hashable, int]) -> Sharing:
    if not passed:
        return sharing
    standing = Standing({**sharing.standing.last, **passed}, sharing.standing.details)
    return change(sharing, standing=standing)


def evolve(sharing: Sharing, told: Told) -> Sharing:
    said = _said(sharing, told)
    return change(said, standing=then(said.standing, told))


def without_standing(sharing: Sharing, told: Told) -> Sharing:
    """What it says, but for what was part of the state then."""
    return _said(sharing, told)


def _said(sharing: Sharing, told: Told) -> Sharing:
    kind = type(told.event)
    if kind in OF_CASES and (kind is CaseOpened or sharing.subject):
        event = cast("CaseEvent", told.event)
        sharing = change(sharing, case=cases.evolve(sharing.case, event))
    says = SAYS.get(kind)
    return sharing if says is None else says(sharing, told, told.event)


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


# These look at how it stands, or say more of it than that they were said.
OF_THE_STATE: Final = consents.FREEZE | DETAILS
OF_CASES: Final = frozenset[type[Event]](get_args(CaseEvent))
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
