"""Reacting (自動処理): kept going through every outage; what befalls one keeps up no other."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final, NoReturn

import structlog
from prometheus_client import Counter, Gauge

from adapters.ending import ended
from adapters.postgres.processes import PostgresProcesses
from contracts.answers import Answer, Refusal
from domain.speech import Spoken
from projections.timers import TIMERS
from services.ports import PASSING, Clock, EventLog, Views
from services.projecting import Projecting
from services.reacting.doing import Doing, Handles
from services.reacting.following import Following
from services.reacting.knowing import Knowing
from services.reacting.processes import PROCESSES
from services.reacting.settling import Settling
from services.reacting.timing import Timing
from services.relaying import Head
from services.sealing import Sealing

WAIT_MAX_S: Final = 1.0  # Who listens may have missed a word.
PAUSE_MIN_S: Final = 0.1
PAUSE_MAX_S: Final = 5.0

_ASKED: Final = Counter(
    "tsunagu_process_commands_total",
    "Commands that followed by rule, by what came of them",
    ("process", "code"),
)
_BEHIND: Final = Gauge(
    "tsunagu_process_behind_events", "Events in the log of which it has not heard", ("process",)
)
_FAILED: Final = Gauge(
    "tsunagu_process_failed", "1 where it cannot go on without somebody", ("process",)
)

log = structlog.get_logger()


@asynccontextmanager
async def reacting(  # noqa: PLR0913, PLR0917 (what processes stand on)
    event_log: EventLog,
    sealing: Sealing,
    handling: Handles,
    views: Views,
    kept: PostgresProcesses,
    clock: Clock,
    head: Head,
) -> AsyncGenerator[Settling]:
    """While it lasts, what follows by rule follows, and what falls due happens."""
    ours = _Reacting()
    doing, knowing = Doing(handling, ours.heard), Knowing(event_log, sealing)
    settling = Settling(
        event_log,
        [Following(each, knowing, doing, kept) for each in PROCESSES],
        Timing(Projecting(TIMERS, views, event_log, sealing), views, kept, doing, clock),
        ours.attempt,
    )
    task = asyncio.create_task(ours.keep(settling, event_log, head))
    try:
        yield settling
    finally:
        await ended(task)


def _wait_s(until_s: float | None) -> float:
    return WAIT_MAX_S if until_s is None else min(WAIT_MAX_S, max(0.0, until_s - monotonic()))


class _Reacting:
    """Says once that a process cannot go on, and why; and once that it does."""

    def __init__(self) -> None:
        self._failed: Final[dict[str, str]] = {}
        self._waits_for: str | None = None
        self._pause_s = PAUSE_MIN_S

    async def keep(self, settling: Settling, event_log: EventLog, head: Head) -> NoReturn:
        while True:
            try:
                position = await event_log.head()
                await settling.settle(waits=False)
                self._goes_on()
                for name, come_to in settling.positions.items():
                    _BEHIND.labels(name).set(max(0, position - come_to))
                await head.is_beyond(position, _wait_s(settling.waits_until_s))
            except PASSING as outage:
                self._waits(outage)
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(2 * self._pause_s, PAUSE_MAX_S)

    async def attempt(self, process: str, step: Awaitable[bool]) -> bool | None:
        """What an error says may quote an event. Its name does not."""
        try:
            found = await step
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 (Whatever it is, it stops this process and no other.)
            self._fails(process, error.code if isinstance(error, Spoken) else type(error).__name__)
            return None
        if self._failed.pop(process, None):
            _FAILED.labels(process).set(0)
            log.info("process_goes_on", process=process)
        return found

    def heard(self, process: str, answer: Answer) -> None:
        code = answer.code if isinstance(answer, Refusal) else "ACCEPTED"
        _ASKED.labels(process, code).inc()
        if isinstance(answer, Refusal):
            log.warning("process_refused", process=process, code=code, command=answer.command)

    def _fails(self, process: str, code: str) -> None:
        if self._failed.get(process) != code:
            self._failed[process] = code
            _FAILED.labels(process).set(1)
            log.error("process_failed", process=process, code=code)

    def _waits(self, outage: Spoken) -> None:
        if outage.code != self._waits_for:
            self._waits_for = outage.code
            log.warning("processes_wait", **{**outage.facts, "code": outage.code})

    def _goes_on(self) -> None:
        self._pause_s = PAUSE_MIN_S
        if self._waits_for:
            self._waits_for = None
            log.info("processes_go_on")
