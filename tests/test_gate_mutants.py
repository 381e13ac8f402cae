"""What is wrong with the gate is found: each known mistake is made in a copy, and played.

What ``log.append`` does under its lock has mutants of its own: see
``tests/integration/test_append_mutants.py``.
"""

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

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
    made_wrong(copied(tmp_path), mutant)
    begun_s = monotonic()
    played = subprocess.run(
        [sys.executable, "-c", PLAYS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "caught" in played.stdout, played.stderr[-2000:]
    assert monotonic() - begun_s < 4 * CAUGHT_WITHIN_S  # Also where others are at work.


def test_there_is_something_to_catch() -> None:
    assert len(MUTANTS) >= 8
