"""Meeting view: what a meeting has come to, folded from what one may see of it.

Like every view it accepts every subset of the events and of their fields. What is said of one case
there is folded by itself, from what stands in the name of that case.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from typing import Final, TypeAlias

import msgspec

from domain.items import Digest
from domain.meeting.events import (
    ActivityReported,
    AgendaItem,
    AgendaSet,
    CaseReviewDeferred,
    CaseReviewed,
    DecisionAcknowledged,
    DecisionId,
    DecisionProgressReported,
    DecisionRecorded,
    DisagreementRecorded,
    Figure,
    InviteeAdded,
    InviteeRemoved,
    IssueCarriedForward,
    MainSupportAgencyDesignated,
    MaterialFiled,
    MeetingCancelled,
    MeetingClosed,
    MeetingConvened,
    MeetingHeld,
    MeetingPlanned,
    MinutesConfirmed,
    MinutesDrafted,
    MinutesShared,
    NextMeetingSet,
    RoleAllocated,
)
from domain.meeting.state import Allocation, MeetingStatus
from domain.meeting_codes import (
    ConferenceTrigger,
    DecisionKind,
    MeetingKind,
    MeetingRole,
    ProgressStatus,
)
from domain.model import AgencyId, Event, Guarded, NetworkId, Sealed, StaffRole
from domain.text import FreeText, Line
from projections.closed import if_seen, was_seen


class Material(Guarded, frozen=True, kw_only=True):
    name: Sealed[Line] | None
    hash: Sealed[Digest] | None


class Issue(Guarded, frozen=True, kw_only=True):
    to_kind: Sealed[MeetingKind] | None
    text: Sealed[FreeText] | None


class Report(Guarded, frozen=True, kw_only=True):
    figures: Sealed[tuple[Figure, ...]] | None
    text: Sealed[tuple[Line, ...]] | None


class Decision(Guarded, frozen=True, kw_only=True):
    kind: Sealed[DecisionKind] | None = None
    text: Sealed[FreeText] | None = None
    agreed: frozenset[AgencyId] | None = None
    dissenting: frozenset[AgencyId] | None = None
    due: date | None = None
    settles: bool | None = None
    acknowledged: tuple[AgencyId, ...] = ()
    progress: ProgressStatus | None = None
    progress_text: Sealed[FreeText] | None = None


class Review(Guarded, frozen=True, kw_only=True):
    round_no: int | None = None
    reviewed_on: date | None = None
    responsible: AgencyId | None = None
    situation: Sealed[FreeText] | None = None
    policy_change: Sealed[Line] | None = None
    deferred_because: Sealed[FreeText] | None = None


class Disagreement(Guarded, frozen=True, kw_only=True):
    topic: Sealed[Line] | None
    agencies: tuple[AgencyId, ...] | None
    positions: Sealed[tuple[Line, ...]] | None
    since: date | None


class Designation(Guarded, frozen=True, kw_only=True):
    agency: AgencyId | None
    designated_by: AgencyId | None
    dissenting: frozenset[AgencyId] | None
    reason: Sealed[FreeText] | None
    dissent: Sealed[FreeText] | None
    subject_wish: Sealed[FreeText] | None


class MeetingView(Guarded, frozen=True, kw_only=True):
    status: MeetingStatus | None = None
    kind: MeetingKind | None = None
    network: NetworkId | None = None
    on: Sealed[date] | None = None
    place: Sealed[Line] | None = None
    convenor: AgencyId | None = None
    trigger: Sealed[ConferenceTrigger] | None = None
    held_within: Sealed[Line] | None = None
    agenda: Sealed[tuple[AgendaItem, ...]] | None = None
    invitees: Mapping[AgencyId, MeetingRole] = {}
    notice_sent_at: datetime | None = None
    materials: tuple[Material, ...] = ()
    attendees: tuple[AgencyId, ...] = ()
    roles_of_attendees: Sealed[tuple[StaffRole, ...]] | None = None
    started_at: Sealed[datetime] | None = None
    ended_at: Sealed[datetime] | None = None
    decisions: Mapping[DecisionId, Decision] = {}
    reports: tuple[Report, ...] = ()
    issues: tuple[Issue, ...] = ()
    next_on: Sealed[date] | None = None
    next_not_needed: Sealed[bool] | None = None
    minutes: Sealed[FreeText] | None = None
    # Of one case:
    review: Review | None = None
    allocated: tuple[Allocation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    designation: Designation | None = None


def project(visible: Iterable[Event]) -> MeetingView:
    return reduce(evolve, visible, MeetingView())


def evolve(view: MeetingView, event: Event) -> MeetingView:
    status = BECOMES.get(type(event))
    if status is not None:
        view = change(view, status=status)
    return _of_the_case(view, event) if isinstance(event, OfTheCase) else _of_all(view, event)


def _of_all(view: MeetingView, event: Event) -> MeetingView:  # noqa: C901, PLR0911 (one arm an event)
    match event:
        case MeetingPlanned():
            return change(
                view,
                kind=if_seen(event.kind),
                network=if_seen(event.network_id),
                on=if_seen(event.on),
                place=if_seen(event.place),
                convenor=if_seen(event.convenor),
                trigger=if_seen(event.trigger),
                held_within=if_seen(event.held_within),
            )
        case AgendaSet():
            return change(view, agenda=if_seen(event.items))
        case InviteeAdded() if was_seen(event.agency_id) and was_seen(event.role):
            return change(view, invitees={**view.invitees, event.agency_id: event.role})
        case InviteeRemoved():
            left = {who: role for who, role in view.invitees.items() if who != event.agency_id}
            return change(view, invitees=left)
        case MeetingConvened():
            return change(view, notice_sent_at=if_seen(event.notice_sent_at))
        case MaterialFiled():
            filed = Material(name=if_seen(event.name), hash=if_seen(event.hash))
            return change(view, materials=(*view.materials, filed))
        case MeetingHeld():
            return change(
                view,
                attendees=if_seen(event.agencies) or (),
                roles_of_attendees=if_seen(event.roles),
                started_at=if_seen(event.started_at),
                ended_at=if_seen(event.ended_at),
            )
        case ActivityReported():
            report = Report(figures=if_seen(event.figures), text=if_seen(event.text))
            return change(view, reports=(*view.reports, report))
        case IssueCarriedForward():
            issue = Issue(to_kind=if_seen(event.to_kind), text=if_seen(event.text))
            return change(view, issues=(*view.issues, issue))
        case NextMeetingSet():
            needless = if_seen(event.not_needed)
            return change(view, next_on=if_seen(event.on), next_not_needed=needless)
        case MinutesDrafted():
            return change(view, minutes=if_seen(event.text))
        case _:
            return view


def _of_the_case(view: MeetingView, event: "OfTheCase") -> MeetingView:
    match event:
        case DecisionRecorded() | DecisionAcknowledged() | DecisionProgressReported():
            return _decided(view, event)
        case CaseReviewed() | CaseReviewDeferred():
            return change(view, review=_reviewed(event))
        case RoleAllocated():
            child = if_seen(event.person_id)
            if not was_seen(event.function) or not was_seen(event.agency_id):
                return view
            allocation = (event.function, event.agency_id, child)
            return change(view, allocated=(*view.allocated, allocation))
        case DisagreementRecorded():
            disagreement = Disagreement(
                topic=if_seen(event.topic),
                agencies=if_seen(event.agencies),
                positions=if_seen(event.positions),
                since=if_seen(event.since),
            )
            return change(view, disagreements=(*view.disagreements, disagreement))
        case MainSupportAgencyDesignated():
            designation = Designation(
                agency=if_seen(event.agency_id),
                designated_by=if_seen(event.designated_by),
                dissenting=if_seen(event.dissenting),
                reason=if_seen(event.reason),
                dissent=if_seen(event.dissent),
                subject_wish=if_seen(event.subject_wish),
            )
            return change(view, designation=designation)


def _decided(
    view: MeetingView, event: DecisionRecorded | DecisionAcknowledged | DecisionProgressReported
) -> MeetingView:
    if not was_seen(event.decision_id):
        return view
    decision = view.decisions.get(event.decision_id)
    if decision is None:  # Of what one does not know, one does not hear who knows it.
        if not isinstance(event, DecisionRecorded):
            return view
        decision = Decision()
    match event:
        case DecisionRecorded():
            decision = change(
                decision,
                kind=if_seen(event.kind),
                text=if_seen(event.text),
                agreed=if_seen(event.agreed),
                dissenting=if_seen(event.dissenting),
                due=if_seen(event.due),
                settles=if_seen(event.settles),
            )
        case DecisionAcknowledged():
            if was_seen(event.by_agency):
                knows = (*decision.acknowledged, event.by_agency)
                decision = change(decision, acknowledged=knows)
        case DecisionProgressReported():
            said = if_seen(event.text)
            decision = change(decision, progress=if_seen(event.status), progress_text=said)
    return change(view, decisions={**view.decisions, event.decision_id: decision})


def _reviewed(event: CaseReviewed | CaseReviewDeferred) -> Review:
    if isinstance(event, CaseReviewDeferred):
        return Review(deferred_because=if_seen(event.reason))
    return Review(
        round_no=if_seen(event.round_no),
        reviewed_on=if_seen(event.reviewed_on),
        responsible=if_seen(event.responsible_agency),
        situation=if_seen(event.situation),
        policy_change=if_seen(event.policy_change),
    )


change = msgspec.structs.replace
OfTheCase: TypeAlias = (
    DecisionRecorded
    | DecisionAcknowledged
    | DecisionProgressReported
    | CaseReviewed
    | CaseReviewDeferred
    | RoleAllocated
    | DisagreementRecorded
    | MainSupportAgencyDesignated
)
# It is told by whoever may be told what kind of event it was.
BECOMES: Final[Mapping[type[Event], MeetingStatus]] = {
    MeetingPlanned: "PLANNED",
    MeetingConvened: "CONVENED",
    MeetingCancelled: "CANCELLED",
    MeetingHeld: "HELD",
    MinutesDrafted: "MINUTED",
    MinutesConfirmed: "CONFIRMED",
    MinutesShared: "SHARED",
    MeetingClosed: "CLOSED",
}
