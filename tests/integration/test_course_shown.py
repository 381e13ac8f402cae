"""How a case goes on, as it is shown in a view and in a list, on the real engine."""

from collections.abc import AsyncIterator
from typing import Final

import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.pages import CaseLine, CaseShown
from domain.case import AcceptCase, CloseCase, IdentifySubject, RecordAddress, ReopenCase
from domain.case.correcting import CorrectRecord
from domain.case.services import ChangeServiceStatus, LinkService, ServiceId
from domain.consent_ledger import WithdrawConsent
from domain.erasure import DecideErasure, RequestErasure
from domain.model import CaseId, ErasureRequestId, EventId, ReferralId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    SendReferral,
    WithdrawReferral,
)
from domain.trail.purges import RequestPurge
from services.sealing import persons_in
from tests.integration.viewers import Agency, House, a_house

IDENTIFY: Final = IdentifySubject(name="相川みさき")
CLOSE: Final = CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫です。")


@pytest_asyncio.fixture
async def house(database: PostgresAccess) -> AsyncIterator[House]:
    async with a_house(database) as house:
        yield house


@pytest_asyncio.fixture
async def city(house: House) -> Agency:
    return await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")


@pytest_asyncio.fixture
async def centre(house: House) -> Agency:
    return await house.agency("WOMENS_SUPPORT_CENTRE")


async def lines(agency: Agency) -> list[CaseLine]:
    await agency.house.lists_are_made()
    return [*(await agency.house.viewing.cases(agency.reader, most=10)).items]


async def under_way(city: Agency) -> CaseId:
    case = await city.opens()
    await city.says(AcceptCase(network_id=await city.house.network(city)), case)
    return case


async def taken_on(centre: Agency, by: Agency, case: CaseId) -> None:
    draft = DraftReferral(
        kind="SERVICE_LINK", to_agency=centre.id, purpose="SERVICE", urgency="LOW"
    )
    referral = ReferralId(await by.makes(draft, case))
    await by.says(SendReferral(referral_id=referral), case)
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    await centre.says(accept, case)
    await centre.says(ConfirmHandover(referral_id=referral, referrer_remains=True), case)


async def test_a_case_is_shown_as_far_as_it_has_come(city: Agency) -> None:
    case = await city.opens()
    seen = await city.sees(case)
    assert seen
    assert (seen.status, seen.stage, seen.closed_on) == ("CONTACT", "CONSULTATION", None)
    await city.says(CLOSE, case)
    seen, (line,) = await city.sees(case), await lines(city)
    assert seen
    assert (seen.status, line.status) == ("CLOSED", "CLOSED")
    assert seen.closed_on is not None
    await city.says(ReopenCase(reason="SUBJECTS_WISH", subject_wish="また困っています。"), case)
    (line,) = await lines(city)
    assert line.status == "CONTACT"


async def test_only_whoever_may_know_of_its_course_is_told_of_it(
    city: Agency, centre: Agency
) -> None:
    case = await under_way(city)
    await taken_on(centre, city, case)
    (line,) = await lines(centre)
    assert (line.status, line.stage) == (None, None)
    grant = await city.hears_consent(case, centre, "SVC")
    (line,) = await lines(centre)
    assert (line.status, line.stage) == ("ACTIVE", "CONSULTATION")
    await city.says(WithdrawConsent(grant_id=grant), case)
    (line,) = await lines(centre)
    assert (line.status, line.stage) == (None, None)


