"""Agreeing (同意による開示): what she has agreed that others may know, condition by condition."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from domain.agency import Agency, NoAgency, agreed_for, with_those_before
from domain.categories import CategoryCode
from domain.model import AgencyId, GrantId, PersonId
from domain.policy import CONDITIONS, NEVER_BY_CONSENT, ConditionId
from domain.policy.fields import OF_CHILDREN
from domain.sharing import Given, Grant, Sharing, Told
from domain.visibility.asking import Asked
from domain.visibility.bases import Basis, Says
from domain.visibility.facts import NONE, Facts
from domain.visibility.meetings import MAY_BE_CLOSED, is_kept_from
from domain.visibility.opening import Opening, opening_of, whom_of

NOT_KNOWN: Final[Agency] = NoAgency()
NONE_OF_HERS: Final[frozenset[CategoryCode]] = frozenset()
Agreed: TypeAlias = Callable[[Told, Asked], Basis | None]
Meets: TypeAlias = Callable[[Facts, Grant, Told, Asked], bool]


def by_consent(facts: Facts, category: CategoryCode) -> Says | None:
    """What she has agreed to, given a reason; of a meeting, to those alone whom it is for."""
    takes_part, given = facts.takes_part, facts.given
    if category in NEVER_BY_CONSENT or not (
        bool(facts.attended) if category == "MTG" else takes_part or bool(given)
    ):
        return None
    sharing, known = facts.sharing, facts.roster.agencies.get(facts.agency, NOT_KNOWN)
    openings = [
        opening if category != "CHD" else opening_of(sharing, opening.grant, category)
        for opening in facts.openings
        if _is_for(sharing, opening.grant, facts.agency, category, known)
    ]
    has_reason = takes_part or category == "MTG"
    return _agreed(openings, sharing.subject, facts, None if has_reason else given)


def permits(  # noqa: PLR0913 (what is asked, for whom, and what is known of them)
    sharing: Sharing,
    agency: AgencyId,
    at: datetime,
    told: Told,
    field: Asked,
    *,
    known: Agency = NOT_KNOWN,
) -> GrantId | None:
    """By which grant she has agreed that this agency may have it, if it is given a reason to.

    Whether it takes part, and what it was given, makes no difference here.
    """
    return permitting(sharing, agency, at, known=known)(told, field)


def permitting(
    sharing: Sharing, agency: AgencyId, at: datetime, *, known: Agency = NOT_KNOWN
) -> Callable[[Told, Asked], GrantId | None]:
    """The same, to be asked of many fields: what opens a category is looked up once."""
    if is_shut_out(sharing, agency, known):
        return lambda _told, _field: None
    found: dict[CategoryCode, Agreed | None] = {}

    def permits(told: Told, field: Asked) -> GrantId | None:
        category = field.category
        if category not in found:
            grants = grants_for(sharing, agency, category, at, known)
            openings = [opening_of(sharing, grant, category) for grant in grants]
            found[category] = _agreed(openings, sharing.subject, facts=None, given=None)
        agreed = found[category]
        basis = agreed(told, field) if agreed else None
        return basis.grant if basis else None

    return permits


def _agreed(
    openings: Sequence[Opening],
    woman: PersonId | None,
    facts: Facts | None,
    given: Given | None,
) -> Agreed | None:
    """For whoever ``facts`` are about, nothing of a closed meeting; of ``given``, that alone."""
    if not openings:
        return None

    def agreed(told: Told, field: Asked) -> Basis | None:
        if (
            facts
            and type(told.event) in MAY_BE_CLOSED
            and is_kept_from(facts, told, field.category)
        ):
            return None
        if given is not None and (told.id, field.path) not in given:
            return None
        position, path, person, also = told.position, field.path, field.person, field.also
        for grant, whom, hers, only, excluded, since, basis in openings:
            if (
                (position > since or grant.state.holds(told, field.name))
                and (hers if person is woman else person is not None and person.int in whom)
                and (only is None or path in only)
                and path not in excluded
                and not (also and excluded.intersection(also))
            ):
                return basis
        return None

    return agreed


def covers(
    sharing: Sharing,
    agency: AgencyId,
    category: CategoryCode,
    at: datetime,
    known: Agency = NOT_KNOWN,
) -> GrantId | None:
    """By which grant she has agreed that this agency may have anything of this category of hers.

    What others agree to for themselves, or for a child, is not for her.
    """
    return next(iter(covering(sharing, agency, category, at, known)), None)


def covering(
    sharing: Sharing,
    agency: AgencyId,
    category: CategoryCode,
    at: datetime,
    known: Agency = NOT_KNOWN,
) -> tuple[GrantId, ...]:
    """By which grants: all of them."""
    if is_shut_out(sharing, agency, known):
        return ()
    grants = grants_for(sharing, agency, category, at, known)
    return tuple(
        g.granted.grant_id for g in grants if sharing.subject in whom_of(sharing, g, category)
    )


def covered(
    sharing: Sharing, agency: AgencyId, at: datetime, known: Agency = NOT_KNOWN
) -> dict[CategoryCode, GrantId]:
    """Each category that ``covers`` finds a grant for, and which."""
    found: dict[CategoryCode, GrantId] = {}
    if is_shut_out(sharing, agency, known):
        return found
    itself = with_those_before([agency], {agency: known})
    for grant in sharing.grants.values():
        if itself.isdisjoint(grant.granted.recipients) or not grant.granted.in_force(at):
            continue
        for category in _of_hers(sharing, grant) - found.keys():
            if _names(sharing, grant, agency, known, category):
                found[category] = grant.granted.grant_id
    return found


def named(sharing: Sharing, at: datetime) -> frozenset[AgencyId]:
    """Whom she has agreed to let know anything of her, now."""
    return frozenset(
        agency
        for grant in sharing.grants.values()
        if grant.granted.in_force(at) and (hers := _of_hers(sharing, grant))
        for agency in grant.granted.recipients - sharing.excluded
        if any(_names(sharing, grant, agency, NOT_KNOWN, category) for category in hers)
    )


def _of_hers(sharing: Sharing, grant: Grant) -> frozenset[CategoryCode]:
    """Of which she herself is spoken of under it; of most categories it is the same."""
    categories, subject = grant.granted.categories - NEVER_BY_CONSENT, sharing.subject
    if subject not in whom_of(sharing, grant, "SVC"):
        return NONE_OF_HERS
    if sharing.torn and subject not in whom_of(sharing, grant, "CHD"):
        return categories - {"CHD"}
    return categories


def is_shut_out(sharing: Sharing, agency: AgencyId, known: Agency) -> bool:
    """It, or one that it took over from."""
    return bool(sharing.excluded) and not sharing.excluded.isdisjoint(
        with_those_before([agency], {agency: known})
    )


def grants_for(
    sharing: Sharing,
    agency: AgencyId,
    category: CategoryCode,
    at: datetime,
    known: Agency = NOT_KNOWN,
) -> tuple[Grant, ...]:
    """Those in force that name this agency, or whom it took over from, and this category."""
    return tuple(
        grant
        for grant in sharing.grants.values()
        if _is_for(sharing, grant, agency, category, known) and grant.granted.in_force(at)
    )


def _is_for(
    sharing: Sharing, grant: Grant, agency: AgencyId, category: CategoryCode, known: Agency
) -> bool:
    return (
        category in grant.granted.categories
        and category not in NEVER_BY_CONSENT
        and _names(sharing, grant, agency, known, category)
    )


def _names(
    sharing: Sharing, grant: Grant, agency: AgencyId, known: Agency, category: CategoryCode
) -> bool:
    """What was agreed to for an agency she has shut out since passes to nobody.

    Nor does it to whom she has said no to since, when she had agreed to it for another.
    """
    granted = grant.granted
    still = granted.recipients - sharing.excluded if sharing.excluded else granted.recipients
    agreed = agreed_for(still, agency, known, category)
    itself = with_those_before([agency], {agency: known}) if granted.refused else ()
    return agreed and not any(category in granted.refused.get(each, NONE) for each in itself)


def _of_whom(sharing: Sharing, grant: Grant, field: Asked) -> frozenset[PersonId]:
    return whom_of(sharing, grant, "CHD" if field.path in OF_CHILDREN else field.category)


def first_unmet(facts: Facts, told: Told, field: Asked) -> ConditionId | None:
    """The first condition of consent that is left unmet by every grant that meets those before.

    For whom she does not want to know, she has agreed to nothing.
    """
    sharing = facts.sharing
    if field.category in NEVER_BY_CONSENT:
        return "BY_CONSENT"
    excluded = facts.shut_out or facts.recipient.staff in sharing.excluded_staff
    left = [] if excluded or told.stream.int in facts.about_them else [*sharing.grants.values()]
    for condition in ASKED_IN_TURN:
        meets = MEETS[condition]
        left = [grant for grant in left if meets(facts, grant, told, field)]
        if not left:
            return condition
    return None


def still_name(facts: Facts) -> bool:
    """Whether any consent is still one for this agency, in force or not."""
    known = facts.roster.agencies.get(facts.agency, NOT_KNOWN)
    return not facts.shut_out and any(
        _names(facts.sharing, grant, facts.agency, known, category)
        for grant in facts.sharing.grants.values()
        for category in grant.granted.categories
    )


def _has_reason(facts: Facts, told: Told, field: Asked) -> bool:
    return field.category == "MTG" or facts.takes_part or (told.id, field.path) in facts.given


MEETS: Final[Mapping[ConditionId, Meets]] = {
    "BY_CONSENT": lambda _facts, _grant, _told, field: field.category not in NEVER_BY_CONSENT,
    "AGREED": lambda facts, grant, _told, field: _names(
        facts.sharing,
        grant,
        facts.agency,
        facts.roster.agencies.get(facts.agency, NOT_KNOWN),
        field.category,
    ),
    "IN_FORCE": lambda facts, grant, _told, _field: grant.granted.in_force(facts.at),
    "CATEGORY": lambda _facts, grant, _told, field: field.category in grant.granted.categories,
    "FIELD": lambda _facts, grant, _told, field: grant.names(field.path, field.also),
    "PERSON": lambda facts, grant, _told, field: (
        field.person in _of_whom(facts.sharing, grant, field)
    ),
    "HISTORY": lambda _facts, grant, told, field: grant.reaches(told, field.name),
    "ATTENDED": lambda facts, _grant, told, field: not is_kept_from(facts, told, field.category),
    "REASON": lambda facts, _grant, told, field: _has_reason(facts, told, field),
}
# What was part of the state at some time rests on what else was recorded by then, of which whoever
# asks may know nothing: it is said where nothing else is amiss.
ASKED_IN_TURN: Final[tuple[ConditionId, ...]] = (
    *(each.id for each in CONDITIONS if each.id not in {"BY_CONSENT", "HISTORY"}),
    "HISTORY",
)
