"""Supporting (支援の経過): all that happens while she is supported, story by story.

* ``support``: what is found out with her, what she needs, what is done for her;
* ``stays``: where she is kept safe, or finds a place to live;
* ``services``: what she uses or asks for;
* ``plans``: where it is to lead;
* ``safety``: what to do if he asks or appears;
* ``legal``: what she has filed, and what was granted;
* ``aftercare``: who stays in touch with her.
"""

from typing import TypeAlias

import msgspec

from domain.case import aftercare, legal, plans, safety, services, stays, support
from domain.case.aftercare import Aftercare, AftercareCommand, AftercareEvent
from domain.case.beside import Beside
from domain.case.legal import LegalStepRecorded, LegalSteps, RecordLegalStep
from domain.case.plans import DraftSupportPlan, PlanCommand, PlanEvent, Plans, ReviseSupportPlan
from domain.case.safety import IssueSafetyInstruction, SafetyCommand, SafetyEvent
from domain.case.services import (
    LinkService,
    OpenProcedureBundle,
    ServiceCommand,
    ServiceEvent,
    Services,
)
from domain.case.stay_events import StayCommand, StayEvent
from domain.case.stay_rules import Stays
from domain.case.support import Support, SupportCommand, SupportEvent
from domain.model import AgencyId, Context

SupportingCommand: TypeAlias = (
    SupportCommand
    | StayCommand
    | ServiceCommand
    | PlanCommand
    | SafetyCommand
    | RecordLegalStep
    | AftercareCommand
)
SupportingEvent: TypeAlias = (
    SupportEvent
    | StayEvent
    | ServiceEvent
    | PlanEvent
    | SafetyEvent
    | LegalStepRecorded
    | AftercareEvent
)


class Supporting(msgspec.Struct, frozen=True, kw_only=True):
    support: Support = Support()
    stays: Stays = Stays()
    services: Services = Services()
    plans: Plans = Plans()
    legal: LegalSteps = LegalSteps()
    aftercare: Aftercare = Aftercare()


def decide(
    state: Supporting, beside: Beside, command: SupportingCommand, by: Context
) -> tuple[SupportingEvent, ...]:
    """What the stories know of each other they are told here."""
    beside = msgspec.structs.replace(
        beside,
        assessed=state.support.assessed,
        stays=frozenset(state.stays.stays),
        aftercare_runs=state.aftercare.runs,
    )
    if isinstance(command, SupportCommand):
        return support.decide(state.support, beside, command, by)
    if isinstance(command, StayCommand):
        return stays.decide(state.stays, beside, command, by)
    if isinstance(command, ServiceCommand):
        return services.decide(state.services, beside, command, by)
    if isinstance(command, PlanCommand):
        return plans.decide(state.plans, beside, command, by)
    if isinstance(command, SafetyCommand):
        return safety.decide(beside, command, by)
    if isinstance(command, RecordLegalStep):
        return legal.decide(state.legal, command, by)
    return aftercare.decide(state.aftercare, beside, command, by)


def evolve(state: Supporting, event: SupportingEvent) -> Supporting:
    change = msgspec.structs.replace
    if isinstance(event, SupportEvent):
        return change(state, support=support.evolve(state.support, event))
    if isinstance(event, StayEvent):
        return change(state, stays=stays.evolve(state.stays, event))
    if isinstance(event, ServiceEvent):
        return change(state, services=services.evolve(state.services, event))
    if isinstance(event, PlanEvent):
        return change(state, plans=plans.evolve(state.plans, event))
    if isinstance(event, SafetyEvent):
        return state
    if isinstance(event, LegalStepRecorded):
        return change(state, legal=legal.evolve(state.legal, event))
    return change(state, aftercare=aftercare.evolve(state.aftercare, event))


def agencies_of(state: Supporting, command: SupportingCommand) -> frozenset[AgencyId]:
    """Whom a command gives something to do; some of them only what happened before tells."""
    match command:
        case LinkService(provider_agency=agency) | IssueSafetyInstruction(to_agency_id=agency):
            return frozenset({agency})
        case OpenProcedureBundle(procedures=procedures):
            return frozenset(each.division for each in procedures)
        case DraftSupportPlan(tasks=tasks) | ReviseSupportPlan(tasks=tasks):
            return frozenset(each.agency for each in tasks)
        case aftercare.StartAftercare(terms=terms) | aftercare.RescheduleAftercare(terms=terms):
            return frozenset({terms.lead_agency})
        case _ if isinstance(command, StayCommand):
            return stays.agencies_of(state.stays, command)
        case _:
            return frozenset()
