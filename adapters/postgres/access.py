"""The access log (閲覧記録) on PostgreSQL: beside the log, who read what is nobody's disclosure."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from adapters.postgres import arrays
from adapters.postgres.links import Link, Question
from domain.model import CaseId
from services.disclosing import Accessed, Reader

_NOTE: Final = Question(
    b"note",
    b"""
insert into access.reading (agency, staff, read, case_id) select $1, $2, $3, unnest($4::uuid[])
""",
)
_SESSION: Final = "-c statement_timeout=8s -c application_name=tsunagu-access"


class PostgresAccessLog:
    """``services.disclosing.AccessLog``."""

    def __init__(self, conninfo: str) -> None:
        self._link: Final = Link(conninfo, _SESSION)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._link.close()

    async def note(self, reader: Reader, read: Accessed, cases: Sequence[CaseId]) -> None:
        await self._link.ask(
            _NOTE, reader.agency.bytes, reader.staff.bytes, read.encode(), arrays.uuids(cases)
        )
