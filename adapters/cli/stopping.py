"""Being told to stop (停止): by whoever sits there, or by the machine."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from adapters import words
from adapters.cli.screen import Screen


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
