"""The clock (時計) over HTTP: read by whoever may come in, moved by the operator."""

from litestar import Request, Response, post, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from adapters.http.commands import sent
from adapters.http.views import NoQuery, query_of, shown
from adapters.http.visit import READING, visit_of
from contracts.clock import read_clock_asked
from services.identity import Identity
from services.timekeeping import Timekeeping


def clock_routes(timekeeping: Timekeeping, identity: Identity) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/clock", http_method=READING)
    async def read(request: Request[None, None, State]) -> Response[bytes]:
        visit, _ = visit_of(request), query_of(request, NoQuery)
        await identity.admit(visit.bearer)
        visit.did("clock_read")
        return shown(timekeeping.shown())

    @post("/v1/clock", status_code=200)
    async def move(request: Request[None, None, State]) -> Response[bytes]:
        visit = visit_of(request)
        asked = read_clock_asked(await sent(request))
        await identity.admit(visit.bearer)
        moved = await timekeeping.move(asked.to, visit.bearer)
        visit.did("clock_moved", now=moved.now.isoformat())
        return shown(moved)

    return read, move
