"""The network (地域協議会・支援調整会議) as the specification has it: public, but for its staff."""

from collections.abc import Mapping
from typing import Final

from tests.spec.tables import NOT_YET, Told

EVENTS: Final[Mapping[str, Told]] = {
    "NetworkEstablished": Told(
        "network.established.v1",
        "PUB",
        {
            "level": "PUB",
            "basis": "PUB",
            "area": "PUB",
            "implementing_body": "PUB",
            "on": "PUB",
        },
    ),
    "RulesAdopted": Told(
        "network.rules_adopted.v1",
        "PUB",
        {
            "version": "PUB",
            "meeting_mode": "PUB",
            "representatives_per_fy": "PUB",
            "review_interval": "PUB",
            "confidentiality_clause": "PUB",
            "purpose_of_sharing": "PUB",
        },
    ),
    "MemberJoined": Told(
        "network.member_joined.v1",
        "PUB",
        {"agency": "PUB", "type": "PUB", "is_practice_agency": "PUB", "outside_city": "PUB"},
    ),
    "MemberLeft": Told("network.member_left.v1", "PUB", {"agency": "PUB"}),
    "CoordinatingAgencyDesignated": Told(
        "network.coordinating_agency_designated.v1", "PUB", {"agency": "PUB"}
    ),
    "CoordinatorAppointed": Told(
        "network.coordinator_appointed.v1", "STF", {"staff": "STF", "qualification": "STF"}
    ),
    "AnnualPolicySet": Told(
        "network.annual_policy_set.v1", "PUB", {"fiscal_year": "PUB", "text": "PUB"}
    ),
    "ConsultationDirectoryPublished": Told(
        "network.consultation_directory_published.v1",
        "PUB",
        {"version": "PUB", "recipients": "PUB"},
    ),
    "DirectoryReceived": Told("network.directory_received.v1", "PUB", None),
    "PostingRequested": Told(
        "network.posting_requested.v1", "PUB", {"place": "PUB", "item": "PUB", "version": "PUB"}
    ),
    "PostingConfirmed": Told(
        "network.posting_confirmed.v1", "PUB", {"place": "PUB", "item": "PUB", "version": "PUB"}
    ),
    "DisasterDeclared": Told("network.disaster_declared.v1", "PUB", None),
    "DisasterEnded": Told("network.disaster_ended.v1", "PUB", None),
    "DisasterNoticeIssued": Told("network.disaster_notice_issued.v1", "PUB", None),
    "InformationShared": Told(
        "network.information_shared.v1", "PUB", {"title": "PUB", "text": "PUB"}
    ),
}

CODES: Final[Mapping[tuple[str, str], str]] = {
    ("NetworkEstablished", "level"): "PREFECTURE REGION MUNICIPALITY",
    ("NetworkEstablished", "basis"): (
        "MODEL_PROJECT ACT_ART_15 DV_ACT_COUNCIL MUNICIPAL_GUIDELINE"
    ),
    ("MemberJoined", "type"): "MEMBER REGISTERED_ESTABLISHMENT OBSERVER",
}

NETWORK: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "ESTABLISHED"),
        ("ESTABLISHED", "DISASTER_MODE"),
        ("DISASTER_MODE", "ESTABLISHED"),
        ("ESTABLISHED", "DISSOLVED"),
    }
)
