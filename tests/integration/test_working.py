"""What an agency has to do, read from the real engine: as far as it may see why, and no further."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio

from adapters.clock import WallClock
from adapters.crypto import AesVeil
from adapters.engines import PostgresAccess
from adapters.postgres.lists import PostgresLists
from adapters.postgres.working import PostgresWork
from contracts.answers import Accepted
from contracts.pages import Page
from contracts.work import SafeContact, WorkLine
from domain.agency import SucceedAgency, SuspendAgency
from domain.calendar import date_in_japan
from domain.case import AcceptCase, CloseCase, ReopenCase, SetContactMethod
from domain.case.aftercare import AftercareTerms, StartAftercare
from domain.case.legal import RecordLegalStep
from domain.categories import CategoryCode
from domain.consent_ledger import WithdrawConsent
from domain.exclusions import SetExclusion
from domain.grievance import AcknowledgeGrievance, ReceiveGrievance
from domain.model import (
    ITS_STAFF,
    ITSELF,
    AgencyId,
    CaseId,
    CommandId,
    GrievanceId,
    NetworkId,
    ReferralId,
)
from domain.referral import AcceptReferral, DraftReferral, ReceiveReferral, SendReferral
from domain.statutory import FileStatutory
from domain.timers import end_of, months_after
from domain.trail.notices import AboutId, NotifySubject
from domain.trail.purges import AcknowledgePurge, PurgeId, RequestPurge
from domain.work_codes import WorkKind
from services.aliases import Aliases, Cursors
from services.alone import WithThoseAlone
from services.handling import Ask
from services.keys import installation_key
from services.listing import Listing
from services.looking import Looking
from services.ports import Clock
from services.working import WorkAsked, WorkCandidate, Working
from tests.gates import a_gate
from tests.integration.viewers import Agency, House, a_house
from tests.integration.writers import session

MANY: Final = 20_000
PAGE: Final = 50


class Office(NamedTuple):
    """A house, and where its work is read."""

    house: House
    working: Working
    work: PostgresWork

    async def shows(self, who: Agency, kind: WorkKind | None = None) -> tuple[WorkLine, ...]:
        return (await self.page(who, kind)).items

    async def page(self, who: Agency, kind: WorkKind | None = None) -> Page[WorkLine]:
        await self.house.lists_are_made()
        return await self.working.work(who.reader, kind=kind, most=100)


@asynccontextmanager
async def an_office(database: PostgresAccess, clock: Clock | None = None) -> AsyncGenerator[Office]:
    clock = clock or WallClock()
    async with a_house(database, clock) as house, PostgresLists(database.app) as lists:
        secret = await installation_key(house.keyring)
        cursors = Cursors(secret, AesVeil())
        aliases = Aliases(secret, AesVeil())
        log = WithThoseAlone(house.log)
        looking = Looking(
            log, a_gate(log, house.keyring, house.sealing, clock), house.sealing, clock, aliases
        )
        work = PostgresWork(lists)
        yield Office(house, Working(Listing(looking, cursors), work), work)


@pytest_asyncio.fixture
async def office(database: PostgresAccess) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        yield office


class Town(NamedTuple):
    city: Agency
    centre: Agency
    network: NetworkId
    leads: Agency


@pytest_asyncio.fixture
async def town(office: Office) -> Town:
    house = office.house
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    leads = await house.agency("MUNICIPAL_GENDER_EQUALITY_CENTRE")
    network = NetworkId(uuid4())
    await house.registry.established(network, leads.id, city.id, centre.id)
    return Town(city, centre, network, leads)


async def accepted(town: Town) -> CaseId:
    case = await town.city.opens()
    await town.city.says(AcceptCase(network_id=town.network), case)
    return case


def kinds(lines: Sequence[WorkLine]) -> list[WorkKind]:
    return sorted(line.kind for line in lines)


async def test_who_answers_for_her_and_who_coordinates_have_her_review_and_nobody_else(
    office: Office, town: Town
) -> None:
    case = await accepted(town)
    (review,) = await office.shows(town.city, "REVIEW")
    today = date_in_japan(datetime.now(UTC))
    assert review.due == end_of(months_after(today, 3))
    assert not review.overdue
    assert review.case == office.house.aliases.alias(town.city.id, case)
    assert kinds(await office.shows(town.city)) == ["CONFERENCE", "REVIEW"]
    (theirs,) = await office.shows(town.leads)
    assert theirs.kind == "REVIEW"
    assert theirs.case == office.house.aliases.alias(town.leads.id, case)
    assert await office.shows(town.centre) == ()


async def test_a_referral_nobody_answers_waits_on_both_sides_until_somebody_does(
    office: Office, town: Town
) -> None:
    case = await accepted(town)
    referral = ReferralId(
        await town.city.makes(
            DraftReferral(
                kind="SERVICE_LINK",
                to_agency=town.centre.id,
                purpose="SERVICE",
                urgency="CRITICAL",
            ),
            case,
        )
    )
    assert await office.shows(town.centre) == ()
    await town.city.says(SendReferral(referral_id=referral), case)
    (theirs,) = await office.shows(town.centre)
    (ours,) = await office.shows(town.city, "REFERRAL_WAITING")
    assert (theirs.kind, theirs.about) == ("REFERRAL_ANSWER", referral)
    assert (ours.about, ours.due) == (referral, theirs.due)
    in_two_hours = datetime.now(UTC) + timedelta(hours=2)
    assert in_two_hours - timedelta(minutes=5) < theirs.due <= in_two_hours
    await town.centre.says(ReceiveReferral(referral_id=referral), case)
    await town.centre.says(
        AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER"), case
    )
    assert await office.shows(town.city, "REFERRAL_WAITING") == ()
    assert await office.shows(town.centre) == ()


async def test_what_a_suspended_agency_answers_for_is_the_coordinators_to_move(
    office: Office, town: Town
) -> None:
    case = await accepted(town)
    assert await office.shows(town.leads, "RESPONSIBILITY") == ()
    await office.house.operator.says(SuspendAgency(agency_id=town.city.id))
    (move,) = await office.shows(town.leads, "RESPONSIBILITY")
    assert move.case == office.house.aliases.alias(town.leads.id, case)
    assert move.due > datetime.now(UTC)


async def test_whom_she_has_shut_out_is_answered_as_if_there_were_nothing(
    office: Office, town: Town
) -> None:
    nothing = await office.page(town.centre)
    case = await accepted(town)
    referral = ReferralId(
        await town.city.makes(
            DraftReferral(
                kind="SERVICE_LINK", to_agency=town.centre.id, purpose="SERVICE", urgency="HIGH"
            ),
            case,
        )
    )
    await town.city.says(SendReferral(referral_id=referral), case)
    assert len((await office.page(town.centre)).items) == 1
    await town.city.says(SetExclusion(agency_id=town.centre.id), case)
    shut_out = await office.page(town.centre)
    assert msgspec.json.encode(shut_out) == msgspec.json.encode(nothing)


async def test_only_safe_means_stand_in_what_is_due(office: Office, town: Town) -> None:
    case = await accepted(town)
    await town.city.says(
        SetContactMethod(
            means="SNS",
            value="@misaki",
            safe_times="昼休み",
            unsafe_means=frozenset({"PHONE", "LETTER"}),
        ),
        case,
    )
    terms = AftercareTerms(
        lead_agency=town.city.id, means=frozenset({"PHONE", "DROP_IN"}), cadence_days=14
    )
    await town.city.says(StartAftercare(terms=terms), case)
    (contact,) = await office.shows(town.city, "AFTERCARE_CONTACT")
    assert contact.contact == SafeContact(
        by=("DROP_IN",), means="SNS", value="@misaki", safe_times="昼休み"
    )
    today = date_in_japan(datetime.now(UTC))
    assert contact.due == end_of(today + timedelta(days=14))


async def test_a_legal_step_is_thought_of_before_it_expires_and_no_row_says_when_it_does(
    office: Office, town: Town, database: PostgresAccess
) -> None:
    case = await accepted(town)
    step = await town.city.makes(
        RecordLegalStep(kind="RESIDENT_REGISTRY_PROTECTION", status="FILED"), case
    )
    expires = months_after(date_in_japan(datetime.now(UTC)), 12)
    await town.city.says(
        RecordLegalStep(
            step_id=step,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            kind="RESIDENT_REGISTRY_PROTECTION",
            status="GRANTED",
            expires_on=expires,
        ),
        case,
    )
    (due,) = await office.shows(town.city, "LEGAL_STEP")
    assert due.due == end_of(months_after(expires, -1))
    with session(database.app) as reading:
        rows = reading.execute("select * from views.work_queue where kind = 'LEGAL_STEP'")
        assert str(expires) not in str(rows.fetchall())


async def test_the_prefecture_reviews_what_was_told_by_law_and_who_is_involved_does_not(
    office: Office, town: Town
) -> None:
    house = office.house
    prefecture = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    elsewhere = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="07")
    guidance = await house.agency("CHILD_GUIDANCE_CENTRE")
    case = await accepted(town)
    filed = await town.city.makes(
        FileStatutory(
            provision="CHILD_ABUSE_PREVENTION_6",
            recipient=guidance.id,
            categories=frozenset[CategoryCode]({"RSK"}),
        ),
        case,
    )
    (review,) = await office.shows(prefecture)
    assert (review.kind, review.about) == ("STATUTORY_REVIEW", filed)
    assert review.due == end_of(date_in_japan(datetime.now(UTC)) + timedelta(days=7))
    assert await office.shows(elsewhere) == ()
    assert "STATUTORY_REVIEW" not in kinds(await office.shows(town.city))
    (tell_her,) = await office.shows(town.city, "HER_NOTICE")
    assert (tell_her.about, tell_her.overdue) == (filed, True)


async def told_by_law(who: Agency, case: CaseId, recipient: Agency) -> UUID:
    return await who.makes(
        FileStatutory(
            provision="CHILD_ABUSE_PREVENTION_6",
            recipient=recipient.id,
            categories=frozenset[CategoryCode]({"RSK"}),
        ),
        case,
    )


@pytest.mark.parametrize("shut_out", [False, True])
async def test_what_is_left_to_do_of_a_case_is_left_to_whoever_took_over(
    office: Office,
    town: Town,
    *,
    shut_out: bool,
) -> None:
    """That it is to be done, and of which case; nothing more, before she agrees."""
    house = office.house
    successor = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    guidance = await house.agency("CHILD_GUIDANCE_CENTRE")
    case = await accepted(town)
    filed = await told_by_law(town.city, case, guidance)
    if shut_out:
        await town.city.says(SetExclusion(agency_id=successor.id), case)
    await town.city.says(CloseCase(reason="GOALS_MET", subject_wish="一人でやっていける。"), case)
    await house.operator.says(SucceedAgency(agency_id=town.city.id, successor=successor.id))
    if shut_out:
        assert await office.shows(successor) == ()
        return
    (tell_her,) = await office.shows(successor)
    alias = house.aliases.alias(successor.id, case)
    assert (tell_her.kind, tell_her.about, tell_her.case) == ("HER_NOTICE", filed, alias)
    assert await successor.sees(case) is None
    again = ReopenCase(reason="NEW_DIFFICULTIES", subject_wish="また相談したい。")
    await successor.says(again, case)
    assert await office.shows(successor, "HER_NOTICE") == (tell_her,)
    stranger = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    assert await office.shows(stranger) == ()


async def test_whoever_took_over_from_who_is_involved_does_not_review(office: Office) -> None:
    house = office.house
    prefecture = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    successor = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    other = await house.agency("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
    guidance = await house.agency("CHILD_GUIDANCE_CENTRE")
    await told_by_law(prefecture, await prefecture.opens(), guidance)
    await house.operator.says(SucceedAgency(agency_id=prefecture.id, successor=successor.id))
    assert kinds(await office.shows(other)) == ["STATUTORY_REVIEW"]
    assert "STATUTORY_REVIEW" not in kinds(await office.shows(successor))


ROWS: Final = """
insert into views.work_queue
    (kind, of, about, work_id, case_id, source, due, agency, network)
