"""The story in which everything happens: told in memory, as it is told on the engines."""

import asyncio
from typing import Final, TypeVar, get_args

from contracts.answers import Accepted, Answer
from domain.catalogue import EVENTS, AnyCommand
from domain.disclosed import Disclosed
from domain.fields import tag_of
from domain.installation import InstallationFounded
from domain.model import CaseId, Event, EventId
from domain.trail.blocked import DisclosureBlocked, SettleWithdrawal, WithdrawalSettled
from services.handling import Ask
from tests.stories import Clock, Stage, tell
from tests.world import Someone, World

E = TypeVar("E", bound=Event)


class InMemory:
    def __init__(self) -> None:
        self.world: Final = World()
        self.clock: Final = Clock()
        self.asked: Final[set[type[AnyCommand]]] = set()

    async def handle(self, ask: Ask) -> Answer:
        self.asked.add(type(ask.command))
        self.world.at = self.clock.now()
        who = Someone(ask.agency, ask.staff, ask.role)
        said = self.world.says(who, ask.command, ask.case)
        made = next((getattr(event, event.makes) for event in said.events if event.makes), None)
        return Accepted(command=ask.id, case=said.case, made=made, token=None)

    async def last(self, case: CaseId, kind: type[E]) -> tuple[EventId, E]:
        found = [
            (entry.told.id, entry.said)
            for entry in self.world.of_case(case)
            if isinstance(entry.said, kind)
        ]
        return found[-1]

    @property
    def stage(self) -> Stage:
        desk = self.world.operator
        founded = InstallationFounded(operator=desk.agency, first_staff=desk.staff)
        return Stage(handling=self, operator=founded, book=self, clock=self.clock)


def test_every_command_is_asked_for_and_every_event_happens_that_one_can_bring_about() -> None:
    told = InMemory()
    asyncio.run(tell(told.stage))
    assert set(get_args(AnyCommand)) - told.asked == {SettleWithdrawal}
    happened = {tag_of(type(entry.said)) for entry in told.world.log}
    assert set(EVENTS.types) - happened == {tag_of(each) for each in BY_NO_COMMAND}


# Whoever lets something out writes these, or what follows by rule: see ``tests.stories.later``.
BY_NO_COMMAND: Final = (Disclosed, DisclosureBlocked, WithdrawalSettled)
