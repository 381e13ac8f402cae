"""Support: what is done for her and with whom, folded from what of it one may see.

As in ``projections.case_view``, every subset of the events and of their fields is accepted. Each
event says of one thing, known by its id, what it names; what it leaves open stays as it was.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from domain.case.aftercare import AftercareEnded, AftercareRescheduled, AftercareStarted
from domain.case.companions import CompanionAdded, CompanionCameOfAge, CompanionRemoved
from domain.case.legal import LegalStepId, LegalStepRecorded
from domain.case.plans import (
    PlanId,
    SupportPlanAgreed,
    SupportPlanClosed,
    SupportPlanDrafted,
    SupportPlanRevised,
    SupportPolicySet,
)
from domain.case.safety import SafetyInstructionIssued
from domain.case.seen import (
    Aftercare,
    Assessed,
    Companion,
    LegalStep,
    Plan,
    Policy,
    SafetyInstruction,
    Service,
    Stay,
)
from domain.case.services import ServiceId, ServiceLinked, ServiceStatusChanged
from domain.case.stay_events import (
    StayCancelled,
    StayDecided,
    StayEnded,
    StayExtended,
    StayStarted,
)
from domain.case.support import AssessmentRecorded
from domain.model import AgencyId, Event, Guarded, PersonId, StayId
from projections.closed import was_seen


class Support(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    companions: Mapping[PersonId, Companion] = {}
    assessed: Assessed | None = None
    stays: Mapping[StayId, Stay[AgencyId]] = {}
    policy: Policy | None = None
    plans: Mapping[PlanId, Plan[AgencyId]] = {}
    services: Mapping[ServiceId, Service[AgencyId]] = {}
    legal_steps: Mapping[LegalStepId, LegalStep] = {}
    aftercare: Aftercare[AgencyId] | None = None
    safety: Mapping[AgencyId, SafetyInstruction] = {}


class Says(NamedTuple):
    """Of what an event says something, known by which of its fields, and what its fields say.

    ``besides`` is what it says by having happened, where the field is seen that tells of that.
    """

    of: str
    thing: type[msgspec.Struct]
    by: str
    fields: Mapping[str, str]
    told_by: str = ""
    besides: Mapping[str, object] = {}


def evolve(support: Support, event: Event) -> Support:
    says = SAYS.get(type(event))
    if says is None:
        return support
    which = getattr(event, says.by) if says.by else None
    said = {
        shown: value
        for name, shown in says.fields.items()
        if (value := getattr(event, name)) is not None and was_seen(value)
    }
    if says.told_by and was_seen(getattr(event, says.told_by)):
        said |= says.besides
    if not said or not was_seen(which):
        return support
    before: Any = getattr(support, says.of)
    if not says.by:
        return _change(support, **{says.of: _change(before or says.thing(), **said)})
    thing = _change(before.get(which) or says.thing(), **said)
    return _change(support, **{says.of: {**before, which: thing}})


def _same(*names: str, **other: str) -> dict[str, str]:
    return {**{name: name for name in names}, **other}


_PLAN: Final = _same("kind", "goals", "tasks", "review_on", author_agency="author")
_AFTERCARE: Final = _same("means", "cadence_days", lead_agency="lead")
_change: Final = msgspec.structs.replace
SAYS: Final[Mapping[type[Event], Says]] = {
    CompanionAdded: Says(
        "companions",
        Companion,
        "person_id",
        _same(
            "companion",
            "relation",
            "name",
            "birth_year",
            "birth_date",
            "custody",
            "whereabouts",
        ),
        "companion",
        {"is_with_her": True},
    ),
    CompanionCameOfAge: Says(
        "companions", Companion, "person_id", {}, "on", {"companion": "ADULT"}
    ),
    CompanionRemoved: Says(
        "companions",
        Companion,
        "person_id",
        _same("whereabouts"),
        "companion",
        {"is_with_her": False},
    ),
    AssessmentRecorded: Says(
        "assessed",
        Assessed,
        "",
        _same(*(field for field in Assessed.__struct_fields__)),
    ),
    StayDecided: Says(
        "stays",
        Stay,
        "stay_id",
        _same("kind", "scope", "planned_from", provider_agency_id="provider"),
        "kind",
        {"status": "DECIDED"},
    ),
    StayStarted: Says(
        "stays",
        Stay,
        "stay_id",
        _same("started_on", "location", "companions"),
        "started_on",
        {"status": "ACTIVE"},
    ),
    StayExtended: Says("stays", Stay, "stay_id", _same("until")),
    StayEnded: Says(
        "stays",
        Stay,
        "stay_id",
        _same("ended_on", "destination_kind", "destination_address"),
        "ended_on",
        {"status": "ENDED"},
    ),
    StayCancelled: Says("stays", Stay, "stay_id", {}, "reason", {"status": "CANCELLED"}),
    SupportPolicySet: Says("policy", Policy, "", _same("policy_text", "subject_wish", "review_on")),
    SupportPlanDrafted: Says("plans", Plan, "plan_id", _PLAN, "kind", {"status": "DRAFT"}),
    SupportPlanRevised: Says("plans", Plan, "plan_id", _PLAN, "kind", {"status": "REVISED"}),
    SupportPlanAgreed: Says(
        "plans", Plan, "plan_id", _same("review_on"), "review_on", {"status": "AGREED"}
    ),
    SupportPlanClosed: Says(
        "plans", Plan, "plan_id", _same("outcome"), "outcome", {"status": "CLOSED"}
    ),
    ServiceLinked: Says(
        "services",
        Service,
        "service_id",
        _same("about", "service_code", "status", "on", provider_agency="provider"),
    ),
    ServiceStatusChanged: Says(
        "services",
        Service,
        "service_id",
        _same("about", "status", "on", provider_agency="provider"),
    ),
    LegalStepRecorded: Says(
        "legal_steps", LegalStep, "step_id", _same("kind", "status", "on", "expires_on")
    ),
    AftercareStarted: Says(
        "aftercare",
        Aftercare,
        "",
        {**_AFTERCARE, **_same("started_on")},
        "started_on",
        {"ended_on": None},
    ),
    AftercareRescheduled: Says("aftercare", Aftercare, "", _AFTERCARE),
    AftercareEnded: Says("aftercare", Aftercare, "", _same("ended_on", lead_agency="lead")),
    SafetyInstructionIssued: Says(
        "safety", SafetyInstruction, "to_agency_id", _same("instruction", "valid_until")
    ),
}
READS: Final[Mapping[type[Event], frozenset[str]]] = {
    event: frozenset({*says.fields, says.by, says.told_by} - {""}) for event, says in SAYS.items()
}
