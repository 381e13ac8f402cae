"""What an agency's system is told of her, page by page, on the real engine."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from time import monotonic
from typing import Any, Final, NamedTuple
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio

from adapters.engines import PostgresAccess
from adapters.postgres.feed import PostgresFeed
from contracts.envelope import Envelope
from contracts.feed import PACKAGE, SOURCE, FeedMessage, FeedPage, Package
from domain.agency import (
    AgencyIsSuspended,
    EndEnrolment,
    EndFeedCustodian,
    EnrolStaff,
    NameFeedCustodian,
    NotTheCustodian,
    SucceedAgency,
    SuspendAgency,
)
from domain.case import AssignRole, CorrectSubjectDetails
from domain.case.plans import SetSupportPolicy
from domain.consent_ledger import WithdrawConsent
from domain.exclusions import LiftExclusion, SetExclusion
from domain.items import Item
from domain.model import AgencyId, CaseId, EventId, MeetingId, ReferralId, StaffId
from domain.referral import DraftReferral, SendReferral
from domain.trail.purges import RequestPurge
from projections.feed import FEED
from services.aliases import CursorNotValid
from services.disclosing import Gate, Reader
from services.feeding import LOOKED_AT_EVERY_S
from services.ports import Keys
from services.sights import Seen
from tests.integration.test_viewing import CONSULT, IDENTIFY, NAME, NOTE, refers, takes
from tests.integration.viewers import Agency, House, a_house


class Town(NamedTuple):
    house: House
    city: Agency
    centre: Agency
    police: Agency

    async def pages(
        self, agency: Agency, after: str | None = None, most: int = 100
    ) -> tuple[list[FeedMessage], str]:
        """To where nothing follows, with the lists made up to now."""
        await self.house.lists_are_made(FEED)
        told: list[FeedMessage] = []
        while (page := await self.page(agency, after, most)).items:
            told, after = [*told, *page.items], page.next
        return told, page.next

    async def page(
        self, agency: Agency, after: str | None = None, most: int = 100, wait_s: float = 0.0
    ) -> FeedPage:
        return await self.house.feeding.page(agency.reader, after=after, most=most, wait_s=wait_s)

    async def others(self, agency: Agency, after: str | None = None) -> list[tuple[str, list[str]]]:
        """What it is told that others have recorded: of what kind, and whether a name is in it."""
        messages, _ = await self.pages(agency, after)
        return [short(each) for each in messages if not each.tsunaguown]


def envelopes(message: FeedMessage) -> Sequence[Envelope]:
    if message.type == PACKAGE:
        return msgspec.json.decode(message.data, type=Package).records
    return (msgspec.json.decode(message.data, type=Envelope),)


def short(message: FeedMessage) -> tuple[str, list[str]]:
    """The kind of message, and of what kind its records are."""
    assert message.tsunagubackfill == (message.type == PACKAGE)
    return message.type, [each.type for each in envelopes(message)]


@pytest_asyncio.fixture
async def town(database: PostgresAccess) -> AsyncIterator[Town]:
    async with a_house(database) as house:
        city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
        centre = await house.agency("WOMENS_SUPPORT_CENTRE")
        police = await house.agency("POLICE")
        for each in (city, centre, police):
            await keeps_its_feed(house, each)
        yield Town(house, city, centre, police)


async def keeps_its_feed(house: House, agency: Agency) -> None:
    await house.operator.says(NameFeedCustodian(agency_id=agency.id, staff_id=agency.staff))


async def heard(town: Town) -> CaseId:
    """She has told the city who she is, and what has happened."""
    case = await town.city.opens()
    await town.city.says(IDENTIFY, case)
    await town.city.says(CONSULT, case)
    return case


async def takes_part(town: Town, case: CaseId, agency: Agency) -> None:
    await town.city.says(AssignRole(function="MAIN_SUPPORT", agency_id=agency.id), case)


async def shared(town: Town) -> CaseId:
    """The centre takes part, and may know who she is and what has happened to her."""
    case = await heard(town)
    await town.city.hears_consent(case, town.centre, "IDN", "PRB", history="FULL")
    await takes_part(town, case, town.centre)
    return case


# What is told, and where in the sequence


async def test_it_is_told_in_order_what_it_records_itself(town: Town) -> None:
    await heard(town)
    messages, _ = await town.pages(town.city)
    assert [each.type for each in messages] == ["case.opened.v1", IDENTIFIED, CONSULTED]
    for each in messages:
        (told,) = envelopes(each)
        assert each.tsunaguown
        assert (each.specversion, each.source) == ("1.0", SOURCE)
        assert (each.id, each.type, each.time) == (told.id, told.type, told.occurred_at)
    assert NAME in bytes(messages[1].data).decode()
    assert await town.others(town.centre) == []


async def test_consent_alone_tells_nothing_and_taking_part_brings_all_from_before_in_one_package(
    town: Town,
) -> None:
    case = await heard(town)
    await town.city.hears_consent(case, town.centre, "IDN", "PRB", history="FULL")
    told, after = await town.pages(town.centre)
    assert told == []
    await takes_part(town, case, town.centre)
    (package,), after = await town.pages(town.centre, after)
    assert short(package) == (PACKAGE, [IDENTIFIED, CONSULTED])
    assert (package.tsunagubackfill, package.tsunaguown, package.time) == (True, False, None)
    assert NAME in bytes(package.data).decode()
    await town.city.says(CONSULT, case)
    assert await town.others(town.centre, after) == [(CONSULTED, [CONSULTED])]


async def test_however_many_poll_on_the_log_falls_quiet(town: Town) -> None:
    """That they were told is recorded; and that this was recorded, nobody is told."""
    house, case = town.house, await heard(town)
    hospital = await house.agency("MEDICAL_INSTITUTION")
    shelter = await house.agency("TEMPORARY_PROTECTION_FACILITY")
    for each in (hospital, shelter):
        await keeps_its_feed(house, each)
    others = [town.centre, town.police, hospital, shelter]
    for each in others:
        await town.city.hears_consent(case, each, "IDN", "PRB", history="FULL")
        await takes_part(town, case, each)
    for _ in range(100):
        await town.city.says(CONSULT, case)
    said, everybody = await house.log.head(), [town.city, *others]
    after = {each.id: (await town.pages(each))[1] for each in everybody}
    told = await house.log.head()
    assert told > said
    for _ in range(3):
        for each in everybody:
            messages, after[each.id] = await town.pages(each, after[each.id])
            assert messages == []
    assert await house.log.head() == told


async def test_what_was_agreed_to_for_the_future_brings_nothing_from_before(town: Town) -> None:
    case = await heard(town)
    await town.city.hears_consent(case, town.centre, "IDN", "PRB", history="NONE")
    await takes_part(town, case, town.centre)
    assert await town.others(town.centre) == []
    await town.city.says(CONSULT, case)
    assert await town.others(town.centre) == [(CONSULTED, [CONSULTED])]


async def test_a_snapshot_brings_the_state_and_not_what_was_before_it(town: Town) -> None:
    case = await heard(town)
    await town.city.says(CONSULT, case)
    await town.city.hears_consent(case, town.centre, "PRB", history="SNAPSHOT")
    await takes_part(town, case, town.centre)
    assert await town.others(town.centre) == [(PACKAGE, [CONSULTED])]


async def test_where_she_agrees_to_more_only_that_comes_with_it(town: Town) -> None:
    case = await shared(town)
    _, after = await town.pages(town.centre)
    await town.city.hears_consent(case, town.centre, "ACC", history="FULL")
    (package,), _ = await town.pages(town.centre, after)
    (told,) = envelopes(package)
    assert (told.type, {*told.fields}) == (CONSULTED, {"consultation_id", "language"})
    whole, _ = await town.pages(town.centre)
    first = next(e for e in envelopes(whole[0]) if e.type == CONSULTED)
    assert "language" not in first.fields


async def test_what_is_sent_with_her_comes_in_a_package_with_the_sending(town: Town) -> None:
    case = await heard(town)
    await town.city.hears_consent(case, town.centre, "IDN", "PRB")
    identified = next(e for e in await town.city.timeline(case) if e.type == IDENTIFIED)
    draft = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=town.centre.id,
        purpose="PROTECTION",
        urgency="HIGH",
        items=(Item(source=EventId(identified.id), field="name"),),
    )
    referral = ReferralId(await town.city.makes(draft, case))
    assert await town.others(town.centre) == []
    await town.city.says(SendReferral(referral_id=referral), case)
    (package, sent), _ = await town.pages(town.centre)
    assert short(package) == (PACKAGE, [IDENTIFIED, DRAFTED])
    assert {"name", "kana"} & envelopes(package)[0].fields.keys() == {"name"}
    assert short(sent) == (SENT, [SENT])


async def test_to_take_her_on_brings_what_she_agreed_to_beside_the_package(town: Town) -> None:
    case = await heard(town)
    await town.city.hears_consent(case, town.centre, "IDN", history="FULL")
    referral = await refers(town.city, town.centre, case)
    _, after = await town.pages(town.centre)
    await takes(town.centre, referral, case)
    told = await town.others(town.centre, after)
    assert (PACKAGE, [IDENTIFIED]) in told


async def test_whoever_took_over_is_told_what_that_brought_and_no_more(town: Town) -> None:
    case = await heard(town)
    small = await town.house.agency("WOMENS_SUPPORT_CENTRE")
    await keeps_its_feed(town.house, small)
    await town.city.hears_consent(case, small, "IDN", history="FULL")
    await takes_part(town, case, town.centre)
    told, after = await town.pages(town.centre)
    assert told == []
    succeeds = SucceedAgency(agency_id=small.id, successor=town.centre.id)
    await town.house.operator.says(succeeds)
    assert await town.others(town.centre, after) == [(PACKAGE, [IDENTIFIED])]
    assert await town.others(town.centre) == [(PACKAGE, [IDENTIFIED])]


# What is taken away, and what comes back


async def test_what_she_takes_back_is_fetched_no_more_and_what_she_gives_again_comes_again(
    town: Town,
) -> None:
    case = await shared(town)
    seen = await town.city.sees(case)
    assert seen is not None
    (granted,) = seen.consents
    messages, after = await town.pages(town.centre)
    assert [short(each) for each in messages] == [(PACKAGE, [IDENTIFIED, CONSULTED])]
    await town.city.says(WithdrawConsent(grant_id=granted), case)
    assert await town.others(town.centre, after) == []
    assert await town.others(town.centre) == []
    purge = RequestPurge(
        recipient=town.centre.id,
        covers=frozenset({"IDN"}),
        cause="WITHDRAWN",
        grant_id=granted,
    )
    await town.city.says(purge, case)
    withdrawn = [(PACKAGE, [WITHDRAWN])]
    assert await town.others(town.centre, after) == withdrawn
    await town.city.hears_consent(case, town.centre, "IDN", history="FULL")
    again = [*withdrawn, (PACKAGE, [IDENTIFIED])]
    assert await town.others(town.centre, after) == again == await town.others(town.centre)


async def test_whom_she_shuts_out_is_told_nothing_until_she_lets_them_know_again(
    town: Town,
) -> None:
    case = await shared(town)
    _, after = await town.pages(town.centre)
    await town.city.says(SetExclusion(agency_id=town.centre.id), case)
    await town.city.says(CONSULT, case)
    assert await town.others(town.centre, after) == [] == await town.others(town.centre)
    await town.city.says(LiftExclusion(agency_id=town.centre.id, method="WRITTEN"), case)
    back = [(PACKAGE, [IDENTIFIED, CONSULTED, CONSULTED])]
    assert await town.others(town.centre, after) == back == await town.others(town.centre)


async def test_of_what_is_on_no_feed_of_theirs_nothing_is_opened_to_decide_that(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Corrections are, where she agreed to what was known then: they say what is not said anew."""
    opened = Counter[str]()

    async def counted(gate: Gate, seen: Iterable[Seen]) -> Keys:
        events = [*seen]
        opened.update(each.header.type for each in events)
        return await opens(gate, events)

    opens = Gate.open
    monkeypatch.setattr(Gate, "open", counted)
    case = await heard(town)
    await town.city.says(CorrectSubjectDetails(name="相川みさお", correction_reason="誤記"), case)
    await town.city.hears_consent(case, town.centre, "IDN", history="SNAPSHOT")
    await takes_part(town, case, town.centre)
    _, after = await town.pages(town.centre)
    assert opened.pop("case.subject_details_corrected.v1") > 0
    await town.city.says(SetExclusion(staff_id=town.centre.staff), case)
    assert (await town.pages(town.centre, after))[0] == []
    assert (await town.pages(town.centre))[0] == []
    assert not opened["case.subject_details_corrected.v1"]


