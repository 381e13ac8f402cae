"""Answers as they were given (回答), for those who ask again what became of a command."""

from types import TracebackType
from typing import Final, Self

import msgspec

from adapters.postgres.links import Link, Question
from contracts.answers import Answer
from domain.model import AgencyId, CommandId

# The founding of an installation and what is disclosed are in the log like commands, and were
# answered to nobody.
_SELECT: Final = Question(
    b"answer",
    b"""
select answer from log.command where agency = $1 and id = $2 and body not in ('founding', '')
""",
)
_SESSION: Final = "-c statement_timeout=8s -c application_name=tsunagu-answers"


class PostgresAnswers:
    """``services.receiving.Answers``."""

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

    async def answer(self, agency: AgencyId, command: CommandId) -> Answer | None:
        rows = await self._link.ask(_SELECT, agency.bytes, command.bytes)
        found = rows.get_value(0, 0) if rows.ntuples else None
        return None if found is None else _ANSWER.decode(found)


_ANSWER: Final[msgspec.json.Decoder[Answer]] = msgspec.json.Decoder(Answer)
