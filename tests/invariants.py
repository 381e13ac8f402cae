"""Which test proves which invariant (INV-*), and by which guard it is kept.

``@accepted("INV-S3")`` shows what the rule lets pass; ``@refused("INV-S3", guard=…)`` what it does
not. A guard is a function, named where it is looked up (``domain.case.stays:check_no_stay_runs``).
With the guard out of the way the refused case has to fail: ``test_invariants`` tries it.

``python -m tests.invariants`` says what is proved, and what later work still owes.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from tests.spec.invariants import INVARIANTS

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


class Owed(NamedTuple):
    """``half`` names what is owed where the rest is proved; without it all of it is owed."""

    to: str
    half: str | None = None


LISTS: Final = "processes and lists"
FIGURES: Final = "audit and figures"
OWED: Final[Mapping[str, Owed]] = {
    "INV-C4": Owed(FIGURES, "the auditor's list"),
    "INV-S4": Owed(FIGURES, "logs and statistics"),
    "INV-L3": Owed(FIGURES),
    "INV-L4": Owed(FIGURES),
    "INV-E4": Owed(FIGURES),
    "INV-E1": Owed(FIGURES, "the destruction of the key"),
}


def gather() -> None:
    """Every flat module of tests says what it proves when it is read."""
    for module in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"tests.{module.stem}")


def proofs_of(invariant: str) -> tuple[list[Proof], list[Proof]]:
    """What is shown to pass, and what is shown not to."""
    own = [proof for proof in PROOFS if proof.invariant == invariant]
    return [each for each in own if each.guard is None], [each for each in own if each.guard]


def is_proved(invariant: str) -> bool:
    return all(proofs_of(invariant))


def missing() -> list[str]:
    return [
        each
        for each in INVARIANTS
        if not is_proved(each) and not (each in OWED and OWED[each].half is None)
    ]


def table() -> Iterator[str]:
    for each, (enforced, rule) in INVARIANTS.items():
        passes, refusals = proofs_of(each)
        owed = OWED.get(each)
        yield (
            f"{each:8} {enforced:6} {len(passes):2} accepted {len(refusals):2} refused"
            f"  {_standing(each, owed):34} {rule}"
        )
    owed_wholly = sum(owed.half is None for owed in OWED.values())
    yield (
        f"{len(INVARIANTS)} invariants: {sum(map(is_proved, INVARIANTS))} proved,"
        f" {owed_wholly} owed, {len(OWED) - owed_wholly} owed by half, {len(missing())} missing"
    )


def _standing(invariant: str, owed: Owed | None) -> str:
    if owed is not None and owed.half is None:
        return f"owed to {owed.to}"
    if not is_proved(invariant):
        return "MISSING"
    return "proved" if owed is None else f"proved; owed: {owed.half}"


if __name__ == "__main__":
    # As the tests know it, and not as what was started.
    told = import_module("tests.invariants")
    told.gather()
    print("\n".join(told.table()))  # noqa: T201
