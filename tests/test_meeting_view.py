"""What a meeting has come to, folded from whatever may be seen of it."""

from datetime import date

from hypothesis import given, strategies
from msgspec import to_builtins
from msgspec.json import encode
from msgspec.structs import replace

from domain.meeting.events import DecisionAcknowledged, DecisionProgressReported, MaterialFiled
from domain.model import CLOSED as NOT_SEEN
from domain.model import Event
from projections.meeting_view import Decision, MeetingView, Review, project
from tests.conferring import (
    CLOSED,
    CONVENED,
    DECISION,
    DOCUMENT,
    HELD,
    HER,
    MINUTED,
    agenda,
    cancelled,
    decided,
    deferred,
    designated,
    disagreed,
    no_longer_invited,
    reviewed,
)
from tests.spec import CENTRE, CITY, SHELTER
from tests.told import consulted

acknowledged = DecisionAcknowledged(decision_id=DECISION, by_agency=CITY.agency)
reported = DecisionProgressReported(
    decision_id=DECISION, subject_id=HER, status="DONE", text="受理された"
)
filed = MaterialFiled(name="支援経過一覧", hash=DOCUMENT)
STORY: tuple[Event, ...] = (
    *CLOSED, agenda, acknowledged, reported, filed, reviewed, deferred, disagreed, designated,
    cancelled,
)  # fmt: skip


def test_it_has_come_as_far_as_its_last_step() -> None:
    assert [project(CLOSED[:n]).status for n in (0, 1, 4, 5, 6, 9, 10, 11, 12, 13)] == [
        None, "PLANNED", "PLANNED", "CONVENED", "HELD", "HELD", "MINUTED", "CONFIRMED", "SHARED",
        "CLOSED",
    ]  # fmt: skip
    assert project((*CONVENED, cancelled)).status == "CANCELLED"


def test_it_says_who_is_asked_and_no_longer_who_was_left_out() -> None:
    assert project(CONVENED).invitees == {CITY.agency: "MEMBER", SHELTER.agency: "MEMBER"}
    left = project((*CONVENED, no_longer_invited(SHELTER)))
    assert left.invitees == {CITY.agency: "MEMBER"}


def test_it_says_who_came_and_what_the_minutes_say() -> None:
    view = project(MINUTED)
    assert view.attendees == (CENTRE.agency, CITY.agency, SHELTER.agency)
    assert view.minutes == "入所を希望。生活保護を申請する。"
    assert (view.next_on, view.next_not_needed) == (date(2026, 6, 3), False)


def test_a_decision_is_told_with_who_knows_it_and_how_far_it_is() -> None:
    view = project((*HELD, decided, acknowledged, reported))
    assert view.decisions == {
        DECISION: Decision(
            kind="SERVICE",
            text="生活保護の申請に同行する",
            agreed=decided.agreed,
            dissenting=frozenset(),
            due=decided.due,
            settles=False,
            acknowledged=(CITY.agency,),
            progress="DONE",
            progress_text="受理された",
        )
    }


def test_of_a_decision_that_may_not_be_seen_nobody_hears_who_knows_it() -> None:
    hidden = replace(decided, decision_id=NOT_SEEN)
    assert project((hidden, acknowledged, reported)).decisions == {}


def test_a_review_that_was_put_off_is_none_yet() -> None:
    assert project((reviewed, deferred)).review == Review(deferred_because="担当者が出席できない")


def test_what_else_happens_in_the_case_is_no_part_of_it() -> None:
    assert project((consulted,)) == MeetingView()


@given(strategies.data())
def test_any_fields_of_any_events_can_be_folded(data: strategies.DataObject) -> None:
    closed: list[Event] = []
    for event in data.draw(strategies.lists(strategies.sampled_from(STORY))):
        hidden = {name for name in event.__struct_fields__ if data.draw(strategies.booleans())}
        closed.append(replace(event, **dict.fromkeys(hidden, NOT_SEEN)))
    assert b"withheld" not in encode(to_builtins(project(closed), str_keys=True))
