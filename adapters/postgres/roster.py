"""Roster (名簿) as it stands in the lists: who is there, in the order in which they came."""

from collections.abc import Collection, Sequence
from typing import Final

from adapters.postgres.lists import PostgresLists
from domain.agency_codes import Prefecture
from domain.model import AgencyId
from services.listing import RowPlace
from services.roster import AgencyPlace, NetworkPlace

_AGENCIES: Final = """
select since, agency from views.agency_roster
where is_active and (since, agency) > (%(since)s, %(id)s)
order by since, agency limit %(most)s
"""
_IN_PREFECTURE: Final = """
select since, agency from views.agency_roster
where prefecture = %(prefecture)s and is_active and (since, agency) > (%(since)s, %(id)s)
order by since, agency limit %(most)s
"""
_NETWORKS: Final = """
select since, network_id from views.networks
where (since, network_id) > (%(since)s, %(id)s)
order by since, network_id limit %(most)s
"""
_ALL: Final = "select agency from views.agency_roster where is_active"
_FIRST: Final[tuple[int, str]] = (0, "00000000-0000-0000-0000-000000000000")


class PostgresRoster:
    """``services.roster.RosterRows``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def agencies(
        self, prefecture: Prefecture | None, after: RowPlace | None, most: int
    ) -> Sequence[AgencyPlace]:
        query = _AGENCIES if prefecture is None else _IN_PREFECTURE
        asked = _page(after, most) | {"prefecture": prefecture}
        return await self._lists.rows(AgencyPlace, query, asked)

    async def everybody(self) -> Collection[AgencyId]:
        return await self._lists.rows(AgencyId, _ALL, {})

    async def networks(self, after: RowPlace | None, most: int) -> Sequence[NetworkPlace]:
        return await self._lists.rows(NetworkPlace, _NETWORKS, _page(after, most))


def _page(after: RowPlace | None, most: int) -> dict[str, object]:
    since, id_ = after or _FIRST
    return {"since": since, "id": id_, "most": most}
