"""A feed over HTTP, from the whole house as it runs."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pytest
import pytest_asyncio
from jsonschema import validate
from structlog.testing import capture_logs

import services.feeding
from adapters.app import App, running
from adapters.engines import PostgresAccess
from adapters.http import following
from adapters.http.openapi import document
from adapters.nats.connecting import connected
from adapters.settings import Settings
from contracts.feed import FeedPage
from domain.agency import EndFeedCustodian, NameFeedCustodian
from domain.case import IdentifySubject
from services.disclosing import Reader
from services.feeding import Feeding
from tests.integration.entrances import (
    CITY,
    OPEN,
    SATO,
    Visitor,
    an_entrance,
    code_of,
    done,
    visitor,
)

DOCUMENT: Final = document()
LONG_MS: Final = 20_000
STREAM: Final = {"accept": "text/event-stream"}


class Office(NamedTuple):
    app: App
    visitor: Visitor  # The operator's own, for want of another.

    async def names_a_custodian(self) -> None:
        founded = self.app.operator
        command = NameFeedCustodian(agency_id=founded.operator, staff_id=founded.first_staff)
        done(await self.visitor.asks(command))

    async def fetches(self) -> dict[str, Any]:
        """The same over NATS, by the account that the operator has there."""
        headers = {"Authorization": self.visitor.client.headers["authorization"]}
        login = self.app.endpoints.nats.of_agency(self.app.operator.operator)
        async with connected(login, "system") as client:
            answer = await client.request("feed.fetch", timeout=30, headers=headers)
        page: dict[str, Any] = msgspec.json.decode(answer.data)
        return page

    @asynccontextmanager
    async def follows(self, query: str = "", **headers: str) -> AsyncGenerator["Told"]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client, wants = self.visitor.client, {"accept": "text/event-stream", **named}
        async with (
            asyncio.timeout(20),
            client.stream("GET", f"/v1/feed{query}", headers=wants) as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Told(answer.aiter_lines())

    async def feed(self, **asked: object) -> dict[str, Any]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        answer = await self.visitor.sees(f"/v1/feed?{query}" if query else "/v1/feed")
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        validate(page, {"$ref": "#/components/schemas/FeedPage", **DOCUMENT})
        return page


class Told(NamedTuple):
    """What a stream tells, event by event."""

    lines: AsyncIterator[str]

    async def next(self) -> tuple[str, dict[str, Any]]:
        said: dict[str, str] = {}
        async for line in self.lines:
            name, _, value = line.partition(": ")
            said[name] = value
            if not line and "data" in said:
                page: dict[str, Any] = msgspec.json.decode(said["data"])
                validate(page, {"$ref": "#/components/schemas/FeedPage", **DOCUMENT})
                assert said["id"] == page["next"]
                return said["id"], page
        raise StopAsyncIteration


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    home = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    async with (
        running(Settings(data=tmp_path / "data", http_port=0), home) as app,
        visitor(app.url, (await app.identity.issue()).text) as asking,
    ):
        yield Office(app, asking)


async def test_it_is_for_custodians_and_answers_when_there_is_something(office: Office) -> None:
    refused = await office.visitor.sees("/v1/feed")
    assert (refused.status_code, code_of(refused)) == (403, "NOT_THE_CUSTODIAN")
    await office.names_a_custodian()
    for wrong in ("wait_ms=25001", "most=0", "most=501", "since=1", "after=abc"):
        assert (await office.visitor.sees(f"/v1/feed?{wrong}")).status_code == 400

    empty = await office.feed()
    assert empty["items"] == []
    began = time.monotonic()
    later = await office.feed(after=empty["next"], wait_ms=300)
    assert 0.3 <= time.monotonic() - began < 5
    assert later["items"] == []

    waiting = asyncio.create_task(office.feed(after=later["next"], wait_ms=LONG_MS))
    await asyncio.sleep(0.3)
    with capture_logs() as logs:
        opened = done(await office.visitor.asks(OPEN))
        async with asyncio.timeout(5):
            page = await waiting
    (message,) = page["items"]
    assert (message["type"], message["data"]["case"]) == ("case.opened.v1", str(opened.case))
    assert (message["specversion"], message["datacontenttype"]) == ("1.0", "application/json")
    assert (message["tsunaguown"], message["tsunagubackfill"]) == (True, False)
    said = [line for line in logs if line["event"] == "feed_read"]
    assert [line["items"] for line in said] == [1]

    done(await office.visitor.asks(IdentifySubject(name="相川みさき"), opened.case))
    told = await office.feed(after=page["next"], wait_ms=LONG_MS)
    assert [each["type"] for each in told["items"]] == ["case.subject_identified.v1"]
    whole = await office.feed()
    assert whole["items"] == [*page["items"], *told["items"]]
    assert (await office.fetches())["items"] == whole["items"]


async def test_for_whoever_leaves_nothing_is_waited_for_any_longer(office: Office) -> None:
    await office.names_a_custodian()
    with capture_logs() as logs:
        gone = asyncio.create_task(office.feed(wait_ms=LONG_MS))
        await asyncio.sleep(0.3)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        async with asyncio.timeout(5):
            while not any(line["event"] == "caller_left" for line in logs):  # noqa: ASYNC110 (the door says it when it will)
                await asyncio.sleep(0.05)


async def test_when_the_server_stops_whoever_waits_is_told_to_ask_again(
    database: PostgresAccess,
) -> None:
    async with an_entrance(database) as own:
        done(await own.city.asks(NameFeedCustodian(agency_id=CITY, staff_id=SATO)))
        waiting = asyncio.create_task(own.city.sees(f"/v1/feed?wait_ms={LONG_MS}"))
        await asyncio.sleep(0.3)
        own.door.close()
        async with asyncio.timeout(5):
            told = await waiting
        assert (told.status_code, code_of(told)) == (503, "STOPPING")


async def test_whoever_accepts_a_stream_is_told_page_after_page_and_goes_on_from_the_last(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with the token, and with the custody."""
    monkeypatch.setattr(services.feeding, "FOLLOWED_FOR_S", 0.5)
    refused = await office.visitor.sees("/v1/feed", accept="text/event-stream")
    assert (refused.status_code, code_of(refused)) == (403, "NOT_THE_CUSTODIAN")
    await office.names_a_custodian()
    wrong = await office.visitor.sees("/v1/feed?after=abc", accept="text/event-stream")
    assert (wrong.status_code, code_of(wrong)) == (400, "CURSOR_NOT_VALID")

    opened = done(await office.visitor.asks(OPEN))
    async with office.follows() as told:
        first, page = await told.next()
        assert [each["type"] for each in page["items"]] == ["case.opened.v1"]
        done(await office.visitor.asks(IdentifySubject(name="相川みさき"), opened.case))
        second, page = await told.next()
        assert [each["type"] for each in page["items"]] == ["case.subject_identified.v1"]
    # Whether it arrived, only they know: from the id before it, it comes again.
    async with office.follows(f"?after={second}", Last_Event_ID=first) as told:
        _, repeated = await told.next()
    assert repeated["items"] == page["items"]
    whole = await office.feed()
    assert [each["type"] for each in whole["items"]] == [
        "case.opened.v1",
        "case.subject_identified.v1",
    ]

    issued = await office.app.identity.issue()
    async with office.follows(f"?after={second}", authorization=f"Bearer {issued.text}") as told:
        await office.app.identity.revoke(issued.bearer.id)
        with pytest.raises(StopAsyncIteration):
            await told.next()
    founded = office.app.operator
    ends = EndFeedCustodian(agency_id=founded.operator, staff_id=founded.first_staff)
    async with office.follows(f"?after={second}") as told:
        done(await office.visitor.asks(ends))
        with pytest.raises(StopAsyncIteration):
            await told.next()


