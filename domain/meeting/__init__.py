"""Meeting (会議): agencies consult, about one woman or about the work as a whole.

The stories of a meeting, one after the other:

* ``planning``: it is asked for, planned, called together, cancelled;
* ``telling``: which case is on the table, and what is told of her to whom;
* ``holding``: who came, and when it is over;
* ``reviewing``: the practitioners go through every case;
* ``settling``: what is decided, who does what, and what if the agencies do not agree;
* ``minutes``: what is written down of it, and who has it;
* ``parties``: for whom it is there at all;
* ``course``: in which order all this goes.
"""

from functools import partial
from typing import Final

import msgspec

from domain.case import CaseNotFound
from domain.meeting import (
    holding,
    minutes,
    parties,
    planning,
    reviewing,
    settling,
    telling,
)
from domain.meeting.commands import (
    AcknowledgeDecision,
    AddInvitee,
    AllocateRole,
    CancelMeeting,
    ConveneMeeting,
    DeferReview,
    DesignateMainSupport,
    HoldingCommand,
    InMeetingCommand,
    MeetingCommand,
    PlanMeeting,
    PlanningCommand,
    ProvideInformation,
    RecordDecision,
    RecordDisagreement,
    ReportProgress,
    RequestMeeting,
    ReviewCase,
    ReviewingCommand,
    SettlingCommand,
    TableCase,
    TellingCommand,
)
from domain.meeting.course import (
    CONSULTATION,
    FORUM,
    MEETING,
    MeetingIsCancelled,
    MeetingNotPlanned,
    check_in_order,
    machine_of,
)
from domain.meeting.events import (
    CaseReviewDeferred,
    CaseReviewed,
    CaseTabled,
    DecisionAcknowledged,
    DecisionRecorded,
    DisagreementRecorded,
    InviteeAdded,
    InviteeRemoved,
    MainSupportAgencyDesignated,
    MeetingCancelled,
    MeetingConvened,
    MeetingEvent,
    MeetingHeld,
    MeetingPlanned,
    MeetingRequested,
    MinutesDrafted,
    MinutesShared,
    NextMeetingSet,
    RoleAllocated,
)
from domain.meeting.facts import About, Consultation, Facts, Reviews
from domain.meeting.parties import as_party, check_case_takes, may_call
from domain.meeting.state import (
    KnownMeeting,
    Meeting,
    MeetingNotFound,
    MeetingStatus,
    NoCasesHere,
    NoMeeting,
    RequestedMeeting,
)
from domain.model import Context, Decider

__all__ = [
    "CONSULTATION",
    "FORUM",
    "MEETING",
    "NO_MEETING",
    "About",
    "Consultation",
    "Facts",
    "KnownMeeting",
    "Meeting",
    "MeetingCommand",
    "MeetingEvent",
    "MeetingNotFound",
    "MeetingStatus",
    "NoMeeting",
    "RequestedMeeting",
    "Reviews",
    "decide",
    "evolve",
    "meeting_beside",
]

NO_MEETING: Final[Meeting] = NoMeeting()
# What may be about one of many cases, and then names it.
ABOUT_A_CASE: Final = (
    TableCase
    | ProvideInformation
    | ReviewCase
    | DeferReview
    | RecordDecision
    | AllocateRole
    | RecordDisagreement
    | DesignateMainSupport
    | AcknowledgeDecision
    | ReportProgress
)
# What begins something, so that the case has to be open.
BEGINS: Final = (
    RequestMeeting | PlanMeeting | AddInvitee | ConveneMeeting | TableCase | ProvideInformation
)


def decide(
    facts: Facts, meeting: Meeting, command: MeetingCommand, by: Context
) -> tuple[MeetingEvent, ...]:
    if isinstance(command, RequestMeeting):
        assert isinstance(meeting, NoMeeting), "its id was made for it"
        _check_case_known(facts, by)
        check_case_takes(facts, command, begins=True)
        return planning.requested(command, facts, by)
    if isinstance(command, PlanMeeting):
        return _planned(meeting, command, facts, by)
    known = as_party(meeting, facts, by.agency)
    if isinstance(known, RequestedMeeting):
        if isinstance(command, CancelMeeting):
            return planning.cancelled(known, command, facts, by)
        raise MeetingIsCancelled if known.status == "CANCELLED" else MeetingNotPlanned
    if known.case_id is None and (facts.about is not None or facts.unknown_case):
        if not isinstance(command, ABOUT_A_CASE):
            raise NoCasesHere
        parties.check_takes_cases(known)
        _check_case_known(facts, by)
    check_case_takes(facts, command, begins=isinstance(command, BEGINS))
    return _decided(known, command, facts, by)


