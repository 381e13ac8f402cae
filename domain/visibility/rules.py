"""Rules (開示の規則): what each rule of the policy comes to, for one agency, at one time.

Of a rule there is left only what it can say here: to an agency that is no side of anything, the
rule about the sides of a referral says nothing, and nobody asks it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from typing import Final, NamedTuple, TypeAlias, get_args

from domain.agency import agreed_for
from domain.categories import CategoryCode
from domain.consent_ledger.events import ConsentGranted, ConsentNarrowed
from domain.grievance import GrievanceShared
from domain.model import ITSELF, AgencyId, Event
from domain.policy import RULES, Rule, RuleId
from domain.policy.crossing import BY_NAME_TO_NOBODY
from domain.policy.fields import CARRIED_OVER, CASE_NUMBERS, GIVEN_BY_RULE
from domain.sharing import Snapshot, Told
from domain.trail.purges import PurgeRequested
from domain.visibility.agreeing import NOT_KNOWN, by_consent
from domain.visibility.asking import Asked, agencies_in
from domain.visibility.bases import Basis, Denied, Found, Says
from domain.visibility.facts import Facts
from domain.visibility.meetings import is_kept_from

# What a rule says here: nothing, always the same, or it depends.
Made: TypeAlias = Says | Found | None


class Step(NamedTuple):
    """What is left of a rule."""

    rule: RuleId
    allows: bool
    fields: frozenset[str] | None  # Of which alone it says anything.
    says: Says
    ends: bool  # It always decides.


class Walks(dict[CategoryCode, tuple[Step, ...]]):
    """The rules in the policy's order, as far as one always decides; made where first asked for."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self._facts: Final = facts
        self._alike: Final[Mapping[RuleId, Step | None]] = {
            rule: _step(RULE[rule], made(facts)) for rule, made in ALIKE.items()
        }

    def __missing__(self, category: CategoryCode) -> tuple[Step, ...]:
        walk = self[category] = tuple(_walk(self._facts, category, self._alike))
        return walk

    def leave_all_its_own(self) -> bool:
        """Whether all records of an agency are open to it for being its own, and nothing else."""
        return not any(self._can_say(rule) for rule in BEFORE_OWN)

    def _can_say(self, rule: RuleId) -> bool:
        made = BY_CATEGORY.get(rule)
        if made is None:
            return self._alike[rule] is not None
        return any(made(self._facts, category) is not None for category in CODES)


def _walk(
    facts: Facts, category: CategoryCode, alike: Mapping[RuleId, Step | None]
) -> Iterator[Step]:
    for rule in _about(category):
        made = BY_CATEGORY.get(rule.id)
        step = _step(rule, made(facts, category)) if made else alike[rule.id]
        if step is None:
            continue
        yield step
        if step.ends:
            return


def first_to_decide(says: Iterable[Says], told: Told, field: Asked) -> Found | None:
    for each in says:
        if (decided := each(told, field)) is not None:
            return decided
    return None


def _step(rule: Rule, made: Made) -> Step | None:
    if made is None:
        return None
    if isinstance(made, (Basis, Denied)):
        says, ends = _always(made), rule.fields is None
    else:
        says, ends = made, False
    if rule.fields is not None:
        says = _only(rule.fields, says)
    return Step(rule.id, rule.effect == "ALLOW", rule.fields, says, ends)


@cache
def _about(category: CategoryCode) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.categories is None or category in rule.categories)


def _always(found: Found) -> Says:
    return lambda _told, _field: found


def _only(paths: frozenset[str], says: Says) -> Says:
    return lambda told, field: says(told, field) if field.path in paths else None


def _no_pledge(facts: Facts) -> Denied | None:
    return None if facts.recipient.pledged else Denied("NO_PLEDGE")


def _notice(facts: Facts) -> Says:
    itself, received = facts.itself, facts.sharing.received
    under = {grant for grant, recipients in received.items() if itself & recipients}

    def says(told: Told, _: Asked) -> Basis | None:
        if isinstance(told.event, PurgeRequested):
            return NOTICE if told.event.recipient in itself else None
        if not under or getattr(told.event, "grant_id", None) not in under:
            return None
        return NOTICE if _takes_from(told.event, itself) else None

    return says


