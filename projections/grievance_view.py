"""Grievance view: how far a grievance has come, folded from what one may see of it.

Like every view it accepts every subset of the events and of their fields.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Final

import msgspec

from domain.grievance import (
    FindingsRecorded,
    GrievanceAcknowledged,
    GrievanceClosed,
    GrievanceEscalated,
    GrievanceReceived,
    GrievanceReopened,
    GrievanceShared,
    GrievanceStatus,
    HandlerAssigned,
    ImprovementRecorded,
    ResponseGiven,
)
from domain.grievance_codes import Complainant, EscalationReason, SharedExtent
from domain.model import AgencyId, Event, Guarded, Sealed, StaffId
from domain.text import FreeText
from domain.timers import DEFAULTS, Timers, acknowledge_by, answer_by
from projections.closed import if_seen, was_seen


class GrievanceView(Guarded, frozen=True, kw_only=True):
    status: GrievanceStatus | None = None
    received_by: AgencyId | None = None
    received_on: date | None = None
    about_agencies: frozenset[AgencyId] = frozenset()
    about_staff: frozenset[StaffId] = frozenset()
    complainant: Sealed[Complainant] | None = None
    text: Sealed[FreeText] | None = None
    acknowledged_on: date | None = None
    handler: AgencyId | None = None
    handler_staff: StaffId | None = None
    shared: Mapping[AgencyId, SharedExtent] = {}
    summary: Sealed[FreeText] | None = None
    findings: tuple[Sealed[FreeText], ...] = ()
    response: Sealed[FreeText] | None = None
    answered_on: date | None = None
    improvements: tuple[Sealed[FreeText], ...] = ()
    escalated_to: AgencyId | None = None
    escalated_because: EscalationReason | None = None
    closed_on: date | None = None
    acknowledge_by: date | None = None  # Until that is done,
    answer_by: date | None = None  # and that.


def project(visible: Iterable[Event]) -> GrievanceView:
    return reduce(evolve, visible, GrievanceView())


def evolve(view: GrievanceView, event: Event) -> GrievanceView:
    status = BECOMES.get(type(event))
    if status is not None:
        view = change(view, status=status)
    return _evolve(view, event)


def _evolve(view: GrievanceView, event: Event) -> GrievanceView:  # noqa: C901, PLR0911 (one arm an event)
    match event:
        case GrievanceReceived():
            return change(
                view,
                received_by=if_seen(event.received_by),
                received_on=if_seen(event.on),
                about_agencies=if_seen(event.about_agencies) or frozenset(),
                about_staff=if_seen(event.about_staff) or frozenset(),
                complainant=if_seen(event.complainant),
                text=if_seen(event.text),
                acknowledge_by=_due(event.acknowledge_by, event.on, acknowledge_by),
                answer_by=_due(event.answer_by, event.on, answer_by),
            )
        case GrievanceAcknowledged():
            return change(view, acknowledged_on=if_seen(event.on), acknowledge_by=None)
        case HandlerAssigned():
            return change(
                view, handler=if_seen(event.handler), handler_staff=if_seen(event.handler_staff)
            )
        case GrievanceShared():
            extent = if_seen(event.extent)
            found = dict.fromkeys(if_seen(event.shared_with) or (), extent) if extent else {}
            return change(view, shared={**view.shared, **found}, summary=if_seen(event.summary))
        case FindingsRecorded() if was_seen(event.findings):
            return change(view, findings=(*view.findings, event.findings))
        case ResponseGiven():
            return change(
                view,
                response=if_seen(event.response),
                answered_on=if_seen(event.on),
                answer_by=None,
            )
        case ImprovementRecorded() if was_seen(event.improvement):
            return change(view, improvements=(*view.improvements, event.improvement))
        case GrievanceEscalated():
            return change(
                view,
                handler=None,
                handler_staff=None,
                escalated_to=if_seen(event.to_agency),
                escalated_because=if_seen(event.reason),
                acknowledge_by=_due(event.acknowledge_by, event.on, acknowledge_by),
            )
        case GrievanceClosed():
            return change(view, closed_on=if_seen(event.on))
        case GrievanceReopened():
            due = _due(event.answer_by, event.on, answer_by)
            return change(view, closed_on=None, answer_by=due)
        case _:
            return view


def _due(said: date | None, on: date, usual: Callable[[Timers, date], date]) -> date | None:
    """What was said before deadlines were, has the usual one."""
    if said is not None:
        return if_seen(said)
    return usual(DEFAULTS, on) if was_seen(on) else None


change = msgspec.structs.replace
# It is told by whoever may be told what kind of event it was.
BECOMES: Final[Mapping[type[Event], GrievanceStatus]] = {
    GrievanceReceived: "RECEIVED",
    GrievanceAcknowledged: "ACKNOWLEDGED",
    HandlerAssigned: "INVESTIGATING",
    ResponseGiven: "ANSWERED",
    GrievanceEscalated: "ESCALATED",
    GrievanceClosed: "CLOSED",
    GrievanceReopened: "REOPENED",
}