async def test_a_case_from_which_one_of_its_staff_is_shut_out_is_on_no_feed_of_theirs(
    town: Town,
) -> None:
    """Its own records are not, either; until she says otherwise, or they work there no more."""
    centre, case = town.centre, await shared(town)
    other = await shared(town)
    colleague = StaffId(
        await town.house.operator.makes(EnrolStaff(agency_id=centre.id, role="CASEWORKER"))
    )
    await centre.says(NOTE, case)
    before, after = await town.pages(centre)
    await town.city.says(SetExclusion(staff_id=colleague), case)
    await centre.says(NOTE, case)
    assert (await town.pages(centre, after))[0] == []
    alias = town.house.aliases.alias(centre.id, other)
    assert {e.case for each in (await town.pages(centre))[0] for e in envelopes(each)} == {alias}
    leaves = EndEnrolment(agency_id=centre.id, staff_id=colleague)
    await town.house.operator.says(leaves)
    (package,), _ = await town.pages(centre, after)
    assert short(package) == (
        PACKAGE,
        [IDENTIFIED, CONSULTED, "case.note_recorded.v1", "case.note_recorded.v1"],
    )
    assert len(before) == 3


# Who may fetch it, and how


async def test_whoever_is_no_custodian_fetches_nothing(town: Town) -> None:
    await shared(town)
    stranger = await town.house.agency("WOMENS_SUPPORT_CENTRE")
    with pytest.raises(NotTheCustodian):
        await town.page(stranger)
    ends = EndFeedCustodian(agency_id=town.centre.id, staff_id=town.centre.staff)
    await town.house.operator.says(ends)
    with pytest.raises(NotTheCustodian):
        await town.page(town.centre)


