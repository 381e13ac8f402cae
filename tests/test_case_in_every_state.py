"""Every command in every status of a case, and in every stage: it goes on as the tables say."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, get_args

import pytest
from msgspec.structs import replace

from domain.case import (
    CaseAlreadyAccepted,
    CaseAlreadyOpened,
    CaseCommand,
    CaseEvent,
    CaseNotFound,
    KnownCase,
    evolve,
)
from domain.case.aftercare import (
    AftercareAlreadyRuns,
    AftercareStarted,
    NoAftercareRuns,
    NobodyAnswersForHer,
)
from domain.case.closing import (
    CaseNotClosed,
    CaseStillOpen,
    Erasure,
    HandoverNotConfirmed,
)
from domain.case.closing import erased as erased_by
from domain.case.closing import lifted as lifted_by
from domain.case.closing import restricted as restricted_by
from domain.case.course import (
    IN_A_STAY,
    STAGE,
    STATUS,
    CaseIsClosed,
    CaseIsRestricted,
    CaseWasErased,
    CaseWasTransferred,
)
from domain.case.stay_events import (
    StayEnded,
    StayStarted,
)
from domain.case.stay_rules import AnotherStayRuns
from domain.case.support import (
    StayNotFound,
)
from domain.case_codes import STAGES, STATUSES, Stage, Status
from domain.machine import NOT_YET, Edge
from domain.model import Context, Event, PersonId
from domain.speech import Refused
from tests.asked import (
    COMMANDS,
    HER_STAY,
    HOUSED,
    NEXT_STAY,
    PROTECTED,
    Asking,
    assessed,
    decided,
    folded,
    in_touch,
    no_longer,
    outcome,
    policy_set,
    started,
    story,
)
from tests.courses import course
from tests.spec import CENTRE, CITY, POLICE
from tests.supporting import (
    HER,
    TODAY,
    accepted,
    erased,
    known,
    lifted,
    opened,
    reopened,
    restricted,
    supporting,
)
from tests.told import closed as worded

# "-" there is no such case; "=" it happens, and the case stands as it did.
INTO: Final[Mapping[str, Status | None]] = {
    "=": None, "+O": "CONTACT", "+A": "ACTIVE", "+T": "TRANSFERRED", "+X": "CLOSED",
    "+R": "RESTRICTED", "+E": "ERASED",
}  # fmt: skip
WHY: Final[Mapping[str, type[Refused]]] = {
    "-": CaseNotFound,
    "again": CaseAlreadyOpened,
    "over": CaseIsClosed,
    "away": CaseWasTransferred,
    "halt": CaseIsRestricted,
    "gone": CaseWasErased,
    "taken": CaseAlreadyAccepted,
    "hand": HandoverNotConfirmed,
    "runs": CaseNotClosed,
    "nobody": NobodyAnswersForHer,
    "stay": StayNotFound,
    "touch": NoAftercareRuns,
    "open": CaseStillOpen,
    "another": AnotherStayRuns,
    "already": AftercareAlreadyRuns,
}
# Not yet, then CONTACT, ACTIVE, TRANSFERRED, CLOSED, RESTRICTED, ERASED.
IN_EACH_STATUS: Final[Mapping[str, str]] = {
    "+O again  again again again again again": "open",
    "-  =      =     =     =     halt  gone": "consult grown",
    "-  =      =     =     =     =     =": "role_over leave",
    "-  =      =     away  over  halt  gone": (
        "identify details contact address attributes note companion leaves correct join role"
        " assess need need_over activity policy plan agree revise plan_over"
        " service status bundle all_done legal instruct inquiry decline"
    ),
    "-  nobody =     away  over  halt  gone": "decide follow_up carry",
    "-  stay   =     away  over  halt  gone": ("protect house cancel extend move_out looked_after"),
    "-  touch  =     away  over  halt  gone": "reschedule enough",
    "-  +A     taken away  over  halt  gone": "accept",
    "-  hand   =     away  over  halt  gone": "transfer",
    "-  hand   +T    away  over  halt  gone": "send_away",
    "-  +X     +X    away  over  halt  gone": "close",
    "-  runs   runs  away  +A    halt  gone": "reopen",
}
HEADS: Final = [NOT_YET, *STATUSES]
CELLS: Final = [
    (name, state, said)
    for row, names in IN_EACH_STATUS.items()
    for name in names.split()
    for state, said in zip(HEADS, row.split(), strict=True)
]


class Deciding(NamedTuple):
    """What is decided elsewhere of a request of hers; and CONTACT, ACTIVE, TRANSFERRED, …"""

    decide: Callable[[KnownCase, Erasure], tuple[CaseEvent, ...]]
    row: str


OF_HER_DATA: Final[Mapping[str, Deciding]] = {
    "restrict": Deciding(restricted_by, "open open +R +R =  ="),
    "erase": Deciding(erased_by, "open open +E +E +E ="),
}
DATA_CELLS: Final = [
    (name, state, said)
    for name, deciding in OF_HER_DATA.items()
    for state, said in zip(STATUSES, deciding.row.split(), strict=True)
]
course("case (status)", ((state, name, WHY.get(said, said)) for name, state, said in CELLS))


def asked_by(asking: Asking, state: str) -> Context:
    return CITY if state in {NOT_YET, "CONTACT"} and asking.by is CENTRE else asking.by


@pytest.mark.parametrize(("name", "state", "said"), CELLS)
def test_in_every_status_it_goes_on_as_the_table_says_and_in_no_other_way(
    name: str, state: str, said: str
) -> None:
    asking = COMMANDS[name]
    before = story(asking, state)
    came = outcome(folded(before), asking.command, asked_by(asking, state))
    if said not in INTO:
        assert came is WHY[said]
        return
    assert isinstance(came, tuple)
    assert came
    case = folded((*before, *came))
    assert isinstance(case, KnownCase)
    assert case.status == (INTO[said] or state)


@pytest.mark.parametrize("name", COMMANDS)
def test_whoever_takes_no_part_finds_no_case_in_any_status(name: str) -> None:
    asking = COMMANDS[name]
    for state in HEADS:
        if (name, state) != ("open", NOT_YET):
            case = folded(story(asking, state))
            assert outcome(case, asking.command, POLICE) is CaseNotFound


@pytest.mark.parametrize(("name", "state", "said"), DATA_CELLS)
def test_her_data_is_restricted_and_erased_as_the_table_says(
    name: str, state: str, said: str
) -> None:
    before = story(Asking(COMMANDS["note"].command), state)
    scope = frozenset[PersonId](() if said == "=" else {HER})
    decided_of = Erasure(
        request_id=restricted.request_id, decided_by=CITY.agency, basis="REQUEST", scope=scope
    )
    decide = OF_HER_DATA[name].decide
    if said in WHY:
        with pytest.raises(WHY[said]):
            decide(known(*before), decided_of)
        return
    events: tuple[CaseEvent, ...] = decide(known(*before), decided_of)
    assert known(*before, *events).status == (INTO[said] or state)


@pytest.mark.parametrize("state", ["TRANSFERRED", "CLOSED"])
def test_what_was_restricted_is_used_again_as_it_was(state: str) -> None:
    before = story(Asking(COMMANDS["note"].command), state)
    (event,) = lifted_by(
        Erasure(
            request_id=restricted.request_id,
            decided_by=CITY.agency,
            basis="REQUEST",
            scope=frozenset({HER}),
        )
    )
    assert event == lifted
    assert known(*before, restricted, event).status == state


def test_the_table_has_every_command_and_every_status() -> None:
    assert {type(asking.command) for asking in COMMANDS.values()} == set(get_args(CaseCommand))
    assert sorted(name for name, state, _ in CELLS if state == NOT_YET) == sorted(COMMANDS)
    assert set(STATUSES) == set(get_args(Status)) == set(STATUS.states)


def test_the_machine_of_the_status_has_just_the_edges_of_the_tables() -> None:
    seen = set(edges_seen())
    # Lifting a restriction, and opening again what was never accepted, stand in their own tests.
    beside = {
        Edge("RESTRICTED", type(lifted), "CLOSED"),
        Edge("RESTRICTED", type(lifted), "TRANSFERRED"),
        Edge("CLOSED", type(reopened), "CONTACT"),
    }
    assert set(STATUS.edges) == seen | beside
    assert not seen & beside


def edges_seen() -> Iterator[Edge]:
    for name, state, said in CELLS:
        if INTO.get(said) or name in {"transfer", "carry"}:
            asking = COMMANDS[name]
            came = outcome(folded(story(asking, state)), asking.command, asked_by(asking, state))
            if isinstance(came, tuple):
                yield Edge(state, type(came[-1]), INTO[said] or state)
    for name, state, said in DATA_CELLS:
        into = INTO.get(said)
        if into:
            yield Edge(state, type(restricted if name == "restrict" else erased), into)


# Stages

# CONSULTATION, ASSESSMENT, TEMPORARY_PROTECTION, RESIDENTIAL_SUPPORT, AFTERCARE,
# COMMUNITY_SUPPORT: where it leads, or why it is not done.
STAGE_INTO: Final[Mapping[str, Stage | None]] = {
    "=": None, "+A": "ASSESSMENT", "+T": "TEMPORARY_PROTECTION", "+R": "RESIDENTIAL_SUPPORT",
    "+F": "AFTERCARE", "+C": "COMMUNITY_SUPPORT",
}  # fmt: skip
IN_EACH_STAGE: Final[Mapping[str, str]] = {
    "+A =     =       =       =       =": "assess",
    "+C +C    =       =       =       =": "policy service",
    "=  =     another another =       =": "decide",
    "+T +T    another another +T      +T": "protect",
    "+R +R    another another +R      +R": "house",
    "stay stay =      =       stay    stay": "extend",
    "stay stay +C     +C      stay    stay": "move_out",
    "stay stay +F     +F      stay    stay": "looked_after",
    "+F +F    =       =       already +F": "follow_up",
    "touch touch touch touch  =       touch": "reschedule",
    "touch touch touch touch  +C      touch": "enough",
    "=  =     =       =       =       =": (
        "consult identify details contact address attributes note companion leaves grown correct"
        " join role role_over leave need need_over activity plan agree revise plan_over status"
        " bundle all_done legal instruct inquiry decline cancel transfer carry"
    ),
}
STAGE_CELLS: Final[list[tuple[str, Stage, str]]] = [
    (name, stage, said)
    for row, names in IN_EACH_STAGE.items()
    for name in names.split()
    for stage, said in zip(STAGES, row.split(), strict=True)
]
course("case (stage)", ((stage, name, WHY.get(said, said)) for name, stage, said in STAGE_CELLS))
WHERE: Final[Mapping[Stage, tuple[CaseEvent, ...]]] = {
    "CONSULTATION": (),
    "ASSESSMENT": (assessed,),
    "TEMPORARY_PROTECTION": PROTECTED,
    "RESIDENTIAL_SUPPORT": HOUSED,
    "AFTERCARE": (in_touch,),
    "COMMUNITY_SUPPORT": (policy_set,),
}


def in_stage(asking: Asking, stage: Stage) -> KnownCase:
    """What has to have happened stands beside it, wherever that would have led to."""
    ready = () if needs_her_stay_or_aftercare(asking) else asking.before
    case = known(opened, accepted, supporting, *ready, *WHERE[stage])
    return replace(case, stage=stage)


def needs_her_stay_or_aftercare(asking: Asking) -> bool:
    """These there are in the stages that are about them, and in no others."""
    return asking.before in {HOUSED, (in_touch,)}


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_is_come_to_by_what_makes_it(stage: Stage) -> None:
    assert known(opened, accepted, *WHERE[stage]).stage == stage


@pytest.mark.parametrize(("name", "stage", "said"), STAGE_CELLS)
def test_in_every_stage_it_goes_on_as_the_table_says_and_in_no_other_way(
    name: str, stage: Stage, said: str
) -> None:
    asking = COMMANDS[name]
    case = in_stage(asking, stage)
    came = outcome(case, asking.command, asking.by)
    if said not in STAGE_INTO:
        assert came is WHY[said]
        return
    assert isinstance(came, tuple)
    for event in came:
        case = evolved(case, event)
    assert case.stage == (STAGE_INTO[said] or stage)


@pytest.mark.parametrize("stay", [PROTECTED, HOUSED], ids=["protected", "housed"])
def test_aftercare_that_goes_on_during_a_stay_is_where_she_comes_back_to(
    stay: tuple[CaseEvent, ...],
) -> None:
    out = worded(StayEnded, stay_id=HER_STAY, ended_on=TODAY)
    assert known(opened, accepted, in_touch, *stay, out).stage == "AFTERCARE"
    assert known(opened, accepted, in_touch, *stay, no_longer, out).stage == "COMMUNITY_SUPPORT"


def test_from_one_stay_to_the_next_she_comes_by_the_end_of_the_first() -> None:
    out = worded(StayEnded, stay_id=HER_STAY, ended_on=TODAY)
    on = (decided(NEXT_STAY, "STEP_HOUSE"), started(NEXT_STAY))
    assert known(opened, accepted, *PROTECTED, out).stage == "COMMUNITY_SUPPORT"
    assert known(opened, accepted, *PROTECTED, out, *on).stage == "RESIDENTIAL_SUPPORT"


def test_the_stages_change_as_their_machine_says_and_in_no_other_way() -> None:
    moves = {(edge.before, edge.event, edge.after) for edge in STAGE.edges}
    seen: set[tuple[str, type[Event], str]] = {(NOT_YET, type(opened), "CONSULTATION")}
    for name, stage, said in STAGE_CELLS:
        into = STAGE_INTO.get(said)
        if into:
            came = outcome(in_stage(COMMANDS[name], stage), COMMANDS[name].command, CITY)
            assert isinstance(came, tuple)
            seen |= {(stage, type(event), into) for event in came}
    # To go from stay to stay the first is ended; with its end, aftercare may have begun.
    within = {(stage, StayStarted, "RESIDENTIAL_SUPPORT") for stage in IN_A_STAY}
    passing = {(stage, AftercareStarted, "AFTERCARE") for stage in IN_A_STAY}
    assert seen - passing == moves - within


def test_the_table_of_the_stages_has_all_that_is_asked_of_an_active_case() -> None:
    left_out = {"open", "accept", "send_away", "close", "reopen"}  # These change the status.
    assert sorted(n for n, s, _ in STAGE_CELLS if s == "CONSULTATION") == sorted(
        set(COMMANDS) - left_out
    )


def evolved(case: KnownCase, event: CaseEvent) -> KnownCase:
    after = evolve(case, event)
    assert isinstance(after, KnownCase)
    return after
