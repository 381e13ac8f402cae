"""Every command in every state of a meeting, of every kind: it goes on as the table says."""

from collections.abc import Mapping
from functools import reduce
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.machine import NOT_YET, Edge, Machine
from domain.meeting import (
    FORUM,
    MEETING,
    NO_MEETING,
    Facts,
    Meeting,
    MeetingCommand,
    MeetingEvent,
    MeetingStatus,
    evolve,
)
from domain.meeting import decide as what_comes
from domain.meeting.commands import RequestMeeting
from domain.meeting.course import (
    MeetingAlreadyConvened,
    MeetingAlreadyHeld,
    MeetingAlreadyPlanned,
    MeetingIsCancelled,
    MeetingIsClosed,
    MeetingNotConvened,
    MeetingNotHeld,
    MeetingNotPlanned,
    MinutesAlreadyConfirmed,
    MinutesAreTheirs,
    MinutesNotConfirmed,
    MinutesNotDrafted,
    MinutesNotShared,
    machine_of,
)
from domain.meeting.events import AgendaItem, MeetingPlanned, MeetingRequested
from domain.meeting.reviewing import OnlyAmongPractitioners, OnlyToRepresentatives
from domain.meeting.state import CaseNotTabled, MeetingNotFound, NoCasesHere, NoMeeting
from domain.meeting_codes import MeetingKind
from domain.model import Context
from domain.speech import Refused
from tests.conferring import (
    DECISION,
    KINDS,
    NETWORK,
    WELFARE,
    acknowledge,
    allocate,
    allocated,
    cancel,
    cancelled,
    carry,
    close,
    closed,
    confirm,
    confirmed,
    convene,
    convened,
    decide,
    decided,
    defer,
    designate,
    disagree,
    disinvite,
    draft,
    drafted,
    file,
    held,
    hold,
    invite,
    invited,
    item,
    meeting,
    network,
    next_set,
    of_her,
    on_the_table,
    plan,
    planned,
    progress,
    provide,
    report,
    request,
    requested,
    review,
    set_agenda,
    set_next,
    settle,
    share,
    shared,
    table,
    tabled,
    unsettled,
)
from tests.conferring import MEETING as IT
from tests.conferring import knowing as knowing_of_her
from tests.courses import course
from tests.spec import CENTRE, CITY, POLICE, SHELTER, given, making

WITH_HER: Final = frozenset({"INDIVIDUAL_CASE", "EXTERNAL_FORUM"})
COMMANDS: Final[Mapping[str, MeetingCommand]] = {
    "plan": replace(plan, meeting_id=IT),
    "agenda": replace(set_agenda, items=(AgendaItem(type="OTHER", text="夜間の連絡先"),)),
    "invite": replace(invite, agency_id=WELFARE.agency),
    "leave": replace(disinvite, agency_id=CENTRE.agency),
    "convene": convene,
    "cancel": cancel,
    "table": replace(table, categories=frozenset({"ECO"})),
    "provide": replace(provide, recipients=frozenset({SHELTER.agency})),
    "hold": hold,
    "close": close,
    "review": review,
    "defer": defer,
    "report": report,
    "decide": decide,
    "settle": settle,
    "allocate": replace(allocate, function="SERVICE_PROVIDER"),
    "disagree": disagree,
    "appoint": designate,
    "confirm": acknowledge,
    "progress": progress,
    "carry": carry,
    "next": set_next,
    "file": file,
    "draft": draft,
    "agree": confirm,
    "share": replace(share, recipients=frozenset({CITY.agency, SHELTER.agency})),
}
# What there is no saying without a case that it is said about.
OF_A_CASE: Final = {
    "table", "provide", "review", "defer", "settle", "allocate", "disagree", "appoint",
}  # fmt: skip