async def test_a_page_whose_window_has_closed_is_told_on_no_stream(
    database: PostgresAccess,
) -> None:
    class Late(Feeding):
        def __init__(self) -> None:
            self.asked = 0

        async def pages(
            self, reader: Reader, *, after: str | None = None, most: int = 0
        ) -> AsyncGenerator[FeedPage]:
            del after, most
            while True:
                self.asked += 1
                await asyncio.sleep(0)
                reader.window.open()
                reader.window.ends_by(time.monotonic() + (1.0 if self.asked == 1 else -0.01))
                yield FeedPage(items=(), next=str(self.asked), release_by=datetime.now(UTC))

    late = Late()
    async with (
        asyncio.timeout(5),
        an_entrance(database, feeding=late) as own,
        own.city.client.stream("GET", "/v1/feed", headers=STREAM) as answer,
    ):
        said = "\n".join([line async for line in answer.aiter_lines()])
    assert late.asked == 2
    assert ("id: 1" in said, "id: 2" in said) == (True, False)


async def test_that_we_are_still_here_opens_no_window_that_a_page_goes_by(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is decided, and its keys take their time, while the stream says that it goes on."""
    monkeypatch.setattr(following, "LOOKED_AT_EVERY_S", 0.02)

    class Slow(Feeding):
        def __init__(self) -> None:
            pass

        async def pages(
            self, reader: Reader, *, after: str | None = None, most: int = 0
        ) -> AsyncGenerator[FeedPage]:
            del after, most
            await asyncio.sleep(0)
            reader.window.ends_by(time.monotonic() + 0.4)
            await asyncio.sleep(0.6)
            yield FeedPage(items=(), next="late", release_by=datetime.now(UTC))

    async with (
        asyncio.timeout(5),
        an_entrance(database, feeding=Slow()) as own,
        own.city.client.stream("GET", "/v1/feed", headers=STREAM) as answer,
    ):
        said = "\n".join([line async for line in answer.aiter_lines()])
    assert "late" not in said
