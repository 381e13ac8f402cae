"""What happens in a meeting (会議), from the request for one to its closing.

The meeting of one case, and all that any meeting does about a case, stands in the name of the case,
and its words are hers (``subject_id``). What stands in no case's name tells of none: an agenda
carries no case, each case is tabled by an event of its own.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, NewType, TypeAlias
from uuid import UUID

from msgspec import Meta

from domain.categories import AGG, CNS, ENV, MTG, NAR, PLN, PUB, STF, SVC, Category, CategoryCode
from domain.items import Digest, ItemCategories, Paths, Sources
from domain.meeting_codes import (
    ActivityMeasure,
    AgendaType,
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
    CaseId,
    Count,
    Event,
    GrantId,
    Guarded,
    Instant,
    MeetingId,
    NetworkId,
    PersonId,
    Sealed,
    StaffId,
    StaffRole,
    Stamp,
)
from domain.text import FreeText, Line

DecisionId = NewType("DecisionId", UUID)

AGENCIES_MAX: Final = 50
ATTENDEES_MAX: Final = 100
Agencies: TypeAlias = Annotated[frozenset[AgencyId], Meta(max_length=AGENCIES_MAX)]
GrantIds: TypeAlias = Annotated[frozenset[GrantId], Meta(max_length=100)]

# Of one case, or of a body of others that may be about one: closed to the public.
OF_A_CASE: Final[tuple[MeetingKind, ...]] = ("INDIVIDUAL_CASE", "EXTERNAL_FORUM")
CLOSED_TO_THE_PUBLIC: Final[Category] = PUB.by("kind", dict.fromkeys(OF_A_CASE, "MTG"))


class AgendaItem(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    type: AgendaType
    text: Line


AgendaItems: TypeAlias = Annotated[tuple[AgendaItem, ...], Meta(min_length=1, max_length=30)]


class Figure(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    measure: ActivityMeasure
    count: Count


Figures: TypeAlias = Annotated[tuple[Figure, ...], Meta(min_length=1, max_length=20)]


# Planning


class MeetingRequested(Event, frozen=True, kw_only=True, tag="meeting.requested.v1"):
    primary: ClassVar[Category] = MTG
    makes: ClassVar[str | None] = "meeting_id"
    state_of: ClassVar[tuple[str, ...]] = ("meeting_id",)

    meeting_id: Annotated[MeetingId, ENV]
    case_id: Annotated[CaseId | None, ENV] = None
    network_id: Annotated[NetworkId | None, MTG] = None
    by_agency: Annotated[AgencyId, MTG]
    reason: Annotated[Sealed[FreeText], MTG]


class MeetingPlanned(Event, frozen=True, kw_only=True, tag="meeting.planned.v1"):
    primary: ClassVar[Category] = CLOSED_TO_THE_PUBLIC
    makes: ClassVar[str | None] = "meeting_id"
    state_of: ClassVar[tuple[str, ...]] = ("meeting_id",)

    meeting_id: Annotated[MeetingId, ENV]
    case_id: Annotated[CaseId | None, ENV] = None
    # The other fields follow from it, so that it stands in the clear; of a case, beside them only.
    kind: Annotated[MeetingKind, PUB.by("kind", dict.fromkeys(OF_A_CASE, "ENV"))]
    network_id: Annotated[NetworkId | None, CLOSED_TO_THE_PUBLIC] = None
    on: Annotated[Sealed[date], CLOSED_TO_THE_PUBLIC]
    place: Annotated[Sealed[Line | None], STF]
    convenor: Annotated[AgencyId, SVC]
    trigger: Annotated[Sealed[ConferenceTrigger | None], MTG]
    held_within: Annotated[Sealed[Line | None], MTG]


class AgendaSet(Event, frozen=True, kw_only=True, tag="meeting.agenda_set.v1"):
    primary: ClassVar[Category] = MTG
    items: Annotated[Sealed[AgendaItems], MTG]


class InviteeAdded(Event, frozen=True, kw_only=True, tag="meeting.invitee_added.v1"):
    primary: ClassVar[Category] = MTG
    state_of: ClassVar[tuple[str, ...]] = ("agency_id",)

    agency_id: Annotated[AgencyId, ENV]
    role: Annotated[MeetingRole, ENV]
    reason: Annotated[Sealed[FreeText | None], MTG]


class InviteeRemoved(Event, frozen=True, kw_only=True, tag="meeting.invitee_removed.v1"):
    primary: ClassVar[Category] = MTG
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})
    state_of: ClassVar[tuple[str, ...]] = ("agency_id",)

    agency_id: Annotated[AgencyId, ENV]
    role: Annotated[MeetingRole, ENV]
    reason: Annotated[Sealed[FreeText | None], MTG]


class MeetingConvened(Event, frozen=True, kw_only=True, tag="meeting.convened.v1"):
    primary: ClassVar[Category] = MTG
    notice_sent_at: Annotated[Instant, ENV]


class MeetingCancelled(Event, frozen=True, kw_only=True, tag="meeting.cancelled.v1"):
    primary: ClassVar[Category] = MTG
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case", "work"})

    reason: Annotated[Sealed[FreeText], MTG]


# What is on the table


class CaseTabled(Event, frozen=True, kw_only=True, tag="meeting.case_tabled.v1"):
    primary: ClassVar[Category] = MTG
    case_id: Annotated[CaseId, ENV]
    categories: Annotated[frozenset[CategoryCode], CNS]
    consent_ids: Annotated[GrantIds, CNS]


class InformationProvided(Event, frozen=True, kw_only=True, tag="meeting.information_provided.v1"):
    """One field of one record in each place of ``sources``, ``paths`` and ``categories``."""

    primary: ClassVar[Category] = CNS
    case_id: Annotated[CaseId, ENV]
    from_agency: Annotated[AgencyId, ENV]
    sources: Annotated[Sources, CNS]
    paths: Annotated[Paths, CNS]
    categories: Annotated[ItemCategories, CNS]
    recipients: Annotated[Agencies, CNS]
    consent_ids: Annotated[GrantIds, CNS]


# Holding


class MeetingHeld(Event, frozen=True, kw_only=True, tag="meeting.held.v1"):
    """Who came: one person in each place of ``agencies``, ``staff`` and ``roles``."""

    primary: ClassVar[Category] = MTG
    agencies: Annotated[tuple[AgencyId, ...], Meta(max_length=ATTENDEES_MAX), MTG]
    staff: Annotated[tuple[StaffId, ...], Meta(max_length=ATTENDEES_MAX), STF]
    roles: Annotated[Sealed[Annotated[tuple[StaffRole, ...], Meta(max_length=ATTENDEES_MAX)]], MTG]
    started_at: Annotated[Sealed[Instant], MTG]
    ended_at: Annotated[Sealed[Instant], MTG]
    held_on: Annotated[date | None, ENV] = None


class MeetingClosed(Event, frozen=True, kw_only=True, tag="meeting.closed.v1"):
    primary: ClassVar[Category] = MTG
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case", "work"})


# Reviews


class CaseReviewed(Event, frozen=True, kw_only=True, tag="meeting.case_reviewed.v1"):
    """The responsible agency is confirmed; ``round_no`` counts within the fiscal year."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    subject_id: Annotated[PersonId, ENV]
    case_id: Annotated[CaseId, ENV]
    round_no: Annotated[Count, SVC]
    reviewed_on: Annotated[date, SVC]
    responsible_agency: Annotated[AgencyId, SVC]
    next_by: Annotated[date | None, SVC] = None
    situation: Annotated[Sealed[FreeText], NAR.about("subject_id")]
    policy_change: Annotated[Sealed[Line | None], PLN.about("subject_id")]


