"""Case activity (ケースの動き): where in the log something last happened in a case."""

from typing import Final

import msgspec

from domain.model import CaseId
from projections.tables import Projection, Seen


class CaseMoved(msgspec.Struct, frozen=True):
    case_id: CaseId
    changed: int


def _touches(seen: Seen) -> tuple[tuple[CaseId], ...]:
    return ((seen.header.case,),) if seen.header.case else ()


def _evolve(_: CaseMoved | None, key: tuple[CaseId], seen: Seen) -> CaseMoved:
    return CaseMoved(*key, changed=seen.position)


CASE_ACTIVITY: Final = Projection[tuple[CaseId], CaseMoved](
    name="case_activity",
    row=CaseMoved,
    key=("case_id",),
    touches=_touches,
    evolve=_evolve,
    indexes=(("changed",),),
)
