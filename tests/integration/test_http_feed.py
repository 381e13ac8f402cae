"""A feed over HTTP, from the whole house as it runs."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest_asyncio
from jsonschema import validate
from structlog.testing import capture_logs

from adapters.app import App, running
from adapters.engines import PostgresAccess
from adapters.http.openapi import document
from adapters.settings import Settings
from domain.agency import NameFeedCustodian
from domain.case import IdentifySubject
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


class Office(NamedTuple):
    app: App
    visitor: Visitor  # The operator's own, for want of another.

    async def names_a_custodian(self) -> None:
        founded = self.app.operator
        command = NameFeedCustodian(agency_id=founded.operator, staff_id=founded.first_staff)
        done(await self.visitor.asks(command))

    async def feed(self, **asked: object) -> dict[str, Any]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        answer = await self.visitor.sees(f"/v1/feed?{query}" if query else "/v1/feed")
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        validate(page, {"$ref": "#/components/schemas/FeedPage", **DOCUMENT})
        return page


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
