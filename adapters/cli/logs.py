"""Log lines (ログ) go to stderr: JSON for machines, plain lines for a terminal."""

import logging
import sys

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
