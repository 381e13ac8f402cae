"""Followers who listen, who do not, and who are too many."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from adapters.engines import PostgresAccess
from adapters.http import door, following, wire
from adapters.traces import NoTraces
from contracts.asked import CaseAlias
from contracts.pages import CaseChange, CaseLine
from domain.agency import NameFeedCustodian
from services.looking import Reader
from services.viewing import Viewing
from tests.integration.entrances import CITY, SATO, Entrance, an_entrance, code_of, done

A_LINE = CaseLine(case=CaseAlias(uuid4()))
A_LOT = CaseLine(case=CaseAlias(uuid4()), name="相川みさき" * 10_000)


class Talking(Viewing):
    """Has something new to tell as fast as it is taken, or never."""

    def __init__(self, line: CaseLine | None) -> None:
        self._line = line
        self.told = 0
        self.ended = asyncio.Event()

    async def changes(
        self,
        reader: Reader,  # noqa: ARG002 (everybody is told the same)
        *,
        after: str | None = None,  # noqa: ARG002
    ) -> AsyncGenerator[CaseChange | None]:
        try:
            while True:
                if self._line is None:
                    await asyncio.Event().wait()
                    yield None
                else:
                    self.told += 1
                    yield CaseChange(case=self._line.case, line=self._line, cursor=str(self.told))
        finally:
            self.ended.set()


async def follows(entrance: Entrance) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    url = urlsplit(entrance.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port, limit=1 << 12)
    token = entrance.city.client.headers["authorization"]
    writer.write(
        f"GET /v1/cases/stream HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\n\r\n".encode()
    )
    return reader, writer


async def test_who_does_not_listen_is_let_go_and_costs_no_memory(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEARD_WITHIN_S", 0.3)
    talking = Talking(A_LOT)
    async with an_entrance(database, lambda _: talking) as own:
        _, writer = await follows(own)
        async with asyncio.timeout(5):
            await talking.ended.wait()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    assert talking.told < 200


async def test_who_leaves_is_followed_no_further(database: PostgresAccess) -> None:
    talking = Talking(None)
    async with an_entrance(database, lambda _: talking) as own:
        reader, writer = await follows(own)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()
        async with asyncio.timeout(5):
            await talking.ended.wait()


async def test_when_we_stop_a_follower_is_told_that_it_is_over(database: PostgresAccess) -> None:
    async with asyncio.timeout(5):
        async with an_entrance(database, lambda _: Talking(None)) as own:
            reader, writer = await follows(own)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert (await reader.read()).endswith(b"\r\n0\r\n\r\n")
        writer.close()


async def test_where_nothing_happens_a_follower_hears_that_we_are_here(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOKED_AT_EVERY_S", 0.02)
    monkeypatch.setattr(following, "HEARTBEAT_S", 0.1)
    async with (
        asyncio.timeout(5),
        an_entrance(database, lambda _: Talking(None)) as own,
        own.city.client.stream("GET", "/v1/cases/stream") as response,
    ):
        lines = response.aiter_lines()
        assert [await anext(lines) for _ in range(4)] == ["retry: 1000", "", ":", ""]


async def test_a_stream_that_breaks_is_noted_and_tells_nothing(database: PostgresAccess) -> None:
    class Breaking(Talking):
        async def changes(
            self,
            reader: Reader,
            *,
            after: str | None = None,
        ) -> AsyncGenerator[CaseChange | None]:
            async for change in super().changes(reader, after=after):
                yield change
                int("na-mi-da")

    with capture_logs() as lines:
        async with an_entrance(database, lambda _: Breaking(A_LINE)) as own:
            reader, writer = await follows(own)
            async with asyncio.timeout(5):
                said = await reader.read()
            writer.close()
    assert b"event-stream" in said
    assert not said.endswith(b"0\r\n\r\n")
    assert [(line["event"], line["error"]) for line in lines] == [("request_failed", "ValueError")]
    assert "na-mi-da" not in said.decode() + str(lines)


@pytest.mark.parametrize("most", ["STREAMS_MAX", "STREAMS_EACH_MAX"])
async def test_there_is_room_for_so_many_followers(
    database: PostgresAccess, most: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, most, 1)
    async with (
        an_entrance(database, lambda _: Talking(None)) as own,
        own.city.client.stream("GET", "/v1/cases/stream") as first,
    ):
        assert first.status_code == 200
        refused = await own.city.sees("/v1/cases/stream")
        assert (refused.status_code, code_of(refused)) == (503, "OVERLOADED")
        assert (await own.city.sees("/v1/commands/x")).status_code == 404


async def test_no_agency_takes_the_places_of_all(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "STREAMS_EACH_MAX", 1)
    path = "/v1/cases/stream"
    async with (
        asyncio.timeout(10),
        an_entrance(database, lambda _: Talking(None)) as own,
        own.centre.client.stream("GET", path) as of_another,
    ):
        async with own.city.client.stream("GET", path) as first:
            assert (first.status_code, of_another.status_code) == (200, 200)
            assert code_of(await own.city.sees(path)) == "OVERLOADED"
        assert code_of(await own.city.sees(path + "/")) == "NOT_HERE"


async def test_a_thousand_agencies_wait_at_once_also_where_others_take_all_they_can() -> None:
    """Each for its feed; none of them is known to any engine."""
    waits, answered = asyncio.Semaphore(0), list[int]()

    class Known:
        async def bearer(self, text: str) -> Any:
            return SimpleNamespace(agency=UUID(text), staff=SATO)

    async def inside(*_: object) -> None:
        waits.release()
        await asyncio.sleep(3600)

    async def told(message: Any) -> None:
        if "status" in message:
            answered.append(message["status"])

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    def asks(agency: UUID) -> asyncio.Task[None]:
        headers = [(b"authorization", f"Bearer {agency}".encode())]
        scope: Any = {
            "type": "http",
            "scheme": "http",
            "method": "GET",
            "path": "/v1/feed",
            "raw_path": b"/v1/feed",
            "headers": headers,
            "state": {},
        }
        return asyncio.create_task(at_door(scope, nothing, told))

    known: Any = Known()
    within: Any = inside
    at_door = door.Door(within, known, NoTraces(), asyncio.Event())
    agencies = [uuid4() for _ in range(1_000)]
    waiting = [asks(each) for each in agencies[1:] for _ in range(door.FEEDS_EACH_MAX)]
    async with asyncio.timeout(20):
        for _ in waiting:
            await waits.acquire()
    refused = [asks(each) for each in agencies[1:]]
    await asyncio.gather(*refused)
    assert answered == [503] * len(refused)
    waiting.append(asks(agencies[0]))
    async with asyncio.timeout(5):
        await waits.acquire()
    assert len(waiting) < wire.CONNECTIONS_MAX
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_whoever_only_waits_keeps_nobody_from_asking(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from taking something back either; and none waits in the place of all."""
    monkeypatch.setattr(door, "REQUESTS_MAX", 2)
    monkeypatch.setattr(door, "FEEDS_EACH_MAX", 2)
    async with asyncio.timeout(20), an_entrance(database) as own:
        done(await own.city.asks(NameFeedCustodian(agency_id=CITY, staff_id=SATO)))
        waiting = [asyncio.create_task(own.city.sees("/v1/feed?wait_ms=2000")) for _ in range(2)]
        await asyncio.sleep(0.5)
        assert code_of(await own.city.sees("/v1/feed")) == "OVERLOADED"
        assert code_of(await own.centre.sees("/v1/feed")) == "NOT_THE_CUSTODIAN"
        assert (await own.centre.sees("/v1/commands/x")).status_code == 404
        assert [(await each).status_code for each in waiting] == [200, 200]
