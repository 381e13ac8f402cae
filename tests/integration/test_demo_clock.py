"""A demo clock: chosen before anything is recorded, moved forwards, and followed by everybody."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx
import psycopg
import pytest
from msgspec.structs import replace
from psycopg import errors

from adapters.app import App, running
from adapters.clock import DemoClock, WallClock
from adapters.engines import PostgresAccess
from adapters.postgres.clock import LOOK_AGAIN_AFTER_S, PostgresClock, clock_of
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate, migrations
from adapters.postgres.views import PostgresViews
from adapters.settings import Settings
from domain.model import AgencyId, StaffId
from projections.lists import LISTS
from services.disclosing import WINDOW
from services.founding import ClockChosenOnce
from tests.agencies import Registry
from tests.integration.conftest import MakeDatabase
from tests.integration.test_viewing import IDENTIFY, refers, takes
from tests.integration.viewers import a_house
from tests.integration.writers import a_stream, append_batch, command, event, session, until

SPRING: Final = datetime(2024, 4, 1, 0, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
MICROSECOND: Final = timedelta(microseconds=1)
BEFORE_THERE_WAS_A_CHOICE: Final = migrations()[:7]


async def recorded(database: PostgresAccess) -> datetime:
    """When something is recorded that is recorded now."""
    async with PostgresEventLog(database.app) as log:
        outcome = await log.append(command(event(a_stream())))
        (last,) = await log.after(outcome.positions[0] - 1, 1)
    return last.recorded_at


async def test_what_happens_is_recorded_by_the_demo_clock_which_stands_until_it_is_moved(
    database: PostgresAccess,
) -> None:
    at = SPRING + 123456 * MICROSECOND
    async with clock_of(database.app, at) as clock:
        assert isinstance(clock, DemoClock)
        assert (clock.now(), await recorded(database), await recorded(database)) == (at, at, at)
        await clock.move(at + DAY)
        assert (clock.now(), await recorded(database)) == (at + DAY, at + DAY)


async def test_without_one_it_is_recorded_by_the_clock_on_the_wall(
    database: PostgresAccess,
) -> None:
    async with clock_of(database.app, None) as clock:
        assert isinstance(clock, WallClock)
        before = clock.now()
        assert before - DAY < await recorded(database) < before + DAY


async def test_a_demo_clock_never_runs_backwards(database: PostgresAccess) -> None:
    async with clock_of(database.app, SPRING) as clock:
        assert isinstance(clock, DemoClock)
        await clock.move(SPRING - DAY)
        assert (clock.now(), await recorded(database)) == (SPRING, SPRING)


@pytest.mark.parametrize(
    "tried",
    [
        "update log.clock set demo_us = demo_us - 1",
        "update log.clock set demo_us = null",
        "delete from log.clock",
        "truncate log.clock",
    ],
)
async def test_nobody_turns_it_back_or_takes_it_away_not_even_who_owns_the_database(
    tried: str, database: PostgresAccess
) -> None:
    async with clock_of(database.app, SPRING):
        with session(database.owner) as owner, pytest.raises(errors.RestrictViolation):
            owner.execute(tried.encode())


async def test_the_application_moves_it_in_no_other_way_than_forwards(
    database: PostgresAccess,
) -> None:
    async with clock_of(database.app, SPRING):
        with session(database.app) as app, pytest.raises(errors.InsufficientPrivilege):
            app.execute("update log.clock set demo_us = demo_us + 1")


async def test_an_installation_on_the_wall_never_gets_a_demo_clock(
    database: PostgresAccess,
) -> None:
    async with clock_of(database.app, None):
        pass
    with pytest.raises(ClockChosenOnce):
        async with clock_of(database.app, SPRING):
            pass
    async with PostgresClock(database.app) as of_the_log:
        assert await of_the_log.move(SPRING) is None
    with session(database.owner) as owner, pytest.raises(errors.RestrictViolation):
        owner.execute("update log.clock set demo_us = 1")


async def test_where_something_is_recorded_already_it_is_too_late_for_one(
    database: PostgresAccess,
) -> None:
    await recorded(database)
    with pytest.raises(ClockChosenOnce):
        async with clock_of(database.app, SPRING):
            pass


async def test_it_begins_once_and_goes_on_from_where_it_was_moved_to(
    database: PostgresAccess,
) -> None:
    async with clock_of(database.app, SPRING) as clock:
        assert isinstance(clock, DemoClock)
        await clock.move(SPRING + DAY)
    for asked in (None, SPRING, SPRING + 9 * DAY):
        async with clock_of(database.app, asked) as again:
            assert again.now() == SPRING + DAY


async def test_of_many_that_choose_at_once_all_get_what_the_first_has_chosen(
    database: PostgresAccess,
) -> None:
    async def chosen(demo_from: datetime | None) -> datetime | None:
        async with PostgresClock(database.app) as of_the_log:
            return await of_the_log.choose(demo_from)

    asked = [SPRING, None, SPRING + DAY, None] * 3
    assert len(set(await asyncio.gather(*map(chosen, asked)))) == 1


async def test_a_log_from_before_there_was_a_choice_stays_on_the_wall(
    make_database: MakeDatabase,
) -> None:
    access = await asyncio.to_thread(make_database, BEFORE_THERE_WAS_A_CHOICE)
    with session(access.app) as app:
        append_batch(app, command(event(a_stream())))
    await migrate(access.owner)
    with session(access.owner) as owner:
        assert owner.execute("select demo_us from log.clock").fetchall() == [(None,)]
    with pytest.raises(ClockChosenOnce):
        async with clock_of(access.app, SPRING):
            pass


async def test_all_who_follow_it_hear_that_it_was_moved(database: PostgresAccess) -> None:
    async with (
        clock_of(database.app, SPRING) as ours,
        clock_of(database.app, None) as theirs,
    ):
        assert isinstance(ours, DemoClock)
        await ours.move(SPRING + DAY)
        await until(lambda: theirs.now() == SPRING + DAY)
        cut_off(database)
        await ours.move(SPRING + 2 * DAY)
        await until(lambda: theirs.now() == SPRING + 2 * DAY)
        async with asyncio.timeout(LOOK_AGAIN_AFTER_S / 2):  # It is told, and need not look.
            await ours.move(SPRING + 3 * DAY)
            await until(lambda: theirs.now() == SPRING + 3 * DAY)


def cut_off(database: PostgresAccess) -> None:
    """Every connection to this database but the one that says so."""
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


async def test_a_command_is_too_late_by_the_demo_clock(database: PostgresAccess) -> None:
    async with clock_of(database.app, SPRING) as clock, PostgresEventLog(database.app) as log:
        assert isinstance(clock, DemoClock)
        soon = replace(command(event(a_stream())), not_after=SPRING + DAY)
        await clock.move(SPRING + DAY + MICROSECOND)
        assert (await log.append(soon)).verdict == "late"
        in_time = replace(command(event(a_stream())), not_after=SPRING + 2 * DAY)
        assert (await log.append(in_time)).verdict == "appended"


async def test_a_list_is_not_years_behind_because_the_demo_clock_is(
    database: PostgresAccess,
) -> None:
    async with clock_of(database.app, SPRING) as clock, PostgresViews(database.app) as views:
        assert isinstance(clock, DemoClock)
        await recorded(database)
        await clock.move(SPRING + timedelta(seconds=90))
        (standing, *_) = await views.standings(LISTS)
        assert (standing.behind, standing.behind_s) == (1, 90.0)


async def test_a_consent_ends_when_the_clock_is_moved_past_its_last_day(
    database: PostgresAccess,
) -> None:
    async with clock_of(database.app, SPRING) as clock:
        assert isinstance(clock, DemoClock)
        async with a_house(database, clock) as house:
            city = await house.agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION")
            centre = await house.agency("WOMENS_SUPPORT_CENTRE")
            case = await city.opens()
            await city.says(IDENTIFY, case)
            week = {"valid_until": date(2024, 4, 7), "until_event": None}
            await city.hears_consent(case, centre, "IDN", **week)
            await takes(centre, await refers(city, centre, case), case)

            async def name_seen() -> object:
                seen = await centre.sees(case)
                return seen and seen.name

            midnight = datetime(2024, 4, 7, 15, tzinfo=UTC)  # In Japan.
            await clock.move(midnight - WINDOW - MICROSECOND)
            assert await name_seen() == IDENTIFY.name
            await clock.move(midnight - MICROSECOND)  # It would arrive when it has ended.
            assert await name_seen() is None
            await clock.move(midnight)
            assert await name_seen() is None


@asynccontextmanager
async def an_app(
    settings: Settings, home: Path, demo_from: datetime | None = None
) -> AsyncGenerator[tuple[App, httpx.AsyncClient]]:
    async with running(settings, {"XDG_CONFIG_HOME": str(home)}, demo_from) as app:
        token = (await app.identity.issue()).text
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=app.url, headers=headers, timeout=30) as client:
            yield app, client


def at(text: str) -> dict[str, str]:
    return {"clock": "DEMO", "now": text}


async def test_the_operator_moves_the_clock_and_a_restart_keeps_it(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", http_port=0)
    async with an_app(settings, tmp_path, SPRING) as (app, operator):
        assert app.operator.clock == "DEMO"
        (founding, *_) = await app.log.after(0, 1)
        assert founding.recorded_at == SPRING
        # Whose token is good by the wall comes in, whatever the demo clock shows.
        assert (await operator.get("/v1/clock")).json() == at("2024-04-01T00:00:00Z")
        moved = await operator.post("/v1/clock", json={"to": "2030-01-01T09:00:00+09:00"})
        assert (moved.status_code, moved.json()) == (200, at("2030-01-01T00:00:00Z"))
        again = await operator.post("/v1/clock", json={"to": "2030-01-01T00:00:00Z"})
        assert again.json() == moved.json()
        for to, code in (
            ("2029-12-31T23:59:59Z", "CLOCK_RUNS_FORWARDS"),
            ("2041-01-01T00:00:00Z", "DAY_NOT_IN_THE_CALENDAR"),
            ("2051-01-01T00:00:00Z", "CLOCK_MOVES_TOO_FAR"),
        ):
            refused = await operator.post("/v1/clock", json={"to": to})
            assert (refused.status_code, refused.json()["code"]) == (409, code)
        for sent in ({"to": "2031-01-01T00:00:00"}, {"to": None}, {}, {"from": "2031-01-01"}):
            refused = await operator.post("/v1/clock", json=sent)
            assert (refused.status_code, refused.json()["code"]) == (400, "NOT_UNDERSTOOD")
    async with an_app(settings, tmp_path) as (app, operator):
        assert (await operator.get("/v1/clock")).json() == at("2030-01-01T00:00:00Z")
        registry = Registry(app.log, app.keyring, app.sealing)
        agency, staff = AgencyId(uuid4()), StaffId(uuid4())
        await registry.enrolled(agency, staff, role="REPRESENTATIVE")
        token = (await app.identity.issue(staff, agency)).text
        theirs = {"authorization": f"Bearer {token}"}
        seen = await operator.get("/v1/clock", headers=theirs)
        assert seen.json() == at("2030-01-01T00:00:00Z")
        later = {"to": "2031-01-01T00:00:00Z"}
        refused = await operator.post("/v1/clock", json=later, headers=theirs)
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_THE_OPERATOR")
        assert (await operator.get("/v1/clock")).json() == at("2030-01-01T00:00:00Z")


async def test_the_clock_on_the_wall_is_told_and_moved_by_nobody(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", http_port=0)
    async with an_app(settings, tmp_path) as (app, operator):
        assert app.operator.clock == "WALL"
        shown = (await operator.get("/v1/clock")).json()
        assert shown["clock"] == "WALL"
        assert abs(datetime.fromisoformat(shown["now"]) - datetime.now(UTC)) < DAY
        refused = await operator.post("/v1/clock", json={"to": "2030-01-01T00:00:00Z"})
        assert (refused.status_code, refused.json()["code"]) == (409, "NO_DEMO_CLOCK")
    with pytest.raises(ClockChosenOnce):
        async with an_app(settings, tmp_path, SPRING):
            pass
