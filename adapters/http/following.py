"""Following (追跡): an agency's own list of cases as it changes, over Server-Sent Events.

Nothing is queued for a follower: the next change is read once the last has been taken. Who takes
nothing for a while is let go (``adapters/http/wire.py``), and goes on from its last cursor.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from time import monotonic
from typing import Annotated, Final, cast

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import Meta

from adapters.http.views import query_of, reader_of
from adapters.http.visit import header, token_of, visit_of
from contracts.pages import CaseChange
from domain.speech import Spoken
from services.identity import Identity
from services.viewing import Viewing

EVENT_STREAM: Final = "text/event-stream"
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
        after = header(request.scope, b"last-event-id") or query.after
        changes = Changes(viewing.changes(reader_of(visit), after=after), stopping)
        visit.afterwards.append(changes.end)
        await changes.begin()
        visit.did("cases_followed")

        async def told() -> AsyncGenerator[bytes]:
            yield COME_AGAIN
            said_at_s = monotonic()
            try:
                while not stopping.is_set():
                    await identity.bearer(token_of(request.scope))
                    change = await changes.next(LOOKED_AT_EVERY_S)
                    if change is None:
                        visit.window.open()  # That we are still here is no secret.
                    elif visit.window.is_over:
                        return
                    if change is not None or monotonic() - said_at_s > HEARTBEAT_S:
                        yield STILL_HERE if change is None else _event(change)
                        said_at_s = monotonic()
            except Spoken as spoken:  # Who comes again is told.
                visit.did("cases_followed", code=spoken.code)

        return Stream(told(), media_type=EVENT_STREAM)

    return (follow,)


class Changes:
    """The next change, for as long as one has time to wait for it."""

    def __init__(self, changes: AsyncIterator[CaseChange | None], stopping: asyncio.Event) -> None:
        self._changes: Final = changes
        self._stop: Final = asyncio.create_task(stopping.wait())
        self._coming: asyncio.Task[CaseChange | None] | None = None

    async def begin(self) -> None:
        """What is wrong with where to begin is wrong at once."""
        coming = self._asked()
        await asyncio.wait({coming}, timeout=BEGUN_WITHIN_S)
        if coming.done():
            coming.result()

    async def next(self, wait_s: float) -> CaseChange | None:
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
            await cast("AsyncGenerator[CaseChange | None]", self._changes).aclose()

    def _asked(self) -> "asyncio.Task[CaseChange | None]":
        """Only when it is asked for: what nobody takes is not decided either."""
        self._coming = self._coming or asyncio.create_task(self._next())
        return self._coming

    async def _next(self) -> CaseChange | None:
        return await anext(self._changes)


def _event(change: CaseChange) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (change.cursor.encode(), msgspec.json.encode(change))
