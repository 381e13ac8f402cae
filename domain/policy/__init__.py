"""Policy (開示の決まり): by which rules, and in which order, who may see what. Data, and no code.

``domain.visibility`` walks it, the pages in ``docs/`` are written from it, and its version is the
hash of all it says: whatever is disclosed names the version it was decided under.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

import msgspec

from domain.agency_codes import AgencyKind
from domain.categories import EXPLICIT_ONLY, CategoryCode
from domain.codes import Label, ReferralKind
from domain.policy.conditions import CONDITIONS, NEVER_BY_CONSENT, Condition, ConditionId
from domain.policy.crossing import (
    BY_NAME_TO_NOBODY,
    BY_PARTY,
    CROSSES,
    PASSES_TO_NOBODY,
    WITH_GRIEVANCE,
    WITH_MINUTES,
)
from domain.policy.fields import OF_CHILDREN, SAYS_ANEW
from domain.policy.naming import FILLED_IN, NAMED, PROTECTIVE, SHOWN_AS_KEEPER, TO_STAY
from domain.policy.rules import ALONE, BESIDE, RULES, AllowId, DenyId, Effect, Rule, RuleId

__all__ = [
    "ALONE",
    "BESIDE",
    "CONDITIONS",
    "CROSSES",
    "NEVER_BY_CONSENT",
    "POLICY_VERSION",
    "RULES",
    "SAID",
    "AllowId",
    "Condition",
    "ConditionId",
    "DenyId",
    "Effect",
    "Rule",
    "RuleId",
]


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to the policy, in the form that is hashed."""

    rules: tuple[Rule, ...]
    conditions: tuple[Condition, ...]
    crosses: Mapping[CategoryCode, Label]
    explicit_only: frozenset[CategoryCode]
    never_by_consent: frozenset[CategoryCode]
    by_party: frozenset[CategoryCode]
    with_grievance: frozenset[CategoryCode]
    with_minutes: frozenset[CategoryCode]
    by_name_to_nobody: frozenset[CategoryCode]
    passes_to_nobody: frozenset[CategoryCode]
    beside: frozenset[CategoryCode]
    alone: frozenset[AllowId]
    says_anew: Mapping[str, str]
    of_children: frozenset[str]
    filled_in: Mapping[str, str | None]
    protective: frozenset[AgencyKind]
    shown_as_keeper: frozenset[AgencyKind]
    to_stay: frozenset[ReferralKind]
    named: Label


SAID: Final = _Said(
    rules=RULES,
    conditions=CONDITIONS,
    crosses=CROSSES,
    explicit_only=EXPLICIT_ONLY,
    never_by_consent=NEVER_BY_CONSENT,
    by_party=BY_PARTY,
    with_grievance=WITH_GRIEVANCE,
    with_minutes=WITH_MINUTES,
    by_name_to_nobody=BY_NAME_TO_NOBODY,
    passes_to_nobody=PASSES_TO_NOBODY,
    beside=BESIDE,
    alone=ALONE,
    says_anew=SAYS_ANEW,
    of_children=OF_CHILDREN,
    filled_in=FILLED_IN,
    protective=PROTECTIVE,
    shown_as_keeper=SHOWN_AS_KEEPER,
    to_stay=TO_STAY,
    named=NAMED,
)
POLICY_VERSION: Final = hashlib.sha256(msgspec.json.encode(SAID, order="sorted")).hexdigest()
