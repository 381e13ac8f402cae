"""Whoever waits for something on a feed costs nothing until the log has grown."""

import asyncio

import pytest

from services.feeding import waking
from services.feeding.waking import Waking
from services.ports import LogUnavailable
from services.relaying import Head


class Index:
    """How far it is known for whom there may be something."""

    def __init__(self) -> None:
        self.position = 7
        self.asked = 0
        self.is_out = False

    async def reached(self) -> int:
        self.asked += 1
        if self.is_out:
            raise LogUnavailable
        return self.position


async def test_many_who_wait_are_woken_once_for_each_new_position_and_one_has_looked() -> None:
    index, head = Index(), Head()
    waking = Waking(head, index.reached)
    woken = 0

    async def wait() -> None:
        nonlocal woken
        await waking.beyond(7, 5.0)
        woken += 1

    waiting = [asyncio.create_task(wait()) for _ in range(50)]
    await asyncio.sleep(0.1)
    assert (woken, index.asked) == (0, 1)
    head.reached(8)
    await asyncio.sleep(0.05)
    assert woken == 0, "nobody knows yet for whom it is"
    asked = index.asked
    index.position = 8
    await asyncio.gather(*waiting)
    assert (woken, waking.known_to) == (50, 8)
    assert index.asked < asked + 20


async def test_nobody_looks_where_nobody_waits() -> None:
    index, head = Index(), Head()
    waking = Waking(head, index.reached)
    await waking.beyond(7, 0.01)
    asked = index.asked
    head.reached(100)
    await asyncio.sleep(0.05)
    assert index.asked == asked


async def test_a_word_that_was_not_heard_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "HEARD_WITHIN_S", 0.02)
    index = Index()
    waiting = asyncio.create_task(Waking(Head(), index.reached).beyond(7, 5.0))
    await asyncio.sleep(0.05)
    index.position = 8
    async with asyncio.timeout(1):
        await waiting


async def test_where_it_cannot_be_known_whoever_waits_is_told_and_the_next_tries_again() -> None:
    index = Index()
    index.is_out = True
    waking = Waking(Head(), index.reached)
    with pytest.raises(LogUnavailable):
        await waking.beyond(7, 5.0)
    index.is_out, index.position = False, 9
    await waking.beyond(7, 5.0)
    assert waking.known_to == 9
