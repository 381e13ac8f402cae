"""Disclosures (同意によらない情報提供): who was told something without her consent, and of whom.

In an emergency, or by a legal duty. Whether anything is still to be seen of it is decided.
"""

from typing import Final

import msgspec

from domain.emergency import EmergencyDisclosureAuthorised
from domain.model import AgencyId, CaseId
from domain.statutory import StatutoryDisclosureRecorded
from projections.tables import Projection, Seen


class DisclosureRow(msgspec.Struct, frozen=True):
    agency: AgencyId
    case_id: CaseId
    since: int  # It came with the first of them, and keeps its place in the list for good.


def _touches(seen: Seen) -> tuple[tuple[AgencyId, CaseId], ...]:
    match seen.event:
        case EmergencyDisclosureAuthorised(recipients=told, in_force=True):
            pass
        case StatutoryDisclosureRecorded(recipient=recipient):
            told = frozenset({recipient})
        case _:
            return ()
    case = seen.header.case
    return tuple((agency, case) for agency in sorted(told)) if case else ()


def _evolve(row: DisclosureRow | None, key: tuple[AgencyId, CaseId], seen: Seen) -> DisclosureRow:
    return row or DisclosureRow(*key, since=seen.position)


DISCLOSURES: Final = Projection[tuple[AgencyId, CaseId], DisclosureRow](
    name="disclosures",
    row=DisclosureRow,
    key=("agency", "case_id"),
    touches=_touches,
    evolve=_evolve,
    wants=frozenset({EmergencyDisclosureAuthorised, StatutoryDisclosureRecorded}),
    indexes=(("agency", "since", "case_id"),),
)
