"""The clock of the log (記録の時計) on PostgreSQL: chosen once, heard of by all who follow it."""

import asyncio
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, NoReturn, Self

import psycopg
from psycopg.pq.abc import PGresult

from adapters.clock import DemoClock, WallClock
from adapters.ending import ended
from adapters.postgres.links import Link, Question
from adapters.postgres.listening import LISTEN_AGAIN_AFTER_S
from services.founding import demo_clock

LOOK_AGAIN_AFTER_S: Final = 5.0  # A connection may be lost without a word.

_CHOOSE: Final = Question(b"choose", b"select log.choose_clock($1)")
_MOVE: Final = Question(b"move", b"select log.move_clock($1)")
_STANDS: Final = "select now from log.demo_now() as now where now is not null"
_SESSION: Final = "-c statement_timeout=8s -c timezone=UTC -c application_name=tsunagu-clock"
_POSTGRES_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_TIMESTAMPTZ: Final = struct.Struct("!q")  # Microseconds.
_MICROSECOND: Final = timedelta(microseconds=1)


@asynccontextmanager
async def clock_of(
    conninfo: str, demo_from: datetime | None
) -> AsyncGenerator[WallClock | DemoClock]:
    """The clock that this log records by, chosen now if nobody has."""
    async with PostgresClock(conninfo) as of_the_log:
        now = await demo_clock(of_the_log, demo_from)
        if now is None:
            yield WallClock()
            return
        clock = DemoClock(of_the_log, now)
        async with followed(conninfo, clock.stands):
            yield clock


class PostgresClock:
    """``services.ports.ClockOfTheLog``."""

    def __init__(self, conninfo: str) -> None:
        self._link: Final = Link(conninfo, _SESSION)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._link.close()

    async def choose(self, demo_from: datetime | None) -> datetime | None:
        packed = None if demo_from is None else _packed(demo_from)
        return _time(await self._link.ask(_CHOOSE, packed))

    async def move(self, to: datetime) -> datetime | None:
        return _time(await self._link.ask(_MOVE, _packed(to)))


@asynccontextmanager
async def followed(conninfo: str, stands: Callable[[datetime], None]) -> AsyncGenerator[None]:
    """While it lasts, whoever moves the clock is heard, in whichever process."""
    following = asyncio.create_task(_follow(conninfo, stands))
    try:
        yield
    finally:
        await ended(following)


async def _follow(conninfo: str, stands: Callable[[datetime], None]) -> NoReturn:
    """What is said only wakes us: whoever may log in may say anything. What is there is read."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as ours:
                await ours.execute("listen tsunagu_clock")
                while True:
                    found = await (await ours.execute(_STANDS)).fetchone()
                    if found is not None:
                        stands(found[0].astimezone(UTC))
                    async for _ in ours.notifies(timeout=LOOK_AGAIN_AFTER_S, stop_after=1):
                        pass
        except psycopg.Error:
            await asyncio.sleep(LISTEN_AGAIN_AFTER_S)


def _packed(at: datetime) -> bytes:
    return _TIMESTAMPTZ.pack((at - _POSTGRES_EPOCH) // _MICROSECOND)


def _time(answer: PGresult) -> datetime | None:
    packed = answer.get_value(0, 0)
    if packed is None:
        return None
    microseconds: int = _TIMESTAMPTZ.unpack(packed)[0]
    return _POSTGRES_EPOCH + microseconds * _MICROSECOND
