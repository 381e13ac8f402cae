"""Which test proves which invariant (INV-*), and by which guard it is kept.

``@accepted("INV-S3")`` shows what the rule lets pass; ``@refused("INV-S3", guard=…)`` what it does
not. A guard is a function, named where it is looked up (``domain.case.stays:check_no_stay_runs``).
With the guard out of the way the refused case has to fail: ``test_invariants`` tries it.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

Test = TypeVar("Test", bound=Callable[[], object])


class Proof(NamedTuple):
    invariant: str
    test: Callable[[], object]
    guard: str | None = None  # ``module:function``
    instead: object = None  # What the guard answers when it is out of the way.


PROOFS: Final[list[Proof]] = []


def accepted(*invariants: str) -> Callable[[Test], Test]:
    def proves(test: Test) -> Test:
        PROOFS.extend(Proof(each, test) for each in invariants)
        return test

    return proves


def refused(*invariants: str, guard: str, instead: Any = None) -> Callable[[Test], Test]:
    """The test takes nothing: it is called again without its guard."""

    def proves(test: Test) -> Test:
        PROOFS.extend(Proof(each, test, guard, instead) for each in invariants)
        return test

    return proves
