"""Folding: what each event of a case costs when it is read again to decide."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, cast

from benchmarks import cases
from benchmarks.measuring import Pace, Sample, by_turns
from benchmarks.report import Figure
from domain.case import CASE, CaseEvent
from services.ports import Fact

_LENGTH: Final = 30
_TARGET_US: Final = 5.0
_FOLD: Final = "fold of one event of a case, at most"
_FACT: Final = "of that: Sealing.facts"


async def figures(pace: Pace) -> list[Figure]:
    history = [
        Fact(event.version, event.type, event.header[event.facts.at :][: event.facts.size])
        for event in cases.history(_LENGTH)
    ]

    def fold() -> None:
        CASE.replay(cast("Iterator[CaseEvent]", cases.SEALING.facts(history)))

    def fact() -> None:
        deque(cases.SEALING.facts(history), maxlen=0)

    async def folding() -> Sample:
        return _by_one(fold, pace.seconds)

    async def reading() -> Sample:
        return _by_one(fact, pace.seconds)

    rounds = await by_turns({_FOLD: folding, _FACT: reading}, pace.rounds)
    fold_us, fact_us = (1_000_000 / rounds.per_s(name) for name in (_FOLD, _FACT))
    return [
        Figure(_FOLD, fold_us, "µs", target=_TARGET_US, met=fold_us <= _TARGET_US),
        Figure(_FACT, fact_us, "µs"),
    ]


def _by_one(work: Callable[[], None], seconds: float) -> Sample:
    took_s: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        work()
        took_s.append(time.perf_counter() - began)
    return Sample(per_s=_LENGTH * len(took_s) / sum(took_s))
