"""Case list (ケース一覧): for each agency the cases of which it may see something, now or once.

A row is there from the first event that may let the agency see anything, and stays: whether it does
is decided when the list is read.
"""

from typing import Final

import msgspec

from domain.case import CaseAccepted, CaseOpened, ResponsibilityMoved, RoleAssigned
from domain.model import AgencyId, CaseId, Event
from domain.referral import ReferralDrafted
from projections.tables import Projection, Seen


class CaseListed(msgspec.Struct, frozen=True):
    agency: AgencyId
    case_id: CaseId
    since: int  # A position; it is this that keeps the list in order.


def touches(seen: Seen) -> frozenset[tuple[AgencyId, CaseId]]:
    case = seen.header.case
    if case is None:
        return frozenset()
    return frozenset((agency, case) for agency in (seen.header.agency, *_named(seen.event)))


def evolve(row: CaseListed | None, key: tuple[AgencyId, CaseId], seen: Seen) -> CaseListed:
    return row or CaseListed(*key, since=seen.position)


def _named(event: Event) -> tuple[AgencyId, ...]:
    """Whom an event makes take part, or asks to."""
    match event:
        case CaseOpened(opened_by_agency=agency):
            return (agency,)
        case CaseAccepted(main_responsible=agency):
            return (agency,)
        case RoleAssigned(agency_id=agency):
            return (agency,)
        case ResponsibilityMoved(to_agency=agency):
            return (agency,)
        case ReferralDrafted(from_agency=sender, to_agency=receiver):
            return (sender, receiver)
        case _:
            return ()


CASE_LIST: Final = Projection[tuple[AgencyId, CaseId], CaseListed](
    name="case_list",
    row=CaseListed,
    key=("agency", "case_id"),
    touches=touches,
    evolve=evolve,
    indexes=(("agency", "since", "case_id"),),
)
