"""The door (入口): who comes in, how many at once and for how long, and what they are told at last.

Whatever is refused or goes wrong behind it is raised, comes back here, and leaves as a problem. One
line a request is logged here: ids and codes, never a path, a query, a body or a token.
"""

import asyncio
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain
from time import perf_counter
from typing import Final

import msgspec
import structlog
from litestar import Litestar
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.types import HTTPScope, Receive, Send

from adapters.faults import where
from adapters.http.answering import Answer, Body, sends_in
from adapters.http.declining import CHALLENGES, declined, unwrapped
from adapters.http.figures import count
from adapters.http.visit import (
    FEED,
    Visit,
    correlation_of,
    enter,
    language_of,
    route_of,
    token_of,
    wants_stream,
)
from adapters.traces import Span, Traces
from adapters.waiting import NOT_FOUND_EVERY_S
from contracts.problems import (
    LOUD,
    NotAnsweredInTime,
    NotHere,
    Overloaded,
    RequestNotUnderstood,
    Stopping,
    problem,
)
from domain.model import AgencyId
from services.identity import Identity
from services.ids import uuid7

REQUESTS_MAX: Final = 256
STREAMS_MAX: Final = 256
STREAMS_EACH_MAX: Final = 16  # Of one agency, so that none can take the places of all.
# Most of them only wait, and keep nobody from taking back anything: so there is a place for each
# of a thousand agencies, whatever the others ask.
FEEDS_MAX: Final = 4_096
FEEDS_EACH_MAX: Final = 4
ANSWERED_WITHIN_S: Final = 30.0
FINISHED_WITHIN_S: Final = 5.0  # What is under way when we stop.
HEADERS_BYTES_MAX: Final = 16 << 10
OUR_FAULT: Final = 500
NOT_FOUND: Final = 404

# Whoever asks here need not say who they are. Everywhere else they must, whatever is there.
OPEN: Final = frozenset({"/", "/health/live", "/health/ready", "/metrics", "/openapi.json"})

log = structlog.get_logger()


