"""Rules (開示の規則): what each rule of the policy comes to, for one agency, at one time.

Of a rule there is left only what it can say here: to an agency that is no side of anything, the
rule about the sides of a referral says nothing, and nobody asks it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from domain.agency import Agency
from domain.categories import CategoryCode
from domain.model import AgencyId, GrantId, NetworkId, StaffId
from domain.policy import (
    NEVER_BY_CONSENT,
    RULES,
    AllowId,
    DenyId,
    RuleId,
)
from domain.sharing import Grant, Sharing, Told
from domain.visibility.asking import Asked

Agencies: TypeAlias = Mapping[AgencyId, Agency]


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    """By which rule something may be seen; and by which grant, where it is by consent."""

    rule: AllowId
    grant: GrantId | None = None


class Denied(msgspec.Struct, frozen=True):
    """Which rule was the first to refuse."""

    rule: DenyId


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """For whom it is: an agency, and who of it reads. A feed is read by nobody in person."""

    agency: AgencyId
    staff: StaffId | None
    pledged: bool  # Who reads, or keeps the feed, is enrolled and has signed the pledge.
    suspended: bool = False


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in a network, and who coordinates it."""

    members: frozenset[AgencyId] = frozenset()
    coordinating: AgencyId | None = None


class Roster(msgspec.Struct, frozen=True):
    """Which agencies there are, and how they are joined. Of whom is not known, the worst is."""

    agencies: Agencies = {}
    networks: Mapping[NetworkId, Membership] = {}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a decision is made from, beside the event itself."""

    sharing: Sharing
    recipient: Recipient
    roster: Roster
    at: datetime

    @property
    def agency(self) -> AgencyId:
        return self.recipient.agency

    @property
    def network(self) -> Membership:
        """The one in whose ledger the case stands."""
        if self.sharing.network is None:
            return NO_NETWORK
        return self.roster.networks.get(self.sharing.network, NO_NETWORK)


Found: TypeAlias = Basis | Denied
Says: TypeAlias = Callable[[Told, Asked], Found | None]
# What a rule says of the fields of one category here: nothing, always the same, or it depends.
Made: TypeAlias = Callable[[Facts, CategoryCode], Says | Found | None]


def steps(facts: Facts, category: CategoryCode) -> tuple[Says, ...]:
    """The rules for one category in the policy's order, as far as one of them always decides."""
    return tuple(_steps(facts, category))


def _steps(facts: Facts, category: CategoryCode) -> Iterator[Says]:
    for rule in RULES:
        if rule.categories is not None and category not in rule.categories:
            continue
        made = MADE[rule.id](facts, category)
        if made is None:
            continue
        if isinstance(made, Basis | Denied):
            says = _always(made)
            if rule.fields is None:
                yield says
                return
        else:
            says = made
        yield says if rule.fields is None else _only(rule.fields, says)


def _always(found: Found) -> Says:
    return lambda _told, _field: found


def _only(paths: frozenset[str], says: Says) -> Says:
    return lambda told, field: says(told, field) if field.path in paths else None


def _no_pledge(facts: Facts, _: CategoryCode) -> Denied | None:
    return None if facts.recipient.pledged else Denied("NO_PLEDGE")


def _notice(facts: Facts, _: CategoryCode) -> Says | None:
    agency, received = facts.agency, facts.sharing.received
    if not any(agency in each for each in received.values()):
        return None

    def says(told: Told, _: Asked) -> Basis | None:
        grant = getattr(told.event, "grant_id", None)
        asked = getattr(told.event, "recipient", agency)
        return NOTICE if asked == agency and agency in received.get(grant, ()) else None  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]

    return says


def _erased(_: Facts, __: CategoryCode) -> Denied | None:
    return None


def _restricted(_: Facts, __: CategoryCode) -> Denied | None:
    return None


def _suspended(facts: Facts, _: CategoryCode) -> Denied | None:
    return Denied("SUSPENDED") if facts.recipient.suspended else None


