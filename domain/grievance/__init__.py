"""Grievance (苦情): somebody is not content with what an agency did, or did not do.

Whoever is complained about neither handles it, nor learns of it unless it is shared with them, nor
can stand in its way. It changes nothing else: not what she agreed to, and not what is done for her.
"""

from functools import partial
from typing import Final, assert_never

import msgspec

from domain.calendar import date_in_japan
from domain.codes import Label
from domain.grievance import overdue
from domain.grievance.commands import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    EscalateGrievance,
    GiveResponse,
    GrievanceCommand,
    Handling,
    InCharge,
    LaterCommand,
    ReceiveGrievance,
    RecordFindings,
    RecordImprovement,
    ReopenGrievance,
    ShareGrievance,
)
from domain.grievance.events import (
    FindingsRecorded,
    GrievanceAcknowledged,
    GrievanceClosed,
    GrievanceEscalated,
    GrievanceEvent,
    GrievanceReceived,
    GrievanceReopened,
    GrievanceShared,
    HandlerAssigned,
    ImprovementRecorded,
    ResponseGiven,
)
from domain.grievance.state import (
    ComplainantDoesNotAgree,
    Grievance,
    GrievanceHasNoHandler,
    GrievanceIsAnswered,
    GrievanceIsClosed,
    GrievanceNotAcknowledged,
    GrievanceNotAnswered,
    GrievanceNotFound,
    GrievanceStatus,
    GrievanceStillOpen,
    HandlerComplainedAbout,
    KnownGrievance,
    NoGrievance,
    NotAnsweringForIt,
    NotTheHandler,
)
from domain.grievance_codes import SharedExtent
from domain.machine import NOT_YET, Machine, edges
from domain.model import AgencyId, CaseId, Context, Decider, GrievanceId, StaffId
from domain.timers import DEFAULTS, acknowledge_by, answer_by

__all__ = [
    "GRIEVANCE",
    "NO_GRIEVANCE",
    "AcknowledgeGrievance",
    "AssignHandler",
    "CloseGrievance",
    "ComplainantDoesNotAgree",
    "EscalateGrievance",
    "FindingsRecorded",
    "GiveResponse",
    "Grievance",
    "GrievanceAcknowledged",
    "GrievanceClosed",
    "GrievanceCommand",
    "GrievanceEscalated",
    "GrievanceEvent",
    "GrievanceHasNoHandler",
    "GrievanceIsAnswered",
    "GrievanceIsClosed",
    "GrievanceNotAcknowledged",
    "GrievanceNotAnswered",
    "GrievanceNotFound",
    "GrievanceReceived",
    "GrievanceReopened",
    "GrievanceShared",
    "GrievanceStatus",
    "GrievanceStillOpen",
    "HandlerAssigned",
    "HandlerComplainedAbout",
    "ImprovementRecorded",
    "KnownGrievance",
    "NoGrievance",
    "NotAnsweringForIt",
    "NotTheHandler",
    "ReceiveGrievance",
    "RecordFindings",
    "RecordImprovement",
    "ReopenGrievance",
    "ResponseGiven",
    "ShareGrievance",
    "decide",
    "evolve",
    "grievance_of",
]

STATUSES: Final[dict[str, Label]] = {
    "RECEIVED": Label("受付", "Received"),
    "ACKNOWLEDGED": Label("受理の連絡済み", "Acknowledged"),
    "INVESTIGATING": Label("調査中", "Investigating"),
    "ANSWERED": Label("回答済み", "Answered"),
    "CLOSED": Label("終了", "Closed"),
    "REOPENED": Label("再開", "Reopened"),
    "ESCALATED": Label("上位の機関に移管", "Escalated"),
}
GRIEVANCE: Final = Machine(
    Label("苦情", "Grievance"),
    STATUSES,
    (
        *edges(GrievanceReceived, [NOT_YET], "RECEIVED"),
        *edges(GrievanceAcknowledged, ["RECEIVED", "ESCALATED"], "ACKNOWLEDGED"),
        *edges(
            HandlerAssigned,
            ["ACKNOWLEDGED", "INVESTIGATING", "REOPENED", "ESCALATED"],
            "INVESTIGATING",
        ),
        *edges(GrievanceShared, ["INVESTIGATING", "ANSWERED"]),
        *edges(FindingsRecorded, ["INVESTIGATING"]),
        *edges(ResponseGiven, ["INVESTIGATING"], "ANSWERED"),
        *edges(ImprovementRecorded, ["INVESTIGATING", "ANSWERED"]),
        *edges(GrievanceClosed, ["ANSWERED"], "CLOSED"),
        *edges(GrievanceReopened, ["CLOSED"], "REOPENED"),
        *edges(GrievanceEscalated, STATUSES, "ESCALATED"),
    ),
)


