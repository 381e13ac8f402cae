"""Stopping: who is inside finishes or is told, who follows is let go, and nothing said is lost."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from adapters.engines import PostgresAccess
from adapters.http import door
from contracts.asked import Asked
from domain.model import CommandId
from tests.integration.entrances import OPEN, an_entrance, code_of, done
from tests.integration.processes import STOPPED_WITHIN_S, up

CALLERS, FOLLOWERS = 8, 4


async def test_stopped_under_load_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    with up(tmp_path) as running:
        issued = msgspec.json.decode(running.tsunagu("token", "issue", "--json").stdout)
        headers = {"authorization": f"Bearer {issued['token']}"}
        told = Counter[str]()
        acknowledged: list[UUID] = []
        async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=30) as client:
            followers = [asyncio.create_task(follow(client)) for _ in range(FOLLOWERS)]
            callers = [
                asyncio.create_task(call(client, told, acknowledged)) for _ in range(CALLERS)
            ]
            while len(acknowledged) < 100:  # noqa: ASYNC110 (Nobody tells us.)
                await asyncio.sleep(0.01)
            took_s = await asyncio.to_thread(running.stop)
            ended = await asyncio.gather(*followers)
            await asyncio.gather(*callers)
    assert took_s < STOPPED_WITHIN_S
    assert ended == [True] * FOLLOWERS
    assert told.keys() <= {"done", "STOPPING", "gone"}
    with up(tmp_path) as again:
        async with httpx.AsyncClient(base_url=again.url, headers=headers, timeout=30) as client:
            for command in acknowledged:
                done(await client.get(f"/v1/commands/{command}"))


async def call(client: httpx.AsyncClient, told: Counter[str], acknowledged: list[UUID]) -> None:
    """One command after the other, until nobody answers."""
    while True:
        asked = Asked(id=CommandId(uuid4()), command=OPEN)
        try:
            answer = await client.post(
                "/v1/commands",
                content=msgspec.json.encode(asked),
                headers={"content-type": "application/json"},
            )
        except httpx.TransportError:
            told["gone"] += 1
            return
        if answer.status_code == 200:
            acknowledged.append(asked.id)
            told["done"] += 1
        else:
            told[code_of(answer)] += 1


async def follow(client: httpx.AsyncClient) -> bool:
    """Whether the stream ended as it should: not cut off, but closed."""
    async with client.stream("GET", "/v1/cases/stream") as response:
        assert response.status_code == 200
        async for _ in response.aiter_bytes():
            pass
    return True


async def test_what_is_under_way_is_finished_and_told(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_entrance(database) as own:
        inside, let = asyncio.Event(), asyncio.Event()
        append = own.log.append

        async def waiting(*asked: object) -> object:
            inside.set()
            await let.wait()
            return await append(*asked)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

        monkeypatch.setattr(own.log, "append", waiting)
        slow = asyncio.create_task(own.city.asks(OPEN))
        await inside.wait()
        own.door.close()
        refused = await own.city.asks(OPEN)
        assert (refused.status_code, code_of(refused)) == (503, "STOPPING")
        assert refused.headers["connection"] == "close"
        assert (await own.stranger.sees("/health/ready")).status_code == 503
        let.set()
        done(await slow)


async def test_what_cannot_be_finished_is_told_to_ask_again(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "FINISHED_WITHIN_S", 0.2)
    async with an_entrance(database) as own:
        inside = asyncio.Event()

        async def never(*_: object) -> None:
            inside.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(own.log, "append", never)
        stuck = asyncio.create_task(own.city.asks(OPEN))
        await inside.wait()
        began = time.monotonic()
        own.door.close()
        told = await stuck
        assert (told.status_code, code_of(told)) == (503, "STOPPING")
        assert time.monotonic() - began < 2
