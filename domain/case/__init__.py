"""Case (ケース): from her first word to the day on which nothing more has to be done.

The stories of a case, one after the other:

* ``record``: it is opened, and what she came for, who she is and how she is reached is recorded;
* ``companions``: who is with her;
* ``correcting``: what was recorded wrong is put right;
* ``linking``: two files that are hers are joined;
* ``roles``: which agency answers for her, which support her, who leaves;
* ``support``, ``plans``, ``services``, ``legal``: what she needs, wants and uses;
* ``safety``: what to do if somebody asks about her;
* ``stays``, ``aftercare``: where she is kept safe or lives, and who then stays in touch;
* ``closing``: it is accepted, transferred, closed, opened again, restricted, erased;
* ``carrying``: it goes on into the next fiscal year's ledger;
* ``course``: in which status it takes what, and in which stage support then is.
"""

from functools import partial
from typing import ClassVar, Final, TypeAlias, assert_never, get_args

import msgspec

from domain.case import (
    aftercare,
    carrying,
    closing,
    companions,
    correcting,
    legal,
    linking,
    plans,
    record,
    roles,
    safety,
    services,
    stays,
    support,
)
from domain.case.aftercare import (
    AftercareCommand,
    AftercareEvent,
)
from domain.case.carrying import CarryOver, CaseCarriedOver
from domain.case.closing import (
    AcceptCase,
    CaseAccepted,
    CaseAlreadyAccepted,
    CaseClosed,
    CaseErased,
    CaseReopened,
    CaseTransferred,
    CloseCase,
    CourseCommand,
    CourseEvent,
    DataRestricted,
    ReopenCase,
    RestrictionLifted,
    TransferCase,
)
from domain.case.companions import (
    AddCompanion,
    CompanionAdded,
    CompanionCameOfAge,
    CompanionCommand,
    CompanionEvent,
    CompanionRemoved,
    RecordComingOfAge,
    RemoveCompanion,
)
from domain.case.correcting import (
    CorrectionCommand,
    CorrectionEvent,
    CorrectRecord,
    RecordCorrected,
)
from domain.case.course import (
    check_takes,
    stage_after,
    status_after,
)
from domain.case.facts import (
    Facts,
    Recorded,
    beside,
)
from domain.case.legal import (
    LegalStepRecorded,
    RecordLegalStep,
)
from domain.case.linking import (
    CasesLinked,
    LinkCases,
    LinkCommand,
    LinkEvent,
)
from domain.case.plans import (
    PlanCommand,
    PlanEvent,
)
from domain.case.record import (
    AddressRecorded,
    AttributesRecorded,
    CaseOpened,
    CategoryNotForNotes,
    ConsultationId,
    ConsultationRecorded,
    ContactMethodSet,
    CorrectSubjectDetails,
    IdentifySubject,
    NoteId,
    NoteRecorded,
    NothingToCorrect,
    OpenCase,
    RecordAddress,
    RecordAttributes,
    RecordCommand,
    RecordConsultation,
    RecordEvent,
    RecordNote,
    SetContactMethod,
    SubjectAlreadyIdentified,
    SubjectDetailsCorrected,
    SubjectIdentified,
    SubjectNotIdentified,
)
from domain.case.roles import (
    AssignRole,
    DecidedThere,
    EndParticipation,
    EndRole,
    ItAnswersForHer,
    ParticipationEnded,
    ResponsibilityMoved,
    RoleAssigned,
    RoleCommand,
    RoleEnded,
    RoleEvent,
)
from domain.case.safety import (
    SafetyCommand,
    SafetyEvent,
)
from domain.case.services import (
    ServiceCommand,
    ServiceEvent,
)
from domain.case.state import (
    Case,
    CaseNotFound,
    CaseNumber,
    KnownCase,
    NoCase,
    OnlyWhoAnswersForHer,
    Reason,
    answering,
    as_participant,
    participants,
    takes_part,
)
from domain.case.stay_events import (
    StayCommand,
    StayEvent,
)
from domain.case.support import (
    SupportCommand,
    SupportEvent,
)
from domain.model import Command, Context, Decider
from domain.speech import Refused

