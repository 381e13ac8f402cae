"""What may be asked about a grievance."""

from typing import TypeAlias

from domain.grievance.events import Agencies, People, SharedWith
from domain.grievance_codes import Complainant, EscalationReason, SharedExtent
from domain.model import AgencyId, Command, GrievanceId, StaffId
from domain.text import FreeText


class ReceiveGrievance(Command, frozen=True, kw_only=True, tag="grievance.receive"):
    """``for_agency``: who is to answer for it, where it is not whoever heard it."""

    complainant: Complainant
    about_agencies: Agencies = frozenset()
    about_staff: People = frozenset()
    text: FreeText
    for_agency: AgencyId | None = None


class AcknowledgeGrievance(Command, frozen=True, kw_only=True, tag="grievance.acknowledge"):
    grievance_id: GrievanceId


class AssignHandler(Command, frozen=True, kw_only=True, tag="grievance.assign_handler"):
    grievance_id: GrievanceId
    handler: AgencyId
    handler_staff: StaffId | None = None


class ShareGrievance(Command, frozen=True, kw_only=True, tag="grievance.share"):
    grievance_id: GrievanceId
    shared_with: SharedWith
    extent: SharedExtent
    complainant_agrees: bool
    summary: FreeText


class RecordFindings(Command, frozen=True, kw_only=True, tag="grievance.record_findings"):
    grievance_id: GrievanceId
    findings: FreeText


class GiveResponse(Command, frozen=True, kw_only=True, tag="grievance.give_response"):
    grievance_id: GrievanceId
    response: FreeText


class RecordImprovement(Command, frozen=True, kw_only=True, tag="grievance.record_improvement"):
    grievance_id: GrievanceId
    improvement: FreeText


class EscalateGrievance(Command, frozen=True, kw_only=True, tag="grievance.escalate"):
    grievance_id: GrievanceId
    to_agency: AgencyId
    reason: EscalationReason


class CloseGrievance(Command, frozen=True, kw_only=True, tag="grievance.close"):
    grievance_id: GrievanceId


class ReopenGrievance(Command, frozen=True, kw_only=True, tag="grievance.reopen"):
    grievance_id: GrievanceId


InCharge: TypeAlias = AcknowledgeGrievance | AssignHandler
Handling: TypeAlias = (
    ShareGrievance | RecordFindings | GiveResponse | RecordImprovement | CloseGrievance
)
LaterCommand: TypeAlias = InCharge | Handling | EscalateGrievance | ReopenGrievance
GrievanceCommand: TypeAlias = ReceiveGrievance | LaterCommand
