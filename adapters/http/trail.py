"""Her trail (本人開示) over HTTP: what was shared of her, and what became of it since.

Whoever has let nobody know anything of her, whom she has shut out, and whoever asks of a case that
does not exist get the same answer, to the letter.
"""

from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from adapters.http.views import PageQuery, case_of, query_of, reader_of, shown, there
from adapters.http.visit import READING, visit_of
from domain.case import CaseNotFound
from services.aliases import Aliases
from services.trailing import Trailing


def trail_routes(trailing: Trailing, aliases: Aliases) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/cases/{alias:str}/trail", http_method=READING)
    async def read(request: Request[None, None, State], alias: FromPath[str]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        case = case_of(alias, visit, aliases)
        found = await trailing.trail(reader_of(visit), case, after=query.after, most=query.most)
        trail = there(found, CaseNotFound)
        visit.did("trail_read", case=case, items=len(trail.items))
        return shown(trail)

    return (read,)
