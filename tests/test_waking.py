"""Whoever waits for something on a feed costs nothing until there may be something on it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID, uuid4

import pytest

from domain.model import AgencyId, stream_of
from services.feeding import waking
from services.feeding.waking import Ear, News, Waking
from services.ports import LogUnavailable
from services.relaying import Head

CITY: Final = AgencyId(uuid4())
CENTRE: Final = AgencyId(uuid4())
SOON_S: Final = 1.0


class Index:
    """For whom there may be something, and how far that is known."""

    def __init__(self) -> None:
        self.position = 7
        self.rows: list[tuple[int, UUID]] = []
        self.asked = 0
        self.is_out = False

    def comes(self, *whom: UUID) -> None:
        """At the next position; for nobody, where nobody is named."""
        self.position += 1
        self.rows += [(self.position, each) for each in whom]

    async def news(self, after: int, most: int) -> News:
        self.asked += 1
        if self.is_out:
            raise LogUnavailable
        new = [whom for position, whom in self.rows if position > after]
        return News(self.position, {*new} if len(new) <= most else None)


@asynccontextmanager
async def woken(ear: Ear) -> AsyncGenerator[None]:
    """It has been waiting for a while, and is woken by what happens here."""
    waiting = asyncio.create_task(ear.hears(5.0))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    yield
    async with asyncio.timeout(SOON_S):
        assert await waiting


async def test_many_who_wait_are_woken_once_for_what_is_new_for_them_and_one_has_looked() -> None:
    index, head = Index(), Head()
    waking = Waking(head, index.news)
    with waking.ear(CITY) as one, waking.ear(CITY) as other:
        ears = [one, other] * 25
        waiting = [asyncio.create_task(ear.hears(5.0)) for ear in ears]
        await asyncio.sleep(0.1)
        assert index.asked == 1
        head.reached(8)
        await asyncio.sleep(0.05)
        assert not any(each.done() for each in waiting), "nobody knows yet for whom it is"
        asked = index.asked
        index.comes(CITY)
        async with asyncio.timeout(SOON_S):
            assert all(await asyncio.gather(*waiting))
        assert index.asked < asked + 20


async def test_whom_nothing_names_sleeps_on_however_much_comes_for_others() -> None:
    index, head = Index(), Head()
    waking = Waking(head, index.news)
    with waking.ear(CITY) as ear:
        sleeping = asyncio.create_task(ear.hears(5.0))
        with waking.ear(CENTRE) as of_another:
            for _ in range(20):
                index.comes(CENTRE)
                head.reached(index.position)
                async with asyncio.timeout(SOON_S):
                    assert await of_another.hears(5.0)
                of_another.forget()
        assert not sleeping.done()
        assert not ear.heard.is_set()
        sleeping.cancel()


async def test_it_is_woken_by_what_comes_from_outside_and_for_whom_it_hears_beside_itself() -> None:
    index, head = Index(), Head()
    waking = Waking(head, index.news)
    network = uuid4()
    with waking.ear(CITY) as ear:
        for whom in (stream_of("agency", CITY), network):
            ear.forget()
            ear.hear_for([network])
            async with woken(ear):
                index.comes(whom)
                head.reached(index.position)


async def test_what_comes_while_it_looks_elsewhere_is_not_missed_when_it_waits() -> None:
    """While nobody waits, or another does; also where the ear was opened in between."""
    index, head = Index(), Head()
    waking = Waking(head, index.news)
    with waking.ear(CENTRE) as other:
        busy = asyncio.create_task(other.hears(5.0))
        with waking.ear(CITY) as ear:
            index.comes(CITY)
            head.reached(8)
            await asyncio.sleep(0.05)
            index.comes()
            head.reached(9)
            await asyncio.sleep(0.05)
            assert await at_once(ear)
        busy.cancel()
        await asyncio.gather(busy, return_exceptions=True)
    with waking.ear(CITY) as ear:
        index.comes(CITY)  # Nobody waits, so nobody has looked.
        assert await at_once(ear)


async def at_once(ear: Ear) -> bool:
    async with asyncio.timeout(SOON_S):
        return await ear.hears(5.0)


async def test_where_too_much_is_new_to_say_for_whom_everybody_is_woken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waking, "NAMED_MAX", 2)
    index, head = Index(), Head()
    many = Waking(head, index.news)
    with many.ear(CITY) as ear:
        async with woken(ear):
            index.comes(*(uuid4() for _ in range(3)))
            head.reached(8)


async def test_nobody_looks_where_nobody_waits() -> None:
    index, head = Index(), Head()
    waking = Waking(head, index.news)
    with waking.ear(CITY) as ear:
        assert not await ear.hears(0.01)
        asked = index.asked
        head.reached(100)
        await asyncio.sleep(0.05)
        assert index.asked == asked


async def test_a_word_that_was_not_heard_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "HEARD_WITHIN_S", 0.02)
    index = Index()
    with Waking(Head(), index.news).ear(CITY) as ear:
        async with woken(ear):
            index.comes(CITY)


async def test_where_it_cannot_be_known_whoever_waits_is_told_and_the_next_tries_again() -> None:
    index = Index()
    waking = Waking(Head(), index.news)
    with waking.ear(CITY) as one, waking.ear(CENTRE) as other:
        index.is_out = True
        waiting = [asyncio.create_task(each.hears(5.0)) for each in (one, other)]
        async with asyncio.timeout(SOON_S):
            told = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in told] == [LogUnavailable, LogUnavailable]
        index.is_out = False
        index.comes(CITY)
        one.forget()
        async with asyncio.timeout(SOON_S):
            assert await one.hears(5.0)
