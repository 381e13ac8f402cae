"""One request (訪問), from the door to the answer: who asks, and what may be said of it after."""

from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.types import HTTPScope

from adapters.headers import correlation_in, language_in, token_in
from contracts.problems import Language
from services.disclosing import Window
from services.identity import Bearer

JSON: Final = "application/json"
READING: Final = (HttpMethod.GET, HttpMethod.HEAD)
STREAMS: Final = frozenset({"/v1/cases/stream"})
FEED: Final = "/v1/feed"  # A page of it; or a stream, to whoever accepts one.
EVENT_STREAM: Final = "text/event-stream"
_KEY: Final = "visit"


class Visit(msgspec.Struct):
    """What is said of it is for the log: ids and codes, never a word of what was sent or shown."""

    correlation: UUID
    began_s: float = msgspec.field(default_factory=perf_counter)
    language: Language = "en"
    who: Bearer | None = None
    event: str | None = None  # What has been done, if that is worth a line.
    said: dict[str, object] = {}
    window: Window = msgspec.field(default_factory=Window)  # In which what is read may go out.
    afterwards: list[Callable[[], Awaitable[None]]] = []  # However it ends.

    @property
    def bearer(self) -> Bearer:
        assert self.who is not None, "the door lets nobody pass unknown"
        return self.who

    def did(self, event: str, **said: object) -> None:
        self.event = event
        told = {name: value for name, value in said.items() if value is not None}
        self.said.update({n: v if isinstance(v, int) else str(v) for n, v in told.items()})


def enter(scope: HTTPScope, visit: Visit) -> None:
    scope["state"] = {_KEY: visit}


def visit_of(request: "Request[None, None, State]") -> Visit:
    return cast("Visit", request.scope["state"][_KEY])


def header(scope: HTTPScope, name: bytes) -> str | None:
    """The only one of that name. Of two that differ neither is to be believed."""
    found = {value for key, value in scope["headers"] if key == name}
    return found.pop().decode("latin-1") if len(found) == 1 else None


def wants_stream(scope: HTTPScope) -> bool:
    """What is told as it happens, and for as long as somebody listens."""
    if scope["path"] == FEED:
        accepted = (header(scope, b"accept") or "").split(",")
        return any(each.partition(";")[0].strip() == EVENT_STREAM for each in accepted)
    return scope["path"] in STREAMS


def token_of(scope: HTTPScope) -> str | None:
    return token_in(header(scope, b"authorization"))


def route_of(scope: HTTPScope) -> str:
    """As it is declared: what stands in its place in a path may be anything."""
    return str(cast("Mapping[str, object]", scope).get("path_template") or "nowhere")


def correlation_of(scope: HTTPScope) -> UUID | None:
    return correlation_in(header(scope, b"correlation-id"))


def language_of(scope: HTTPScope) -> Language:
    return language_in(header(scope, b"accept-language"))
