"""The feed (配信) over HTTP: a page of it; and where there is nothing yet, it is waited for."""

import asyncio
from typing import Annotated, Final

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from adapters.http.views import query_of, reader_of, shown
from adapters.http.visit import token_of, visit_of
from contracts.problems import Stopping
from services.feeding import MESSAGES, MESSAGES_MAX, Feeding
from services.identity import Identity

WAIT_MS_MAX: Final = 25_000


class FeedQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(max_length=200)] | None = None  # ``next`` of the page before.
    most: Annotated[int, Meta(ge=1, le=MESSAGES_MAX)] = MESSAGES
    wait_ms: Annotated[int, Meta(ge=0, le=WAIT_MS_MAX)] = 0


def feed_routes(
    feeding: Feeding, identity: Identity, stopping: asyncio.Event
) -> tuple[HTTPRouteHandler, ...]:
    @get("/v1/feed")
    async def feed(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, FeedQuery)
        coming = asyncio.create_task(
            feeding.page(
                reader_of(visit),
                after=query.after,
                most=query.most,
                wait_s=query.wait_ms / 1000,
                still=lambda: identity.bearer(token_of(request.scope)),
            )
        )
        over = [asyncio.create_task(stopping.wait()), asyncio.create_task(_left(request))]
        try:
            await asyncio.wait([coming, *over], return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                raise Stopping  # Or nobody hears it any more.
            page = coming.result()
        finally:
            for task in (coming, *over):
                task.cancel()
            await asyncio.gather(coming, *over, return_exceptions=True)
        visit.did("feed_read", items=len(page.items))
        return shown(page)

    return (feed,)


async def _left(request: Request[None, None, State]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
