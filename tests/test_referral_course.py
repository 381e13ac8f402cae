"""How a referral goes on: every state, every step, by its two sides and by everybody else."""

from collections.abc import Mapping
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain import referral
from domain.machine import NOT_YET, edges
from domain.model import CaseId, Context
from domain.referral import (
    BECOMES,
    ENDED,
    LEADS_TO,
    REFERRAL,
    SIDES,
    AskToTakeOver,
    ChangePackage,
    DraftReferral,
    HandoverAlreadyConfirmed,
    InformationStillAwaited,
    InquiryStillOpen,
    KnownReferral,
    NotForYouToDo,
    NothingToReportYet,
    NothingWasAsked,
    ReferralAlreadyAccepted,
    ReferralAlreadyReceived,
    ReferralAlreadySent,
    ReferralCommand,
    ReferralEvent,
    ReferralHasEnded,
    ReferralNotAccepted,
    ReferralNotFound,
    ReferralNotReceived,
    ReferralNotSent,
    ReferralSent,
    ReferralStatus,
    ReferralStep,
    replay,
)
from domain.referral_codes import REFERRAL_STATUSES
from domain.speech import Refused
from tests.courses import course
from tests.referring import (
    HER_REFERRAL,
    HISTORIES,
    accept,
    ask_more,
    ask_to_cancel,
    beside,
    confirm,
    decline,
    drafted,
    expire,
    feasible,
    going,
    inquire,
    no_show,
    receive,
    redirect,
    referral_in,
    report,
    send,
    supply,
    telephone,
    telephone_item,
    withdraw,
)
from tests.spec import CENTRE, CITY, POLICE, an_id, given, later, making

STEPS: Final[Mapping[str, ReferralStep]] = {
    "change": ChangePackage(referral_id=HER_REFERRAL, items=(telephone_item,)),
    "inquire": inquire,
    "answer": feasible,
    "send": send,
    "receive": receive,
    "question": ask_more,
    "supply": supply,
    "accept": accept,
    "decline": decline,
    "redirect": redirect,
    "appoint": no_show,
    "cancel": ask_to_cancel,
    "confirm": confirm,
    "report": report,
    "withdraw": withdraw,
    "expire": expire,
}
WHY: Final[Mapping[str, type[Refused]]] = {
    "-": ReferralNotFound,
    "~": NotForYouToDo,
    "ended": ReferralHasEnded,
    "asked": InquiryStillOpen,
    "sent": ReferralAlreadySent,
    "unsent": ReferralNotSent,
    "unasked": NothingWasAsked,
    "arrived": ReferralAlreadyReceived,
    "first": ReferralNotReceived,
    "wait": InformationStillAwaited,
    "taken": ReferralAlreadyAccepted,
    "early": ReferralNotAccepted,
    "done": HandoverAlreadyConfirmed,
    "later": NothingToReportYet,
}
# Where a step leads. In the tables: "-" there is no such referral, "~" the other side does this.
INTO: Final[Mapping[str, ReferralStatus]] = {
    "+D": "DRAFT", "+Q": "INQUIRED", "+S": "SENT", "+R": "RECEIVED", "+I": "INFO_REQUESTED",
    "+A": "ACCEPTED", "+C": "COMPLETED", "+N": "DECLINED", "+M": "REDIRECTED", "+E": "EXPIRED",
    "+W": "WITHDRAWN",
}  # fmt: skip
BY_THE_SENDER: Final = """
change   - +D     asked  +D     sent    sent    sent  sent  sent  ended ended ended ended ended
inquire  - +Q     asked  +Q     sent    sent    sent  sent  sent  ended ended ended ended ended
answer   - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
send     - +S     asked  +S     sent    sent    sent  sent  sent  ended ended ended ended ended
receive  - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
question - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
supply   - unsent unsent unsent unasked unasked +R    taken taken ended ended ended ended ended
accept   - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
decline  - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
redirect - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
appoint  - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
cancel   - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
confirm  - early  early  early  early   early   early ~     done  ended ended ended ended ended
report   - ~      ~      ~      ~       ~       ~     ~     ~     ~     ~     ~     ~     ~
withdraw - +W     +W     +W     +W      +W      +W    +W    done  ended ended ended ended ended
expire   - unsent unsent unsent +E      +E      +E    taken taken ended ended ended ended ended
"""
BY_THE_RECEIVER: Final = """
change   - - ~      ~       ~     ~       ~       ~       ~       ~     ~     ~     ~     -
inquire  - - ~      ~       ~     ~       ~       ~       ~       ~     ~     ~     ~     -
answer   - - +D     unasked sent  sent    sent    sent    sent    ended ended ended ended -
send     - - ~      ~       ~     ~       ~       ~       ~       ~     ~     ~     ~     -
receive  - - unsent unsent  +R    arrived arrived arrived arrived ended ended ended ended -
question - - unsent unsent  first +I      wait    taken   taken   ended ended ended ended -
supply   - - ~      ~       ~     ~       ~       ~       ~       ~     ~     ~     ~     -
accept   - - unsent unsent  +A    +A      wait    taken   taken   ended ended ended ended -
decline  - - unsent unsent  +N    +N      +N      taken   taken   ended ended ended ended -
redirect - - unsent unsent  +M    +M      +M      taken   taken   ended ended ended ended -
appoint  - - early  early   early early   early   +A      done    ended ended ended ended -
cancel   - - early  early   early early   early   +A      done    ended ended ended ended -
confirm  - - early  early   early early   early   +C      done    ended ended ended ended -
report   - - later  later   later later   later   later   +C      ended ended ended ended -
withdraw - - +W     +W      +W    +W      +W      +W      done    ended ended ended ended -
expire   - - unsent unsent  +E    +E      +E      taken   taken   ended ended ended ended -
"""
WHO: Final = {"sender": CITY, "receiver": CENTRE, "nobody": POLICE}
TABLES: Final = {
    "sender": [line.split() for line in BY_THE_SENDER.splitlines()[1:]],
    "receiver": [line.split() for line in BY_THE_RECEIVER.splitlines()[1:]],
    "nobody": [[step, *("-" for _ in HISTORIES)] for step in STEPS],
}
CELLS: Final = [
    (side, step, state, said)
    for side, table in TABLES.items()
    for step, *row in table
    for state, said in zip(HISTORIES, row, strict=True)
]
course("referral", ((state, step, WHY.get(said, said)) for _, step, state, said in CELLS))
# The same kind of referral to another prefecture's centre could not be redirected to Ayumi.
LINK: Final = going("SERVICE_LINK", CITY, CENTRE)


