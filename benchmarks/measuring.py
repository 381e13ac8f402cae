"""Sides take turns, round after round, so that what slows the machine slows them all.

A ratio is taken within a round; of the rounds' ratios we give the median.
"""

import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

WARM_UP: Final = 0.2  # of the measured time


class Sample(NamedTuple):
    per_s: float
    p50_ms: float | None = None
    p99_ms: float | None = None


Side: TypeAlias = Callable[[], Awaitable[Sample]]


class Pace(NamedTuple):
    """How often, and how long at a time."""

    rounds: int
    seconds: float


class Rounds(NamedTuple):
    taken: Sequence[Mapping[str, Sample]]

    def per_s(self, name: str) -> float:
        return statistics.median(samples[name].per_s for samples in self.taken)

    def p50_ms(self, name: str) -> float:
        return statistics.median(samples[name].p50_ms or 0.0 for samples in self.taken)

    def p99_ms(self, name: str) -> float:
        return statistics.median(samples[name].p99_ms or 0.0 for samples in self.taken)

    def ratio(self, name: str, against: str) -> float:
        return statistics.median(
            samples[name].per_s / samples[against].per_s for samples in self.taken
        )

    def with_best(self, best: str, of: Sequence[str]) -> "Rounds":
        """Under ``best``, the fastest ``of`` these in each round."""
        return Rounds(
            [
                {**samples, best: max((samples[name] for name in of), key=lambda s: s.per_s)}
                for samples in self.taken
            ]
        )


async def by_turns(sides: Mapping[str, Side], rounds: int) -> Rounds:
    """There and back again, so that nobody always comes first."""
    taken: list[dict[str, Sample]] = []
    for nth in range(rounds):
        samples: dict[str, Sample] = {}
        for name in tuple(sides)[:: 1 if nth % 2 == 0 else -1]:
            samples[name] = await sides[name]()
            progress(f"round {nth + 1}: {name}: {samples[name].per_s:,.0f}/s")
        taken.append(samples)
    return Rounds(taken)


async def by_clients(count: int, seconds: float, work: Callable[[], Awaitable[object]]) -> Sample:
    """So many asyncio tasks, each asking again as soon as it has its answer."""
    took_s: list[float] = []

    async def client(until: float) -> None:
        while (began := time.perf_counter()) < until:
            await work()
            took_s.append(time.perf_counter() - began)

    for measured_s in (seconds * WARM_UP, seconds):
        took_s.clear()
        began = time.perf_counter()
        await asyncio.gather(*(client(began + measured_s) for _ in range(count)))
    return sample(took_s, time.perf_counter() - began)


async def by_threads(count: int, seconds: float, work: Callable[[], object]) -> Sample:
    return await asyncio.to_thread(_by_threads, count, seconds, work)


def _by_threads(count: int, seconds: float, work: Callable[[], object]) -> Sample:
    took_s: list[float] = []

    def client(until: float) -> None:
        while (began := time.perf_counter()) < until:
            work()
            took_s.append(time.perf_counter() - began)

    for measured_s in (seconds * WARM_UP, seconds):
        took_s.clear()
        began = time.perf_counter()
        threads = [
            threading.Thread(target=client, args=(began + measured_s,)) for _ in range(count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sample(took_s, time.perf_counter() - began)


def sample(took_s: Sequence[float], elapsed_s: float, each: int = 1) -> Sample:
    ordered = sorted(took_s)
    return Sample(
        per_s=each * len(ordered) / elapsed_s,
        p50_ms=ordered[len(ordered) // 2] * 1000,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1000,
    )


def progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
