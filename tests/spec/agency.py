"""The agency (機関) as the specification has it: public, but for staff and a shelter's address."""

from collections.abc import Mapping
from typing import Final

from tests.spec.tables import NOT_YET, Told

EVENTS: Final[Mapping[str, Told]] = {
    "AgencyRegistered": Told(
        "agency.registered.v1",
        "PUB",
        {
            "kind": "PUB",
            "name": "PUB",
            "prefecture": "PUB",
            "municipality": "PUB",
            "sector": "PUB",
            "functions": "PUB",
            "operators": "PUB",
            "publish_name": "PUB",
        },
    ),
    "AgencyUpdated": Told(
        "agency.updated.v1",
        "PUB",
        {
            "name": "PUB",
            "prefecture": "PUB",
            "municipality": "PUB",
            "sector": "PUB",
            "functions": "PUB",
            "operators": "PUB",
            "publish_name": "PUB",
        },
    ),
    "AgencySucceeded": Told(
        "agency.succeeded.v1", "PUB", {"old": "PUB", "new": "PUB", "on": "PUB"}
    ),
    "AgencySuspended": Told("agency.suspended.v1", "PUB", None),
    "AgencyRestored": Told("agency.restored.v1", "PUB", None),
    "AgencyDeactivated": Told("agency.deactivated.v1", "PUB", None),
    "ServiceOffered": Told(
        "agency.service_offered.v1", "PUB", {"service_code": "PUB", "field": "PUB"}
    ),
    "ServiceWithdrawn": Told(
        "agency.service_withdrawn.v1", "PUB", {"service_code": "PUB", "field": "PUB"}
    ),
    "ConsultationWindowSet": Told(
        "agency.consultation_window_set.v1",
        "PUB",
        {"channels": "PUB", "hours": "PUB", "languages": "PUB"},
    ),
    "StaffEnrolled": Told(
        "agency.staff_enrolled.v1",
        "STF",
        {"staff": "STF", "role": "STF", "qualifications": "STF", "years": "STF"},
    ),
    "PledgeSigned": Told(
        "agency.pledge_signed.v1", "STF", {"staff": "STF", "text_version": "STF", "on": "STF"}
    ),
    "StaffLeft": Told("agency.staff_left.v1", "STF", {"staff": "STF", "on": "STF"}),
    "CommissionContractStarted": Told(
        "agency.commission_contract_started.v1",
        "PUB",
        {"centre": "PUB", "period": "PUB", "criteria_check": "PUB"},
    ),
    "CommissionContractEnded": Told(
        "agency.commission_contract_ended.v1", "PUB", {"centre": "PUB", "period": "PUB"}
    ),
    "FunctionDesignated": Told(
        "agency.function_designated.v1", "PUB", {"function": "PUB", "on": "PUB"}
    ),
    # By the amendment: a feed needs a pledged custodian.
    "FeedCustodianNamed": Told("agency.feed_custodian_named.v1", "STF", {"staff": "STF"}),
    "FeedCustodianEnded": Told("agency.feed_custodian_ended.v1", "STF", {"staff": "STF"}),
}

CODES: Final[Mapping[tuple[str, str], str]] = {}

AGENCY: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "ACTIVE"),
        ("ACTIVE", "SUSPENDED"),
        ("SUSPENDED", "ACTIVE"),
        ("ACTIVE", "SUCCEEDED"),
        ("ACTIVE", "DEACTIVATED"),
        ("SUSPENDED", "SUCCEEDED"),
        ("SUSPENDED", "DEACTIVATED"),
    }
)