class Door:
    """``stopping`` is watched by what streams for long; it is set here."""

    def __init__(
        self, inside: Litestar, identity: Identity, traces: Traces, stopping: asyncio.Event
    ) -> None:
        self.inside: Final = inside
        self._identity: Final = identity
        self._traces: Final = traces
        self._stopping: Final = stopping
        self._requests: Final = Room(REQUESTS_MAX, ANSWERED_WITHIN_S)
        self._streams: Final = Room(STREAMS_MAX, None)
        self._feeds: Final = Room(FEEDS_MAX, ANSWERED_WITHIN_S)
        self._shares: Final = {
            self._streams: defaultdict[AgencyId, Room](lambda: Room(STREAMS_EACH_MAX, None)),
            self._feeds: defaultdict[AgencyId, Room](lambda: Room(FEEDS_EACH_MAX, None)),
        }

    def close(self) -> None:
        """Nobody new; whoever is inside has a little while."""
        self._stopping.set()
        for room in (self._requests, self._feeds):
            room.hurry(FINISHED_WITHIN_S)

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        visit = Visit(
            correlation=correlation_of(scope) or uuid7(datetime.now(UTC)),
            language=language_of(scope),
        )
        sends = sends_in(scope)
        enter(scope, visit)
        body, answer = Body(scope, receive), Answer(scope, visit, sends, send)
        with self._traces.span("request") as span:
            try:
                await self._let_in(scope, visit, body, answer)
            except Exception as error:
                if answer.status is not None:  # Too late to say anything else to the caller.
                    cause = unwrapped(error)
                    visit.did("request_failed", error=type(cause).__name__, where=where(cause))
                    raise
                await self._decline(scope, visit, body, answer, error)
            finally:
                for end in visit.afterwards:
                    await end()
                _note(scope, visit, answer, span, perf_counter() - visit.began_s)

    async def _let_in(self, scope: HTTPScope, visit: Visit, body: Body, answer: Answer) -> None:
        if sum(map(len, chain([scope["raw_path"]], *scope["headers"]))) > HEADERS_BYTES_MAX:
            raise RequestNotUnderstood
        if scope["path"] in OPEN:
            await self.inside(scope, body.receive, answer.send)
            return
        if self._stopping.is_set():
            raise Stopping
        room = self._room_for(scope)
        with room.place() as time:
            try:
                async with time:
                    visit.who = await self._identity.bearer(token_of(scope))
                    if _is_misspelt(scope["path"]):
                        raise NotHere
                    with self._share(room, visit.who.agency):
                        await self.inside(scope, body.receive, answer.send)
                        answer.check_was_in_time()
            except TimeoutError:
                if not time.expired():
                    raise
                raise (Stopping if self._stopping.is_set() else NotAnsweredInTime) from None

    def _room_for(self, scope: HTTPScope) -> "Room":
        if wants_stream(scope):
            return self._streams
        return self._feeds if scope["path"] == FEED else self._requests

    @contextmanager
    def _share(self, room: "Room", agency: AgencyId) -> Generator[None]:
        shares = self._shares.get(room)
        if shares is None:
            yield
            return
        try:
            with shares[agency].place():
                yield
        finally:
            if shares[agency].is_empty:
                del shares[agency]

    async def _decline(
        self, scope: HTTPScope, visit: Visit, body: Body, answer: Answer, error: Exception
    ) -> None:
        if body.left:
            visit.did("caller_left")
            return
        code, at = declined(error)
        told = problem(code, visit.language, visit.correlation, at=at)
        visit.did(visit.event or "request_refused", code=code)
        if told.status == OUR_FAULT or code in LOUD:
            visit.did("request_failed", error=type(error).__name__, where=where(error))
        headers = list(CHALLENGES.get(told.status, ()))
        if isinstance(error, MethodNotAllowedException):
            headers.append((b"allow", ", ".join(self._allowed(scope)).encode()))
        if not await body.drained() or self._stopping.is_set():
            headers.append((b"connection", b"close"))
        if told.status == NOT_FOUND:
            await asyncio.sleep((visit.began_s - perf_counter()) % NOT_FOUND_EVERY_S)
        await answer.problem(told.status, visit.language, msgspec.json.encode(told), headers)

    def _allowed(self, scope: HTTPScope) -> Iterator[str]:
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            with suppress(HTTPException):
                self.inside.asgi_router.handle_routing(path=scope["path"], method=method)
                yield method


class Room:
    """So many at once, each for so long."""

    def __init__(self, most: int, seconds: float | None) -> None:
        self._most: Final = most
        self._seconds: Final = seconds
        self._inside: Final[set[asyncio.Timeout]] = set()

    @contextmanager
    def place(self) -> Generator[asyncio.Timeout]:
        if len(self._inside) >= self._most:
            raise Overloaded
        time = asyncio.timeout(self._seconds)
        self._inside.add(time)
        try:
            yield time
        finally:
            self._inside.discard(time)

    @property
    def is_empty(self) -> bool:
        return not self._inside

    def hurry(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        for time in self._inside:
            if not time.expired():  # What is over already is on its way out.
                time.reschedule(until)


def _is_misspelt(path: str) -> bool:
    """Each place has one spelling: of two, one might be taken for another place."""
    return "//" in path or (path.endswith("/") and path != "/")


def _note(scope: HTTPScope, visit: Visit, answer: Answer, span: Span, seconds: float) -> None:
    route = route_of(scope)
    count(scope["method"], route, answer.status, seconds)
    who = visit.who and {"agency": str(visit.who.agency), "staff": str(visit.who.staff)}
    told = {
        "correlation": str(visit.correlation),
        **(who or {}),
        **visit.said,
        "route": route,
        "status": answer.status,
    }
    span.tell(**told)
    if visit.event == "request_failed":
        log.error(visit.event, **told, ms=round(seconds * 1000, 1))
    elif visit.event is not None:
        log.info(visit.event, **told, ms=round(seconds * 1000, 1))
