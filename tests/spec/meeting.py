"""The meeting (会議) as the specification has it."""

from collections.abc import Mapping
from typing import Final

from tests.spec.tables import NOT_YET, Asked, Row, Told, rows

EVENTS: Final[Mapping[str, Told]] = {
    "MeetingRequested": Told(
        "meeting.requested.v1",
        "MTG",
        {"by_agency": "MTG", "reason": "MTG", "case_id": "ENV"},
    ),
    "MeetingPlanned": Told(
        "meeting.planned.v1",
        "MTG|PUB",
        {
            "meeting_id": "ENV",
            "kind": "MTG|PUB",
            "network": "MTG|PUB",
            "date": "MTG|PUB",
            "place": "STF",
            "convenor": "SVC",
            "trigger": "MTG",
            "held_within": "MTG",
        },
    ),
    "AgendaSet": Told("meeting.agenda_set.v1", "MTG", {"items": "MTG"}),
    "InviteeAdded": Told(
        "meeting.invitee_added.v1", "MTG", {"agency": "ENV", "role": "ENV", "reason": "MTG"}
    ),
    "InviteeRemoved": Told(
        "meeting.invitee_removed.v1", "MTG", {"agency": "ENV", "role": "ENV", "reason": "MTG"}
    ),
    "MeetingConvened": Told("meeting.convened.v1", "MTG", {"notice_sent_at": "ENV"}),
    "CaseTabled": Told(
        "meeting.case_tabled.v1",
        "MTG",
        {"case_id": "ENV", "categories": "CNS", "consent_ids": "CNS"},
    ),
    "InformationProvided": Told(
        "meeting.information_provided.v1",
        "own",
        {
            "case_id": "ENV",
            "from_agency": "ENV",
            "items": "CNS",  # By the amendment: paths and categories; the values are sealed.
            "recipients": "CNS",
            "consent_ids": "CNS",
        },
    ),
    "MeetingHeld": Told(
        "meeting.held.v1",
        "MTG",
        {"attendees": "MTG", "staff": "STF", "started": "MTG", "ended": "MTG"},
    ),
    "CaseReviewed": Told(
        "meeting.case_reviewed.v1",
        "SVC",
        {
            "case_id": "ENV",
            "round_no": "SVC",
            "reviewed_on": "SVC",
            "responsible_agency": "SVC",
            "situation": "NAR",
            "policy_change": "PLN",
        },
    ),
    "CaseReviewDeferred": Told(
        "meeting.case_review_deferred.v1", "SVC", {"case_id": "ENV", "reason": "MTG"}
    ),
    "DecisionRecorded": Told(
        "meeting.decision_recorded.v1",
        "MTG",
        {
            "decision_id": "ENV",
            "case_id": "ENV",
            "kind": "MTG",
            "text": "MTG",
            "agreed": "MTG",
            "dissenting": "MTG",
            "due": "SVC",
        },
    ),
    "RoleAllocated": Told(
        "meeting.role_allocated.v1",
        "SVC",
        {"case_id": "ENV", "function": "SVC", "agency": "SVC", "person_id": "SVC"},
    ),
    "DisagreementRecorded": Told(
        "meeting.disagreement_recorded.v1",
        "MTG",
        {"case_id": "ENV", "topic": "MTG", "positions": "MTG", "since": "SVC"},
    ),
    "MainSupportAgencyDesignated": Told(
        "meeting.main_support_agency_designated.v1",
        "SVC",
        {
            "case_id": "ENV",
            "agency": "SVC",
            "reason": "MTG",
            "dissent": "MTG",
            "subject_wish": "MTG",
            "designated_by": "SVC",
        },
    ),
    "DecisionAcknowledged": Told(
        "meeting.decision_acknowledged.v1", "MTG", {"decision_id": "ENV", "by_agency": "MTG"}
    ),
    "DecisionProgressReported": Told(
        "meeting.decision_progress_reported.v1",
        "SVC",
        {"decision_id": "ENV", "status": "SVC", "text": "NAR"},
    ),
    "IssueCarriedForward": Told(
        "meeting.issue_carried_forward.v1", "MTG", {"to_meeting_kind": "MTG", "text": "MTG"}
    ),
    "NextMeetingSet": Told(
        "meeting.next_meeting_set.v1", "MTG", {"on": "MTG", "not_needed": "MTG"}
    ),
    "MaterialFiled": Told("meeting.material_filed.v1", "MTG", {"name": "MTG", "hash": "MTG"}),
    "MinutesDrafted": Told("meeting.minutes_drafted.v1", "MTG", {"text": "MTG", "hash": "CNS"}),
    "MinutesConfirmed": Told("meeting.minutes_confirmed.v1", "MTG", {"hash": "CNS"}),
    "MinutesShared": Told("meeting.minutes_shared.v1", "MTG", {"hash": "CNS", "recipients": "CNS"}),
    "ActivityReported": Told(
        "meeting.activity_reported.v1", "AGG", {"figures": "AGG", "text": "PUB"}
    ),
    "MeetingCancelled": Told("meeting.cancelled.v1", "MTG", {"reason": "MTG"}),
    "MeetingClosed": Told("meeting.closed.v1", "MTG", {}),
}

