"""Work (業務の一覧): what an agency has to do, soonest first."""

from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from adapters.http.views import PageQuery, query_of, reader_of, shown
from adapters.http.visit import READING, visit_of
from domain.model import Instant
from domain.work_codes import WorkKind
from services.working import Working


class WorkQuery(PageQuery, frozen=True, kw_only=True):
    """``until``: what is due by then, and what is overdue."""

    until: Instant | None = None
    kind: WorkKind | None = None


def work_routes(working: Working) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/work", http_method=READING)
    async def work(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, WorkQuery)
        page = await working.work(
            reader_of(visit),
            until=query.until,
            kind=query.kind,
            after=query.after,
            most=query.most,
        )
        visit.did("work_read", items=len(page.items))
        return shown(page)

    return (work,)
