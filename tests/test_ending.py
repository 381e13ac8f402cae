"""A task that is told to end ends, also where the telling gets lost."""

import asyncio

import pytest

from adapters import ending
from adapters.ending import ended


async def test_a_cancellation_that_comes_together_with_an_answer_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ending, "AGAIN_AFTER_S", 0.01)
    answer = asyncio.get_running_loop().create_future()

    async def ask_on() -> None:
        await asyncio.wait_for(answer, 10)
        await asyncio.Event().wait()

    asking = asyncio.create_task(ask_on())
    await asyncio.sleep(0)
    answer.set_result(None)
    async with asyncio.timeout(5):
        await ended(asking)
    assert asking.cancelled()


async def test_one_that_has_failed_by_itself_has_ended() -> None:
    async def fail() -> None:
        raise ValueError

    failing = asyncio.create_task(fail())
    await asyncio.wait({failing})
    await ended(failing)
    assert isinstance(failing.exception(), ValueError)
