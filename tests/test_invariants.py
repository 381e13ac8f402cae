"""Every rule of the specification is shown to pass and to refuse, and fails without its guard."""

from collections.abc import Callable
from importlib import import_module

import pytest

from tests.invariants import OWED, PROOFS, Proof, gather, is_proved, missing, proofs_of, table
from tests.spec.invariants import INVARIANTS

gather()
REFUSED = [proof for proof in PROOFS if proof.guard]

# Never add to it.
OWED_AT_MOST = frozenset(
    {
        "INV-C6",
        "INV-C12",
        "INV-R5",
        "INV-S7",
        "INV-K9",
        "INV-X5",
        "INV-M2",
        "INV-M8",
        "INV-F1",
        "INV-G2",
        "INV-L1",
        "INV-L2",
        "INV-A8",
        "INV-C4",
        "INV-E5",
        "INV-S4",
        "INV-L3",
        "INV-L4",
        "INV-E4",
        "INV-E1",
    }
)
HALVES_AT_LEAST = frozenset({"INV-C12", "INV-M2", "INV-F1", "INV-C4", "INV-S4", "INV-E1"})


def test_the_specification_has_77_invariants() -> None:
    assert len(INVARIANTS) == 77
    assert all(set(each.enforced) <= set("CPQA+/") for each in INVARIANTS.values())


def test_every_invariant_is_shown_to_pass_and_to_refuse() -> None:
    print("", *table(), sep="\n")  # noqa: T201
    assert missing() == []


def test_what_is_owed_only_shrinks() -> None:
    assert OWED.keys() <= OWED_AT_MOST
    wholly = {each for each, owed in OWED.items() if owed.half is None}
    assert not wholly & HALVES_AT_LEAST


def test_what_is_proved_is_no_longer_owed() -> None:
    assert [each for each, owed in OWED.items() if owed.half is None and is_proved(each)] == []


def test_only_invariants_of_the_specification_are_proved() -> None:
    assert {proof.invariant for proof in PROOFS} <= INVARIANTS.keys()


def named(proof: Proof) -> str:
    return f"{proof.invariant}-{proof.test.__name__}"


@pytest.mark.parametrize("proof", REFUSED, ids=named)
def test_what_is_refused_is_not_without_its_guard(
    proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof.test()
    module, _, function = str(proof.guard).partition(":")
    assert callable(getattr(import_module(module), function))
    monkeypatch.setattr(f"{module}.{function}", stands_aside(proof.instead))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        proof.test()


def stands_aside(instead: object) -> Callable[..., object]:
    def guard(*_: object, **__: object) -> object:
        return instead

    return guard


def test_a_test_that_proves_something_is_named_once_for_each_invariant() -> None:
    for each in INVARIANTS:
        for proofs in proofs_of(each):
            assert len({(proof.test, proof.guard) for proof in proofs}) == len(proofs)
