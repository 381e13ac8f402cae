"""Timekeeping (計時): what the clock of an installation shows, and who may move it, if anybody."""

from datetime import datetime
from typing import Final, Protocol

from contracts.clock import ClockShown
from domain.agency import NotTheOperator
from domain.agency.state import OPERATING
from domain.installation import InstallationFounded, NoDemoClock, check_moves
from domain.model import AgencyId, StaffRole
from services.ports import Clock, DemoTime, Passing


class Mover(Protocol):
    """Whoever asks for it, as their token says."""

    @property
    def agency(self) -> AgencyId: ...
    @property
    def role(self) -> StaffRole: ...


class Timekeeping:
    """``passing``: how time passes; ``None``: on the wall, and by itself."""

    def __init__(self, founded: InstallationFounded, clock: Clock, passing: Passing | None) -> None:
        self._founded: Final = founded
        self._clock: Final = clock
        self._passing: Final = passing

    def shown(self) -> ClockShown:
        return ClockShown(clock=self._founded.clock, now=self._clock.now())

    async def move(self, to: datetime, by: Mover) -> ClockShown:
        """Asked again where it was cut off, it goes on from where the clock stands."""
        if by.agency != self._founded.operator or by.role not in OPERATING:
            raise NotTheOperator
        if self._passing is None:
            raise NoDemoClock
        check_moves(self._clock.now(), to)
        await self._passing.pass_until(to)
        return self.shown()


class PassingAtOnce:
    """``services.ports.Passing`` where nothing falls due."""

    def __init__(self, time: DemoTime) -> None:
        self._time: Final = time

    async def pass_until(self, to: datetime) -> None:
        await self._time.move(to)
