"""Candidates (候補): what may stand in an agency's lists, page by page."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, LiteralString, Self, TypeVar

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from adapters.postgres.links import with_options
from domain.model import AgencyId
from projections.case_activity import CASE_ACTIVITY
from projections.case_list import CASE_LIST
from services.ports import LogUnavailable
from services.viewing import CaseActivity, CaseCandidate, ReferralCandidate, RowPlace

Row = TypeVar("Row", CaseCandidate, ReferralCandidate, CaseActivity)

_CASES: Final = """
select since, case_id from views.case_list
where agency = %(agency)s and (since, case_id) > (%(since)s, %(id)s)
order by since, case_id limit %(most)s
"""
# Each side has its own place for a referral: the sender where it was drafted, the receiver where
# it was sent, so that nothing comes up behind somebody who has already turned the page.
_REFERRALS: Final = """
select since, referral_id, case_id from (
    (select drafted as since, referral_id, case_id from views.referral_board
     where from_agency = %(agency)s and (drafted, referral_id) > (%(since)s, %(id)s)
     order by drafted, referral_id limit %(most)s)
    union all
    (select sent, referral_id, case_id from views.referral_board
     where to_agency = %(agency)s and (sent, referral_id) > (%(since)s, %(id)s)
     order by sent, referral_id limit %(most)s)
) both_sides
order by since, referral_id limit %(most)s
"""
_REACHED: Final = """
select case when count(*) = 2 then min(position) else 0 end
from views.checkpoint where name = any(%(names)s)
"""
# Of two lists one may be behind: what only the other knows of would be passed over for good.
_CHANGED: Final = """
select changed, case_id from views.case_activity join views.case_list using (case_id)
where agency = %(agency)s and changed > %(after)s and changed <= (
    select case when count(*) = 2 then min(position) else 0 end
    from views.checkpoint where name = any(%(names)s)
)
order by changed limit %(most)s
"""
_FOLLOWED: Final = [CASE_LIST.name, CASE_ACTIVITY.name]
_FIRST: Final[tuple[int, str]] = (0, "00000000-0000-0000-0000-000000000000")
_OPTIONS: Final = "-c statement_timeout=8s -c lock_timeout=5s -c application_name=tsunagu-lists"
_CONNECTED_WITHIN_S: Final = 10


class PostgresCandidates:
    """``services.viewing.Candidates``. A list that has never been made yet is empty."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo: Final = with_options(conninfo, _OPTIONS)
        self._asking: Final = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def cases_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[CaseCandidate]:
        return await self._rows(CaseCandidate, _CASES, _page(agency, after, most))

    async def referrals_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[ReferralCandidate]:
        return await self._rows(ReferralCandidate, _REFERRALS, _page(agency, after, most))

    async def changed_cases(
        self, agency: AgencyId, after: int, most: int
    ) -> Sequence[CaseActivity]:
        asked = {"agency": agency, "after": after, "most": most, "names": _FOLLOWED}
        return await self._rows(CaseActivity, _CHANGED, asked)

    async def reached(self) -> int:
        rows = await self._ask(_REACHED, {"names": _FOLLOWED})
        return int(str(rows[0][0]))

    async def _rows(
        self, row: type[Row], query: LiteralString, asked: Mapping[str, object]
    ) -> list[Row]:
        return [row(*found) for found in await self._ask(query, asked)]

    async def _ask(self, query: LiteralString, asked: Mapping[str, object]) -> list[TupleRow]:
        try:
            async with self._asking:
                connection = await self._connected()
                cursor = await connection.execute(query, asked, prepare=True, binary=True)
                return await cursor.fetchall()
        except errors.UndefinedTable:
            return []
        except psycopg.OperationalError as error:
            raise LogUnavailable from error

    async def _connected(self) -> psycopg.AsyncConnection[TupleRow]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._conninfo, autocommit=True, connect_timeout=_CONNECTED_WITHIN_S
            )
        return self._connection


def _page(agency: AgencyId, after: RowPlace | None, most: int) -> dict[str, object]:
    since, id_ = after or _FIRST
    return {"agency": agency, "since": since, "id": id_, "most": most}
