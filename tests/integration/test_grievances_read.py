"""The register of grievances, for those who have a part in one and for nobody it is about."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.grievances import GrievanceLine
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    GiveResponse,
    ReceiveGrievance,
    RecordFindings,
    ShareGrievance,
)
from domain.model import CaseId, GrievanceId
from tests.integration.conferences import Town, a_town
from tests.integration.viewers import Agency

SAID = "窓口で三度も同じ話をさせられました。"


@pytest_asyncio.fixture
async def town(database: PostgresAccess) -> AsyncIterator[Town]:
    async with a_town(database) as town:
        yield town


async def hears(town: Town, case: CaseId | None) -> GrievanceId:
    """The city hears of the clinic, and asks the centre to look into it."""
    about = ReceiveGrievance(
        complainant="SUBJECT", about_agencies=frozenset({town.clinic.id}), text=SAID
    )
    grievance = GrievanceId(await town.city.makes(about, case))
    await town.city.says(AcknowledgeGrievance(grievance_id=grievance), case)
    return grievance


async def hands_on(town: Town, grievance: GrievanceId, case: CaseId | None) -> None:
    assign = AssignHandler(grievance_id=grievance, handler=town.centre.id)
    await town.city.says(assign, case)


async def register_of(town: Town, agency: Agency) -> list[GrievanceLine]:
    await town.house.lists_are_made()
    return [*(await town.registers.grievances.those_of(agency.reader, most=50)).items]


@pytest.mark.parametrize("of_a_case", [True, False])
async def test_a_grievance_is_in_the_register_of_who_heard_it_and_of_who_handles_it(
    town: Town, *, of_a_case: bool
) -> None:
    case = town.case if of_a_case else None
    grievance = await hears(town, case)
    (heard,) = await register_of(town, town.city)
    assert (heard.grievance, heard.part, heard.status) == (grievance, "IN_CHARGE", "ACKNOWLEDGED")
    assert (heard.text, heard.complainant) == (SAID, "SUBJECT")
    assert (heard.case is not None) == of_a_case
    assert heard.acknowledge_by is None, "that is done"
    assert heard.received_on is not None
    assert heard.answer_by == heard.received_on + timedelta(days=30)
    assert await register_of(town, town.centre) == []
    await hands_on(town, grievance, case)
    (handled,) = await register_of(town, town.centre)
    assert (handled.part, handled.text, handled.handler) == (
        "HANDLER",
        SAID,
        (await register_of(town, town.city))[0].handler,
    )


@pytest.mark.parametrize("of_a_case", [True, False])
async def test_whoever_it_is_about_finds_none(town: Town, *, of_a_case: bool) -> None:
    case = town.case if of_a_case else None
    grievance = await hears(town, case)
    await hands_on(town, grievance, case)
    answered = GiveResponse(grievance_id=grievance, response="同じ話を聞かない手順に改めました。")
    await town.centre.says(answered, case)
    assert await register_of(town, town.clinic) == []
    assert await register_of(town, town.house.operator) == []


@pytest.mark.parametrize("of_a_case", [True, False])
async def test_the_member_of_staff_whom_it_is_about_finds_none(
    town: Town, *, of_a_case: bool
) -> None:
    staff = town.city.reader.staff
    about = ReceiveGrievance(complainant="SUBJECT", about_staff=frozenset({staff}), text=SAID)
    await town.centre.makes(about, town.case if of_a_case else None)
    assert await register_of(town, town.centre) != []
    told = ReceiveGrievance(complainant="SUBJECT", about_staff=frozenset({staff}), text=SAID)
    await town.city.makes(told, town.case if of_a_case else None)
    assert await register_of(town, town.city) == []


async def test_once_it_is_answered_nothing_is_due_any_more(town: Town) -> None:
    grievance = await hears(town, town.case)
    await hands_on(town, grievance, town.case)
    answered = GiveResponse(grievance_id=grievance, response="同じ話を聞かない手順に改めました。")
    await town.centre.says(answered, town.case)
    (line,) = await register_of(town, town.centre)
    assert (line.status, line.answer_by) == ("ANSWERED", None)
    assert line.answered_on is not None


async def test_with_whom_a_summary_was_shared_has_that_and_not_what_was_said(town: Town) -> None:
    grievance = await hears(town, None)
    await hands_on(town, grievance, None)
    school = await town.house.agency("SCHOOL")
    shared = ShareGrievance(
        grievance_id=grievance,
        shared_with=frozenset({school.id}),
        extent="SUMMARY",
        complainant_agrees=False,
        summary="窓口での聞き取りの重複について。",
    )
    await town.centre.says(shared)
    (line,) = await register_of(town, school)
    assert (line.part, line.summary, line.text) == (
        "SHARED",
        "窓口での聞き取りの重複について。",
        None,
    )


async def test_whoever_handles_it_no_longer_has_no_part_in_it(town: Town) -> None:
    """What it recorded itself stays its own; in its register it has nothing more to look after."""
    grievance = await hears(town, None)
    await hands_on(town, grievance, None)
    await town.centre.says(RecordFindings(grievance_id=grievance, findings="重複があった。"))
    school = await town.house.agency("SCHOOL")
    await town.city.says(AssignHandler(grievance_id=grievance, handler=school.id))
    assert await register_of(town, town.centre) == []
    assert [line.part for line in await register_of(town, school)] == ["HANDLER"]
