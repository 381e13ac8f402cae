"""Views (閲覧): what an agency may see, a page at a time, now or as it was.

What one may not see and what is not there get the same answer, to the letter.
"""

from typing import Annotated, Final, Protocol, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from adapters.http.visit import JSON, READING, Visit, visit_of
from contracts.asked import CaseAlias
from contracts.pages import Page
from contracts.problems import QueryNotUnderstood
from domain.case import CaseNotFound
from domain.model import CaseId, Instant
from domain.speech import Refused
from services.aliases import Aliases
from services.looking import Reader
from services.referrals import lead_times
from services.viewing import Viewing

PAGE_MAX: Final = 200
QUERY_FIELDS_MAX: Final = 8

Q = TypeVar("Q")
T = TypeVar("T")


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(max_length=200)] | None = None  # ``next`` of the page before.
    most: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50


class TimelineQuery(PageQuery, frozen=True, kw_only=True):
    as_of: Instant | None = None


class ReferralQuery(PageQuery, frozen=True, kw_only=True, rename={"is_open": "open"}):
    is_open: bool = False


def view_routes(viewing: Viewing, aliases: Aliases) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/cases/{alias:str}", http_method=READING)
    async def case(request: Request[None, None, State], alias: FromPath[str]) -> Response[bytes]:
        visit, _ = visit_of(request), query_of(request, NoQuery)
        case_id = case_of(alias, visit, aliases)
        view = there(await viewing.case(reader_of(visit), case_id), CaseNotFound)
        visit.did("case_read", case=case_id)
        return shown(view)

    @route("/v1/cases/{alias:str}/timeline", http_method=READING)
    async def timeline(
        request: Request[None, None, State], alias: FromPath[str]
    ) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, TimelineQuery)
        case_id = case_of(alias, visit, aliases)
        found = await viewing.timeline(
            reader_of(visit), case_id, as_of=query.as_of, after=query.after, most=query.most
        )
        page = there(found, CaseNotFound)
        visit.did("timeline_read", case=case_id, items=len(page.items))
        return shown(page)

    @route("/v1/referrals", http_method=READING)
    async def referrals(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, ReferralQuery)
        page = await viewing.referrals(
            reader_of(visit), is_open=query.is_open, after=query.after, most=query.most
        )
        visit.did("referrals_read", items=len(page.items))
        return shown(page)

    @route("/v1/referrals/lead-times", http_method=READING)
    async def times(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        summary = await lead_times(viewing, reader_of(visit), after=query.after, most=query.most)
        visit.did("lead_times_read", items=summary.referrals)
        return shown(summary)

    cases = page_route("/v1/cases", "cases_read", viewing.cases)
    return cases, case, timeline, referrals, times


class Reads(Protocol[T]):
    """A list that is narrowed to nothing but the agency of whoever reads it."""

    async def __call__(self, reader: Reader, *, after: str | None, most: int) -> Page[T]: ...


def page_route(path: str, event: str, read: Reads[T]) -> HTTPRouteHandler:
    @route(path, http_method=READING)
    async def page(request: Request[None, None, State]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        found = await read(reader_of(visit), after=query.after, most=query.most)
        visit.did(event, items=len(found.items))
        return shown(found)

    return page


def reader_of(visit: Visit) -> Reader:
    bearer = visit.bearer
    return Reader(agency=bearer.agency, staff=bearer.staff, role=bearer.role, window=visit.window)


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


def case_of(alias: str, visit: Visit, aliases: Aliases) -> CaseId:
    return aliases.case_of(visit.bearer.agency, CaseAlias(id_in(alias, CaseNotFound)))


def id_in(text: str, not_found: type[Refused]) -> UUID:
    """What is no id names nothing, as an id does that nothing has."""
    try:
        return UUID(text)
    except ValueError:
        raise not_found from None


def there(found: T | None, not_found: type[Refused]) -> T:
    if found is None:
        raise not_found
    return found
