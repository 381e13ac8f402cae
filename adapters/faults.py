"""Faults (不具合): where it went wrong, for the log."""

from pathlib import Path
from traceback import extract_tb
from typing import Final

FRAMES_LOGGED: Final = 6


def where(error: Exception) -> str:
    """The last calls: where it went wrong, and with none of the words it went wrong with."""
    frames = extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    return " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
