"""Naming (関係する機関): whom what is asked in a case gives something to do, and who takes her in.

Who provides a stay is not said again when it begins: only what happened before tells.
"""

from domain.case import stays
from domain.case.aftercare import RescheduleAftercare, StartAftercare
from domain.case.closing import ReopenCase
from domain.case.plans import AgreeSupportPlan, DraftSupportPlan, ReviseSupportPlan
from domain.case.safety import IssueSafetyInstruction
from domain.case.services import ChangeServiceStatus, LinkService, OpenProcedureBundle
from domain.case.state import KnownCase, answering
from domain.case.stay_events import CancelStay, DecideStay, EndStay, ExtendStay, StartStay
from domain.codes import ConsentKind
from domain.model import AgencyId, Command, Context


def agencies_of(case: KnownCase, command: Command) -> frozenset[AgencyId]:
    match command:
        case LinkService(provider_agency=agency) | IssueSafetyInstruction(to_agency_id=agency):
            return frozenset({agency})
        case OpenProcedureBundle(procedures=procedures):
            return frozenset(each.division for each in procedures)
        case DraftSupportPlan(tasks=tasks) | ReviseSupportPlan(tasks=tasks):
            return frozenset(each.agency for each in tasks)
        case StartAftercare(terms=terms) | RescheduleAftercare(terms=terms):
            return frozenset({terms.lead_agency})
        case DecideStay() | StartStay() | ExtendStay() | EndStay() | CancelStay():
            return stays.agencies_of(case.stays, command)
        case _:
            return frozenset()


def goes_on_with(case: KnownCase, command: Command) -> frozenset[AgencyId]:
    """Whom it names only by what they keep or provide or answer for; whatever their standing."""
    match command:
        case ReopenCase():
            return frozenset({answering(case)})
        case (ExtendStay() | CancelStay()) as kept if kept.stay_id in case.stays.stays:
            return frozenset({case.stays.stays[kept.stay_id].provider})
        case AgreeSupportPlan(plan_id=plan_id) if plan_id in case.plans.plans:
            return frozenset({case.plans.plans[plan_id].author})
        case ChangeServiceStatus(service_id=service_id) if service_id in case.services.links:
            return frozenset({case.services.links[service_id].provider})
        case _:
            return frozenset()


def concluded_with(
    case: KnownCase, command: Command, kind: ConsentKind, by: Context
) -> tuple[AgencyId, frozenset[AgencyId | None] | None] | None:
    """With whom she is to stay or has a plan, and who may have chosen them for her.

    To whom she would move is asked when it is decided; from then on she must only still want to,
    and have said no to nobody there.
    """
    match command:
        case DecideStay(provider_agency_id=provider):
            return provider, frozenset({by.agency, case.main_responsible})
        case StartStay() | ExtendStay() | CancelStay():
            stay = case.stays.stays.get(command.stay_id)
            if stay is None:
                return None
            arranged_by = frozenset({stay.decided_by, case.main_responsible})
            return stay.provider, None if kind == "RELOCATION" else arranged_by
        case AgreeSupportPlan(plan_id=plan_id) if plan_id in case.plans.plans:
            return case.plans.plans[plan_id].author, frozenset()
        case _:
            return None