def _takes_from(event: Event, itself: frozenset[AgencyId]) -> bool:
    """That another alone was taken out of a consent is nothing to those who stay in it."""
    if not isinstance(event, ConsentNarrowed):
        return True
    less = event.removed_categories or event.removed_fields
    return bool(less) or not itself.isdisjoint(event.removed_recipients or ())


def _erased(facts: Facts) -> Says | Denied | None:
    erased = facts.sharing.erased
    if facts.sharing.subject in erased:
        return ERASED
    return (lambda _told, field: ERASED if field.person in erased else None) if erased else None


def _restricted(facts: Facts) -> Says | Denied | None:
    stopped = facts.sharing.restricted
    if facts.sharing.subject in stopped:
        return RESTRICTED
    return (lambda _told, f: RESTRICTED if f.person in stopped else None) if stopped else None


def _suspended(facts: Facts) -> Denied | None:
    return Denied("SUSPENDED") if facts.recipient.suspended else None


def _excluded_person(facts: Facts) -> Says | Denied | None:
    if facts.recipient.staff in facts.sharing.excluded_staff:
        return EXCLUDED_PERSON
    about = facts.about_them
    return (
        (lambda told, _: EXCLUDED_PERSON if told.stream.int in about else None) if about else None
    )


def _case_number(facts: Facts) -> Says | None:
    agency = facts.agency
    if agency in {facts.sharing.main_responsible, facts.network.coordinating}:
        return None
    return lambda told, _field: None if told.agency == agency else CASE_NUMBER


def _anothers_consent(facts: Facts, category: CategoryCode) -> Says:
    agency, excluded = facts.agency, facts.sharing.excluded
    known = facts.roster.agencies.get(agency, NOT_KNOWN)

    def says(told: Told, _: Asked) -> Denied | None:
        if told.agency == agency:
            return None
        agreed = told.event.recipients - excluded if isinstance(told.event, ConsentGranted) else ()
        itself = agreed and agreed_for(agreed, agency, known, category)
        return None if itself else ANOTHERS_CONSENT

    return says


def _statutory(facts: Facts, category: CategoryCode) -> Says | None:
    if not facts.sharing.statutory:
        return None
    return _snapshots(
        facts,
        category,
        [
            (snapshot, Basis("STATUTORY", statutory=statutory_id))
            for statutory_id, snapshot in facts.sharing.statutory.items()
            if facts.agency in snapshot.recipients and category in snapshot.categories
        ],
    )


def _emergency(facts: Facts, category: CategoryCode) -> Says | None:
    if not facts.sharing.emergencies:
        return None
    return _snapshots(
        facts,
        category,
        [
            (snapshot, Basis("EMERGENCY", emergency=emergency_id))
            for emergency_id, snapshot in facts.sharing.emergencies.items()
            if facts.agency in snapshot.recipients
            and category in snapshot.categories
            and _lasts(facts, snapshot)
            and _overrides(facts, category, snapshot)
        ],
    )


def _lasts(facts: Facts, emergency: Snapshot) -> bool:
    """It dies by the clock, recorded or not."""
    return emergency.expires_at is not None and facts.at < emergency.expires_at


def _overrides(facts: Facts, category: CategoryCode, emergency: Snapshot) -> bool:
    """What she has said against it, it names, and then two of different agencies answer for it."""
    agency, sharing = facts.agency, facts.sharing
    refusals = {
        grant
        for grant, refusal in sharing.refusals.items()
        if agency in refusal.recipients and category in (refusal.categories or {category})
    }
    if not facts.shut_out and not refusals:
        return True
    return (
        len(emergency.authorised_by) > 1
        and refusals <= emergency.over_refusals
        and facts.shut_out <= emergency.over_exclusions
    )


def _snapshots(
    facts: Facts, category: CategoryCode, opening: list[tuple[Snapshot, Basis]]
) -> Says | None:
    if not opening:
        return None

    def says(told: Told, field: Asked) -> Basis | None:
        if is_kept_from(facts, told, category):
            return None
        for snapshot, basis in opening:
            if snapshot.names(field.path) and snapshot.state.holds(told, field.name):
                return basis
        return None

    return says


