"""Following (追従): a process hears of each event in its turn, and what follows from it is asked.

How far it has come is kept after what followed was asked. Killed in between, it hears of the same
events again: what was asked then has its answer, and nothing is done twice.

What befalls an agency is followed in each case of which it was told, in some of them at a time.
What else happens meanwhile waits for these, and not for all of them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, Protocol

from contracts.answers import Refusal
from domain.model import CaseId
from services.handling import TooManyAtOnce
from services.ports import Events, StoredEvent
from services.reacting import Process
from services.reacting.doing import TOO_MANY, Doing
from services.reacting.knowing import Knowing
from services.sealing import header_of

BATCH_MAX: Final = 500
CASES_MAX: Final = 20


class Checkpoints(Protocol):
    """How far each process has come: a bound on what is heard again, and nothing more."""

    async def position(self, process: str) -> int: ...
    async def come_to(self, process: str, position: int) -> None: ...


@dataclass
class Spread:
    """An event that is followed in many cases; ``done``: in how many of them it was."""

    stored: StoredEvent
    cases: Sequence[CaseId]
    done: int


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
        self._kept = 0  # As far as all has been followed.
        self._spread: Final[deque[Spread]] = deque()
        self._had_turn = False
        self._types: Final = process.tags
        self._heads: Final[deque[tuple[float, int]]] = deque()  # When it had come how far.
        self._ripe_to = 0
        self.waits_until_s: float | None = None  # There is something, and it is too early for it.

    @property
    def position(self) -> int:
        return self._kept

    async def step(self, events: Events, head: int) -> bool:
        """A batch further, towards the head of the log; and whether there was any.

        After some cases of what is followed in many it says once that there was none, and all
        others have their turn.
        """
        if self._position is None:
            self._position = self._kept = await self._checkpoints.position(self.process.name)
        if await self._further(self._position, events, head):
            return True
        if not self._spread or self._had_turn:
            self._had_turn = False
            return False
        await self._some_cases(self._spread[0])
        self._had_turn = True
        return True

    async def _further(self, begun: int, events: Events, head: int) -> bool:
        self.waits_until_s = None
        if begun >= head:
            return False
        batch = await events.after(begun, BATCH_MAX)
        for stored in batch:
            self._knowing.sealing.expect(stored)
            if stored.type in self._types:
                if not self._is_ripe(stored.position, head):
                    await self._come_to(stored.position - 1)
                    return stored.position - 1 > begun
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
        self._position = position
        kept = self._spread[0].stored.position - 1 if self._spread else position
        if kept != self._kept:
            await self._checkpoints.come_to(self.process.name, kept)
            self._kept = kept

    async def _react(self, stored: StoredEvent) -> None:
        case = header_of(stored).case
        if case is not None:
            await self._react_in(case, stored)
        elif self.process.reads_disclosed:
            cases = await self._knowing.cases_told_to(stored.stream)
            done = await self._checkpoints.position(self._kept_for(stored))
            if cases[done:]:
                self._spread.append(Spread(stored, cases, done))

    async def _some_cases(self, spread: Spread) -> None:
        """Cases are added to those of which somebody was told, and none is taken out.

        So whoever begins again after as many leaves out none of which it had been told by then.
        """
        for case in spread.cases[spread.done : spread.done + CASES_MAX]:
            await self._react_in(case, spread.stored)
            spread.done += 1
        if spread.done < len(spread.cases):
            await self._checkpoints.come_to(self._kept_for(spread.stored), spread.done)
            return
        self._spread.popleft()
        await self._come_to(self._position or 0)

    def _kept_for(self, stored: StoredEvent) -> str:
        return f"{self.process.name}@{stored.position}"

    async def _react_in(self, case: CaseId, stored: StoredEvent) -> None:
        reads_disclosed = self.process.reads_disclosed
        happened, known = await self._knowing.of(stored, case, disclosed=reads_disclosed)
        for wanted in self.process.reacts(happened, known):
            answer = await self._doing.do(self.process.name, happened.told.id, wanted)
            if isinstance(answer, Refusal) and answer.code == TOO_MANY:
                raise TooManyAtOnce  # From here on it hears of everything again, and later.
