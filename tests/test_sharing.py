"""What the record of a case says about who may see it."""

from datetime import UTC, date, datetime
from functools import reduce

import pytest
from hypothesis import given, strategies
from msgspec.structs import replace

from domain.model import Event, stream_of
from domain.sharing import Grant, Sharing, evolve, replay
from tests.spec import CENTRE, CITY, POLICE
from tests.told import (
    GRANT,
    REFERRAL,
    WOMAN,
    accepted,
    by,
    consulted,
    corrected,
    drafted,
    granted,
    identified,
    joined,
    left,
    moved,
    note,
    opened,
    sent,
    told,
    withdrawn,
)

SNAPSHOT = replace(granted, history="SNAPSHOT")


def grant(*events: object) -> Grant:
    return replay(told(by(CITY, opened, *events))).grants[GRANT]  # type: ignore[arg-type]


def test_of_a_case_nothing_has_happened_in_nobody_knows_anything() -> None:
    nothing = replay(())
    assert (nothing.subject, nothing.main_responsible, nothing.participants) == (
        None, None, frozenset(),
    )  # fmt: skip


def test_who_takes_part_and_who_answers_for_her_is_as_the_case_says() -> None:
    sharing = replay(told(by(CITY, opened, accepted), by(CENTRE, joined, moved)))
    assert sharing.subject == WOMAN
    assert sharing.main_responsible == CENTRE.agency
    assert sharing.participants == {CITY.agency, CENTRE.agency}


def test_a_grant_is_there_from_its_record_until_it_is_withdrawn() -> None:
    history = told(by(CITY, opened, granted, withdrawn))
    assert [set(replay(history[:n]).grants) for n in (1, 2, 3)] == [set(), {GRANT}, set()]


def test_consent_to_anything_but_sharing_opens_nothing() -> None:
    protection = replace(granted, kind="TEMPORARY_PROTECTION")
    assert replay(told(by(CITY, opened, protection))).grants == {}


def test_the_receiver_is_a_side_of_a_referral_from_the_sending_on() -> None:
    history = told(by(CITY, opened, drafted, sent))
    drafts, sends = (replay(history[:n]).referrals[stream_of("referral", REFERRAL)] for n in (2, 3))
    assert [who.agency in drafts for who in (CITY, CENTRE, POLICE)] == [True, False, False]
    assert [who.agency in sends for who in (CITY, CENTRE, POLICE)] == [True, True, False]


@pytest.mark.parametrize(
    ("at", "in_force"),
    [
        (datetime(2026, 5, 13, 4, 19, tzinfo=UTC), False),  # Before she agreed.
        (datetime(2026, 5, 13, 4, 20, tzinfo=UTC), True),
        (datetime(2026, 5, 31, 14, 59, 59, tzinfo=UTC), True),  # 31 May, one second to midnight
        (datetime(2026, 5, 31, 15, 0, tzinfo=UTC), False),  # in Japan.
    ],
)
def test_a_date_means_the_end_of_that_day_in_japan(at: datetime, *, in_force: bool) -> None:
    until = replace(granted, valid_until=date(2026, 5, 31))
    assert grant(until).granted.in_force(at) is in_force


def test_a_grant_reaches_what_is_recorded_after_it() -> None:
    history = told(by(CITY, opened, consulted, replace(granted, history="NONE"), consulted))
    reached = replay(history).grants[GRANT]
    assert [reached.reaches(it, "main_problem") for it in history] == [False, False, False, True]


def test_with_all_its_history_a_grant_reaches_everything() -> None:
    history = told(by(CITY, opened, consulted, granted, consulted))
    assert all(replay(history).grants[GRANT].reaches(it, "") for it in history)


def test_a_snapshot_holds_the_last_event_of_each_type() -> None:
    history = told(by(CITY, opened, consulted, note, consulted, SNAPSHOT, note))
    reached = replay(history).grants[GRANT]
    assert [reached.reaches(it, "") for it in history] == [True, False, True, True, False, True]


def test_what_an_agency_recorded_is_the_state_whatever_another_has_recorded() -> None:
    history = told(
        by(CITY, opened, identified, consulted),
        by(CENTRE, consulted, corrected),
        by(CITY, SNAPSHOT),
    )
    reached = replay(history).grants[GRANT]
    assert all(reached.reaches(it, "name") for it in history[1:5])


def test_a_snapshot_stays_as_it_was_whatever_is_recorded_later() -> None:
    history = told(by(CITY, opened, consulted, SNAPSHOT, consulted, consulted))
    assert replay(history).grants[GRANT].reaches(history[1], "")


def test_in_a_snapshot_a_correction_that_is_closed_hides_all_that_was_said_before_it() -> None:
    history = told(by(CITY, opened, identified, corrected, SNAPSHOT))
    reached = replay(history).grants[GRANT]
    assert [reached.reaches(it, "name") for it in history] == [True, False, True, False]


def test_in_a_snapshot_a_correction_that_is_open_hides_only_what_it_says_anew() -> None:
    reading = replace(corrected, name=None, birth_date=None, gender_identity_note=None)
    history = told(by(CITY, opened, identified, replace(reading, kana="アイカワ"), SNAPSHOT))
    reached = replay(history).grants[GRANT]
    said = {name: [reached.reaches(it, name) for it in history[1:3]] for name in ("name", "kana")}
    assert said == {"name": [True, False], "kana": [False, True]}


def test_a_correction_after_a_snapshot_leaves_it_as_it_was() -> None:
    history = told(by(CITY, opened, identified, SNAPSHOT, corrected))
    reached = replay(history).grants[GRANT]
    assert [reached.reaches(it, "name") for it in history] == [True, True, False, True]


def test_somebody_who_was_handed_on_from_may_stay_or_go() -> None:
    gone = replace(moved, from_remains=False)
    history = told(by(CITY, opened, accepted, joined), by(CENTRE, gone, left))
    assert replay(history).participants == {CENTRE.agency}


@given(strategies.lists(strategies.sampled_from([consulted, note, corrected, SNAPSHOT, joined])))
def test_going_quickly_past_what_says_nothing_changes_nothing(more: list[Event]) -> None:
    history = told(by(CITY, opened, drafted, *more, sent))
    assert replay(history) == reduce(evolve, history, Sharing())
