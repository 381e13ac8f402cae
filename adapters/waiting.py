"""Waiting (待機): for an answer, unless something else comes before it; and with one."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from contracts.problems import Stopping

T = TypeVar("T")

# What is hidden takes longer to look at than what is not there: so neither is said but at these.
NOT_FOUND_EVERY_S: Final = 0.05


async def unless(coming: Coroutine[Any, Any, T], *over: Coroutine[Any, Any, object]) -> T:
    """What comes; or nobody waits for it any more."""
    task = asyncio.create_task(coming)
    ends = [asyncio.create_task(each) for each in over]
    try:
        await asyncio.wait([task, *ends], return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Stopping
        return task.result()
    finally:
        for each in (task, *ends):
            each.cancel()
        await asyncio.gather(task, *ends, return_exceptions=True)
