"""Meetings (会議): those that an agency is asked to, the pack before one, and its minutes."""

from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from adapters.http.views import PageQuery, id_in, page_route, query_of, reader_of, shown, there
from adapters.http.visit import READING, visit_of
from domain.meeting import MeetingNotFound
from domain.model import MeetingId
from services.meetings import Meetings


def meeting_routes(meetings: Meetings) -> tuple[HTTPRouteHandler, ...]:
    @route("/v1/meetings/{meeting:str}/pack", http_method=READING)
    async def pack(request: Request[None, None, State], meeting: FromPath[str]) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        found = await meetings.pack(
            reader_of(visit), _meeting(meeting), after=query.after, most=query.most
        )
        read = there(found, MeetingNotFound)
        visit.did("meeting_pack_read", meeting=read.meeting.meeting)
        return shown(read)

    @route("/v1/meetings/{meeting:str}/minutes", http_method=READING)
    async def minutes(
        request: Request[None, None, State], meeting: FromPath[str]
    ) -> Response[bytes]:
        visit, query = visit_of(request), query_of(request, PageQuery)
        found = await meetings.minutes(
            reader_of(visit), _meeting(meeting), after=query.after, most=query.most
        )
        read = there(found, MeetingNotFound)
        visit.did("minutes_read", meeting=read.meeting.meeting)
        return shown(read)

    those_of = page_route("/v1/meetings", "meetings_read", meetings.those_of)
    return those_of, pack, minutes


def _meeting(text: str) -> MeetingId:
    return MeetingId(id_in(text, MeetingNotFound))
