"""Opening (同意の及ぶ範囲): what a grant opens of a category, as it is asked of every field."""

from datetime import datetime
from typing import Final, NamedTuple

from domain.categories import CategoryCode
from domain.model import AgencyId, PersonId
from domain.policy.fields import OF_CHILDREN
from domain.sharing import Grant, Sharing
from domain.visibility.bases import Basis


class Opening(NamedTuple):
    grant: Grant
    whom: frozenset[int]
    hers: bool  # Of the woman herself, too.
    only: frozenset[str] | None
    excluded: frozenset[str]
    since: int  # What was recorded after it; before it, what was part of the state.
    basis: Basis


def openings_of(sharing: Sharing, itself: frozenset[AgencyId], at: datetime) -> tuple[Opening, ...]:
    """All that may be known now under one of these names; of most categories it is the same."""
    return tuple(
        [
            opening_of(sharing, grant, "SVC")
            for grant in sharing.grants.values()
            if not itself.isdisjoint(grant.granted.recipients) and grant.granted.in_force(at)
        ]
    )


def opening_of(sharing: Sharing, grant: Grant, category: CategoryCode) -> Opening:
    granted, whom = grant.granted, whom_of(sharing, grant, category)
    return Opening(
        grant,
        frozenset([person.int for person in whom]),
        sharing.subject in whom,
        granted.only_fields,
        granted.excluded_fields | _of_torn(sharing, grant),
        FROM_THE_FIRST if granted.history == "FULL" else grant.position,
        Basis("CONSENT", granted.grant_id),
    )


def whom_of(sharing: Sharing, grant: Grant, category: CategoryCode) -> frozenset[PersonId]:
    return grant.of(sharing.subject, sharing.children, sharing.torn, category)


def _of_torn(sharing: Sharing, grant: Grant) -> frozenset[str]:
    """What she cannot agree to, while she is in conflict with a child of hers."""
    return OF_CHILDREN if sharing.torn and grant.granted.grantor == "SUBJECT" else NO_FIELDS


FROM_THE_FIRST: Final = -1
NO_FIELDS: Final[frozenset[str]] = frozenset()
