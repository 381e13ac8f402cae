"""By when something has to be done: by the rules of a network, and never by none."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from domain.timers import (
    DEFAULTS,
    TimerRules,
    Timers,
    acknowledge_by,
    answer_by,
    answer_due,
    assess_by,
    end_of,
    months_after,
    move_responsibility_by,
    purge_due,
    remind_of_consent_on,
    remind_of_legal_step_on,
    retained_until,
    review_case_by,
    review_disclosure_by,
    settle_by,
)
from tests.spec import NOW

TODAY = date(2026, 5, 13)


def test_where_no_network_has_said_anything_the_usual_times_hold() -> None:
    assert answer_due(DEFAULTS, "HOURS", NOW) == NOW + timedelta(hours=2)
    assert answer_due(DEFAULTS, "DAY", NOW) == NOW + timedelta(days=1)
    assert answer_due(DEFAULTS, "BUSINESS_DAYS", NOW) == end_of(date(2026, 5, 18))
    assert purge_due(DEFAULTS, TODAY) == date(2026, 5, 27)
    assert acknowledge_by(DEFAULTS, TODAY) == date(2026, 5, 18)
    assert answer_by(DEFAULTS, TODAY) == date(2026, 6, 12)
    assert review_disclosure_by(DEFAULTS, TODAY) == date(2026, 5, 20)
    assert settle_by(DEFAULTS, TODAY) == date(2026, 5, 20)
    assert assess_by(DEFAULTS, TODAY) == date(2026, 5, 16)
    assert review_case_by(DEFAULTS, TODAY) == date(2026, 8, 13)
    assert retained_until(DEFAULTS, TODAY) == date(2031, 5, 13)


def test_a_network_has_its_own() -> None:
    own = Timers(
        answer_critical_hours=1, answer_business_days=1, purge_days=7, review_interval_months=1
    )
    assert answer_due(own, "HOURS", NOW) == NOW + timedelta(hours=1)
    assert answer_due(own, "BUSINESS_DAYS", NOW) == end_of(date(2026, 5, 14))
    assert purge_due(own, TODAY) == date(2026, 5, 20)
    assert review_case_by(own, TODAY) == date(2026, 6, 13)
    assert Timers.of(TimerRules(purge_days=7), 1) == Timers(purge_days=7, review_interval_months=1)


@pytest.mark.parametrize("name", TimerRules.__struct_fields__)
def test_nobody_sets_a_time_to_nothing_nor_out_of_sight(name: str) -> None:
    for beyond in (0, 1000):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({name: beyond}, TimerRules)
    assert msgspec.convert({name: 1}, TimerRules) != TimerRules() or getattr(DEFAULTS, name) == 1


def test_what_was_adopted_is_said_whole() -> None:
    """A default of ours that changed later would move what they have adopted."""
    said = msgspec.json.decode(msgspec.json.encode(TimerRules()), type=dict[str, int])
    assert said.keys() == {*TimerRules.__struct_fields__}


def test_a_day_ends_at_midnight_in_japan() -> None:
    assert end_of(TODAY) == datetime(2026, 5, 13, 15, tzinfo=UTC)
    assert end_of(date.max) == datetime(9999, 12, 31, 15, tzinfo=UTC)  # Such a day was once taken.


def test_business_days_pass_over_weekends_and_holidays_and_go_on_past_their_table() -> None:
    golden_week = date(2026, 4, 30)
    assert acknowledge_by(DEFAULTS, golden_week) == date(2026, 5, 8)
    assert move_responsibility_by(date(2026, 5, 15)) == date(2026, 5, 18)
    # The table of holidays ends with 2040: from there on, weekends alone are known.
    assert acknowledge_by(DEFAULTS, date(2041, 3, 1)) == date(2041, 3, 6)


def test_months_end_where_they_end() -> None:
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_after(date(2027, 3, 31), -1) == date(2027, 2, 28)
    assert retained_until(DEFAULTS, date(2028, 2, 29)) == date(2033, 2, 28)


def test_there_is_time_to_renew_and_what_ends_sooner_is_thought_of_at_once() -> None:
    assert remind_of_legal_step_on(DEFAULTS, date(2027, 8, 2), TODAY) == date(2027, 7, 2)
    assert remind_of_consent_on(DEFAULTS, date(2026, 9, 30), TODAY) == date(2026, 8, 31)
    soon = TODAY + timedelta(days=3)
    assert remind_of_legal_step_on(DEFAULTS, soon, TODAY) == TODAY
    assert remind_of_consent_on(DEFAULTS, soon, TODAY) == TODAY
    assert remind_of_legal_step_on(DEFAULTS, None, TODAY) is None
    assert remind_of_consent_on(DEFAULTS, None, TODAY) is None
