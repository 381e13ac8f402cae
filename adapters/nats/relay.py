"""The relay of this process: started, kept going through every outage, and stopped."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final, NoReturn

import structlog

from adapters.ending import ended
from adapters.engines.endpoints import NatsAccess
from adapters.nats.connecting import connected
from adapters.nats.events import EVENTS, JetStreamEvents
from adapters.postgres.listening import listen
from domain.speech import Spoken
from services.ports import LogUnavailable, StreamUnavailable
from services.relaying import BATCH_MAX, Head, Progress, Relaying, Source

PAUSE_MIN_S: Final = 0.1
PAUSE_MAX_S: Final = 5.0
TELL_EVERY_S: Final = 2.0
TOLD_AFTER_S: Final = 1.0
PASSING: Final = (LogUnavailable, StreamUnavailable)

log = structlog.get_logger()


@asynccontextmanager
async def relay(
    event_log: Source, head: Head, conninfo: str, access: NatsAccess, stream: str = EVENTS
) -> AsyncGenerator[None]:
    """Refuses to start where the stream is another log's; an outage it sits out."""
    ours = _Relay(event_log, head, access, stream)
    with suppress(*PASSING):
        await ours.look()
    tasks = [asyncio.create_task(work) for work in (ours.keep(), listen(conninfo, head.reached))]
    try:
        yield
    finally:
        await ended(*tasks)


class _Relay:
    """Says once that it has stopped, and why; and once that it goes on."""

    def __init__(self, event_log: Source, head: Head, access: NatsAccess, stream: str) -> None:
        self._log: Final = event_log
        self._head: Final = head
        self._access: Final = access
        self._stream: Final = stream
        self._position = 0
        self._stopped_since_s: float | None = None
        self._stopped_by: str | None = None
        self._pause_s = PAUSE_MIN_S
        self._told_at_s = 0.0

    async def look(self) -> None:
        async with connected(self._access, "relay") as client:
            events = JetStreamEvents(client, self._stream)
            await Relaying(self._log, events, self._head).resume()

    async def keep(self) -> NoReturn:
        while True:
            try:
                async with connected(self._access, "relay") as client:
                    events = JetStreamEvents(client, self._stream)
                    await Relaying(self._log, events, self._head).run(self._goes_on)
            except Spoken as spoken:
                self._stops(spoken.code, spoken.facts, passing=isinstance(spoken, PASSING))
            except Exception as error:  # noqa: BLE001 - whatever it was, nobody else will try again.
                self._stops(type(error).__name__, {}, passing=False)
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, PAUSE_MAX_S)

    def _stops(self, code: str, facts: Mapping[str, object], *, passing: bool) -> None:
        """What is over in a moment, as when NATS is told of an account, need not be told."""
        now_s = asyncio.get_running_loop().time()
        self._stopped_since_s = self._stopped_since_s or now_s
        lasts = not passing or now_s - self._stopped_since_s >= TOLD_AFTER_S
        if lasts and code != self._stopped_by:
            self._stopped_by = code
            tell = log.warning if passing else log.error
            tell("relay_stopped", **{**facts, "code": code})

    def _goes_on(self, progress: Progress) -> None:
        """Where it has come no further, and is not at the end, it has only been looked at."""
        was_at, self._position = self._position, progress.position
        if was_at >= progress.position < progress.of:
            return
        self._stopped_since_s = None
        self._pause_s = PAUSE_MIN_S
        if self._stopped_by:
            self._stopped_by = None
            log.info("relay_goes_on", position=progress.position)
        now_s = asyncio.get_running_loop().time()
        if progress.of - progress.position > BATCH_MAX and now_s - self._told_at_s > TELL_EVERY_S:
            self._told_at_s = now_s
            log.info("relay_catching_up", position=progress.position, of=progress.of)
