"""Grievances: received, acknowledged, handled by somebody else, answered, and taken further."""

from datetime import date
from itertools import product
from typing import Final, TypeAlias, get_args

import pytest
from msgspec.structs import replace

from domain.grievance import (
    GRIEVANCE,
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    ComplainantDoesNotAgree,
    EscalateGrievance,
    FindingsRecorded,
    GiveResponse,
    GrievanceAcknowledged,
    GrievanceClosed,
    GrievanceCommand,
    GrievanceEscalated,
    GrievanceEvent,
    GrievanceHasNoHandler,
    GrievanceIsAnswered,
    GrievanceIsClosed,
    GrievanceNotAcknowledged,
    GrievanceNotAnswered,
    GrievanceNotFound,
    GrievanceReceived,
    GrievanceReopened,
    GrievanceShared,
    GrievanceStillOpen,
    HandlerAssigned,
    HandlerComplainedAbout,
    ImprovementRecorded,
    KnownGrievance,
    NotAnsweringForIt,
    NotTheHandler,
    ReceiveGrievance,
    RecordFindings,
    RecordImprovement,
    ReopenGrievance,
    ResponseGiven,
    ShareGrievance,
    grievance_of,
)
from domain.model import CLOSED, ERASED, CaseId, Context, GrievanceId, Withheld
from domain.speech import Refused
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import an_id, given, someone, without_words

PREFECTURE: Final = someone(1, "PRACTITIONER")  # It hears the grievance, and answers for it.
OFFICE: Final = someone(2, "CASEWORKER")  # It handles it.
DIVISION: Final = someone(3, "CASEWORKER")  # It is complained about.
OMBUDSMAN: Final = someone(4, "REPRESENTATIVE")
NPO: Final = someone(5, "CASEWORKER")
CASE: Final = CaseId(an_id(50))
WHICH: Final = GrievanceId(PREFECTURE.new_id)
TODAY: Final = date(2026, 5, 13)
DECIDER: Final = grievance_of(CASE)
ABOUT: Final = frozenset({DIVISION.agency})

receive = ReceiveGrievance(
    complainant="SUBJECT", about_agencies=ABOUT, text="窓口で三度も同じ話をさせられました。"
)
received = GrievanceReceived(
    grievance_id=WHICH,
    case_id=CASE,
    received_by=PREFECTURE.agency,
    about_agencies=ABOUT,
    about_staff=frozenset(),
    on=TODAY,
    acknowledge_by=date(2026, 5, 18),
    answer_by=date(2026, 6, 12),
    complainant="SUBJECT",
    text="窓口で三度も同じ話をさせられました。",
)
acknowledge = AcknowledgeGrievance(grievance_id=WHICH)
acknowledged = GrievanceAcknowledged(grievance_id=WHICH, on=TODAY)
assign = AssignHandler(grievance_id=WHICH, handler=OFFICE.agency)
assigned = HandlerAssigned(grievance_id=WHICH, handler=OFFICE.agency)
share = ShareGrievance(
    grievance_id=WHICH,
    shared_with=frozenset({DIVISION.agency, NPO.agency}),
    extent="SUMMARY",
    complainant_agrees=False,
    summary="聞き取りが重複していたとの申出",
)
shared = GrievanceShared(
    grievance_id=WHICH,
    shared_with=frozenset({DIVISION.agency, NPO.agency}),
    extent="SUMMARY",
    complainant_agrees=False,
    summary="聞き取りが重複していたとの申出",
)
find = RecordFindings(grievance_id=WHICH, findings="記録の引き継ぎが行われていなかった。")
found = FindingsRecorded(grievance_id=WHICH, findings="記録の引き継ぎが行われていなかった。")
answer = GiveResponse(grievance_id=WHICH, response="お詫びし、引き継ぎの手順を改めました。")
answered = ResponseGiven(
    grievance_id=WHICH, on=TODAY, response="お詫びし、引き継ぎの手順を改めました。"
)
improve = RecordImprovement(grievance_id=WHICH, improvement="引き継ぎ票を新しくした。")
improved = ImprovementRecorded(grievance_id=WHICH, improvement="引き継ぎ票を新しくした。")
escalate = EscalateGrievance(grievance_id=WHICH, to_agency=OMBUDSMAN.agency, reason="OVERDUE")
escalated = GrievanceEscalated(
    grievance_id=WHICH,
    to_agency=OMBUDSMAN.agency,
    reason="OVERDUE",
    on=TODAY,
    acknowledge_by=date(2026, 5, 18),
)
close = CloseGrievance(grievance_id=WHICH)
closed = GrievanceClosed(grievance_id=WHICH, on=TODAY)
reopen = ReopenGrievance(grievance_id=WHICH)
reopened = GrievanceReopened(grievance_id=WHICH, on=TODAY, answer_by=date(2026, 6, 12))

