"""The grievance (苦情) as the specification has it: GRV throughout, the link to a case ENV."""

from collections.abc import Mapping
from typing import Final

from tests.spec.tables import NOT_YET, Asked, Told

EVENTS: Final[Mapping[str, Told]] = {
    "GrievanceReceived": Told(
        "grievance.received.v1",
        "GRV",
        {"from": "GRV", "about_agencies": "GRV", "case_id": "ENV", "text": "GRV"},
    ),
    "GrievanceAcknowledged": Told("grievance.acknowledged.v1", "GRV", None),
    "HandlerAssigned": Told("grievance.handler_assigned.v1", "GRV", None),
    "GrievanceShared": Told("grievance.shared.v1", "GRV", {"with": "GRV", "extent": "GRV"}),
    "FindingsRecorded": Told("grievance.findings_recorded.v1", "GRV", None),
    "ResponseGiven": Told("grievance.response_given.v1", "GRV", None),
    "ImprovementRecorded": Told("grievance.improvement_recorded.v1", "GRV", None),
    "GrievanceEscalated": Told("grievance.escalated.v1", "GRV", None),
    "GrievanceClosed": Told("grievance.closed.v1", "GRV", None),
    "GrievanceReopened": Told("grievance.reopened.v1", "GRV", None),
}

CODES: Final[Mapping[tuple[str, str], str]] = {
    ("GrievanceReceived", "from"): "SUBJECT FAMILY AGENCY ANONYMOUS",
}

GRIEVANCE: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        (NOT_YET, "RECEIVED"),
        ("RECEIVED", "ACKNOWLEDGED"),
        ("ACKNOWLEDGED", "INVESTIGATING"),
        ("INVESTIGATING", "ANSWERED"),
        ("ANSWERED", "CLOSED"),
        ("CLOSED", "REOPENED"),
        # Any of them.
        ("RECEIVED", "ESCALATED"),
        ("ACKNOWLEDGED", "ESCALATED"),
        ("INVESTIGATING", "ESCALATED"),
        ("ANSWERED", "ESCALATED"),
        ("CLOSED", "ESCALATED"),
        ("REOPENED", "ESCALATED"),
    }
)

COMMANDS: Final[Mapping[str, Asked]] = {
    "receive_grievance": Asked("grievance.receive", "handler not among about_agencies"),
    "assign_handler": Asked("grievance.assign_handler", "handler not among about_agencies"),
}
