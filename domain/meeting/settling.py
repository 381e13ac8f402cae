"""Settling (協議と決定): what is decided, who does what, and what if the agencies do not agree.

Where the consultation does not settle, the network designates one of those who took part as the
main support agency. That opens nothing to anybody: her consent is asked for as before.
"""

from typing import ClassVar, assert_never

from domain.case.beside import CompanionNotFound
from domain.case.days import happened_on
from domain.meeting.commands import (
    AcknowledgeDecision,
    AllocateRole,
    CarryIssueForward,
    DesignateMainSupport,
    RecordDecision,
    RecordDisagreement,
    ReportProgress,
    SetNextMeeting,
    SettlingCommand,
)
from domain.meeting.course import CONSULTATION, check_in_order
from domain.meeting.events import (
    CaseTabled,
    DecisionAcknowledged,
    DecisionId,
    DecisionProgressReported,
    DecisionRecorded,
    DisagreementRecorded,
    IssueCarriedForward,
    MainSupportAgencyDesignated,
    MeetingEvent,
    NextMeetingSet,
    RoleAllocated,
)
from domain.meeting.facts import About, Consultation, Facts
from domain.meeting.parties import as_convenor, check_attended, on_table
from domain.meeting.state import (
    KnownMeeting,
    NoCasesHere,
    OnlyTheCoordinatingAgency,
    OnlyWhoAttended,
)
from domain.model import AgencyId, Context, PersonId
from domain.speech import Refused
from domain.timers import settle_by


class DissentRemains(Refused):
    """What some dissent from is not settled: record the disagreement."""

    ja: ClassVar[str] = (
        "反対する機関がある場合、協議が調ったことにはなりません。各機関の意見を記録してください。"
    )


class BothForAndAgainst(Refused):
    """An agency agrees or dissents, and has one position."""

    ja: ClassVar[str] = "一つの機関が、賛成と反対の両方になっているか、意見が二つ記録されています。"


class ConsultationIsOver(Refused):
    """This consultation has come to its end: table the case again in another meeting."""

    ja: ClassVar[str] = (
        "この協議は終わっています。改めて協議する場合は、別の会議で議題にしてください。"
    )


class ConsultationUnsettled(Refused):
    """The agencies do not agree: record what they agree on, or let the network designate one."""

    ja: ClassVar[str] = (
        "協議が調っていません。合意した内容を記録するか、調整機関による指定を受けてください。"
    )


class NothingUnsettled(Refused):
    """An agency is designated only where a disagreement is recorded and still unsettled."""

    ja: ClassVar[str] = (
        "主たる支援機関を指定できるのは、協議が調わないことが記録され、まだ解決していない場合だけです。"
    )


class AnotherWasDesignated(Refused):
    """The network has designated another agency: agree anew in a later meeting."""

    ja: ClassVar[str] = (
        "別の機関が主たる支援機関に指定されています。変更する場合は、次の会議で合意してください。"
    )


class DecisionNotFound(Refused):
    """There is no such decision of this meeting."""

    ja: ClassVar[str] = "この会議に該当する決定事項はありません。"


class NextOrNone(Refused):
    """Say when you meet next, or that it is not needed: exactly one."""

    ja: ClassVar[str] = "次回の日程か、次回が不要であることの、どちらか一方を指定してください。"


