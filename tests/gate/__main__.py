"""``python -m tests.gate 17`` plays seed 17 again; ``soak 30`` plays on for half an hour.

A soak goes on where the last one of the same commit ended, and leaves its sums in
``build/soak.json``. A seed that fails is printed with how to play it again.
"""

import sys
from collections.abc import Iterable
from multiprocessing import Pool
from time import monotonic
from typing import Final

import structlog

from tests.gate.simulator import Result, play
from tests.gate.sums import Sums, begun

PROCESSES: Final = 2
AT_ONCE: Final = 50  # Seeds, until it is asked whether the time is over.


def add(sums: Sums, results: Iterable[Result]) -> None:
    for each in results:
        sums.seeds += 1
        sums.disclosures += each.disclosures
        sums.withdrawals += each.withdrawals
        sums.decided_after += each.found("decided_after")
        sums.late_bytes += each.late_bytes
        sums.lost += each.found("lost")
        sums.paused_inside_check += each.paused_inside_check
        if each.violations:
            sums.failed.append(each.seed)


def main(asked: list[str]) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    match asked:
        case ["soak", minutes]:
            return soak(float(minutes))
        case [seed]:
            result = play(int(seed))
            said(str(result))
            return 1 if result.violations else 0
        case _:
            said(__doc__ or "")
            return 2


def soak(minutes: float) -> int:
    sums, until_s = begun(), monotonic() + 60 * minutes
    with Pool(PROCESSES, initializer=silent) as pool:
        while monotonic() < until_s:
            first = sums.seeds
            batches = (range(at, at + AT_ONCE) for at in range(first, first + 1_000, AT_ONCE))
            for results in pool.imap(played, batches):
                add(sums, results)
            sums.keep()
            said(f"{sums.seeds} seeds, {sums.disclosures} disclosures, failed: {sums.failed[:5]}")
    for seed in sums.failed[:5]:
        said(f"play it again: python -m tests.gate {seed}")
    return 1 if sums.failed else 0


def played(seeds: range) -> list[Result]:
    return [play(seed) for seed in seeds]


def silent() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def said(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (what it is run for)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
