"""What is done for her, as an agency may see it: each thing by its id."""

from collections.abc import Mapping

from contracts.envelope import AgencyShown
from domain.case.legal import LegalStepId
from domain.case.plans import PlanId
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
from domain.case.services import ServiceId
from domain.model import Guarded, PersonId, StayId


class SafetyShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """Who is to do it, and what."""

    agency: AgencyShown
    said: SafetyInstruction


class SupportShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    companions: Mapping[PersonId, Companion] = {}
    assessed: Assessed | None = None
    stays: Mapping[StayId, Stay[AgencyShown]] = {}
    policy: Policy | None = None
    plans: Mapping[PlanId, Plan[AgencyShown]] = {}
    services: Mapping[ServiceId, Service[AgencyShown]] = {}
    legal_steps: Mapping[LegalStepId, LegalStep] = {}
    aftercare: Aftercare[AgencyShown] | None = None
    safety: tuple[SafetyShown, ...] = ()
