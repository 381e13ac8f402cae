"""Explain (判断の説明) over HTTP: why an agency may see each field of a case, or may not.

About an agency of which whoever asks is told nothing, of an event they may not see, and of a case
that does not exist, the answer is the same, to the letter.
"""

from functools import cache
from typing import Annotated, Final

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from adapters.http.views import PAGE_MAX, case_of, query_of, reader_of, shown, there
from adapters.http.visit import READING, visit_of
from contracts.problems import QueryNotUnderstood
from domain.case import CaseNotFound
from domain.catalogue import EVENTS
from domain.model import AgencyId, EventId, Instant
from services.aliases import Aliases
from services.explaining import Asked, Explaining

MOST: Final = 50


class ExplainQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``field``: by its name, or as ``case.subject_identified.v1/name``."""

    agency: AgencyId | None = None
    event: EventId | None = None
    field: Annotated[str, Meta(max_length=200)] | None = None
    at: Instant | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None  # ``next`` of the page before.
    most: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = MOST


def explain_routes(explaining: Explaining, aliases: Aliases) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/cases/{alias:str}/explain", http_method=READING)
    async def read(request: Request[None, None, State], alias: FromPath[str]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, ExplainQuery)
        if query.field is not None and query.field not in _fields():
            raise QueryNotUnderstood
        case = case_of(alias, visit, aliases)
        asked = Asked(agency=query.agency, event=query.event, field=query.field, at=query.at)
        found = await explaining.explain(
            reader_of(visit), case, asked, after=query.after, most=query.most
        )
        explanation = there(found, CaseNotFound)
        visit.did("explanation_read", case=case, items=len(explanation.items))
        return shown(explanation)

    return (read,)


@cache
def _fields() -> frozenset[str]:
    """All there are, of whatever events: what is misspelt is no secret."""
    return frozenset(
        said
        for tag, event in EVENTS.types.items()
        for name in event.__struct_fields__
        for said in (name, f"{tag}/{name}")
    )
