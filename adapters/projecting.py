"""Keeping lists (一覧の維持): each for itself, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final, Generic

import structlog

from adapters.ending import ended
from adapters.engines.endpoints import NatsAccess
from adapters.nats.connecting import connected
from adapters.nats.events import EVENTS
from adapters.nats.following import JetStreamFollowing
from domain.speech import Spoken
from projections.tables import Key
from projections.tables import Row as ListRow
from services.ports import PASSING, Checkpoint, Events, StreamUnavailable
from services.projecting import BATCH_MAX, MadeAnewElsewhere, Projecting

PAUSE_MIN_S: Final = 0.1
PAUSE_MAX_S: Final = 2.0
TOLD_AFTER_S: Final = 2.0  # Also where nothing comes, it goes on each second.
OUTAGES: Final = (*PASSING, StreamUnavailable)

log = structlog.get_logger()


@asynccontextmanager
async def kept(
    lists: Iterable[Projecting[Any, Any]],
    access: NatsAccess,
    stream: str = EVENTS,
    most: int = BATCH_MAX,
) -> AsyncGenerator[None]:
    """A task and a connection for each, so that none waits for another."""
    tasks = [asyncio.create_task(_Keeping(each, most).keep(access, stream)) for each in lists]
    try:
        yield
    finally:
        await ended(*tasks)


class _Keeping(Generic[Key, ListRow]):
    """Says once that it waits, and for what; and once that it goes on."""

    def __init__(self, projecting: Projecting[Key, ListRow], most: int) -> None:
        self._projecting: Final = projecting
        self._log: Final = log.bind(projection=projecting.of.name)
        self._batch_max: Final = most
        self._most = most
        self._pause_s = PAUSE_MIN_S
        self._went_at_s = asyncio.get_running_loop().time()
        self._waits_for: str | None = None

    async def keep(self, access: NatsAccess, stream: str) -> None:
        while True:
            try:
                async with connected(access, self._projecting.of.name) as client:
                    await self._follow(JetStreamFollowing(client, stream))
            except OUTAGES as outage:
                self._waits(outage)
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(2 * self._pause_s, PAUSE_MAX_S)
            except MadeAnewElsewhere as anew:
                self._log.error("projection_left", code=anew.code)
                return
            except Exception as error:  # noqa: BLE001 (A list that dies unheard is found by nobody.)
                self._log.error("projection_failed", error=type(error).__name__)
                await asyncio.sleep(PAUSE_MAX_S)

    async def _follow(self, events: Events) -> None:
        """A batch that cannot be applied is halved, down to the one event that cannot be."""
        stands: Checkpoint | None = None
        while True:
            try:
                stands = await self._projecting.step(events, self._most, stands)
            except (*OUTAGES, MadeAnewElsewhere):
                raise
            except Exception as error:  # noqa: BLE001 (Whatever it is, it stops this list and no other.)
                if self._most == 1:
                    await self._stop(error)
                self._most, stands = max(1, self._most // 2), None
            else:
                self._goes_on()

    async def _stop(self, error: Exception) -> None:
        """What the error says may quote the event. Its name does not."""
        code = error.code if isinstance(error, Spoken) else type(error).__name__
        position = await self._projecting.stop(code)
        self._log.error("projection_stopped", position=position, code=code)

    def _waits(self, outage: Spoken) -> None:
        """What is over in a moment, as when NATS is told of an account, need not be told."""
        lasts = asyncio.get_running_loop().time() - self._went_at_s >= TOLD_AFTER_S
        if lasts and outage.code != self._waits_for:
            self._waits_for = outage.code
            self._log.warning("projection_waits", **{**outage.facts, "code": outage.code})

    def _goes_on(self) -> None:
        self._most = min(2 * self._most, self._batch_max)
        self._pause_s = PAUSE_MIN_S
        self._went_at_s = asyncio.get_running_loop().time()
        if self._waits_for:
            self._waits_for = None
            self._log.info("projection_goes_on")
