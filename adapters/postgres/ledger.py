"""Progress ledger (進行管理台帳) as it stands in the lists: whoever may have stood in it."""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.lists import PostgresLists
from domain.model import NetworkId
from services.ledger import LedgerCandidate
from services.listing import RowPlace

# Whoever left for another network is among them for as long as support goes on there.
_IN_LEDGER: Final = """
select since, case_id from views.ledger_entries join views.ledger_ends using (case_id)
where network_id = %(network)s and from_year <= %(year)s
  and coalesce(until_year, %(year)s) >= %(year)s and (since, case_id) > (%(since)s, %(id)s)
order by since, case_id limit %(most)s
"""
_FIRST: Final[tuple[int, str]] = (0, "00000000-0000-0000-0000-000000000000")


class PostgresLedger:
    """``services.ledger.LedgerCandidates``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def in_ledger(
        self, network: NetworkId, year: int, after: RowPlace | None, most: int
    ) -> Sequence[LedgerCandidate]:
        since, id_ = after or _FIRST
        asked = {"network": network, "year": year, "since": since, "id": id_, "most": most}
        return await self._lists.rows(LedgerCandidate, _IN_LEDGER, asked)
