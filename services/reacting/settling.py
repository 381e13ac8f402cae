"""Settling (自動処理の一巡): all that follows, and all that is due, until nothing is left to do.

What is done may lead to more: a consent that runs out takes a referral with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import ClassVar, Final, TypeAlias

from domain.speech import Refused, Spoken
from services.ports import PASSING, DemoTime
from services.reacting.following import Following
from services.reacting.timing import Timing
from services.relaying import Source

# Tries a step of the process of this name: what befalls one keeps none of the others up.
# ``None``: it cannot go on.
Attempt: TypeAlias = Callable[[str, Awaitable[bool]], Awaitable[bool | None]]


class ProcessesStandStill(Refused):
    """What follows by rule cannot go on, so time stands still: see `tsunagu processes`."""

    ja: ClassVar[str] = (
        "自動処理が止まっているため、時刻を進められません。`tsunagu processes` で確認してください。"
    )


async def plainly(_: str, step: Awaitable[bool]) -> bool:
    return await step


class Settling:
    """One at a time in a process; what several processes ask, is asked once."""

    def __init__(
        self,
        log: Source,
        followings: Sequence[Following],
        timing: Timing,
        attempt: Attempt = plainly,
    ) -> None:
        self._log: Final = log
        self._followings: Final = followings
        self._timing: Final = timing
        self._attempt: Final = attempt
        self._lock: Final = asyncio.Lock()
        self._stand_still: Final[set[str]] = set()

    async def settle(self, *, waits: bool = True) -> None:
        """``waits``: also for what is not asked before some time has passed."""
        async with self._lock:
            while await self._step() or (waits and await self._waited()):
                pass

    @property
    def waits_until_s(self) -> float | None:
        waiting = (each.waits_until_s for each in self._followings)
        return min((at_s for at_s in waiting if at_s is not None), default=None)

    async def _waited(self) -> bool:
        """By a clock that nobody sets: what is on its way is so whatever day it is."""
        until_s = self.waits_until_s
        if until_s is None:
            return False
        await asyncio.sleep(max(0.0, until_s - monotonic()))
        return True

    def check_goes_on(self) -> None:
        """All that follows has been asked, as far as anybody has settled."""
        if self._stand_still:
            raise ProcessesStandStill

    @property
    def positions(self) -> dict[str, int]:
        """How far each process has come."""
        return {each.process.name: each.position for each in self._followings}

    async def next_due(self) -> datetime | None:
        return await self._timing.next_due()

    async def _step(self) -> bool:
        """Where the log is away for one of them, the others are asked before that is told."""
        found, head, away = False, await self._log.head(), list[Spoken]()
        for each in self._followings:
            while await self._goes_on(each.process.name, each.step(self._log, head), away):
                found = True
        due = self._timing.step(self._log, head)
        found = await self._goes_on(self._timing.name, due, away) or found
        if away:
            raise away[-1]
        return found

    async def _goes_on(self, process: str, step: Awaitable[bool], away: list[Spoken]) -> bool:
        try:
            found = await self._attempt(process, step)
        except PASSING as outage:
            away.append(outage)
            return False
        if found is None:
            self._stand_still.add(process)
        else:
            self._stand_still.discard(process)
        return bool(found)


class PassingBy:
    """``services.ports.Passing`` on a demo clock: it stops wherever something falls due.

    So a year goes by as a year does: what would have happened in spring has happened by summer.
    """

    def __init__(self, time: DemoTime, settling: Settling) -> None:
        self._time: Final = time
        self._settling: Final = settling

    async def pass_until(self, to: datetime) -> None:
        await self._settle()
        while (due := await self._settling.next_due()) is not None and due < to:
            await self._time.move(due)
            await self._settle()
        await self._time.move(to)
        await self._settle()

    async def _settle(self) -> None:
        await self._settling.settle()
        self._settling.check_goes_on()
