"""How far a grievance has come, folded from whatever may be seen of it; and in whose register."""

from datetime import date

import pytest
from hypothesis import given, strategies
from msgspec import to_builtins
from msgspec.json import encode
from msgspec.structs import replace

from domain.grievance import GrievanceEvent
from domain.model import CLOSED, AgencyId, Event, EventId, stream_of
from domain.sharing import Told
from projections.grievance_register import GRIEVANCE_REGISTER
from projections.grievance_view import GrievanceView, project
from projections.tables import Seen, fold, touched
from tests.spec import NOW
from tests.test_grievance import (
    HANDLED,
    NPO,
    OFFICE,
    OMBUDSMAN,
    PREFECTURE,
    STATES,
    WHICH,
    acknowledged,
    answered,
    escalated,
    improved,
    received,
    reopened,
    shared,
)
from tests.test_lists import header
from tests.told import consulted

STORY: tuple[Event, ...] = (*HANDLED, shared, answered, improved, escalated, reopened, consulted)


@pytest.mark.parametrize("state", STATES)
def test_the_view_says_how_far_it_has_come(state: str) -> None:
    assert project(STATES[state]).status == state


def test_what_is_due_is_there_until_it_is_done() -> None:
    new = project((received,))
    assert (new.acknowledge_by, new.answer_by) == (date(2026, 5, 18), date(2026, 6, 12))
    heard = project((received, acknowledged))
    assert (heard.acknowledge_by, heard.answer_by) == (None, date(2026, 6, 12))
    assert project((*HANDLED, answered)).answer_by is None
    again = project((*HANDLED, answered, reopened))
    assert again.answer_by == date(2026, 6, 12)


def test_what_was_received_before_deadlines_were_said_has_the_usual_ones() -> None:
    old = replace(received, acknowledge_by=None, answer_by=None)
    assert project((old,)) == project((received,))


def test_whoever_it_was_taken_to_has_no_handler_yet() -> None:
    assert project((*HANDLED, escalated)).handler is None
    assert project(HANDLED).handler == OFFICE.agency


def test_what_else_happens_in_the_case_is_no_part_of_it() -> None:
    assert project((consulted,)) == GrievanceView()


@given(strategies.data())
def test_any_fields_of_any_events_can_be_folded(data: strategies.DataObject) -> None:
    closed: list[Event] = []
    for event in data.draw(strategies.lists(strategies.sampled_from(STORY))):
        hidden = data.draw(strategies.sets(strategies.sampled_from(event.__struct_fields__)))
        closed.append(replace(event, **dict.fromkeys(hidden, CLOSED)))
    assert b"withheld" not in encode(to_builtins(project(closed), str_keys=True))


def in_registers(*events: GrievanceEvent) -> dict[AgencyId, int]:
    stream = stream_of("grievance", WHICH)
    seen: list[Seen] = []
    for position, event in enumerate(events, start=1):
        told = Told(position, stream, PREFECTURE.agency, event, EventId(WHICH))
        if type(event) in (GRIEVANCE_REGISTER.wants or ()):
            seen.append(Seen(position, NOW, header(told, None), event))
    rows = fold(GRIEVANCE_REGISTER, {}, touched(GRIEVANCE_REGISTER, seen)).values()
    return {row.agency: row.since for row in rows if row is not None}


def test_it_stands_in_the_register_of_each_who_comes_to_have_a_part_in_it() -> None:
    assert in_registers(received, acknowledged) == {PREFECTURE.agency: 1}
    assert in_registers(*HANDLED) == {PREFECTURE.agency: 1, OFFICE.agency: 3}
    after = in_registers(*HANDLED, shared, escalated, replace(escalated, to_agency=OFFICE.agency))
    assert after[NPO.agency] == 4
    assert after[OMBUDSMAN.agency] == 5
    assert after[OFFICE.agency] == 3, "it keeps its place"
