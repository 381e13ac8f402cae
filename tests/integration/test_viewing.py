"""What each agency sees of one case, step by step, on the real engine."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, get_args
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.envelope import DETAILS, AgencyShown, Envelope
from contracts.pages import CaseChange, Page
from domain.agency import (
    AgencyIsSuspended,
    EnrolStaff,
    PledgeNotSigned,
    RestoreAgency,
    StaffNotEnrolled,
    StartCommissionContract,
    SuspendAgency,
)
from domain.agency_codes import Criterion
from domain.calendar import date_in_japan, wareki
from domain.case import (
    AcceptCase,
    AssignRole,
    CorrectSubjectDetails,
    EndRole,
    IdentifySubject,
    RecordAddress,
    RecordConsultation,
    RecordNote,
    SetContactMethod,
)
from domain.catalogue import EVENTS
from domain.codes import ReferralKind
from domain.consent_ledger import WithdrawConsent
from domain.fields import cut_of
from domain.model import ERASED, CaseId, ReferralId, StaffId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from projections.case_activity import CASE_ACTIVITY
from services.aliases import CursorNotValid
from services.looking import Reader
from services.sealing import header_of, persons_in
from tests.integration.viewers import Agency, House, a_house

CONSULT: Final = RecordConsultation(
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    age_band="30S",
    language="ja",
    sexual_harm_flag=False,
    summary="夫の暴力が続いている。",
)
NAME: Final = "相川みさき"
IDENTIFY: Final = IdentifySubject(name=NAME, kana="アイカワ ミサ")
CONTACT: Final = SetContactMethod(means="PHONE", value="090-0000-0000", safe_times="昼休み")
ADDRESS: Final = RecordAddress(kind="REGISTERED", address="青葉県緑野市若葉町1-2-3")
NOTE: Final = RecordNote(declared_category="ECO", text="給与の振込先を変えたい。")


@pytest_asyncio.fixture
async def house(database: PostgresAccess) -> AsyncIterator[House]:
    async with a_house(database) as house:
        yield house


class Town(NamedTuple):
    city: Agency
    centre: Agency
    shelter: Agency
    police: Agency


@pytest_asyncio.fixture
async def town(house: House) -> Town:
    return Town(
        await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION"),
        await house.agency("WOMENS_SUPPORT_CENTRE"),
        await house.agency("PRIVATE_SHELTER"),
        await house.agency("POLICE"),
    )


async def refers(
    sender: Agency,
    receiver: Agency,
    case: CaseId,
    kind: ReferralKind = "TEMPORARY_PROTECTION_REQUEST",
) -> ReferralId:
    referral = ReferralId(await drafts(sender, receiver, case, kind))
    await sender.says(SendReferral(referral_id=referral), case)
    return referral


async def drafts(
    sender: Agency,
    receiver: Agency,
    case: CaseId,
    kind: ReferralKind = "TEMPORARY_PROTECTION_REQUEST",
) -> UUID:
    return await sender.makes(
        DraftReferral(
            kind=kind,
            to_agency=receiver.id,
            purpose="PROTECTION",
            urgency="HIGH",
        ),
        case,
    )


async def takes(receiver: Agency, referral: ReferralId, case: CaseId) -> None:
    await receiver.says(ReceiveReferral(referral_id=referral), case)
    await receiver.says(AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT"), case)


async def cells(agency: Agency, case: CaseId) -> str:
    """Of the records of the case: which categories it sees of its own (o), and of others' (●)."""
    stored = (await agency.house.log.of_cases(case)).events[case]
    headers = {header.id: header for header in map(header_of, stored)}
    own: set[str] = set()
    others: set[str] = set()
    for envelope in await agency.timeline(case):
        header = headers[envelope.id]
        if header.type.startswith("case."):
            cut = cut_of(EVENTS.types[header.type])
            seen = {f.category.code for f in (*cut.clear, *cut.sealed) if f.name in envelope.fields}
            (own if header.agency == agency.id else others).update(seen)
    marks = [*(f"o{code}" for code in own - {"ENV"}), *(f"●{code}" for code in others - {"ENV"})]
    return " ".join(sorted(marks))


