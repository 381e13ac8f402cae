"""``make bench``: a table for people, and ``build/bench.json`` for programmes."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from benchmarks import (
    appending,
    commanding,
    deciding_visibility,
    feeds,
    folding,
    http,
    listing,
    machine,
    projections,
    rehydrating,
    relay,
    seeding,
    timeline,
    views,
    withdrawing,
)
from benchmarks.databases import Bench, bench
from benchmarks.measuring import Pace
from benchmarks.report import Figure, table, verdict, write

OnEngines: TypeAlias = Callable[[Bench, int, Pace], Awaitable[list[Figure]]]

_ON_ENGINES: Final[Mapping[str, OnEngines]] = {
    "append": appending.figures,
    "command": commanding.figures,
    "rehydrate": rehydrating.figures,
    "timeline": timeline.figures,
    "relay": lambda bench, _, pace: relay.figures(bench, pace),
    "project": lambda bench, _, pace: projections.figures(bench, pace),
    "http": http.figures,
    "seed": lambda bench, _, pace: seeding.figures(bench, pace),
    "list": lambda bench, _, pace: listing.figures(bench, pace),
    "feed": lambda bench, _, pace: feeds.figures(bench, pace),
    "withdraw": lambda bench, _, pace: withdrawing.figures(bench, pace),
}
_NAMES: Final = ("fold", "decide", "view", *_ON_ENGINES)
_REPORT: Final = Path("build/bench.json")
_FULL: Final = Pace(rounds=3, seconds=3.0)
_QUICK: Final = Pace(rounds=3, seconds=1.0)


def main() -> None:
    asked = _asked()
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    pace = _QUICK if asked.quick else _FULL
    events: int = asked.events or (50_000 if asked.quick else 1_000_000)
    figures = asyncio.run(_measured(asked.only or _NAMES, events, pace, asked.keep))
    write(figures, _REPORT)
    print(f"{pace.rounds} rounds of {pace.seconds:g} s a side, beside {events:,} events")
    print("the engine and all who load it share this machine\n")
    print(table(figures))
    print(f"\n{verdict(figures)}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short turns beside a short past")
    parser.add_argument("--only", action="append", choices=_NAMES, help="may be said repeatedly")
    parser.add_argument("--events", type=int, help="how many events the logs hold before")
    parser.add_argument("--keep", type=Path, help="where made-up databases wait for the next time")
    return parser.parse_args()


async def _measured(
    names: Sequence[str], events: int, pace: Pace, keep: Path | None
) -> list[Figure]:
    with nullcontext(keep) if keep else TemporaryDirectory(prefix="tsunagu-bench-") as folder:
        found = machine.figures(Path(folder))
        if "fold" in names:
            found += await folding.figures(pace)
        if "decide" in names:
            found += await deciding_visibility.figures(pace)
        if "view" in names:
            found += await views.figures(pace)
        if set(names) <= {"fold", "decide", "view"}:
            return found
        async with bench(Path(folder) / "data") as running:
            for name in _ON_ENGINES:
                if name in names:
                    found += await _ON_ENGINES[name](running, events, pace)
    return found


if __name__ == "__main__":
    main()
