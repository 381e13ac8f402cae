"""Made-up lives on the real engines: recorded, read as anybody reads, and never in earnest."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Final, cast

import httpx
import pytest

from adapters.app import App, running
from adapters.cli.screen import Screen
from adapters.cli.seed import seeded
from adapters.postgres.lists import PostgresLists
from adapters.postgres.processes import PostgresProcesses
from adapters.seeding import told_beside
from adapters.settings import Settings
from adapters.words import Words
from domain.agency import AgencyRegistered, StaffEnrolled
from domain.model import AgencyId, StaffId, stream_of
from services.ports import StoredEvent
from services.reacting.processes import PROCESSES
from services.seeding import Land, Seed
from services.seeding.sowing import OnlyWithDemoClock, SeedAlreadySown, SeedBrokenOff
from tests.integration.test_demo_clock import SPRING
from tests.seeded import SEALING, begun, lived

SEED: Final = Seed(cases=30, years=1, number=7)
LISTED: Final = 5  # At least so many fall to the largest city.
SCREEN: Final = Screen("en")


def environ(home: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CONFIG_HOME": str(home)}


async def all_of(app: App) -> list[StoredEvent]:
    found: list[StoredEvent] = []
    while page := await app.log.after(len(found), 1000):
        found.extend(page)
    return found


async def test_made_up_lives_are_recorded_once_and_read_as_anybody_reads(tmp_path: Path) -> None:
    settings, home = Settings(data=tmp_path / "data", http_port=0), environ(tmp_path)
    async with running(settings, home, SPRING):
        pass
    sown = await seeded(settings, SEED, SCREEN, home)
    with pytest.raises(SeedAlreadySown):
        await seeded(settings, SEED, SCREEN, home)
    await _nothing_is_left_to_follow(settings, home)
    more = await seeded(settings, Seed(cases=10, years=1, number=8), SCREEN, home)
    assert (sown.until, more.until) == ("2025-04-01", "2026-04-01")
    async with running(settings, home) as app:
        stored = await all_of(app)
        times = [event.recorded_at for event in stored]
        assert (times[0], times) == (SPRING, sorted(times))
        assert sum(event.type == "case.opened.v1" for event in stored) == 40
        agency, staff = await _a_city(app, stored)
        headers = {"authorization": f"Bearer {(await app.identity.issue(staff, agency)).text}"}
        async with httpx.AsyncClient(base_url=app.url, headers=headers, timeout=60) as city:
            await _reads(city)


async def _nothing_is_left_to_follow(settings: Settings, home: dict[str, str]) -> None:
    """What follows by rule was made up with it; and nothing falls due before the clock goes on."""
    async with running(settings, home) as app, PostgresLists(app.endpoints.postgres.app) as lists:
        kept = PostgresProcesses(lists)
        assert not [p for p in PROCESSES if await kept.has_unheard(p.name, p.tags)]


async def _a_city(app: App, stored: list[StoredEvent]) -> tuple[AgencyId, StaffId]:
    """The first that was registered there, and somebody who works there."""
    events = [app.sealing.open(each).event for each in stored if each.type.startswith("agency.")]
    city = next(
        event.agency_id
        for event in events
        if isinstance(event, AgencyRegistered) and event.kind == "MUNICIPAL_WOMENS_SUPPORT_DIVISION"
    )
    read = await app.log.recall(stream_of("agency", city))
    enrolled = app.sealing.facts(read.streams[stream_of("agency", city)])
    return city, next(each.staff_id for each in enrolled if isinstance(each, StaffEnrolled))


async def _reads(city: httpx.AsyncClient) -> None:
    """Lists follow the log by a moment; while they do, a page may be asked for again."""
    listed: list[dict[str, str]] = []
    async with asyncio.timeout(60):
        while len(listed) < LISTED:
            page = await city.get("/v1/cases")
            if page.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                listed = page.raise_for_status().json()["items"]
            await asyncio.sleep(0.2)
    names: list[str | None] = []
    for line in listed:
        shown = await city.get(f"/v1/cases/{line['case']}")
        names.append(shown.json().get("name"))
        timeline = await city.get(f"/v1/cases/{line['case']}/timeline")
        assert (shown.status_code, timeline.status_code) == (200, 200)
        assert timeline.json()["items"]
    assert any(names)


async def test_where_cases_are_in_earnest_none_is_made_up(tmp_path: Path) -> None:
    settings, home = Settings(data=tmp_path / "data", http_port=0), environ(tmp_path)
    async with running(settings, home):
        pass
    with pytest.raises(OnlyWithDemoClock):
        await seeded(settings, SEED, SCREEN, home)


def test_where_nothing_is_nothing_is_left_behind(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", http_port=0)
    with pytest.raises(OnlyWithDemoClock):
        asyncio.run(seeded(settings, SEED, SCREEN, environ(tmp_path)))
    assert list(tmp_path.iterdir()) == []


async def test_a_seed_that_was_broken_off_is_not_called_sown(tmp_path: Path) -> None:
    settings, home = Settings(data=tmp_path / "data", http_port=0), environ(tmp_path)
    async with running(settings, home, SPRING):
        pass
    broken_off = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"from {__name__} import broken_off; broken_off()",
        str(settings.data),
        env={**home, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    assert await broken_off.wait() == -signal.SIGKILL
    with pytest.raises(SeedBrokenOff) as refused:
        await seeded(settings, SEED, SCREEN, home)
    until = refused.value.facts["until"]
    assert date(2024, 7, 1) < cast("date", until) < date(2025, 4, 1)
    more = await seeded(settings, Seed(cases=10, years=1, number=8), SCREEN, home)
    assert more.until == cast("date", until).replace(year=2025).isoformat()


def broken_off() -> None:
    """In the middle of it the process is killed, and nothing of it gets to say anything."""
    settings = Settings(data=Path(sys.argv[1]), http_port=0)
    asyncio.run(seeded(settings, SEED, KilledInSummer("en")))


class KilledInSummer(Screen):
    @contextmanager
    def counting(self, words: Words) -> Generator[Callable[[int, int], None]]:
        del words

        def killed(days: int, _: int) -> None:
            if days > 100:
                os.kill(os.getpid(), signal.SIGKILL)

        yield killed


@pytest.mark.parametrize("cores", [1, 3])
def test_however_many_tell_they_tell_the_same(cores: int) -> None:
    with told_beside(Land(begun(SEED), SEALING), cores) as stories:
        told = {
            event.header[: event.facts.at + event.facts.size]
            for story in stories
            for deeds in story
            for append in deeds.appends
            for event in append.events
        }
    here = [event for append in lived(SEED).appends for event in append.events]
    heads = {event.header[: event.facts.at + event.facts.size] for event in here}
    assert len(told) >= 300
    assert told <= heads