# "-" there is no such meeting; "=" it happens, and the meeting stays as it is; "." nothing to do.
INTO: Final[Mapping[str, MeetingStatus | None]] = {
    "=": None, "+P": "PLANNED", "+V": "CONVENED", "+H": "HELD", "+M": "MINUTED",
    "+O": "CONFIRMED", "+S": "SHARED", "+X": "CLOSED", "+C": "CANCELLED",
}  # fmt: skip
WHY: Final[Mapping[str, type[Refused]]] = {
    "-": MeetingNotFound,
    "asked": MeetingNotPlanned,
    "off": MeetingIsCancelled,
    "over": MeetingIsClosed,
    "plans": MeetingAlreadyPlanned,
    "calls": MeetingAlreadyConvened,
    "call": MeetingNotConvened,
    "hold": MeetingNotHeld,
    "met": MeetingAlreadyHeld,
    "draft": MinutesNotDrafted,
    "agree": MinutesNotConfirmed,
    "fixed": MinutesAlreadyConfirmed,
    "share": MinutesNotShared,
    "theirs": MinutesAreTheirs,
    "round": OnlyAmongPractitioners,
    "heads": OnlyToRepresentatives,
    "nobody": NoCasesHere,
    "table": CaseNotTabled,
}
STATES: Final = [
    "NONE", "REQUESTED", "DROPPED", "PLANNED", "CONVENED", "HELD", "MINUTED", "CONFIRMED",
    "SHARED", "CLOSED", "CANCELLED",
]  # fmt: skip
A_CONFERENCE: Final = """
plan     - +P    off plans plans plans plans plans plans over off
agenda   - asked off =     =     met   met   met   met   over off
invite   - asked off =     =     met   met   met   met   over off
leave    - asked off =     =     =     =     =     =     =    =
convene  - asked off +V    calls calls calls calls calls over off
cancel   - +C    .   +C    +C    met   met   met   met   over .
table    - asked off =     =     =     =     fixed fixed over off
provide  - asked off call  =     =     =     fixed fixed over off
hold     - asked off call  +H    met   met   met   met   over off
close    - asked off share share share share share +X    .    off
review   - asked off round round round round round round round round
defer    - asked off round round round round round round round round
report   - asked off heads heads heads heads heads heads heads heads
decide   - asked off hold  hold  =     =     fixed fixed over off
settle   - asked off hold  hold  =     =     fixed fixed over off
allocate - asked off hold  hold  =     =     fixed fixed over off
disagree - asked off hold  hold  =     =     fixed fixed over off
appoint  - asked off hold  hold  =     =     fixed fixed over off
confirm  - asked off hold  hold  =     =     =     =     =    off
progress - asked off hold  hold  =     =     =     =     =    off
carry    - asked off hold  hold  =     =     fixed fixed over off
next     - asked off hold  hold  =     =     fixed fixed over off
file     - asked off =     =     =     =     =     =     over off
draft    - asked off hold  hold  +M    =     fixed fixed over off
agree    - asked off draft draft draft +O    fixed fixed over off
share    - asked off agree agree agree agree +S    =     over off
"""
# Who will be there has to be known before a case is put on this table, one of many.
A_ROUND: Final = """
table    - asked off call  =     =     =     fixed fixed over off
review   - asked off hold  hold  =     =     fixed fixed over off
defer    - asked off hold  hold  =     =     fixed fixed over off
settle   - asked off table table =     =     fixed fixed over table
allocate - asked off table table =     =     fixed fixed over table
disagree - asked off table table =     =     fixed fixed over table
appoint  - asked off table table =     =     fixed fixed over table
"""
ABOUT_NOBODY: Final = """
table    - asked off nobody nobody nobody nobody nobody nobody nobody nobody
provide  - asked off nobody nobody nobody nobody nobody nobody nobody nobody
review   - asked off nobody nobody nobody nobody nobody nobody nobody nobody
defer    - asked off nobody nobody nobody nobody nobody nobody nobody nobody
settle   - asked off nobody nobody nobody nobody nobody nobody nobody nobody
allocate - asked off nobody nobody nobody nobody nobody nobody nobody nobody
disagree - asked off nobody nobody nobody nobody nobody nobody nobody nobody
appoint  - asked off nobody nobody nobody nobody nobody nobody nobody nobody
"""
OF_THE_HEADS: Final = """
report   - asked off hold  hold  =     =     fixed fixed over off
"""
# Their minutes are theirs: "MINUTED", "CONFIRMED" and "SHARED" there are not.
OF_OTHERS: Final = """
plan     - +P    off plans  plans  plans  | | | over off
close    - asked off hold   hold   +X     | | | .    off
draft    - asked off theirs theirs theirs | | | over off
agree    - asked off theirs theirs theirs | | | over off
share    - asked off theirs theirs theirs | | | over off
"""


