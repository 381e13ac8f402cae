"""Form 1 (様式1 ケース進行管理台帳): what the row of a case says, of what one may see of the case.

It accepts every subset of the events and of their fields, as a case's view does.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from typing import Final, NamedTuple

import msgspec

from domain.calendar import age_on, date_in_japan
from domain.case import (
    AddressRecorded,
    CaseAccepted,
    CaseClosed,
    CaseReopened,
    CaseTransferred,
    ResponsibilityMoved,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.case.companions import CompanionAdded, CompanionRemoved
from domain.case_codes import CompanionKind, Stage
from domain.meeting.events import (
    CaseReviewDeferred,
    CaseReviewed,
    MainSupportAgencyDesignated,
    MeetingHeld,
)
from domain.model import AgencyId, Event, Guarded, PersonId, Sealed
from domain.referral import HandoverConfirmed
from domain.text import FreeText, Line
from projections import case_course
from projections.case_course import Course
from projections.closed import if_seen, latest, was_seen


class FormCompanion(Guarded, frozen=True, kw_only=True):
    """Somebody who is with her now."""

    kind: CompanionKind | None = None
    name: Sealed[Line] | None = None
    birth_date: Sealed[date] | None = None


class Round(Guarded, frozen=True, kw_only=True):
    """管理記録 第n回: when she was spoken of, who answered for her, and how it stood."""

    on: date
    agency: AgencyId | None = None
    situation: Sealed[FreeText] | None = None
    policy_change: Sealed[Line] | None = None
    stage: Stage | None = None


class Remark(msgspec.Struct, frozen=True):
    """備考: what happened, and on which day; ``agency``: whom it was about, if anybody."""

    event: type[Event]
    on: date
    agency: AgencyId | None = None


class FormView(Guarded, frozen=True, kw_only=True):
    course: Course = Course()
    name: Sealed[Line] | None = None
    birth_date: Sealed[date] | None = None
    address: Sealed[Line] | None = None  # Where she is registered, and never where she is.
    companions: Mapping[PersonId, FormCompanion] = {}
    accepted_on: date | None = None
    main_responsible: AgencyId | None = None
    rounds: tuple[Round, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Told(NamedTuple):
    """An event as it may be seen, and when it happened."""

    event: Event
    at: datetime


def project(visible: Iterable[Told]) -> FormView:
    return reduce(evolve, visible, FormView())


def evolve(view: FormView, told: Told) -> FormView:
    course = case_course.evolve(view.course, told.event)
    if course != view.course:
        view = change(view, course=course)
    return _about_her(_remarked(view, told), told.event)


def age(born: date | None, as_of: date) -> int | None:
    return None if born is None or born > as_of else age_on(as_of, born)


def _about_her(view: FormView, event: Event) -> FormView:  # noqa: PLR0911 (one arm an event)
    match event:
        case SubjectIdentified() | SubjectDetailsCorrected():
            return change(
                view,
                name=latest(event.name, view.name),
                birth_date=latest(event.birth_date, view.birth_date),
            )
        case AddressRecorded(kind="REGISTERED") if was_seen(event.address):
            return change(view, address=event.address)
        case CompanionAdded() if was_seen(event.name):
            seen = FormCompanion(
                kind=if_seen(event.companion),
                name=event.name,
                birth_date=if_seen(event.birth_date),
            )
            return change(view, companions={**view.companions, event.person_id: seen})
        case CompanionRemoved(person_id=gone):
            left = {each: who for each, who in view.companions.items() if each != gone}
            return change(view, companions=left)
        case CaseAccepted():
            return change(
                view,
                accepted_on=latest(event.accepted_on, view.accepted_on),
                main_responsible=latest(event.main_responsible, view.main_responsible),
            )
        case ResponsibilityMoved(to_agency=after) | HandoverConfirmed(main_responsible_to=after):
            return change(view, main_responsible=latest(after, view.main_responsible))
        case CaseReviewed() if was_seen(event.reviewed_on):
            said = Round(
                on=event.reviewed_on,
                agency=if_seen(event.responsible_agency),
                situation=if_seen(event.situation),
                policy_change=if_seen(event.policy_change),
                stage=view.course.stage,
            )
            return change(view, rounds=(*view.rounds, said))
        case _:
            return view


def _remarked(view: FormView, told: Told) -> FormView:
    day = _day_of(told)
    if day is None:
        return view
    chosen = told.event.agency_id if isinstance(told.event, MainSupportAgencyDesignated) else None
    return change(view, remarks=(*view.remarks, Remark(type(told.event), day, chosen)))


def _day_of(told: Told) -> date | None:
    match told.event:
        case CaseReviewDeferred() if was_seen(told.event.reason) or was_seen(told.event.case_id):
            return date_in_japan(told.at)
        case MainSupportAgencyDesignated() if was_seen(told.event.agency_id):
            return date_in_japan(told.at)
        case MeetingHeld(held_on=date() as day):
            return day
        case MeetingHeld(ended_at=datetime() as over):
            return date_in_japan(over)
        case CaseTransferred(on=day) | CaseClosed(on=day) | CaseReopened(on=day) if was_seen(day):
            return day
        case _:
            return None


change = msgspec.structs.replace
SAID: Final[Mapping[type[Event], frozenset[str]]] = {
    SubjectIdentified: frozenset({"name", "birth_date"}),
    SubjectDetailsCorrected: frozenset({"name", "birth_date"}),
    AddressRecorded: frozenset({"kind", "address"}),
    CompanionAdded: frozenset({"person_id", "companion", "name", "birth_date"}),
    CompanionRemoved: frozenset({"person_id", "companion"}),
    CaseAccepted: frozenset({"accepted_on", "main_responsible", "case_number"}),
    ResponsibilityMoved: frozenset({"to_agency"}),
    HandoverConfirmed: frozenset({"main_responsible_to"}),
    CaseReviewed: frozenset({"reviewed_on", "responsible_agency", "situation", "policy_change"}),
    CaseReviewDeferred: frozenset({"case_id", "reason"}),
    MainSupportAgencyDesignated: frozenset({"agency_id"}),
    MeetingHeld: frozenset({"held_on", "ended_at"}),
    CaseTransferred: frozenset({"on"}),
    CaseClosed: frozenset({"on"}),
    CaseReopened: frozenset({"on"}),
}
READS: Final[Mapping[type[Event], frozenset[str]]] = {
    event: SAID.get(event, frozenset()) | case_course.READS.get(event, frozenset())
    for event in {**SAID, **case_course.READS}
}
