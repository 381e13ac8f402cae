"""Hearing from other processes that the log has grown: PostgreSQL's own notifications."""

import asyncio
from collections.abc import Callable
from typing import Final, NoReturn

import psycopg

LISTEN_AGAIN_AFTER_S: Final = 1.0
POSITION_DIGITS_MAX: Final = 19


async def listen(conninfo: str, reached: Callable[[int], None]) -> NoReturn:
    """For as long as it is let. What is said while nobody listens is found by looking."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as ours:
                await ours.execute("listen tsunagu_log")
                async for said in ours.notifies():
                    # Whoever may log in may say anything.
                    if said.payload.isdecimal() and len(said.payload) < POSITION_DIGITS_MAX:
                        reached(int(said.payload))
        except psycopg.Error:
            await asyncio.sleep(LISTEN_AGAIN_AFTER_S)
