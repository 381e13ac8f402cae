"""Everything, until it is told to stop (起動)."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any

from msgspec.structs import replace

from adapters import words
from adapters.app import running
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.engines import any_ours
from adapters.engines.folder import DEMO_MARK
from adapters.settings import Settings


async def up(settings: Settings, screen: Screen) -> None:
    await until_told(_up(settings, screen), screen)


class CutOff(Exception):
    """A signal ended the work before it was done."""

    def __init__(self, by: signal.Signals) -> None:
        super().__init__(by.name)
        self.by = by


async def until_told(work: Coroutine[Any, Any, None], screen: Screen) -> None:
    """A signal cancels whatever we are at, and what has been started is stopped in order."""
    task = asyncio.ensure_future(work)
    told: list[signal.Signals] = []

    def stop(by: signal.Signals) -> None:
        if not told:  # Stopping takes a second; impatience does not help it.
            task.cancel()
        told.append(by)

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop, each)
    try:
        await task
    except asyncio.CancelledError:
        if not told:
            raise
        raise CutOff(told[0]) from None
    if told:
        screen.aside(words.STOPPED)


async def until_cancelled(screen: Screen) -> None:
    """The end that was meant: whoever is cancelled here has done their work."""
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    screen.aside(words.STOPPING)


async def _up(settings: Settings, screen: Screen) -> None:
    async with AsyncExitStack() as stack:
        with screen.working(words.STARTING):
            app = await stack.enter_async_context(running(settings))
        if any_ours(settings):  # From here on it is in earnest, whatever was told in it before.
            (settings.data / DEMO_MARK).unlink(missing_ok=True)
        found = replace(await status_of(settings), http=app.url)  # External engines tell nobody.
        screen.answer(status_table(found, screen.language))
        screen.aside(words.UP)
        await until_cancelled(screen)
