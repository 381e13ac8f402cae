"""Progress ledger (様式1 ケース進行管理台帳) over HTTP: a network's cases of a fiscal year."""

from datetime import date
from typing import Annotated, Final

from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from adapters.http.views import NoQuery, id_in, query_of, reader_of, shown
from adapters.http.visit import READING, visit_of
from domain.case.carrying import FiscalYear
from domain.model import NetworkId
from domain.network import NetworkNotFound
from services.ledger import ProgressLedger

WHOLE: Final = 5000  # A ledger is printed whole.


class LedgerQuery(NoQuery, frozen=True, kw_only=True):
    """``as_of``: the day for which ages are told, else today; ``check``: whether all are there."""

    fiscal_year: FiscalYear | None = None
    as_of: date | None = None
    check: bool = False
    after: Annotated[str, Meta(max_length=200)] | None = None  # ``next`` of the page before.
    most: Annotated[int, Meta(ge=1, le=WHOLE)] = 50


def ledger_routes(ledger: ProgressLedger) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/networks/{network:str}/ledger", http_method=READING)
    async def read(request: Request[None, None, State], network: FromPath[str]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, LedgerQuery)
        found = await ledger.read(
            reader_of(visit),
            NetworkId(id_in(network, NetworkNotFound)),
            year=query.fiscal_year,
            as_of=query.as_of,
            after=query.after,
            most=query.most,
            check=query.check,
        )
        visit.did("ledger_read", items=len(found.items))
        return shown(found)

    return (read,)
