"""Grievances (苦情処理簿) as they are read: by those alone who have a part in them.

Whoever it is about finds none: not the agency, and not the person who works for it.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Final, NamedTuple, Protocol, get_args

from contracts.grievances import GrievanceDay, GrievanceLine, Part, SharedWithShown
from contracts.pages import Page
from domain import grievance as grievances
from domain.calendar import wareki
from domain.grievance import NO_GRIEVANCE, Grievance, GrievanceEvent, KnownGrievance
from domain.model import AgencyId, CaseId, GrievanceId, StreamId, stream_of
from projections import grievance_view
from projections.grievance_view import GrievanceView
from services.listing import Listing, RowPlace, bounded
from services.looking import Looked, Reader, Row
from services.showing import CORRECTION, Showing, by_name, reading
from services.sights import Seen


class GrievanceCandidate(NamedTuple):
    """``case_id``: the case it is about or, of one about none, its own stream."""

    since: int
    grievance_id: GrievanceId
    case_id: CaseId

    @property
    def place(self) -> RowPlace:
        return self.since, self.grievance_id


class GrievanceCandidates(Protocol):
    async def grievances_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[GrievanceCandidate]:
        """Those it ever had to do with."""
        ...


class Grievances:
    def __init__(self, listing: Listing, candidates: GrievanceCandidates) -> None:
        """``listing``: over cases, and over what stands alone."""
        self._listing: Final = listing
        self._candidates: Final = candidates

    async def those_of(
        self, reader: Reader, *, after: str | None = None, most: int
    ) -> Page[GrievanceLine]:
        return await self._listing.page(
            reader,
            "grievances",
            after=after,
            most=bounded(most),
            fetch=self._candidates.grievances_of,
            decided=_row,
        )


def _row(looked: Looked, candidate: GrievanceCandidate) -> Row[GrievanceLine] | None:
    stream, record = stream_of("grievance", candidate.grievance_id), candidate.case_id
    known = _known(looked, record, stream)
    if not isinstance(known, KnownGrievance):
        return None
    part = _part(known, looked.recipient.agency)
    sight = looked.now[record]
    seen = [each for each in sight.seen(stream=stream) if each.visible.what]
    if part is None or not seen:
        return None
    seen += reading(sight, CORRECTION)

    def show(showing: Showing) -> GrievanceLine:
        return _line(showing, known, part, seen)

    return Row(seen, show)


def _known(looked: Looked, record: CaseId, stream: StreamId) -> Grievance:
    told = (entry.told for entry in looked.records[record].entries)
    said = (
        each.event
        for each in told
        if each.stream.int == stream.int and isinstance(each.event, GrievanceEvent)
    )
    return reduce(grievances.evolve, said, NO_GRIEVANCE)


def _part(known: KnownGrievance, agency: AgencyId) -> Part | None:
    if agency == known.handler:
        return "HANDLER"
    if agency == known.in_charge:
        return "IN_CHARGE"
    if agency == known.received_by:
        return "RECEIVED"
    return "SHARED" if agency in known.shared else None


def _line(
    showing: Showing, known: KnownGrievance, part: Part, seen: Sequence[Seen]
) -> GrievanceLine:
    view, agency = grievance_view.project(showing.events(seen)), showing.agency_shown
    return GrievanceLine(
        grievance=known.grievance_id,
        case=None if known.case_id is None else showing.alias,
        part=part,
        status=view.status,
        received_by=showing.agency(view.received_by),
        received_on=view.received_on,
        about_agencies=tuple(sorted((agency(who) for who in view.about_agencies), key=by_name)),
        about_staff=tuple(sorted(view.about_staff)),
        complainant=view.complainant,
        text=view.text,
        acknowledge_by=view.acknowledge_by,
        acknowledged_on=view.acknowledged_on,
        handler=showing.agency(view.handler),
        handler_staff=view.handler_staff,
        shared=_shared(showing, view),
        summary=view.summary,
        findings=view.findings,
        answer_by=view.answer_by,
        answered_on=view.answered_on,
        response=view.response,
        improvements=view.improvements,
        escalated_to=showing.agency(view.escalated_to),
        escalated_because=view.escalated_because,
        closed_on=view.closed_on,
        wareki=_wareki(view),
    )


def _shared(showing: Showing, view: GrievanceView) -> tuple[SharedWithShown, ...]:
    shared = (SharedWithShown(showing.agency_shown(who), how) for who, how in view.shared.items())
    return tuple(sorted(shared, key=lambda each: by_name(each.agency)))


def _wareki(view: GrievanceView) -> dict[GrievanceDay, str]:
    days: dict[GrievanceDay, object] = {name: getattr(view, name) for name in DAYS}
    return {name: wareki(day) for name, day in days.items() if isinstance(day, date)}


DAYS: Final[tuple[GrievanceDay, ...]] = get_args(GrievanceDay)