NO_GRIEVANCE: Final[Grievance] = NoGrievance()


def decide(
    case_id: CaseId | None, state: Grievance, command: GrievanceCommand, by: Context
) -> tuple[GrievanceEvent, ...]:
    """``case_id``: in whose name it stands, or is asked about."""
    if isinstance(command, ReceiveGrievance):
        assert isinstance(state, NoGrievance), "its id was made for it"
        return _received(case_id, command, by)
    if by.is_automatic:
        return overdue.escalated(case_id, state, command, by)
    grievance = as_party(case_id, state, by)
    events = _decided(grievance, command, by)
    for event in events:
        _check_allowed(grievance, type(event))
    return events


def evolve(state: Grievance, event: GrievanceEvent) -> Grievance:
    if isinstance(event, GrievanceReceived):
        return KnownGrievance(
            grievance_id=event.grievance_id,
            case_id=event.case_id,
            about_agencies=event.about_agencies,
            about_staff=event.about_staff,
            received_by=event.received_by,
            in_charge=event.received_by,
            acknowledge_by=event.acknowledge_by or acknowledge_by(DEFAULTS, event.on),
            answer_by=event.answer_by or answer_by(DEFAULTS, event.on),
        )
    assert isinstance(state, KnownGrievance)
    change = msgspec.structs.replace
    grievance = change(state, status=GRIEVANCE.after(state.status, type(event)))
    match event:
        case HandlerAssigned(handler=handler, handler_staff=staff):
            return change(grievance, handler=handler, handler_staff=staff)
        case GrievanceShared(shared_with=agencies, extent=extent):
            widest = {each: _widest(state.shared.get(each), extent) for each in agencies}
            return change(grievance, shared={**state.shared, **widest})
        case GrievanceEscalated(to_agency=agency):
            return change(grievance, in_charge=agency, handler=None, handler_staff=None)
        case GrievanceReopened(on=on, answer_by=until):
            return change(grievance, answer_by=until or answer_by(DEFAULTS, on))
        case (
            GrievanceAcknowledged()
            | FindingsRecorded()
            | ResponseGiven()
            | ImprovementRecorded()
            | GrievanceClosed()
        ):
            return grievance
    assert_never(event)


def grievance_of(
    case_id: CaseId | None,
) -> Decider[Grievance, GrievanceCommand, GrievanceEvent]:
    return Decider(NO_GRIEVANCE, partial(decide, case_id), evolve)


def as_party(case_id: CaseId | None, state: Grievance, by: Context) -> KnownGrievance:
    """The grievance, for whom there is one."""
    if isinstance(state, NoGrievance) or state.case_id != case_id:
        raise GrievanceNotFound
    check_may_know(state, by)
    return state


def check_may_know(grievance: KnownGrievance, by: Context) -> None:
    """It does not exist for whoever has no part in it, nor for the person it is about."""
    if by.agency not in grievance.parties or by.staff in grievance.about_staff:
        raise GrievanceNotFound


def check_not_complained_about(
    about_agencies: frozenset[AgencyId],
    about_staff: frozenset[StaffId],
    agency: AgencyId,
    staff: StaffId | None = None,
) -> None:
    if agency in about_agencies or staff in about_staff:
        raise HandlerComplainedAbout


def _received(
    case_id: CaseId | None, command: ReceiveGrievance, by: Context
) -> tuple[GrievanceReceived]:
    """Whoever hears it writes it down, even of itself: then it names who is to answer for it."""
    received_by, on = command.for_agency or by.agency, date_in_japan(by.at)
    check_not_complained_about(command.about_agencies, command.about_staff, received_by)
    return (
        GrievanceReceived(
            grievance_id=GrievanceId(by.new_id),
            case_id=case_id,
            received_by=received_by,
            about_agencies=command.about_agencies,
            about_staff=command.about_staff,
            on=on,
            acknowledge_by=acknowledge_by(by.timers, on),
            answer_by=answer_by(by.timers, on),
            complainant=command.complainant,
            text=command.text,
        ),
    )


