"""Conferring (個別ケース検討会議): those who help her meet about her, with her consent."""

from datetime import timedelta
from typing import Final

from domain.categories import CategoryCode
from domain.meeting.commands import (
    AcknowledgeDecision,
    AddInvitee,
    AllocateRole,
    Attendee,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DraftMinutes,
    HoldMeeting,
    PlanMeeting,
    ProvideInformation,
    RecordDecision,
    SetNextMeeting,
    ShareMinutes,
    TableCase,
)
from domain.meeting.events import DecisionId
from domain.model import MeetingId
from services.seeding import made_up
from services.seeding.acting import Someone
from services.seeding.agreeing import AT_A_TABLE, asked
from services.seeding.her import Her, Story
from services.seeding.land import Agency

NO_FILE: Final = "0" * 64
TOLD: Final[tuple[CategoryCode, ...]] = ("PLN", "IDN", "RSK", "SVC")


def met_about(her: Her) -> Story:
    others = sorted(
        {
            *her.chance.some((her.city.npo, her.city.welfare, her.city.school), 1, 2),
            her.region.centre,
        }
        - {her.agency}
    )
    everybody = frozenset({her.agency, *others})
    if asked(her, "INFORMATION", "CONFERENCE", everybody, AT_A_TABLE, yes=0.9) is None:
        return
    did = her.records(
        PlanMeeting(
            kind="INDIVIDUAL_CASE",
            network_id=her.city.network,
            on=her.in_days(7),
            trigger=her.chance.one(("COMBINED_SERVICES_NEEDED", "RISK_CHANGED")),
        )
    )
    if did is None or did.made is None:
        return
    meeting = MeetingId(did.made)
    her.meeting_stream(meeting)
    calls = her.worker
    for each in others:
        her.asks(calls, AddInvitee(meeting_id=meeting, agency_id=each.id))
    told = frozenset(her.chance.some(TOLD, 1, 3))
    her.asks(calls, TableCase(meeting_id=meeting, categories=told))
    if her.asks(calls, ConveneMeeting(meeting_id=meeting)) is None:
        return
    if "IDN" in her.items and "IDN" in told and her.agency == her.city.division:
        to = frozenset(each.id for each in others)
        her.asks(
            calls, ProvideInformation(meeting_id=meeting, items=(her.items["IDN"],), recipients=to)
        )
    yield 7 + her.chance.days(3)
    yield from _held(her, meeting, calls, others)


def _held(her: Her, meeting: MeetingId, calls: Someone, others: list[Agency]) -> Story:
    came = [calls, *(each.staff[0] for each in others)]
    hour = timedelta(hours=1)
    held = HoldMeeting(
        meeting_id=meeting,
        attendees=tuple(Attendee(agency_id=who.agency, staff_id=who.staff) for who in came),
        started_at=her.acting.at - 2 * hour,
        ended_at=her.acting.at - hour,
    )
    if her.asks(calls, held) is None:
        return
    role = AllocateRole(
        meeting_id=meeting, function="SERVICE_PROVIDER", agency_id=her.chance.one(others).id
    )
    her.asks(calls, role)
    decision = RecordDecision(
        meeting_id=meeting,
        kind="SUPPORT_POLICY",
        text=her.chance.one(made_up.DECISIONS),
        agreed=frozenset(who.agency for who in came),
        due=her.in_days(30),
    )
    decided = her.asks(calls, decision)
    her.asks(calls, SetNextMeeting(meeting_id=meeting, not_needed=True))
    yield her.chance.days(3)
    her.asks(calls, DraftMinutes(meeting_id=meeting, text="協議の記録", hash=NO_FILE))
    her.asks(calls, ConfirmMinutes(meeting_id=meeting))
    recipients = frozenset(who.agency for who in came) - {calls.agency}
    her.asks(calls, ShareMinutes(meeting_id=meeting, recipients=recipients))
    her.asks(calls, CloseMeeting(meeting_id=meeting))
    if decided and decided.made:
        done = AcknowledgeDecision(meeting_id=meeting, decision_id=DecisionId(decided.made))
        her.asks(came[-1], done)
