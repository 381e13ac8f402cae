"""What each agency reads of the meetings it is asked to, and that to others there are none."""

from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.envelope import AgencyShown
from contracts.meetings import (
    AllocationShown,
    CaseInMinutes,
    InviteeShown,
    MeetingLine,
)
from contracts.pages import Page
from domain.calendar import wareki
from domain.case import AcceptCase
from domain.consent_ledger import WithdrawConsent
from domain.grievance import ReceiveGrievance
from domain.meeting.commands import (
    AddInvitee,
    Attendee,
    ConfirmMinutes,
    ConveneMeeting,
    DeferReview,
    DraftMinutes,
    HoldMeeting,
    PlanMeeting,
    RemoveInvitee,
    SetAgenda,
    ShareMinutes,
)
from domain.meeting.events import AgendaItem
from domain.model import CaseId, MeetingId
from services.meetings import MinutesNotFound
from services.ports import Append, LaneName, Outcome, Read
from tests.integration.conferences import DOCUMENT, NAME, NEXT, Town, a_town
from tests.integration.viewers import Agency


@pytest_asyncio.fixture
async def town(database: PostgresAccess) -> AsyncIterator[Town]:
    async with a_town(database) as town:
        yield town


async def meetings_of(town: Town, agency: Agency) -> list[MeetingLine]:
    await town.house.lists_are_made()
    return [*(await town.registers.meetings.those_of(agency.reader, most=50)).items]


async def asked_to(town: Town, agency: Agency) -> list[MeetingId]:
    return [line.meeting for line in await meetings_of(town, agency)]


async def test_a_meeting_is_there_for_who_convenes_it_and_for_who_is_asked_once_it_is_convened(
    town: Town,
) -> None:
    await town.agrees(town.centre)
    planned = await town.plans(town.centre)
    assert await asked_to(town, town.city) == [planned]
    assert await asked_to(town, town.centre) == []
    convened = await town.convenes(town.centre)
    assert await asked_to(town, town.city) == [planned, convened]
    assert await asked_to(town, town.centre) == [convened]
    assert await asked_to(town, town.clinic) == []


async def test_a_line_says_what_meeting_it_is_and_by_which_name_the_case_goes(town: Town) -> None:
    await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    (line,) = await meetings_of(town, town.centre)
    assert line == MeetingLine(
        meeting=meeting,
        case=town.house.aliases.alias(town.centre.id, town.case),
        side="INVITEE",
        status="CONVENED",
        kind="INDIVIDUAL_CASE",
        network=town.network,
        convenor=AgencyShown(id=town.city.id),
        on=NEXT,
        wareki={"on": wareki(NEXT)},
    )


async def test_the_pack_holds_the_agenda_and_what_was_put_before_this_agency(town: Town) -> None:
    await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    await town.is_told_her_name(meeting, town.centre)
    await town.house.lists_are_made()
    pack = await town.registers.meetings.pack(town.centre.reader, meeting, most=50)
    assert pack is not None
    assert pack.agenda == (AgendaItem(type="CASE_SITUATION", text="現在の状況"),)
    assert pack.invitees == (InviteeShown(AgencyShown(id=town.centre.id), "MEMBER"),)
    (case,) = pack.cases.items
    assert (case.view.name, case.view.kana) == (NAME, None)
    assert [[*each.fields] for each in case.records] == [["name"]]
    own = await town.registers.meetings.pack(town.city.reader, meeting, most=50)
    assert own is not None
    (same,) = own.cases.items
    assert same.records == ()


async def test_what_she_takes_back_is_in_the_pack_no_longer(town: Town) -> None:
    grant = await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    await town.is_told_her_name(meeting, town.centre)
    await town.house.lists_are_made()
    pack = await town.registers.meetings.pack(town.centre.reader, meeting, most=50)
    assert pack is not None
    assert NAME in msgspec.json.encode(pack).decode()
    await town.city.says(WithdrawConsent(grant_id=grant), town.case)
    after = await town.registers.meetings.pack(town.centre.reader, meeting, most=50)
    assert NAME not in msgspec.json.encode(after).decode()


async def test_minutes_are_a_draft_for_the_convenor_and_for_the_others_once_shared(
    town: Town,
) -> None:
    await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    await town.meets(meeting, town.city, town.centre)
    read = town.registers.meetings.minutes
    for reader in (town.city.reader, town.centre.reader):
        with pytest.raises(MinutesNotFound):
            await read(reader, meeting, most=50)
    await town.writes_it_down(meeting)
    draft = await read(town.city.reader, meeting, most=50)
    assert draft is not None
    assert (draft.state, draft.text) == ("DRAFTED", "出席者全員で確認した。")
    with pytest.raises(MinutesNotFound):
        await read(town.centre.reader, meeting, most=50)
    await town.shares_it(meeting, town.city, town.centre)
    shared = await read(town.centre.reader, meeting, most=50)
    assert shared is not None
    assert (shared.state, shared.text) == ("SHARED", "出席者全員で確認した。")
    assert (shared.next_on, shared.wareki) == (NEXT, {"next_on": wareki(NEXT)})
    assert {each.agency.id for each in shared.attendees} == {town.city.id, town.centre.id}


