"""How far a case has come, folded from whatever may be seen of it."""

from functools import reduce
from typing import Final

from hypothesis import given, strategies
from msgspec.structs import replace

from domain.case import (
    Case,
    CaseAccepted,
    CaseClosed,
    CaseEvent,
    CaseReopened,
    CaseTransferred,
    KnownCase,
)
from domain.case import evolve as as_decided
from domain.case.aftercare import AftercareEnded, AftercareStarted
from domain.case.course import STATUS
from domain.case.state import NoCase
from domain.case.stay_events import StayDecided, StayEnded, StayStarted
from domain.case_codes import Status
from domain.model import CLOSED, Event
from projections.case_course import READS, Course, evolve
from tests.told import (
    DAY,
    abroad,
    accepted,
    again,
    assessed,
    ended,
    housed,
    houses,
    in_touch,
    let_go,
    linked,
    moved_out,
    no_longer,
    opened,
    policy,
    protected,
    protects,
    to_another_network,
)

MAY_COME: Final[tuple[CaseEvent, ...]] = (
    accepted, to_another_network, abroad, ended, again, assessed, policy, linked,
    protects, houses, protected, housed, let_go, moved_out, in_touch, no_longer,
)  # fmt: skip
EVERY: Final[tuple[CaseEvent, ...]] = (opened, *MAY_COME)


def course(*events: Event) -> Course:
    return reduce(evolve, events, Course())


@given(strategies.lists(strategies.sampled_from(MAY_COME), max_size=30))
def test_whoever_sees_all_of_it_sees_where_it_stands(life: list[CaseEvent]) -> None:
    case = as_decided(NoCase(), opened)
    happened: list[CaseEvent] = [opened]
    for event in life:
        if may_come(case, event):
            case = as_decided(case, event)
            happened.append(event)
    assert isinstance(case, KnownCase)
    seen = course(*happened)
    assert (seen.status, seen.stage) == (case.status, case.stage)
    assert seen.closed_on == case.closed_on


def may_come(case: Case, event: CaseEvent) -> bool:
    assert isinstance(case, KnownCase)
    stays = case.stays.stays
    match event:
        case CaseAccepted() | CaseTransferred() | CaseClosed() | CaseReopened():
            return STATUS.allows(case.status, type(event))
        case StayDecided(stay_id=stay):
            return stay not in stays
        case StayStarted(stay_id=stay):
            return not case.stays.active and stay in stays and stays[stay].status == "DECIDED"
        case StayEnded(stay_id=stay):
            return case.stays.active == stay
        case AftercareStarted() | AftercareEnded():
            return case.aftercare.runs == isinstance(event, AftercareEnded)
        case _:
            return True


def test_a_case_is_closed_opened_again_and_closed() -> None:
    statuses: list[Status | None] = ["CONTACT", "ACTIVE", "CLOSED", "ACTIVE", "CLOSED"]
    story = (opened, accepted, ended, again, ended)
    assert [course(*story[:n]).status for n in range(1, 6)] == statuses
    assert course(*story).closed_on == DAY
    assert course(opened, ended, again) == course(opened)


def test_where_a_case_went_is_not_told_to_who_may_not_know_where_she_is() -> None:
    assert course(opened, accepted, abroad).status == "TRANSFERRED"
    assert course(opened, accepted, replace(abroad, to_network=CLOSED)).status == "ACTIVE"


def test_what_cannot_be_told_from_what_is_seen_is_left_open() -> None:
    assert course(ended, again).status is None
    assert course(opened, protected).stage is None
    assert course(opened, replace(protects, kind=CLOSED), protected).stage is None


def test_an_event_of_which_its_own_field_is_closed_has_not_been_seen() -> None:
    for event in EVERY:
        hidden = replace(event, **dict.fromkeys(event.__struct_fields__, CLOSED))
        assert course(opened, accepted, hidden) == course(opened, accepted)


@given(strategies.data())
def test_any_fields_of_any_events_can_be_folded(data: strategies.DataObject) -> None:
    seen: list[Event] = []
    for event in data.draw(strategies.lists(strategies.sampled_from(EVERY))):
        hidden = data.draw(strategies.sets(strategies.sampled_from(event.__struct_fields__)))
        seen.append(replace(event, **dict.fromkeys(hidden, CLOSED)))
    found = course(*seen)
    assert CLOSED not in {found.status, found.stage, found.closed_on}


def test_every_event_that_is_read_is_tried() -> None:
    assert set(READS) == {type(event) for event in EVERY}
