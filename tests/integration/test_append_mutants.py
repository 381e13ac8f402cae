"""The races are told apart from what they guard against: each known mistake makes them fail."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MUTANTS = sorted((ROOT / "tests/mutants").glob("*.patch"))
RACES = "tests/integration/test_append_races.py"


class DoesNotApply(AssertionError):
    pass


def patched(text: str, patch: str) -> str:
    """A unified diff, applied where all the old lines of a hunk stand, which is one place."""
    _, *hunks = re.split(r"^@@ .*\n", patch, flags=re.MULTILINE)
    for hunk in hunks:
        lines = hunk.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] in kept) for kept in (" -", " +"))
        if text.count(old) != 1:
            raise DoesNotApply(old)
        text = text.replace(old, new)
    return text


def changed_file(patch: str) -> str:
    return patch.splitlines()[0].removeprefix("--- a/")


def copied(to: Path) -> Path:
    for package in ("adapters", "contracts", "domain", "projections", "services", "tests"):
        shutil.copytree(ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


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
    patch = mutant.read_text(encoding="utf-8")
    file = copied(tmp_path) / changed_file(patch)
    file.write_text(patched(file.read_text(encoding="utf-8"), patch), encoding="utf-8")
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