def _excluded_person(facts: Facts, _: CategoryCode) -> Denied | None:
    excluded = facts.recipient.staff in facts.sharing.excluded_staff
    return Denied("EXCLUDED_PERSON") if excluded else None


def _case_number(facts: Facts, _: CategoryCode) -> Says | None:
    agency = facts.agency
    if agency in {facts.sharing.main_responsible, facts.network.coordinating}:
        return None
    return lambda told, _field: None if told.agency == agency else CASE_NUMBER


def _statutory(_: Facts, __: CategoryCode) -> Says | None:
    return None


def _emergency(_: Facts, __: CategoryCode) -> Says | None:
    return None


def _own(facts: Facts, _: CategoryCode) -> Says:
    agency = facts.agency
    return lambda told, _field: OWN if told.agency == agency else None


def _public(facts: Facts, category: CategoryCode) -> Basis | None:
    return PUBLIC if category == "PUB" or facts.agency in facts.network.members else None


def _excluded_agency(facts: Facts, _: CategoryCode) -> Denied | None:
    return Denied("EXCLUDED_AGENCY") if facts.agency in facts.sharing.excluded else None


def _party(facts: Facts, category: CategoryCode) -> Says | None:
    agency = facts.agency
    parties = {stream for stream, sides in facts.sharing.referrals.items() if agency in sides}
    if not parties:
        return None
    if category in BY_PARTY:
        return lambda told, _field: PARTY if told.stream in parties else None
    if category == "STF":
        return None
    return lambda told, field: PARTY if agency in field.names and told.stream in parties else None


def _ledger(facts: Facts, _: CategoryCode) -> Basis | None:
    return LEDGER if facts.agency == facts.network.coordinating else None


def _consent(facts: Facts, category: CategoryCode) -> Says | None:
    grants = grants_for(facts.sharing, facts.agency, category, facts.at)
    if not grants or facts.agency not in facts.sharing.participants:
        return None
    woman, children = facts.sharing.subject, facts.sharing.children
    opening = [(grant, grant.of(woman, children), _by(grant)) for grant in grants]

    def says(told: Told, field: Asked) -> Basis | None:
        for grant, whom, basis in opening:
            if field.person in whom and grant.names(field.path) and grant.reaches(told, field.name):
                return basis
        return None

    return says


def _no_basis(_: Facts, __: CategoryCode) -> Denied:
    return NO_BASIS


def grants_for(
    sharing: Sharing, agency: AgencyId, category: CategoryCode, at: datetime
) -> tuple[Grant, ...]:
    """Those in force that name this agency and this category."""
    if category in NEVER_BY_CONSENT:
        return ()
    return tuple(
        grant
        for grant in sharing.grants.values()
        if agency in grant.recipients and category in grant.categories and grant.in_force(at)
    )


def _by(grant: Grant) -> Basis:
    return Basis("CONSENT", grant.grant_id)


NO_NETWORK: Final = Membership()
NOTICE: Final = Basis("NOTICE")
OWN: Final = Basis("OWN")
PUBLIC: Final = Basis("PUBLIC")
PARTY: Final = Basis("PARTY")
LEDGER: Final = Basis("LEDGER")
CASE_NUMBER: Final = Denied("CASE_NUMBER")
NO_BASIS: Final = Denied("NO_BASIS")
BY_PARTY: Final[frozenset[CategoryCode]] = frozenset({"ENV", "SVC"})
MADE: Final[Mapping[RuleId, Made]] = {
    "NO_PLEDGE": _no_pledge,
    "NOTICE": _notice,
    "ERASED": _erased,
    "RESTRICTED": _restricted,
    "SUSPENDED": _suspended,
    "EXCLUDED_PERSON": _excluded_person,
    "CASE_NUMBER": _case_number,
    "STATUTORY": _statutory,
    "EMERGENCY": _emergency,
    "OWN": _own,
    "PUBLIC": _public,
    "EXCLUDED_AGENCY": _excluded_agency,
    "PARTY": _party,
    "LEDGER": _ledger,
    "CONSENT": _consent,
    "NO_BASIS": _no_basis,
}
