"""What was decided of a row is remembered, and is never another thing than what is decided anew."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.pages import CaseLine, Page, ReferralLine
from domain.agency import EnrolStaff, RestoreAgency, SignPledge, SuspendAgency
from domain.calendar import date_in_japan
from domain.case import AcceptCase, AssignRole, IdentifySubject, SetContactMethod
from domain.codes import SupportFunction
from domain.consent_ledger import WithdrawConsent
from domain.exclusions import LiftExclusion, SetExclusion
from domain.model import AgencyId, CaseId, PersonId, ReferralId, StaffId, StreamId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from domain.visibility import Roster
from domain.visibility.holding import FOR_GOOD
from services.disclosing import Stand
from services.listing import Kept, Remembered, RowPlace, close
from services.looking import Row
from services.ports import Cases, Keys, Moved
from services.showing import Showing
from services.viewing import CaseCandidate
from tests.integration.viewers import Agency, House, a_house
from tests.spec import NOW

IDENTIFY: Final = IdentifySubject(name="相川みさき", kana="アイカワ ミサキ")
MAIN_SUPPORT: Final[SupportFunction] = "MAIN_SUPPORT"


class Hands:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        return self.at


@pytest_asyncio.fixture
async def hands() -> Hands:
    return Hands()


@pytest_asyncio.fixture
async def house(database: PostgresAccess, hands: Hands) -> AsyncIterator[House]:
    async with a_house(database, hands) as house:
        yield house


class Readers:
    """Everybody who reads, whatever happens: out of memory, and anew."""

    def __init__(self, house: House, *agencies: Agency) -> None:
        self._house: Final = house
        self._agencies: Final = agencies
        self.seen: list[tuple[Page[CaseLine], Page[ReferralLine]]] = []

    async def read(self) -> list[tuple[Page[CaseLine], Page[ReferralLine]]]:
        await self._house.lists_are_made()
        anew = self._house.reading_anew()
        self.seen = []
        for agency in self._agencies:
            remembered = self._house.viewing
            cases = await remembered.cases(agency.reader, most=50)
            referrals = await remembered.referrals(agency.reader, most=50)
            assert cases == await anew.cases(agency.reader, most=50)
            assert referrals == await anew.referrals(agency.reader, most=50)
            self.seen.append((cases, referrals))
        return self.seen

    async def see(self, agency: Agency) -> bool:
        """Whether it then has a case in its list."""
        await self.read()
        cases, _ = self.seen[self._agencies.index(agency)]
        return bool(cases.items)


async def test_a_row_out_of_memory_is_the_row_decided_anew(house: House, hands: Hands) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    network = await house.network(city, centre)
    readers = Readers(house, city, centre)
    for _ in range(2):
        await city.says(IDENTIFY, await city.opens())
    case = await city.opens()
    await city.says(IDENTIFY, case)
    assert not await readers.see(centre)
    await city.says(AcceptCase(network_id=network), case)
    await readers.read()
    today = date_in_japan(hands.now())
    await city.hears_consent(case, centre, "IDN", "SVC", "CNT", valid_until=today, until_event=None)
    await readers.read()
    draft = DraftReferral(
        kind="TEMPORARY_PROTECTION_REQUEST",
        to_agency=centre.id,
        purpose="PROTECTION",
        urgency="HIGH",
    )
    referral = ReferralId(await city.makes(draft, case))
    await city.says(SendReferral(referral_id=referral), case)
    await readers.read()
    await centre.says(ReceiveReferral(referral_id=referral), case)
    await centre.says(AcceptReferral(referral_id=referral, role_taken=MAIN_SUPPORT), case)
    await readers.read()
    await centre.says(ConfirmHandover(referral_id=referral, referrer_remains=True), case)
    assert await readers.see(centre)
    assert "相川みさき" in names(readers, centre=1)
    hands.at += timedelta(days=1)  # And what she agreed to until today is over.
    await readers.read()
    assert "相川みさき" not in names(readers, centre=1)
    await city.says(SetContactMethod(means="PHONE", value="090-0000-0000"), case)
    await readers.read()
    again = await city.hears_consent(case, centre, "IDN", "SVC")
    await readers.read()
    assert "相川みさき" in names(readers, centre=1)
    await city.says(WithdrawConsent(grant_id=again), case)
    await readers.read()
    assert "相川みさき" not in names(readers, centre=1)
    await city.says(SetExclusion(agency_id=centre.id), case)
    await readers.read()
    await city.says(LiftExclusion(agency_id=centre.id, method="WRITTEN"), case)
    await readers.read()


async def test_whom_a_row_names_is_asked_about_again_once_they_have_changed(house: House) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    network = await house.network(city)
    case = await city.opens()
    await city.says(AcceptCase(network_id=network), case)
    readers = Readers(house, city)
    assert await readers.see(city)
    await house.operator.says(SuspendAgency(agency_id=city.id))
    await house.operator.says(RestoreAgency(agency_id=city.id))
    assert await readers.see(city)


def names(readers: Readers, *, centre: int) -> list[object]:
    return [line.name for line in readers.seen[centre][0].items]


def noted(house: House) -> list[CaseId]:
    """Which cases are read from here on."""
    read: list[CaseId] = []
    of_cases = house.log.of_cases

    async def reading(*asked: CaseId) -> Cases:
        read.extend(asked)
        return await of_cases(*asked)

    house.log.of_cases = reading  # type: ignore[method-assign]  # It is watched.
    return read


async def test_only_what_has_moved_is_read_again(house: House, hands: Hands) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    cases = [await city.opens() for _ in range(5)]
    await house.lists_are_made()
    await house.viewing.cases(city.reader, most=50)
    await city.says(IDENTIFY, cases[3])
    read = noted(house)
    for _ in range(3):
        await house.viewing.cases(city.reader, most=50)
        hands.at += timedelta(days=1)
    assert read == [cases[3]]


async def test_what_one_was_shown_makes_no_page_of_a_colleague_quicker(house: House) -> None:
    """Else the one page that takes longer tells that there is a grievance about whoever reads."""
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION", role="REPRESENTATIVE")
    enrol = EnrolStaff(agency_id=city.id, role="CASEWORKER")
    colleague = city._replace(staff=StaffId(await city.makes(enrol)), role="CASEWORKER")
    pledge = SignPledge(agency_id=city.id, staff_id=colleague.staff, text_version="2026-04")
    await city.says(pledge)
    cases = [await city.opens() for _ in range(3)]
    await house.lists_are_made()
    found = await house.viewing.cases(city.reader, most=50)
    read = noted(house)
    assert await house.viewing.cases(colleague.reader, most=50) == found
    assert read == cases
    await city.says(SetExclusion(staff_id=colleague.staff), cases[1])
    left = await house.viewing.cases(colleague.reader, most=50)
    assert left.items == (found.items[0], found.items[2])
    assert await house.viewing.cases(city.reader, most=50) == found


async def test_what_she_takes_back_while_a_page_is_made_is_not_on_it(house: House) -> None:
    """Of a page of one row, two batches are read: the first holds rows that may not be seen."""
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    network = await house.network(city, centre)
    helps = AssignRole(function="SERVICE_PROVIDER", agency_id=centre.id)
    cases = [await city.opens() for _ in range(4)]
    for case in cases:
        await city.says(IDENTIFY, case)
        await city.says(AcceptCase(network_id=network), case)
        await city.says(helps, case)
    *hidden, shared = cases
    for case in hidden:
        await city.says(SetExclusion(agency_id=centre.id), case)
    grant = await city.hears_consent(shared, centre, "IDN", "SVC")
    await house.lists_are_made()
    fetched = house.candidates.cases_of
    batches = 0

    async def fetch(agency: AgencyId, after: RowPlace | None, most: int) -> Sequence[CaseCandidate]:
        nonlocal batches
        batches += 1
        found = await fetched(agency, after, most)
        if batches == when:
            await city.says(WithdrawConsent(grant_id=grant), shared)
        return found

    assert await named(house, centre) == ["相川みさき"]
    when = 2
    house.candidates.cases_of = fetch  # type: ignore[method-assign,assignment]  # She takes back meanwhile.
    assert await named(house, centre) == []
    assert batches == 3, "as many as it took"


async def named(house: House, agency: Agency) -> list[object]:
    return [line.name for line in (await house.viewing.cases(agency.reader, most=1)).items]


async def test_what_is_on_a_page_is_asked_about_again_before_it_is_shown(house: House) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    centre = await house.agency("WOMENS_SUPPORT_CENTRE")
    network = await house.network(city, centre)
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await city.says(AcceptCase(network_id=network), case)
    await city.says(AssignRole(function="SERVICE_PROVIDER", agency_id=centre.id), case)
    grant = await city.hears_consent(case, centre, "IDN", "SVC")
    await house.lists_are_made()
    assert await named(house, centre) == ["相川みさき"]
    moved, asked = house.log.moved, 0

    async def heard(after: int) -> Moved:
        nonlocal asked
        asked += 1
        found = await moved(after)
        if asked == 1:  # Heard, and only then taken back.
            await city.says(WithdrawConsent(grant_id=grant), case)
        return found

    house.log.moved = heard  # type: ignore[method-assign]  # The same.
    assert await named(house, centre) == []


def test_who_hears_late_that_too_much_was_written_forgets_nothing_newer() -> None:
    case, remembered = CaseId(uuid4()), Remembered()
    remembered.hear(10, None)
    remembered.hear(20_000, None)
    remembered.hear(20_005, {case: 20_003})
    remembered.hear(20_000, None)  # Was asked before, and answered after the others.
    remembered.keep("row", kept(case, 20_000))
    assert remembered.of("row", NOW) is None


async def test_opened_words_are_kept_no_longer_than_keys_are(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.listing.SHOWN_S", 0.0)
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    case = await city.opens()
    await city.says(IDENTIFY, case)
    await house.lists_are_made()
    assert await named(house, city) == ["相川みさき"]
    held = [each for each in gc.get_objects() if isinstance(each, Kept) and each.case == case]
    assert held
    for _ in range(3):  # Turns of the loop: what is due at once is done in the next.
        await asyncio.sleep(0)
    assert all(each.line is None for each in held)


async def test_what_closes_while_a_key_is_fetched_stands_on_the_page_that_was_begun(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    for _ in range(2):
        await city.says(IDENTIFY, await city.opens())
    await house.lists_are_made()
    await house.viewing.cases(city.reader, most=1)
    keys = house.keyring.keys

    async def late(persons: frozenset[PersonId]) -> Keys:
        held = [each for each in gc.get_objects() if isinstance(each, Kept)]
        close(held)
        return await keys(persons)

    monkeypatch.setattr(house.keyring, "keys", late)
    page = await house.viewing.cases(city.reader, most=50)
    assert [line.name for line in page.items] == ["相川みさき"] * 2


def shows_nothing(_: Showing) -> None:
    pass


def kept(case: CaseId, read_to: int, *rests_on: StreamId) -> Kept:
    return Kept(
        case=case,
        row=Row([], shows_nothing),
        roster=Roster(),
        stand=Stand(read_to, frozenset(), FOR_GOOD),
        rests_on=frozenset({case, *rests_on}),
        since=NOW,
        until=NOW + timedelta(hours=1),
    )


def test_what_was_read_before_something_was_written_is_not_believed() -> None:
    """Two read at once: the slower one keeps what it read before the faster one heard of more."""
    case, remembered = CaseId(uuid4()), Remembered()
    remembered.hear(100, None)
    remembered.hear(101, {case: 101})
    remembered.keep("slow", kept(case, 100))
    remembered.keep("fast", kept(case, 101))
    assert remembered.of("slow", NOW) is None
    assert remembered.of("fast", NOW) is not None


def test_where_too_much_was_written_nothing_before_it_is_believed() -> None:
    case, remembered = CaseId(uuid4()), Remembered()
    remembered.hear(100, None)
    remembered.keep("row", kept(case, 100))
    assert remembered.of("row", NOW)
    remembered.hear(20_000, None)
    assert remembered.of("row", NOW) is None


def test_a_row_is_remembered_until_something_ends_by_the_clock() -> None:
    case, remembered = CaseId(uuid4()), Remembered()
    remembered.hear(1, None)
    remembered.keep("row", kept(case, 1))
    assert remembered.of("row", NOW + timedelta(minutes=59))
    assert remembered.of("row", NOW + timedelta(hours=1)) is None
    remembered.keep("row", kept(case, 1))
    assert remembered.of("row", NOW - timedelta(seconds=1)) is None  # A clock was set back.


def test_what_was_used_last_stays_the_longest() -> None:
    case, remembered = CaseId(uuid4()), Remembered(most=2)
    remembered.hear(1, None)
    for name in ("first", "second"):
        remembered.keep(name, kept(case, 1))
    assert remembered.of("first", NOW)
    remembered.keep("third", kept(case, 1))
    assert remembered.of("second", NOW) is None
    assert remembered.of("first", NOW)
    assert remembered.of("third", NOW)