def _decided(
    grievance: KnownGrievance, command: LaterCommand, by: Context
) -> tuple[GrievanceEvent, ...]:
    _check_whose_business(grievance, command, by)
    which, on = grievance.grievance_id, date_in_japan(by.at)
    match command:
        case AcknowledgeGrievance():
            acknowledged = GrievanceAcknowledged(grievance_id=which, on=on)
            return (acknowledged,) if grievance.status in {"RECEIVED", "ESCALATED"} else ()
        case AssignHandler():
            return _assigned(grievance, command)
        case ShareGrievance():
            return (_shared(grievance, command),)
        case RecordFindings(findings=findings):
            return (FindingsRecorded(grievance_id=which, findings=findings),)
        case GiveResponse(response=response):
            return (ResponseGiven(grievance_id=which, on=on, response=response),)
        case RecordImprovement(improvement=improvement):
            return (ImprovementRecorded(grievance_id=which, improvement=improvement),)
        case EscalateGrievance():
            return _escalated(grievance, command, by)
        case CloseGrievance():
            closed = GrievanceClosed(grievance_id=which, on=on)
            return () if grievance.status == "CLOSED" else (closed,)
        case ReopenGrievance():
            due = answer_by(by.timers, on)
            reopened = GrievanceReopened(grievance_id=which, on=on, answer_by=due)
            return () if grievance.status == "REOPENED" else (reopened,)
    assert_never(command)


def _check_whose_business(grievance: KnownGrievance, command: LaterCommand, by: Context) -> None:
    if isinstance(command, Handling):
        if grievance.handler is None and by.agency == grievance.in_charge:
            raise GrievanceHasNoHandler
        if by.agency != grievance.handler:
            raise NotTheHandler
    elif by.agency not in {grievance.in_charge, grievance.handler} or (
        isinstance(command, InCharge) and by.agency != grievance.in_charge
    ):
        raise NotAnsweringForIt


def _check_allowed(grievance: KnownGrievance, event: type[GrievanceEvent]) -> None:
    if GRIEVANCE.allows(grievance.status, event):
        return
    if event is GrievanceReopened:
        raise GrievanceStillOpen
    match grievance.status:
        case "CLOSED":
            raise GrievanceIsClosed
        case "ANSWERED":
            raise GrievanceIsAnswered
        case "INVESTIGATING":
            raise GrievanceNotAnswered
        case "RECEIVED" if event is HandlerAssigned:
            raise GrievanceNotAcknowledged
        case _:
            raise GrievanceHasNoHandler


def _assigned(grievance: KnownGrievance, command: AssignHandler) -> tuple[HandlerAssigned, ...]:
    check_not_complained_about(
        grievance.about_agencies, grievance.about_staff, command.handler, command.handler_staff
    )
    who = (command.handler, command.handler_staff)
    if grievance.status == "INVESTIGATING" and who == (grievance.handler, grievance.handler_staff):
        return ()
    return (
        HandlerAssigned(
            grievance_id=grievance.grievance_id,
            handler=command.handler,
            handler_staff=command.handler_staff,
        ),
    )


def _shared(grievance: KnownGrievance, command: ShareGrievance) -> GrievanceShared:
    if command.extent == "FULL" and not command.complainant_agrees:
        raise ComplainantDoesNotAgree
    return GrievanceShared(
        grievance_id=grievance.grievance_id,
        shared_with=command.shared_with,
        extent=command.extent,
        complainant_agrees=command.complainant_agrees,
        summary=command.summary,
    )


def _escalated(
    grievance: KnownGrievance, command: EscalateGrievance, by: Context
) -> tuple[GrievanceEscalated, ...]:
    check_not_complained_about(grievance.about_agencies, grievance.about_staff, command.to_agency)
    on = date_in_japan(by.at)
    if grievance.status == "ESCALATED" and command.to_agency == grievance.in_charge:
        return ()
    return (
        GrievanceEscalated(
            grievance_id=grievance.grievance_id,
            to_agency=command.to_agency,
            reason=command.reason,
            on=on,
            acknowledge_by=acknowledge_by(by.timers, on),
        ),
    )


def _widest(before: SharedExtent | None, now: SharedExtent) -> SharedExtent:
    return "FULL" if "FULL" in {before, now} else now
