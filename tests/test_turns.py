"""What follows by rule takes turns: neither an outage for one nor a long record keeps up others."""

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import pytest

from domain.agency import SucceedAgency
from domain.case import AssignRole
from domain.consent_ledger import WithdrawConsent
from domain.model import stream_of
from services.ports import EventLog, LogUnavailable
from services.reacting import Process, Wanted
from services.reacting.knowing import Knowing
from services.reacting.settling import Settling
from tests.peers import midorino
from tests.reading import LetOuts, reads
from tests.sealed import SEALING, Log


def nothing(_: object, __: object) -> Iterator[Wanted]:
    yield from ()


class Turn:
    """Something that is to have its turn, and whom the log is away for."""

    waits_until_s = None

    def __init__(self, name: str, taken: list[str], *, is_away: bool = False) -> None:
        self.name = name
        self.process = Process(name, frozenset(), nothing)
        self._taken = taken
        self._is_away = is_away

    async def step(self, *_: object) -> bool:
        if self._is_away:
            raise LogUnavailable
        self._taken.append(self.name)
        return False


class Head:
    async def head(self) -> int:
        return 1


def test_where_the_log_is_away_for_one_the_others_have_their_turn_and_then_it_is_told() -> None:
    taken: list[str] = []
    followings = [Turn("withdrawals", taken, is_away=True), Turn("purges", taken)]
    settling = Settling(
        cast("Any", Head()), cast("Any", followings), cast("Any", Turn("timers", taken))
    )
    with pytest.raises(LogUnavailable):
        asyncio.run(settling.settle())
    assert taken == ["purges", "timers"]


def test_what_befalls_an_agency_is_followed_in_what_those_were_told_whom_it_took_over_from() -> (
    None
):
    here = midorino()
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.shelter.agency))
    here.agrees(here.shelter, history="FULL")
    reads(here.world, here.shelter, here.case)
    hikari, tsubomi = (here.world.joins("PRIVATE_SHELTER", name=name) for name in ("光", "蕾"))
    for old, new in ((here.shelter, hikari), (hikari, tsubomi)):
        succeed = SucceedAgency(agency_id=old.agency, successor=new.agency)
        here.world.says(here.world.operator, succeed)
    log = cast("EventLog", Log(here.world, here.world.at))
    for who in (here.shelter, hikari, tsubomi):
        found = Knowing(log, SEALING).cases_told_to(stream_of("agency", who.agency))
        assert asyncio.run(found) == [here.case]
    others = Knowing(log, SEALING).cases_told_to(stream_of("agency", here.police.agency))
    assert asyncio.run(others) == []


class LetGo(NamedTuple):
    turns: int
    known: Any


def test_what_was_told_again_and_again_is_known_once_where_it_was_told_last() -> None:
    here = midorino()
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.shelter.agency))
    grant = here.agrees(here.shelter, history="FULL")
    for _ in range(3):
        reads(here.world, here.shelter, here.case)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    reads(here.world, here.shelter, here.case)

    withdrawn = next(e for e in here.world.log if type(e.said).__name__ == "ConsentWithdrawn")
    told = LetOuts(here.world).let_out(here.case, withdrawn.told.position)
    log = cast("EventLog", Log(here.world, here.world.at))

    async def asked() -> LetGo:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(others())
        (stored,) = [
            each
            for each in (await log.of_cases(here.case)).events[here.case]
            if each.position == withdrawn.told.position
        ]
        _, known = await Knowing(log, SEALING).of(stored, here.case, disclosed=True)
        beside.cancel()
        return LetGo(turns, known)

    found = asyncio.run(asked())
    last = {(e.recipient, e.event, e.field, e.basis, e.basis_id): e for e in told}
    assert len(told) == 3 * len(last) > 0
    assert set(found.known.disclosed) == set(last.values())
    positions = [each.position for each in found.known.disclosed]
    assert positions == sorted(positions)
    assert found.turns >= 3  # Others had theirs with each disclosure that was opened.