async def test_a_suspended_agency_is_refused(town: Town) -> None:
    await town.house.operator.says(SuspendAgency(agency_id=town.centre.id))
    with pytest.raises(AgencyIsSuspended):
        await town.page(town.centre)


async def test_a_cursor_is_good_in_the_feed_of_that_agency_alone(town: Town) -> None:
    page = await town.page(town.city)
    with pytest.raises(CursorNotValid):
        await town.page(town.centre, page.next)


async def test_pages_together_are_the_feed_from_its_beginning(town: Town) -> None:
    for _ in range(3):
        case = await shared(town)
        await town.city.says(CONSULT, case)
    whole, _ = await town.pages(town.centre, most=500)
    assert len(whole) == 6
    for most in (1, 2, 5):
        told, _ = await town.pages(town.centre, most=most)
        assert told == whole


async def test_it_does_not_show_whether_anything_was_passed_over(town: Town) -> None:
    """To the centre, of which she has spoken without letting it know, and to whom nobody has."""
    nothing = await town.page(town.police)
    for _ in range(30):
        case = await heard(town)
        await town.city.hears_consent(case, town.centre, "IDN", history="FULL")
    await town.house.lists_are_made(FEED)
    hidden = await town.page(town.centre)
    assert hidden.items == nothing.items == ()
    assert len(hidden.next) == len(nothing.next)
    again = await town.page(town.centre, hidden.next)
    assert (again.items, len(again.next)) == ((), len(nothing.next))
    assert again.next != hidden.next, "the same place is never written in the same way"


