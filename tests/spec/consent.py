"""Her consent (同意) and what is kept beside it, as the specification has it.

The ledger holds what decides; the trail, and a stream for each fetch, hold what was done of it.
"""

from collections.abc import Mapping
from typing import Final

from tests.spec.tables import NOT_YET, Asked, Told

EVENTS: Final[Mapping[str, Told]] = {
    "ConsentExplained": Told(
        "consent.explained.v1",
        "CNS",
        {
            "grant_id": "CNS",
            "kind": "CNS",
            "purpose": "CNS",
            "recipients": "CNS",
            "categories": "CNS",
            "explained_by": "STF",
            "language": "CNS",
            "interpreter": "CNS",
            "material_version": "CNS",
        },
    ),
    "ConsentGranted": Told(
        "consent.granted.v1",
        "CNS",
        {
            "grant_id": "CNS",
            "kind": "CNS",
            "grantor": "CNS",
            "recipients": "CNS",
            "via_meeting": "CNS",
            "categories": "CNS",
            "excluded_fields": "CNS",
            "only_fields": "CNS",  # By the amendment.
            "purpose": "CNS",
            "granted_at": "CNS",
            "valid_until": "CNS",
            "until_event": "CNS",
            "history": "CNS",
            "method": "CNS",
            "obtained_by": "CNS",
            "evidence_hash": "CNS",
            "late_entry": "CNS",
            "conditions": "PLN",
        },
    ),
    "ConsentRefused": Told(
        "consent.refused.v1",
        "CNS",
        {"kind": "CNS", "recipients": "CNS", "categories": "CNS", "purpose": "CNS", "at": "CNS"},
    ),
    "ConsentNarrowed": Told(
        "consent.narrowed.v1",
        "CNS",
        {
            "grant_id": "CNS",
            "removed_categories": "CNS",
            "removed_recipients": "CNS",
            "removed_fields": "CNS",
            "at": "CNS",
            "via_agency": "CNS",
        },
    ),
    "ConsentWithdrawn": Told(
        "consent.withdrawn.v1",
        "CNS",
        {"grant_id": "CNS", "at": "CNS", "via_agency": "CNS", "reason": "NAR"},
    ),
    "ConsentExpired": Told("consent.expired.v1", "CNS", {"grant_id": "CNS"}),
    "ConsentSuperseded": Told(
        "consent.superseded.v1", "CNS", {"grant_id": "CNS", "by_grant": "CNS"}
    ),
    "ExclusionSet": Told(
        "consent.exclusion_set.v1", "CNS", {"agency_id": "RSK", "staff_id": "RSK"}
    ),
    "ExclusionLifted": Told(
        "consent.exclusion_lifted.v1", "CNS", {"agency_id": "RSK", "staff_id": "RSK"}
    ),
    # New by the amendment.
    "EmergencyRequested": Told("consent.emergency_requested.v1", "CNS", None),
    "EmergencyDisclosureAuthorised": Told(
        "consent.emergency_disclosure_authorised.v1",
        "CNS",
        {
            "emergency_id": "CNS",
            "requested_by": "CNS",
            "authorised_by": "CNS",
            "danger": "RSK",
            "impracticability": "CNS",
            "recipients": "CNS",
            "categories": "CNS",
            "expires_at": "CNS",
            "overrides": "CNS",
        },
    ),
    # New by the amendment.
    "EmergencyExpired": Told("consent.emergency_expired.v1", "CNS", None),
    "StatutoryDisclosureRecorded": Told(
        "consent.statutory_disclosure_recorded.v1",
        "CNS",
        {"provision": "CNS", "recipient": "CNS", "categories": "CNS"},
    ),
    # By the amendment in a stream for each fetch, and in place of ``DisclosureRecorded``.
    "Disclosed": Told(
        "disclosure.disclosed.v1",
        "CNS",
        {
            "disclosure_id": "CNS",
            "from": "CNS",
            "to": "CNS",
            "basis": "CNS",
            "categories": "CNS",
            "field_paths": "CNS",
            "source_events": "CNS",
            "channel": "CNS",
            "at": "CNS",
        },
    ),
    "DisclosureBlocked": Told(
        "trail.disclosure_blocked.v1",
        "CNS",
        {"attempted_by": "CNS", "to": "CNS", "categories": "CNS", "missing": "CNS"},
    ),
    "EmergencyDisclosureReviewed": Told(
        "trail.emergency_disclosure_reviewed.v1",
        "CNS",
        {"emergency_id": "CNS", "reviewer": "CNS", "outcome": "CNS", "corrective": "CNS"},
    ),
    "SubjectNotified": Told("trail.subject_notified.v1", "CNS", {"about": "CNS", "at": "CNS"}),
    "NotificationDeferred": Told(
        "trail.notification_deferred.v1",
        "CNS",
        {"about": "CNS", "until": "CNS", "reason": "CNS"},
    ),
    "PurgeRequested": Told(
        "trail.purge_requested.v1", "CNS", {"recipient": "CNS", "covers": "CNS", "due": "CNS"}
    ),
    "PurgeAcknowledged": Told("trail.purge_acknowledged.v1", "CNS", {"recipient": "CNS"}),
    "PurgeDeclined": Told(
        "trail.purge_declined.v1",
        "CNS",
        {"recipient": "CNS", "ground": "CNS"},
    ),
    "SubjectAccessProvided": Told(
        "trail.subject_access_provided.v1", "CNS", {"what": "CNS", "at": "CNS"}
    ),
    "ErasureRequested": Told("trail.erasure_requested.v1", "CNS", None),
    "ErasureDecided": Told(
        "trail.erasure_decided.v1",
        "CNS",
        {
            "request_id": "CNS",
            "decision": "CNS",
            "grounds": "CNS",
            "not_before": "CNS",
        },
    ),
    # New by the amendment.
    "WithdrawalSettled": Told("trail.withdrawal_settled.v1", "CNS", None),
}