async def test_minutes_hold_what_was_decided_about_her_and_who_does_what(town: Town) -> None:
    await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    await town.meets(meeting, town.city, town.centre)
    await town.writes_it_down(meeting)
    await town.shares_it(meeting, town.city, town.centre)
    await town.house.lists_are_made()
    minutes = await town.registers.meetings.minutes(town.centre.reader, meeting, most=50)
    assert minutes is not None
    (case,) = minutes.cases.items
    (decision,) = case.decisions
    assert (decision.kind, decision.text) == ("SUPPORT_POLICY", "週に一度、面談する。")
    assert case == CaseInMinutes(
        case=town.house.aliases.alias(town.centre.id, town.case),
        decisions=(decision,),
        roles=(AllocationShown(function="MAIN_SUPPORT", agency=AgencyShown(id=town.city.id)),),
    )


@pytest.mark.parametrize("whom", ["clinic", "leader"])
async def test_whoever_is_not_asked_finds_no_such_meeting(town: Town, whom: str) -> None:
    """Not even whoever operates the installation, and not in another way than of one never held."""
    await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    await town.meets(meeting, town.city, town.centre)
    await town.writes_it_down(meeting)
    reader = (town.clinic if whom == "clinic" else town.house.operator).reader
    await town.house.lists_are_made()
    for which in (meeting, MeetingId(uuid4())):
        assert await town.registers.meetings.pack(reader, which, most=50) is None
        assert await town.registers.meetings.minutes(reader, which, most=50) is None


async def test_whoever_is_left_out_again_finds_it_no_longer(town: Town) -> None:
    await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    assert await asked_to(town, town.centre) == [meeting]
    removed = RemoveInvitee(meeting_id=meeting, agency_id=town.centre.id)
    await town.city.says(removed, town.case)
    assert await asked_to(town, town.centre) == []
    assert await town.registers.meetings.pack(town.centre.reader, meeting, most=50) is None


async def test_whoever_came_finds_it_also_when_it_is_left_out_afterwards(town: Town) -> None:
    await town.agrees(town.centre)
    meeting = await town.convenes(town.centre)
    await town.meets(meeting, town.city, town.centre)
    removed = RemoveInvitee(meeting_id=meeting, agency_id=town.centre.id)
    await town.city.says(removed, town.case)
    assert await asked_to(town, town.centre) == [meeting]
    assert await town.registers.meetings.pack(town.centre.reader, meeting, most=50) is not None


# Of many cases, or of none


async def goes_through(town: Town, *cases: CaseId) -> MeetingId:
    """The city leads a practitioners' meeting to which the centre and the clinic come."""
    plan = PlanMeeting(kind="PRACTITIONERS", network_id=town.network, on=NEXT)
    meeting = MeetingId(await town.city.makes(plan))
    for each in (town.centre, town.clinic):
        await town.city.says(AddInvitee(meeting_id=meeting, agency_id=each.id))
    item = AgendaItem(type="CASE_FOLLOW_UP", text="全ケースの確認")
    await town.city.says(SetAgenda(meeting_id=meeting, items=(item,)))
    await town.city.says(ConveneMeeting(meeting_id=meeting))
    now = datetime.now(UTC)
    came = (town.city, town.centre, town.clinic)
    held = HoldMeeting(
        meeting_id=meeting,
        attendees=tuple(Attendee(agency_id=each.id, staff_id=each.staff) for each in came),
        started_at=now - timedelta(hours=2),
        ended_at=now - timedelta(hours=1),
    )
    await town.city.says(held)
    for case in cases:
        defer = DeferReview(meeting_id=meeting, reason="担当者が不在のため。")
        await town.city.says(defer, case)
    draft = DraftMinutes(meeting_id=meeting, text="全ケースを確認した。", hash=DOCUMENT)
    await town.city.says(draft)
    await town.city.says(ConfirmMinutes(meeting_id=meeting))
    share = ShareMinutes(meeting_id=meeting, recipients=frozenset(each.id for each in came))
    await town.city.says(share)
    return meeting


async def accepted(town: Town, case: CaseId) -> CaseId:
    await town.city.says(AcceptCase(network_id=town.network), case)
    return case


async def test_a_meeting_about_no_case_is_read_by_who_is_asked_with_its_agenda_and_minutes(
    town: Town,
) -> None:
    meeting = await goes_through(town)
    (line,) = await meetings_of(town, town.clinic)
    assert (line.meeting, line.kind, line.case) == (meeting, "PRACTITIONERS", None)
    pack = await town.registers.meetings.pack(town.clinic.reader, meeting, most=50)
    minutes = await town.registers.meetings.minutes(town.clinic.reader, meeting, most=50)
    assert pack is not None
    assert minutes is not None
    assert pack.agenda == (AgendaItem(type="CASE_FOLLOW_UP", text="全ケースの確認"),)
    assert (minutes.state, minutes.text) == ("SHARED", "全ケースを確認した。")
    assert await town.registers.meetings.pack(town.house.operator.reader, meeting, most=50) is None


