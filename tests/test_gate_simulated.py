"""The promise of the gate, under every interleaving that chance finds: see ``tests/gate``."""

import os
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest
import structlog
from msgspec.structs import replace

from domain.model import AgencyId
from services.ports import NewEvent
from tests.gate.__main__ import soak
from tests.gate.base import CAUSES, NAME, Cause, base, shows_her_name, telling
from tests.gate.simulator import Faults, Out, Play, lost, not_recorded, play
from tests.gate.virtual import VirtualLoop

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


@pytest.fixture
def there() -> Iterator[Play]:
    """Nothing was played yet."""
    loop = VirtualLoop(Random(0))
    yield Play(0, loop, Faults())
    loop.close()


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_nothing_is_disclosed_after_it_was_taken_back_and_nothing_arrives_later(first: int) -> None:
    results = [play(seed) for seed in range(first, first + BLOCK)]
    assert [each for each in results if each.violations] == []
    assert sum(each.disclosures for each in results) > BLOCK
    assert sum(each.fed for each in results) > BLOCK // 10
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


def test_what_is_recorded_last_of_all_was_not_recorded_before_it_came_out(there: Play) -> None:
    disclosed = telling(0)
    there.out.append(out_to(0, there))
    for each in disclosed:
        there.keep(each, there.now())
    assert [*not_recorded(there)] == ["told at 1001.000 s, and not recorded before"]


def test_what_is_recorded_and_then_comes_out_is_as_it_should_be(there: Play) -> None:
    for each in telling(0):
        there.keep(each, there.now())
    there.out.append(out_to(0, there))
    assert not [*not_recorded(there)]


def test_what_another_agency_was_told_is_recorded_for_nobody_else(there: Play) -> None:
    for each in telling(1):
        there.keep(each, there.now())
    there.out.append(out_to(0, there))
    assert [*not_recorded(there)]


def test_what_was_acknowledged_and_is_not_there_as_itself_is_lost(there: Play) -> None:
    (disclosed,) = (each.stored for each in telling(0))
    new = NewEvent(stream=disclosed.stream, version=1, type=disclosed.type, header=disclosed.header)
    there.acknowledged.append(new)
    assert len([*lost(there)]) == 1
    for each in telling(0):
        there.keep(each, there.now())
    assert not [*lost(there)]
    there.acknowledged.append(replace(new, header=b"{}"))
    assert len([*lost(there)]) == 1


def test_only_what_the_machine_held_up_beyond_the_window_was_paused_inside_the_check(
    there: Play,
) -> None:
    out = out_to(0, there)
    assert not out.was_paused_inside_check
    assert not out._replace(at_s=out.ends_at_s + 0.1).was_paused_inside_check
    assert not out._replace(stopped=True).was_paused_inside_check
    assert out._replace(stopped=True, at_s=out.ends_at_s + 0.1).was_paused_inside_check


def out_to(which: int, there: Play) -> Out:
    who = base().recipients[which]
    return Out(
        to=who.agency,
        by=who.staff,
        is_feed=True,
        content=NAME.encode(),
        position=len(there.log),
        ends_at_s=1_001.5,
        at_s=1_001.0,
    )
