"""Registers (各種一覧): the routes to all of them."""

from litestar.handlers import HTTPRouteHandler

from adapters.http.ledger import ledger_routes
from adapters.http.meetings import meeting_routes
from adapters.http.roster import directory_routes, network_routes
from adapters.http.views import page_route
from adapters.http.work import work_routes
from adapters.registers import Registers


def register_routes(registers: Registers) -> tuple[HTTPRouteHandler, ...]:
    return (
        *ledger_routes(registers.ledger),
        *meeting_routes(registers.meetings),
        page_route("/v1/grievances", "grievances_read", registers.grievances.those_of),
        *directory_routes(registers.roster),
        *network_routes(registers.roster, registers.distributing),
        *work_routes(registers.working),
        page_route("/v1/disclosures", "disclosures_read", registers.disclosures.those_to),
    )
