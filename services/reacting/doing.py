"""Doing (自動処理の実行): a command that follows by rule, asked in the installation's own name."""

from collections.abc import Callable
from typing import Final, Protocol
from uuid import UUID

from contracts.answers import Answer
from domain.model import ITS_STAFF, ITSELF
from domain.speech import code_of
from services.handling import Ask, TooManyAtOnce
from services.reacting import Wanted, command_id

TOO_MANY: Final = code_of(TooManyAtOnce)  # The one refusal that is no answer: it is asked again.


class Handles(Protocol):
    async def handle(self, ask: Ask) -> Answer: ...


class Doing:
    """``heard``: how each was answered, for whoever keeps count."""

    def __init__(self, handling: Handles, heard: Callable[[str, Answer], None]) -> None:
        self._handling: Final = handling
        self._heard: Final = heard

    async def do(self, process: str, cause: UUID, wanted: Wanted) -> Answer:
        ask = Ask(
            id=command_id(process, cause, wanted.about),
            agency=ITSELF,
            staff=ITS_STAFF,
            role="INSTALLATION",
            command=wanted.command,
            case=wanted.case,
        )
        answer = await self._handling.handle(ask)
        self._heard(process, answer)
        return answer
