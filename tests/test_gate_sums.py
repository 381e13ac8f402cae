"""What came of all runs of one commit: see ``tests/gate/sums.py``."""

import subprocess
from pathlib import Path

import pytest

from tests.gate import sums
from tests.gate.sums import begun


def test_only_of_what_is_committed_sums_are_added_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "SUMS", tmp_path / "build" / "soak.json")
    (tmp_path / ".gitignore").write_text("build\n")
    git = ("git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.jp")
    for asked in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run([*git, *asked], check=True)
    played = begun()
    played.seeds = 7
    played.keep()
    assert begun().seeds == 7
    (tmp_path / "changed").touch()
    played = begun()
    assert played.seeds == 0
    played.seeds = 7
    played.keep()
    assert begun().seeds == 0
