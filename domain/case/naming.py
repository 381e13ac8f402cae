"""Naming (関係する機関): whom what is asked in a case gives something to do.

Who provides a stay is not said again when it begins: only what happened before tells.
"""

from domain.case import stays
from domain.case.aftercare import RescheduleAftercare, StartAftercare
from domain.case.plans import DraftSupportPlan, ReviseSupportPlan
from domain.case.safety import IssueSafetyInstruction
from domain.case.services import LinkService, OpenProcedureBundle
from domain.case.state import KnownCase
from domain.case.stay_events import CancelStay, DecideStay, EndStay, ExtendStay, StartStay
from domain.model import AgencyId, Command


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
