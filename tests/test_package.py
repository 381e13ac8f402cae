"""What `make` does on a machine that has little, and what the wheel holds."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

HOUSE: Final = Path(__file__).parent.parent
NAMES: Final = ("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python")
TOO_OLD: Final = "echo 'Python 3.8.20'; exit 1"
WITHOUT_VENV: Final = 'case "$2" in *ensurepip*) exit 1 ;; esac'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of the house as `make` needs before it installs anything."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(HOUSE / name, tmp_path)
    for name in ("locks", "scripts"):
        shutil.copytree(HOUSE / name, tmp_path / name)
    return tmp_path


def make(checkout: Path, *arguments: str, python: str) -> subprocess.CompletedProcess[str]:
    """Where every Python that may be found is this script."""
    bin_ = checkout / "bin"
    bin_.mkdir()
    for name in NAMES:
        (bin_ / name).write_text(f"#!/bin/sh\n{python}\n")
        (bin_ / name).chmod(0o755)
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={"PATH": f"{bin_}:{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("target", ["setup", "demo", "test"])
def test_an_old_python_is_refused_in_one_sentence_a_language(checkout: Path, target: str) -> None:
    said = make(checkout, target, python=TOO_OLD)
    assert said.returncode != 0
    english, japanese, _ = said.stderr.splitlines()  # The last is make's own.
    assert english.startswith("Tsunagu needs Python 3.11 or newer, and found none")
    assert japanese.startswith("Tsunagu には Python 3.11 以降が必要です")


def test_the_python_that_was_named_is_the_only_one_tried(checkout: Path) -> None:
    (checkout / "old").write_text(f"#!/bin/sh\n{TOO_OLD}\n")
    (checkout / "old").chmod(0o755)
    said = make(checkout, "setup", "PYTHON=./old", python="exit 0")
    assert "Tsunagu needs Python 3.11 or newer" in said.stderr


def test_a_python_that_cannot_make_venvs_is_refused_by_name(checkout: Path) -> None:
    said = make(checkout, "setup", python=WITHOUT_VENV)
    assert said.returncode != 0
    assert "This Python (python3.14) cannot make virtual environments" in said.stderr
    assert "venv モジュールがありません" in said.stderr
    assert "Traceback" not in said.stderr


def test_make_alone_says_what_there_is_to_make(checkout: Path) -> None:
    said = make(checkout, python="exit 0")
    assert said.returncode == 0
    for target in ("setup", "demo", "test", "lint", "bench", "soak", "package", "lock", "clean"):
        (line,) = (line for line in said.stdout.splitlines() if line.startswith(f"make {target} "))
        english, _, japanese = line.partition(" / ")
        assert english.isascii()
        assert not japanese.isascii()


def test_clean_takes_what_make_made_and_leaves_the_data(checkout: Path) -> None:
    for name in (".venv", "build", "dist", "data", "domain/__pycache__"):
        (checkout / name).mkdir(parents=True)
    assert make(checkout, "clean", python="exit 0").returncode == 0
    assert not any((checkout / name).exists() for name in (".venv", "build", "dist"))
    assert not (checkout / "domain/__pycache__").exists()
    assert (checkout / "data").exists()


def test_the_wheel_holds_the_house_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=HOUSE,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    rooms = {name.partition("/")[0] for name in names}
    assert {room for room in rooms if not room.endswith(".dist-info")} == {
        "adapters",
        "contracts",
        "domain",
        "projections",
        "services",
    }
    migrations = sorted((HOUSE / "adapters/postgres/migrations").glob("*.sql"))
    assert {f"adapters/postgres/migrations/{file.name}" for file in migrations} <= set(names)
