"""Meetings (会議) as they are read: by whom they were convened, and by those asked to them.

A meeting about one case is decided with the case, any other by itself. What is said in it of one of
many cases is decided with that case. Whoever is not asked finds no such meeting.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from typing import ClassVar, Final, NamedTuple, Protocol, TypeVar

import msgspec

from contracts.meetings import (
    CaseInMinutes,
    CaseInPack,
    MeetingLine,
    MeetingMinutes,
    MeetingPack,
)
from contracts.pages import Page
from domain import meeting as meetings
from domain.calendar import next_day_in_japan
from domain.case import RecordCorrected
from domain.fields import tag_of
from domain.meeting import NO_MEETING, KnownMeeting, Meeting, MeetingEvent
from domain.meeting.events import InformationProvided, MinutesDrafted
from domain.model import AgencyId, CaseId, EventId, MeetingId, StreamId, stream_of
from domain.speech import Refused
from projections.meeting_view import OfTheCase
from services.alone import record_id
from services.listing import Listing, RowPlace, bounded
from services.looking import Looked, Reader, Row
from services.meeting_showing import MeetingShowing, case_in_minutes
from services.showing import CORRECTION, Showing, reading
from services.sights import Seen

T = TypeVar("T")
change = msgspec.structs.replace


class MinutesNotFound(Refused):
    """There are no minutes of this meeting for your agency, or not yet."""

    ja: ClassVar[str] = "この会議の議事録はないか、まだ所属機関に共有されていません。"


class MeetingCandidate(NamedTuple):
    """``case_id``: the case it is about or, of a meeting about none, its own stream."""

    since: int
    meeting_id: MeetingId
    case_id: CaseId

    @property
    def place(self) -> RowPlace:
        return self.since, self.meeting_id


class CaseOfMeeting(NamedTuple):
    since: int
    case_id: CaseId

    @property
    def place(self) -> RowPlace:
        return self.since, self.case_id


class MeetingCandidates(Protocol):
    async def meetings_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[MeetingCandidate]:
        """Those it convenes, and those convened to which it was ever asked."""
        ...

    async def cases_of_meeting(
        self, meeting: StreamId, after: RowPlace | None, most: int
    ) -> Sequence[CaseOfMeeting]:
        """Those of which anything was said there, in the order in which it was."""
        ...


class Meetings:
    def __init__(self, listing: Listing, candidates: MeetingCandidates) -> None:
        """``listing``: over cases, and over what stands alone."""
        self._listing: Final = listing
        self._looking: Final = listing.looking
        self._candidates: Final = candidates

    async def those_of(
        self, reader: Reader, *, after: str | None = None, most: int
    ) -> Page[MeetingLine]:
        return await self._listing.page(
            reader,
            "meetings",
            after=after,
            most=bounded(most),
            fetch=self._candidates.meetings_of,
            decided=_meeting_row,
            channel="MEETING",
        )

    async def pack(
        self, reader: Reader, meeting: MeetingId, *, after: str | None = None, most: int
    ) -> MeetingPack | None:
        """What there is to be known before it; ``None``: it is not asked to any such meeting."""
        opened = await self._opened(reader, meeting, lambda found: found)
        if opened is None:
            return None
        found, showing = opened
        cases = await self._cases(reader, "pack", meeting, after, most, _in_pack)
        return showing.pack(found.seen, cases)

    async def minutes(
        self, reader: Reader, meeting: MeetingId, *, after: str | None = None, most: int
    ) -> MeetingMinutes | None:
        opened = await self._opened(reader, meeting, _with_minutes)
        if opened is None:
            return None
        found, showing = opened
        cases = await self._cases(reader, "minutes", meeting, after, most, _in_minutes)
        return showing.minutes(found.seen, cases)

    async def _opened(
        self, reader: Reader, meeting: MeetingId, checked: "Callable[[Found], Found]"
    ) -> "tuple[Found, MeetingShowing] | None":
        stream = stream_of("meeting", meeting)
        recalled = (await self._looking.log.recall(stream)).streams[stream]
        known = _folded(self._looking.sealing.facts(recalled))
        record = record_id(known.case_id if isinstance(known, KnownMeeting) else None, stream)

        async def decided(looked: Looked) -> Row[tuple[Found, MeetingShowing]] | None:
            asked_to = _asked_to(looked, meeting, record)
            if asked_to is None:
                return None
            found = checked(asked_to)

            def show(showing: Showing) -> tuple[Found, MeetingShowing]:
                return found, MeetingShowing(showing, found.known, found.agency)

            return Row(found.seen, show)

        return await self._looking.fetch(reader, "MEETING", record, decided)

    async def _cases(  # noqa: PLR0913, PLR0917 (one for each thing a list is made of)
        self,
        reader: Reader,
        of: str,
        meeting: MeetingId,
        after: str | None,
        most: int,
        decided: "Callable[[StreamId, Looked, CaseOfMeeting], Row[T] | None]",
    ) -> Page[T]:
        stream = stream_of("meeting", meeting)

        async def fetch(_: AgencyId, place: RowPlace | None, most: int) -> Sequence[CaseOfMeeting]:
            return await self._candidates.cases_of_meeting(stream, place, most)

        return await self._listing.page(
            reader,
            f"{of} {meeting}",
            after=after,
            most=bounded(most),
            fetch=fetch,
            decided=partial(decided, stream),
            channel="MEETING",
        )


class Found(NamedTuple):
    """A meeting to which the agency is asked, and what it may be told of it."""

    agency: AgencyId
    known: KnownMeeting
    seen: Sequence[Seen]

    @property
    def has_minutes(self) -> bool:
        """The draft is for whoever keeps them."""
        agency = self.agency
        drafts = [each for each in self.seen if isinstance(each.entry.told.event, MinutesDrafted)]
        keeps = agency == self.known.convenor or any(
            each.entry.told.agency == agency for each in drafts
        )
        return bool(drafts) and (keeps or agency in self.known.minutes_with)


def _with_minutes(found: Found) -> Found:
    if not found.has_minutes:
        raise MinutesNotFound
    return found


def _asked_to(looked: Looked, meeting: MeetingId, record: CaseId) -> Found | None:
    stream, agency = stream_of("meeting", meeting), looked.recipient.agency
    known = _folded(_said(looked, record, stream))
    if not isinstance(known, KnownMeeting) or not _is_asked(known, agency):
        return None
    seen = _told(looked, record, stream)
    if known.case_id is not None:
        seen = [each for each in seen if not isinstance(each.entry.told.event, OfTheCase)]
    return Found(agency, known, seen) if seen else None


def _is_asked(known: KnownMeeting, agency: AgencyId) -> bool:
    """The convenor from the planning on, the others from the convening; and whoever has come."""
    asked = known.convened and agency in known.invitees
    return asked or agency == known.convenor or agency in known.attended


def _meeting_row(looked: Looked, candidate: MeetingCandidate) -> Row[MeetingLine] | None:
    found = _asked_to(looked, candidate.meeting_id, candidate.case_id)
    if found is None:
        return None

    agency, known, seen = found.agency, found.known, found.seen

    def show(showing: Showing) -> MeetingLine:
        return MeetingShowing(showing, known, agency).line(seen)

    return Row(seen, show)


def _in_pack(stream: StreamId, looked: Looked, candidate: CaseOfMeeting) -> Row[CaseInPack] | None:
    """Of what was put before this agency, that much which it may see now."""
    case, agency = candidate.case_id, looked.recipient.agency
    given = _given(looked, case, stream, agency)
    found = [
        each
        for each in (_as_given(seen, given) for seen in looked.now[case].seen())
        if each.visible
    ]
    if not found and not _told(looked, case, stream):
        return None

    at = looked.at

    def show(showing: Showing) -> CaseInPack:
        view = showing.case(showing.view(found), at)
        records = tuple(showing.envelope(each, each.visible) for each in found)
        return CaseInPack(case=view.case, view=view, records=records)

    return Row(found, show, until=next_day_in_japan(at))


def _in_minutes(
    stream: StreamId, looked: Looked, candidate: CaseOfMeeting
) -> Row[CaseInMinutes] | None:
    seen = [
        each
        for each in _told(looked, candidate.case_id, stream)
        if isinstance(each.entry.told.event, OfTheCase | RecordCorrected)
    ]
    if not any(isinstance(each.entry.told.event, OfTheCase) for each in seen):
        return None

    def show(showing: Showing) -> CaseInMinutes:
        return case_in_minutes(showing, seen)

    return Row(seen, show)


def _told(looked: Looked, record: CaseId, stream: StreamId) -> list[Seen]:
    """Of what happened there, that of which it may be told what it was."""
    sight = looked.now[record]
    seen = [each for each in sight.seen(stream=stream) if each.visible.what]
    return seen and [*seen, *reading(sight, CORRECTION)]


def _said(looked: Looked, record: CaseId, stream: StreamId) -> Iterator[MeetingEvent]:
    for entry in looked.records[record].entries:
        if entry.told.stream.int == stream.int and isinstance(entry.told.event, MeetingEvent):
            yield entry.told.event


def _folded(said: "Iterator[MeetingEvent] | Iterator[object]") -> Meeting:
    events = (event for event in said if isinstance(event, MeetingEvent))
    return reduce(meetings.evolve, events, NO_MEETING)


def _given(
    looked: Looked, case: CaseId, stream: StreamId, agency: AgencyId
) -> frozenset[tuple[EventId, str]]:
    provided = (e for e in _said(looked, case, stream) if isinstance(e, InformationProvided))
    return frozenset(
        pair
        for each in provided
        if agency in each.recipients
        for pair in zip(each.sources, each.paths, strict=True)
    )


def _as_given(seen: Seen, given: frozenset[tuple[EventId, str]]) -> Seen:
    """Those of its fields alone that were put before the agency."""
    told, tag = seen.entry.told, tag_of(type(seen.entry.told.event))
    bases = {
        name: basis
        for name, basis in seen.visible.bases.items()
        if (told.id, f"{tag}/{name}") in given
    }
    return seen._replace(visible=change(seen.visible, bases=bases))
