"""The installed command, run as a process of its own in poor surroundings."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.cells import cell_len

TSUNAGU: Final = Path(sys.executable).with_name("tsunagu")


def surroundings(**environ: str) -> dict[str, str]:
    """Nothing of our own but where programs and home are; and any port, for we may be several."""
    own = {name: os.environ[name] for name in ("PATH", "HOME")}
    return {**own, "TSUNAGU_HTTP_PORT": "0", **environ}


def tsunagu(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Without a terminal."""
    return subprocess.run(
        [TSUNAGU, *arguments],
        env=surroundings(**environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,  # However much else is done there; what hangs is told all the same.
        check=False,
    )


def widest(said: subprocess.CompletedProcess[str]) -> int:
    """In the cells of a terminal, of which a kanji takes two."""
    return max(map(cell_len, (said.stdout + said.stderr).splitlines()))
