"""What every figure depends on: how many cores, and how fast the disk says that it has written."""

import os
import time
from pathlib import Path
from typing import Final

from benchmarks.report import Figure

_BLOCK: Final = os.urandom(4096)
_SECONDS: Final = 1.0


def figures(folder: Path) -> list[Figure]:
    return [
        Figure("machine: cores", os.cpu_count() or 1, "cores"),
        Figure("machine: pwrite and fdatasync of 4 KB", _flushes_per_s(folder), "ops/s"),
    ]


def _flushes_per_s(folder: Path) -> float:
    path = folder / "flushed"
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        count = 0
        began = time.perf_counter()
        while (elapsed_s := time.perf_counter() - began) < _SECONDS:
            os.pwrite(fd, _BLOCK, count % 256 * len(_BLOCK))
            os.fdatasync(fd)
            count += 1
    finally:
        os.close(fd)
        path.unlink()
    return count / elapsed_s
