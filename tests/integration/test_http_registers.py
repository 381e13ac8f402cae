"""The registers over HTTP: what one may not see gets the answer of what is not there."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from adapters.crypto import Kek
from adapters.engines import PostgresAccess
from adapters.postgres.keyring import PostgresKeyring
from domain.model import NetworkId
from tests.agencies import Registry
from tests.integration.entrances import CITY, Entrance, an_entrance
from tests.sealed import SEALING

SAME: Final = UUID(int=3)


@pytest_asyncio.fixture
async def entrance(database: PostgresAccess) -> AsyncIterator[Entrance]:
    async with an_entrance(database) as entrance:
        yield entrance


@pytest.mark.parametrize(
    "path",
    [
        "/v1/meetings",
        "/v1/grievances",
        "/v1/directory",
        "/v1/networks",
    ],
)
async def test_a_list_that_has_nothing_is_empty_and_asks_for_a_token(
    entrance: Entrance, path: str
) -> None:
    answer = await entrance.city.client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})
    assert (await entrance.stranger.client.get(path)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/v1/directory?prefecture=99",
        "/v1/directory/gaps",
        "/v1/meetings?most=0",
        "/v1/grievances?open=true",
        "/v1/referrals?open=perhaps",
    ],
)
async def test_a_question_that_is_not_understood_is_refused(entrance: Entrance, path: str) -> None:
    assert (await entrance.city.client.get(path)).status_code == 400


@pytest.mark.parametrize("sheet", ["pack", "minutes"])
@pytest.mark.parametrize("which", [uuid4(), "a-meeting"])
async def test_what_names_no_meeting_is_answered_as_one_that_is_not_there(
    entrance: Entrance, sheet: str, which: object
) -> None:
    async def asked(meeting: object) -> tuple[int, bytes]:
        answer = await entrance.city.client.get(
            f"/v1/meetings/{meeting}/{sheet}", headers={"correlation-id": str(SAME)}
        )
        return answer.status_code, answer.content

    status, content = await asked(which)
    assert (status, content) == await asked(uuid4())
    assert (status, b"MEETING_NOT_FOUND" in content) == (404, True)


@pytest.mark.parametrize("part", ["", "/members", "/unnamed", "/disaster"])
@pytest.mark.parametrize("which", [uuid4(), "a-network"])
async def test_what_names_no_network_is_answered_as_one_that_is_not_there(
    entrance: Entrance, part: str, which: object
) -> None:
    answer = await entrance.city.client.get(f"/v1/networks/{which}{part}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NETWORK_NOT_FOUND")


async def test_whatever_is_read_of_a_network_leaves_one_line(
    entrance: Entrance, database: PostgresAccess
) -> None:
    network = NetworkId(uuid4())
    async with PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring:
        await Registry(entrance.log, keyring, SEALING).established(network, CITY)
    with capture_logs() as lines:
        for part in ("", "/members", "/unnamed", "/disaster"):
            answer = await entrance.city.client.get(f"/v1/networks/{network}{part}")
            assert answer.status_code == 200
    assert [(line["event"], line["network"]) for line in lines] == [
        ("network_read", str(network)),
        ("members_read", str(network)),
        ("unnamed_members_read", str(network)),
        ("distribution_read", str(network)),
    ]
