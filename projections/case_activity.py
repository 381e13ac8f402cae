"""Case activity (ケースの動き): when something last happened in a case, whatever it was."""

from typing import Final

import msgspec

from domain.model import CaseId
from projections.tables import Projection, Seen


class CaseActive(msgspec.Struct, frozen=True):
    case_id: CaseId
    changed: int  # The position of its last event.


def touches(seen: Seen) -> tuple[tuple[CaseId], ...]:
    case = seen.header.case
    return () if case is None else ((case,),)


def evolve(row: CaseActive | None, key: tuple[CaseId], seen: Seen) -> CaseActive:
    del row
    return CaseActive(*key, changed=seen.position)


CASE_ACTIVITY: Final = Projection[tuple[CaseId], CaseActive](
    name="case_activity",
    row=CaseActive,
    key=("case_id",),
    touches=touches,
    evolve=evolve,
    indexes=(("changed",),),
)
