"""Opening (同意の及ぶ範囲): what a grant opens of a category, as it is asked of every field."""

from typing import Final, NamedTuple

from domain.categories import CategoryCode
from domain.model import PersonId
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


def opening_of(sharing: Sharing, grant: Grant, category: CategoryCode) -> Opening:
    whom = whom_of(sharing, grant, category)
    return Opening(
        grant,
        frozenset([person.int for person in whom]),
        sharing.subject in whom,
        grant.only_fields,
        grant.excluded_fields | _of_torn(sharing, grant),
        FROM_THE_FIRST if grant.history == "FULL" else grant.position,
        Basis("CONSENT", grant.grant_id),
    )


def whom_of(sharing: Sharing, grant: Grant, category: CategoryCode) -> frozenset[PersonId]:
    return grant.of(sharing.subject, sharing.children, sharing.torn, category)


def _of_torn(sharing: Sharing, grant: Grant) -> frozenset[str]:
    """What she cannot agree to, while she is in conflict with a child of hers."""
    return OF_CHILDREN if sharing.torn and grant.grantor == "SUBJECT" else NO_FIELDS


FROM_THE_FIRST: Final = -1
NO_FIELDS: Final[frozenset[str]] = frozenset()
