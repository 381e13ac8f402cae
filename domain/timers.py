"""Timers (期限): by when something has to be done, as a network has set it for itself.

What begins takes its deadline with it, in its event: rules that are adopted later move nothing
that already runs. Where no network applies, or it has said nothing, these defaults hold.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal, TypeAlias, assert_never

from msgspec import Meta

from domain.calendar import (
    SATURDAY,
    DayNotInTheCalendar,
    date_in_japan,
    next_business_day,
)
from domain.guarded import Guarded

# How soon an answer is asked for. It follows from the urgency, which itself stays sealed.
AnswerWithin: TypeAlias = Literal["HOURS", "DAY", "BUSINESS_DAYS"]


Months: TypeAlias = Annotated[int, Meta(ge=1, lt=13)]


class TimerRules(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nobody sets one to nothing, nor so far off that it would be none.

    What a network has adopted stands in its rules whole, be it the default or not.
    """

    answer_critical_hours: Annotated[int, Meta(ge=1, lt=25)] = 2
    answer_high_hours: Annotated[int, Meta(ge=1, lt=73)] = 24
    answer_business_days: Annotated[int, Meta(ge=1, lt=11)] = 3
    purge_days: Annotated[int, Meta(ge=1, lt=61)] = 14
    acknowledge_grievance_business_days: Annotated[int, Meta(ge=1, lt=11)] = 3
    answer_grievance_days: Annotated[int, Meta(ge=1, lt=91)] = 30
    review_disclosure_days: Annotated[int, Meta(ge=1, lt=8)] = 7
    settle_days: Annotated[int, Meta(ge=1, lt=61)] = 7
    assess_days: Annotated[int, Meta(ge=1, lt=4)] = 3
    consent_notice_days: Annotated[int, Meta(ge=1, lt=91)] = 30
    legal_step_notice_months: Annotated[int, Meta(ge=1, lt=7)] = 1
    retention_years: Annotated[int, Meta(ge=1, lt=31)] = 5


class Timers(TimerRules, frozen=True, kw_only=True):
    """All of them: the interval of reviews has been a rule from the beginning."""

    review_interval_months: Months = 3

    @classmethod
    def of(cls, rules: TimerRules, review_interval_months: int) -> "Timers":
        named = {name: getattr(rules, name) for name in rules.__struct_fields__}
        return cls(**{**named, "review_interval_months": review_interval_months})


DEFAULTS: Final = Timers()
MIDNIGHT_IN_JAPAN: Final = time(15)  # In UTC.


def answer_due(timers: Timers, within: AnswerWithin | None, at: datetime) -> datetime:
    """INV-R5. ``None`` was drafted before that was said: the longest of the three.

    Business days end with the day: to the minute, midnight in Japan.
    """
    match within:
        case "HOURS":
            return at + timedelta(hours=timers.answer_critical_hours)
        case "DAY":
            return at + timedelta(hours=timers.answer_high_hours)
        case "BUSINESS_DAYS" | None:
            return end_of(_business_days_after(date_in_japan(at), timers.answer_business_days))
    assert_never(within)


def end_of(day: date) -> datetime:
    """The first moment after that day in Japan, in UTC; of every day there is."""
    return datetime.combine(day, MIDNIGHT_IN_JAPAN, UTC)


def purge_due(timers: Timers, on: date) -> date:
    return on + timedelta(days=timers.purge_days)


def acknowledge_by(timers: Timers, on: date) -> date:
    """INV-G2."""
    return _business_days_after(on, timers.acknowledge_grievance_business_days)


def answer_by(timers: Timers, on: date) -> date:
    """INV-G2."""
    return on + timedelta(days=timers.answer_grievance_days)


def review_disclosure_by(timers: Timers, on: date) -> date:
    """INV-X5: of what was told without her consent."""
    return on + timedelta(days=timers.review_disclosure_days)


def settle_by(timers: Timers, since: date) -> date:
    return since + timedelta(days=timers.settle_days)


def assess_by(timers: Timers, on: date) -> date:
    """INV-K8: where she had to be protected before she could be heard."""
    return on + timedelta(days=timers.assess_days)


def review_case_by(timers: Timers, on: date) -> date:
    """INV-M2."""
    return months_after(on, timers.review_interval_months)


def remind_of_consent_on(timers: Timers, valid_until: date | None, today: date) -> date | None:
    """What ends sooner than that is to be thought of at once."""
    if valid_until is None:
        return None
    return max(today, valid_until - timedelta(days=timers.consent_notice_days))


def remind_of_legal_step_on(timers: Timers, expires_on: date | None, today: date) -> date | None:
    """Whatever kind of step it is: that there is a reminder tells nothing of which."""
    if expires_on is None:
        return None
    return max(today, months_after(expires_on, -timers.legal_step_notice_months))


def move_responsibility_by(on: date) -> date:
    """What a suspended agency answers for; no network may take longer."""
    return _business_days_after(on, 1)


def retained_until(timers: Timers, closed_on: date) -> date:
    return months_after(closed_on, 12 * timers.retention_years)


def months_after(day: date, months: int) -> date:
    """The same day of that month, or its last one where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _business_days_after(day: date, number: int) -> date:
    """Past the table of holidays only weekends are known: no deadline waits for a new table."""
    for _ in range(number):
        try:
            day = next_business_day(day)
        except DayNotInTheCalendar:
            day += timedelta(days=1)
            while day.weekday() >= SATURDAY:
                day += timedelta(days=1)
    return day
