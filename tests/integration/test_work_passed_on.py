"""Nobody falls between: what an agency cannot do is the work of whoever answers for her."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest_asyncio

from adapters.clock import DemoClock
from adapters.engines import PostgresAccess
from adapters.postgres.clock import clock_of
from contracts.answers import Accepted
from contracts.work import SafeContact, WorkLine
from domain.agency import DeactivateAgency, SucceedAgency, SuspendAgency
from domain.case import CaseOpened, CloseCase, CorrectRecord, EndRole, SetContactMethod
from domain.case.aftercare import AftercareTerms, StartAftercare
from domain.case.legal import RecordLegalStep
from domain.categories import CategoryCode
from domain.consent_ledger import WithdrawConsent
from domain.erasure import DecideErasure, RequestErasure
from domain.exclusions import SetExclusion
from domain.items import FieldPath
from domain.model import (
    ITS_STAFF,
    ITSELF,
    CaseId,
    CommandId,
    EmergencyId,
    ErasureRequestId,
    EventId,
    GrantId,
    NetworkId,
)
from domain.referral import ConfirmHandover
from domain.statutory import FileStatutory
from domain.trail.notices import AboutId, NotifySubject
from domain.trail.purges import AcknowledgePurge, PurgeId, RequestPurge
from domain.work_codes import WorkKind
from services.handling import Ask
from services.working import ASK
from tests.integration.emergencies import authorised, emergency
from tests.integration.test_viewing import IDENTIFY, refers, takes
from tests.integration.test_working import Office, Town, accepted, an_office
from tests.integration.viewers import Agency, House


@pytest_asyncio.fixture
async def office(database: PostgresAccess) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        yield office


@pytest_asyncio.fixture
async def town(office: Office) -> Town:
    return await a_town(office)


async def a_town(office: Office) -> Town:
    house = office.house
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    leads = await house.agency("MUNICIPAL_GENDER_EQUALITY_CENTRE")
    network = NetworkId(uuid4())
    await house.registry.established(network, leads.id, city.id, centre.id)
    return Town(city, centre, network, leads)


async def helped(town: Town) -> CaseId:
    case = await accepted(town)
    await town.city.says(IDENTIFY, case)
    await town.city.hears_consent(case, town.centre, "IDN", "PLN", "CNT", "SVC")
    await takes(town.centre, await refers(town.city, town.centre, case), case)
    return case


async def to_be_called(town: Town) -> CaseId:
    case = await helped(town)
    terms = AftercareTerms(
        lead_agency=town.centre.id, means=frozenset({"PHONE", "DROP_IN"}), cadence_days=14
    )
    await town.city.says(StartAftercare(terms=terms), case)
    return case


def only(lines: tuple[WorkLine, ...]) -> WorkLine:
    (line,) = lines
    return line


async def test_who_is_suspended_calls_nobody_and_so_who_answers_for_her_does(
    office: Office, town: Town
) -> None:
    case = await to_be_called(town)
    assert await office.shows(town.city, "AFTERCARE_CONTACT") == ()
    await office.house.operator.says(SuspendAgency(agency_id=town.centre.id))
    call = only(await office.shows(town.city, "AFTERCARE_CONTACT"))
    assert call.case == office.house.aliases.alias(town.city.id, case)
    assert await office.shows(town.leads, "AFTERCARE_CONTACT") == ()


async def test_whoever_was_shut_out_calls_her_no_more(office: Office, town: Town) -> None:
    case = await to_be_called(town)
    await town.city.says(SetExclusion(agency_id=town.centre.id), case)
    assert len(await office.shows(town.city, "AFTERCARE_CONTACT")) == 1


async def test_of_whom_is_succeeded_it_is_the_successors_work_and_who_answers_hears_of_it(
    office: Office, town: Town
) -> None:
    await to_be_called(town)
    new = await office.house.agency("WOMENS_SUPPORT_CENTRE")
    await office.house.operator.says(SucceedAgency(agency_id=town.centre.id, successor=new.id))
    assert len(await office.shows(town.city, "AFTERCARE_CONTACT")) == 1


async def test_who_takes_her_over_is_reminded_of_what_expires(office: Office, town: Town) -> None:
    case = await accepted(town)
    await town.city.says(IDENTIFY, case)
    await town.city.hears_consent(case, town.centre, "IDN", "PLN", "SVC", "LEG")
    step = await town.city.makes(
        RecordLegalStep(kind="RESIDENT_REGISTRY_PROTECTION", status="FILED"), case
    )
    granted = RecordLegalStep(
        step_id=step,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        kind="RESIDENT_REGISTRY_PROTECTION",
        status="GRANTED",
        expires_on=date(2035, 4, 1),
    )
    await town.city.says(granted, case)
    referral = await refers(town.city, town.centre, case, "CASE_TRANSFER")
    await takes(town.centre, referral, case)
    assert await office.shows(town.centre, "LEGAL_STEP") == ()
    await town.centre.says(ConfirmHandover(referral_id=referral, referrer_remains=False), case)
    assert only(await office.shows(town.centre, "LEGAL_STEP")).about == step


async def whose(office: Office, kind: WorkKind, *who: Agency) -> list[bool]:
    return [bool(await office.shows(each, kind)) for each in who]


async def test_where_who_coordinates_is_shut_out_the_prefecture_moves_responsibility(
    office: Office, town: Town
) -> None:
    prefecture = await office.house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    elsewhere = await office.house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="07")
    case, operator = await accepted(town), office.house.operator
    await operator.says(SuspendAgency(agency_id=town.city.id))
    four = (town.leads, prefecture, elsewhere, operator)
    assert await whose(office, "RESPONSIBILITY", *four) == [True, False, False, False]
    await operator.says(SuspendAgency(agency_id=town.leads.id))
    assert await whose(office, "RESPONSIBILITY", *four[1:]) == [True, False, False]
    line = only(await office.shows(prefecture, "RESPONSIBILITY"))
    assert line.case == office.house.aliases.alias(prefecture.id, case)
    assert (line.about, line.contact) == (None, None)
    await operator.says(SuspendAgency(agency_id=prefecture.id))
    assert await whose(office, "RESPONSIBILITY", elsewhere, operator) == [False, True]


async def test_shut_out_nobody_moves_her_on(office: Office, town: Town) -> None:
    prefecture = await office.house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    case, operator = await accepted(town), office.house.operator
    await town.city.says(SetExclusion(agency_id=town.leads.id), case)
    await town.city.says(SetExclusion(agency_id=prefecture.id), case)
    await operator.says(SuspendAgency(agency_id=town.city.id))
    three = (town.leads, prefecture, operator)
    assert await whose(office, "RESPONSIBILITY", *three) == [False, False, True]


async def test_a_purge_nobody_acknowledges_is_known_to_who_answers_for_her(
    office: Office, town: Town
) -> None:
    case = await helped(town)
    hospital = await office.house.agency("MEDICAL_INSTITUTION")
    grant = await town.centre.hears_consent(case, hospital, "IDN")
    asked = RequestPurge(
        recipient=hospital.id,
        covers=frozenset[CategoryCode]({"IDN"}),
        cause="WITHDRAWN",
        grant_id=grant,
    )
    await town.city.says(WithdrawConsent(grant_id=grant), case)
    await town.centre.says(asked, case)
    line = only(await office.shows(town.city, "PURGE_WAITING"))
    assert line.case == office.house.aliases.alias(town.city.id, case)
    assert line.about is None
    assert await whose(office, "PURGE_WAITING", town.centre, town.leads) == [True, False]


async def test_of_a_succession_after_another_she_is_told_again(office: Office, town: Town) -> None:
    case, operator = await accepted(town), office.house.operator
    grant = await town.city.hears_consent(case, town.centre, "IDN")
    second = await office.house.agency("WOMENS_SUPPORT_CENTRE")
    third = await office.house.agency("WOMENS_SUPPORT_CENTRE")
    await operator.says(SucceedAgency(agency_id=town.centre.id, successor=second.id))
    await town.city.says(NotifySubject(about="SUCCESSION", about_id=AboutId(grant)), case)
    assert await office.shows(town.city, "SUCCESSION_NOTICE") == ()
    await operator.says(SucceedAgency(agency_id=second.id, successor=third.id))
    assert only(await office.shows(town.city, "SUCCESSION_NOTICE")).about == grant


async def test_what_the_prefecture_filed_itself_another_one_reviews_else_the_operator(
    office: Office,
) -> None:
    house = office.house
    prefecture = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    guidance = await house.agency("CHILD_GUIDANCE_CENTRE")
    case = await prefecture.opens()
    filed = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=guidance.id,
        categories=frozenset[CategoryCode]({"RSK"}),
    )
    await prefecture.says(filed, case)
    both = (prefecture, house.operator)
    assert await whose(office, "STATUTORY_REVIEW", *both) == [False, True]
    elsewhere = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="07")
    three = (*both, elsewhere)
    assert await whose(office, "STATUTORY_REVIEW", *three) == [False, False, True]


async def asks_to_erase(city: Agency, case: CaseId) -> ErasureRequestId:
    """All that is hers, once she needs no more support."""
    house = city.house
    told = [house.sealing.open(each).event for each in await house.log.after(0, 1000)]
    her = next(each.subject_id for each in told if isinstance(each, CaseOpened))
    await city.says(CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。"), case)
    request = RequestErasure(
        scope=frozenset({her}), requester="SUBJECT", identity_check="KNOWN_TO_STAFF"
    )
    return ErasureRequestId(await city.makes(request, case))


async def asks_by_rule(house: House, whom: Agency, grant: GrantId, case: CaseId) -> UUID:
    """As the installation does it in its own name."""
    asked = RequestPurge(
        recipient=whom.id,
        covers=frozenset[CategoryCode]({"IDN"}),
        cause="ERASED",
        grant_id=grant,
    )
    answer = await house.handling.handle(
        Ask(
            id=CommandId(uuid4()),
            agency=ITSELF,
            staff=ITS_STAFF,
            role="INSTALLATION",
            command=asked,
            case=case,
        )
    )
    assert isinstance(answer, Accepted), answer
    assert answer.made is not None
    return answer.made


async def test_a_request_for_erasure_waits_for_the_prefecture_until_it_may_be_done(
    office: Office, town: Town
) -> None:
    house = office.house
    prefecture = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    case = await accepted(town)
    request = await asks_to_erase(town.city, case)
    asked = only(await office.shows(prefecture))
    assert (asked.kind, asked.about, asked.overdue) == ("ERASURE_REQUEST", request, False)
    assert asked.case == house.aliases.alias(prefecture.id, case)
    decided = DecideErasure(request_id=request, decision="RESTRICT", grounds="RETENTION_RUNNING")
    await prefecture.says(decided, case)
    later = only(await office.shows(prefecture))
    assert (later.kind, later.about) == ("ERASURE_DUE", request)
    assert later.due > datetime.now(UTC)


async def test_gone_for_good_what_it_answered_for_is_still_somebodys(
    office: Office, town: Town
) -> None:
    await to_be_called(town)
    await office.house.operator.says(DeactivateAgency(agency_id=town.centre.id))
    assert len(await office.shows(town.city, "AFTERCARE_CONTACT")) == 1


async def test_what_may_have_become_unsafe_unseen_is_no_way_to_reach_her(
    office: Office, town: Town
) -> None:
    case = await accepted(town)
    await town.city.says(IDENTIFY, case)
    await town.city.hears_consent(case, town.centre, "IDN", "PLN", "SVC")
    await takes(town.centre, await refers(town.city, town.centre, case), case)
    phone = SetContactMethod(
        means="PHONE", value="090-0000-0001", safe_times="昼", unsafe_means=frozenset()
    )
    await town.centre.says(phone, case)
    terms = AftercareTerms(
        lead_agency=town.centre.id, means=frozenset({"PHONE", "DROP_IN"}), cadence_days=14
    )
    await town.city.says(StartAftercare(terms=terms), case)
    before = only(await office.shows(town.centre, "AFTERCARE_CONTACT"))
    assert before.contact is not None
    assert before.contact.means == "PHONE"
    sns = SetContactMethod(
        means="SNS", value="@misaki", safe_times="夜", unsafe_means=frozenset({"PHONE"})
    )
    await town.city.says(sns, case)
    after = only(await office.shows(town.centre, "AFTERCARE_CONTACT"))
    assert after.contact is not None
    assert (after.contact.by, after.contact.means, after.contact.value) == ((), None, None)
    assert after.contact.ask is not None


async def test_whoever_authorised_an_emergency_does_not_review_it_though_its_part_has_ended(
    office: Office, town: Town
) -> None:
    house = office.house
    prefecture = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION", role="REPRESENTATIVE")
    other = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    police = await house.agency("POLICE")
    case = await accepted(town)
    await town.city.says(IDENTIFY, case)
    await town.city.hears_consent(case, prefecture, "IDN", "PLN", "CNT", "SVC")
    await takes(prefecture, await refers(town.city, prefecture, case, "SERVICE_LINK"), case)
    asked = emergency(police.id, datetime.now(UTC) + timedelta(days=2), "IDN")
    made = EmergencyId(await town.city.makes(asked, case))
    await prefecture.says(authorised(made, asked), case)
    await town.city.says(EndRole(function="MAIN_SUPPORT", agency_id=prefecture.id), case)
    assert only(await office.shows(other)).about == made
    assert await office.shows(prefecture, "EMERGENCY_REVIEW") == ()


async def test_what_was_corrected_unseen_is_no_way_to_reach_her(office: Office, town: Town) -> None:
    """INV-K9: she agreed to its being told how to reach her, but not what is corrected later."""
    case = await accepted(town)
    await town.city.says(IDENTIFY, case)
    later: FieldPath = "case.record_corrected.v1/new_value"
    await town.city.hears_consent(
        case, town.centre, "IDN", "PLN", "CNT", "SVC", excluded_fields=frozenset({later})
    )
    await takes(town.centre, await refers(town.city, town.centre, case), case)
    phone = SetContactMethod(means="PHONE", value="090-0000-0001", unsafe_means=frozenset())
    await town.city.says(phone, case)
    terms = AftercareTerms(
        lead_agency=town.centre.id, means=frozenset({"PHONE", "DROP_IN"}), cadence_days=14
    )
    await town.city.says(StartAftercare(terms=terms), case)
    before = only(await office.shows(town.centre, "AFTERCARE_CONTACT"))
    assert before.contact == SafeContact(
        by=("PHONE", "DROP_IN"), means="PHONE", value="090-0000-0001"
    )
    (said,) = (each for each in await town.city.timeline(case) if "unsafe_means" in each.fields)
    corrected = CorrectRecord(
        target_event_id=EventId(said.id), field="means", new_value="SNS", reason="聞き違えた。"
    )
    await town.city.says(corrected, case)
    after = only(await office.shows(town.centre, "AFTERCARE_CONTACT"))
    assert after.contact == ASK


async def test_after_an_erasure_what_is_not_destroyed_yet_is_known_to_who_decided_it(
    database: PostgresAccess,
) -> None:
    """That of some case something is waited for; not of which agency, nor what it was told."""
    async with clock_of(database.app, datetime(2020, 5, 13, tzinfo=UTC)) as clock:
        assert isinstance(clock, DemoClock)
        async with an_office(database, clock) as office:
            house = office.house
            town = await a_town(office)
            prefecture = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
            other = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
            case = await accepted(town)
            await town.city.says(IDENTIFY, case)
            grant = await town.city.hears_consent(case, town.centre, "IDN")
            request = await asks_to_erase(town.city, case)
            await clock.move(datetime(2026, 5, 13, tzinfo=UTC))
            erase = DecideErasure(request_id=request, decision="ERASE", grounds="RETENTION_OVER")
            await prefecture.says(erase, case)
            assert await office.shows(prefecture, "PURGE_WAITING") == ()
            purge = PurgeId(await asks_by_rule(house, town.centre, grant, case))
            line = only(await office.shows(prefecture, "PURGE_WAITING"))
            alias = house.aliases.alias(prefecture.id, case)
            assert (line.case, line.about) == (alias, None)
            theirs = only(await office.shows(town.centre, "PURGE_ANSWER"))
            assert theirs.about == purge
            four = (town.city, town.leads, other, house.operator)
            assert await whose(office, "PURGE_WAITING", *four) == [True, False, False, False]
            await town.centre.says(AcknowledgePurge(purge_id=purge), case)
            both = (prefecture, town.city)
            assert await whose(office, "PURGE_WAITING", *both) == [False, False]
            assert await office.shows(town.centre) == ()
