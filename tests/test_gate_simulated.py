"""The promise of the gate, under every interleaving that chance finds: see ``tests/gate``."""

import os
from collections.abc import Iterator
from typing import Final

import pytest
import structlog

from domain.model import AgencyId
from tests.gate.__main__ import soak
from tests.gate.base import CAUSES, Cause, base, shows_her_name
from tests.gate.simulator import play

SEEDS: Final = 3_000
BLOCK: Final = 250
MINUTES: Final = 30.0


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Answers are cut off by the thousand, and each would be told."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**before)


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_nothing_is_disclosed_after_it_was_taken_back_and_nothing_arrives_later(first: int) -> None:
    results = [play(seed) for seed in range(first, first + BLOCK)]
    assert [each for each in results if each.violations] == []
    assert sum(each.disclosures for each in results) > BLOCK
    assert sum(each.withdrawals for each in results) == 2 * BLOCK


@pytest.mark.soak
def test_nothing_is_disclosed_and_nothing_arrives_later_for_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``MINUTES``: for so long; it goes on with the seed at which the last one ended."""
    with capsys.disabled():
        assert soak(float(os.environ.get("MINUTES") or MINUTES)) == 0


def test_a_seed_is_always_played_the_same() -> None:
    assert play(7) == play(7)


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("which", range(4))
def test_whatever_takes_it_from_them_takes_her_name_from_them(cause: Cause, which: int) -> None:
    """What the runs begin with: else nothing could be wrong in them."""
    if cause == "EXPIRED" and which != ENDS_BY_THE_CLOCK:
        pytest.skip("What was given for a day was given to one of them")
    who: AgencyId = base().recipients[which].agency
    assert shows_her_name(None, who)
    assert not shows_her_name(cause, who)


ENDS_BY_THE_CLOCK: Final = 3
