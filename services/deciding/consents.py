"""Commands about her consent, and about what was told without it: the ledger of a case."""

from typing import Final, cast, get_args

from domain import grievance
from domain.case import NoCase, participants
from domain.case.state import answering
from domain.catalogue import FIELD_PATHS
from domain.concerned import Concerned
from domain.consent_ledger import (
    ConsentCommand,
    GrantConsent,
    NarrowConsent,
    RecordRefusal,
    SettleConflict,
    WithdrawConsent,
    consent_ledger,
)
from domain.emergency import AuthoriseEmergency, RequestEmergency
from domain.exclusions import LiftExclusion
from domain.grievance import NO_GRIEVANCE, Grievance, GrievanceEvent, KnownGrievance
from domain.meeting.events import MeetingCancelled, MeetingClosed, MeetingPlanned
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    Event,
    MeetingId,
    PersonId,
    StreamId,
    stream_of,
)
from domain.statutory import FileStatutory
from services.deciding.scope import Decision, Past, Scope


def scope_of(command: ConsentCommand, case: CaseId, by: Context) -> Scope:
    del by
    scope = Scope(case, stream_of("consent", case), (stream_of("case", case),))
    match command:
        case GrantConsent(via_meeting=meeting, recipients=recipients):
            beside = (*scope.beside, stream_of("meeting", meeting)) if meeting else scope.beside
            # What it is to last for may be ending just now.
            return scope._replace(beside=beside, agencies=recipients, reads_work=True)
        case RequestEmergency(recipients=recipients, asked_agencies=asked):
            return scope._replace(agencies=recipients | asked)
        case FileStatutory(recipient=recipient):
            return scope._replace(known=frozenset({recipient}))
        case NarrowConsent(removed_recipients=named) | RecordRefusal(recipients=named) if named:
            return scope._replace(known=named)
        case LiftExclusion(agency_id=named) if named:
            return scope._replace(known=frozenset({named}))
        case _:
            return scope


def widened(scope: Scope, command: ConsentCommand, past: Past, by: Context) -> Scope:
    """To whom an emergency goes stands in the ledger; who handles a grievance, in the record.

    Who takes part still, and for whom, follows from how those agencies stand.
    """
    assert scope.case is not None
    match command:
        case AuthoriseEmergency(emergency_id=emergency):
            asked = past.ledger(scope.case).emergencies.get(emergency)
            return scope._replace(known=scope.known | asked.recipients) if asked else scope
        case WithdrawConsent() | NarrowConsent():
            takes_part = by.agency in participants(past.case(scope.case))
            return scope if takes_part else scope._replace(whole=True)
        case SettleConflict():
            return scope._replace(known=participants(past.case(scope.case)))
        case _:
            return scope


def decide(scope: Scope, command: ConsentCommand, past: Past, by: Context) -> Decision:
    assert scope.case is not None
    meeting = command.via_meeting if isinstance(command, GrantConsent) else None
    concerned = concerned_in(scope, past, by, meeting)
    ledger = past.ledger(scope.case)
    events = consent_ledger(concerned, FIELD_PATHS).decide(ledger, command, by)
    woman = PersonId(by.new_id) if concerned is None else concerned.subject_id
    return Decision((past.write(scope.asked, events),), woman)


def concerned_in(
    scope: Scope, past: Past, by: Context, meeting: MeetingId | None = None
) -> Concerned | None:
    """Who is concerned in the case, as far as it was read."""
    assert scope.case is not None
    case = past.case(scope.case)
    if isinstance(case, NoCase):
        return None
    return Concerned(
        subject_id=case.subject_id,
        participants=participants(case),
        answering=answering(case),
        handlers=_handlers(past),
        status=case.status,
        closed_on=case.closed_on,
        retained_until=case.retained_until,
        companions=case.companions,
        persons=case.persons,
        stays=frozenset(
            key for key, stay in case.stays.stays.items() if stay.status in {"DECIDED", "ACTIVE"}
        ),
        meetings=frozenset(
            {meeting} if meeting and _is_to_close(scope.case, meeting, past) else ()
        ),
        agencies=past.agencies(by.agency, *scope.agencies, *scope.known),
    )


def _handlers(past: Past) -> frozenset[AgencyId]:
    """Whoever handles a grievance that is still open; nobody, where the record was not read."""
    found: dict[StreamId, Grievance] = {}
    for told, _ in past.record:
        if type(told.event) in OF_GRIEVANCES:
            before = found.get(told.stream, NO_GRIEVANCE)
            event = cast("GrievanceEvent", told.event)
            found[told.stream] = grievance.evolve(before, event)
    return frozenset(
        each.handler
        for each in found.values()
        if isinstance(each, KnownGrievance) and each.handler and each.status != "CLOSED"
    )


def _is_to_close(case: CaseId, meeting: MeetingId, past: Past) -> bool:
    """It is about this case, and neither closed nor called off."""
    nothing: frozenset[CaseId] = frozenset()
    return case in past.fold(nothing, _still_open, stream_of("meeting", meeting))


def _still_open(before: frozenset[CaseId], event: Event) -> frozenset[CaseId]:
    match event:
        case MeetingPlanned(case_id=case):
            return frozenset({case} if case else ())
        case MeetingClosed() | MeetingCancelled():
            return frozenset()
        case _:
            return before


OF_GRIEVANCES: Final = frozenset[type[Event]](get_args(GrievanceEvent))