# The story of one case


async def test_city_centre_and_an_uninvolved_agency_at_each_step(town: Town) -> None:
    city, centre, _, police = town
    case = await city.opens()
    accept = AcceptCase(network_id=await city.house.network(city))
    for command in (CONSULT, IDENTIFY, CONTACT, ADDRESS, NOTE, accept):
        await city.says(command, case)
    own = "oACC oADR oCNT oIDN oNAR oPRB oSVC oSXH"

    async def everybody() -> list[str]:
        return [await cells(each, case) for each in (city, centre, police)]

    assert await everybody() == [own, "", ""]

    grant = await city.hears_consent(case, centre, "IDN", "CNT", "PRB", "SVC", history="SNAPSHOT")
    assert await everybody() == [own, "", ""]  # Consent alone opens nothing.

    referral = await refers(city, centre, case)
    assert await everybody() == [own, "", ""]  # It is asked, and has not answered yet.

    await takes(centre, referral, case)
    shared = "●CNT ●IDN ●PRB ●SVC"
    assert await everybody() == [own, f"oSVC {shared}", ""]

    await centre.says(ConfirmHandover(referral_id=referral, referrer_remains=True), case)
    assert await everybody() == [own, f"oSVC {shared}", ""]

    await centre.says(CONSULT, case)
    mine = "oACC oNAR oPRB oSVC oSXH"
    assert await everybody() == [own, f"{mine} {shared}", ""]

    back = await centre.hears_consent(case, city, "PRB", history="NONE")
    await centre.says(CONSULT, case)
    assert await everybody() == [f"{own} ●PRB", f"{mine} {shared}", ""]

    await city.says(WithdrawConsent(grant_id=grant), case)
    assert await everybody() == [f"{own} ●PRB", mine, ""]

    await centre.says(WithdrawConsent(grant_id=back), case)
    assert await everybody() == [own, mine, ""]


async def test_a_case_as_it_stands_for_the_centre_that_took_her_on(town: Town) -> None:
    city, centre, *_ = town
    case = await city.opens()
    for command in (CONSULT, IDENTIFY, CONTACT, ADDRESS, NOTE):
        await city.says(command, case)
    correct = CorrectSubjectDetails(kana="アイカワ ミサキ", correction_reason="聞き取りの誤り")
    await city.says(correct, case)
    await city.hears_consent(case, centre, "IDN", "PRB", history="SNAPSHOT")
    await takes(centre, await refers(city, centre, case), case)
    seen = await centre.sees(case)
    assert seen is not None
    assert (seen.name, seen.kana, seen.problems) == (NAME, "アイカワ ミサキ", ("SPOUSE_VIOLENCE",))
    assert (seen.contact, seen.addresses, seen.notes, seen.opened_by) == (None, (), (), None)


async def test_what_was_never_sealed_is_hidden_from_a_view_as_well(
    house: House, town: Town
) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await city.says(AcceptCase(network_id=await city.house.network(city)), case)
    await city.hears_consent(case, centre, "SVC")
    await takes(centre, await refers(city, centre, case), case)
    await house.lists_are_made()
    seen = await centre.sees(case)
    (line,) = (await house.viewing.cases(centre.reader, most=1)).items
    for shown in (seen, line):
        assert shown is not None
        assert shown.main_responsible == AgencyShown(id=city.id)
        assert shown.accepted_on is not None
        assert shown.wareki == {"accepted_on": wareki(shown.accepted_on)}
        assert shown.number is None  # That is for the agency that answers for her.


async def test_in_a_snapshot_a_name_that_was_corrected_is_gone(town: Town) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await city.says(CorrectSubjectDetails(name="相沢", correction_reason="本人の希望"), case)
    await city.hears_consent(case, centre, "IDN", history="SNAPSHOT")
    await takes(centre, await refers(city, centre, case), case)
    told = b"".join(map(msgspec.json.encode, await centre.timeline(case))).decode()
    assert "相沢" in told
    assert "アイカワ ミサ" in told
    assert NAME not in told


