"""What is wrong with the gate is found: each known mistake is made in a copy, and played.

What ``log.append`` does under its lock has mutants of its own: see
``tests/integration/test_append_mutants.py``.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.gate.sums import begun
from tests.patching import ROOT, copied, made_wrong

MUTANTS: Final = sorted((ROOT / "tests/gate/mutants").glob("*.patch"))
CAUGHT_WITHIN_S: Final = 15.0
PLAYS: Final = """
import structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
from tests.gate.simulator import Faults, play
for seed in range(1_000):
    if play(seed, Faults(pause=0.12)).violations:
        print("caught", seed)
        break
"""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.stem)
def test_what_is_made_wrong_is_caught(mutant: Path, tmp_path: Path) -> None:
    assert is_caught(mutant, tmp_path)


@pytest.mark.soak
def test_all_are_caught(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And it is written down how many."""
    sums = begun()
    sums.mutants_caught = sum(is_caught(each, tmp_path / each.stem) for each in MUTANTS)
    sums.keep()
    with capsys.disabled():
        print(f"\n{sums.mutants_caught} of {len(MUTANTS)} mutants caught")  # noqa: T201 (what the soak is run for)
    assert sums.mutants_caught == len(MUTANTS)


def is_caught(mutant: Path, folder: Path) -> bool:
    folder.mkdir(exist_ok=True)
    made_wrong(copied(folder), mutant)
    begun_s = used_s()
    played = subprocess.run(
        [sys.executable, "-c", PLAYS],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stderr[-2000:]
    assert used_s() - begun_s < CAUGHT_WITHIN_S
    return "caught" in played.stdout


def used_s() -> float:
    """Of a processor, by all that was run: also where others are at work it is the same."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_there_is_something_to_catch() -> None:
    assert len(MUTANTS) >= 8
