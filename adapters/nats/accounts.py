"""Accounts (口座): each agency on the roster logs in to our NATS server as itself and no other."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final

import structlog

from adapters.ending import ended
from adapters.engines.endpoints import Admit
from domain.model import AgencyId
from services.ports import LogUnavailable

LOOKED_AT_EVERY_S: Final = 1.0

log = structlog.get_logger()


@asynccontextmanager
async def admitted(
    admit: Admit | None, agencies: Callable[[], Awaitable[Collection[AgencyId]]]
) -> AsyncGenerator[None]:
    """Where others run the server, it is theirs to do."""
    if admit is None:
        yield
        return
    await _admitted(admit, agencies)
    task = asyncio.create_task(_keep(admit, agencies))
    try:
        yield
    finally:
        await ended(task)


async def _keep(admit: Admit, agencies: Callable[[], Awaitable[Collection[AgencyId]]]) -> None:
    while True:
        await asyncio.sleep(LOOKED_AT_EVERY_S)
        await _admitted(admit, agencies)


async def _admitted(admit: Admit, agencies: Callable[[], Awaitable[Collection[AgencyId]]]) -> None:
    try:
        await admit(await agencies())
    except (LogUnavailable, OSError) as error:
        log.warning("accounts_not_made", error=type(error).__name__)
