"""Health (健康状態): what has to be well for anybody to be let in."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from nats.aio.client import Client

from adapters.engines.endpoints import NatsAccess
from adapters.nats.connecting import connected
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.event_log import PostgresEventLog

FLUSHED_WITHIN_S: Final = 1
BEHIND_MAX: Final = 10_000  # A list further behind shows what was, not what is.


@asynccontextmanager
async def watched(
    log: PostgresEventLog, candidates: PostgresCandidates, access: NatsAccess
) -> AsyncGenerator[Mapping[str, Callable[[], Awaitable[bool]]]]:
    async with connected(access, "health") as client:
        yield {
            "postgres": lambda: _answers(log),
            "nats": lambda: _flushes(client),
            "lists": lambda: _follow(log, candidates),
        }


async def _answers(log: PostgresEventLog) -> bool:
    await log.head()
    return True


async def _flushes(client: Client) -> bool:
    await client.flush(FLUSHED_WITHIN_S)
    return True


async def _follow(log: PostgresEventLog, candidates: PostgresCandidates) -> bool:
    return await candidates.reached() + BEHIND_MAX > await log.head()
