"""Public holidays (国民の祝日・休日): versioned data. A new version replaces this file.

The law says which days are holidays, all but the equinoxes, which the National Astronomical
Observatory announces on 1 February of the year before (暦要項).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final, NamedTuple


class Basis(NamedTuple):
    version: str
    law: str
    announced_until: (
        int  # Equinoxes after this year are calculated, and may be announced otherwise.
    )
    closed: str


BASIS: Final = Basis(
    version="2026-02",
    law="国民の祝日に関する法律（昭和23年法律第178号）、令和3年までの特例を含む",
    announced_until=2027,
    closed="行政機関の休日に関する法律（昭和63年法律第91号）、地方自治法第4条の2",
)
FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2040

# 春分の日 in March, 秋分の日 in September.
EQUINOXES: Final[Mapping[int, tuple[int, int]]] = {
    2020: (20, 22),
    2021: (20, 23),
    2022: (21, 23),
    2023: (21, 23),
    2024: (20, 22),
    2025: (20, 23),
    2026: (20, 23),
    2027: (21, 23),
    2028: (20, 22),
    2029: (20, 23),
    2030: (20, 23),
    2031: (21, 23),
    2032: (20, 22),
    2033: (20, 23),
    2034: (20, 23),
    2035: (21, 23),
    2036: (20, 22),
    2037: (20, 23),
    2038: (20, 23),
    2039: (21, 23),
    2040: (20, 22),
}
FIXED: Final[Mapping[str, tuple[int, int]]] = {
    "元日": (1, 1),
    "建国記念の日": (2, 11),
    "天皇誕生日": (2, 23),
    "昭和の日": (4, 29),
    "憲法記念日": (5, 3),
    "みどりの日": (5, 4),
    "こどもの日": (5, 5),
    "山の日": (8, 11),
    "文化の日": (11, 3),
    "勤労感謝の日": (11, 23),
}
# The month, and which of its Mondays.
MONDAYS: Final[Mapping[str, tuple[int, int]]] = {
    "成人の日": (1, 2),
    "海の日": (7, 3),
    "敬老の日": (9, 3),
    "スポーツの日": (10, 2),
}
# Moved by law for the Tokyo Games.
MOVED: Final[Mapping[int, Mapping[str, tuple[int, int]]]] = {
    2020: {"海の日": (7, 23), "スポーツの日": (7, 24), "山の日": (8, 10)},
    2021: {"海の日": (7, 22), "スポーツの日": (7, 23), "山の日": (8, 8)},
}
SUBSTITUTE: Final = "休日（振替休日）"
BETWEEN: Final = "休日（国民の休日）"

SUNDAY: Final = 6
DAY: Final = timedelta(days=1)


@cache
def holidays_of(year: int) -> Mapping[date, str]:
    """Article 2 of the law, then what its article 3 makes of the days beside them."""
    named = _named(year)
    substitutes = {_first_after(sunday, named) for sunday in named if sunday.weekday() == SUNDAY}
    between = {day + DAY for day in named if day + DAY not in named and day + 2 * DAY in named}
    return {
        **dict.fromkeys(between, BETWEEN),
        **dict.fromkeys(substitutes, SUBSTITUTE),
        **named,
    }


def _named(year: int) -> dict[date, str]:
    spring, autumn = EQUINOXES[year]
    days = {
        **{name: date(year, *day) for name, day in FIXED.items()},
        **{name: _monday(year, *which) for name, which in MONDAYS.items()},
        "春分の日": date(year, 3, spring),
        "秋分の日": date(year, 9, autumn),
        **{name: date(year, *day) for name, day in MOVED.get(year, {}).items()},
    }
    return {day: name for name, day in days.items()}


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + DAY * (-first.weekday() % 7 + 7 * (which - 1))


def _first_after(sunday: date, named: Mapping[date, str]) -> date:
    day = sunday + DAY
    while day in named:
        day += DAY
    return day
