"""Receiving (受付): what becomes of a command, through whichever entrance it came.

Whoever asks is known by a verified token and by nothing they wrote. A case has another name for
each agency, its alias: outside of here nobody meets a case id.
"""

from typing import Final, Protocol
from uuid import UUID

from msgspec.structs import replace

from contracts.answered import Answered, Done
from contracts.answers import Accepted, Answer, Refusal
from contracts.asked import Asked
from domain.model import AgencyId, CommandId
from services.aliases import Aliases
from services.disclosing import WINDOW
from services.handling import Ask
from services.identity import Bearer
from services.ports import Clock

# Where a value is wrong may be said; which case, person or position it was about may not.
FACTS_TOLD: Final = frozenset({"at"})


class Handles(Protocol):
    async def handle(self, ask: Ask) -> Answer: ...


class Answers(Protocol):
    async def answer(self, agency: AgencyId, command: CommandId) -> Answer | None:
        """As it was given, if that agency has sent such a command."""
        ...


class Receiving:
    def __init__(self, handling: Handles, aliases: Aliases, wall: Clock) -> None:
        """``wall``: by which it is said when something has an end."""
        self._handling: Final = handling
        self._aliases: Final = aliases
        self._wall: Final = wall

    async def receive(self, asked: Asked, bearer: Bearer, correlation: UUID) -> Answered:
        answer = await self._handling.handle(self.ask(asked, bearer, correlation))
        told = self.told(answer, bearer.agency)
        if isinstance(told, Done) and asked.command.takes_back:
            return replace(told, settled_by=self._wall.now() + WINDOW)
        return told

    def ask(self, asked: Asked, bearer: Bearer, correlation: UUID) -> Ask:
        case = None if asked.case is None else self._aliases.case_of(bearer.agency, asked.case)
        return Ask(
            id=asked.id,
            agency=bearer.agency,
            staff=bearer.staff,
            role=bearer.role,
            command=asked.command,
            case=case,
            occurred_at=asked.occurred_at,
            not_after=asked.not_after,
            token=asked.token,
            correlation=correlation,
        )

    def told(self, answer: Answer, agency: AgencyId) -> Answered:
        """As that agency may know it; also of an answer given earlier."""
        match answer:
            case Accepted(case=case):
                alias = None if case is None else self._aliases.alias(agency, case)
                return Done(
                    command=answer.command,
                    case=alias,
                    made=answer.made,
                    token=answer.token,
                )
            case Refusal():
                told = {name: said for name, said in answer.facts.items() if name in FACTS_TOLD}
                return replace(answer, facts=told)
