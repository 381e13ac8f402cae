"""The races are told apart from what they guard against: each known mistake makes them fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patching import ROOT, DoesNotApply, changed_file, copied, made_wrong, patched

MUTANTS = sorted((ROOT / "tests/mutants").glob("*.patch"))
RACES = "tests/integration/test_append_races.py"


def races_in(copy: Path, *only: str) -> subprocess.CompletedProcess[str]:
    environment = {name: v for name, v in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        (sys.executable, "-m", "pytest", "-p", "no:xdist", RACES, *only),
        cwd=copy,
        env={**environment, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.stem)
def test_the_races_are_lost_with(mutant: Path, tmp_path: Path) -> None:
    made_wrong(copied(tmp_path), mutant)
    outcome = races_in(tmp_path, "-k", LOSES[mutant.stem])
    assert outcome.returncode == pytest.ExitCode.TESTS_FAILED, outcome.stdout + outcome.stderr
    assert "1 failed" in outcome.stdout


# Which of them it must lose; the others it may win.
LOSES = {
    "batch_checked_against_the_table_only": "test_a_disclosure_sees_the_withdrawal_before_it",
    "check_in_the_locks_own_statement": "test_a_disclosure_never_follows_a_withdrawal",
    "lock_held_across_a_round_trip": "test_nobody_waits_for_a_writer_that_paused",
}


def test_the_races_are_won_as_it_stands(tmp_path: Path) -> None:
    outcome = races_in(copied(tmp_path))
    assert outcome.returncode == pytest.ExitCode.OK, outcome.stdout + outcome.stderr


def test_a_patch_that_does_not_fit_is_refused() -> None:
    fits = MUTANTS[0].read_text(encoding="utf-8")
    text = (ROOT / changed_file(fits)).read_text(encoding="utf-8")
    with pytest.raises(DoesNotApply):
        patched(text.replace("where stamped > up_to", "where up_to < stamped"), fits)