HANDLED: Final = (received, acknowledged, assigned)
STATES: Final[dict[str, tuple[GrievanceEvent, ...]]] = {
    "RECEIVED": (received,),
    "ACKNOWLEDGED": (received, acknowledged),
    "INVESTIGATING": HANDLED,
    "ANSWERED": (*HANDLED, found, answered),
    "CLOSED": (*HANDLED, answered, closed),
    "REOPENED": (*HANDLED, answered, closed, reopened),
    "ESCALATED": (*HANDLED, escalated),
}


# Receiving


def test_a_grievance_is_written_down_by_whoever_hears_it() -> None:
    given(DECIDER).when(receive, by=PREFECTURE).then(received)


@accepted("INV-G1")
def test_an_anonymous_grievance_about_no_case_is_received_too() -> None:
    anonymous = replace(receive, complainant="ANONYMOUS", about_agencies=frozenset())
    given(grievance_of(None)).when(anonymous, by=PREFECTURE).then(
        replace(received, case_id=None, complainant="ANONYMOUS", about_agencies=frozenset())
    )


@accepted("INV-G1")
def test_an_agency_writes_down_what_is_said_of_itself_and_leaves_it_to_another() -> None:
    pass_on = replace(receive, for_agency=PREFECTURE.agency)
    given(DECIDER).when(pass_on, by=DIVISION).then(
        replace(received, grievance_id=GrievanceId(DIVISION.new_id))
    )


@refused("INV-G1", guard="domain.grievance:check_not_complained_about")
def test_nobody_answers_for_a_grievance_about_themselves() -> None:
    given(DECIDER).when(receive, by=DIVISION).refused(HandlerComplainedAbout)
    circle = replace(receive, for_agency=DIVISION.agency)
    given(DECIDER).when(circle, by=PREFECTURE).refused(HandlerComplainedAbout)


# Handling


@accepted("INV-G1")
def test_somebody_else_handles_it_and_answers() -> None:
    given(DECIDER, *STATES["ACKNOWLEDGED"]).when(assign, by=PREFECTURE).then(assigned)
    given(DECIDER, *HANDLED).when(answer, by=OFFICE).then(answered)


@refused("INV-G1", guard="domain.grievance:check_not_complained_about")
def test_whoever_is_complained_about_never_handles_it() -> None:
    them = replace(assign, handler=DIVISION.agency)
    given(DECIDER, *STATES["ACKNOWLEDGED"]).when(them, by=PREFECTURE).refused(
        HandlerComplainedAbout
    )
    further = replace(escalate, to_agency=DIVISION.agency)
    given(DECIDER, *HANDLED).when(further, by=PREFECTURE).refused(HandlerComplainedAbout)


def test_nor_does_the_person_who_is_complained_about() -> None:
    about_one = replace(received, about_staff=frozenset({OFFICE.staff}))
    history = (about_one, acknowledged)
    them = replace(assign, handler_staff=OFFICE.staff)
    given(DECIDER, *history).when(them, by=PREFECTURE).refused(HandlerComplainedAbout)
    given(DECIDER, *history).when(assign, by=PREFECTURE).then(assigned)
    colleague = replace(OFFICE, staff=NPO.staff)
    given(DECIDER, *history, assigned).when(find, by=colleague).then(found)
    given(DECIDER, *history, assigned).when(find, by=OFFICE).refused(GrievanceNotFound)


def test_what_is_found_improved_and_answered_is_recorded_by_the_handler() -> None:
    for command, event in ((find, found), (answer, answered), (improve, improved)):
        given(DECIDER, *HANDLED).when(command, by=OFFICE).then(event)
        given(DECIDER, *HANDLED).when(command, by=PREFECTURE).refused(NotTheHandler)


