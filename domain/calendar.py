"""Dates (日付): time is stored in UTC and decided in Japan, which keeps one offset all year."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import ClassVar, Final

from domain.speech import Refused

JAPAN: Final = timezone(timedelta(hours=9), "JST")
APRIL: Final = 4


class TimeNotAccepted(Refused):
    """The time does not say its offset from UTC, or lies where no calendar reaches."""

    ja: ClassVar[str] = "時刻に UTC との時差が示されていないか、暦の範囲を超えています。"


def in_utc(at: datetime) -> datetime:
    """A time without an offset would be read in the zone of whichever machine reads it."""
    if at.utcoffset() is None:
        raise TimeNotAccepted
    try:
        at.astimezone(JAPAN)
        return at.astimezone(UTC)
    except OverflowError:
        raise TimeNotAccepted from None


def date_in_japan(at: datetime) -> date:
    return at.astimezone(JAPAN).date()


def fiscal_year(day: date) -> int:
    """年度: it begins on 1 April, and is named for the year it begins in."""
    return day.year if day.month >= APRIL else day.year - 1
