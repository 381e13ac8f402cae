"""Keeping time: the operator lets it pass, where it does not pass by itself."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import uuid4

import pytest

from contracts.clock import ClockShown
from domain.agency import NotTheOperator
from domain.installation import (
    ClockMovesTooFar,
    ClockRunsForwards,
    InstallationFounded,
    NoDemoClock,
)
from domain.model import AgencyId, StaffId, StaffRole
from domain.speech import Refused
from services.timekeeping import PassingAtOnce, Timekeeping

SPRING: Final = datetime(2024, 4, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
OPERATOR: Final = AgencyId(uuid4())
DEMO: Final = InstallationFounded(operator=OPERATOR, first_staff=StaffId(uuid4()), clock="DEMO")
WALL: Final = InstallationFounded(operator=OPERATOR, first_staff=StaffId(uuid4()))


class Someone(NamedTuple):
    agency: AgencyId
    role: StaffRole


HEAD: Final = Someone(OPERATOR, "REPRESENTATIVE")


class Time:
    def __init__(self) -> None:
        self.at = SPRING

    def now(self) -> datetime:
        return self.at

    async def move(self, to: datetime) -> None:
        self.at = to


async def test_the_clock_shows_the_time_to_which_the_operator_has_moved_it() -> None:
    time = Time()
    keeping = Timekeeping(DEMO, time, PassingAtOnce(time))
    assert keeping.shown() == ClockShown(clock="DEMO", now=SPRING)
    assert await keeping.move(SPRING + DAY, HEAD) == ClockShown(clock="DEMO", now=SPRING + DAY)
    coordinator = Someone(OPERATOR, "COORDINATOR")
    assert (await keeping.move(SPRING + DAY, coordinator)).now == SPRING + DAY


@pytest.mark.parametrize(
    ("by", "to", "refusal"),
    [
        (Someone(AgencyId(uuid4()), "REPRESENTATIVE"), SPRING + DAY, NotTheOperator),
        (Someone(OPERATOR, "CASEWORKER"), SPRING + DAY, NotTheOperator),
        (HEAD, SPRING - DAY, ClockRunsForwards),
        (HEAD, SPRING + 25 * 365 * DAY, ClockMovesTooFar),
    ],
)
async def test_nobody_else_moves_it_and_nobody_back_or_too_far(
    by: Someone, to: datetime, refusal: type[Refused]
) -> None:
    time = Time()
    with pytest.raises(refusal):
        await Timekeeping(DEMO, time, PassingAtOnce(time)).move(to, by)
    assert time.at == SPRING


async def test_time_on_the_wall_passes_by_itself() -> None:
    with pytest.raises(NoDemoClock):
        await Timekeeping(WALL, Time(), None).move(SPRING + DAY, HEAD)
