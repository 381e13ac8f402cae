"""Dates are decided in Japan: business days, until-dates, fiscal years, ages, eras."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain import holidays
from domain.calendar import (
    JAPAN,
    DayNotInTheCalendar,
    age_on,
    business_days_after,
    comes_of_age,
    date_in_japan,
    fiscal_year,
    is_business_day,
    is_child,
    is_over,
    next_business_day,
    wareki,
)

DAY = timedelta(days=1)
# So that a few business days later the table still reaches.
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 11, 30))
BIRTHDAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2040, 12, 31))


def test_a_day_ends_at_midnight_in_japan() -> None:
    assert date_in_japan(datetime(2026, 5, 13, 14, 59, 59, tzinfo=UTC)) == date(2026, 5, 13)
    assert date_in_japan(datetime(2026, 5, 13, 15, 0, 0, tzinfo=UTC)) == date(2026, 5, 14)


def test_an_until_date_includes_its_day() -> None:
    until = date(2026, 5, 13)
    assert not is_over(until, datetime(2026, 5, 13, 23, 59, 59, tzinfo=JAPAN))
    assert is_over(until, datetime(2026, 5, 14, 0, 0, 0, tzinfo=JAPAN))


@for_any(st.datetimes(timezones=st.just(JAPAN), max_value=datetime(9998, 12, 31)))  # noqa: DTZ001
def test_what_lasts_until_today_is_over_at_midnight_and_stays_over(at: datetime) -> None:
    today = date_in_japan(at)
    midnight = datetime.combine(today, datetime.min.time(), JAPAN) + DAY
    assert not is_over(today, at)
    assert not is_over(today, midnight - timedelta(microseconds=1))
    assert is_over(today, midnight)
    assert is_over(today - DAY, at)


def test_the_fiscal_year_is_named_for_the_year_it_begins_in() -> None:
    assert fiscal_year(date(2026, 3, 31)) == 2025
    assert fiscal_year(date(2026, 4, 1)) == 2026
    assert fiscal_year(date(2026, 12, 31)) == 2026
    assert fiscal_year(date(2027, 1, 1)) == 2026


@for_any(st.dates(max_value=date(9998, 12, 31)))
def test_the_same_day_a_year_later_is_one_fiscal_year_later(day: date) -> None:
    in_a_year = day.replace(year=day.year + 1, day=min(day.day, 28))
    assert fiscal_year(in_a_year) == fiscal_year(day) + 1


# Typed from the Cabinet Office's list (内閣府「国民の祝日」について), with 2032 by the law.
PUBLISHED = {
    2020: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23",
    2021: "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23",
    2024: (
        "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14"
        " 11/3 11/4 11/23"
    ),
    2025: (
        "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23"
        " 11/24"
    ),
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: ("1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
    2032: ("1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/21 9/22 10/11 11/3 11/23"),
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_are_those_that_are_published(year: int) -> None:
    published = [tuple(map(int, day.split("/"))) for day in PUBLISHED[year].split()]
    assert sorted(holidays.holidays_of(year)) == [date(year, *day) for day in published]


def test_a_holiday_on_a_sunday_is_made_up_for_after_the_holidays_that_follow_it() -> None:
    year = holidays.holidays_of(2026)
    assert year[date(2026, 5, 3)] == "憲法記念日"
    assert year[date(2026, 5, 6)] == holidays.SUBSTITUTE


def test_a_day_between_two_holidays_is_one() -> None:
    assert holidays.holidays_of(2026)[date(2026, 9, 22)] == holidays.BETWEEN
    assert next_business_day(date(2026, 9, 18)) == date(2026, 9, 24)


def test_the_table_says_what_it_is_based_on_and_until_where_the_equinoxes_are_announced() -> None:
    assert holidays.BASIS.version
    assert holidays.BASIS.law.startswith("国民の祝日に関する法律")
    assert holidays.FIRST_YEAR < holidays.BASIS.announced_until < holidays.LAST_YEAR


@pytest.mark.parametrize("year", range(holidays.FIRST_YEAR, holidays.LAST_YEAR + 1))
def test_the_equinoxes_are_those_of_the_usual_approximation(year: int) -> None:
    leaps = (year - 1980) // 4
    assert holidays.EQUINOXES[year] == (
        int(20.8431 + 0.242194 * (year - 1980) - leaps),
        int(23.2488 + 0.242194 * (year - 1980) - leaps),
    )


def test_public_offices_are_closed_on_weekends_and_at_the_turn_of_the_year() -> None:
    assert is_business_day(date(2026, 5, 13))
    assert not is_business_day(date(2026, 5, 16))
    assert not is_business_day(date(2026, 5, 17))
    assert is_business_day(date(2026, 12, 28))
    assert not any(is_business_day(date(2026, 12, day)) for day in (29, 30, 31))
    assert not any(is_business_day(date(2027, 1, day)) for day in (1, 2, 3))
    assert is_business_day(date(2027, 1, 4))


def test_the_next_business_day_after_the_last_of_2026_is_in_2027() -> None:
    assert next_business_day(date(2026, 12, 28)) == date(2027, 1, 4)


def test_three_business_days_do_not_count_the_day_itself() -> None:
    assert business_days_after(date(2026, 5, 13), 3) == date(2026, 5, 18)
    assert business_days_after(date(2026, 5, 1), 1) == date(2026, 5, 7)
    assert business_days_after(date(2026, 5, 13), 0) == date(2026, 5, 13)


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2041, 1, 1)])
def test_a_day_beyond_the_table_is_refused_and_not_guessed(day: date) -> None:
    with pytest.raises(DayNotInTheCalendar):
        is_business_day(day)


def test_what_would_end_beyond_the_table_is_refused_too() -> None:
    with pytest.raises(DayNotInTheCalendar):
        next_business_day(date(2040, 12, 28))


@for_any(DAYS)
def test_the_next_business_day_is_the_first_one(day: date) -> None:
    following = next_business_day(day)
    assert following > day
    assert is_business_day(following)
    between = [day + DAY * gap for gap in range(1, (following - day).days)]
    assert not any(map(is_business_day, between))


@for_any(DAYS, st.integers(0, 5), st.integers(0, 5))
def test_business_days_add_up(day: date, first: int, then: int) -> None:
    assert business_days_after(business_days_after(day, first), then) == business_days_after(
        day, first + then
    )


@for_any(DAYS, DAYS)
def test_who_starts_later_never_ends_earlier(one: date, other: date) -> None:
    early, late = sorted((one, other))
    assert business_days_after(early, 3) <= business_days_after(late, 3)


@for_any(DAYS)
def test_offices_are_never_closed_for_longer_than_ten_days(day: date) -> None:
    assert next_business_day(day) - day <= timedelta(days=11)


def test_she_is_a_year_older_throughout_her_birthday() -> None:
    born = date(2008, 5, 13)
    assert age_on(date(2026, 5, 12), born) == 17
    assert age_on(date(2026, 5, 13), born) == 18
    assert is_child(date(2026, 5, 12), born)
    assert not is_child(date(2026, 5, 13), born)


def test_the_age_is_reached_when_the_day_before_the_birthday_ends() -> None:
    assert comes_of_age(date(2008, 5, 13), 18) == date(2026, 5, 12)
    assert comes_of_age(date(2008, 4, 1), 18) == date(2026, 3, 31)
    assert comes_of_age(date(2008, 1, 1), 18) == date(2025, 12, 31)


def test_who_is_born_on_29_february_is_older_when_28_february_ends() -> None:
    born = date(2008, 2, 29)
    assert comes_of_age(born, 18) == date(2026, 2, 28)
    assert comes_of_age(born, 20) == date(2028, 2, 28)
    assert [age_on(date(2026, 2, 28), born), age_on(date(2026, 3, 1), born)] == [17, 18]
    assert [age_on(date(2028, 2, 28), born), age_on(date(2028, 2, 29), born)] == [19, 20]


@for_any(BIRTHDAYS, st.integers(1, 120))
def test_she_is_younger_on_the_day_that_completes_a_year_and_older_on_the_next(
    born: date, years: int
) -> None:
    completed = comes_of_age(born, years)
    assert age_on(completed, born) == years - 1
    assert age_on(completed + DAY, born) == years


@for_any(BIRTHDAYS)
def test_who_is_born_today_is_no_year_old(born: date) -> None:
    assert age_on(born, born) == 0


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 5, 13), "令和8年5月13日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1872, 12, 31), "西暦1872年12月31日"),
    ],
)
def test_a_day_is_said_in_its_era(day: date, said: str) -> None:
    assert wareki(day) == said


@for_any(st.dates(min_value=date(1873, 1, 1)), st.dates(min_value=date(1873, 1, 1)))
def test_no_two_days_are_said_alike(one: date, other: date) -> None:
    assert (wareki(one) == wareki(other)) == (one == other)
