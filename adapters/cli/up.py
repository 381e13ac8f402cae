"""Everything, until it is told to stop (起動)."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from adapters import words
from adapters.app import running
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.settings import Settings


async def up(settings: Settings, screen: Screen) -> None:
    await until_told(_up(settings, screen), screen)


async def until_told(work: Coroutine[Any, Any, None], screen: Screen) -> None:
    """A signal cancels whatever we are at, and what has been started is stopped in order."""
    task = asyncio.ensure_future(work)

    def stop() -> None:
        if not task.cancelling():  # Stopping takes a second; impatience does not help it.
            task.cancel()

    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stop)
    try:
        await task
    except asyncio.CancelledError:
        screen.aside(words.STOPPED)


async def until_cancelled(screen: Screen) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        screen.aside(words.STOPPING)


async def _up(settings: Settings, screen: Screen) -> None:
    async with AsyncExitStack() as stack:
        with screen.working(words.STARTING):
            await stack.enter_async_context(running(settings))
        screen.answer(status_table(await status_of(settings), screen.language))
        screen.aside(words.UP)
        await until_cancelled(screen)
