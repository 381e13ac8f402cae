"""Log lines (ログ) go to stderr: JSON for machines, plain lines for a terminal."""

import sys

import structlog

from adapters.settings import Settings


def configure(settings: Settings) -> None:
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
            else structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
