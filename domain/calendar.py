"""Dates (日付): time is stored in UTC and decided in Japan, which keeps one offset all year."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

JAPAN: Final = timezone(timedelta(hours=9), "JST")
APRIL: Final = 4


def date_in_japan(at: datetime) -> date:
    return at.astimezone(JAPAN).date()


def fiscal_year(day: date) -> int:
    """年度: it begins on 1 April, and is named for the year it begins in."""
    return day.year if day.month >= APRIL else day.year - 1
