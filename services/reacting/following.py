"""Following (追従): a process hears of each event in its turn, and what follows from it is asked.

How far it has come is kept after what followed was asked. Killed in between, it hears of the same
events again: what was asked then has its answer, and nothing is done twice.
"""

from collections import deque
from time import monotonic
from typing import Final, Protocol

from contracts.answers import Refusal
from services.handling import TooManyAtOnce
from services.ports import Events, StoredEvent
from services.reacting import Process
from services.reacting.doing import TOO_MANY, Doing
from services.reacting.knowing import Knowing
from services.sealing import header_of

BATCH_MAX: Final = 500


class Checkpoints(Protocol):
    """How far each process has come: a bound on what is heard again, and nothing more."""

    async def position(self, process: str) -> int: ...
    async def come_to(self, process: str, position: int) -> None: ...


class Following:
    def __init__(
        self,
        process: Process,
        knowing: Knowing,
        doing: Doing,
        checkpoints: Checkpoints,
    ) -> None:
        self.process: Final = process
        self._knowing: Final = knowing
        self._doing: Final = doing
        self._checkpoints: Final = checkpoints
        self._position: int | None = None
        self._types: Final = process.tags
        self._heads: Final[deque[tuple[float, int]]] = deque()  # When it had come how far.
        self._ripe_to = 0
        self.waits_until_s: float | None = None  # There is something, and it is too early for it.

    @property
    def position(self) -> int:
        return self._position or 0

    async def step(self, events: Events, head: int) -> bool:
        """A batch further, towards the head of the log; and whether there was any."""
        name = self.process.name
        if self._position is None:
            self._position = await self._checkpoints.position(name)
        self.waits_until_s = None
        if self._position >= head:
            return False
        begun = self._position
        batch = await events.after(self._position, BATCH_MAX)
        for stored in batch:
            self._knowing.sealing.expect(stored)
            if stored.type in self._types:
                if not self._is_ripe(stored.position, head):
                    await self._come_to(stored.position - 1)
                    return self._position > begun
                await self._react(stored)
                await self._come_to(stored.position)
        if batch:
            await self._come_to(batch[-1].position)
        return bool(batch)

    def _is_ripe(self, position: int, head: int) -> bool:
        """What was recorded before it was heard of is at least as old as that."""
        after_s, now_s = self.process.after_s, monotonic()
        if not after_s:
            return True
        while self._heads and self._heads[0][0] <= now_s - after_s:
            self._ripe_to = self._heads.popleft()[1]
        if position <= self._ripe_to:
            return True
        come_to = max(head, position)
        if not self._heads or self._heads[-1][1] < come_to:
            self._heads.append((now_s, come_to))
        heard_s = next(at_s for at_s, to in self._heads if to >= position)
        self.waits_until_s = heard_s + after_s
        return False

    async def _come_to(self, position: int) -> None:
        if position != self._position:
            await self._checkpoints.come_to(self.process.name, position)
            self._position = position

    async def _react(self, stored: StoredEvent) -> None:
        case, reads_disclosed = header_of(stored).case, self.process.reads_disclosed
        cases = [] if case is None else [case]
        if case is None and reads_disclosed:
            cases = [*await self._knowing.cases_told_to(stored.stream)]
        for each in cases:
            happened, known = await self._knowing.of(stored, each, disclosed=reads_disclosed)
            for wanted in self.process.reacts(happened, known):
                answer = await self._doing.do(self.process.name, happened.told.id, wanted)
                if isinstance(answer, Refusal) and answer.code == TOO_MANY:
                    raise TooManyAtOnce  # From here on it hears of everything again, and later.