@pytest.mark.parametrize(("side", "step", "state", "said"), CELLS)
def test_it_goes_on_as_the_table_says_and_in_no_other_way(
    side: str, step: str, state: str, said: str
) -> None:
    history = HISTORIES[state]
    if step == "redirect":
        history = tuple(LINK if event == drafted else event for event in history)
    expected = INTO[said] if said in INTO else WHY[said]
    assert outcome(history, STEPS[step], WHO[side]) == expected


def outcome(
    history: tuple[ReferralEvent, ...], step: ReferralStep, by: Context
) -> ReferralStatus | type[Refused]:
    around = beside(offered=(telephone,) if isinstance(step, ChangePackage) else ())
    at = later(by, hours=3) if step == expire else by
    try:
        decided = referral.decide(around, replay(history), step, making(at, an_id(999)))
    except Refused as refused:
        return type(refused)
    assert [type(event) for event in decided.referral] == [LEADS_TO[type(step)]]
    state = replay((*history, *decided.referral))
    assert isinstance(state, KnownReferral)
    return state.status


def test_the_table_leaves_nothing_out() -> None:
    every = [(side, step, state) for side in WHO for step in STEPS for state in HISTORIES]
    assert [cell[:3] for cell in CELLS] == every
    assert {*STEPS} == {line[0] for line in TABLES["sender"]}
    assert {type(step) for step in STEPS.values()} == set(get_args(ReferralStep))
    begin = {DraftReferral, AskToTakeOver}
    assert {*begin, *get_args(ReferralStep)} == set(get_args(ReferralCommand))
    assert {*HISTORIES} - {"NONE", "READY", "DROPPED"} == set(get_args(ReferralStatus))
    assert set(REFERRAL_STATUSES) == set(get_args(ReferralStatus))


def test_who_may_take_a_step_is_on_a_side_that_somewhere_takes_it() -> None:
    sides = {"sender": "SENDER", "receiver": "RECEIVER"}
    taking = {(side, step) for side, step, _, said in CELLS if said in INTO}
    listed = {
        (side, name)
        for name, step in STEPS.items()
        for side, code in sides.items()
        if code in SIDES[type(step)]
    }
    # What moves the responsibility is confirmed by the receiver alone.
    assert listed - taking == {("sender", "confirm")}
    assert taking <= listed


def test_the_machine_has_just_the_edges_of_the_table() -> None:
    seen = {
        (before, LEADS_TO[type(STEPS[step])], INTO[said])
        for _, step, state, said in CELLS
        if said in INTO
        for before in (status_of(state),)
    }
    begins = {edge for edge in REFERRAL.edges if edge.before == NOT_YET}
    assert {tuple(edge) for edge in REFERRAL.edges if edge not in begins} == seen
    assert [edge.after for edge in begins] == ["DRAFT"]
    assert set(BECOMES) == set(get_args(ReferralEvent))
    assert edges(ReferralSent, ("DRAFT",), "SENT")[0] in REFERRAL.edges
    assert not [edge for edge in REFERRAL.edges if edge.before in ENDED]


def status_of(state: str) -> ReferralStatus:
    found = replay(HISTORIES[state])
    assert isinstance(found, KnownReferral)
    return found.status


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_referral_is_found_in_its_own_case_alone(step: ReferralStep) -> None:
    elsewhere = referral_in(replace(beside(), case_id=CaseId(an_id(401))))
    for history in HISTORIES.values():
        for by in WHO.values():
            given(elsewhere, *history).when(step, by=by).refused(ReferralNotFound)
