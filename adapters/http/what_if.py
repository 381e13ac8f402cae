"""What if (もし) over HTTP: a question, put as a body. Nothing of what is supposed is recorded."""

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from adapters.http.commands import sent
from adapters.http.views import NoQuery, case_of, query_of, reader_of, shown, there
from adapters.http.visit import visit_of
from contracts.what_if import read_supposed
from domain.case import CaseNotFound
from services.aliases import Aliases
from services.supposing import Supposing


def what_if_routes(supposing: Supposing, aliases: Aliases) -> tuple[HTTPRouteHandler, ...]:
    @post("/v1/cases/{alias:str}/what-if", status_code=200)
    async def ask(request: Request[None, None, State], alias: FromPath[str]) -> Response[bytes]:
        visit, _ = visit_of(request), query_of(request, NoQuery)
        what = read_supposed(await sent(request)).suppose
        case = case_of(alias, visit, aliases)
        found = there(await supposing.suppose(reader_of(visit), case, what), CaseNotFound)
        visit.did("what_if_asked", case=case)
        return shown(found)

    return (ask,)
