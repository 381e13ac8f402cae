"""The feed (配信) over HTTP: a page of it, waited for where there is none yet; or all that come."""

import asyncio

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from adapters.http.following import News, apart, as_event, last_event_id, streamed
from adapters.http.views import query_of, reader_of, shown
from adapters.http.visit import token_of, visit_of, wants_stream
from adapters.waiting import unless
from contracts.feed import FeedPage, FeedQuery
from services.feeding import Feeding
from services.identity import Identity


def feed_routes(
    feeding: Feeding, identity: Identity, stopping: asyncio.Event
) -> tuple[HTTPRouteHandler, ...]:
    @get("/v1/feed")
    async def feed(request: Request[None, None, State]) -> Response[bytes] | Stream:
        query = query_of(request, FeedQuery)
        if wants_stream(request.scope):
            return await followed(request, query)
        visit = visit_of(request)
        page = await unless(
            feeding.page(
                reader_of(visit),
                after=query.after,
                most=query.most,
                wait_s=query.wait_ms / 1000,
                still=lambda: identity.bearer(token_of(request.scope)),
            ),
            stopping.wait(),
            _left(request),
        )
        visit.did("feed_read", items=len(page.items))
        return shown(page)

    async def followed(request: Request[None, None, State], query: FeedQuery) -> Stream:
        """A page an event, whose id goes on from there: each is let out for itself."""
        reader = apart(reader_of(visit_of(request)))
        after = last_event_id(request) or query.after
        pages = feeding.pages(reader, after=after, most=query.most)
        news = News("feed_followed", pages, reader.window, _event)
        return await streamed(request, news, identity, stopping)

    return (feed,)


def _event(page: FeedPage) -> bytes:
    return as_event(page.next, page)


async def _left(request: Request[None, None, State]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
