"""Holding (会議の開催と終了): who came, and what has to be recorded before the meeting is over."""

from typing import ClassVar, Final, assert_never

from domain.agency import AgencyNotKnown, check_pledged
from domain.calendar import date_in_japan
from domain.case import KnownCase
from domain.meeting.commands import CloseMeeting, HoldingCommand, HoldMeeting
from domain.meeting.course import MinutesNotShared, check_in_order
from domain.meeting.events import MeetingClosed, MeetingEvent, MeetingHeld
from domain.meeting.facts import Facts
from domain.meeting.minutes import may_have_minutes
from domain.meeting.parties import as_convenor
from domain.meeting.state import KnownMeeting
from domain.meeting.telling import NotInvited
from domain.model import CaseId, Context, StaffRole
from domain.speech import Refused


class NobodyElseCame(Refused):
    """It takes somebody beside the convenor to consult."""

    ja: ClassVar[str] = "招集した機関のほかに、出席した機関がありません。"


class NotOverYet(Refused):
    """A meeting is recorded as held when it is over, and it ends after it began."""

    ja: ClassVar[str] = "会議の開始・終了の日時が正しくありません。終わってから記録してください。"


class NotAllReviewed(Refused):
    """Each active case of the network is reviewed or put off with a reason: some are neither."""

    ja: ClassVar[str] = (
        "まだ状況を確認しておらず、次回に延ばす理由も記録されていないケースがあります。"
    )


class RolesNotAllocated(Refused):
    """Record who does what, or on what the agencies do not agree, before you close the meeting."""

    ja: ClassVar[str] = "終了する前に、役割分担（調わない場合は各機関の意見）を記録してください。"


class NothingDecided(Refused):
    """Record what was decided, or on what nobody could agree, before you close the meeting."""

    ja: ClassVar[str] = "終了する前に、決定事項（調わない場合は各機関の意見）を記録してください。"


class NextMeetingNotSet(Refused):
    """Record when you meet next, or that it is not needed, before you close the meeting."""

    ja: ClassVar[str] = "終了する前に、次回の日程（不要な場合はその旨）を記録してください。"


def decide(
    meeting: KnownMeeting, command: HoldingCommand, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    match command:
        case HoldMeeting():
            return held(meeting, command, facts, by)
        case CloseMeeting():
            return closed(meeting, command, facts, by)
    assert_never(command)


def held(
    meeting: KnownMeeting, command: HoldMeeting, facts: Facts, by: Context
) -> tuple[MeetingHeld, ...]:
    as_convenor(meeting, by.agency)
    check_in_order(meeting.kind, meeting.status, MeetingHeld)
    if not command.started_at < command.ended_at <= by.at:
        raise NotOverYet
    attendees = tuple(dict.fromkeys(command.attendees))
    agencies = tuple(each.agency_id for each in attendees)
    if not meeting.there.issuperset(agencies):
        raise NotInvited
    if not set(agencies) - {meeting.convenor}:
        raise NobodyElseCame
    roles: list[StaffRole] = []
    for each in attendees:
        agency = facts.agencies.get(each.agency_id)
        if agency is None:
            raise AgencyNotKnown
        check_pledged(agency, each.staff_id)
        roles.append(agency.staff[each.staff_id].role)
    return (
        MeetingHeld(
            agencies=agencies,
            staff=tuple(each.staff_id for each in attendees),
            roles=tuple(roles),
            started_at=command.started_at,
            ended_at=command.ended_at,
            held_on=date_in_japan(command.ended_at),
        ),
    )


def closed(
    meeting: KnownMeeting, command: CloseMeeting, facts: Facts, by: Context
) -> tuple[MeetingClosed, ...]:
    del command
    as_convenor(meeting, by.agency)
    if meeting.status == "CLOSED":
        return ()
    check_in_order(meeting.kind, meeting.status, MeetingClosed)
    check_minutes_shared(meeting, facts)
    check_all_reviewed(meeting, facts)
    check_is_recorded(meeting)
    return (MeetingClosed(),)


def check_minutes_shared(meeting: KnownMeeting, facts: Facts) -> None:
    """With all who came and still may have them."""
    if meeting.kind == "EXTERNAL_FORUM":
        return
    others = meeting.attended - {meeting.convenor}
    if any(may_have_minutes(meeting, facts, each) for each in others - meeting.minutes_with):
        raise MinutesNotShared


def waited_for(meeting: KnownMeeting, numbered: frozenset[CaseId]) -> frozenset[CaseId]:
    """Of a practitioners' meeting: what it neither reviewed nor put off, of all in the ledger."""
    if meeting.kind != "PRACTITIONERS":
        return frozenset()
    return (numbered | frozenset(meeting.tabled)) - meeting.reviewed - meeting.deferred


def is_passed_over(meeting: KnownMeeting, case_id: CaseId, case: KnownCase) -> bool:
    """It is active there; and was before the day of the meeting, or came onto its table.

    What comes after the minutes are confirmed can no longer be put off: it waits for the next one.
    """
    if case.status != "ACTIVE" or case.network != meeting.network_id:
        return False
    entered, held = case.entered_on, meeting.held_on
    was_there = entered is not None and held is not None and entered < held
    return was_there or case_id in meeting.tabled


def check_all_reviewed(meeting: KnownMeeting, facts: Facts) -> None:
    """In a practitioners' meeting, no active case of the network is passed over."""
    if meeting.kind != "PRACTITIONERS":
        return
    left = facts.active_cases - meeting.reviewed - meeting.deferred
    if left:
        known = sorted(facts.numbers[each] for each in left if each in facts.numbers)
        raise NotAllReviewed(**({"numbers": " ".join(known[:NAMED_MOST])} if known else {}))


def check_is_recorded(meeting: KnownMeeting) -> None:
    """Of a conference about her: who does what, what was decided, and when they meet again."""
    if meeting.kind != "INDIVIDUAL_CASE":
        return
    if not (meeting.allocated or meeting.disagreed):
        raise RolesNotAllocated
    if not (meeting.decisions or meeting.disagreed or meeting.designated):
        raise NothingDecided
    if not meeting.next_set:
        raise NextMeetingNotSet


NAMED_MOST: Final = 50
