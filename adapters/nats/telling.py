"""Telling (応答): what is said of one message, to its sender, and in the log by ids and codes."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic
from types import MappingProxyType
from typing import Final, NamedTuple

import structlog
from prometheus_client import Counter

from adapters.faults import where
from adapters.headers import correlation_in, language_in
from adapters.waiting import NOT_FOUND_EVERY_S
from contracts.problems import LOUD, MEDIA_TYPE, Language, Problem, Unexpected, problem
from domain.speech import Spoken
from services.ids import uuid7

JSON: Final = "application/json"

_ANSWERED: Final = Counter("tsunagu_nats_commands", "Messages answered", ("subject", "status"))

log = structlog.get_logger()


class Lines(NamedTuple):
    """What stands in the log, as it came out."""

    done: str
    put_off: str
    failed: str
    refused: str


class Telling:
    def __init__(self, headers: Mapping[str, str]) -> None:
        self.correlation: Final = correlation_in(headers.get("Correlation-Id")) or uuid7(
            datetime.now(UTC)
        )
        self.ids: Final[dict[str, object]] = {}
        self._language: Final[Language] = language_in(headers.get("Accept-Language"))
        self._begun: Final = monotonic()

    def headers(self, said: object) -> Mapping[str, str]:
        content_type = MEDIA_TYPE if isinstance(said, Problem) else JSON
        return {"Content-Type": content_type, "Correlation-Id": str(self.correlation)}

    def refusal(self, error: Exception) -> Problem:
        """Of what is none of ours, the words may be a person's: its kind is told, and no more."""
        if isinstance(error, Spoken):
            return self.problem(error.code, error.facts)
        self.ids.update(error=type(error).__name__, where=where(error))
        return self.problem(Unexpected().code)

    def problem(self, code: str, facts: Mapping[str, object] = MappingProxyType({})) -> Problem:
        at = facts.get("at")
        return problem(
            code, self._language, self.correlation, at=at if isinstance(at, str) else None
        )

    async def in_its_time(self, said: object) -> None:
        """What is hidden and what is not there take as long."""
        if isinstance(said, Problem) and said.status == HTTPStatus.NOT_FOUND:
            await asyncio.sleep((self._begun - monotonic()) % NOT_FOUND_EVERY_S)

    def write(self, subject: str, said: object, lines: Lines) -> None:
        ms = round((monotonic() - self._begun) * 1_000, 1)
        ids = {name: n if isinstance(n, int) else str(n) for name, n in self.ids.items()}
        line = log.bind(entrance="nats", correlation=str(self.correlation), **ids, ms=ms)
        match said:
            case Problem(code=code) if code in LOUD:
                line.error(lines.failed, code=code)
            case Problem(code=code, status=HTTPStatus.SERVICE_UNAVAILABLE):
                line.warning(lines.put_off, code=code)
            case Problem(code=code, status=HTTPStatus.INTERNAL_SERVER_ERROR):
                line.error(lines.failed, code=code)
            case Problem(code=code):
                line.info(lines.refused, code=code)
            case _:
                line.info(lines.done)
        status = said.status if isinstance(said, Problem) else HTTPStatus.OK
        _ANSWERED.labels(subject, status).inc()