class CaseReviewDeferred(Event, frozen=True, kw_only=True, tag="meeting.case_review_deferred.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    subject_id: Annotated[PersonId, ENV]
    case_id: Annotated[CaseId, ENV]
    reason: Annotated[Sealed[FreeText], MTG.about("subject_id")]


class ActivityReported(Event, frozen=True, kw_only=True, tag="meeting.activity_reported.v1"):
    """From the practitioners to the representatives: figures, and lines that name nobody."""

    primary: ClassVar[Category] = AGG
    reach: Annotated[ReportReach, PUB]
    figures: Annotated[Sealed[Figures], AGG]
    text: Annotated[
        Sealed[Annotated[tuple[Line, ...], Meta(max_length=20)]],
        PUB.by("reach", {"NETWORK": "AGG"}),
    ]


# Deciding


class DecisionRecorded(Event, frozen=True, kw_only=True, tag="meeting.decision_recorded.v1"):
    """``subject_id``: whose words they are, hers or, about no case, those of who convened.

    ``settles``: with it the consultation about her has come to an agreement.
    """

    primary: ClassVar[Category] = MTG
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    makes: ClassVar[str | None] = "decision_id"
    state_of: ClassVar[tuple[str, ...]] = ("decision_id",)

    decision_id: Annotated[DecisionId, ENV]
    subject_id: Annotated[PersonId, ENV]
    case_id: Annotated[CaseId | None, ENV] = None
    kind: Annotated[Sealed[DecisionKind], MTG.about("subject_id")]
    settles: Annotated[bool, ENV] = False
    text: Annotated[Sealed[FreeText], MTG.about("subject_id")]
    agreed: Annotated[Agencies, MTG]
    dissenting: Annotated[Agencies, MTG]
    due: Annotated[date | None, SVC] = None


class RoleAllocated(Event, frozen=True, kw_only=True, tag="meeting.role_allocated.v1"):
    """``person_id``: for which of the people with her, where it is not for all of them."""

    primary: ClassVar[Category] = SVC
    state_of: ClassVar[tuple[str, ...]] = ("function", "agency_id")

    case_id: Annotated[CaseId, ENV]
    function: Annotated[AllocatedFunction, SVC]
    agency_id: Annotated[AgencyId, SVC]
    person_id: Annotated[PersonId | None, SVC] = None


class DisagreementRecorded(
    Event, frozen=True, kw_only=True, tag="meeting.disagreement_recorded.v1"
):
    """The position of each of ``agencies`` stands in the same place of ``positions``."""

    primary: ClassVar[Category] = MTG
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    subject_id: Annotated[PersonId, ENV]
    case_id: Annotated[CaseId, ENV]
    topic: Annotated[Sealed[Line], MTG.about("subject_id")]
    agencies: Annotated[tuple[AgencyId, ...], Meta(max_length=AGENCIES_MAX), MTG]
    positions: Annotated[
        Sealed[Annotated[tuple[Line, ...], Meta(max_length=AGENCIES_MAX)]],
        MTG.about("subject_id"),
    ]
    since: Annotated[date, SVC]
    settle_by: Annotated[date | None, SVC] = None


class MainSupportAgencyDesignated(
    Event, frozen=True, kw_only=True, tag="meeting.main_support_agency_designated.v1"
):
    """By the network, where the agencies could not agree; what anybody may see it leaves alone."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    subject_id: Annotated[PersonId, ENV]
    case_id: Annotated[CaseId, ENV]
    agency_id: Annotated[AgencyId, SVC]
    designated_by: Annotated[AgencyId, SVC]
    dissenting: Annotated[Agencies, MTG]
    reason: Annotated[Sealed[FreeText], MTG.about("subject_id")]
    dissent: Annotated[Sealed[FreeText | None], MTG.about("subject_id")]
    subject_wish: Annotated[Sealed[FreeText], MTG.about("subject_id")]


class DecisionAcknowledged(
    Event, frozen=True, kw_only=True, tag="meeting.decision_acknowledged.v1"
):
    """認識の共有: the agency knows what was decided, and what falls to it."""

    primary: ClassVar[Category] = MTG
    state_of: ClassVar[tuple[str, ...]] = ("decision_id", "by_agency")

    decision_id: Annotated[DecisionId, ENV]
    by_agency: Annotated[AgencyId, MTG]


class DecisionProgressReported(
    Event, frozen=True, kw_only=True, tag="meeting.decision_progress_reported.v1"
):
    primary: ClassVar[Category] = SVC
    state_of: ClassVar[tuple[str, ...]] = ("decision_id",)

    decision_id: Annotated[DecisionId, ENV]
    subject_id: Annotated[PersonId, ENV]
    status: Annotated[ProgressStatus, SVC]
    text: Annotated[Sealed[FreeText | None], NAR.about("subject_id")]


class IssueCarriedForward(Event, frozen=True, kw_only=True, tag="meeting.issue_carried_forward.v1"):
    """To a meeting of another kind, in words that name nobody."""

    primary: ClassVar[Category] = MTG
    to_kind: Annotated[Sealed[MeetingKind], MTG]
    text: Annotated[Sealed[FreeText], MTG]


class NextMeetingSet(Event, frozen=True, kw_only=True, tag="meeting.next_meeting_set.v1"):
    primary: ClassVar[Category] = MTG
    on: Annotated[Sealed[date | None], MTG]
    not_needed: Annotated[Sealed[bool], MTG]


# Minutes


class MaterialFiled(Event, frozen=True, kw_only=True, tag="meeting.material_filed.v1"):
    primary: ClassVar[Category] = MTG
    name: Annotated[Sealed[Line], MTG]
    hash: Annotated[Sealed[Digest], MTG]


class MinutesDrafted(Event, frozen=True, kw_only=True, tag="meeting.minutes_drafted.v1"):
    """``hash`` is of the document, which stays with the agency that keeps the minutes."""

    primary: ClassVar[Category] = MTG
    text: Annotated[Sealed[FreeText], MTG]
    hash: Annotated[Digest, CNS]


class MinutesConfirmed(Event, frozen=True, kw_only=True, tag="meeting.minutes_confirmed.v1"):
    primary: ClassVar[Category] = MTG
    hash: Annotated[Digest, CNS]


class MinutesShared(Event, frozen=True, kw_only=True, tag="meeting.minutes_shared.v1"):
    primary: ClassVar[Category] = MTG
    hash: Annotated[Digest, CNS]
    recipients: Annotated[Agencies, CNS]


MeetingEvent: TypeAlias = (
    MeetingRequested
    | MeetingPlanned
    | AgendaSet
    | InviteeAdded
    | InviteeRemoved
    | MeetingConvened
    | MeetingCancelled
    | CaseTabled
    | InformationProvided
    | MeetingHeld
    | MeetingClosed
    | CaseReviewed
    | CaseReviewDeferred
    | ActivityReported
    | DecisionRecorded
    | RoleAllocated
    | DisagreementRecorded
    | MainSupportAgencyDesignated
    | DecisionAcknowledged
    | DecisionProgressReported
    | IssueCarriedForward
    | NextMeetingSet
    | MaterialFiled
    | MinutesDrafted
    | MinutesConfirmed
    | MinutesShared
)
