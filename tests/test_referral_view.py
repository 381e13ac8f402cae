"""How far a referral has come, folded from whatever may be seen of it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies
from msgspec.json import encode
from msgspec.structs import replace

from domain.model import CLOSED, ERASED, Event
from domain.referral import ReferralStatus
from projections.referral_view import Moments, ReferralView, moments, project, unanswered_since
from tests.spec import CENTRE, CITY, NOW
from tests.told import consulted, drafted, handed_over, received, sent, taken

open_draft = replace(drafted, purpose="PROTECTION", urgency=ERASED)
STORY: tuple[Event, ...] = (open_draft, sent, received, taken, handed_over)


def test_the_whole_story_folds_to_where_it_ended() -> None:
    assert project(STORY) == ReferralView(
        status="COMPLETED",
        kind="TEMPORARY_PROTECTION_REQUEST",
        sender=CITY.agency,
        receiver=CENTRE.agency,
        purpose="PROTECTION",
        urgency=ERASED,
        sent_at=NOW,
        accompanied=False,
    )


def test_each_event_brings_it_as_far_as_it_says() -> None:
    assert [project(STORY[:n]).status for n in range(6)] == [
        None, "DRAFT", "SENT", "RECEIVED", "ACCEPTED", "COMPLETED",
    ]  # fmt: skip


def test_what_else_happens_in_the_case_is_no_part_of_it() -> None:
    assert project((consulted,)) == ReferralView()


def test_each_step_is_taken_when_it_is_said_to_be_or_else_when_it_happened() -> None:
    hours = [(event, NOW + timedelta(hours=n)) for n, event in enumerate(STORY)]
    assert moments(hours) == Moments(
        sent_at=NOW,
        received_at=received.at,
        answered_at=NOW + timedelta(hours=3),
        handed_over_at=NOW + timedelta(hours=4),
        ended_at=NOW + timedelta(hours=4),
    )


def test_of_a_step_that_may_not_be_seen_nobody_hears_when_it_was_taken() -> None:
    assert moments([(sent, NOW), (replace(taken, on=CLOSED), NOW)]) == Moments(sent_at=NOW)


@pytest.mark.parametrize(
    ("status", "since"),
    [
        ("DRAFT", None),
        ("INQUIRED", NOW),
        ("SENT", NOW + timedelta(days=1)),
        ("RECEIVED", NOW + timedelta(days=1)),
        ("INFO_REQUESTED", NOW + timedelta(days=1)),
        ("ACCEPTED", None),
        ("DECLINED", None),
    ],
)
def test_it_is_unanswered_as_long_as_nobody_has_said_yes_or_no(
    status: ReferralStatus, since: datetime | None
) -> None:
    at = Moments(asked_at=NOW, sent_at=NOW + timedelta(days=1))
    assert unanswered_since(status, at) == since


@given(strategies.data())
def test_any_fields_of_any_events_can_be_folded(data: strategies.DataObject) -> None:
    closed: list[Event] = []
    for event in data.draw(strategies.lists(strategies.sampled_from((drafted, *STORY[1:])))):
        hidden = data.draw(strategies.sets(strategies.sampled_from(event.__struct_fields__)))
        closed.append(replace(event, **dict.fromkeys(hidden, CLOSED)))
    assert b"withheld" not in encode(project(closed))
