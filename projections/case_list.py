"""Case list (ケース一覧): which cases an agency takes part in, or has, and since when."""

from typing import Final

import msgspec

from domain.case import CaseAccepted, CaseOpened, ResponsibilityMoved, RoleAssigned
from domain.case.services import PROVIDING, ServiceLinked, ServiceStatusChanged
from domain.model import AgencyId, CaseId
from projections.tables import Projection, Seen


class ListedCase(msgspec.Struct, frozen=True):
    agency: AgencyId
    case_id: CaseId
    since: int  # It came with this event, and keeps its place in the list for good.


def _touches(seen: Seen) -> tuple[tuple[AgencyId, CaseId], ...]:
    """Before the header named the case, nobody could tell which it was."""
    match seen.event:
        case CaseOpened(opened_by_agency=agency):
            pass
        case CaseAccepted(main_responsible=agency):
            pass
        case RoleAssigned(agency_id=agency):
            pass
        case ResponsibilityMoved(to_agency=agency):
            pass
        case ServiceLinked() | ServiceStatusChanged() if seen.event.status in PROVIDING:
            agency = seen.event.provider_agency
        case _:
            return ()
    return ((agency, seen.header.case),) if seen.header.case else ()


def _evolve(row: ListedCase | None, key: tuple[AgencyId, CaseId], seen: Seen) -> ListedCase:
    return row or ListedCase(*key, since=seen.position)


CASE_LIST: Final = Projection[tuple[AgencyId, CaseId], ListedCase](
    name="case_list",
    row=ListedCase,
    key=("agency", "case_id"),
    touches=_touches,
    evolve=_evolve,
    wants=frozenset(
        {
            CaseOpened,
            CaseAccepted,
            RoleAssigned,
            ResponsibilityMoved,
            ServiceLinked,
            ServiceStatusChanged,
        }
    ),
    indexes=(("agency", "since", "case_id"),),
)
