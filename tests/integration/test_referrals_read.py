"""The board of referrals: what is open, who has yet to answer, and how long it took."""

from collections.abc import AsyncIterator

import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.pages import ReferralLine
from domain.exclusions import SetExclusion
from domain.model import CaseId, ReferralId
from domain.referral import (
    AcceptReferral,
    DeclineReferral,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from services.referrals import lead_times
from tests.integration.viewers import Agency, House, a_house


@pytest_asyncio.fixture
async def house(database: PostgresAccess) -> AsyncIterator[House]:
    async with a_house(database) as house:
        yield house


async def refers(sender: Agency, receiver: Agency, case: CaseId) -> ReferralId:
    draft = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=receiver.id,
        purpose="PROTECTION",
        urgency="HIGH",
    )
    referral = ReferralId(await sender.makes(draft, case))
    await sender.says(SendReferral(referral_id=referral), case)
    return referral


async def board(agency: Agency, *, is_open: bool = False) -> list[ReferralLine]:
    await agency.house.lists_are_made()
    viewing = agency.house.viewing
    return [*(await viewing.referrals(agency.reader, is_open=is_open, most=50)).items]


async def on_board(agency: Agency, *, is_open: bool = False) -> list[ReferralId]:
    return [line.referral for line in await board(agency, is_open=is_open)]


async def test_what_has_ended_is_open_to_neither_side(house: House) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    case = await city.opens()
    ended, going_on = await refers(city, centre, case), await refers(city, centre, case)
    declined = DeclineReferral(referral_id=ended, reason="NO_CAPACITY")
    await centre.says(declined, case)
    for agency in (city, centre):
        assert await on_board(agency) == [ended, going_on]
        assert await on_board(agency, is_open=True) == [going_on]


async def test_to_whom_she_has_shut_out_it_stays_open_as_everything_else_stays_untold(
    house: House,
) -> None:
    """That it is no longer among the open ones would tell that somebody has answered."""
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    case = await city.opens()
    referral = await refers(city, centre, case)
    await city.says(SetExclusion(agency_id=city.id), case)
    before = await board(city), await board(city, is_open=True)
    declined = DeclineReferral(referral_id=referral, reason="NO_CAPACITY")
    await centre.says(declined, case)
    assert (await board(city), await board(city, is_open=True)) == before
    assert await on_board(city, is_open=True) == [referral]


async def test_it_is_unanswered_until_somebody_says_yes_or_no(house: House) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    case = await city.opens()
    referral = await refers(city, centre, case)
    await centre.says(ReceiveReferral(referral_id=referral), case)
    (waiting,) = await board(city)
    assert waiting.unanswered_since == waiting.sent_at
    assert waiting.answer_due is not None
    (theirs,) = await board(centre)
    assert theirs.answer_due is None, "it would tell how urgent the sender holds it to be"
    await centre.says(AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT"), case)
    (answered,) = await board(city)
    assert answered.unanswered_since is None
    assert answered.sent_at is not None
    assert answered.answered_at is not None
    assert answered.lead_times.to_answer == answered.answered_at - answered.sent_at


async def test_lead_times_are_summed_up_over_what_one_may_see_alone(house: House) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    clinic = await house.agency("MEDICAL_INSTITUTION")
    case = await city.opens()
    referral = await refers(city, centre, case)
    await centre.says(AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT"), case)
    await refers(city, centre, await city.opens())
    await house.lists_are_made()
    summary = await lead_times(house.viewing, city.reader, most=50)
    assert (summary.referrals, summary.open, summary.unanswered) == (2, 2, 1)
    assert summary.to_answer is not None
    assert summary.to_answer.count == 1
    assert summary.to_answer.total == summary.to_answer.longest
    nothing = await lead_times(house.viewing, clinic.reader, most=50)
    assert (nothing.referrals, nothing.to_answer) == (0, None)
