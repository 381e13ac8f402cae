"""Rehydrating: from the rows of a stream to what they come to, with its parts closed or opened."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.cipher import AESCipher
from eventsourcing.domain import Aggregate, event

from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from benchmarks.databases import Bench, grow
from benchmarks.measuring import Pace, Rounds, Sample, Side, by_clients, by_threads, by_turns
from benchmarks.notebook import (
    AGENCY,
    KEYS,
    NOTEBOOK,
    NUMBER,
    SEALING,
    STAFF,
    WORRY,
    Notebook,
    NoteTaken,
    notes,
)
from benchmarks.report import Figure, targeted
from benchmarks.stock import login
from domain.model import StreamId
from services.ids import uuid7

_CLOSED_VS_STOCK: Final = {10: 3.0, 100: 8.0, 1000: 15.0}
_OPENED_VS_CIPHER: Final = dict.fromkeys(_CLOSED_VS_STOCK, 3.0)
_SHARE: Final = 1 / 3  # Reading is steadier than writing: it needs less time.

CLOSED: Final = "rehydrate, parts closed"
OPENED: Final = "rehydrate, parts opened"
STOCK: Final = "stock repository, the same facts"
CIPHER: Final = "stock repository, the same facts, AESCipher"
BARE: Final = "stock repository, two texts and nothing else"


async def figures(bench: Bench, events: int, pace: Pace) -> list[Figure]:
    access = await bench.log(events)
    library = await bench.empty_database()
    with ExitStack() as opened:
        async with PostgresEventLog(access.app) as log:
            stocks = await asyncio.to_thread(_stock_sides, library, opened, pace.seconds * _SHARE)
            ours = await _our_sides(access, log, pace.seconds * _SHARE)
            rounds = await by_turns({**stocks, **ours}, pace.rounds)
    return [
        *(_figure(rounds, CLOSED, n, STOCK, target) for n, target in _CLOSED_VS_STOCK.items()),
        *(_figure(rounds, OPENED, n, CIPHER, target) for n, target in _OPENED_VS_CIPHER.items()),
        *(_figure(rounds, CLOSED, n, BARE) for n in _CLOSED_VS_STOCK),
        *(
            Figure(f"{side(what, n)}: p50", rounds.p50_ms(side(what, n)), "ms")
            for what in (CLOSED, OPENED, STOCK, CIPHER, BARE)
            for n in _CLOSED_VS_STOCK
        ),
    ]


def side(what: str, length: int) -> str:
    return f"{what}, {length} events"


def _figure(
    rounds: Rounds, what: str, length: int, against: str, target: float | None = None
) -> Figure:
    name, other = side(what, length), side(against, length)
    per_s, ratio = rounds.per_s(name) * length, rounds.ratio(name, other)
    if target is None:
        return Figure(f"{name}, beside bare facts", per_s, "events/s", other, ratio)
    return targeted(name, per_s, "events/s", against=other, ratio=ratio, target=target)


async def _our_sides(
    access: PostgresAccess, log: PostgresEventLog, seconds: float
) -> dict[str, Side]:
    def reading(stream: StreamId, work: Callable[[StreamId], Awaitable[Notebook]]) -> Side:
        async def read() -> Sample:
            return await by_clients(1, seconds, lambda: work(stream))

        return read

    async def closed(stream: StreamId) -> Notebook:
        found = (await log.recall(stream)).streams[stream]
        return NOTEBOOK.replay(cast("Iterator[NoteTaken]", SEALING.facts(found)))

    async def opened(stream: StreamId) -> Notebook:
        found = (await log.read(stream)).streams[stream]
        return NOTEBOOK.replay(
            cast(NoteTaken, SEALING.open(stored, KEYS).event) for stored in found
        )

    sides: dict[str, Side] = {}
    for length in _CLOSED_VS_STOCK:
        stream = StreamId(uuid4())
        await grow(access, [stream], notes(stream, length))
        assert (await closed(stream)).notes == (await opened(stream)).notes == length
        sides[side(CLOSED, length)] = reading(stream, closed)
        sides[side(OPENED, length)] = reading(stream, opened)
    return sides


def _stock_sides(access: PostgresAccess, opened: ExitStack, seconds: float) -> dict[str, Side]:
    def reading(of: Application[UUID], saved: UUID) -> Side:
        async def read() -> Sample:
            return await by_threads(1, seconds, lambda: of.repository.get(saved))

        return read

    sides: dict[str, Side] = {}
    for what, with_cipher, make in (
        (STOCK, False, full),
        (CIPHER, True, full),
        (BARE, False, _bare),
    ):
        notebooks = _notebooks(access, with_cipher=with_cipher)
        opened.callback(notebooks.close)
        for length in _CLOSED_VS_STOCK:
            sides[side(what, length)] = reading(notebooks, make(notebooks, length))
    return sides


class FullNotebook(Aggregate):
    """Records what our header says, and the two texts, in the library's own way."""

    @event("NoteTaken")
    def __init__(  # noqa: PLR0913, PLR0917 (the fields of one of our headers)
        self,
        worry: str,
        number: str,
        agency: UUID,
        staff: UUID,
        role: str,
        occurred_at: datetime,
        correlation: UUID,
        command: UUID,
    ) -> None:
        del worry, number, staff, role, occurred_at, correlation, command
        self.notes = 1
        self.writers = frozenset({agency})

    @event("FurtherNoteTaken")
    def take(  # noqa: PLR0913, PLR0917 (the same)
        self,
        worry: str,
        number: str,
        agency: UUID,
        staff: UUID,
        role: str,
        occurred_at: datetime,
        correlation: UUID,
        command: UUID,
    ) -> None:
        del worry, number, staff, role, occurred_at, correlation, command
        self.notes += 1
        if agency not in self.writers:
            self.writers |= {agency}


class BareNotebook(Aggregate):
    """Records two texts, and nothing of who, when and why."""

    @event("NoteTaken")
    def __init__(self, worry: str, number: str) -> None:
        del worry, number
        self.notes = 1

    @event("FurtherNoteTaken")
    def take(self, worry: str, number: str) -> None:
        del worry, number
        self.notes += 1


def full(notebooks: Application[UUID], length: int) -> UUID:
    made: FullNotebook | None = None
    for nth in range(length):
        now = datetime.now(UTC)
        command = uuid7(now)
        facts = (AGENCY, STAFF, "WOMENS_SUPPORT_COUNSELLOR", now, command, command)
        if made is None:
            made = FullNotebook(WORRY, NUMBER, *facts)
        else:
            made.take(WORRY, NUMBER, *facts)
        if nth % _SAVED_AT_ONCE == 0:
            notebooks.save(made)
    assert made is not None
    notebooks.save(made)
    return made.id


def _bare(notebooks: Application[UUID], length: int) -> UUID:
    made = BareNotebook(WORRY, NUMBER)
    for nth in range(1, length):
        made.take(WORRY, NUMBER)
        if nth % _SAVED_AT_ONCE == 0:
            notebooks.save(made)
    notebooks.save(made)
    return made.id


# The library's recorder has been seen to wait for ever when it saves a thousand at once.
_SAVED_AT_ONCE: Final = 50


def _notebooks(access: PostgresAccess, *, with_cipher: bool) -> Application[UUID]:
    to = login(access)
    cipher = {
        "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
        "CIPHER_KEY": AESCipher.create_key(32),
    }
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        **{f"POSTGRES_{key.upper()}": value for key, value in to.items()},
        **(cipher if with_cipher else {}),
    }
    return Application[UUID](env)