select 'REVIEW', c, c, gen_random_uuid(), c, n, 1900000000 + n %% 977,
       case n %% 2 when 0 then %(agency)s::uuid else gen_random_uuid() end, %(network)s::uuid
from (select n, gen_random_uuid() c from generate_series(1, %(count)s::int) n) cases
"""
DUTIES: Final = """
insert into views.case_duty (case_id, source, agency, network, is_open)
select case_id, source, agency, network, true from views.work_queue
"""
NETWORK: Final = """
insert into views.network_duty (stream, network_id, coordinating)
values (gen_random_uuid(), %(network)s::uuid, %(leads)s::uuid)
"""


async def test_of_20000_cases_each_stands_on_one_page(
    office: Office, database: PostgresAccess
) -> None:
    await office.house.lists_are_made()
    agency, leads = AgencyId(uuid4()), AgencyId(uuid4())
    with session(database.app) as writing:
        named = {"agency": agency, "network": uuid4(), "leads": leads, "count": MANY}
        for each in (ROWS, DUTIES, NETWORK):
            writing.execute(each, named)
        writing.execute("analyze views.work_queue")
        writing.execute("analyze views.case_duty")
    for who, expected in ((agency, MANY // 2), (leads, MANY)):
        asked = WorkAsked(who, frozenset({who}), None, None, datetime.now(UTC))
        read: list[WorkCandidate] = []
        place = None
        while page := await office.work.work_of(asked, place, PAGE):
            read += page
            place = page[-1].place
        assert len({each.work_id for each in read}) == len(read) == expected
        assert [each.place for each in read] == sorted(each.place for each in read)


# Of each case: what the installation asked for, what an agency asked that has left it, what one
# left to do that is gone, and what she is to be told by whoever asked her, or in their place.
WAITING: Final = """
with cases as (
    select n, md5('case' || side || n)::uuid as id, md5('mine' || side || n)::uuid as mine,
           md5('theirs' || side || n)::uuid as theirs, who
    from generate_series(1, %(count)s::int) n,
         (values ('ours', %(agency)s::uuid), ('others', %(other)s::uuid)) sides(side, who)
), duties as (
    insert into views.case_duty (case_id, source, agency, is_open)
    select id, n, who, true from cases
), told as (
    insert into views.told_under (case_id, about, agency, source)
    select id, mine, who, n from cases union all select id, theirs, %(gone)s, n from cases
), gone as (
    insert into views.agency_roster
        (stream, agency, since, kind, is_private, publishes_name, is_active, named)
    values (gen_random_uuid(), %(gone)s, 1, 'MEDICAL_INSTITUTION', false, true, false, true)
), absent as (
    insert into views.case_absences (case_id, agency, shut_out, "left")
    select id, %(absent)s, false, true from cases
)
insert into views.work_queue (kind, of, about, work_id, case_id, source, due, agency, through)
select kind, id, md5(kind || work || id)::uuid, md5('row' || kind || work || id)::uuid, id, n,
       1900000000 + n %% 97, agency, through
