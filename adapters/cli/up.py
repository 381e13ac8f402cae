"""Everything, until it is told to stop (起動)."""

import asyncio
import signal
from contextlib import AsyncExitStack

from adapters import words
from adapters.app import running
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.settings import Settings


async def up(settings: Settings, screen: Screen) -> None:
    """A signal cancels whatever we are at, and what has been started is stopped in order."""
    ourselves = asyncio.current_task()
    assert ourselves is not None

    def stop() -> None:
        if not ourselves.cancelling():  # Stopping takes a second; impatience does not help it.
            ourselves.cancel()

    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stop)
    try:
        await _run(settings, screen)
    except asyncio.CancelledError:
        screen.aside(words.STOPPED)


async def _run(settings: Settings, screen: Screen) -> None:
    async with AsyncExitStack() as stack:
        with screen.working(words.STARTING):
            await stack.enter_async_context(running(settings))
        screen.answer(status_table(await status_of(settings), screen.language))
        screen.aside(words.UP)
        try:
            await asyncio.Event().wait()
        finally:
            screen.aside(words.STOPPING)
