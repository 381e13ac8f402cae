"""What is told of a grievance: from its receipt to its end."""

from datetime import date
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.categories import ENV, GRV, Category
from domain.grievance_codes import Complainant, EscalationReason, SharedExtent
from domain.model import AgencyId, CaseId, Event, GrievanceId, Sealed, StaffId, Stamp
from domain.text import FreeText

Agencies: TypeAlias = Annotated[frozenset[AgencyId], Meta(max_length=20)]
SharedWith: TypeAlias = Annotated[frozenset[AgencyId], Meta(min_length=1, max_length=20)]
People: TypeAlias = Annotated[frozenset[StaffId], Meta(max_length=20)]


class GrievanceReceived(Event, frozen=True, kw_only=True, tag="grievance.received.v1"):
    """``received_by`` answers for it from then on. Of a case, it stands in the case's name."""

    primary: ClassVar[Category] = GRV
    makes: ClassVar[str | None] = "grievance_id"

    grievance_id: Annotated[GrievanceId, ENV]
    case_id: Annotated[CaseId | None, ENV] = None
    received_by: Annotated[AgencyId, GRV]
    about_agencies: Annotated[Agencies, GRV]
    about_staff: Annotated[People, GRV]
    on: Annotated[date, ENV]
    acknowledge_by: Annotated[date | None, ENV] = None
    answer_by: Annotated[date | None, ENV] = None
    complainant: Annotated[Sealed[Complainant], GRV]
    text: Annotated[Sealed[FreeText], GRV]


class GrievanceAcknowledged(Event, frozen=True, kw_only=True, tag="grievance.acknowledged.v1"):
    primary: ClassVar[Category] = GRV
    grievance_id: Annotated[GrievanceId, GRV]
    on: Annotated[date, ENV]


class HandlerAssigned(Event, frozen=True, kw_only=True, tag="grievance.handler_assigned.v1"):
    """Whoever handled it before does so no longer."""

    primary: ClassVar[Category] = GRV
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    grievance_id: Annotated[GrievanceId, GRV]
    handler: Annotated[AgencyId, GRV]
    handler_staff: Annotated[StaffId | None, GRV] = None


class GrievanceShared(Event, frozen=True, kw_only=True, tag="grievance.shared.v1"):
    primary: ClassVar[Category] = GRV
    grievance_id: Annotated[GrievanceId, GRV]
    shared_with: Annotated[SharedWith, GRV]
    extent: Annotated[SharedExtent, ENV]
    complainant_agrees: Annotated[bool, ENV]
    summary: Annotated[Sealed[FreeText], GRV]


class FindingsRecorded(Event, frozen=True, kw_only=True, tag="grievance.findings_recorded.v1"):
    primary: ClassVar[Category] = GRV
    grievance_id: Annotated[GrievanceId, GRV]
    findings: Annotated[Sealed[FreeText], GRV]


class ResponseGiven(Event, frozen=True, kw_only=True, tag="grievance.response_given.v1"):
    primary: ClassVar[Category] = GRV
    grievance_id: Annotated[GrievanceId, GRV]
    on: Annotated[date, ENV]
    response: Annotated[Sealed[FreeText], GRV]


class ImprovementRecorded(
    Event, frozen=True, kw_only=True, tag="grievance.improvement_recorded.v1"
):
    primary: ClassVar[Category] = GRV
    grievance_id: Annotated[GrievanceId, GRV]
    improvement: Annotated[Sealed[FreeText], GRV]


class GrievanceEscalated(Event, frozen=True, kw_only=True, tag="grievance.escalated.v1"):
    """Whoever it was taken to answers for it from now on."""

    primary: ClassVar[Category] = GRV
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    grievance_id: Annotated[GrievanceId, GRV]
    to_agency: Annotated[AgencyId, GRV]
    reason: Annotated[EscalationReason, ENV]
    on: Annotated[date, ENV]
    acknowledge_by: Annotated[date | None, ENV] = None


class GrievanceClosed(Event, frozen=True, kw_only=True, tag="grievance.closed.v1"):
    primary: ClassVar[Category] = GRV
    grievance_id: Annotated[GrievanceId, GRV]
    on: Annotated[date, ENV]


class GrievanceReopened(Event, frozen=True, kw_only=True, tag="grievance.reopened.v1"):
    primary: ClassVar[Category] = GRV
    grievance_id: Annotated[GrievanceId, GRV]
    on: Annotated[date, ENV]
    answer_by: Annotated[date | None, ENV] = None


GrievanceEvent: TypeAlias = (
    GrievanceReceived
    | GrievanceAcknowledged
    | HandlerAssigned
    | GrievanceShared
    | FindingsRecorded
    | ResponseGiven
    | ImprovementRecorded
    | GrievanceEscalated
    | GrievanceClosed
    | GrievanceReopened
)