def _planned(
    meeting: Meeting, command: PlanMeeting, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    request = None
    if command.meeting_id is not None:
        known = as_party(meeting, facts, by.agency)
        if isinstance(known, KnownMeeting):
            check_in_order(known.kind, known.status, MeetingPlanned)
        request = known if isinstance(known, RequestedMeeting) else None
        assert request is not None, "what is planned is not planned again"
        if request.status == "CANCELLED":
            raise MeetingIsCancelled
        if request.case_id is None and facts.about is not None:
            raise NoCasesHere
    _check_case_known(facts, by)
    check_case_takes(facts, command, begins=True)
    return planning.planned(request, command, facts, by)


def _check_case_known(facts: Facts, by: Context) -> None:
    if facts.unknown_case or (facts.about is not None and not may_call(facts, by.agency)):
        raise CaseNotFound


def _decided(
    meeting: KnownMeeting, command: InMeetingCommand, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    if isinstance(command, PlanningCommand):
        return planning.decide(meeting, command, facts, by)
    if isinstance(command, TellingCommand):
        return telling.decide(meeting, command, facts, by)
    if isinstance(command, HoldingCommand):
        return holding.decide(meeting, command, facts, by)
    if isinstance(command, ReviewingCommand):
        return reviewing.decide(meeting, command, facts, by)
    if isinstance(command, SettlingCommand):
        return settling.decide(meeting, command, facts, by)
    return minutes.decide(meeting, command, facts, by)


def evolve(meeting: Meeting, event: MeetingEvent) -> Meeting:
    match meeting, event:
        case _, MeetingRequested():
            return RequestedMeeting(
                meeting_id=event.meeting_id,
                case_id=event.case_id,
                network_id=event.network_id,
                by_agency=event.by_agency,
            )
        case _, MeetingPlanned():
            return KnownMeeting(
                meeting_id=event.meeting_id,
                kind=event.kind,
                case_id=event.case_id,
                network_id=event.network_id,
                convenor=event.convenor,
            )
        case RequestedMeeting(), _:
            assert isinstance(event, MeetingCancelled)
            return msgspec.structs.replace(meeting, status="CANCELLED")
        case KnownMeeting(), _:
            after = machine_of(meeting.kind).after(meeting.status, type(event))
            return msgspec.structs.replace(_evolved(meeting, event), status=after)
        case _:
            raise AssertionError(meeting)


def _evolved(meeting: KnownMeeting, event: MeetingEvent) -> KnownMeeting:
    change = msgspec.structs.replace
    match event:
        case InviteeAdded(agency_id=agency, role=role):
            return change(meeting, invitees={**meeting.invitees, agency: role})
        case InviteeRemoved(agency_id=gone):
            left = {each: role for each, role in meeting.invitees.items() if each != gone}
            return change(meeting, invitees=left)
        case MeetingConvened():
            return change(meeting, convened=True)
        case CaseTabled(case_id=case, categories=categories):
            before = meeting.tabled.get(case, frozenset())
            return change(meeting, tabled={**meeting.tabled, case: before | categories})
        case MeetingHeld(agencies=agencies, held_on=day):
            attended = frozenset({meeting.convenor, *agencies})
            return change(meeting, attended=attended, held_on=day)
        case MinutesDrafted(hash=digest):
            return change(meeting, minutes=digest)
        case MinutesShared(recipients=recipients):
            return change(meeting, minutes_with=meeting.minutes_with | recipients)
        case _:
            return _said(meeting, event)


def _said(meeting: KnownMeeting, event: MeetingEvent) -> KnownMeeting:
    change = msgspec.structs.replace
    match event:
        case CaseReviewed(case_id=case):
            return change(meeting, reviewed=meeting.reviewed | {case})
        case CaseReviewDeferred(case_id=case):
            return change(meeting, deferred=meeting.deferred | {case})
        case DecisionRecorded(decision_id=decision, case_id=about):
            left = {each for each in meeting.disagreed if not (event.settles and each == about)}
            decisions = {**meeting.decisions, decision: about}
            return change(meeting, decisions=decisions, disagreed=frozenset(left))
        case DecisionAcknowledged(decision_id=decision, by_agency=agency):
            return change(meeting, acknowledged=meeting.acknowledged | {(decision, agency)})
        case RoleAllocated(case_id=case):
            allocation = (event.function, event.agency_id, event.person_id)
            before = meeting.allocated.get(case, frozenset())
            return change(meeting, allocated={**meeting.allocated, case: before | {allocation}})
        case DisagreementRecorded(case_id=case):
            return change(meeting, disagreed=meeting.disagreed | {case}, next_set=False)
        case MainSupportAgencyDesignated(case_id=case):
            return change(meeting, designated=meeting.designated | {case})
        case NextMeetingSet():
            return change(meeting, next_set=True)
        case _:
            return meeting


def meeting_beside(facts: Facts) -> Decider[Meeting, MeetingCommand, MeetingEvent]:
    """A meeting, with what was read beside it."""
    return Decider(NO_MEETING, partial(decide, facts), evolve)