__all__ = [
    "BY_ITSELF",
    "CASE",
    "CHANGES_NOTHING",
    "AcceptCase",
    "AddCompanion",
    "AddressRecorded",
    "AssignRole",
    "AttributesRecorded",
    "CarryOver",
    "Case",
    "CaseAccepted",
    "CaseAlreadyAccepted",
    "CaseAlreadyOpened",
    "CaseCarriedOver",
    "CaseClosed",
    "CaseCommand",
    "CaseErased",
    "CaseEvent",
    "CaseNotFound",
    "CaseNumber",
    "CaseOpened",
    "CaseReopened",
    "CaseTransferred",
    "CasesLinked",
    "CategoryNotForNotes",
    "CloseCase",
    "CompanionAdded",
    "CompanionCameOfAge",
    "CompanionRemoved",
    "ConsultationId",
    "ConsultationRecorded",
    "ContactMethodSet",
    "CorrectRecord",
    "CorrectSubjectDetails",
    "DataRestricted",
    "DecidedThere",
    "EndParticipation",
    "EndRole",
    "Facts",
    "IdentifySubject",
    "ItAnswersForHer",
    "KnownCase",
    "LegalStepRecorded",
    "LinkCases",
    "NoCase",
    "NoteId",
    "NoteRecorded",
    "NothingToCorrect",
    "OnlyWhoAnswersForHer",
    "OpenCase",
    "ParticipationEnded",
    "Reason",
    "RecordAddress",
    "RecordAttributes",
    "RecordComingOfAge",
    "RecordConsultation",
    "RecordCorrected",
    "RecordLegalStep",
    "RecordNote",
    "Recorded",
    "RemoveCompanion",
    "ReopenCase",
    "ResponsibilityMoved",
    "RestrictionLifted",
    "RoleAssigned",
    "RoleEnded",
    "SetContactMethod",
    "SubjectAlreadyIdentified",
    "SubjectDetailsCorrected",
    "SubjectIdentified",
    "SubjectNotIdentified",
    "TransferCase",
    "answering",
    "as_participant",
    "case_among",
    "decide",
    "evolve",
    "participants",
    "takes_part",
]

CaseEvent: TypeAlias = (
    RecordEvent
    | CompanionEvent
    | CorrectionEvent
    | LinkEvent
    | RoleEvent
    | SupportEvent
    | PlanEvent
    | ServiceEvent
    | LegalStepRecorded
    | SafetyEvent
    | StayEvent
    | AftercareEvent
    | CourseEvent
    | CaseCarriedOver
)
CaseCommand: TypeAlias = (
    OpenCase
    | RecordCommand
    | CompanionCommand
    | CorrectionCommand
    | LinkCommand
    | RoleCommand
    | SupportCommand
    | PlanCommand
    | ServiceCommand
    | RecordLegalStep
    | SafetyCommand
    | StayCommand
    | AftercareCommand
    | CourseCommand
    | CarryOver
)


class CaseAlreadyOpened(Refused):
    """This case is already open."""

    ja: ClassVar[str] = "このケースはすでに受け付けられています。"


def decide(facts: Facts, state: Case, command: CaseCommand, by: Context) -> tuple[CaseEvent, ...]:
    if isinstance(state, NoCase) and isinstance(command, OpenCase):
        return (record.opened(command, by),)
    case = _found(facts, state, command, by)
    if isinstance(command, OpenCase):
        raise CaseAlreadyOpened
    check_takes(case, type(command))
    return _decided(case, facts, command, by)


def _found(facts: Facts, state: Case, command: CaseCommand, by: Context) -> KnownCase:
    """For whoever takes part; and, to go on with it, for whoever follows the agency she knew."""
    if by.is_automatic and isinstance(command, CarryOver) and isinstance(state, KnownCase):
        return state
    if (
        isinstance(state, KnownCase)
        and (state.status, type(command)) in {("CLOSED", ReopenCase), ("CONTACT", AcceptCase)}
        and closing.follows(state, facts, by.agency)
    ):
        return state
    gives_out = isinstance(command, AssignRole) and facts.decided_there
    if by.is_automatic and gives_out and isinstance(state, KnownCase):
        return state
    return as_participant(state, by.agency)


