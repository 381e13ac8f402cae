"""Patching (変異): what is known to be wrong is made wrong in a copy, never in shipped code."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("adapters", "contracts", "domain", "projections", "services", "tests")


class DoesNotApply(AssertionError):
    pass


def made_wrong(copy: Path, mutant: Path) -> None:
    """In the copy, by a unified diff of one file or of several."""
    for patch in files_in(mutant.read_text(encoding="utf-8")):
        file = copy / changed_file(patch)
        file.write_text(patched(file.read_text(encoding="utf-8"), patch), encoding="utf-8")


def files_in(patch: str) -> Iterator[str]:
    return (each for each in re.split(r"^(?=--- a/)", patch, flags=re.MULTILINE) if each)


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
    for package in PACKAGES:
        shutil.copytree(ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to