def decide(
    meeting: KnownMeeting, command: SettlingCommand, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    match command:
        case RecordDecision():
            return decided(meeting, command, facts, by)
        case AllocateRole():
            return allocated(meeting, command, facts, by)
        case RecordDisagreement():
            return disagreed(meeting, command, facts, by)
        case DesignateMainSupport():
            return designated(meeting, command, facts, by)
        case AcknowledgeDecision():
            return acknowledged(meeting, command, facts, by)
        case ReportProgress():
            return progressed(meeting, command, facts, by)
        case CarryIssueForward():
            return carried_forward(meeting, command, by)
        case SetNextMeeting():
            return next_set(meeting, command, by)
    assert_never(command)


def decided(
    meeting: KnownMeeting, command: RecordDecision, facts: Facts, by: Context
) -> tuple[DecisionRecorded, ...]:
    as_convenor(meeting, by.agency)
    about = on_table(meeting, facts, by.agency) if facts.about else None
    check_in_order(meeting.kind, meeting.status, DecisionRecorded)
    if command.agreed & command.dissenting:
        raise BothForAndAgainst
    check_attended(meeting, *command.agreed, *command.dissenting)
    if command.settles:
        _check_settles(about, command)
    return (
        DecisionRecorded(
            decision_id=DecisionId(by.new_id),
            subject_id=about.case.subject_id if about else PersonId(meeting.convenor),
            case_id=about.case_id if about else None,
            kind=command.kind,
            settles=command.settles,
            text=command.text,
            agreed=command.agreed,
            dissenting=command.dissenting,
            due=command.due,
        ),
    )


def _check_settles(about: About | None, command: RecordDecision) -> None:
    if about is None:
        raise NoCasesHere
    if command.dissenting:
        raise DissentRemains
    _check_goes_on(about, DecisionRecorded)


def _check_goes_on(about: About, event: type[MeetingEvent]) -> None:
    if not CONSULTATION.allows(_status(about.consultation), event):
        raise ConsultationIsOver


def allocated(
    meeting: KnownMeeting, command: AllocateRole, facts: Facts, by: Context
) -> tuple[RoleAllocated, ...]:
    as_convenor(meeting, by.agency)
    about = on_table(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, RoleAllocated)
    check_attended(meeting, command.agency_id)
    if command.person_id not in {None, about.case.subject_id, *about.case.companions}:
        raise CompanionNotFound
    if command.function == "MAIN_SUPPORT":
        check_support_is_settled(about.consultation, command.agency_id)
    if (command.function, command.agency_id, command.person_id) in meeting.allocated.get(
        about.case_id, ()
    ):
        return ()
    return (
        RoleAllocated(
            case_id=about.case_id,
            function=command.function,
            agency_id=command.agency_id,
            person_id=command.person_id,
        ),
    )


def check_support_is_settled(consultation: Consultation, agency: AgencyId) -> None:
    if consultation.status == "UNSETTLED":
        raise ConsultationUnsettled
    if consultation.status == "DESIGNATED" and agency != consultation.designated:
        raise AnotherWasDesignated


def disagreed(
    meeting: KnownMeeting, command: RecordDisagreement, facts: Facts, by: Context
) -> tuple[DisagreementRecorded, ...]:
    as_convenor(meeting, by.agency)
    about = on_table(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, DisagreementRecorded)
    agencies = tuple(each.agency_id for each in command.positions)
    if len(set(agencies)) != len(agencies):
        raise BothForAndAgainst
    check_attended(meeting, *agencies)
    _check_goes_on(about, DisagreementRecorded)
    since = happened_on(command.since, by)
    return (
        DisagreementRecorded(
            subject_id=about.case.subject_id,
            case_id=about.case_id,
            topic=command.topic,
            agencies=agencies,
            positions=tuple(each.text for each in command.positions),
            since=since,
            settle_by=settle_by(by.timers, since),
        ),
    )


def designated(
    meeting: KnownMeeting, command: DesignateMainSupport, facts: Facts, by: Context
) -> tuple[MainSupportAgencyDesignated, ...]:
    if by.agency != facts.coordinating:
        raise OnlyTheCoordinatingAgency
    about = on_table(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, MainSupportAgencyDesignated)
    check_is_unsettled(about.consultation)
    check_was_consulted(meeting, about.consultation, command.agency_id)
    for each in command.dissenting:
        check_was_consulted(meeting, about.consultation, each)
    return (
        MainSupportAgencyDesignated(
            subject_id=about.case.subject_id,
            case_id=about.case_id,
            agency_id=command.agency_id,
            designated_by=by.agency,
            dissenting=command.dissenting,
            reason=command.reason,
            dissent=command.dissent,
            subject_wish=command.subject_wish,
        ),
    )


def check_is_unsettled(consultation: Consultation) -> None:
    """In this meeting or in an earlier one, and not agreed upon since."""
    if not CONSULTATION.allows(_status(consultation), MainSupportAgencyDesignated):
        raise NothingUnsettled


def check_was_consulted(
    meeting: KnownMeeting, consultation: Consultation, agency: AgencyId
) -> None:
    """It took part: it is here, or its position stands on record."""
    if agency not in meeting.attended | consultation.parties:
        raise OnlyWhoAttended


def acknowledged(
    meeting: KnownMeeting, command: AcknowledgeDecision, facts: Facts, by: Context
) -> tuple[DecisionAcknowledged, ...]:
    check_in_order(meeting.kind, meeting.status, DecisionAcknowledged)
    _check_decision(meeting, command.decision_id, facts)
    check_attended(meeting, by.agency)
    if (command.decision_id, by.agency) in meeting.acknowledged:
        return ()
    return (DecisionAcknowledged(decision_id=command.decision_id, by_agency=by.agency),)


def progressed(
    meeting: KnownMeeting, command: ReportProgress, facts: Facts, by: Context
) -> tuple[DecisionProgressReported, ...]:
    check_in_order(meeting.kind, meeting.status, DecisionProgressReported)
    _check_decision(meeting, command.decision_id, facts)
    check_attended(meeting, by.agency)
    about = facts.about
    return (
        DecisionProgressReported(
            decision_id=command.decision_id,
            subject_id=about.case.subject_id if about else PersonId(meeting.convenor),
            status=command.status,
            text=command.text,
        ),
    )


def _check_decision(meeting: KnownMeeting, decision: DecisionId, facts: Facts) -> None:
    """What was decided about a case is a decision only under the name of that case."""
    named = facts.about.case_id if facts.about else None
    if decision not in meeting.decisions or meeting.decisions[decision] != named:
        raise DecisionNotFound


def carried_forward(
    meeting: KnownMeeting, command: CarryIssueForward, by: Context
) -> tuple[IssueCarriedForward, ...]:
    as_convenor(meeting, by.agency)
    check_in_order(meeting.kind, meeting.status, IssueCarriedForward)
    return (IssueCarriedForward(to_kind=command.to_kind, text=command.text),)


def next_set(
    meeting: KnownMeeting, command: SetNextMeeting, by: Context
) -> tuple[NextMeetingSet, ...]:
    as_convenor(meeting, by.agency)
    check_in_order(meeting.kind, meeting.status, NextMeetingSet)
    if (command.on is not None) == command.not_needed:
        raise NextOrNone
    if command.not_needed:
        check_is_settled(meeting)
    return (NextMeetingSet(on=command.on, not_needed=command.not_needed),)


def check_is_settled(meeting: KnownMeeting) -> None:
    """Where they do not agree they meet again, unless somebody was designated: nobody goes home."""
    if meeting.disagreed - meeting.designated:
        raise ConsultationUnsettled


def consulted(consultation: Consultation, event: MeetingEvent, *, anew: bool) -> Consultation:
    """``anew``: with this event, the case comes on the table of another meeting."""
    match event:
        case CaseTabled() if anew and consultation.status != "UNSETTLED":
            return Consultation(status="OPEN")
        case DecisionRecorded(settles=True):
            return Consultation(status="AGREED")
        case DisagreementRecorded(agencies=agencies):
            return Consultation(
                status="UNSETTLED", parties=consultation.parties | frozenset(agencies)
            )
        case MainSupportAgencyDesignated(agency_id=agency):
            return Consultation(status="DESIGNATED", designated=agency)
        case _:
            return consultation


def _status(consultation: Consultation) -> str:
    assert consultation.status is not None, "it was tabled"
    return consultation.status
