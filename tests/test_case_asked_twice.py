"""Asked twice: what is another, what is said anew, and what nothing is left to do of."""

from collections.abc import Mapping
from typing import Final

import pytest

from domain.case import CaseAlreadyAccepted, CaseAlreadyOpened, CaseNotFound
from domain.case.aftercare import AftercareAlreadyRuns, NoAftercareRuns
from domain.case.beside import CompanionNotFound
from domain.case.closing import CaseNotClosed
from domain.case.course import CaseIsClosed, CaseWasTransferred
from domain.case.plans import PlanAlreadyAgreed, PlanIsClosed, PlanNotAgreed
from domain.case.record import SubjectAlreadyIdentified
from domain.case.services import BundleAlreadyCompleted
from domain.case.stay_rules import NotAnExtension, StayHasBegun, StayIsOver
from domain.case.support import NeedAlreadyClosed
from domain.machine import NOT_YET
from domain.speech import Refused
from tests.asked import COMMANDS, folded, outcome, story
from tests.spec import an_id, making

# Each time it is something of its own; it is said anew; it was done already and nothing is left to
# do; or it cannot be done twice.
TWICE: Final[Mapping[str, str]] = {
    "its own": (
        "consult note companion assess need activity policy plan service bundle legal decide"
    ),
    "anew": "details contact address attributes correct instruct inquiry decline reschedule",
    ".": "carry join role role_over status transfer grown",
    "again": "open",
    "gone": "leave",
    "longer": "extend",
    "known": "identify",
    "left": "leaves",
    "met": "need_over",
    "agreed": "agree",
    "draft": "revise",
    "shut": "plan_over",
    "ready": "all_done",
    "begun": "protect house",
    "done": "cancel move_out looked_after",
    "already": "follow_up",
    "touch": "enough",
    "taken": "accept",
    "away": "send_away",
    "over": "close",
    "runs": "reopen",
}
WHY_NOT_TWICE: Final[Mapping[str, type[Refused]]] = {
    "again": CaseAlreadyOpened,
    "gone": CaseNotFound,
    "longer": NotAnExtension,
    "already": AftercareAlreadyRuns,
    "touch": NoAftercareRuns,
    "taken": CaseAlreadyAccepted,
    "away": CaseWasTransferred,
    "over": CaseIsClosed,
    "runs": CaseNotClosed,
    "known": SubjectAlreadyIdentified,
    "left": CompanionNotFound,
    "met": NeedAlreadyClosed,
    "agreed": PlanAlreadyAgreed,
    "draft": PlanNotAgreed,
    "shut": PlanIsClosed,
    "ready": BundleAlreadyCompleted,
    "begun": StayHasBegun,
    "done": StayIsOver,
}


@pytest.mark.parametrize(
    ("name", "said"), [(name, said) for said, names in TWICE.items() for name in names.split()]
)
def test_what_is_asked_twice_is_done_as_the_table_says(name: str, said: str) -> None:
    asking = COMMANDS[name]
    state = {"open": NOT_YET, "accept": "CONTACT", "reopen": "CLOSED"}.get(name, "ACTIVE")
    before = story(asking, state)
    by = making(asking.by, an_id(990))
    first = outcome(folded(before), asking.command, by)
    assert isinstance(first, tuple)
    second = outcome(folded((*before, *first)), asking.command, making(by, an_id(991)))
    match said:
        case "its own":
            assert isinstance(second, tuple)
            assert [type(event) for event in second] == [type(event) for event in first]
            assert not set(second) & set(first)
        case "anew":
            assert second == first
        case ".":
            assert second == ()
        case _:
            assert second is WHY_NOT_TWICE[said]


def test_the_table_has_everything() -> None:
    assert sorted(" ".join(TWICE.values()).split()) == sorted(COMMANDS)
