"""The referral (つなぎ) as the specification has it."""

from collections.abc import Mapping
from typing import Final

from tests.spec.tables import NOT_YET, Asked, Row, Told, rows

EVENTS: Final[Mapping[str, Told]] = {
    "ReferralDrafted": Told(
        "referral.drafted.v1",
        "SVC",
        {
            "referral_id": "ENV",
            "case_id": "ENV",
            "kind": "SVC",
            "from": "SVC",
            "to": "SVC|LOC",
            "purpose": "PLN",
            "urgency": "RSK",
            "requested_service": "SVC",
            # By the amendment: paths, categories and sources are CNS, the values sealed.
            "package": "CNS",
        },
    ),
    "ReferralInquirySent": Told(
        "referral.inquiry_sent.v1",
        "SVC",
        {"anonymised_profile": "SVC"},  # By the amendment.
    ),
    "InquiryAnswered": Told(
        "referral.inquiry_answered.v1", "SVC", {"feasible": "SVC", "conditions": "PLN"}
    ),
    "ReferralSent": Told(
        "referral.sent.v1",
        "SVC",
        {
            "package_hash": "CNS",
            "categories": "CNS",
            "consent_ids": "CNS",
            "sent_at": "SVC",
            "respond_by": "SVC",
            "accompanied": "SVC",
        },
    ),
    "ReferralReceived": Told(
        "referral.received.v1", "SVC", {"at": "SVC", "receiving_staff": "STF"}
    ),
    "InformationRequested": Told("referral.information_requested.v1", "SVC", {"questions": "PLN"}),
    "InformationSupplied": Told(
        "referral.information_supplied.v1", "SVC", {"added_fields": "own", "consent_ids": "CNS"}
    ),
    "ReferralAccepted": Told(
        "referral.accepted.v1",
        "SVC",
        {"on": "SVC", "conditions": "PLN", "role_taken": "SVC", "remaining_referrer_role": "SVC"},
    ),
    "ReferralDeclined": Told(
        "referral.declined.v1", "SVC", {"reason": "SVC", "alternative_agency": "SVC"}
    ),
    "ReferralRedirected": Told(
        "referral.redirected.v1", "SVC", {"new_to": "SVC", "new_referral_id": "ENV"}
    ),
    "HandoverConfirmed": Told(
        "referral.handover_confirmed.v1",
        "SVC",
        {
            "on": "SVC",
            "main_responsible_from": "SVC",
            "main_responsible_to": "SVC",
            "referrer_remains": "SVC",
            "accompanied_by": "STF",
        },
    ),
    "OutcomeReported": Told(
        "referral.outcome_reported.v1", "SVC", {"result": "SVC", "text": "NAR"}
    ),
    "ReferralWithdrawn": Told("referral.withdrawn.v1", "SVC", {"reason": "SVC"}),
    "ReferralExpired": Told("referral.expired.v1", "SVC", {"at": "SVC"}),
}

CODES: Final[Mapping[tuple[str, str], str]] = {
    ("ReferralDrafted", "kind"): (
        "INTRODUCTION SERVICE_LINK TEMPORARY_PROTECTION_REQUEST COMMISSION FACILITY_ADMISSION"
        " MOTHER_CHILD_FACILITY OUT_OF_PREFECTURE CHILD_GUIDANCE AFTERCARE_HANDOVER CASE_TRANSFER"
        " ADVICE_REQUEST"
    ),
    ("ReferralWithdrawn", "reason"): "CONSENT_WITHDRAWN SUBJECT_WISH SUPERSEDED ERROR",
}

REFERRAL: Final[tuple[Row, ...]] = (
    Row(NOT_YET, "ReferralDrafted", "DRAFT"),
    Row("DRAFT", "ReferralInquirySent", "INQUIRED"),
    Row("INQUIRED", "InquiryAnswered", "DRAFT", "feasible"),
    Row("DRAFT", "ReferralSent", "SENT"),
    Row("SENT", "ReferralReceived", "RECEIVED"),
    Row("RECEIVED", "InformationRequested", "INFO_REQUESTED"),
    Row("INFO_REQUESTED", "InformationSupplied", "RECEIVED"),
    *rows("SENT RECEIVED", "ReferralAccepted", "ACCEPTED"),
    *rows("SENT RECEIVED INFO_REQUESTED", "ReferralDeclined", "DECLINED"),
    *rows("SENT RECEIVED INFO_REQUESTED", "ReferralRedirected", "REDIRECTED"),
    *rows("SENT RECEIVED INFO_REQUESTED", "ReferralExpired", "EXPIRED"),
    Row("ACCEPTED", "HandoverConfirmed", "COMPLETED"),
    Row("COMPLETED", "OutcomeReported", "COMPLETED"),
    *rows("DRAFT INQUIRED SENT RECEIVED INFO_REQUESTED ACCEPTED", "ReferralWithdrawn", "WITHDRAWN"),
)

COMMANDS: Final[Mapping[str, Asked]] = {
    "send_referral": Asked(
        "referral.send",
        "DRAFT; every package field authored by or visible to sender; grant covers (recipient,"
        " category) now; recipient not excluded; kind matches recipient kind → ReferralSent",
    ),
    "accept_referral": Asked(
        "referral.accept",
        "SENT/RECEIVED; grants still active; for COMMISSION: contract + criteria; for"
        " FACILITY_ADMISSION: consent of that kind",
    ),
    "confirm_handover": Asked(
        "referral.confirm_handover",
        "ACCEPTED → HandoverConfirmed + ResponsibilityMoved, in one append with the consents"
        " that end",
    ),
}
