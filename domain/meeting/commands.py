"""What can be asked of a meeting (会議). All that is about a case names the case beside it."""

from datetime import date
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.categories import CategoryCode
from domain.items import Digest, Items
from domain.meeting.events import (
    AGENCIES_MAX,
    ATTENDEES_MAX,
    Agencies,
    AgendaItems,
    DecisionId,
    Figures,
)
from domain.meeting_codes import (
    AllocatedFunction,
    ConferenceTrigger,
    DecisionKind,
    MeetingKind,
    MeetingRole,
    ProgressStatus,
    ReportReach,
)
from domain.model import (
    AgencyId,
    Command,
    Guarded,
    Instant,
    MeetingId,
    NetworkId,
    PersonId,
    StaffId,
)
from domain.text import FreeText, Line

SomeAgencies: TypeAlias = Annotated[
    frozenset[AgencyId], Meta(min_length=1, max_length=AGENCIES_MAX)
]


class Attendee(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    agency_id: AgencyId
    staff_id: StaffId


class Position(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agency holds, where the agencies do not agree."""

    agency_id: AgencyId
    text: Line


class RequestMeeting(Command, frozen=True, kw_only=True, tag="meeting.request"):
    network_id: NetworkId | None = None
    reason: FreeText


class PlanMeeting(Command, frozen=True, kw_only=True, tag="meeting.plan"):
    """``meeting_id`` names the meeting that was asked for; without it, it is a new one."""

    meeting_id: MeetingId | None = None
    kind: MeetingKind
    network_id: NetworkId | None = None
    on: date
    place: Line | None = None
    trigger: ConferenceTrigger | None = None
    held_within: Line | None = None


class SetAgenda(Command, frozen=True, kw_only=True, tag="meeting.set_agenda"):
    meeting_id: MeetingId
    items: AgendaItems


class AddInvitee(Command, frozen=True, kw_only=True, tag="meeting.add_invitee"):
    meeting_id: MeetingId
    agency_id: AgencyId
    role: MeetingRole = "MEMBER"
    reason: FreeText | None = None


class RemoveInvitee(Command, frozen=True, kw_only=True, tag="meeting.remove_invitee"):
    narrows: ClassVar[bool] = True

    meeting_id: MeetingId
    agency_id: AgencyId
    reason: FreeText | None = None


class ConveneMeeting(Command, frozen=True, kw_only=True, tag="meeting.convene"):
    meeting_id: MeetingId


class CancelMeeting(Command, frozen=True, kw_only=True, tag="meeting.cancel"):
    narrows: ClassVar[bool] = True

    meeting_id: MeetingId
    reason: FreeText


class TableCase(Command, frozen=True, kw_only=True, tag="meeting.table_case"):
    """``categories``: what everybody invited may be told of her there."""

    meeting_id: MeetingId
    categories: frozenset[CategoryCode]


class ProvideInformation(Command, frozen=True, kw_only=True, tag="meeting.provide_information"):
    meeting_id: MeetingId
    items: Items
    recipients: SomeAgencies


class HoldMeeting(Command, frozen=True, kw_only=True, tag="meeting.hold"):
    meeting_id: MeetingId
    attendees: Annotated[tuple[Attendee, ...], Meta(min_length=1, max_length=ATTENDEES_MAX)]
    started_at: Instant
    ended_at: Instant


class CloseMeeting(Command, frozen=True, kw_only=True, tag="meeting.close"):
    narrows_besides: ClassVar[bool] = True

    meeting_id: MeetingId


class ReviewCase(Command, frozen=True, kw_only=True, tag="meeting.review_case"):
    meeting_id: MeetingId
    responsible_agency: AgencyId
    situation: FreeText
    policy_change: Line | None = None


class DeferReview(Command, frozen=True, kw_only=True, tag="meeting.defer_review"):
    meeting_id: MeetingId
    reason: FreeText


class ReportActivity(Command, frozen=True, kw_only=True, tag="meeting.report_activity"):
    meeting_id: MeetingId
    reach: ReportReach
    figures: Figures
    text: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()


class RecordDecision(Command, frozen=True, kw_only=True, tag="meeting.record_decision"):
    """``settles``: with it the consultation about her has come to an agreement."""

    meeting_id: MeetingId
    kind: DecisionKind
    settles: bool = False
    text: FreeText
    agreed: Agencies = frozenset()
    dissenting: Agencies = frozenset()
    due: date | None = None


class AllocateRole(Command, frozen=True, kw_only=True, tag="meeting.allocate_role"):
    meeting_id: MeetingId
    function: AllocatedFunction
    agency_id: AgencyId
    person_id: PersonId | None = None


class RecordDisagreement(Command, frozen=True, kw_only=True, tag="meeting.record_disagreement"):
    meeting_id: MeetingId
    topic: Line
    positions: Annotated[tuple[Position, ...], Meta(min_length=2, max_length=AGENCIES_MAX)]
    since: date


class DesignateMainSupport(
    Command, frozen=True, kw_only=True, tag="meeting.designate_main_support"
):
    meeting_id: MeetingId
    agency_id: AgencyId
    reason: FreeText
    dissenting: Agencies = frozenset()
    dissent: FreeText | None = None
    subject_wish: FreeText


class AcknowledgeDecision(Command, frozen=True, kw_only=True, tag="meeting.acknowledge_decision"):
    meeting_id: MeetingId
    decision_id: DecisionId


class ReportProgress(Command, frozen=True, kw_only=True, tag="meeting.report_progress"):
    meeting_id: MeetingId
    decision_id: DecisionId
    status: ProgressStatus
    text: FreeText | None = None


class CarryIssueForward(Command, frozen=True, kw_only=True, tag="meeting.carry_issue_forward"):
    """In words that name nobody: they are meant for people who do not know her."""

    meeting_id: MeetingId
    to_kind: MeetingKind
    text: FreeText


class SetNextMeeting(Command, frozen=True, kw_only=True, tag="meeting.set_next_meeting"):
    meeting_id: MeetingId
    on: date | None = None
    not_needed: bool = False


class FileMaterial(Command, frozen=True, kw_only=True, tag="meeting.file_material"):
    meeting_id: MeetingId
    name: Line
    hash: Digest


class DraftMinutes(Command, frozen=True, kw_only=True, tag="meeting.draft_minutes"):
    meeting_id: MeetingId
    text: FreeText
    hash: Digest


class ConfirmMinutes(Command, frozen=True, kw_only=True, tag="meeting.confirm_minutes"):
    meeting_id: MeetingId


class ShareMinutes(Command, frozen=True, kw_only=True, tag="meeting.share_minutes"):
    meeting_id: MeetingId
    recipients: Agencies


PlanningCommand: TypeAlias = SetAgenda | AddInvitee | RemoveInvitee | ConveneMeeting | CancelMeeting
TellingCommand: TypeAlias = TableCase | ProvideInformation
HoldingCommand: TypeAlias = HoldMeeting | CloseMeeting
ReviewingCommand: TypeAlias = ReviewCase | DeferReview | ReportActivity
SettlingCommand: TypeAlias = (
    RecordDecision
    | AllocateRole
    | RecordDisagreement
    | DesignateMainSupport
    | AcknowledgeDecision
    | ReportProgress
    | CarryIssueForward
    | SetNextMeeting
)
MinutesCommand: TypeAlias = FileMaterial | DraftMinutes | ConfirmMinutes | ShareMinutes
# What is done in a meeting, once it is planned.
InMeetingCommand: TypeAlias = (
    PlanningCommand
    | TellingCommand
    | HoldingCommand
    | ReviewingCommand
    | SettlingCommand
    | MinutesCommand
)
MeetingCommand: TypeAlias = RequestMeeting | PlanMeeting | InMeetingCommand
