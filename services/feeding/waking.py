"""Waking (待機): whoever waits for something on a feed is woken once for each new position.

Nobody asks anything meanwhile. Where the log is said to have grown, one for all looks how far what
is known of the feeds has come, until it has come as far.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NoReturn

from services.relaying import Head

HEARD_WITHIN_S: Final = 1.0  # Who listens may have missed a word.
LOOK_AGAIN_MIN_S: Final = 0.002
LOOK_AGAIN_MAX_S: Final = 0.5


class Waking:
    def __init__(self, head: Head, reached: Callable[[], Awaitable[int]]) -> None:
        """``reached``: up to which position it is known for whom there may be something."""
        self._head: Final = head
        self._reached: Final = reached
        self._moved = asyncio.Event()
        self._waiting = 0
        self._looking: asyncio.Task[NoReturn] | None = None
        self.known_to = 0

    async def beyond(self, position: int, within_s: float) -> None:
        """Wait until more is known than that, and no longer than so many seconds."""
        self._waiting += 1
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    while self.known_to <= position:
                        await self._next()
        finally:
            self._waiting -= 1
            if not self._waiting and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _next(self) -> None:
        """What went wrong in looking is told to those who wait; the next who waits tries again."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        moved = asyncio.create_task(self._moved.wait())
        try:
            await asyncio.wait({self._looking, moved}, return_when=asyncio.FIRST_COMPLETED)
            if not moved.done():
                self._looking.result()
        finally:
            moved.cancel()

    async def _look(self) -> NoReturn:
        again_s = LOOK_AGAIN_MIN_S
        while True:
            reached = await self._reached()
            if reached > self.known_to:
                self.known_to, again_s = reached, LOOK_AGAIN_MIN_S
                self._moved.set()
                self._moved = asyncio.Event()
            if await self._head.is_beyond(self.known_to, HEARD_WITHIN_S):
                await asyncio.sleep(again_s)
                again_s = min(2 * again_s, LOOK_AGAIN_MAX_S)
