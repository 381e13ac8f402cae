"""Views (閲覧): what an agency may see, a page at a time, now or as it was.

What one may not see and what is not there get the same answer, to the letter.
"""

from typing import Annotated, Final, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from adapters.http.visit import JSON, Visit, visit_of
from contracts.asked import CaseAlias
from contracts.problems import QueryNotUnderstood
from domain.case import CaseNotFound
from domain.model import CaseId, Instant
from services.aliases import Aliases
from services.viewing import Reader, Viewing

PAGE_MAX: Final = 200
QUERY_FIELDS_MAX: Final = 8
READING: Final = (HttpMethod.GET, HttpMethod.HEAD)

Q = TypeVar("Q")


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(max_length=200)] | None = None  # ``next`` of the page before.
    most: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50


class TimelineQuery(PageQuery, frozen=True, kw_only=True):
    as_of: Instant | None = None


def view_routes(viewing: Viewing, aliases: Aliases) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/cases", http_method=READING)
    async def cases(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        page = await viewing.cases(reader_of(visit), after=query.after, most=query.most)
        visit.did("cases_read", items=len(page.items))
        return shown(page)

    @route("/v1/cases/{alias:str}", http_method=READING)
    async def case(request: Request[None, None, State], alias: FromPath[str]) -> Response[bytes]:
        visit, _ = visit_of(request), query_of(request, NoQuery)
        case_id = _case(alias, visit, aliases)
        view = await viewing.case(reader_of(visit), case_id)
        if view is None:
            raise CaseNotFound
        visit.did("case_read", case=case_id)
        return shown(view)

    @route("/v1/cases/{alias:str}/timeline", http_method=READING)
    async def timeline(
        request: Request[None, None, State], alias: FromPath[str]
    ) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, TimelineQuery)
        case_id = _case(alias, visit, aliases)
        page = await viewing.timeline(
            reader_of(visit), case_id, as_of=query.as_of, after=query.after, most=query.most
        )
        if page is None:
            raise CaseNotFound
        visit.did("timeline_read", case=case_id, items=len(page.items))
        return shown(page)

    @route("/v1/referrals", http_method=READING)
    async def referrals(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        page = await viewing.referrals(reader_of(visit), after=query.after, most=query.most)
        visit.did("referrals_read", items=len(page.items))
        return shown(page)

    return cases, case, timeline, referrals


def reader_of(visit: Visit) -> Reader:
    bearer = visit.bearer
    return Reader(agency=bearer.agency, staff=bearer.staff, role=bearer.role)


def shown(view: object) -> Response[bytes]:
    return Response(msgspec.json.encode(view), media_type=JSON)


def query_of(request: Request[None, None, State], kind: type[Q]) -> Q:
    """Nothing unknown, nothing twice: a filter that was overlooked would show too much."""
    try:
        pairs = parse_qsl(
            request.scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(request.scope["query_string"]),
            max_num_fields=QUERY_FIELDS_MAX,
            errors="strict",
        )
        if len(dict(pairs)) == len(pairs):
            return msgspec.convert(dict(pairs), kind, strict=False)
    except (ValueError, msgspec.ValidationError):
        raise QueryNotUnderstood from None
    raise QueryNotUnderstood


def _case(alias: str, visit: Visit, aliases: Aliases) -> CaseId:
    """What is no alias names no case, as an alias does that nobody has."""
    try:
        return aliases.case_of(visit.bearer.agency, CaseAlias(UUID(alias)))
    except ValueError:
        raise CaseNotFound from None
