"""Whoever leaves while somebody is still asking leaves no connection behind."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import pytest

from adapters.engines import PostgresAccess
from adapters.postgres.answers import PostgresAnswers
from adapters.postgres.feed import PostgresFeed
from adapters.postgres.lists import PostgresLists
from adapters.postgres.views import PostgresViews
from domain.model import CommandId
from services.ports import LogUnavailable
from tests.integration.writers import session, until
from tests.spec import CITY, an_id

Ask: TypeAlias = Callable[[], Awaitable[Any]]


@asynccontextmanager
async def answers(conninfo: str) -> AsyncGenerator[Ask]:
    async with PostgresAnswers(conninfo) as opened:
        yield lambda: opened.answer(CITY.agency, CommandId(an_id(1)))


@asynccontextmanager
async def lists(conninfo: str) -> AsyncGenerator[Ask]:
    async with PostgresLists(conninfo) as opened:
        yield lambda: PostgresFeed(opened).outside_of(CITY.agency)


@asynccontextmanager
async def views(conninfo: str) -> AsyncGenerator[Ask]:
    async with PostgresViews(conninfo) as opened:
        yield lambda: opened.standings([])


# With connecting, and with what is asked on it, either is in the middle of something.
MOMENTS: Final = 6


@pytest.mark.parametrize("opened", [answers, lists, views])
async def test_who_was_in_the_middle_of_asking_keeps_no_connection(
    database: PostgresAccess, opened: Callable[[str], Any]
) -> None:
    asking: list[asyncio.Task[Any]] = []
    for moment in range(MOMENTS):
        async with opened(database.app) as ask:
            asking.append(asyncio.create_task(ask()))
            for _ in range(moment):
                await asyncio.sleep(0.002)
    for task in asking:
        with contextlib.suppress(LogUnavailable):
            await task
    await until(lambda: not connections(database))


def connections(database: PostgresAccess) -> int:
    asked = """
    select count(*) from pg_stat_activity
    where datname = current_database() and application_name like 'tsunagu-%'
    """
    with session(database.owner) as looking:
        ((count,),) = looking.execute(asked).fetchall()
    return int(count)
