"""Connections to NATS, with the defaults that are safe for us."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeVar

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import StaleConnectionError

from adapters.engines.endpoints import NatsAccess
from services.ports import StreamUnavailable

CONNECT_WITHIN_S: Final = 10
CLOSE_WITHIN_S: Final = 2.0
RECONNECT_EVERY_S: Final = 1
PING_EVERY_S: Final = 10  # A connection that died unheard is noticed by its silence.

C = TypeVar("C", bound=Client)

log = structlog.get_logger()


@asynccontextmanager
async def connected(access: NatsAccess, name: str) -> AsyncGenerator[Client]:
    async with connected_as(Client(), access, name) as client:
        yield client


@asynccontextmanager
async def connected_as(client: C, access: NatsAccess, name: str) -> AsyncGenerator[C]:
    """It comes back as often as the server does, and says when it went and when it came."""
    try:
        await _connect(client, access, name)
        yield client
    finally:
        await _closed(client)


async def _connect(client: Client, access: NatsAccess, name: str) -> None:
    async def lost() -> None:
        if not client.is_closed:
            log.warning("nats_lost", client=name)

    async def back() -> None:
        log.info("nats_back", client=name)

    async def failed(error: Exception) -> None:
        if not isinstance(error, OSError | StaleConnectionError):  # ``lost`` says those.
            log.warning("nats_refused", client=name, error=str(error))

    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            await client.connect(
                access.url,
                name=f"tsunagu-{name}",
                inbox_prefix=access.inbox,
                max_reconnect_attempts=-1,
                reconnect_time_wait=RECONNECT_EVERY_S,
                ping_interval=PING_EVERY_S,
                connect_timeout=CONNECT_WITHIN_S,
                error_cb=failed,
                disconnected_cb=lost,
                reconnected_cb=back,
                **access.login(),
            )
    except (NatsError, OSError, TimeoutError) as error:
        raise StreamUnavailable(reason=type(error).__name__) from None


async def _closed(client: Client) -> None:
    """A stopped server would take the farewell without ever answering it."""
    with suppress(NatsError, OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await client.close()
