"""Appending: one event, two sealed parts, two fence keys read, one command id; one commit."""

import gc
from collections import deque
from datetime import UTC, datetime
from itertools import count
from typing import Final
from uuid import uuid4

import msgspec

from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from benchmarks import notebook, pgbench, stock
from benchmarks.databases import STREAM_LENGTH, Bench, head, past_streams
from benchmarks.measuring import WARM_UP, Pace, Rounds, Sample, Side, by_clients, by_turns
from benchmarks.report import Figure, targeted
from domain.model import CommandId, StreamId, fence_key
from services.ids import uuid7
from services.ports import Append, NewEvent

CLIENTS: Final = (1, 16, 64, 256)
SMALL_LOG: Final = 10_000
_AT_MOST_PER_S: Final = 60_000

_VS_STOCK: Final = {1: 1.2, 16: 12.0, 64: 16.0, 256: 24.0}
_VS_PGBENCH: Final = {1: 0.25, 16: 0.8, 64: 1.5}
_LARGE_VS_SMALL: Final = 0.8
_P99_VS_P50: Final = 10.0


async def figures(bench: Bench, events: int, pace: Pace) -> list[Figure]:
    rounds = (await by_turns(await _sides(bench, events, pace.seconds), pace.rounds)).with_best(
        stock.BEST, stock.SIDES
    )
    return [
        *(_vs_stock(rounds, clients) for clients in CLIENTS),
        *(
            _vs_pgbench(rounds, clients, script)
            for script in (pgbench.ONE_ROW, pgbench.SAME_ROWS)
            for clients in _VS_PGBENCH
        ),
        _large_vs_small(rounds, events),
        _tail(rounds),
        *latencies(rounds, (*map(side, CLIENTS), *stock.SIDES)),
        *(
            Figure(name, rounds.per_s(name), "commands/s")
            for name in (*stock.SIDES, *_pgbench_sides())
        ),
    ]


def side(clients: int) -> str:
    return f"append, {clients} client{'s' if clients > 1 else ''}"


def latencies(rounds: Rounds, names: tuple[str, ...]) -> list[Figure]:
    return [
        figure
        for name in names
        for figure in (
            Figure(f"{name}: p50", rounds.p50_ms(name), "ms"),
            Figure(f"{name}: p99", rounds.p99_ms(name), "ms"),
        )
    ]


async def _sides(bench: Bench, events: int, seconds: float) -> dict[str, Side]:
    access = await bench.log(events)
    commands = Commands(events // STREAM_LENGTH, await head(access))

    def appending(clients: int) -> Side:
        async def append() -> Sample:
            return await _append(access, commands, clients, seconds)

        return append

    async def append_to_a_small_log() -> Sample:
        small = await bench.new_log(SMALL_LOG)
        cold = Commands(SMALL_LOG // STREAM_LENGTH, SMALL_LOG)
        measured = await _append(small, cold, 64, seconds)
        await bench.drop(small)
        return measured

    stocks = await stock.sides(bench, events, seconds)
    pgbenches = await pgbench.sides(bench, tuple(_VS_PGBENCH), seconds)
    return {
        stock.side(1): stocks[stock.side(1)],
        side(1): appending(1),
        **{name: pgbenches[name] for name in _pgbench_sides(1)},
        stock.side(4): stocks[stock.side(4)],
        side(16): appending(16),
        **{name: pgbenches[name] for name in _pgbench_sides(16)},
        stock.side(16): stocks[stock.side(16)],
        side(64): appending(64),
        _SMALL: append_to_a_small_log,
        **{name: pgbenches[name] for name in _pgbench_sides(64)},
        side(256): appending(256),
    }


def _pgbench_sides(*clients: int) -> tuple[str, ...]:
    return tuple(
        pgbench.side(script, count)
        for count in clients or _VS_PGBENCH
        for script in (pgbench.ONE_ROW, pgbench.SAME_ROWS)
    )


_SMALL: Final = f"append, 64 clients, log of {SMALL_LOG:,} events"


def _vs_stock(rounds: Rounds, clients: int) -> Figure:
    against = stock.side(1) if clients == 1 else stock.BEST
    return targeted(
        side(clients),
        rounds.per_s(side(clients)),
        "commands/s",
        against=against,
        ratio=rounds.ratio(side(clients), against),
        target=_VS_STOCK[clients],
    )


def _vs_pgbench(rounds: Rounds, clients: int, script: str) -> Figure:
    against = pgbench.side(script, clients)
    return targeted(
        f"{side(clients)}, beside {script}",
        rounds.per_s(side(clients)),
        "commands/s",
        against=against,
        ratio=rounds.ratio(side(clients), against),
        target=_VS_PGBENCH[clients],
    )


def _large_vs_small(rounds: Rounds, events: int) -> Figure:
    return targeted(
        f"append, 64 clients, log of {events:,} events",
        rounds.per_s(side(64)),
        "commands/s",
        against=_SMALL,
        ratio=rounds.ratio(side(64), _SMALL),
        target=_LARGE_VS_SMALL,
    )


def _tail(rounds: Rounds) -> Figure:
    return targeted(
        f"{side(64)}: p99, at most",
        rounds.p99_ms(side(64)),
        "ms",
        against=f"{side(1)}: p50",
        ratio=rounds.p99_ms(side(64)) / rounds.p50_ms(side(1)),
        target=_P99_VS_P50,
        bound="at most",
    )


class Commands:
    """Decided before they are timed; by turns of a stream of old, and of one that is not yet."""

    def __init__(self, cold: int, read_to: int) -> None:
        self._read_to: Final = read_to
        self._note: Final = notebook.notes(StreamId(uuid4()), 1)[0]
        self._cold: Final = deque((name, STREAM_LENGTH + 1) for name in sorted(past_streams(cold)))
        self._turns: Final = count()
        self._decided: Final[deque[Append]] = deque()

    def decide(self, seconds: float) -> None:
        """As many as there is time for. What nobody took is there for the next."""
        while len(self._decided) < _AT_MOST_PER_S * (1 + WARM_UP) * seconds:
            self._decided.append(_decided(self._note, *self._place(), self._read_to))
        gc.freeze()  # They are the bench's own: the collector shall not walk them.

    def take(self) -> Append:
        return self._decided.popleft()

    def _place(self) -> tuple[StreamId, int]:
        if next(self._turns) % 2:
            return StreamId(uuid4()), 1
        stream, version = self._cold.popleft()
        self._cold.append((stream, version + 1))
        return stream, version


async def _append(
    access: PostgresAccess, commands: Commands, clients: int, seconds: float
) -> Sample:
    commands.decide(seconds)
    async with PostgresEventLog(access.app) as log:

        async def append() -> None:
            outcome = await log.append(commands.take())
            assert outcome.verdict == "appended", outcome

        return await by_clients(clients, seconds, append)


def _decided(note: NewEvent, stream: StreamId, version: int, read_to: int) -> Append:
    return Append(
        agency=notebook.AGENCY,
        command=CommandId(uuid7(datetime.now(UTC))),
        body=bytes(32),
        answer=bytes(60),
        events=(msgspec.structs.replace(note, stream=stream, version=version),),
        reads=(fence_key("case", stream), fence_key("agency", notebook.AGENCY)),
        read_to=read_to,
    )
