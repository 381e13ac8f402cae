"""Course (経過): the status and the stage a case has come to, as far as its events may be seen.

Nobody is shown a case that is restricted or erased, so neither is ever a status here. What cannot
be told from what may be seen is left open.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from domain.case import (
    CaseAccepted,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseTransferred,
)
from domain.case.aftercare import AftercareEnded, AftercareStarted
from domain.case.course import IN_A_STAY
from domain.case.plans import SupportPolicySet
from domain.case.services import ServiceLinked
from domain.case.stay_events import StayDecided, StayEnded, StayStarted
from domain.case.support import AssessmentRecorded
from domain.case_codes import Stage, Status
from domain.model import Event, StayId
from domain.support_codes import PROTECTIVE_STAYS, StayKind
from projections.closed import was_seen


class Course(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    status: Status | None = None
    stage: Stage | None = None
    closed_on: date | None = None
    while_open: Status | None = None  # What it was before it was closed, and is again if reopened.
    stays: Mapping[StayId, StayKind] = {}
    has_aftercare: bool = False


def evolve(course: Course, event: Event) -> Course:
    """An event says nothing here, unless the field was seen that tells that it happened."""
    told_by = TOLD_BY.get(type(event))
    if told_by is None or not was_seen(getattr(event, told_by)):
        return course
    return _in_stage(_in_status(course, event), event)


def _in_status(course: Course, event: Event) -> Course:  # noqa: PLR0911 (one arm an event)
    match event:
        case CaseOpened():
            return _open(course, "CONTACT")
        case CaseAccepted():
            return _open(course, "ACTIVE")
        case CaseTransferred(to_network=None):
            return change(course, status="TRANSFERRED", closed_on=event.on)
        case CaseTransferred():
            return course
        case CaseClosed(on=on):
            return change(course, status="CLOSED", closed_on=on)
        case CaseReopened():
            return change(course, status=course.while_open, closed_on=None)
        case _:
            return course


def _in_stage(course: Course, event: Event) -> Course:  # noqa: PLR0911 (one arm an event)
    stage = course.stage
    match event:
        case CaseOpened():
            return change(course, stage="CONSULTATION")
        case AssessmentRecorded() if stage in {None, "CONSULTATION"}:
            return change(course, stage="ASSESSMENT")
        case SupportPolicySet() | ServiceLinked() if stage in EARLY:
            return change(course, stage="COMMUNITY_SUPPORT")
        case StayDecided() if was_seen(event.stay_id):
            return change(course, stays={**course.stays, event.stay_id: event.kind})
        case StayStarted():
            return change(course, stage=_stage_of(course, event))
        case StayEnded() if stage is None or stage in IN_A_STAY:
            after: Stage = "AFTERCARE" if course.has_aftercare else "COMMUNITY_SUPPORT"
            return change(course, stage=after)
        case AftercareStarted():
            stays = stage if stage in IN_A_STAY else "AFTERCARE"
            return change(course, stage=stays, has_aftercare=True)
        case AftercareEnded():
            then = "COMMUNITY_SUPPORT" if stage == "AFTERCARE" else stage
            return change(course, stage=then, has_aftercare=False)
        case _:
            return course


def _open(course: Course, status: Status) -> Course:
    return change(course, status=status, while_open=status)


def _stage_of(course: Course, event: StayStarted) -> Stage | None:
    kind = course.stays.get(event.stay_id)
    if kind is None:
        return None
    return "TEMPORARY_PROTECTION" if kind in PROTECTIVE_STAYS else "RESIDENTIAL_SUPPORT"


change = msgspec.structs.replace
EARLY: Final[frozenset[Stage | None]] = frozenset({None, "CONSULTATION", "ASSESSMENT"})
# The field that says that it happened; and whatever else is read of it.
TOLD_BY: Final[Mapping[type[Event], str]] = {
    CaseOpened: "opened_by_agency",
    CaseAccepted: "accepted_on",
    CaseTransferred: "on",
    CaseClosed: "on",
    CaseReopened: "on",
    AssessmentRecorded: "with_subject",
    SupportPolicySet: "review_on",
    ServiceLinked: "provider_agency",
    StayDecided: "kind",
    StayStarted: "started_on",
    StayEnded: "ended_on",
    AftercareStarted: "started_on",
    AftercareEnded: "ended_on",
}
READS: Final[Mapping[type[Event], frozenset[str]]] = {
    **{event: frozenset({field}) for event, field in TOLD_BY.items()},
    CaseTransferred: frozenset({"on", "to_network"}),
    StayDecided: frozenset({"kind", "stay_id"}),
    StayStarted: frozenset({"started_on", "stay_id"}),
}
