"""Work in a case (ケースの業務): reviews, conferences, stays, plans, contacts."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from domain.calendar import date_in_japan
from domain.case import (
    CaseAccepted,
    CaseClosed,
    CaseReopened,
    CaseTransferred,
    ConsultationRecorded,
    ResponsibilityMoved,
)
from domain.case.aftercare import AftercareEnded, AftercareRescheduled, AftercareStarted
from domain.case.closing import CaseErased
from domain.case.companions import CompanionAdded, CompanionCameOfAge, CompanionRemoved
from domain.case.legal import LegalStepRecorded
from domain.case.plans import (
    SupportPlanAgreed,
    SupportPlanClosed,
    SupportPlanDrafted,
    SupportPlanRevised,
)
from domain.case.stay_events import StayCancelled, StayDecided, StayStarted
from domain.case.support import AssessmentRecorded, SupportActivityRecorded
from domain.meeting.events import (
    CaseReviewed,
    DecisionRecorded,
    DisagreementRecorded,
    MainSupportAgencyDesignated,
    MeetingHeld,
)
from domain.support_codes import ActivityKind
from domain.timers import DEFAULTS, assess_by, review_case_by, settle_by
from domain.work_codes import WorkKind
from projections.tables import Seen
from projections.work_row import Work, WorkKey, WorkRow, begun, by

# With these she was met, or spoken to; the others are done for her, or for a child.
IN_TOUCH: Final[frozenset[ActivityKind]] = frozenset(
    {
        "CONSULTATION",
        "INFORMATION",
        "ACCOMPANIMENT",
        "VISIT",
        "OUTREACH",
        "SNS_CONSULTATION",
        "DROP_IN_PLACE",
        "PEER_SUPPORT",
        "PROCEDURE_SUPPORT",
        "SELF_RELIANCE_SUPPORT",
        "LIVING_SUPPORT",
        "CONTINUED_SELF_RELIANCE",
        "PSYCHOLOGICAL_CARE",
        "PHONE_FOLLOW_UP",
        "VISIT_FOLLOW_UP",
    }
)


def _review(  # noqa: PLR0911 (one arm an event)
    row: WorkRow | None, key: WorkKey, seen: Seen
) -> WorkRow | None:
    """INV-M2: one for each case there is; while it is closed, nothing is due."""
    event = seen.event
    if isinstance(event, CaseAccepted):
        return begun(
            key,
            seen,
            agency=event.main_responsible,
            network=event.ledger_network_id,
            due=by(event.review_by or review_case_by(DEFAULTS, event.accepted_on)),
        )
    if row is None or isinstance(event, CaseErased):
        return None
    match event:
        case ResponsibilityMoved(to_agency=agency):
            return replace(row, agency=agency, source=seen.position)
        case CaseTransferred(to_network=None):
            return replace(row, network=None, due=None)
        case CaseTransferred(to_network=network, on=on, review_by=day):
            due = by(day or review_case_by(DEFAULTS, on))
            return replace(row, network=network, due=due)
        case CaseReviewed(reviewed_on=on, next_by=day) if row.due is not None:
            return replace(row, due=by(day or review_case_by(DEFAULTS, on)))
        case CaseReopened(on=on, review_by=day):
            return replace(row, due=by(day or review_case_by(DEFAULTS, on)))
        case CaseClosed():
            return replace(row, due=None)
        case _:
            return row


def _conference(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """MHLW-12: with the first one it is done for good."""
    match seen.event:
        case CaseAccepted(main_responsible=agency, accepted_on=on, review_by=day):
            due = by(day or review_case_by(DEFAULTS, on))
            return begun(key, seen, agency=agency, due=due)
        case ResponsibilityMoved(to_agency=agency) if row is not None:
            return replace(row, agency=agency, source=seen.position)
        case _:
            return None


def _aftercare(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-F1: so many days after she was last in touch with whoever leads it."""
    match seen.event:
        case AftercareStarted(lead_agency=lead, started_on=on, cadence_days=days):
            return begun(key, seen, agency=lead, every=days, due=_next(on, days))
        case AftercareRescheduled(lead_agency=lead, cadence_days=days):
            on = date_in_japan(seen.header.occurred_at)
            return begun(key, seen, agency=lead, every=days, due=_next(on, days))
        case SupportActivityRecorded(provider=agency, kind=kind) if row and kind in IN_TOUCH:
            return _in_touch(row, seen) if agency == row.agency else row
        case ConsultationRecorded(caller_is_subject=True) if row:
            return _in_touch(row, seen) if seen.header.agency == row.agency else row
        case SupportActivityRecorded() | ConsultationRecorded():
            return row
        case _:
            return None