def test_another_handler_takes_the_place_of_the_first() -> None:
    other = replace(assign, handler=NPO.agency)
    replaced = replace(assigned, handler=NPO.agency)
    given(DECIDER, *HANDLED).when(other, by=PREFECTURE).then(replaced)
    given(DECIDER, *HANDLED, replaced).when(find, by=NPO).then(found)
    given(DECIDER, *HANDLED, replaced).when(find, by=OFFICE).refused(GrievanceNotFound)


def test_the_handler_chooses_no_other_handler() -> None:
    given(DECIDER, *HANDLED).when(assign, by=OFFICE).refused(NotAnsweringForIt)


# Sharing


def test_a_grievance_is_shared_with_those_concerned() -> None:
    given(DECIDER, *HANDLED).when(share, by=OFFICE).then(shared)


def test_what_was_said_is_shared_only_where_the_complainant_agrees() -> None:
    in_full = replace(share, extent="FULL")
    given(DECIDER, *HANDLED).when(in_full, by=OFFICE).refused(ComplainantDoesNotAgree)
    agreed = replace(in_full, complainant_agrees=True)
    given(DECIDER, *HANDLED).when(agreed, by=OFFICE).then(
        replace(shared, extent="FULL", complainant_agrees=True)
    )


def test_what_was_shared_in_full_is_not_taken_back_by_a_summary() -> None:
    in_full = replace(shared, extent="FULL", complainant_agrees=True)
    known = DECIDER.replay((*HANDLED, in_full, shared))
    assert isinstance(known, KnownGrievance)
    assert known.shared == {DIVISION.agency: "FULL", NPO.agency: "FULL"}


def test_with_whom_it_was_shared_may_know_it_and_decides_nothing() -> None:
    history = (*HANDLED, shared)
    for deciding in (assign, acknowledge, escalate, reopen):
        given(DECIDER, *history).when(deciding, by=DIVISION).refused(NotAnsweringForIt)
    for handling in (share, find, answer, improve, close):
        given(DECIDER, *history).when(handling, by=DIVISION).refused(NotTheHandler)


# For others it does not exist

LATER: Final[tuple[GrievanceCommand, ...]] = (
    acknowledge, assign, share, find, answer, improve, escalate, close, reopen
)  # fmt: skip


@refused("INV-G1", guard="domain.grievance:check_may_know")
def test_for_whoever_is_complained_about_there_is_no_grievance_until_it_is_shared() -> None:
    for history, command in product(STATES.values(), LATER):
        given(DECIDER, *history).when(command, by=DIVISION).refused(GrievanceNotFound)


@pytest.mark.parametrize("command", LATER, ids=lambda command: type(command).__name__)
def test_for_everybody_else_there_is_none_either(command: GrievanceCommand) -> None:
    given(DECIDER, *HANDLED).when(command, by=NPO).refused(GrievanceNotFound)
    given(DECIDER).when(command, by=PREFECTURE).refused(GrievanceNotFound)
    of_another_case = grievance_of(CaseId(an_id(51)))
    given(of_another_case, *HANDLED).when(command, by=PREFECTURE).refused(GrievanceNotFound)
    given(grievance_of(None), *HANDLED).when(command, by=PREFECTURE).refused(GrievanceNotFound)


# Taking it further


def test_whoever_it_is_taken_to_answers_for_it() -> None:
    for somebody in (PREFECTURE, OFFICE):
        given(DECIDER, *HANDLED).when(escalate, by=somebody).then(escalated)
    history = (*HANDLED, escalated)
    handles_it = replace(assigned, handler=OMBUDSMAN.agency)
    itself = replace(assign, handler=OMBUDSMAN.agency)
    given(DECIDER, *history).when(itself, by=OMBUDSMAN).then(handles_it)
    given(DECIDER, *history).when(itself, by=PREFECTURE).refused(NotAnsweringForIt)
    given(DECIDER, *history).when(find, by=OFFICE).refused(GrievanceNotFound)
    given(DECIDER, *history, handles_it).when(answer, by=OMBUDSMAN).then(answered)


def test_taking_it_to_the_same_agency_twice_is_taking_it_once() -> None:
    given(DECIDER, *STATES["ESCALATED"]).when(escalate, by=OMBUDSMAN).then_nothing()
    further = replace(escalate, to_agency=NPO.agency, reason="BEYOND_AUTHORITY")
    given(DECIDER, *STATES["ESCALATED"]).when(further, by=OMBUDSMAN).then(
        replace(escalated, to_agency=NPO.agency, reason="BEYOND_AUTHORITY")
    )


