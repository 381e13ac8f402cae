"""Explaining (判断の説明): of each field on what it rests that it may be seen, or why it may not.

Whom she does not want to know is told no more than that she has not agreed. For whom an
explanation may be asked at all is not said here.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from domain.codes import Label
from domain.header import PartLine
from domain.policy import BESIDE, CONDITIONS, CROSSES, RULES, ConditionId, RuleId
from domain.sharing import Told
from domain.visibility import Look, decide, found
from domain.visibility.agreeing import first_unmet
from domain.visibility.asking import Asked, fields_of
from domain.visibility.bases import Basis, Denied


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """``by``: the rule that allows it or refuses it, or what consent lacks."""

    field: str
    by: RuleId | ConditionId
    says: Label
    basis: Basis | None = None  # None, and it may not be seen.


def explain(look: Look, told: Told, lines: Iterable[PartLine]) -> tuple[Explained, ...]:
    lines = tuple(lines)
    bases = decide(look, told, lines).bases
    return tuple(
        _allowed(field, bases[field.name]) if field.name in bases else _refused(look, told, field)
        for field in fields_of(look.woman, told, lines)
    )


def _allowed(field: Asked, basis: Basis) -> Explained:
    return Explained(field=field.name, by=basis.rule, says=SAYS[basis.rule], basis=basis)


def _refused(look: Look, told: Told, field: Asked) -> Explained:
    denied = found(look, told, field)
    rule: RuleId = denied.rule if isinstance(denied, Denied) else "NO_BASIS"
    if rule not in SILENT:
        return Explained(field=field.name, by=rule, says=SAYS[rule])
    if field.category in BESIDE:
        return Explained(field=field.name, by="NO_BASIS", says=CROSSES[field.category])
    unmet = first_unmet(look.facts, told, field)
    assert unmet, "with every condition met it may be seen"
    return Explained(field=field.name, by=unmet, says=REFUSES[unmet])


SAYS: Final = {rule.id: rule.says for rule in RULES}
REFUSES: Final = {condition.id: condition.refuses for condition in CONDITIONS}
# What is never given as a reason, and what is none.
SILENT: Final[frozenset[RuleId]] = frozenset({"EXCLUDED_AGENCY", "EXCLUDED_PERSON", "NO_BASIS"})
