"""Dates (日付): time is stored in UTC and decided in Japan, which keeps one offset all year.

Business days (開庁日), until-dates, fiscal years (年度), ages (満年齢) and Japanese eras (和暦).
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import ClassVar, Final, NamedTuple

from domain.holidays import FIRST_YEAR, LAST_YEAR, holidays_of
from domain.speech import Refused

JAPAN: Final = timezone(timedelta(hours=9), "JST")
DAY: Final = timedelta(days=1)
APRIL: Final = 4
SATURDAY: Final = 5
# 29 December to 3 January.
NEW_YEAR: Final = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
LEAP_DAY: Final = (2, 29)
ADULT: Final = 18
FIRST_DAY: Final = date(1868, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)


class TimeNotAccepted(Refused):
    """The time does not say its offset from UTC, or lies where no calendar reaches."""

    ja: ClassVar[str] = "時刻に UTC との時差が示されていないか、暦の範囲を超えています。"


class DayNotAccepted(Refused):
    """The day lies before 1868 or after 2199."""

    ja: ClassVar[str] = "日付は、1868 年から 2199 年までで指定してください。"


class DayNotInTheCalendar(Refused):
    """The table of public holidays does not reach this day."""

    ja: ClassVar[str] = "祝日の表がこの日付の年を含んでいません。"


def in_utc(at: datetime) -> datetime:
    """A time without an offset would be read in the zone of whichever machine reads it."""
    if at.utcoffset() is None:
        raise TimeNotAccepted
    try:
        at.astimezone(JAPAN)
        return at.astimezone(UTC)
    except OverflowError:
        raise TimeNotAccepted from None


def accepted(day: date) -> date:
    """Whatever is counted from it lies in the calendar too. "For good" is said otherwise."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayNotAccepted
    return day


def date_in_japan(at: datetime) -> date:
    return at.astimezone(JAPAN).date()


def next_day_in_japan(at: datetime) -> datetime:
    """When the next day begins there, which is when what goes until today is over."""
    tomorrow = date_in_japan(at) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), JAPAN).astimezone(UTC)


def is_over(until: date, at: datetime) -> bool:
    """An until-date includes its day, to midnight in Japan."""
    return date_in_japan(at) > until


def fiscal_year(day: date) -> int:
    """年度: it begins on 1 April, and is named for the year it begins in."""
    return day.year if day.month >= APRIL else day.year - 1


def is_business_day(day: date) -> bool:
    """Whether public offices are open: no weekend, no holiday, no turn of the year."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DayNotInTheCalendar(first_year=FIRST_YEAR, last_year=LAST_YEAR)
    return (
        day.weekday() < SATURDAY
        and (day.month, day.day) not in NEW_YEAR
        and day not in holidays_of(day.year)
    )


def next_business_day(day: date) -> date:
    """The first one after this day, be this a business day or not."""
    following = day + DAY
    while not is_business_day(following):
        following += DAY
    return following


def business_days_after(day: date, number: int) -> date:
    """The day itself does not count (民法第140条); none after it is the day itself."""
    for _ in range(number):
        day = next_business_day(day)
    return day


def age_on(day: date, born: date) -> int:
    """満年齢: a year of age is complete when the day before the birthday ends.

    年齢計算ニ関スル法律（明治35年法律第50号）, 民法第143条. Throughout her birthday she is a year
    older. Where her birthday is 29 February, 28 February ends it in every year: in a common year
    she is older from 1 March.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def comes_of_age(born: date, years: int) -> date:
    """年齢に達する日: the day at whose end she is so old, from which some laws count."""
    if (born.month, born.day) == LEAP_DAY:
        return date(born.year + years, 2, 28)
    return date(born.year + years, born.month, born.day) - DAY


def is_child(day: date, born: date) -> bool:
    """満18歳に満たない者."""
    return age_on(day, born) < ADULT


class Era(NamedTuple):
    name: str
    first_day: date
    first_year: int


# Japan counts days as we do since 明治6年.
ERAS: Final = (
    Era("令和", date(2019, 5, 1), 2019),
    Era("平成", date(1989, 1, 8), 1989),
    Era("昭和", date(1926, 12, 25), 1926),
    Era("大正", date(1912, 7, 30), 1912),
    Era("明治", date(1873, 1, 1), 1868),
)


def wareki(day: date) -> str:
    """和暦, for eyes, beside the ISO date: 令和8年5月13日."""
    return f"{_year(day)}年{day.month}月{day.day}日"


def _year(day: date) -> str:
    for era in ERAS:
        if day >= era.first_day:
            year = day.year - era.first_year + 1
            return f"{era.name}{'元' if year == 1 else year}"
    return f"西暦{day.year}"
