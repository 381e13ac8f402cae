"""Log lines (ログ) go to stderr: JSON for machines, plain lines for a terminal."""

import logging
import os
import sys
from contextlib import suppress
from io import FileIO, TextIOWrapper
from typing import TextIO, cast

import msgspec
import structlog

from adapters.settings import Settings


def configure(settings: Settings, least: int = logging.INFO) -> None:
    as_lines = settings.log_format == "terminal" or (
        settings.log_format is None and sys.stderr.isatty()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False)
            if as_lines
            else structlog.processors.JSONRenderer(_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)


def _json(line: dict[str, object], **_: object) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()


class _Libraries(logging.Handler):
    """What libraries warn of may quote what was sent: we say where in them to read about it."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info and record.exc_info[0]
        structlog.get_logger().log(
            record.levelno,
            "library_said",
            library=record.name,
            where=f"{record.filename}:{record.lineno}",
            **({"error": error.__name__} if error else {}),
        )


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
