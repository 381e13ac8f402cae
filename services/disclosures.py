"""Disclosures (同意によらない情報提供): where whoever was told finds of which case.

An agency that is told in an emergency, or by a legal duty, takes no part in the case: it stands in
no list of its cases. Once there is nothing more to be seen, the row is gone, and as if never there.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

from contracts.disclosures import DisclosureLine
from contracts.pages import Page
from domain.model import AgencyId, CaseId
from domain.policy import AllowId
from domain.visibility import Basis
from services.listing import Listing, RowPlace, bounded
from services.looking import Looked, Reader, Row
from services.showing import Showing

WITHOUT_CONSENT: Final[frozenset[AllowId]] = frozenset({"EMERGENCY", "STATUTORY"})


class DisclosureCandidate(NamedTuple):
    since: int
    case_id: CaseId

    @property
    def place(self) -> RowPlace:
        return self.since, self.case_id


class DisclosureCandidates(Protocol):
    async def disclosures_to(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[DisclosureCandidate]: ...


class Disclosures:
    def __init__(self, listing: Listing, candidates: DisclosureCandidates) -> None:
        self._listing: Final = listing
        self._candidates: Final = candidates

    async def those_to(
        self, reader: Reader, *, after: str | None = None, most: int
    ) -> Page[DisclosureLine]:
        return await self._listing.page(
            reader,
            "disclosures",
            after=after,
            most=bounded(most),
            fetch=self._candidates.disclosures_to,
            decided=_row,
        )


def _row(looked: Looked, candidate: DisclosureCandidate) -> Row[DisclosureLine] | None:
    bases = {
        basis: None  # Each once, in the order in which something was said.
        for seen in looked.now[candidate.case_id].seen()
        for basis in seen.visible.bases.values()
        if basis.rule in WITHOUT_CONSENT
    }
    return Row((), partial(_line, tuple(bases))) if bases else None


def _line(bases: tuple[Basis, ...], showing: Showing) -> DisclosureLine:
    return DisclosureLine(case=showing.alias, bases=bases)
