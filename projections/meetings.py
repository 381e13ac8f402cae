"""Meetings (会議一覧): who convenes which, who is asked to it, and of which cases it speaks."""

from typing import Final, get_args

import msgspec

from domain.meeting.events import InviteeAdded, MeetingConvened, MeetingEvent, MeetingPlanned
from domain.model import AgencyId, CaseId, Event, MeetingId, StreamId
from projections.tables import Projection, Seen


class MeetingRow(msgspec.Struct, frozen=True, kw_only=True):
    """``case_id``: in whose name all of it stands, where it is about one case."""

    stream: StreamId
    meeting_id: MeetingId
    case_id: CaseId | None
    convenor: AgencyId
    planned: int  # Its place in the convenor's list;
    convened: int | None = None  # nobody else is told of it before.


class InviteeRow(msgspec.Struct, frozen=True, kw_only=True):
    stream: StreamId
    agency: AgencyId
    invited: int


class CaseInMeeting(msgspec.Struct, frozen=True, kw_only=True):
    stream: StreamId
    case_id: CaseId
    since: int


def _of_its_stream(seen: Seen) -> tuple[tuple[StreamId], ...]:
    return ((seen.header.stream,),)


def _meeting(row: MeetingRow | None, key: tuple[StreamId], seen: Seen) -> MeetingRow | None:
    event = seen.event
    if isinstance(event, MeetingPlanned):
        return MeetingRow(
            stream=key[0],
            meeting_id=event.meeting_id,
            case_id=seen.header.case,
            convenor=event.convenor,
            planned=seen.position,
        )
    return row and msgspec.structs.replace(row, convened=seen.position)


def _of_whom_it_asks(seen: Seen) -> tuple[tuple[StreamId, AgencyId], ...]:
    assert isinstance(seen.event, InviteeAdded)
    return ((seen.header.stream, seen.event.agency_id),)


def _invitee(row: InviteeRow | None, key: tuple[StreamId, AgencyId], seen: Seen) -> InviteeRow:
    """Whoever is left out and asked again keeps the place: whether they are, is decided."""
    return row or InviteeRow(stream=key[0], agency=key[1], invited=seen.position)


def _of_whom_it_speaks(seen: Seen) -> tuple[tuple[StreamId, CaseId], ...]:
    return ((seen.header.stream, seen.header.case),) if seen.header.case else ()


def _case(row: CaseInMeeting | None, key: tuple[StreamId, CaseId], seen: Seen) -> CaseInMeeting:
    return row or CaseInMeeting(stream=key[0], case_id=key[1], since=seen.position)


MEETINGS: Final = Projection[tuple[StreamId], MeetingRow](
    name="meetings",
    row=MeetingRow,
    key=("stream",),
    touches=_of_its_stream,
    evolve=_meeting,
    wants=frozenset({MeetingPlanned, MeetingConvened}),
    indexes=(("convenor", "planned", "meeting_id"),),
)
MEETING_INVITEES: Final = Projection[tuple[StreamId, AgencyId], InviteeRow](
    name="meeting_invitees",
    row=InviteeRow,
    key=("stream", "agency"),
    touches=_of_whom_it_asks,
    evolve=_invitee,
    wants=frozenset({InviteeAdded}),
    indexes=(("agency", "stream"),),
)
MEETING_CASES: Final = Projection[tuple[StreamId, CaseId], CaseInMeeting](
    name="meeting_cases",
    row=CaseInMeeting,
    key=("stream", "case_id"),
    touches=_of_whom_it_speaks,
    evolve=_case,
    wants=frozenset[type[Event]](get_args(MeetingEvent)),
    indexes=(("stream", "since", "case_id"),),
)
