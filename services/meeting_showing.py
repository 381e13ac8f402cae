"""Showing a meeting (会議の提示): from what may be seen of it to list, pack and minutes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, get_args

from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from contracts.meetings import (
    AllocationShown,
    AttendeeShown,
    CaseInMinutes,
    CaseInPack,
    DecisionShown,
    DesignationShown,
    DisagreementShown,
    InviteeShown,
    IssueShown,
    MaterialShown,
    MeetingDay,
    MeetingLine,
    MeetingMinutes,
    MeetingPack,
    MinutesState,
    PositionShown,
    ReportShown,
    ReviewShown,
)
from contracts.pages import Page
from domain.calendar import wareki
from domain.meeting import KnownMeeting
from domain.meeting.events import DecisionId
from domain.meeting.state import MeetingStatus
from domain.model import AgencyId
from projections import meeting_view
from projections.meeting_view import Decision, Designation, Disagreement, MeetingView, Review
from services.showing import Showing, by_name
from services.sights import Seen


class MeetingShowing:
    """For one agency, of one meeting."""

    def __init__(self, showing: Showing, known: KnownMeeting, agency: AgencyId) -> None:
        self._showing: Final = showing
        self._known: Final = known
        self._agency: Final = agency

    def line(self, seen: Sequence[Seen]) -> MeetingLine:
        return self._line(self._view(seen))

    def pack(self, seen: Sequence[Seen], cases: Page[CaseInPack]) -> MeetingPack:
        view, agency = self._view(seen), self._showing.agency_shown
        return MeetingPack(
            meeting=self._line(view),
            place=view.place,
            trigger=view.trigger,
            held_within=view.held_within,
            agenda=view.agenda or (),
            invitees=tuple(InviteeShown(agency(who), role) for who, role in view.invitees.items()),
            materials=_materials(view),
            cases=cases,
        )

    def minutes(self, seen: Sequence[Seen], cases: Page[CaseInMinutes]) -> MeetingMinutes:
        view = self._view(seen)
        return MeetingMinutes(
            meeting=self._line(view),
            state=MINUTES[self._status(view)],
            attendees=tuple(self._attendees(view)),
            started_at=view.started_at,
            ended_at=view.ended_at,
            text=view.minutes,
            decisions=_decisions(self._showing, view.decisions),
            reports=tuple(
                ReportShown(figures=r.figures or (), text=r.text or ()) for r in view.reports
            ),
            issues=tuple(IssueShown(to_kind=i.to_kind, text=i.text) for i in view.issues),
            next_on=view.next_on,
            next_not_needed=view.next_not_needed or False,
            materials=_materials(view),
            cases=cases,
            wareki=_wareki("next_on", view.next_on),
        )

    def _view(self, seen: Sequence[Seen]) -> MeetingView:
        return meeting_view.project(self._showing.events(seen))

    def _line(self, view: MeetingView) -> MeetingLine:
        known = self._known
        return MeetingLine(
            meeting=known.meeting_id,
            case=self._alias,
            side="CONVENOR" if self._agency == known.convenor else "INVITEE",
            status=self._status(view),
            kind=view.kind,
            network=view.network,
            convenor=self._showing.agency(view.convenor),
            on=view.on,
            notice_sent_at=view.notice_sent_at,
            wareki=_wareki("on", view.on),
        )

    def _status(self, view: MeetingView) -> MeetingStatus | None:
        """As may be seen; and whoever is asked knows it convened, or has been given the minutes."""
        known: MeetingStatus = "CONVENED" if self._known.convened else "PLANNED"
        if self._agency in self._known.minutes_with:
            known = "SHARED"
        if view.status is None or ORDER.index(known) > ORDER.index(view.status):
            return known
        return view.status

    @property
    def _alias(self) -> CaseAlias | None:
        return None if self._known.case_id is None else self._showing.alias

    def _attendees(self, view: MeetingView) -> Iterable[AttendeeShown]:
        roles = view.roles_of_attendees
        for place, who in enumerate(view.attendees):
            role = roles[place] if isinstance(roles, tuple) else None
            yield AttendeeShown(agency=self._showing.agency_shown(who), role=role)


def case_in_minutes(showing: Showing, seen: Sequence[Seen]) -> CaseInMinutes:
    view, agency = meeting_view.project(showing.events(seen)), showing.agency_shown
    return CaseInMinutes(
        case=showing.alias,
        review=None if view.review is None else _review(showing, view.review),
        decisions=_decisions(showing, view.decisions),
        roles=tuple(
            AllocationShown(function=function, agency=agency(who), child=child)
            for function, who, child in view.allocated
        ),
        disagreements=tuple(_disagreement(showing, each) for each in view.disagreements),
        designation=(None if view.designation is None else _designation(showing, view.designation)),
    )


def _decisions(
    showing: Showing, decisions: Mapping[DecisionId, Decision]
) -> tuple[DecisionShown, ...]:
    return tuple(
        DecisionShown(
            decision=decision_id,
            kind=each.kind,
            text=each.text,
            agreed=_each(showing, each.agreed),
            dissenting=_each(showing, each.dissenting),
            due=each.due,
            settles=each.settles or False,
            acknowledged=_each(showing, each.acknowledged),
            progress=each.progress,
            progress_text=each.progress_text,
        )
        for decision_id, each in decisions.items()
    )


def _review(showing: Showing, review: Review) -> ReviewShown:
    return ReviewShown(
        round_no=review.round_no,
        reviewed_on=review.reviewed_on,
        responsible=showing.agency(review.responsible),
        situation=review.situation,
        policy_change=review.policy_change,
        deferred_because=review.deferred_because,
    )


def _disagreement(showing: Showing, each: Disagreement) -> DisagreementShown:
    said = each.positions if isinstance(each.positions, tuple) else ()
    positions = zip(each.agencies or (), said, strict=False)
    return DisagreementShown(
        topic=each.topic,
        positions=tuple(
            PositionShown(agency=showing.agency_shown(who), position=position)
            for who, position in positions
        ),
        since=each.since,
    )


def _designation(showing: Showing, each: Designation) -> DesignationShown:
    return DesignationShown(
        agency=showing.agency(each.agency),
        designated_by=showing.agency(each.designated_by),
        dissenting=_each(showing, each.dissenting),
        reason=each.reason,
        dissent=each.dissent,
        subject_wish=each.subject_wish,
    )


def _each(showing: Showing, agencies: Iterable[AgencyId] | None) -> tuple[AgencyShown, ...]:
    return tuple(sorted((showing.agency_shown(each) for each in agencies or ()), key=by_name))


def _materials(view: MeetingView) -> tuple[MaterialShown, ...]:
    return tuple(MaterialShown(name=each.name, hash=each.hash) for each in view.materials)


def _wareki(name: MeetingDay, day: object) -> dict[MeetingDay, str]:
    return {name: wareki(day)} if isinstance(day, date) else {}


ORDER: Final[tuple[MeetingStatus, ...]] = get_args(MeetingStatus)
MINUTES: Final[Mapping[MeetingStatus | None, MinutesState]] = {
    "MINUTED": "DRAFTED",
    "CONFIRMED": "CONFIRMED",
    "SHARED": "SHARED",
    "CLOSED": "SHARED",
}
