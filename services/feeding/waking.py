"""Waking (待機): whoever waits for something on a feed is woken where there may be some for them.

Nobody asks anything meanwhile. Where the log is said to have grown, one for all looks for whom
there may be something new, until what is known of the feeds has come as far. Of what is on the
feeds of others alone, whoever waits is told nothing, and does nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple, NoReturn, TypeAlias
from uuid import UUID

from domain.model import AgencyId, stream_of
from services.relaying import Head

HEARD_WITHIN_S: Final = 1.0  # Who listens may have missed a word.
LOOK_AGAIN_MIN_S: Final = 0.002
LOOK_AGAIN_MAX_S: Final = 0.5
NAMED_MAX: Final = 500  # Where more is new at once, everybody is woken.


class News(NamedTuple):
    """Up to which position it is known for whom there may be something; and for whom since then.

    ``whom``: agencies, and what they hear for beside themselves; ``None``: too many to say.
    """

    reached: int
    whom: Collection[UUID] | None


Asked: TypeAlias = Callable[[int, int], Awaitable[News]]


class Waking:
    def __init__(self, head: Head, news: Asked) -> None:
        """``news``: what is new after a position, and of whom it says so many at most."""
        self._head: Final = head
        self._news: Final = news
        self._known_to = 0
        self._ears: Final[dict[Ear, None]] = {}
        self._of: Final = defaultdict[UUID, set[Ear]](set)
        self._waiting = 0
        self._looking: asyncio.Task[NoReturn] | None = None

    @contextmanager
    def ear(self, agency: AgencyId) -> Generator["Ear"]:
        """From here on nothing passes it by that comes for this agency."""
        ear = Ear(self)
        self._ears[ear] = None
        try:
            self.listen(ear, (agency, stream_of("agency", agency)))
            yield ear
        finally:
            del self._ears[ear]
            for whom in ear.hears_for:
                self._of[whom].discard(ear)
                if not self._of[whom]:
                    del self._of[whom]

    def listen(self, ear: "Ear", whom: Iterable[UUID]) -> None:
        for each in whom:
            ear.hears_for.add(each)
            self._of[each].add(ear)

    @contextmanager
    def looks(self) -> Generator[asyncio.Task[NoReturn]]:
        """As long as anybody waits. Who waits after it went wrong has it tried again."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
            self._looking.add_done_callback(self._looked)
        self._waiting += 1
        try:
            yield self._looking
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._looking.cancel()
                self._looking = None

    def _looked(self, looking: "asyncio.Task[NoReturn]") -> None:
        """Where it has gone wrong, whoever waits has to hear of it."""
        if not looking.cancelled() and looking.exception():
            self._wake(None)

    async def _look(self) -> NoReturn:
        again_s = LOOK_AGAIN_MIN_S
        while True:
            news = await self._news(self._known_to, NAMED_MAX)
            if news.reached > self._known_to:
                self._known_to, again_s = news.reached, LOOK_AGAIN_MIN_S
                self._wake(news.whom)
            if await self._head.is_beyond(self._known_to, HEARD_WITHIN_S):
                await asyncio.sleep(again_s)
                again_s = min(2 * again_s, LOOK_AGAIN_MAX_S)

    def _wake(self, whom: Iterable[UUID] | None) -> None:
        sets = [self._ears] if whom is None else [self._of[e] for e in whom if e in self._of]
        for ears in sets:
            for ear in ears:
                ear.heard.set()


class Ear:
    """``heard``: that something has come, since it was last forgotten."""

    def __init__(self, waking: Waking) -> None:
        self._waking: Final = waking
        self.heard: Final = asyncio.Event()
        self.hears_for: Final[set[UUID]] = set()

    def forget(self) -> None:
        self.heard.clear()

    def hear_for(self, whom: Iterable[UUID]) -> None:
        self._waking.listen(self, whom)

    async def hears(self, within_s: float) -> bool:
        """Whether anything has come, or comes within so many seconds."""
        if self.heard.is_set():
            return True
        with self._waking.looks() as looking:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self.heard.wait()
            if looking.done():
                looking.result()
        return self.heard.is_set()
