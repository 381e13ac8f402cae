"""How often representatives are to meet (代表者会議): what a year lacked stands until they do."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import uuid4

import pytest_asyncio

from adapters.clock import DemoClock
from adapters.engines import PostgresAccess
from adapters.postgres.clock import clock_of
from domain.calendar import date_in_japan
from domain.meeting.commands import (
    AddInvitee,
    Attendee,
    ConveneMeeting,
    HoldMeeting,
    PlanMeeting,
)
from domain.model import MeetingId, NetworkId
from domain.network import AdoptRules
from domain.timers import end_of
from tests.integration.test_working import Office, an_office
from tests.integration.viewers import Agency

SUMMER: Final = datetime(2023, 7, 3, 0, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)


class Town(NamedTuple):
    """The representatives of its network are to meet once a year, unless it is said otherwise."""

    office: Office
    clock: DemoClock
    leads: Agency
    city: Agency
    network: NetworkId

    async def lacks(self, who: Agency) -> list[tuple[datetime, bool]]:
        lines = await self.office.shows(who, "REPRESENTATIVES")
        return [(line.due, line.overdue) for line in lines]

    async def are_to_meet(self, times: int) -> None:
        rules = AdoptRules(
            network_id=self.network,
            version=f"2023-07-{times}",
            meeting_mode="PERIODIC_OR_AS_NEEDED",
            representatives_at_least=times,
            confidentiality_clause=("知り得た秘密を漏らしてはならない。",),
            purpose_of_sharing=("支援に必要な範囲に限る。",),
        )
        await self.office.house.operator.says(rules)

    async def meet(self) -> None:
        at = self.clock.now()
        plan = PlanMeeting(
            kind="REPRESENTATIVES", network_id=self.network, on=date_in_japan(at + DAY)
        )
        meeting = MeetingId(await self.leads.makes(plan))
        await self.leads.says(AddInvitee(meeting_id=meeting, agency_id=self.city.id))
        await self.leads.says(ConveneMeeting(meeting_id=meeting))
        await self.clock.move(at + DAY)
        hold = HoldMeeting(
            meeting_id=meeting,
            attendees=tuple(
                Attendee(agency_id=each.id, staff_id=each.staff) for each in (self.leads, self.city)
            ),
            started_at=at,
            ended_at=at + timedelta(hours=1),
        )
        await self.leads.says(hold)


@pytest_asyncio.fixture
async def town(database: PostgresAccess) -> AsyncIterator[Town]:
    async with clock_of(database.app, SUMMER) as clock:
        assert isinstance(clock, DemoClock)
        async with an_office(database, clock) as office:
            house, network = office.house, NetworkId(uuid4())
            leads = await house.agency("MUNICIPAL_GENDER_EQUALITY_CENTRE")
            city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
            await house.registry.established(network, leads.id, city.id)
            town = Town(office, clock, leads, city, network)
            await town.are_to_meet(1)
            yield town


async def test_they_are_to_meet_by_the_end_of_the_fiscal_year_and_who_leads_is_told(
    town: Town,
) -> None:
    assert await town.lacks(town.leads) == [(end_of(date(2024, 3, 31)), False)]
    assert await town.lacks(town.city) == []


async def test_every_year_in_which_they_did_not_meet_stands_until_they_do(town: Town) -> None:
    await town.clock.move(datetime(2026, 6, 1, tzinfo=UTC))
    assert await town.lacks(town.leads) == [
        (end_of(date(2024, 3, 31)), True),
        (end_of(date(2025, 3, 31)), True),
        (end_of(date(2026, 3, 31)), True),
        (end_of(date(2027, 3, 31)), False),
    ]
    await town.meet()
    assert await town.lacks(town.leads) == []


async def test_a_year_in_which_they_met_lacks_nothing_and_the_next_begins_anew(town: Town) -> None:
    await town.meet()
    assert await town.lacks(town.leads) == []
    await town.clock.move(end_of(date(2025, 3, 31)))
    assert await town.lacks(town.leads) == [
        (end_of(date(2025, 3, 31)), True),
        (end_of(date(2026, 3, 31)), False),
    ]


async def test_who_are_to_meet_twice_a_year_have_not_done_with_once(town: Town) -> None:
    await town.are_to_meet(2)
    await town.meet()
    assert await town.lacks(town.leads) == [(end_of(date(2024, 3, 31)), False)]
    await town.meet()
    assert await town.lacks(town.leads) == []
