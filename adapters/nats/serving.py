"""Keeps a broker serving: where one has fallen silent it says so, and another takes its place."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog

from adapters.ending import ended
from adapters.nats.broker import SafeBroker, served

CHECK_EVERY_S: Final = 2.0
CHECKED_WITHIN_S: Final = 5.0

log = structlog.get_logger()


@asynccontextmanager
async def kept_serving(make: Callable[[], SafeBroker]) -> AsyncGenerator[None]:
    broker = make()
    await broker.start()
    watch = Watch(make, broker)
    watching = asyncio.create_task(watch.keep())
    try:
        yield
    finally:
        await ended(watching)
        await watch.broker.stop()


class Watch:
    def __init__(self, make: Callable[[], SafeBroker], broker: SafeBroker) -> None:
        self.broker = broker
        self._make: Final = make

    async def keep(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 (Whatever it is, somebody must go on looking.)
                log.warning("desk_not_checked", error=type(error).__name__)

    async def _look(self) -> None:
        trouble = self.broker.trouble()
        if trouble is None:
            async with asyncio.timeout(CHECKED_WITHIN_S):
                await served(self.broker.check)
            return
        log.error("desk_silent", why=trouble)
        await self.broker.stop()
        self.broker = self._make()
        await self.broker.start()
        log.info("desk_back")
