"""Grievances (苦情) as they stand in the register of an agency that has to do with them."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from domain.grievance import GrievanceStatus
from domain.grievance_codes import Complainant, EscalationReason, SharedExtent
from domain.model import GrievanceId, Guarded, Sealed, StaffId
from domain.text import FreeText, Line

Part: TypeAlias = Literal["HANDLER", "IN_CHARGE", "RECEIVED", "SHARED"]
GrievanceDay: TypeAlias = Literal[
    "received_on", "acknowledge_by", "answer_by", "answered_on", "closed_on"
]


class SharedWithShown(msgspec.Struct, frozen=True):
    agency: AgencyShown
    extent: SharedExtent


class GrievanceLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``part``: what this agency has to do with it. A deadline is there as long as it runs."""

    grievance: GrievanceId
    case: CaseAlias | None = None
    part: Part
    status: GrievanceStatus | None = None
    received_by: AgencyShown | None = None
    received_on: date | None = None
    about_agencies: tuple[AgencyShown, ...] = ()
    about_staff: tuple[StaffId, ...] = ()
    complainant: Sealed[Complainant] | None = None
    text: Sealed[FreeText] | None = None
    acknowledge_by: date | None = None
    acknowledged_on: date | None = None
    handler: AgencyShown | None = None
    handler_staff: StaffId | None = None
    shared: tuple[SharedWithShown, ...] = ()
    summary: Sealed[FreeText] | None = None
    findings: tuple[Sealed[FreeText], ...] = ()
    answer_by: date | None = None
    answered_on: date | None = None
    response: Sealed[FreeText] | None = None
    improvements: tuple[Sealed[FreeText], ...] = ()
    escalated_to: AgencyShown | None = None
    escalated_because: EscalationReason | None = None
    closed_on: date | None = None
    wareki: Mapping[GrievanceDay, Line] = {}
