"""Outliving (読み手がいなくなっても): what we say to stderr may find nobody there any more."""

import os
import sys
from contextlib import suppress
from io import FileIO, TextIOWrapper
from typing import TextIO, cast


def outlive_the_reader() -> None:
    """A closed terminal or pipe takes what we say to stderr, and not us."""
    stderr = cast("TextIO | None", sys.stderr)  # None where it was closed before we began.
    sys.stderr = _Heedless(
        FileIO(stderr.fileno(), "w", closefd=False) if stderr else FileIO(os.devnull, "w"),
        encoding=stderr.encoding if stderr else "utf-8",
        errors="replace",  # Better a question mark than no sentence.
        line_buffering=True,
    )


class _Heedless(TextIOWrapper):
    def write(self, said: str, /) -> int:
        with suppress(OSError):
            super().write(said)
        return len(said)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()