CODES: Final[Mapping[tuple[str, str], str]] = {
    ("MeetingPlanned", "kind"): (
        "REPRESENTATIVES PRACTITIONERS INDIVIDUAL_CASE COUNSELLOR_LIAISON LIAISON_COUNCIL"
        " INTERPREFECTURAL EXTERNAL_FORUM"
    ),
    ("MeetingPlanned", "trigger"): (
        "PROTECTION_OR_ADMISSION_NEEDED COMBINED_SERVICES_NEEDED RISK_CHANGED REQUESTED_BY_MEMBER"
        " DEADLOCK_FOLLOW_UP"
    ),
    ("DecisionRecorded", "kind"): (
        "RISK_JUDGEMENT SITUATION SUPPORT_POLICY ROLE_ALLOCATION SUPPORT_METHOD SERVICE OTHER"
    ),
}

MEETING: Final[tuple[Row, ...]] = (
    Row(NOT_YET, "MeetingPlanned", "PLANNED", "kind allowed by network rules"),
    Row("PLANNED", "MeetingConvened", "CONVENED", "INV-M4/M6 for every (invitee, tabled case)"),
    Row("CONVENED", "MeetingHeld", "HELD", "≥1 attendee besides convenor"),
    Row("HELD", "MinutesDrafted", "MINUTED"),
    Row(
        "MINUTED",
        "MinutesConfirmed + MinutesShared",
        "SHARED",
        "recipients ⊆ attendees covered by consent",
    ),
    Row("SHARED", "MeetingClosed", "CLOSED", "INV-M2 / INV-M5"),
    *rows("PLANNED CONVENED", "MeetingCancelled", "CANCELLED"),
)

# Of each case that is tabled.
CONSULTATION: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "OPEN"),
        ("OPEN", "AGREED"),
        ("OPEN", "UNSETTLED"),
        ("UNSETTLED", "AGREED"),
        ("UNSETTLED", "DESIGNATED"),
    }
)

COMMANDS: Final[Mapping[str, Asked]] = {
    "table_case": Asked(
        "meeting.table_case",
        "per recipient x category grant, recorded earlier; meeting not REPRESENTATIVES",
    ),
    "provide_information": Asked(
        "meeting.provide_information",
        "per recipient x category grant, recorded earlier; meeting not REPRESENTATIVES",
    ),
    "convene_meeting": Asked(
        "meeting.convene",
        "all invitees covered, else rejected with the list of missing (agency, category); list"
        " visible to convenor only",
    ),
    "designate_main_support": Asked(
        "meeting.designate_main_support",
        "case UNSETTLED in this or an earlier meeting; agency among participants of the"
        " consultation; caller = coordinating agency; one agency; reason",
    ),
    "close_meeting": Asked("meeting.close", "INV-M2 or INV-M5"),
}