def _own(facts: Facts) -> Says:
    agency = facts.agency
    return lambda told, _field: OWN if told.agency == agency else None


def _public(facts: Facts, category: CategoryCode) -> Basis | None:
    return PUBLIC if category == "PUB" or facts.agency in facts.network.members else None


def _excluded_agency(facts: Facts) -> Denied | None:
    return Denied("EXCLUDED_AGENCY") if facts.shut_out else None


def _party(facts: Facts, category: CategoryCode) -> Says | None:
    agency = facts.agency
    parties = facts.sides
    if not parties or category == "STF":
        return None
    opening = {stream.int for stream, opens in parties.items() if category in opens}
    streams = {stream.int for stream in parties}

    def says(told: Told, field: Asked) -> Basis | None:
        if told.stream.int in opening:
            return PARTY
        if told.stream.int not in streams:
            return None
        named = category not in BY_NAME_TO_NOBODY and agency in agencies_in(told.event, field.name)
        if named or (category == "GRV" and _is_summary(facts, told)):
            return PARTY
        return None

    return says


def _is_summary(facts: Facts, told: Told) -> bool:
    return isinstance(told.event, GrievanceShared) and facts.agency in told.event.shared_with


def _ledger(facts: Facts) -> Says | None:
    """Since it has stood there, and who answers for her; the number before is another ledger's."""
    coordinates = facts.agency == facts.network.coordinating
    answers = facts.agency == facts.sharing.main_responsible
    if not (coordinates or answers):
        return None
    since, answering_since = facts.sharing.since, facts.sharing.answering_since

    def says(told: Told, field: Asked) -> Basis | None:
        if field.path in GIVEN_BY_RULE:
            return LEDGER if answers and told.agency == ITSELF else None
        is_number = field.path in CASE_NUMBERS
        if not (coordinates or field.path == CARRIED_OVER):
            return None
        who_answers = told.position == answering_since and not is_number
        return LEDGER if who_answers or told.position >= since else None

    return says


def _no_basis(_: Facts) -> Denied:
    return NO_BASIS


NOTICE: Final = Basis("NOTICE")
OWN: Final = Basis("OWN")
PUBLIC: Final = Basis("PUBLIC")
PARTY: Final = Basis("PARTY")
LEDGER: Final = Basis("LEDGER")
ERASED: Final = Denied("ERASED")
RESTRICTED: Final = Denied("RESTRICTED")
CASE_NUMBER: Final = Denied("CASE_NUMBER")
EXCLUDED_PERSON: Final = Denied("EXCLUDED_PERSON")
ANOTHERS_CONSENT: Final = Denied("ANOTHERS_CONSENT")
NO_BASIS: Final = Denied("NO_BASIS")
RULE: Final[Mapping[RuleId, Rule]] = {rule.id: rule for rule in RULES}
# What comes before, but for what leaves to an agency what is its own; notices are looked for apart.
BEFORE_OWN: Final[tuple[RuleId, ...]] = tuple(
    rule
    for rule in takewhile(lambda rule: rule != "OWN", RULE)
    if rule not in {"NOTICE", "CASE_NUMBER", "ANOTHERS_CONSENT"}
)
CODES: Final[tuple[CategoryCode, ...]] = get_args(CategoryCode)
# What says the same of every category,
ALIKE: Final[Mapping[RuleId, Callable[[Facts], Made]]] = {
    "NO_PLEDGE": _no_pledge,
    "EXCLUDED_PERSON": _excluded_person,
    "NOTICE": _notice,
    "ERASED": _erased,
    "RESTRICTED": _restricted,
    "SUSPENDED": _suspended,
    "CASE_NUMBER": _case_number,
    "OWN": _own,
    "EXCLUDED_AGENCY": _excluded_agency,
    "LEDGER": _ledger,
    "NO_BASIS": _no_basis,
}
# and what does not.
BY_CATEGORY: Final[Mapping[RuleId, Callable[[Facts, CategoryCode], Made]]] = {
    "ANOTHERS_CONSENT": _anothers_consent,
    "STATUTORY": _statutory,
    "EMERGENCY": _emergency,
    "PUBLIC": _public,
    "PARTY": _party,
    "CONSENT": by_consent,
}