def _decided(  # noqa: PLR0912 (one arm a story)
    case: KnownCase, facts: Facts, command: CaseCommand, by: Context
) -> tuple[CaseEvent, ...]:
    if isinstance(command, RecordCommand):
        return record.decide(case, command, by)
    if isinstance(command, CompanionCommand):
        return companions.decide(case, command, by)
    if isinstance(command, CorrectionCommand):
        return correcting.decide(facts, command, by)
    if isinstance(command, LinkCommand):
        return linking.decide(case, facts, command, by)
    if isinstance(command, RecordLegalStep):
        return legal.decide(case.legal, command, by)
    rest = beside(case, facts)
    if isinstance(command, RoleCommand):
        return roles.decide(case, rest, command, by)
    if isinstance(command, SupportCommand):
        return support.decide(case.support, rest, command, by)
    if isinstance(command, PlanCommand):
        return plans.decide(case.plans, rest, command, by)
    if isinstance(command, ServiceCommand):
        return services.decide(case.services, rest, command, by)
    if isinstance(command, SafetyCommand):
        return safety.decide(rest, command, by)
    if isinstance(command, StayCommand):
        return stays.decide(case.stays, rest, command, by)
    if isinstance(command, AftercareCommand):
        return aftercare.decide(case.aftercare, rest, command, by)
    if isinstance(command, ReopenCase):
        reopened = closing.decide(case, facts, command, by)
        return (*reopened, *carrying.carried_over(case, facts, by))
    if isinstance(command, CourseCommand):
        return closing.decide(case, facts, command, by)
    if isinstance(command, CarryOver):
        return carrying.decide(case, facts, command, by)
    assert not isinstance(command, OpenCase), "it is open"
    assert_never(command)


def evolve(state: Case, event: CaseEvent) -> Case:
    if isinstance(event, CaseOpened):
        return KnownCase(
            subject_id=event.subject_id,
            opened_by=event.opened_by_agency,
            reasons=frozenset({(event.opened_by_agency, "OPENED")}),
        )
    assert not isinstance(state, NoCase)
    if type(event) in CHANGES_NOTHING:
        return state
    case = _told(state, event)
    status, stage = status_after(state, event), stage_after(case, event)
    if (status, stage) == (case.status, case.stage):
        return case
    return msgspec.structs.replace(case, status=status, stage=stage)


def _told(case: KnownCase, event: CaseEvent) -> KnownCase:
    change = msgspec.structs.replace
    if isinstance(event, RecordEvent):
        return record.evolve(case, event)
    if isinstance(event, CompanionEvent):
        return companions.evolve(case, event)
    if isinstance(event, LinkEvent):
        return linking.evolve(case, event)
    if isinstance(event, RoleEvent):
        return roles.evolve(case, event)
    if isinstance(event, SupportEvent):
        return change(case, support=support.evolve(case.support, event))
    if isinstance(event, PlanEvent):
        return change(case, plans=plans.evolve(case.plans, event))
    if isinstance(event, ServiceEvent):
        return change(case, services=services.evolve(case.services, event))
    if isinstance(event, LegalStepRecorded):
        return change(case, legal=legal.evolve(case.legal, event))
    if isinstance(event, StayEvent):
        return change(case, stays=stays.evolve(case.stays, event))
    if isinstance(event, AftercareEvent):
        return change(
            case,
            aftercare=aftercare.evolve(case.aftercare, event),
            stays=change(case.stays, owes_aftercare=False),
        )
    if isinstance(event, CourseEvent | CaseCarriedOver):
        return _gone_on(case, event)
    return _as_it_was(case, event)


def _gone_on(case: KnownCase, event: CourseEvent | CaseCarriedOver) -> KnownCase:
    if isinstance(event, CaseCarriedOver):
        return carrying.numbered(case, event)
    after = closing.evolve(case, event)
    if isinstance(event, CaseAccepted | CaseTransferred):
        return carrying.numbered(after, event)
    return after


def _as_it_was(case: KnownCase, _: CorrectionEvent | SafetyEvent) -> KnownCase:
    """Nothing is decided by these."""
    return case


def case_among(facts: Facts) -> Decider[Case, CaseCommand, CaseEvent]:
    """A case as it stands among what was read of the other aggregates."""
    return Decider(NoCase(), partial(decide, facts), evolve)


CASE: Final = case_among(Facts())
# Decided by how the case itself stands: whatever there is beside it, nothing of that is asked.
BY_ITSELF: Final = frozenset[type[Command]](
    {
        OpenCase,
        RecordLegalStep,
        *get_args(RecordCommand),
        *get_args(CompanionCommand),
        *get_args(SupportCommand),
    }
)
# Most of what is recorded; it says nothing of how the case stands.
CHANGES_NOTHING: Final[frozenset[type[CaseEvent]]] = frozenset(
    {ConsultationRecorded, ContactMethodSet, AddressRecorded, NoteRecorded}
)
