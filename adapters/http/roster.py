"""Roster (名簿・社会資源・災害時の周知): who is there, and what a network has sent round."""

from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from adapters.http.views import (
    NoQuery,
    PageQuery,
    id_in,
    page_route,
    query_of,
    reader_of,
    shown,
    there,
)
from adapters.http.visit import READING, visit_of
from domain.agency_codes import Prefecture
from domain.model import NetworkId
from domain.network import NetworkNotFound
from services.distributing import Distributing
from services.roster import Roster


class PrefectureQuery(NoQuery, frozen=True, kw_only=True):
    prefecture: Prefecture | None = None


class DirectoryQuery(PageQuery, frozen=True, kw_only=True):
    prefecture: Prefecture | None = None


class GapsQuery(NoQuery, frozen=True, kw_only=True):
    prefecture: Prefecture


def directory_routes(roster: Roster) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/directory", http_method=READING)
    async def directory(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, DirectoryQuery)
        page = await roster.directory(
            reader_of(visit), prefecture=query.prefecture, after=query.after, most=query.most
        )
        visit.did("directory_read", items=len(page.items))
        return shown(page)

    @route("/v1/directory/unnamed", http_method=READING)
    async def unnamed(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PrefectureQuery)
        found = await roster.unnamed(reader_of(visit), query.prefecture)
        visit.did("unnamed_read")
        return shown(found)

    @route("/v1/directory/gaps", http_method=READING)
    async def gaps(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, GapsQuery)
        found = await roster.gaps(reader_of(visit), query.prefecture)
        visit.did("gaps_read")
        return shown(found)

    return directory, unnamed, gaps


def network_routes(roster: Roster, distributing: Distributing) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/networks/{network:str}", http_method=READING)
    async def network(
        request: Request[None, None, State], network: FromPath[str]
    ) -> Response[bytes]:
        visit, _ = visit_of(request), query_of(request, NoQuery)
        line = there(await roster.network(reader_of(visit), _network(network)), NetworkNotFound)
        visit.did("network_read", network=line.network)
        return shown(line)

    @route("/v1/networks/{network:str}/members", http_method=READING)
    async def members(
        request: Request[None, None, State], network: FromPath[str]
    ) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        found = await roster.members(
            reader_of(visit), _network(network), after=query.after, most=query.most
        )
        page = there(found, NetworkNotFound)
        visit.did("members_read", network=_network(network), items=len(page.items))
        return shown(page)

    @route("/v1/networks/{network:str}/unnamed", http_method=READING)
    async def unnamed(
        request: Request[None, None, State], network: FromPath[str]
    ) -> Response[bytes]:
        visit, _ = visit_of(request), query_of(request, NoQuery)
        found = await roster.unnamed_members(reader_of(visit), _network(network))
        counted = there(found, NetworkNotFound)
        visit.did("unnamed_members_read", network=_network(network))
        return shown(counted)

    @route("/v1/networks/{network:str}/disaster", http_method=READING)
    async def disaster(
        request: Request[None, None, State], network: FromPath[str]
    ) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        found = await distributing.those_of(
            reader_of(visit), _network(network), after=query.after, most=query.most
        )
        page = there(found, NetworkNotFound)
        visit.did("distribution_read", network=_network(network), items=len(page.items))
        return shown(page)

    networks = page_route("/v1/networks", "networks_read", roster.networks)
    return networks, network, members, unnamed, disaster


def _network(text: str) -> NetworkId:
    return NetworkId(id_in(text, NetworkNotFound))
