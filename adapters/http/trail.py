"""Her trail (本人開示) over HTTP: what was shared of her, and what became of it since.

Whoever has let nobody know anything of her, whom she has shut out, and whoever asks of a case that
does not exist get the same answer, to the letter.
"""

from datetime import date

from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from adapters.http.views import PageQuery, case_of, query_of, reader_of, shown, there
from adapters.http.visit import READING, visit_of
from domain.case import CaseNotFound
from domain.model import AgencyId
from services.aliases import Aliases
from services.trailing import Trailing, Within


class TrailQuery(PageQuery, frozen=True, kw_only=True):
    since: date | None = None  # Days in Japan, the last of them included.
    until: date | None = None
    to: AgencyId | None = None


def trail_routes(trailing: Trailing, aliases: Aliases) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/cases/{alias:str}/trail", http_method=READING)
    async def read(request: Request[None, None, State], alias: FromPath[str]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, TrailQuery)
        case = case_of(alias, visit, aliases)
        within = Within(query.since, query.until, query.to)
        found = await trailing.trail(
            reader_of(visit), case, within=within, after=query.after, most=query.most
        )
        trail = there(found, CaseNotFound)
        visit.did("trail_read", case=case, items=len(trail.items))
        return shown(trail)

    return (read,)