async def test_the_receiver_sees_that_it_is_asked_and_nothing_else(town: Town) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await city.hears_consent(case, centre, "IDN", "PLN", "RSK", "SVC")
    referral = ReferralId(await drafts(city, centre, case))
    assert await centre.sees(case) is None
    await city.says(SendReferral(referral_id=referral), case)
    assert await centre.sees(case) is not None
    drafted, sent = await centre.timeline(case)
    assert (drafted.type, sent.type) == ("referral.drafted.v1", "referral.sent.v1")
    assert drafted.fields == {
        "case_id": raw(str(drafted.case)),
        "referral_id": raw(str(referral)),
        "kind": raw("TEMPORARY_PROTECTION_REQUEST"),
        "from_agency": raw({"id": str(city.id)}),
        "to_agency": raw({"id": str(centre.id)}),
        "requested_service": raw(None),
        "based_on": raw(None),
    }
    assert {basis.rule for basis in drafted.bases.values()} == {"PARTY"}


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


# What never leaves


async def test_in_no_answer_to_the_city_is_there_a_byte_of_the_shelter(town: Town) -> None:
    city, centre, shelter, _ = town
    case = await city.opens()
    await city.says(AcceptCase(network_id=await city.house.network(city)), case)
    await city.hears_consent(case, centre, "IDN", "SVC", "PRB", history="FULL")
    first = await refers(city, centre, case)
    await takes(centre, first, case)
    await centre.says(ConfirmHandover(referral_id=first, referrer_remains=True), case)
    for grant in ("SVC", "PLN", "PRB", "RSK", "IDN"):
        await centre.hears_consent(case, city, grant)
    second = await refers(centre, shelter, case, "CASE_TRANSFER")
    await takes(shelter, second, case)
    await shelter.says(CONSULT, case)
    await shelter.says(ConfirmHandover(referral_id=second, referrer_remains=True), case)
    await city.house.lists_are_made()

    told = await everything_told_to(city, case)
    assert str(shelter.id) not in told
    assert str(shelter.staff) not in told
    assert '{"kind":"PRIVATE_SHELTER"}' in told
    seen = await city.sees(case)
    assert seen is not None
    assert seen.main_responsible == AgencyShown(kind="PRIVATE_SHELTER")
    told = await everything_told_to(centre, case)
    assert str(shelter.staff) not in told


async def test_from_its_contract_on_nobody_hears_of_whoever_protects_women(house: House) -> None:
    """Whoever has read her case before reads of it as of today, and not as it was then."""
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE", role="CENTRE_DIRECTOR")
    ayumi = await house.agency("PRIVATE_SUPPORT_ORGANISATION")
    case = await city.opens()
    await city.says(AcceptCase(network_id=await house.network(city)), case)
    await city.hears_consent(case, centre, "IDN", "SVC", "PRB")
    first = await refers(city, centre, case)
    await takes(centre, first, case)
    await centre.says(ConfirmHandover(referral_id=first, referrer_remains=True), case)
    await centre.hears_consent(case, city, "SVC")
    second = await refers(centre, ayumi, case, "CASE_TRANSFER")
    await takes(ayumi, second, case)
    await ayumi.says(ConfirmHandover(referral_id=second, referrer_remains=True), case)
    seen = await city.sees(case)
    assert seen is not None
    assert seen.main_responsible == AgencyShown(id=ayumi.id)
    today = date_in_japan(datetime.now(UTC))
    await centre.says(
        StartCommissionContract(
            agency_id=ayumi.id,
            valid_from=today,
            valid_until=today + timedelta(days=30),
            criteria_check=frozenset(get_args(Criterion)),
        )
    )
    seen = await city.sees(case)
    assert seen is not None
    assert seen.main_responsible == AgencyShown(kind="PRIVATE_SUPPORT_ORGANISATION")
    assert str(ayumi.id) not in await everything_told_to(city, case)


