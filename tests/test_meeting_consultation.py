"""The consultation about a case: open, agreed, unsettled, or settled by the network (協議)."""

from typing import Final

import pytest
from msgspec.structs import replace

from domain.machine import NOT_YET, Edge
from domain.meeting import CONSULTATION, Consultation, MeetingCommand, MeetingEvent
from domain.meeting.events import MainSupportAgencyDesignated
from domain.meeting.settling import ConsultationIsOver, NothingUnsettled, consulted
from domain.meeting.state import CaseNotTabled
from domain.model import Context
from domain.speech import Refused
from tests.conferring import (
    HELD,
    designate,
    disagree,
    knowing,
    meeting,
    planned,
    settle,
    table,
    tabled,
    unsettled,
)
from tests.courses import course
from tests.spec import CENTRE, CITY, SHELTER

HOW_IT_STANDS: Final[dict[str, Consultation]] = {
    NOT_YET: Consultation(),
    "OPEN": Consultation(status="OPEN"),
    "AGREED": Consultation(status="AGREED"),
    "UNSETTLED": unsettled(CITY, SHELTER),
    "DESIGNATED": Consultation(status="DESIGNATED", designated=SHELTER.agency),
}
COMMANDS: Final[dict[str, tuple[MeetingCommand, Context]]] = {
    "table": (table, CENTRE),
    "settle": (settle, CENTRE),
    "disagree": (disagree, CENTRE),
    "designate": (designate, CITY),
}
WHY: Final[dict[str, type[Refused]]] = {
    "table": CaseNotTabled,
    "over": ConsultationIsOver,
    "nothing": NothingUnsettled,
}
# Tabled in another meeting, a case is open anew; but what is unsettled stays so until it is.
TABLE: Final = """
          —     OPEN       AGREED  UNSETTLED   DESIGNATED
table     OPEN  OPEN       OPEN    UNSETTLED   OPEN
settle    table AGREED     over    AGREED      over
disagree  table UNSETTLED  over    UNSETTLED   over
designate table nothing    nothing DESIGNATED  nothing
"""
CELLS: Final = [
    (name, state, said)
    for name, *row in (line.split() for line in TABLE.splitlines()[2:])
    for state, said in zip(HOW_IT_STANDS, row, strict=True)
]
course("consultation", ((state, name, WHY.get(said, said)) for name, state, said in CELLS))


@pytest.mark.parametrize(("name", "state", "said"), CELLS)
def test_it_goes_on_as_the_table_says_and_in_no_other_way(name: str, state: str, said: str) -> None:
    came = outcome(name, state)
    if said in WHY:
        assert came is WHY[said]
        return
    assert isinstance(came, tuple)
    after = HOW_IT_STANDS[state]
    for event in came:
        after = consulted(after, event, anew=name == "table")
    assert after.status == said


def outcome(name: str, state: str) -> tuple[MeetingEvent, ...] | type[Refused]:
    command, by = COMMANDS[name]
    decider = meeting(knowing(consultation=HOW_IT_STANDS[state]))
    # It comes on the table of this meeting for the first time, or has come there before.
    history = (planned,) if name == "table" else HELD
    if state == NOT_YET and name != "table":
        history = tuple(event for event in HELD if event != tabled)
    try:
        return decider.decide(decider.replay(history), command, by)
    except Refused as refused:
        return type(refused)


def test_the_machine_has_just_the_edges_of_the_table_but_for_another_meeting() -> None:
    seen: set[Edge] = set()
    for name, state, said in CELLS:
        came = outcome(name, state)
        if isinstance(came, tuple) and (name != "table" or state == NOT_YET):
            seen |= {Edge(state, type(event), said) for event in came}
    assert set(CONSULTATION.edges) == seen


def test_in_the_same_meeting_more_of_a_case_may_be_tabled_without_beginning_anew() -> None:
    more = replace(tabled, categories=frozenset({"ECO"}))
    for state, consultation in HOW_IT_STANDS.items():
        if state != NOT_YET:
            assert consulted(consultation, more, anew=False) == consultation


def test_whose_positions_are_recorded_are_parties_until_it_is_settled() -> None:
    (position,) = outcome_of("disagree", "OPEN")
    once = consulted(HOW_IT_STANDS["OPEN"], position, anew=False)
    assert once.parties == {CITY.agency, SHELTER.agency}
    (settled,) = outcome_of("settle", "UNSETTLED")
    assert consulted(once, settled, anew=False) == Consultation(status="AGREED")
    (named,) = outcome_of("designate", "UNSETTLED")
    assert isinstance(named, MainSupportAgencyDesignated)
    assert consulted(once, named, anew=False).designated == SHELTER.agency


def outcome_of(name: str, state: str) -> tuple[MeetingEvent, ...]:
    came = outcome(name, state)
    assert isinstance(came, tuple)
    return came
