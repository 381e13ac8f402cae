"""Whoever took over finds what nobody has in hand now, and learns no word of it by that."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.envelope import AgencyShown
from contracts.pages import CaseLine
from domain.agency import SucceedAgency
from domain.case import (
    AcceptCase,
    AssignRole,
    CloseCase,
    IdentifySubject,
    ReopenCase,
)
from domain.exclusions import SetExclusion
from domain.model import CaseId, NetworkId
from services.viewing import Viewing
from tests.integration.viewers import Agency, House, a_house

IDENTIFY: Final = IdentifySubject(name="相川みさき", kana="アイカワ ミサキ")
CLOSE: Final = CloseCase(reason="GOALS_MET", subject_wish="一人でやっていける。")
REOPEN: Final = ReopenCase(reason="NEW_DIFFICULTIES", subject_wish="また相談したい。")


class Office:
    """A small town's division, which the city's takes over."""

    def __init__(self, house: House, small: Agency, city: Agency, network: NetworkId) -> None:
        self.house: Final = house
        self.small: Final = small
        self.city: Final = city
        self.network: Final = network

    async def hears(self, *, accepted: bool = False, closed: bool = False) -> CaseId:
        case = await self.small.opens()
        await self.small.says(IDENTIFY, case)
        if accepted:
            await self.small.says(AcceptCase(network_id=self.network), case)
        if closed:
            await self.small.says(CLOSE, case)
        return case

    async def goes(self) -> None:
        await self.succeeded(self.small, self.city)

    async def succeeded(self, old: Agency, new: Agency) -> None:
        await self.house.operator.says(SucceedAgency(agency_id=old.id, successor=new.id))

    async def list_of(self, agency: Agency, most: int = 50) -> list[CaseLine]:
        """As it is remembered, which is as it is decided anew."""
        await self.house.lists_are_made()
        read = [await pages(viewing, agency, most) for viewing in self.viewings]
        assert read[0] == read[1]
        return read[0]

    @property
    def viewings(self) -> tuple[Viewing, Viewing]:
        return self.house.viewing, self.house.reading_anew()


@pytest_asyncio.fixture
async def office(database: PostgresAccess) -> AsyncIterator[Office]:
    async with a_house(database) as house:
        small = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
        city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
        yield Office(house, small, city, await house.network(small, city))


async def pages(viewing: Viewing, agency: Agency, most: int) -> list[CaseLine]:
    read: list[CaseLine] = []
    after: str | None = None
    while True:
        page = await viewing.cases(agency.reader, after=after, most=most)
        read += page.items
        after = page.next
        if after is None:
            return read


def waiting(office: Office, reader: Agency, case: CaseId, **said: Any) -> CaseLine:
    """Nothing but that it is there, and whose it was."""
    alias = office.house.aliases.alias(reader.id, case)
    return CaseLine(case=alias, follows=AgencyShown(id=office.small.id), **said)


async def test_whoever_took_over_finds_what_nobody_has_in_hand_and_no_word_of_it(
    office: Office,
) -> None:
    contact = await office.hears()
    ended = await office.hears(accepted=True, closed=True)
    assert await office.list_of(office.city) == []
    await office.goes()
    assert await office.list_of(office.city) == [
        waiting(office, office.city, contact, status="CONTACT"),
        waiting(office, office.city, ended, status="CLOSED"),
    ]
    for case in (contact, ended):
        assert await office.city.sees(case) is None
        assert await office.city.timeline(case) == []


async def test_once_it_goes_on_with_it_the_case_is_its_own(office: Office) -> None:
    contact = await office.hears()
    ended = await office.hears(accepted=True, closed=True)
    await office.goes()
    await office.list_of(office.city)
    await office.city.says(AcceptCase(network_id=office.network), contact)
    await office.city.says(REOPEN, ended)
    lines = await office.list_of(office.city)
    assert [line.case for line in lines] == [
        office.house.aliases.alias(office.city.id, each) for each in (contact, ended)
    ]
    assert [line.follows for line in lines] == [None, None]
    assert [line.name for line in lines] == [None, None], "she has not agreed to that"


async def test_she_lets_it_know_what_she_said_before(office: Office) -> None:
    """Whom she had agreed to let know is followed by whom she may know of, but for where she is."""
    case = await office.hears()
    await office.small.hears_consent(case, office.small, "IDN", "SVC")
    await office.goes()
    await office.city.says(AcceptCase(network_id=office.network), case)
    (line,) = await office.list_of(office.city)
    assert line.name == IDENTIFY.name


async def test_what_passed_on_twice_waits_for_the_last(office: Office) -> None:
    case = await office.hears()
    await office.goes()
    last = await office.house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    await office.succeeded(office.city, last)
    assert await office.list_of(last) == [waiting(office, last, case, status="CONTACT")]


@pytest.mark.parametrize("whom", ["small", "city", "staff"])
async def test_for_whom_she_has_shut_out_nothing_waits(office: Office, whom: str) -> None:
    case = await office.hears()
    shut_out = (
        SetExclusion(staff_id=office.city.staff)
        if whom == "staff"
        else SetExclusion(agency_id=getattr(office, whom).id)
    )
    await office.small.says(shut_out, case)
    await office.goes()
    assert await office.list_of(office.city) == []


async def test_what_another_answers_for_does_not_wait(office: Office) -> None:
    case = await office.hears()
    other = await office.house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    network = await office.house.network(other)
    await office.small.says(AssignRole(function="SERVICE_PROVIDER", agency_id=other.id), case)
    await other.says(AcceptCase(network_id=network), case)
    await office.goes()
    assert await office.list_of(office.city) == []


async def test_nobody_else_finds_it(office: Office) -> None:
    await office.hears()
    stranger = await office.house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    await office.goes()
    assert await office.list_of(stranger) == []
    assert await office.list_of(office.house.operator) == []


async def test_each_case_stands_on_one_page_whoever_had_it(office: Office) -> None:
    """Of whom it took over from two had one, and one it takes part in itself."""
    third = await office.house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
    cases = [await office.hears() for _ in range(5)]
    for case in cases[1:3]:
        await office.small.says(AssignRole(function="SERVICE_PROVIDER", agency_id=third.id), case)
    await office.small.says(
        AssignRole(function="SERVICE_PROVIDER", agency_id=office.city.id), cases[2]
    )
    own = await office.city.opens()
    await office.goes()
    await office.succeeded(third, office.city)
    for most in (1, 2, 50):
        lines = await office.list_of(office.city, most)
        assert {line.case for line in lines} == {
            office.house.aliases.alias(office.city.id, each) for each in (*cases, own)
        }
        assert len(lines) == len(cases) + 1
        assert sum(line.follows is None for line in lines) == 1