CODES: Final[Mapping[tuple[str, str], str]] = {
    ("ConsentGranted", "kind"): (
        "INFORMATION TEMPORARY_PROTECTION COMMISSIONED_PLACEMENT FACILITY_ADMISSION RELOCATION"
        " SUPPORT_PLAN LEDGER"
    ),
    ("ConsentGranted", "grantor"): "SUBJECT ADULT_COMPANION GUARDIAN",
    ("ConsentGranted", "purpose"): (
        "CONSULTATION PROTECTION CONFERENCE SERVICE AFTERCARE RELOCATION LEDGER CHILD"
    ),
    ("ConsentGranted", "until_event"): "STAY_END CASE_TRANSFER CASE_CLOSE MEETING_CLOSE",
    ("ConsentGranted", "history"): "NONE SNAPSHOT FULL",
    ("ConsentGranted", "method"): "WRITTEN ORAL_WITNESSED ELECTRONIC",
    ("Disclosed", "channel"): "FEED REFERRAL MEETING LEDGER REPORT SUBJECT",
    ("EmergencyDisclosureReviewed", "outcome"): "JUSTIFIED EXCESSIVE UNJUSTIFIED",
    ("ErasureDecided", "decision"): "ERASE RESTRICT REFUSE",
}

GRANT: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "EXPLAINED"),
        ("EXPLAINED", "GRANTED"),
        ("EXPLAINED", "REFUSED"),
        ("GRANTED", "NARROWED"),
        ("NARROWED", "NARROWED"),
        ("GRANTED", "WITHDRAWN"),
        ("GRANTED", "EXPIRED"),
        ("GRANTED", "SUPERSEDED"),
        ("NARROWED", "WITHDRAWN"),
        ("NARROWED", "EXPIRED"),
        ("NARROWED", "SUPERSEDED"),
    }
)
EMERGENCY: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        # By the amendment it is asked for before it is authorised.
        (NOT_YET, "REQUESTED"),
        ("REQUESTED", "AUTHORISED"),
        ("AUTHORISED", "EXPIRED"),
        ("EXPIRED", "REVIEWED"),
    }
)
PURGE: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "REQUESTED"),
        ("REQUESTED", "ACKNOWLEDGED"),
        ("REQUESTED", "DECLINED"),
        ("REQUESTED", "OVERDUE"),
    }
)
ERASURE: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "REQUESTED"),
        ("REQUESTED", "RESTRICTED"),
        ("RESTRICTED", "ERASED"),
        ("REQUESTED", "ERASED"),
        ("REQUESTED", "REFUSED"),
    }
)

COMMANDS: Final[Mapping[str, Asked]] = {
    "grant_consent": Asked(
        "consent.grant",
        "explanation recorded; recipients active agencies; EXPLICIT_ONLY categories named; grantor"
        " competent for the person concerned",
    ),
    "withdraw_consent": Asked(
        "consent.withdraw", "any status; via any participant or the handler → ConsentWithdrawn"
    ),
    "narrow_consent": Asked(
        "consent.narrow", "any status; via any participant or the handler → ConsentNarrowed"
    ),
    "authorise_emergency": Asked("consent.authorise_emergency", "INV-X2..X4"),
    "file_statutory": Asked(
        "consent.file_statutory", "provision among the configured list; recipient kind matches"
    ),
    "request_erasure": Asked("trail.request_erasure", "requester verified"),
    "decide_erasure": Asked(
        "trail.decide_erasure",
        "retention evaluated; decider = implementing body/prefecture",
    ),
}
