"""Virtual time: a loop whose clock jumps to what comes next, and that runs what is ready by chance.

So every ``await`` is a point at which anything else may come in between, and a seed says which.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from random import Random
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")


class Deadlock(Exception):
    """Nothing is ready, and nothing is to come."""


class _NoSockets:
    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop: Final = loop

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise Deadlock
        self._loop.now_s += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    def __init__(self, chance: Random) -> None:
        super().__init__()
        self.now_s = 1_000.0
        self._chance: Final = chance
        self._selector = _NoSockets(self)

    def time(self) -> float:
        return self.now_s

    def _process_events(self, event_list: list[object]) -> None:
        """There are none: all that happens, happens in here."""

    def _run_once(self) -> None:
        ready = cast("deque[object]", getattr(self, READY))
        if len(ready) > 1:
            shuffled = list(ready)
            self._chance.shuffle(shuffled)
            ready.clear()
            ready.extend(shuffled)
        super()._run_once()  # type: ignore[misc]  # pyright: ignore (It is no public name.)


READY: Final = "_ready"  # Where asyncio keeps it.


def run(loop: VirtualLoop, main: Coroutine[Any, Any, T]) -> T:
    try:
        return loop.run_until_complete(main)
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
