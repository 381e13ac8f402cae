"""Seen (見える支援): what is done for her, as far as somebody may see it.

Whatever may not be seen, or was never said, is not there. ``A`` is how an agency is named: by its
id among ourselves, and to others as they may hear of it.
"""

from datetime import date
from typing import Generic, Literal, TypeAlias, TypeVar

from domain.case.plans import Goals, Tasks
from domain.case_codes import CompanionKind, Custody, Relation
from domain.codes import Level
from domain.model import Count, Guarded, PersonId, Sealed
from domain.support_codes import (
    AftercareMeans,
    DestinationKind,
    LegalStepKind,
    LegalStepStatus,
    PlanKind,
    PlanOutcome,
    ServiceCategory,
    ServiceCode,
    ServiceField,
    ServiceStatus,
    StayKind,
    StayScope,
)
from domain.text import Line

A = TypeVar("A")


class Companion(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    companion: CompanionKind | None = None
    relation: Sealed[Relation] | None = None
    name: Sealed[Line] | None = None
    birth_year: Sealed[Count] | None = None
    birth_date: Sealed[date] | None = None
    custody: Sealed[Custody] | None = None
    whereabouts: Sealed[Line] | None = None
    is_with_her: bool = True


class Assessed(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """As each was last said."""

    danger_level: Sealed[Level] | None = None
    urgency_level: Sealed[Level] | None = None
    perpetrator_info: Sealed[Line] | None = None
    needs: Sealed[frozenset[ServiceField]] | None = None
    health_summary: Sealed[Line] | None = None
    economic_summary: Sealed[Line] | None = None
    child_summary: Sealed[Line] | None = None
    subject_wish: Sealed[Line] | None = None


StayStatus: TypeAlias = Literal["DECIDED", "ACTIVE", "ENDED", "CANCELLED"]


class Stay(Guarded, Generic[A], frozen=True, kw_only=True, omit_defaults=True):
    status: StayStatus | None = None
    kind: StayKind | None = None
    scope: Sealed[StayScope] | None = None
    provider: A | None = None
    location: Sealed[Line] | None = None
    planned_from: date | None = None
    started_on: date | None = None
    until: date | None = None
    ended_on: date | None = None
    companions: tuple[PersonId, ...] = ()
    destination_kind: Sealed[DestinationKind] | None = None
    destination_address: Sealed[Line] | None = None


class Policy(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    policy_text: Sealed[Goals] | None = None
    subject_wish: Sealed[Line] | None = None
    review_on: date | None = None


PlanStatus: TypeAlias = Literal["DRAFT", "AGREED", "REVISED", "CLOSED"]


class Plan(Guarded, Generic[A], frozen=True, kw_only=True, omit_defaults=True):
    status: PlanStatus | None = None
    kind: Sealed[PlanKind] | None = None
    goals: Sealed[Goals] | None = None
    tasks: Sealed[Tasks] | None = None
    author: A | None = None
    review_on: date | None = None
    outcome: Sealed[PlanOutcome] | None = None


class Service(Guarded, Generic[A], frozen=True, kw_only=True, omit_defaults=True):
    about: ServiceCategory | None = None
    service_code: Sealed[ServiceCode] | None = None
    provider: A | None = None
    status: ServiceStatus | None = None
    on: Sealed[date] | None = None


class LegalStep(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    kind: Sealed[LegalStepKind] | None = None
    status: LegalStepStatus | None = None
    on: Sealed[date] | None = None
    expires_on: Sealed[date] | None = None


class Aftercare(Guarded, Generic[A], frozen=True, kw_only=True, omit_defaults=True):
    lead: A | None = None
    means: Sealed[frozenset[AftercareMeans]] | None = None
    cadence_days: Count | None = None
    started_on: date | None = None
    ended_on: date | None = None


class SafetyInstruction(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    instruction: Sealed[Line] | None = None
    valid_until: date | None = None
