"""Following (追跡): what is new for an agency, over Server-Sent Events; here, in its list of cases.

Nothing is queued for a follower: the next change is read once the last has been taken. Who takes
nothing for a while is let go (``adapters/http/wire.py``), and goes on from its last cursor.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from time import monotonic
from typing import Annotated, Final, Generic, NamedTuple, TypeVar, cast

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import Meta

from adapters.http.views import query_of, reader_of
from adapters.http.visit import EVENT_STREAM, header, token_of, visit_of
from contracts.pages import CaseChange
from domain.speech import Spoken
from services.disclosing import Reader, Window
from services.identity import Identity
from services.viewing import Viewing

T = TypeVar("T")

LOOKED_AT_EVERY_S: Final = 1.0  # The token, which may be revoked or over.
BEGUN_WITHIN_S: Final = 0.25
HEARTBEAT_S: Final = 15.0
COME_AGAIN: Final = b"retry: 1000\n\n"
STILL_HERE: Final = b":\n\n"


class FollowQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(max_length=200)] | None = None  # Where there is no Last-Event-ID.


def follow_routes(
    viewing: Viewing, identity: Identity, stopping: asyncio.Event
) -> tuple[HTTPRouteHandler, ...]:
    @get("/v1/cases/stream")
    async def follow(request: Request[None, None, State]) -> Stream:
        visit, query = visit_of(request), query_of(request, FollowQuery)
        reader = apart(reader_of(visit))
        changes = viewing.changes(reader, after=last_event_id(request) or query.after)
        news = News("cases_followed", changes, reader.window, _event)
        return await streamed(request, news, identity, stopping)

    return (follow,)


class News(NamedTuple, Generic[T]):
    """What comes next, for as long as somebody takes it; and in which window each may go out."""

    event: str
    coming: AsyncIterator[T | None]
    window: Window
    written: Callable[[T], bytes]


def apart(reader: Reader) -> Reader:
    """With a window that closes on nothing but what is read next: a sign of life has none."""
    return msgspec.structs.replace(reader, window=Window())


def last_event_id(request: Request[None, None, State]) -> str | None:
    return header(request.scope, b"last-event-id")


async def streamed(
    request: Request[None, None, State],
    news: News[T],
    identity: Identity,
    stopping: asyncio.Event,
) -> Stream:
    visit = visit_of(request)
    changes = Changes(news.coming, stopping)
    visit.afterwards.append(changes.end)
    await changes.begin()
    visit.did(news.event)

    async def told() -> AsyncGenerator[bytes]:
        yield COME_AGAIN
        said_at_s = monotonic()
        try:
            while not stopping.is_set():
                await identity.bearer(token_of(request.scope))
                change = await changes.next(LOOKED_AT_EVERY_S)
                visit.window.open()  # That we are still here is no secret.
                if change is not None:
                    if news.window.is_over:
                        return
                    visit.window.ends_by(news.window.ends_at_s)
                if change is not None or monotonic() - said_at_s > HEARTBEAT_S:
                    yield STILL_HERE if change is None else news.written(change)
                    said_at_s = monotonic()
        except Spoken as spoken:  # Who comes again is told.
            visit.did(news.event, code=spoken.code)

    return Stream(told(), media_type=EVENT_STREAM)


class Changes(Generic[T]):
    """The next change, for as long as one has time to wait for it."""

    def __init__(self, changes: AsyncIterator[T | None], stopping: asyncio.Event) -> None:
        self._changes: Final = changes
        self._stop: Final = asyncio.create_task(stopping.wait())
        self._coming: asyncio.Task[T | None] | None = None

    async def begin(self) -> None:
        """What is wrong with where to begin is wrong at once."""
        coming = self._asked()
        await asyncio.wait({coming}, timeout=BEGUN_WITHIN_S)
        if coming.done():
            coming.result()

    async def next(self, wait_s: float) -> T | None:
        """``None``: nothing yet."""
        coming = self._asked()
        await asyncio.wait(
            {coming, self._stop}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED
        )
        if not coming.done():
            return None
        self._coming = None
        return coming.result()

    async def end(self) -> None:
        self._stop.cancel()
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
        if isinstance(self._changes, AsyncGenerator):
            await cast("AsyncGenerator[T | None]", self._changes).aclose()

    def _asked(self) -> "asyncio.Task[T | None]":
        """Only when it is asked for: what nobody takes is not decided either."""
        self._coming = self._coming or asyncio.create_task(self._next())
        return self._coming

    async def _next(self) -> T | None:
        return await anext(self._changes)


def as_event(id_: str, told: object) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (id_.encode(), msgspec.json.encode(told))


def _event(change: CaseChange) -> bytes:
    return as_event(change.cursor, change)
