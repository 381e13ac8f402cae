"""What must hold whoever is first: a fence is seen, and nobody waits for a client that paused."""

import asyncio
import contextlib
from uuid import uuid4

import msgspec
import pytest

from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from services.ports import LogUnavailable
from tests.integration.writers import (
    a_stream,
    append_batch,
    command,
    event,
    session,
    waiting_for_the_lock,
    wire,
)

DEADLINE_S = 10.0


async def test_a_disclosure_never_follows_a_withdrawal_it_has_not_seen(
    database: PostgresAccess,
) -> None:
    async with PostgresEventLog(database.app) as log:
        for _ in range(20):
            key = f"case:{uuid4()}"
            head = (await log.read()).head
            with session(database.app) as withdrawing:
                withdrawing.execute("begin")
                withdrawal = command(event(a_stream(), stamps=(key,)))
                (stamped,) = append_batch(withdrawing, withdrawal)
                assert stamped.verdict == "appended"
                disclosure = msgspec.structs.replace(
                    command(event(a_stream())), reads=(key,), read_to=head
                )
                disclosing = asyncio.create_task(log.append(disclosure, lane="disclosures"))
                await waiting_for_the_lock(database.owner)
                withdrawing.execute("commit")
            assert (await disclosing).verdict == "fenced"


def test_a_disclosure_sees_the_withdrawal_before_it_in_the_same_batch(
    database: PostgresAccess,
) -> None:
    key = f"case:{uuid4()}"
    withdrawal = command(event(a_stream(), stamps=(key,)))
    disclosure = msgspec.structs.replace(command(event(a_stream())), reads=(key,), read_to=0)
    with session(database.app) as batches:
        withdrawn, disclosed = append_batch(batches, withdrawal, disclosure)
    assert (withdrawn.verdict, disclosed.verdict) == ("appended", "fenced")


async def test_nobody_waits_for_a_writer_that_paused(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After whichever answer it stops reading and asking: it holds nothing that others need."""
    monkeypatch.setattr("adapters.postgres.links.DEADLINE_S", 3.0)

    async def pausing_after(answers: int) -> None:
        async with wire(database.app) as (between, through), PostgresEventLog(through) as paused:
            await paused.append(command(event(a_stream())))
            between.silent_after(answers)
            writing = asyncio.create_task(_until_unavailable(paused))
            await asyncio.wait_for(between.fell_silent.wait(), DEADLINE_S)
            async with asyncio.timeout(2), PostgresEventLog(database.app) as others:
                assert (await others.append(command(event(a_stream())))).verdict == "appended"
            await writing

    await asyncio.gather(*map(pausing_after, range(6)))


async def _until_unavailable(log: PostgresEventLog) -> None:
    with contextlib.suppress(LogUnavailable):
        while True:
            await log.append(command(event(a_stream())))
