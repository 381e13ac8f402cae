"""Explaining (判断の説明): of each field on what it rests that it may be seen, or why it may not.

Whom she does not want to know is told no more than that she has not agreed. For whom an
explanation may be asked at all is not said here; but whoever may not know what a field is, or about
whom, is told what holds of it as such fields mostly are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec
from msgspec.structs import replace

from domain.case import RecordCorrected
from domain.codes import Label
from domain.header import PartLine
from domain.model import Event, GrantId
from domain.policy import BESIDE, CONDITIONS, CROSSES, RULES, ConditionId, RuleId
from domain.sharing import Told
from domain.visibility import Look, decide, found
from domain.visibility.agreeing import first_unmet, still_name
from domain.visibility.asking import Asked, Slot, asked, kind_of
from domain.visibility.bases import Basis, Denied


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """``by``: the rule that allows it or refuses it, or what consent lacks."""

    field: str
    by: RuleId | ConditionId
    says: Label
    basis: Basis | None = None  # None, and it may not be seen.


def explain(look: Look, told: Told, lines: Iterable[PartLine]) -> tuple[Explained, ...]:
    """To whoever may know all there is to know of it but what stands in it."""
    lines, fields = tuple(lines), names_of(type(told.event))
    seen = decide(look, told, lines).bases
    return tuple(explained(look, told, lines, seen=seen, known=fields, closed=fields))


def explained(  # noqa: PLR0913 (what is explained, and how much may be known of it)
    look: Look,
    told: Told,
    lines: Sequence[PartLine],
    *,
    seen: Mapping[str, Basis],
    known: Collection[str],
    closed: Collection[str],
) -> Iterator[Explained]:
    """``known``: what may be known of the event; ``closed``: of which fields it is said why not."""
    for slot in kind_of(type(told.event)).slots:
        if slot.name in seen:
            basis = seen[slot.name]
            yield Explained(field=slot.name, by=basis.rule, says=SAYS[basis.rule], basis=basis)
        elif slot.name in closed:
            refused = _refused(look, told, lines, slot, known)
            if refused is not None:
                yield refused


def names_of(event: type[Event]) -> tuple[str, ...]:
    return tuple(slot.name for slot in kind_of(event).slots)


def as_never_agreed(look: Look) -> Look:
    """For whom she has shut out since: what she had agreed to before is nothing any more."""
    return replace(look, facts=replace(look.facts, shut_out=look.facts.itself))


def by_these_alone(look: Look, grants: AbstractSet[GrantId]) -> Look | None:
    """As far as these consents go; ``None``: nothing is left there for the agency to see by them.

    Then none is taken to have been recorded, whether she took it back or has shut the agency out.
    """
    facts = look.facts
    left = {each: grant for each, grant in facts.sharing.grants.items() if each in grants}
    facts = replace(facts, sharing=replace(facts.sharing, grants=left))
    reads = facts.recipient.pledged and not facts.recipient.suspended
    return replace(look, facts=facts) if reads and still_name(facts) else None


def _refused(
    look: Look, told: Told, lines: Sequence[PartLine], slot: Slot, known: Collection[str]
) -> Explained | None:
    """What rests on what may not be known is said only where nothing else is amiss."""
    field = asked(slot, look.woman, told, lines)
    if field is None:  # It was recorded before there was such a field.
        return None
    if not _rests_on(slot, told.event) <= {*known}:
        mostly = Asked(slot.name, slot.path, slot.category.code, look.woman, slot.also)
        if isinstance(found(look, told, mostly), Denied):
            return _why_not(look, told, mostly)
    return _why_not(look, told, field)


def _rests_on(slot: Slot, event: Event) -> frozenset[str]:
    """Which fields say what this one is, and about whom."""
    said_by = {slot.category.by_field, slot.category.person_field}
    if isinstance(event, RecordCorrected) and slot.name == "new_value":
        said_by.add("field")
    return frozenset(name for name in said_by if name is not None)


def _why_not(look: Look, told: Told, field: Asked) -> Explained | None:
    """``None``: consent would open it, so it is another ground that is not told."""
    denied = found(look, told, field)
    rule: RuleId = denied.rule if isinstance(denied, Denied) else "NO_BASIS"
    if rule not in SILENT:
        return Explained(field=field.name, by=rule, says=SAYS[rule])
    if field.category in BESIDE:
        return Explained(field=field.name, by="NO_BASIS", says=CROSSES[field.category])
    unmet = first_unmet(look.facts, told, field)
    return Explained(field=field.name, by=unmet, says=REFUSES[unmet]) if unmet else None


SAYS: Final = {rule.id: rule.says for rule in RULES}
REFUSES: Final = {condition.id: condition.refuses for condition in CONDITIONS}
# What is never given as a reason, and what is none.
SILENT: Final[frozenset[RuleId]] = frozenset({"EXCLUDED_AGENCY", "EXCLUDED_PERSON", "NO_BASIS"})