async def test_no_case_id_no_stream_and_no_position_is_in_any_answer(town: Town) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await city.hears_consent(case, centre, "IDN", "SVC")
    await takes(centre, await refers(city, centre, case), case)
    await city.house.lists_are_made()
    stored = (await city.house.log.of_cases(case)).events[case]
    for agency in (city, centre):
        told = await everything_told_to(agency, case)
        assert str(case) not in told
        assert not any(str(event.stream) in told for event in stored)
        assert not {"position", "version", "stream", "correlation"} & names_in(told)


async def everything_told_to(agency: Agency, case: CaseId) -> str:
    viewing, reader = agency.house.viewing, agency.reader
    answers = (
        await viewing.case(reader, case),
        await viewing.timeline(reader, case, most=1),
        await viewing.timeline(reader, case, most=1000),
        await viewing.timeline(reader, case, as_of=datetime.now(UTC), most=1000),
        await viewing.cases(reader, most=1000),
        await viewing.referrals(reader, most=1000),
    )
    return msgspec.json.encode(answers).decode()


def names_in(text: str) -> set[str]:
    return set(re.findall(r'"(\w+)":', text))


async def test_what_may_not_be_told_goes_by_the_neutral_name(town: Town) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await city.says(CONSULT, case)
    await city.hears_consent(case, centre, "ACC")
    await takes(centre, await refers(city, centre, case), case)
    (consulted,) = [each for each in await centre.timeline(case) if each.type == DETAILS]
    assert consulted.fields == {"language": raw("ja")}


async def test_a_case_that_is_hidden_is_as_one_that_is_not_there(town: Town) -> None:
    city, _, _, police = town
    case = await city.opens()
    await city.says(IDENTIFY, case)
    for unseen in (case, CaseId(uuid4())):
        assert await police.sees(unseen) is None
        for as_of in (None, datetime.now(UTC)):
            viewing = police.house.viewing
            assert await viewing.timeline(police.reader, unseen, as_of=as_of, most=9) is None


async def test_nobody_reads_without_enrolment_pledge_and_good_standing(
    house: House, town: Town
) -> None:
    city = town.city
    case = await city.opens()
    nobody = Reader(agency=city.id, staff=StaffId(uuid4()), role=city.role)
    other_role = msgspec.structs.replace(city.reader, role="REPRESENTATIVE")
    for reader in (nobody, other_role):
        for ask in asks(house, reader, case):
            with pytest.raises(StaffNotEnrolled):
                await ask
    enrol = EnrolStaff(agency_id=city.id, role="CASEWORKER")
    newcomer = StaffId(await house.operator.makes(enrol))
    for ask in asks(house, msgspec.structs.replace(city.reader, staff=newcomer), case):
        with pytest.raises(PledgeNotSigned):
            await ask
    await house.operator.says(SuspendAgency(agency_id=city.id))
    for ask in asks(house, city.reader, case):
        with pytest.raises(AgencyIsSuspended):
            await ask


def asks(house: House, reader: Reader, case: CaseId) -> tuple[Awaitable[object], ...]:
    viewing = house.viewing
    return (
        viewing.case(reader, case),
        viewing.timeline(reader, case, most=1),
        viewing.cases(reader, most=1),
        viewing.referrals(reader, most=1),
        anext(viewing.changes(reader)),
    )


async def test_what_was_erased_is_shown_as_erased(house: House, town: Town) -> None:
    city = town.city
    case = await city.opens()
    await city.says(IDENTIFY, case)
    (woman,) = persons_in((await house.log.of_cases(case)).events[case])
    await house.keyring.destroy(woman, "by her wish")
    seen = await city.sees(case)
    assert seen is not None
    assert (seen.name, seen.kana) == (ERASED, ERASED)
    (_, identified) = await city.timeline(case)
    assert identified.fields["name"] == raw({"withheld": "erased"})


