"""How far a referral has come, folded from whatever may be seen of it."""

from hypothesis import given, strategies
from msgspec.json import encode
from msgspec.structs import replace

from domain.model import CLOSED, ERASED, Event
from projections.referral_view import ReferralView, project
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


@given(strategies.data())
def test_any_fields_of_any_events_can_be_folded(data: strategies.DataObject) -> None:
    closed: list[Event] = []
    for event in data.draw(strategies.lists(strategies.sampled_from((drafted, *STORY[1:])))):
        hidden = data.draw(strategies.sets(strategies.sampled_from(event.__struct_fields__)))
        closed.append(replace(event, **dict.fromkeys(hidden, CLOSED)))
    assert b"withheld" not in encode(project(closed))
