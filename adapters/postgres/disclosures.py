"""Disclosures (同意によらない情報提供) as candidates."""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.candidates import page_of
from adapters.postgres.lists import PostgresLists
from domain.model import AgencyId
from services.disclosures import DisclosureCandidate
from services.listing import RowPlace

_DISCLOSURES: Final = """
select since, case_id from views.disclosures
where agency = %(agency)s and (since, case_id) > (%(since)s, %(id)s)
order by since, case_id limit %(most)s
"""


class PostgresDisclosures:
    """``services.disclosures.DisclosureCandidates``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def disclosures_to(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[DisclosureCandidate]:
        asked = page_of(agency, after, most)
        return await self._lists.rows(DisclosureCandidate, _DISCLOSURES, asked)
