"""Explain (判断の説明): why an agency may see each field of a case, or may not.

On what it rests that a field is seen, and which rule or which condition of consent leaves it
closed; never what stands in it. That she does not want somebody to know is no reason here: to them
she has not agreed.
"""

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from contracts.asked import CaseAlias
from contracts.replay import BasisShown, Says, View
from domain.model import Guarded
from domain.policy import ConditionId, RuleId
from domain.text import Line

FieldName: TypeAlias = str
# Of one's own view, all; of another's, how far the consents carry that one's own agency obtained,
# whatever else it may be seen by; or every event, for auditors of the operator.
ScopeNamed: TypeAlias = Literal["OWN", "CONSENTS", "WHOLE"]


class Cited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the consent was recorded, or what was told without one.

    ``event``: for whoever may know of it; ``position``, in the log: for auditors of the operator.
    """

    recorded_at: datetime  # To the second.
    event: UUID | None = None
    position: int | None = None


class SeenOn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Fields that are seen, all on one basis; ``cited``: where that is recorded by itself."""

    fields: tuple[FieldName, ...]
    basis: BasisShown
    says: Says
    cited: Cited | None = None


class ClosedBy(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that are not seen: the rule that refuses them, or what consent lacks.

    Where it is told of consents alone: which these leave closed.
    """

    fields: tuple[FieldName, ...]
    by: RuleId | ConditionId
    says: Says


class EventExplained(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """Of an event of which no more may be known than some details, no field is named as closed."""

    id: UUID
    type: str
    says: Says
    occurred_at: datetime
    recorded_at: datetime  # To the second.
    on: Line  # Its day, as it is said in Japan.
    position: int | None = None  # In the log: for auditors of the operator.
    seen: tuple[SeenOn, ...] = ()
    closed: tuple[ClosedBy, ...] = ()


class Explanation(Guarded, frozen=True, kw_only=True):
    """``next`` asks for what follows; where nothing follows there is none."""

    case: CaseAlias
    view: View
    scope: ScopeNamed
    items: tuple[EventExplained, ...]
    next: str | None = None