def rows(*tables: str) -> dict[str, list[str]]:
    """What is said later stands instead of what was said before."""
    lines = [line.split() for each in tables for line in each.split("\n") if line]
    return {name: said for name, *said in lines}


TABLES: Final[Mapping[MeetingKind, dict[str, list[str]]]] = {
    "INDIVIDUAL_CASE": rows(A_CONFERENCE),
    "PRACTITIONERS": rows(A_CONFERENCE, A_ROUND),
    "REPRESENTATIVES": rows(A_CONFERENCE, ABOUT_NOBODY, OF_THE_HEADS),
    "COUNSELLOR_LIAISON": rows(A_CONFERENCE, ABOUT_NOBODY),
    "LIAISON_COUNCIL": rows(A_CONFERENCE, ABOUT_NOBODY),
    "INTERPREFECTURAL": rows(A_CONFERENCE, ABOUT_NOBODY),
    "EXTERNAL_FORUM": rows(A_CONFERENCE, OF_OTHERS),
}
OURS_ALONE: Final = {"MINUTED", "CONFIRMED", "SHARED"}
CELLS: Final[list[tuple[MeetingKind, str, str, str]]] = [
    (kind, name, state, said)
    for kind, table_of in TABLES.items()
    for name, row in table_of.items()
    for state, said in zip(STATES, row, strict=True)
    if not (kind == "EXTERNAL_FORUM" and state in OURS_ALONE)
]
for of_kind in KINDS:
    course(
        f"meeting ({of_kind.lower()})",
        (
            (state, name, None if said == "." else WHY.get(said, said))
            for kind, name, state, said in CELLS
            if kind == of_kind
        ),
    )


def history(kind: MeetingKind, state: str) -> tuple[MeetingEvent, ...]:
    """Called by the city, which coordinates; the centre and the shelter come."""
    asked = replace(requested, meeting_id=IT)
    first = replace(planned, kind=kind, convenor=CITY.agency)
    on_it: tuple[MeetingEvent, ...] = (tabled,)
    said: tuple[MeetingEvent, ...] = (decided, allocated, next_set)
    if kind == "EXTERNAL_FORUM":
        asked, first = replace(asked, network_id=None), replace(first, network_id=None)
    if kind not in WITH_HER:
        asked, first = replace(asked, case_id=None), replace(first, case_id=None, trigger=None)
        on_it, said = (), (replace(decided, case_id=None), next_set)
    if kind == "PRACTITIONERS":
        said = (tabled, *said)  # One of many; what is decided is decided for all of them.
    recipients = frozenset({CENTRE.agency, SHELTER.agency})
    ready = (first, invited(CENTRE), invited(SHELTER), *on_it)
    minuted = () if kind == "EXTERNAL_FORUM" else (drafted, confirmed)
    sent_out = () if kind == "EXTERNAL_FORUM" else (replace(shared, recipients=recipients),)
    met = (*ready, convened, held, *said)
    return {
        "NONE": (),
        "REQUESTED": (asked,),
        "DROPPED": (asked, cancelled),
        "PLANNED": ready,
        "CONVENED": (*ready, convened),
        "HELD": met,
        "MINUTED": (*met, *minuted[:1]),
        "CONFIRMED": (*met, *minuted),
        "SHARED": (*met, *minuted, *sent_out),
        "CLOSED": (*met, *minuted, *sent_out, closed),
        "CANCELLED": (*ready, cancelled),
    }[state]


