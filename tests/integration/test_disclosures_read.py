"""Whoever is told without her consent finds of which case, and whoever is not finds nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from adapters.engines import PostgresAccess
from contracts.disclosures import DisclosureLine
from domain.emergency import EndEmergency
from domain.model import EmergencyId
from domain.statutory import FileStatutory, StatutoryId
from domain.visibility import Basis
from tests.integration.conferences import Town, a_town
from tests.integration.emergencies import authorised, emergency
from tests.integration.viewers import Agency


@pytest_asyncio.fixture
async def town(database: PostgresAccess) -> AsyncIterator[Town]:
    async with a_town(database) as town:
        yield town


async def told(town: Town, agency: Agency) -> list[DisclosureLine]:
    await town.house.lists_are_made()
    return [*(await town.registers.disclosures.those_to(agency.reader, most=50)).items]


async def test_whoever_is_told_by_law_finds_the_case_under_a_name_of_its_own(town: Town) -> None:
    guidance = await town.house.agency("CHILD_GUIDANCE_CENTRE")
    filed = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=guidance.id,
        categories=frozenset({"IDN"}),
    )
    statutory = StatutoryId(await town.city.makes(filed, town.case))
    (line,) = await told(town, guidance)
    assert line.case == town.house.aliases.alias(guidance.id, town.case)
    assert line.bases == (Basis("STATUTORY", statutory=statutory),)
    assert await told(town, town.clinic) == await told(town, town.city) == []


async def test_once_an_emergency_is_over_it_is_as_if_there_had_been_none(town: Town) -> None:
    director = await town.house.agency("WOMENS_SUPPORT_CENTRE", role="CENTRE_DIRECTOR")
    in_two_hours = datetime.now(UTC) + timedelta(hours=2)
    asked = emergency(town.clinic.id, in_two_hours, "IDN", asked_agencies=frozenset({director.id}))
    made = EmergencyId(await town.city.makes(asked, town.case))
    assert await told(town, town.clinic) == []
    await director.says(authorised(made, asked), town.case)
    (line,) = await told(town, town.clinic)
    assert line.bases == (Basis("EMERGENCY", emergency=made),)
    await town.city.says(EndEmergency(emergency_id=made), town.case)
    assert await told(town, town.clinic) == []
