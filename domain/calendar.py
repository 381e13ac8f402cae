"""Dates (日付): time is stored in UTC and decided in Japan, which keeps one offset all year."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

JAPAN: Final = timezone(timedelta(hours=9), "JST")


def date_in_japan(at: datetime) -> date:
    return at.astimezone(JAPAN).date()
