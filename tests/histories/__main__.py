"""``python -m tests.histories 7``: the history of a seed; ``spread 200``: what so many reach."""

import sys
import time
from collections import Counter

from domain.catalogue import EVENTS
from domain.fields import tag_of
from tests.histories import history


def told(seed: int) -> None:
    for entry in history(seed).world.log:
        sys.stdout.write(f"{entry.told.position:4} {entry.at:%m-%d %H:%M} {entry.said!r}\n")


def spread(number: int) -> None:
    began = time.perf_counter()
    plays = [history(seed) for seed in range(number)]
    took = time.perf_counter() - began
    reached = Counter(tag_of(type(e.said)) for play in plays for e in play.world.log)
    steps, accepted = sum(p.steps for p in plays), sum(p.accepted for p in plays)
    never = sorted(set(EVENTS.types) - set(reached))
    sys.stdout.write(
        f"{steps} steps, {accepted / steps:.0%} accepted, {steps / took:.0f} a second\n"
        f"{len(never)} of {len(EVENTS.types)} event types never: {', '.join(never)}\n"
    )
    refused: Counter[tuple[str, str]] = Counter()
    for play in plays:
        refused.update(play.refused)
    for (command, why), times in refused.most_common(45):
        sys.stdout.write(f"{times:6} {command}: {why}\n")


if __name__ == "__main__":
    if sys.argv[1] == "spread":
        spread(int(sys.argv[2]))
    else:
        told(int(sys.argv[1]))
