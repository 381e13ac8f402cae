"""Health (健康状態): what has to be well for anybody to be let in."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from nats.aio.client import Client

from adapters.engines.endpoints import NatsAccess
from adapters.nats.connecting import connected
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.views import PostgresViews
from projections.lists import LISTS

FLUSHED_WITHIN_S: Final = 1
BEHIND_MAX_S: Final = 60  # A list further behind shows what was, not what is.


@asynccontextmanager
async def watched(
    log: PostgresEventLog, views: PostgresViews, access: NatsAccess
) -> AsyncGenerator[Mapping[str, Callable[[], Awaitable[bool]]]]:
    async with connected(access, "health") as client:
        yield {
            "postgres": lambda: _answers(log),
            "nats": lambda: _flushes(client),
            "lists": lambda: _follow(views),
        }


async def _answers(log: PostgresEventLog) -> bool:
    await log.head()
    return True


async def _flushes(client: Client) -> bool:
    await client.flush(FLUSHED_WITHIN_S)
    return True


async def _follow(views: PostgresViews) -> bool:
    standings = await views.standings(LISTS)
    return all(each.state == "running" and each.behind_s < BEHIND_MAX_S for each in standings)