def _in_touch(row: WorkRow, seen: Seen) -> WorkRow:
    assert row.every is not None
    assert row.due is not None
    event = seen.event
    at = event.at if isinstance(event, SupportActivityRecorded) else seen.header.occurred_at
    # What is entered late counts from when it was, and moves nothing back.
    return replace(row, due=max(row.due, _next(date_in_japan(at), row.every)))


def _next(on: date, days: int) -> int:
    return by(on + timedelta(days=days))


def _assessment(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-K8."""
    match seen.event:
        case StayDecided(assessment_due=date() as day, stay_id=stay, decided_by=agency):
            return row or begun(key, seen, agency=agency, due=by(day), names=stay)
        case StayDecided():
            return row
        case StayCancelled(stay_id=stay) if row is not None and row.names != stay:
            return row
        case _:
            return None


def _child(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """INV-S7: from each stay on that a child comes along to, until the child has been heard."""
    match seen.event:
        case CompanionAdded(companion="CHILD"):
            return begun(key, seen)
        case StayStarted(started_on=on) if row is not None:
            due = by(assess_by(DEFAULTS, on))
            return replace(row, agency=seen.header.agency, due=due, source=seen.position)
        case SupportActivityRecorded() if row is not None:
            return replace(row, due=None)
        case _:
            return None


def _plan(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    match seen.event:
        case SupportPlanDrafted(author_agency=agency, review_on=day):
            return begun(key, seen, agency=agency, due=by(day))
        case SupportPlanRevised(author_agency=agency, review_on=day) if row:
            return replace(row, agency=agency, due=by(day), source=seen.position)
        case SupportPlanAgreed(review_on=day) if row:
            return replace(row, due=by(day))
        case _:
            return None


def _legal_step(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """When it expires is sealed; in the clear stands only when somebody has to think of it."""
    del row
    event = seen.event
    assert isinstance(event, LegalStepRecorded)
    if event.remind_on is None or event.status in {"EXPIRED", "REFUSED", "WITHDRAWN"}:
        return None
    return begun(key, seen, agency=seen.header.agency, due=by(event.remind_on))


def _consultation(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    """MHLW-49: counted from the first time that they did not agree."""
    match seen.event:
        case DisagreementRecorded(since=since, settle_by=day):
            due = by(day or settle_by(DEFAULTS, since))
            return row or begun(key, seen, agency=seen.header.agency, due=due)
        case DecisionRecorded(settles=False):
            return row
        case _:
            return None


IN_A_CASE: Final[Mapping[WorkKind, Work]] = {
    "REVIEW": Work(
        _review,
        dict.fromkeys(
            (
                CaseAccepted,
                ResponsibilityMoved,
                CaseTransferred,
                CaseReviewed,
                CaseReopened,
                CaseClosed,
                CaseErased,
            )
        ),
    ),
    "CONFERENCE": Work(
        _conference, dict.fromkeys((CaseAccepted, ResponsibilityMoved, MeetingHeld, CaseClosed))
    ),
    "AFTERCARE_CONTACT": Work(
        _aftercare,
        dict.fromkeys(
            (
                AftercareStarted,
                AftercareRescheduled,
                AftercareEnded,
                SupportActivityRecorded,
                ConsultationRecorded,
                CaseClosed,
            )
        ),
    ),
    "ASSESSMENT": Work(
        _assessment, dict.fromkeys((StayDecided, StayCancelled, AssessmentRecorded, CaseClosed))
    ),
    "CHILD_UNHEARD": Work(
        _child,
        {
            CompanionAdded: "person_id",
            StayStarted: "companions",
            SupportActivityRecorded: "person_id",
            CompanionRemoved: "person_id",
            CompanionCameOfAge: "person_id",
        },
    ),
    "PLAN_REVIEW": Work(
        _plan,
        dict.fromkeys(
            (SupportPlanDrafted, SupportPlanAgreed, SupportPlanRevised, SupportPlanClosed),
            "plan_id",
        ),
    ),
    "LEGAL_STEP": Work(_legal_step, {LegalStepRecorded: "step_id"}),
    "CONSULTATION": Work(
        _consultation,
        dict.fromkeys(
            (DisagreementRecorded, DecisionRecorded, MainSupportAgencyDesignated, CaseClosed)
        ),
    ),
}