# The timeline


async def test_a_timeline_comes_in_pages_that_hidden_events_do_not_shorten(town: Town) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await city.hears_consent(case, centre, "PRB")
    await takes(centre, await refers(city, centre, case), case)
    for n in range(12):
        await city.says(CONSULT if n % 3 == 0 else NOTE, case)
    whole = await centre.timeline(case)
    pages = [page async for page in turned(centre, case, most=3)]
    assert [len(page.items) for page in pages] == [3, 3, 3]
    assert [each for page in pages for each in page.items] == whole
    assert len(whole) == 9  # Five of the referral and her part in it, and four consultations.


async def test_a_page_that_holds_the_last_there_is_leads_nowhere(town: Town) -> None:
    case = await town.city.opens()
    await town.city.says(CONSULT, case)
    viewing = town.city.house.viewing
    for most in (2, 3):
        page = await viewing.timeline(town.city.reader, case, most=most)
        assert page is not None
        assert page.next is None


async def turned(agency: Agency, case: CaseId, most: int) -> AsyncIterator[Page[Envelope]]:
    after = None
    while True:
        page = await agency.house.viewing.timeline(agency.reader, case, after=after, most=most)
        assert page is not None
        yield page
        if (after := page.next) is None:
            return


async def test_a_cursor_leads_on_only_where_it_came_from(town: Town) -> None:
    city, centre, *_ = town
    cases = [await city.opens() for _ in range(2)]
    for case in cases:
        await city.says(CONSULT, case)
    viewing = city.house.viewing
    page = await viewing.timeline(city.reader, cases[0], most=1)
    assert page is not None
    assert page.next is not None
    for reader, case, as_of in (
        (centre.reader, cases[0], None),
        (city.reader, cases[1], None),
        (city.reader, cases[0], datetime.now(UTC)),
    ):
        with pytest.raises(CursorNotValid):
            await viewing.timeline(reader, case, as_of=as_of, after=page.next, most=1)
    with pytest.raises(CursorNotValid):
        await viewing.cases(city.reader, after=page.next, most=1)