def test_assigning_the_same_handler_twice_is_assigning_it_once() -> None:
    given(DECIDER, *HANDLED).when(assign, by=PREFECTURE).then_nothing()


# Every command in every state

Outcome: TypeAlias = type[GrievanceEvent] | type[Refused] | None
COMMANDS: Final[dict[GrievanceCommand, tuple[Outcome, ...]]] = {
    # RECEIVED, ACKNOWLEDGED, INVESTIGATING, ANSWERED, CLOSED, REOPENED, ESCALATED
    acknowledge: (
        GrievanceAcknowledged, None, None, None, None, None, GrievanceAcknowledged
    ),
    assign: (
        GrievanceNotAcknowledged, HandlerAssigned, None, GrievanceIsAnswered, GrievanceIsClosed,
        HandlerAssigned, HandlerAssigned,
    ),
    share: (
        GrievanceHasNoHandler, GrievanceHasNoHandler, GrievanceShared, GrievanceShared,
        GrievanceIsClosed, GrievanceHasNoHandler, GrievanceHasNoHandler,
    ),
    find: (
        GrievanceHasNoHandler, GrievanceHasNoHandler, FindingsRecorded, GrievanceIsAnswered,
        GrievanceIsClosed, GrievanceHasNoHandler, GrievanceHasNoHandler,
    ),
    answer: (
        GrievanceHasNoHandler, GrievanceHasNoHandler, ResponseGiven, GrievanceIsAnswered,
        GrievanceIsClosed, GrievanceHasNoHandler, GrievanceHasNoHandler,
    ),
    improve: (
        GrievanceHasNoHandler, GrievanceHasNoHandler, ImprovementRecorded, ImprovementRecorded,
        GrievanceIsClosed, GrievanceHasNoHandler, GrievanceHasNoHandler,
    ),
    escalate: (*(GrievanceEscalated,) * 6, None),
    close: (
        GrievanceHasNoHandler, GrievanceHasNoHandler, GrievanceNotAnswered, GrievanceClosed, None,
        GrievanceHasNoHandler, GrievanceHasNoHandler,
    ),
    reopen: (
        GrievanceStillOpen, GrievanceStillOpen, GrievanceStillOpen, GrievanceStillOpen,
        GrievanceReopened, None, GrievanceStillOpen,
    ),
}  # fmt: skip
OF_THE_HANDLER: Final = (share, find, answer, improve, close)
course(
    "grievance",
    (
        (state, type(command).__name__, outcome)
        for command, outcomes in COMMANDS.items()
        for state, outcome in zip(STATES, outcomes, strict=True)
    ),
)


def asking(command: GrievanceCommand, state: str) -> Context:
    """Whoever it is that may."""
    if state == "ESCALATED":
        return OMBUDSMAN
    return OFFICE if command in OF_THE_HANDLER and len(STATES[state]) > 2 else PREFECTURE


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_every_command_does_in_every_state_what_the_table_says(
    command: GrievanceCommand, state: str
) -> None:
    history = STATES[state]
    outcome: Outcome
    try:
        events = DECIDER.decide(DECIDER.replay(history), command, asking(command, state))
    except Refused as why:
        events, outcome = (), type(why)
    else:
        outcome = type(events[0]) if events else None
    assert outcome is COMMANDS[command][[*STATES].index(state)]
    after = DECIDER.replay((*history, *events))
    assert isinstance(after, KnownGrievance)
    assert after.status == (GRIEVANCE.after(state, type(events[0])) if events else state)


def test_the_table_has_every_command() -> None:
    commands = {type(command) for command in COMMANDS} | {ReceiveGrievance}
    assert commands == set(get_args(GrievanceCommand))


# What is sealed


@pytest.mark.parametrize("withheld", [CLOSED, ERASED], ids=lambda withheld: withheld.withheld)
def test_what_is_decided_hangs_on_nothing_that_was_said(withheld: Withheld) -> None:
    history = (*HANDLED, shared, found, answered, improved, closed, reopened, escalated)
    assert DECIDER.replay(without_words(e, withheld) for e in history) == DECIDER.replay(history)
