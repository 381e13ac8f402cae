"""Ending tasks (終了): they are told until they have heard."""

import asyncio
from typing import Final

AGAIN_AFTER_S: Final = 2.5  # Longer than any of them takes to put its connection away.


# Before Python 3.12 `asyncio.wait_for`, by which nats-py waits, loses a cancellation that comes
# together with the answer; and a task that has not heard it goes on for ever.
async def ended(*tasks: asyncio.Task[None]) -> None:
    """However each of them has ended."""
    while going_on := [task for task in tasks if not task.done()]:
        for task in going_on:
            task.cancel()
        await asyncio.wait(going_on, timeout=AGAIN_AFTER_S)
    await asyncio.gather(*tasks, return_exceptions=True)
