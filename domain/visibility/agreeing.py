"""Agreeing (同意による開示): what she has agreed that others may know, condition by condition."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias, get_args

from domain.agency import Agency, NoAgency, agreed_for, with_those_before
from domain.categories import CategoryCode
from domain.meeting.events import MeetingEvent
from domain.model import AgencyId, Event, GrantId, PersonId
from domain.policy import CONDITIONS, NEVER_BY_CONSENT, ConditionId
from domain.policy_fields import OF_CHILDREN
from domain.sharing import Grant, Sharing, Told
from domain.visibility.asking import Asked
from domain.visibility.facts import Basis, Facts, Says

NOT_KNOWN: Final[Agency] = NoAgency()
OF_MEETINGS: Final[frozenset[type[Event]]] = frozenset(get_args(MeetingEvent))
Meets: TypeAlias = Callable[[Facts, Grant, Told, Asked], bool]


def by_consent(facts: Facts, category: CategoryCode) -> Says | None:
    known = facts.roster.agencies.get(facts.agency, NOT_KNOWN)
    grants = grants_for(facts.sharing, facts.agency, category, facts.at, known)
    takes_part, given, attended = facts.takes_part, facts.given, facts.attended
    has_reason = bool(attended) if category == "MTG" else takes_part or bool(given)
    if not grants or not has_reason:
        return None
    woman = facts.sharing.subject
    opening = [
        (
            frozenset(person.int for person in whom),
            woman in whom,
            grant.only_fields,
            grant.excluded_fields | _of_torn(facts.sharing, grant),
            -1 if grant.history == "FULL" else grant.position,
            grant.state,
            Basis("CONSENT", grant.grant_id),
        )
        for grant in grants
        for whom in (_whom(facts.sharing, grant, category),)
    ]

    def says(told: Told, field: Asked) -> Basis | None:
        path, person = field.path, field.person
        if type(told.event) in OF_MEETINGS and told.stream.int not in attended:
            return None
        if not (takes_part or category == "MTG" or (told.id, path) in given):
            return None
        for whom, hers, only, excluded, since, state, basis in opening:
            if (
                (hers if person is woman else person is not None and person.int in whom)
                and (only is None or path in only)
                and path not in excluded
                and excluded.isdisjoint(field.also)
                and (told.position > since or state.holds(told, field.name))
            ):
                return basis
        return None

    return says


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
    if is_shut_out(sharing, agency, known):
        return None
    for grant in grants_for(sharing, agency, field.category, at, known):
        if (
            field.person in _of_whom(sharing, grant, field)
            and grant.names(field.path, field.also)
            and grant.reaches(told, field.name)
        ):
            return grant.grant_id
    return None


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
    return tuple(g.grant_id for g in grants if sharing.subject in _whom(sharing, g, category))


def named(sharing: Sharing, at: datetime) -> frozenset[AgencyId]:
    """Whom she has agreed to let know anything of her, now."""
    return frozenset(
        agency
        for grant in sharing.grants.values()
        for agency in grant.recipients - sharing.excluded
        if any(covers(sharing, agency, category, at) for category in grant.categories)
    )


def is_shut_out(sharing: Sharing, agency: AgencyId, known: Agency) -> bool:
    """It, or one that it took over from."""
    return not sharing.excluded.isdisjoint(with_those_before([agency], {agency: known}))


def grants_for(
    sharing: Sharing,
    agency: AgencyId,
    category: CategoryCode,
    at: datetime,
    known: Agency = NOT_KNOWN,
) -> tuple[Grant, ...]:
    """Those in force that name this agency, or whom it took over from, and this category."""
    if category in NEVER_BY_CONSENT:
        return ()
    return tuple(
        grant
        for grant in sharing.grants.values()
        if category in grant.categories
        and _names(sharing, grant, agency, known, category)
        and grant.in_force(at)
    )


def _names(
    sharing: Sharing, grant: Grant, agency: AgencyId, known: Agency, category: CategoryCode
) -> bool:
    """What was agreed to for an agency she has shut out since passes to nobody."""
    return agreed_for(grant.recipients - sharing.excluded, agency, known, category)


def _whom(sharing: Sharing, grant: Grant, category: CategoryCode) -> frozenset[PersonId]:
    return grant.of(sharing.subject, sharing.children, sharing.torn, category)


def _of_whom(sharing: Sharing, grant: Grant, field: Asked) -> frozenset[PersonId]:
    return _whom(sharing, grant, "CHD" if field.path in OF_CHILDREN else field.category)


def _of_torn(sharing: Sharing, grant: Grant) -> frozenset[str]:
    """What she cannot agree to, while she is in conflict with a child of hers."""
    return OF_CHILDREN if sharing.torn and grant.grantor == "SUBJECT" else frozenset()


def first_unmet(facts: Facts, told: Told, field: Asked) -> ConditionId | None:
    """The first condition of consent that is left unmet by every grant that meets those before.

    For whom she does not want to know, she has agreed to nothing.
    """
    sharing = facts.sharing
    if field.category in NEVER_BY_CONSENT:
        return "BY_CONSENT"
    excluded = facts.shut_out or facts.recipient.staff in sharing.excluded_staff
    left = [] if excluded or told.stream.int in facts.about_them else [*sharing.grants.values()]
    for condition in CONDITIONS[1:]:
        meets = MEETS[condition.id]
        left = [grant for grant in left if meets(facts, grant, told, field)]
        if not left:
            return condition.id
    return None


def _attended(facts: Facts, told: Told) -> bool:
    return type(told.event) not in OF_MEETINGS or told.stream.int in facts.attended


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
    "IN_FORCE": lambda facts, grant, _told, _field: grant.in_force(facts.at),
    "CATEGORY": lambda _facts, grant, _told, field: field.category in grant.categories,
    "FIELD": lambda _facts, grant, _told, field: grant.names(field.path, field.also),
    "PERSON": lambda facts, grant, _told, field: (
        field.person in _of_whom(facts.sharing, grant, field)
    ),
    "HISTORY": lambda _facts, grant, told, field: grant.reaches(told, field.name),
    "ATTENDED": lambda facts, _grant, told, _field: _attended(facts, told),
    "REASON": lambda facts, _grant, told, field: _has_reason(facts, told, field),
}
