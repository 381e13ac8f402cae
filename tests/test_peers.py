"""Every scenario of the peers is played here or owed to later work, and none of them is both."""

import re
from types import ModuleType
from typing import Final

import pytest

from tests import (
    test_peers_closed_loop,
    test_peers_japan,
    test_peers_overriding,
    test_peers_primero,
    test_peers_sormas,
)
from tests.peers import CLOSED_LOOP, JAPAN, OWED, PRIMERO, SORMAS

# What was owed when this was written: nothing comes to it.
OWED_AT_MOST: Final = frozenset({"A19", "A20", "E6"})


@pytest.mark.parametrize(
    ("scenarios", "modules"),
    [
        (PRIMERO, (test_peers_primero, test_peers_overriding)),
        (SORMAS, (test_peers_sormas,)),
        (CLOSED_LOOP, (test_peers_closed_loop,)),
        (JAPAN, (test_peers_japan,)),
    ],
)
def test_each_is_played_or_owed(scenarios: frozenset[str], modules: tuple[ModuleType, ...]) -> None:
    owed = scenarios & OWED.keys()
    played = frozenset[str]().union(*map(played_in, modules))
    assert played | owed == scenarios
    assert played & owed == frozenset()


def test_what_is_owed_only_shrinks() -> None:
    assert OWED.keys() <= OWED_AT_MOST
    assert OWED.keys() <= PRIMERO | SORMAS | CLOSED_LOOP | JAPAN


def played_in(module: ModuleType) -> frozenset[str]:
    ids = (re.match(r"test_([a-z]\d+)_", name) for name in vars(module))
    return frozenset(found[1].upper() for found in ids if found)
