"""Minutes (議事録) and materials (資料): kept by the coordinating agency, or by who convened."""

from typing import assert_never

from domain.meeting.commands import (
    ConfirmMinutes,
    DraftMinutes,
    FileMaterial,
    MinutesCommand,
    ShareMinutes,
)
from domain.meeting.course import check_in_order
from domain.meeting.events import (
    MaterialFiled,
    MeetingEvent,
    MinutesConfirmed,
    MinutesDrafted,
    MinutesShared,
)
from domain.meeting.facts import Facts
from domain.meeting.parties import check_attended
from domain.meeting.state import KnownMeeting, OnlyWhoKeepsMinutes
from domain.meeting.telling import NotEverybodyCovered
from domain.model import AgencyId, Context


def decide(
    meeting: KnownMeeting, command: MinutesCommand, facts: Facts, by: Context
) -> tuple[MeetingEvent, ...]:
    match command:
        case FileMaterial():
            return filed(meeting, command, facts, by)
        case DraftMinutes():
            return drafted(meeting, command, facts, by)
        case ConfirmMinutes():
            return confirmed(meeting, command, facts, by)
        case ShareMinutes():
            return shared(meeting, command, facts, by)
    assert_never(command)


def check_keeps_minutes(meeting: KnownMeeting, facts: Facts, agency: AgencyId) -> None:
    """Of the meetings it knows of: other agencies' own files it does not get by this."""
    if agency not in {meeting.convenor, facts.coordinating}:
        raise OnlyWhoKeepsMinutes


def filed(
    meeting: KnownMeeting, command: FileMaterial, facts: Facts, by: Context
) -> tuple[MaterialFiled, ...]:
    check_keeps_minutes(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, MaterialFiled)
    return (MaterialFiled(name=command.name, hash=command.hash),)


def drafted(
    meeting: KnownMeeting, command: DraftMinutes, facts: Facts, by: Context
) -> tuple[MinutesDrafted, ...]:
    """Until they are confirmed, they may be drafted anew."""
    check_keeps_minutes(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, MinutesDrafted)
    return (MinutesDrafted(text=command.text, hash=command.hash),)


def confirmed(
    meeting: KnownMeeting, command: ConfirmMinutes, facts: Facts, by: Context
) -> tuple[MinutesConfirmed, ...]:
    del command
    check_keeps_minutes(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, MinutesConfirmed)
    assert meeting.minutes is not None, "they were drafted"
    return (MinutesConfirmed(hash=meeting.minutes),)


def shared(
    meeting: KnownMeeting, command: ShareMinutes, facts: Facts, by: Context
) -> tuple[MinutesShared, ...]:
    check_keeps_minutes(meeting, facts, by.agency)
    check_in_order(meeting.kind, meeting.status, MinutesShared)
    if meeting.status == "SHARED" and command.recipients <= meeting.minutes_with:
        return ()
    check_attended(meeting, *command.recipients)
    check_may_have_minutes(meeting, facts, command.recipients, by)
    assert meeting.minutes is not None, "they were confirmed"
    return (MinutesShared(hash=meeting.minutes, recipients=command.recipients),)


def check_may_have_minutes(
    meeting: KnownMeeting, facts: Facts, agencies: frozenset[AgencyId], by: Context
) -> None:
    lacking = sorted(agency for agency in agencies if not may_have_minutes(meeting, facts, agency))
    if lacking and by.agency == meeting.convenor:
        raise NotEverybodyCovered(missing=[f"{agency}:MTG" for agency in lacking])
    if lacking:
        raise NotEverybodyCovered


def may_have_minutes(meeting: KnownMeeting, facts: Facts, agency: AgencyId) -> bool:
    """Who attended and still is invited; of a meeting about her, who is covered by her consent."""
    if agency not in meeting.attended & meeting.there:
        return False
    about = facts.about
    return about is None or (agency, "MTG") in about.covered