async def test_of_a_meeting_it_was_not_asked_to_it_hears_nothing_beside_a_plan(town: Town) -> None:
    case = await heard(town)
    await town.city.hears_consent(case, town.centre, "PLN", "SVC", history="FULL")
    await takes_part(town, case, town.centre)
    policy = SetSupportPolicy(
        policy_text=("安全な住まい",),
        subject_wish="静かに暮らしたい。",
        decided_in=MeetingId(uuid4()),
        review_on=date(2027, 1, 15),
    )
    await town.city.says(policy, case)
    told, _ = await town.pages(town.centre)
    (planned,) = (e for m in told for e in envelopes(m) if e.type == "case.support_policy_set.v1")
    assert "policy_text" in planned.fields
    assert "decided_in" not in planned.fields


# Waiting


async def test_whoever_waits_is_told_as_soon_as_there_is_something_for_them(town: Town) -> None:
    case = await shared(town)
    _, after = await town.pages(town.centre)
    waiting = asyncio.create_task(town.page(town.centre, after, wait_s=20))
    others = asyncio.create_task(town.page(town.police, wait_s=1))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await town.city.says(NOTE, case)
    await town.house.lists_are_made(FEED)
    assert (await others).items == ()
    assert not waiting.done(), "of the note nothing is for it"
    await town.city.says(CONSULT, case)
    await town.house.lists_are_made(FEED)
    async with asyncio.timeout(SOON):
        page = await waiting
    assert [short(each) for each in page.items] == [(CONSULTED, [CONSULTED])]


