"""Replay (再現) over HTTP: a case as an agency could see it at some time, a page at a time.

A view that whoever asks may not have, one in which there is nothing, and a case that does not exist
get the same answer, to the letter.
"""

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
from domain.model import AgencyId, Instant
from services.aliases import Aliases
from services.replaying import Asked, Replaying

MOST: Final = 50


class ReplayQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``diff``: beside it that of another agency; ``diff_at``: or of the same, at another time."""

    as_: AgencyId | None = msgspec.field(name="as", default=None)
    at: Instant | None = None
    diff: AgencyId | None = None
    diff_at: Instant | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None  # ``next`` of the page before.
    most: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = MOST


def replay_routes(replaying: Replaying, aliases: Aliases) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/cases/{alias:str}/replay", http_method=READING)
    async def read(request: Request[None, None, State], alias: FromPath[str]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, ReplayQuery)
        if query.diff is not None and query.diff_at is not None:
            raise QueryNotUnderstood
        case = case_of(alias, visit, aliases)
        found = await replaying.replay(
            reader_of(visit), case, _asked(query), after=query.after, most=query.most
        )
        replay = there(found, CaseNotFound)
        visit.did("replay_read", case=case, items=len(replay.items))
        return shown(replay)

    return (read,)


def _asked(query: ReplayQuery) -> Asked:
    return Asked(agency=query.as_, at=query.at, against=query.diff, against_at=query.diff_at)