def beside(kind: MeetingKind, name: str) -> Facts:
    """She has agreed to all that is asked; where nobody is spoken of, no case is named."""
    facts = knowing_of_her(on_the_table, consultation=unsettled(CITY, SHELTER))
    if name != "appoint":
        facts = on_the_table
    if kind not in WITH_HER and name not in OF_A_CASE:
        facts = replace(of_her, about=None)
    level = "PREFECTURE" if kind == "INTERPREFECTURAL" else network.level
    return replace(facts, offered=(item,), network=replace(network, level=level))


def asked(kind: MeetingKind, name: str) -> MeetingCommand:
    if name == "plan":
        under = None if kind == "EXTERNAL_FORUM" else NETWORK
        return replace(plan, meeting_id=IT, kind=kind, network_id=under)
    return COMMANDS[name]


@pytest.mark.parametrize(("kind", "name", "state", "said"), CELLS)
def test_it_goes_on_as_the_table_says_and_in_no_other_way(
    kind: MeetingKind, name: str, state: str, said: str
) -> None:
    facts, before = beside(kind, name), history(kind, state)
    came = outcome(facts, before, asked(kind, name), CITY)
    if said not in INTO:
        assert came == WHY.get(said, ())
        return
    assert isinstance(came, tuple)
    (event,) = came
    assert status_of((*before, event)) == (INTO[said] or status_of(before))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", COMMANDS)
def test_for_everybody_else_there_is_no_such_meeting(kind: MeetingKind, name: str) -> None:
    for state in STATES:
        if not (kind == "EXTERNAL_FORUM" and state in OURS_ALONE):
            before = history(kind, state)
            assert outcome(beside(kind, name), before, asked(kind, name), POLICE) is MeetingNotFound


def outcome(
    facts: Facts, before: tuple[MeetingEvent, ...], command: MeetingCommand, by: Context
) -> tuple[MeetingEvent, ...] | type[Refused]:
    try:
        return what_comes(facts, replayed(before), command, making(by, DECISION))
    except Refused as refused:
        return type(refused)


def replayed(events: tuple[MeetingEvent, ...]) -> Meeting:
    return reduce(evolve, events, NO_MEETING)


def status_of(events: tuple[MeetingEvent, ...]) -> str:
    meeting = replayed(events)
    return NOT_YET if isinstance(meeting, NoMeeting) else meeting.status


def test_a_meeting_is_asked_for_only_as_a_new_one() -> None:
    made = replace(requested, meeting_id=IT, by_agency=CENTRE.agency)
    given(meeting()).when(request, by=CENTRE).then(made)


def test_the_tables_leave_nothing_out() -> None:
    assert {*TABLES} == set(KINDS)
    assert all({*table_of} == {*COMMANDS} for table_of in TABLES.values())
    commands = {type(command) for command in COMMANDS.values()}
    assert {*commands, RequestMeeting} == set(get_args(MeetingCommand))
    statuses = {state for state in STATES if state not in {"NONE", "DROPPED"}}
    assert statuses == set(get_args(MeetingStatus)) == set(MEETING.states)
    assert set(FORUM.states) == statuses - OURS_ALONE


@pytest.mark.parametrize("machine", [MEETING, FORUM], ids=["ours", "theirs"])
def test_the_machines_have_just_the_edges_of_the_tables(machine: Machine) -> None:
    seen: set[Edge] = set()
    for kind, name, state, said in CELLS:
        if machine_of(kind) is machine and said in INTO:
            before = history(kind, state)
            came = outcome(beside(kind, name), before, asked(kind, name), CITY)
            assert isinstance(came, tuple)
            seen |= {Edge(status_of(before), type(e), status_of((*before, e))) for e in came}
    assert {edge for edge in machine.edges if edge.before != NOT_YET} == seen
    begins = {edge.event for edge in machine.edges if edge.before == NOT_YET}
    assert begins == {MeetingRequested, MeetingPlanned}
