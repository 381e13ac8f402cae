"""Seeding: years of made-up lives, decided, sealed and recorded; and beside it the log alone.

The other side records the same commands again, sealed beforehand: as fast as it could ever be.
"""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate
from benchmarks.databases import Bench
from benchmarks.measuring import Pace, Rounds, Sample, by_turns
from benchmarks.report import Figure, targeted
from benchmarks.sown import sow
from domain.model import CommandId
from services.ports import Append, NewEvent, StoredEvent
from services.sealing import header_of
from services.seeding import Seed

SEEDED: Final = "cases made up, decided and recorded"
ALONE: Final = "the same events, recorded alone"
ROUNDS: Final = 5

_CASES: Final = 2_000
_YEARS: Final = 1
_PER_S: Final = 5_000
_AT_ONCE: Final = 256
_PAGE: Final = 2_000


async def figures(bench: Bench, pace: Pace) -> list[Figure]:
    cases = max(100, int(_CASES * min(1.0, pace.seconds / 3)))
    rounds = await _rounds(bench, cases)
    return [
        targeted(
            SEEDED,
            rounds.per_s(SEEDED),
            "events/s",
            against=f"{_PER_S:,} events/s",
            ratio=rounds.per_s(SEEDED) / _PER_S,
            target=1.0,
        ),
        Figure(ALONE, rounds.per_s(ALONE), "events/s", SEEDED, rounds.ratio(ALONE, SEEDED)),
    ]


async def _rounds(bench: Bench, cases: int) -> Rounds:
    numbers = iter(range(ROUNDS))
    kept: list[PostgresAccess] = []

    async def seeded() -> Sample:
        access = await bench.empty_database()
        sown = await sow(access, Seed(cases, _YEARS, next(numbers)))
        kept.append(access)
        return Sample(per_s=sown.events / sown.elapsed_s)

    async def alone() -> Sample:
        if not kept:
            kept.append(await _some(bench, cases))
        source = kept[-1]
        access = await bench.empty_database()
        await migrate(access.owner)
        sample = await _recorded_alone(source, access)
        await bench.drop(access)
        return sample

    rounds = await by_turns({SEEDED: seeded, ALONE: alone}, ROUNDS)
    for access in kept:
        await bench.drop(access)
    return rounds


async def _some(bench: Bench, cases: int) -> PostgresAccess:
    access = await bench.empty_database()
    await sow(access, Seed(cases, _YEARS, ROUNDS))
    return access


async def _recorded_alone(source: PostgresAccess, into: PostgresAccess) -> Sample:
    """One command an event, which is nearly what it was."""
    async with AsyncExitStack() as stack:
        old = await stack.enter_async_context(PostgresEventLog(source.app))
        new = await stack.enter_async_context(PostgresEventLog(into.app))
        events, took_s, after = 0, 0.0, 0
        while page := await old.after(after, _PAGE):
            after = page[-1].position
            appends = [_append(stored) for stored in page]
            began = time.perf_counter()
            await _in_calls(new, appends)
            took_s += time.perf_counter() - began
            events += len(appends)
    return Sample(per_s=events / took_s)


async def _in_calls(log: PostgresEventLog, appends: Sequence[Append]) -> None:
    for begin in range(0, len(appends), _AT_ONCE):
        outcomes = await log.append_in_order(appends[begin : begin + _AT_ONCE])
        assert all(outcome.verdict == "appended" for outcome in outcomes)


def _append(stored: StoredEvent) -> Append:
    assert stored.facts is not None
    header = header_of(stored)
    return Append(
        agency=header.agency,
        command=CommandId(header.id),
        body=bytes(32),
        answer=bytes(60),
        events=(
            NewEvent(
                stream=stored.stream,
                version=stored.version,
                type=stored.type,
                header=stored.header,
                facts=stored.facts,
                parts=stored.parts,
            ),
        ),
    )
