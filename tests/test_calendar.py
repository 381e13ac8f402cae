"""Dates are decided in Japan; the fiscal year begins on 1 April."""

from datetime import UTC, date, datetime

from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.calendar import date_in_japan, fiscal_year


def test_a_day_ends_at_midnight_in_japan() -> None:
    assert date_in_japan(datetime(2026, 5, 13, 14, 59, 59, tzinfo=UTC)) == date(2026, 5, 13)
    assert date_in_japan(datetime(2026, 5, 13, 15, 0, 0, tzinfo=UTC)) == date(2026, 5, 14)


def test_the_fiscal_year_is_named_for_the_year_it_begins_in() -> None:
    assert fiscal_year(date(2026, 3, 31)) == 2025
    assert fiscal_year(date(2026, 4, 1)) == 2026
    assert fiscal_year(date(2026, 12, 31)) == 2026
    assert fiscal_year(date(2027, 1, 1)) == 2026


@for_any(st.dates(max_value=date(9998, 12, 31)))
def test_the_same_day_a_year_later_is_one_fiscal_year_later(day: date) -> None:
    in_a_year = day.replace(year=day.year + 1, day=min(day.day, 28))
    assert fiscal_year(in_a_year) == fiscal_year(day) + 1
