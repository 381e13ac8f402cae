"""What other processes say of the log is heard, and what is no position does no harm."""

import asyncio

import psycopg
import pytest

from adapters.ending import ended
from adapters.engines import PostgresAccess
from adapters.postgres.links import with_options
from adapters.postgres.listening import listen
from adapters.postgres.views import PostgresViews
from projections.case_list import CASE_LIST
from services.ports import LogRefusesWrites


async def test_whatever_anybody_says_the_next_position_is_heard(database: PostgresAccess) -> None:
    heard: asyncio.Queue[int] = asyncio.Queue()
    listening = asyncio.create_task(listen(database.app, heard.put_nowait))
    try:
        async with (
            asyncio.timeout(10),
            await psycopg.AsyncConnection.connect(database.app, autocommit=True) as anybody,
        ):
            while heard.empty():  # Until it listens.
                await anybody.execute("select pg_notify('tsunagu_log', '1')")
            for said in ("9" * 5_000, "-3", "next", "7"):
                await anybody.execute("select pg_notify('tsunagu_log', %s)", (said,))
            while await heard.get() != 7:
                pass
        assert not listening.done()
    finally:
        await ended(listening)


async def test_where_nothing_can_be_written_a_list_says_so(database: PostgresAccess) -> None:
    """It waits for that, and does not stop as at an event that it cannot fold."""
    read_only = with_options(database.app, "-c default_transaction_read_only=on")
    async with PostgresViews(read_only) as views:
        with pytest.raises(LogRefusesWrites):
            await views.pause(CASE_LIST)