async def test_whoever_is_left_out_of_it_while_they_read_is_told_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = PlanMeeting(kind="PRACTITIONERS", network_id=town.network, on=NEXT)
    meeting = MeetingId(await town.city.makes(plan))
    await town.city.says(AddInvitee(meeting_id=meeting, agency_id=town.centre.id))
    await town.city.says(ConveneMeeting(meeting_id=meeting))
    assert await town.registers.meetings.pack(town.centre.reader, meeting, most=50) is not None
    log, append, overtaken = town.house.log, town.house.log.append, town.house.log.overtaken
    left_out = [RemoveInvitee(meeting_id=meeting, agency_id=town.centre.id)]

    async def appended(asked: Append, lane: LaneName = "commands") -> Outcome:
        while lane == "disclosures" and left_out:
            await town.city.says(left_out.pop())
        return await append(asked, lane)

    async def read(reads: Sequence[Read]) -> AbstractSet[int]:
        while left_out:
            await town.city.says(left_out.pop())
        return await overtaken(reads)

    monkeypatch.setattr(log, "append", appended)
    monkeypatch.setattr(log, "overtaken", read)
    assert await town.registers.meetings.pack(town.centre.reader, meeting, most=50) is None
    assert not left_out


async def test_what_is_only_planned_is_nothing_yet_to_who_is_to_be_asked(town: Town) -> None:
    """Also where what kind of meeting it is to be is said to everybody."""
    plan = PlanMeeting(kind="REPRESENTATIVES", network_id=town.network, on=NEXT)
    meeting = MeetingId(await town.city.makes(plan))
    await town.city.says(AddInvitee(meeting_id=meeting, agency_id=town.centre.id))
    assert await town.registers.meetings.pack(town.city.reader, meeting, most=50) is not None
    assert await town.registers.meetings.pack(town.centre.reader, meeting, most=50) is None
    await town.city.says(ConveneMeeting(meeting_id=meeting))
    assert await town.registers.meetings.pack(town.centre.reader, meeting, most=50) is not None


async def test_of_a_case_that_was_gone_through_only_those_hear_who_may_see_it(town: Town) -> None:
    one = await accepted(town, town.case)
    other = await accepted(town, await town.city.opens())
    meeting = await goes_through(town, one, other)
    await town.house.lists_are_made()
    read = town.registers.meetings.minutes
    own, others = (
        await read(town.city.reader, meeting, most=50),
        await read(town.clinic.reader, meeting, most=50),
    )
    assert own is not None
    assert others is not None
    alias = town.house.aliases.alias
    assert [each.case for each in own.cases.items] == [
        alias(town.city.id, one),
        alias(town.city.id, other),
    ]
    assert [each.review and each.review.deferred_because for each in own.cases.items] == [
        "担当者が不在のため。"
    ] * 2
    assert others.cases == Page(())


async def test_the_cases_of_a_meeting_are_read_page_by_page(town: Town) -> None:
    cases = [await accepted(town, await town.city.opens()) for _ in range(5)]
    meeting = await goes_through(town, *cases)
    await town.house.lists_are_made()
    found: list[CaseInMinutes] = []
    after = None
    while True:
        page = await town.registers.meetings.minutes(town.city.reader, meeting, after=after, most=2)
        assert page is not None
        found += page.cases.items
        after = page.cases.next
        if after is None:
            break
    assert [each.case for each in found] == [
        town.house.aliases.alias(town.city.id, case) for case in cases
    ]


# Hidden is nonexistent


async def test_what_is_hidden_changes_nothing_of_what_is_answered(town: Town) -> None:
    """Not a byte of any page, nor where it ends; a cursor is another each time it is written."""

    async def answered() -> list[bytes]:
        await town.house.lists_are_made()
        told: list[bytes] = []
        after = None
        while True:
            page = await town.registers.meetings.those_of(town.centre.reader, after=after, most=1)
            told.append(msgspec.json.encode((page.items, page.next is None)))
            after = page.next
            if after is None:
                break
        for meeting in (first, second):
            pack = await town.registers.meetings.pack(town.centre.reader, meeting, most=1)
            told.append(msgspec.json.encode(pack))
        register = await town.registers.grievances.those_of(town.centre.reader, most=50)
        return [*told, msgspec.json.encode(register)]

    await town.agrees(town.centre)
    first = await town.convenes(town.centre)
    second = await town.convenes(town.centre)
    before = await answered()
    await town.agrees(town.clinic)
    hidden = await town.convenes(town.clinic)
    await town.is_told_her_name(hidden, town.clinic)
    await town.plans(town.centre)
    complaint = ReceiveGrievance(
        complainant="SUBJECT", about_agencies=frozenset({town.centre.id}), text="遅い。"
    )
    await town.city.says(complaint, town.case)
    await town.city.says(complaint)
    assert await answered() == before
