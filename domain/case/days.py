"""Days (期日): what is recorded has happened, and what is planned is still to come."""

from datetime import date
from typing import ClassVar

from domain.calendar import date_in_japan
from domain.model import Context
from domain.speech import Refused


class DayStillToCome(Refused):
    """What is recorded has happened: its day cannot lie in the future."""

    ja: ClassVar[str] = "まだ来ていない日付では記録できません。"


class DayAlreadyPast(Refused):
    """What is planned is still to come: name a later day."""

    ja: ClassVar[str] = "予定の日付には、これから先の日を指定してください。"


def happened_on(day: date | None, by: Context) -> date:
    """Today, unless another day is named; never one that has not come."""
    today = date_in_japan(by.at)
    if day is not None and day > today:
        raise DayStillToCome
    return day or today


def check_is_to_come(day: date | None, by: Context) -> None:
    if day is not None and day <= date_in_japan(by.at):
        raise DayAlreadyPast