async def test_as_of_then_it_says_what_could_be_seen_and_opens_what_may_be_now(town: Town) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await city.hears_consent(case, centre, "PRB")
    grant = await city.hears_consent(case, centre, "IDN")
    before = datetime.now(UTC)
    await takes(centre, await refers(city, centre, case), case)
    taking_part = datetime.now(UTC)
    await city.says(WithdrawConsent(grant_id=grant), case)
    await city.says(CONSULT, case)

    assert of_types(await centre.timeline(case, before)) == []
    then = await centre.timeline(case, taking_part)
    (identified,) = [each for each in then if each.type == "case.subject_identified.v1"]
    assert identified.fields["name"] == raw({"withheld": "closed"})
    assert identified.bases["name"].grant == grant
    assert identified.agency == AgencyShown(kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    assert "case.consultation_recorded.v1" not in of_types(then)
    assert "case.subject_identified.v1" not in of_types(await centre.timeline(case))
    assert NAME not in msgspec.json.encode(then).decode()


def of_types(timeline: Iterable[Envelope]) -> list[str]:
    return [each.type for each in timeline]


async def test_as_of_a_time_when_the_agency_was_suspended_it_could_see_nothing(
    house: House, town: Town
) -> None:
    case = await town.city.opens()
    await house.operator.says(SuspendAgency(agency_id=town.city.id))
    suspended = datetime.now(UTC)
    await house.operator.says(RestoreAgency(agency_id=town.city.id))
    assert await town.city.timeline(case, suspended) == []
    assert of_types(await town.city.timeline(case, datetime.now(UTC))) == ["case.opened.v1"]


# Lists


async def test_the_case_list_holds_what_it_takes_part_in_as_it_may_see_it(
    house: House, town: Town
) -> None:
    city, centre, _, police = town
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await city.hears_consent(case, centre, "IDN")
    referral = await refers(city, centre, case)
    await house.lists_are_made()
    assert await listed(centre) == []
    await takes(centre, referral, case)
    await house.lists_are_made()
    assert await listed(city) == [(house.aliases.alias(city.id, case), NAME)]
    assert await listed(centre) == [(house.aliases.alias(centre.id, case), NAME)]
    assert await listed(police) == []
    await centre.says(EndRole(function="MAIN_SUPPORT", agency_id=centre.id), case)
    assert await listed(centre) == []


async def listed(agency: Agency) -> list[tuple[UUID, object]]:
    page = await agency.house.viewing.cases(agency.reader, most=1000)
    return [(line.case, line.name) for line in page.items]


async def test_hidden_rows_do_not_shorten_the_pages_of_a_list_and_none_comes_twice(
    house: House, town: Town
) -> None:
    city, centre, *_ = town
    opened = await asyncio.gather(*(city.opens() for _ in range(60)))
    for nth, case in enumerate(opened):
        if nth % 4 == 0:
            await takes(centre, await refers(city, centre, case), case)
        if nth % 8 == 0:
            role = EndRole(function="MAIN_SUPPORT", agency_id=centre.id)
            await centre.says(role, case)
    await house.lists_are_made()
    stays = {house.aliases.alias(centre.id, opened[nth]) for nth in range(60) if nth % 8 == 4}
    after, seen, sizes = None, list[UUID](), list[int]()
    while True:
        page = await house.viewing.cases(centre.reader, after=after, most=2)
        seen += [line.case for line in page.items]
        sizes.append(len(page.items))
        await city.opens()  # While the pages are turned.
        if (after := page.next) is None:
            break
    assert sizes == [2, 2, 2, 1]
    assert sorted(seen) == sorted(stays)


async def test_the_board_shows_both_sides_the_receiver_from_the_sending_on(
    house: House, town: Town
) -> None:
    city, centre, _, police = town
    case = await city.opens()
    referral = ReferralId(await drafts(city, centre, case))
    await house.lists_are_made()
    assert await board(city) == [(referral, "SENDER", "DRAFT", "HIGH")]
    assert await board(centre) == []
    await city.says(SendReferral(referral_id=referral), case)
    await house.lists_are_made()
    assert await board(city) == [(referral, "SENDER", "SENT", "HIGH")]
    assert await board(centre) == [(referral, "RECEIVER", "SENT", None)]
    await city.hears_consent(case, centre, "RSK")
    await takes(centre, referral, case)
    await house.lists_are_made()
    assert await board(centre) == [(referral, "RECEIVER", "ACCEPTED", "HIGH")]
    assert await board(police) == []


async def board(agency: Agency) -> list[tuple[UUID, str, str, object]]:
    page = await agency.house.viewing.referrals(agency.reader, most=1000)
    return [(line.referral, line.side, line.status, line.urgency) for line in page.items]


# The own list as it changes


async def test_an_agency_is_told_what_changes_in_its_list_and_nothing_else(
    house: House, town: Town
) -> None:
    city, centre, *_ = town
    case = await city.opens()
    await house.lists_are_made()
    changes = house.viewing.changes(centre.reader)
    assert await anext(changes) is None

    await city.says(IDENTIFY, case)
    grant = await city.hears_consent(case, centre, "IDN")
    await city.opens()
    await takes(centre, await refers(city, centre, case), case)
    await house.lists_are_made()
    came = await changed(changes)
    alias = house.aliases.alias(centre.id, case)
    assert came.line is not None
    assert (came.case, came.line.name) == (alias, NAME)

    await city.says(NOTE, case)
    another = house.aliases.alias(centre.id, await centre.opens())
    await house.lists_are_made()
    assert (await changed(changes)).case == another

    await city.says(CorrectSubjectDetails(name="相沢", correction_reason="誤り"), case)
    await house.lists_are_made()
    renamed = await changed(changes)
    assert renamed.line is not None
    assert renamed.line.name == "相沢"

    await city.says(WithdrawConsent(grant_id=grant), case)
    await house.lists_are_made()
    nameless = await changed(changes)
    assert nameless.line is not None
    assert nameless.line.name is None

    await centre.says(EndRole(function="MAIN_SUPPORT", agency_id=centre.id), case)
    await house.lists_are_made()
    gone = await changed(changes)
    assert (gone.case, gone.line) == (alias, None)


async def test_no_change_is_lost_where_one_list_is_behind_the_other(
    house: House, town: Town
) -> None:
    city, centre, *_ = town
    new, known = await city.opens(), await centre.opens()
    referral = await refers(city, centre, new)
    await house.lists_are_made()
    before = await house.candidates.reached()
    await takes(centre, referral, new)
    await centre.says(NOTE, known)
    await house.lists_are_made(CASE_ACTIVITY)
    assert await house.candidates.changed_cases(centre.id, before, 9) == []
    await house.lists_are_made()
    moved = await house.candidates.changed_cases(centre.id, before, 9)
    assert [each.case_id for each in moved] == [new, known]


async def changed(changes: AsyncIterator[CaseChange | None]) -> CaseChange:
    async with asyncio.timeout(20):
        async for change in changes:
            if change is not None:
                return change
    raise AssertionError


class Clock:
    """The time of day, and so far ahead."""

    ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def test_what_ended_by_the_clock_is_told_with_the_next_that_happens(
    database: PostgresAccess,
) -> None:
    clock = Clock()
    async with a_house(database, clock) as house:
        city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
        centre = await house.agency("WOMENS_SUPPORT_CENTRE")
        case = await city.opens()
        await city.says(IDENTIFY, case)
        today = date_in_japan(clock.now())
        await city.hears_consent(case, centre, "IDN", valid_until=today, until_event=None)
        await takes(centre, await refers(city, centre, case), case)
        await house.lists_are_made()
        changes = house.viewing.changes(centre.reader)
        assert await anext(changes) is None
        clock.ahead = timedelta(days=2)
        await city.says(NOTE, case)
        await house.lists_are_made()
        ended = await changed(changes)
        assert ended.line is not None
        assert ended.line.name is None


async def test_changes_go_on_from_a_cursor(house: House, town: Town) -> None:
    city = town.city
    await house.lists_are_made()
    changes = house.viewing.changes(city.reader)
    assert await anext(changes) is None
    cases = [await city.opens() for _ in range(3)]
    await house.lists_are_made()
    first = await changed(changes)
    again = house.viewing.changes(city.reader, after=first.cursor)
    aliases = [first.case, (await changed(again)).case, (await changed(again)).case]
    assert aliases == [house.aliases.alias(city.id, case) for case in cases]
    with pytest.raises(CursorNotValid):
        await anext(house.viewing.changes(town.centre.reader, after=first.cursor))


async def test_a_suspended_agency_is_told_no_more(house: House, town: Town) -> None:
    await house.lists_are_made()
    changes = house.viewing.changes(town.city.reader)
    assert await anext(changes) is None
    await town.city.opens()
    await house.lists_are_made()
    await house.operator.says(SuspendAgency(agency_id=town.city.id))
    with pytest.raises(AgencyIsSuspended):
        await changed(changes)


async def test_a_role_that_a_shelter_has_given_up_is_gone_for_whoever_gave_it(town: Town) -> None:
    """In its own record the city names the shelter; in the shelter's it is a shelter, unnamed."""
    city, _, shelter, _ = town
    case = await city.opens()
    await city.hears_consent(case, city, "SVC")
    await city.says(AssignRole(function="AFTERCARE_LEAD", agency_id=shelter.id), case)
    given = await city.sees(case)
    assert given is not None
    assert [role.agency.id for role in given.roles] == [shelter.id]
    await shelter.says(EndRole(function="AFTERCARE_LEAD", agency_id=shelter.id), case)
    ended = await city.sees(case)
    assert ended is not None
    assert ended.roles == ()
