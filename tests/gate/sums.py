"""What came of all runs of one commit, in ``build/soak.json``: a soak goes on where one ended."""

import subprocess
from pathlib import Path
from typing import Final

import msgspec

SUMS: Final = Path(__file__).parents[2] / "build" / "soak.json"


class Engines(msgspec.Struct):
    """Of the runs on the real engines; by their seeds they are played again."""

    seeds: list[int] = []
    disclosures: int = 0
    withdrawals: int = 0
    decided_after: int = 0
    late_bytes: int = 0
    paused_inside_check: int = 0
    lost: int = 0

    def add(self, other: "Engines") -> None:
        self.seeds += other.seeds
        self.disclosures += other.disclosures
        self.withdrawals += other.withdrawals
        self.decided_after += other.decided_after
        self.late_bytes += other.late_bytes
        self.paused_inside_check += other.paused_inside_check
        self.lost += other.lost


class Sums(msgspec.Struct):
    """What was played of a commit, and what came of it."""

    commit: str
    seeds: int = 0
    disclosures: int = 0
    withdrawals: int = 0
    decided_after: int = 0
    late_bytes: int = 0
    lost: int = 0
    paused_inside_check: int = 0
    failed: list[int] = []
    mutants_caught: int = 0
    engines: Engines = msgspec.field(default_factory=Engines)

    def keep(self) -> None:
        SUMS.parent.mkdir(exist_ok=True)
        SUMS.write_bytes(msgspec.json.format(msgspec.json.encode(self)) + b"\n")


def begun() -> Sums:
    """Of a tree that is not committed, anew each time: the next may be another."""
    is_dirty = bool(_git("status", "--porcelain"))
    commit = _git("rev-parse", "HEAD") + ("+" if is_dirty else "")
    if SUMS.exists() and not is_dirty:
        sums = msgspec.json.decode(SUMS.read_bytes(), type=Sums)
        if sums.commit == commit:
            return sums
    return Sums(commit=commit)


def _git(*asked: str) -> str:
    command = ("git", "-C", str(SUMS.parents[1]), *asked)
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
