"""Grievance register (苦情処理簿): which agencies have to do with which grievance, since when."""

from typing import Final

import msgspec

from domain.grievance import (
    GrievanceEscalated,
    GrievanceReceived,
    GrievanceShared,
    HandlerAssigned,
)
from domain.model import AgencyId, CaseId, GrievanceId, StreamId
from projections.tables import Projection, Seen


class GrievanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """``case_id``: in whose name it stands, where it is about one case."""

    agency: AgencyId
    stream: StreamId
    grievance_id: GrievanceId
    case_id: CaseId | None
    since: int


def _touches(seen: Seen) -> frozenset[tuple[AgencyId, StreamId]]:
    match seen.event:
        case GrievanceReceived(received_by=agency):
            agencies = frozenset({agency})
        case HandlerAssigned(handler=agency) | GrievanceEscalated(to_agency=agency):
            agencies = frozenset({agency})
        case GrievanceShared(shared_with=shared):
            agencies = shared
        case _:
            raise AssertionError(seen)
    return frozenset((agency, seen.header.stream) for agency in agencies)


def _evolve(row: GrievanceRow | None, key: tuple[AgencyId, StreamId], seen: Seen) -> GrievanceRow:
    if row is not None:
        return row
    event = seen.event
    assert isinstance(
        event, GrievanceReceived | HandlerAssigned | GrievanceEscalated | GrievanceShared
    )
    return GrievanceRow(
        agency=key[0],
        stream=key[1],
        grievance_id=event.grievance_id,
        case_id=seen.header.case,
        since=seen.position,
    )


GRIEVANCE_REGISTER: Final = Projection[tuple[AgencyId, StreamId], GrievanceRow](
    name="grievance_register",
    row=GrievanceRow,
    key=("agency", "stream"),
    touches=_touches,
    evolve=_evolve,
    wants=frozenset({GrievanceReceived, HandlerAssigned, GrievanceEscalated, GrievanceShared}),
    indexes=(("agency", "since", "grievance_id"),),
)