from cases cross join lateral (values
    ('PURGE_WAITING', 'asked by itself', null::uuid, mine, 1),
    ('PURGE_WAITING', 'asked by who left', %(absent)s::uuid, null::uuid, 7),
    ('LEGAL_STEP', 'of who is gone', %(gone)s::uuid, null::uuid, 5),
    ('HER_NOTICE', 'asked by itself', null::uuid, mine, 3),
    ('HER_NOTICE', 'through who is gone', null::uuid, theirs, 11)
) works(kind, work, agency, through, every) where n %% every = 0
"""


@pytest.mark.parametrize("cases", [400, 1_100])
async def test_whoever_has_many_cases_finds_what_whoever_has_few_would_find(
    office: Office, database: PostgresAccess, cases: int
) -> None:
    await office.house.lists_are_made()
    who, other, gone, absent = (AgencyId(uuid4()) for _ in range(4))
    named = {"agency": who, "other": other, "gone": gone, "absent": absent, "count": cases}
    with session(database.app) as writing:
        writing.execute(WAITING, named)
    expected = sorted(
        (1_900_000_000 + n % 97, md5(f"row{kind}{work}{md5(f'caseours{n}')}"), kind, theirs)
        for kind, work, theirs, every in (
            ("PURGE_WAITING", "asked by itself", None, 1),
            ("PURGE_WAITING", "asked by who left", None, 7),
            ("LEGAL_STEP", "of who is gone", gone, 5),
            ("HER_NOTICE", "asked by itself", None, 3),
            ("HER_NOTICE", "through who is gone", gone, 11),
        )
        for n in range(every, cases + 1, every)
    )
    kinds: tuple[WorkKind | None, ...] = (None, "PURGE_WAITING", "HER_NOTICE", "LEGAL_STEP")
    for kind in kinds:
        asked = WorkAsked(who, frozenset({who}), kind, None, datetime.now(UTC))
        read = [each async for each in whole(office, asked)]
        found = [(each.due, each.work_id, each.kind, each.agency) for each in read]
        assert found == [row for row in expected if kind in {None, row[2]}]


async def whole(office: Office, asked: WorkAsked) -> AsyncGenerator[WorkCandidate]:
    page: Sequence[WorkCandidate] = await office.work.work_of(asked, None, PAGE)
    while page:
        for each in page:
            yield each
        page = await office.work.work_of(asked, page[-1].place, PAGE)


def md5(text: str) -> UUID:
    return UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())


async def test_that_whom_she_named_was_succeeded_is_told_her_by_who_asked_her(
    office: Office, town: Town
) -> None:
    house = office.house
    case = await accepted(town)
    grant = await town.city.hears_consent(case, town.centre, "IDN", "CNT")
    assert await office.shows(town.city, "SUCCESSION_NOTICE") == ()
    successor = await house.agency("WOMENS_SUPPORT_CENTRE")
    await house.operator.says(SucceedAgency(agency_id=town.centre.id, successor=successor.id))
    (tell,) = await office.shows(town.city, "SUCCESSION_NOTICE")
    assert (tell.about, tell.overdue) == (grant, True)
    assert await office.shows(successor, "SUCCESSION_NOTICE") == ()
    await town.city.says(NotifySubject(about="SUCCESSION", about_id=AboutId(grant)), case)
    assert await office.shows(town.city, "SUCCESSION_NOTICE") == ()


async def test_a_purge_waits_with_who_is_asked_and_with_who_has_asked(
    office: Office, town: Town
) -> None:
    case = await accepted(town)
    grant = await town.city.hears_consent(case, town.centre, "IDN")
    await town.city.says(WithdrawConsent(grant_id=grant), case)
    purge = await town.city.makes(
        RequestPurge(
            recipient=town.centre.id,
            covers=frozenset[CategoryCode]({"IDN"}),
            cause="WITHDRAWN",
            grant_id=grant,
        ),
        case,
    )
    (theirs,) = await office.shows(town.centre)
    (ours,) = await office.shows(town.city, "PURGE_WAITING")
    assert (theirs.kind, theirs.about, ours.about) == ("PURGE_ANSWER", purge, purge)
    assert theirs.due == end_of(date_in_japan(datetime.now(UTC)) + timedelta(days=14))
    await town.centre.says(AcknowledgePurge(purge_id=PurgeId(purge)), case)
    assert await office.shows(town.centre) == ()
    assert await office.shows(town.city, "PURGE_WAITING") == ()


async def test_a_grievance_about_no_case_waits_with_who_received_it_and_nobody_else(
    office: Office, town: Town
) -> None:
    about_nobody = ReceiveGrievance(complainant="ANONYMOUS", text="待たされました。")
    grievance = await town.city.makes(about_nobody)
    found = await office.shows(town.city)
    assert kinds(found) == ["GRIEVANCE_ACKNOWLEDGEMENT", "GRIEVANCE_ANSWER"]
    assert {line.about for line in found} == {grievance}
    assert {line.case for line in found} == {None}
    await town.city.says(AcknowledgeGrievance(grievance_id=GrievanceId(grievance)))
    assert kinds(await office.shows(town.city)) == ["GRIEVANCE_ANSWER"]
    assert await office.shows(town.centre) == ()


async def test_what_the_installation_has_asked_is_followed_up_by_who_had_asked_her(
    office: Office, town: Town
) -> None:
    case = await accepted(town)
    grant = await town.city.hears_consent(case, town.centre, "IDN")
    await town.city.says(WithdrawConsent(grant_id=grant), case)
    asked = RequestPurge(
        recipient=town.centre.id,
        covers=frozenset[CategoryCode]({"IDN"}),
        cause="WITHDRAWN",
        grant_id=grant,
    )
    answer = await office.house.handling.handle(
        Ask(
            id=CommandId(uuid4()),
            agency=ITSELF,
            staff=ITS_STAFF,
            role="INSTALLATION",
            command=asked,
            case=case,
        )
    )
    assert isinstance(answer, Accepted)
    (ours,) = await office.shows(town.city, "PURGE_WAITING")
    assert ours.about == answer.made
    assert kinds(await office.shows(town.centre)) == ["PURGE_ANSWER"]
    assert await office.shows(town.leads, "PURGE_WAITING") == ()
