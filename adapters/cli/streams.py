"""Looking after EVENTS: made anew from the log, and compared with it (ストリーム)."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, NamedTuple

import msgspec
from rich.text import Text

from adapters import words
from adapters.cli.screen import Screen
from adapters.engines import Endpoints, NotRunning, attached, engines
from adapters.nats.connecting import connected
from adapters.nats.events import JetStreamEvents
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate
from adapters.settings import Settings
from adapters.words import Language
from services.relaying import Fault, Head, Relaying, compare

SHOWN_MAX: Final = 100


class Difference(msgspec.Struct, frozen=True):
    position: int
    what: Fault


class Comparison(msgspec.Struct, frozen=True):
    """Of many differences the first are shown."""

    compared: int
    differences: int
    first: tuple[Difference, ...]


async def rebuilt(settings: Settings, screen: Screen) -> int:
    """How many events are on it now."""
    position = 0
    async with _both(settings) as (log, events):
        with screen.counting(words.REBUILDING) as counted:
            async for progress in Relaying(log, events, Head()).rebuild():
                position = progress.position
                counted(*progress)
    return position


async def compared(settings: Settings, screen: Screen) -> Comparison:
    position = differences = 0
    first: list[Difference] = []
    async with _both(settings) as (log, events):
        with screen.counting(words.COMPARING) as counted:
            async for page in compare(log, events):
                position = page.position
                differences += len(page.faults)
                first += (Difference(*fault) for fault in page.faults[: SHOWN_MAX - len(first)])
                counted(page.position, page.to)
    return Comparison(position, differences, tuple(first))


def comparison_text(found: Comparison, language: Language) -> Text:
    lines = [
        words.STREAM_FAULTS[difference.what].about(position=difference.position)
        for difference in found.first
    ]
    if more := found.differences - len(found.first):
        lines.append(words.MORE_DIFFERENCES.about(count=more))
    verdict = words.STREAM_DIFFERS if found.differences else words.STREAM_EQUAL
    lines.append(verdict.about(count=found.compared))
    return Text("\n".join(line.spoken(language) for line in lines))


class Both(NamedTuple):
    log: PostgresEventLog
    events: JetStreamEvents


@asynccontextmanager
async def _both(settings: Settings) -> AsyncGenerator[Both]:
    async with AsyncExitStack() as stack:
        endpoints = await _endpoints(settings, stack)
        log = await stack.enter_async_context(PostgresEventLog(endpoints.postgres.app))
        client = await stack.enter_async_context(connected(endpoints.nats, "streams"))
        yield Both(log, JetStreamEvents(client))


async def _endpoints(settings: Settings, stack: AsyncExitStack) -> Endpoints:
    """Where nothing runs, for as long as this takes: `up` stays away from another log's stream."""
    try:
        return attached(settings)
    except NotRunning:
        if not (settings.data / "installation").exists():
            raise
    endpoints = await stack.enter_async_context(engines(settings))
    await migrate(endpoints.postgres.owner)
    return endpoints