async def test_a_record_is_shown_as_it_was_put_right(city: Agency, centre: Agency) -> None:
    case = await under_way(city)
    await city.says(RecordAddress(kind="FORMER", address="緑野市若葉町1-2-3"), case)
    recorded = EventId((await city.timeline(case))[-1].id)
    await city.hears_consent(case, centre, "ADR")
    await taken_on(centre, city, case)
    correct = CorrectRecord(
        target_event_id=recorded,
        field="address",
        new_value="緑野市若葉町3-2-1",
        reason="聞き違い",
    )
    await city.says(correct, case)
    for agency in (city, centre):
        seen = await agency.sees(case)
        assert seen
        assert [each.address for each in seen.addresses] == ["緑野市若葉町3-2-1"]
    again = CorrectRecord(
        target_event_id=recorded, field="kind", new_value="REGISTERED", reason="聞き違い"
    )
    await city.says(again, case)
    seen = await city.sees(case)
    assert seen
    assert [(each.kind, each.address) for each in seen.addresses] == [
        ("REGISTERED", "緑野市若葉町3-2-1")
    ]


async def test_a_referral_is_shown_as_it_was_put_right(city: Agency, centre: Agency) -> None:
    case = await under_way(city)
    draft = DraftReferral(
        kind="SERVICE_LINK", to_agency=centre.id, purpose="SERVICE", urgency="LOW"
    )
    referral = ReferralId(await city.makes(draft, case))
    drafted = EventId((await city.timeline(case))[-1].id)
    correct = CorrectRecord(
        target_event_id=drafted, field="urgency", new_value="HIGH", reason="入力の誤り"
    )
    await city.says(correct, case)
    await city.house.lists_are_made()
    (line,) = (await city.house.viewing.referrals(city.reader, most=1)).items
    assert (line.status, line.urgency) == ("DRAFT", "HIGH")
    withdraw = WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH")
    await city.says(withdraw, case)
    await city.house.lists_are_made()
    (line,) = (await city.house.viewing.referrals(city.reader, most=1)).items
    assert line.status == "WITHDRAWN"


async def test_whoever_provides_something_has_the_case_in_its_list_as_long_as_it_does(
    city: Agency, house: House
) -> None:
    kitchen = await house.agency("PRIVATE_SUPPORT_ORGANISATION")
    case = await under_way(city)
    await city.hears_consent(case, kitchen, "SVC")
    assert await lines(kitchen) == []  # Consent alone makes nobody take part.
    link = LinkService(service_code="INTERPRETING", provider_agency=kitchen.id, status="IN_USE")
    service = ServiceId(await city.makes(link, case))
    (line,) = await lines(kitchen)
    assert line.case == house.aliases.alias(kitchen.id, case)
    await city.says(ChangeServiceStatus(service_id=service, status="ENDED"), case)
    assert await lines(kitchen) == []


async def test_a_case_that_is_no_longer_used_is_in_nobody_s_list_until_it_is_again(
    city: Agency, centre: Agency, house: House
) -> None:
    prefecture = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    case = await under_way(city)
    await city.says(IDENTIFY, case)
    grant = await city.hears_consent(case, centre, "IDN")
    await taken_on(centre, city, case)
    await city.says(WithdrawConsent(grant_id=grant), case)
    purge = RequestPurge(
        recipient=centre.id, covers=frozenset({"IDN"}), cause="WITHDRAWN", grant_id=grant
    )
    await city.says(purge, case)
    (woman,) = persons_in((await house.log.of_cases(case)).events[case])
    await city.says(CLOSE, case)
    request = RequestErasure(
        scope=frozenset({woman}), requester="SUBJECT", identity_check="ID_DOCUMENT"
    )
    asked = ErasureRequestId(await city.makes(request, case))
    restrict = DecideErasure(request_id=asked, decision="RESTRICT", grounds="RETENTION_RUNNING")
    await prefecture.says(restrict, case)
    for agency in (city, centre, prefecture):
        assert await lines(agency) == []
    for agency in (city, prefecture):
        assert await agency.sees(case) is None
    # Whoever was told something must still learn what to destroy, and learns nothing else.
    assert await centre.sees(case) == CaseShown(
        case=house.aliases.alias(centre.id, case), consents={grant: "WITHDRAWN"}
    )
    refuse = DecideErasure(request_id=asked, decision="REFUSE", grounds="LEGAL_HOLD")
    await prefecture.says(refuse, case)
    (line,) = await lines(city)
    assert line.status == "CLOSED"