async def test_while_there_is_nothing_for_it_an_agency_has_nothing_asked_however_much_comes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Counter[AgencyId]()

    async def counted(index: PostgresFeed, agency: AgencyId, since: int, most: int) -> Any:
        asked[agency] += 1
        return await feed_of(index, agency, since, most)

    feed_of = PostgresFeed.feed_of
    case = await shared(town)
    _, after = await town.pages(town.centre)
    _, of_police = await town.pages(town.police)
    monkeypatch.setattr(PostgresFeed, "feed_of", counted)
    waiting = asyncio.create_task(town.page(town.police, of_police, wait_s=20))
    nudged = asyncio.create_task(coming(town.police.reader, of_police, town))
    begun = asyncio.create_task(town.page(town.centre, after, wait_s=20))
    await asyncio.sleep(0.3)
    before = asked[town.police.id]
    for _ in range(5):
        page = asyncio.create_task(town.page(town.centre, after, wait_s=20))
        await town.city.says(CONSULT, case)
        await town.house.lists_are_made(FEED)
        async with asyncio.timeout(SOON):
            after = (await page).next
    assert (await begun).items
    assert asked[town.police.id] == before
    for each in (waiting, nudged):
        assert not each.done()
        each.cancel()


async def test_whoever_waits_is_told_what_comes_of_taking_over(town: Town) -> None:
    """It comes from outside of all cases."""
    case = await heard(town)
    small = await town.house.agency("WOMENS_SUPPORT_CENTRE")
    await town.city.hears_consent(case, small, "IDN", history="FULL")
    await takes_part(town, case, town.centre)
    _, after = await town.pages(town.centre)
    waiting = asyncio.create_task(town.page(town.centre, after, wait_s=20))
    await asyncio.sleep(0.2)
    await town.house.operator.says(SucceedAgency(agency_id=small.id, successor=town.centre.id))
    await town.house.lists_are_made(FEED)
    async with asyncio.timeout(SOON):
        page = await waiting
    assert [short(each) for each in page.items] == [(PACKAGE, [IDENTIFIED])]


@pytest.mark.parametrize("is_passed_over", [True, False])
async def test_that_something_has_come_is_said_at_the_same_time_whatever_was_passed_over(
    town: Town, *, is_passed_over: bool
) -> None:
    """On the next beat after it came, or a later one where the machine was busy: never between."""
    case, hidden = await shared(town), await heard(town)
    await takes_part(town, hidden, town.centre)
    beats = [await said_after(town, case, hidden if is_passed_over else None) for _ in range(3)]
    assert max(abs(each - round(each)) for each in beats) < 0.2
    assert round(min(beats)) == 1


async def said_after(town: Town, case: CaseId, passed_over: CaseId | None) -> float:
    """So many beats after somebody began to wait."""
    _, after = await town.pages(town.centre)
    await town.page(town.centre, after, wait_s=0.1)  # From here on it is known what is new.
    began_s = monotonic()
    said = asyncio.create_task(coming(town.centre.reader, after, town))
    await asyncio.sleep(LOOKED_AT_EVERY_S * 0.25)
    if passed_over:
        await town.city.says(CONSULT, passed_over)
        await town.house.lists_are_made(FEED)
    await asyncio.sleep(began_s + LOOKED_AT_EVERY_S * 0.5 - monotonic())
    await town.city.says(CONSULT, case)
    await town.house.lists_are_made(FEED)
    async with asyncio.timeout(SOON):
        await said
    return (monotonic() - began_s) / LOOKED_AT_EVERY_S


async def coming(reader: Reader, after: str, town: Town) -> None:
    async def still() -> None:
        pass

    await town.house.feeding.coming(reader, after=after, still=still)


IDENTIFIED: Final = "case.subject_identified.v1"
CONSULTED: Final = "case.consultation_recorded.v1"
DRAFTED: Final = "referral.drafted.v1"
SENT: Final = "referral.sent.v1"
WITHDRAWN: Final = "consent.withdrawn.v1"
SOON: Final = 5.0
