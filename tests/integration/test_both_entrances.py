"""Whichever way it comes in, a command is handled alike and answered alike."""
# pyright: reportUnknownMemberType=false

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, get_args
from uuid import uuid4

import httpx
import msgspec
import pytest
import pytest_asyncio
from nats.aio.client import Client

from adapters.engines import Endpoints, PostgresAccess
from adapters.nats.connecting import connected
from adapters.nats.desk import open_desk
from contracts.answered import Done
from contracts.answers import Accepted
from contracts.asked import ASKED_BYTES_MAX, Asked, CaseAlias
from domain.agency import StaffNotKnown
from domain.case import IdentifySubject
from domain.catalogue import AnyCommand
from domain.installation import InstallationFounded
from domain.model import ITSELF, AgencyId, CommandId, StaffId
from domain.trail.blocked import SettleWithdrawal
from services.handling import Ask
from tests.integration.desks import Hub, clean_hub
from tests.integration.entrances import CENTRE, CITY, MORI, OPEN, SATO, Entrance, an_entrance
from tests.stories import Clock, LogBook, Stage, tell

COMMANDS: Final = {each.__struct_config__.tag for each in get_args(AnyCommand)}
CORRELATION: Final = str(uuid4())


class Said(NamedTuple):
    """All of it: what is not the same here is not the same."""

    content_type: str
    correlation: str
    content: bytes

    def but_for_when(self) -> "Said":
        """What is taken back is settled a second after it is answered, each time."""
        return self._replace(content=re.sub(rb',"settled_by":"[^"]+"', b"", self.content))


class Both(NamedTuple):
    """Both entrances of one house."""

    entrance: Entrance
    http: httpx.AsyncClient
    nats: Client
    hub: Hub
    clock: Clock

    async def over_http(self, body: bytes, headers: Mapping[str, str]) -> Said:
        sent = {"Content-Type": "application/json", **headers}
        heard = await self.http.post("/v1/commands", content=body, headers=sent)
        return Said(heard.headers["content-type"], heard.headers["correlation-id"], heard.content)

    async def over_nats(self, body: bytes, headers: Mapping[str, str]) -> Said:
        heard = await self.nats.request("ask.command", body, timeout=30, headers=dict(headers))
        told = heard.headers or {}
        return Said(told["Content-Type"], told["Correlation-Id"], heard.data)

    async def say_alike(self, body: bytes, headers: Mapping[str, str], *, http_first: bool) -> Said:
        sent = {"Correlation-Id": CORRELATION, **headers}
        ways = [self.over_http, self.over_nats]
        first, second = [await way(body, sent) for way in (ways if http_first else ways[::-1])]
        assert first.but_for_when() == second.but_for_when()
        return first


@pytest_asyncio.fixture
async def both(endpoints: Endpoints, database: PostgresAccess) -> AsyncIterator[Both]:
    clock = Clock()
    async with (
        an_entrance(database, clock=clock) as entrance,
        clean_hub(endpoints.nats) as hub,
        open_desk(endpoints.nats, entrance.behind.identity, entrance.behind.receiving),
        httpx.AsyncClient(base_url=entrance.url, timeout=30) as http,
        connected(endpoints.nats.at_the_desk(), "visitor") as nats,
    ):
        yield Both(entrance, http, nats, hub, clock)


class Teller:
    """Says everything through both entrances, and is refused by both in another's name.

    What follows by rule comes in by none: nobody has a token of the installation's own.
    """

    def __init__(self, both: Both) -> None:
        self.told: set[object] = set()
        self._both: Final = both
        self._tokens: Final[dict[StaffId, str]] = {}

    async def handle(self, ask: Ask) -> Accepted:
        self.told.add(type(ask.command).__struct_config__.tag)
        aliases = self._both.entrance.behind.aliases
        case = None if ask.case is None else aliases.alias(ask.agency, ask.case)
        asked = Asked(id=ask.id, case=case, command=ask.command)
        http_first = len(self.told) % 2 == 0
        if ask.agency != CENTRE:
            await self._is_refused(asked, http_first=http_first)
        if ask.agency == ITSELF:
            return await self._follows(ask)
        token = await self._token(ask.agency, ask.staff)
        said = await self._both.say_alike(
            msgspec.json.encode(asked), {"Authorization": token}, http_first=http_first
        )
        done = msgspec.json.decode(said.content, type=Done)
        named = None if done.case is None else aliases.case_of(ask.agency, done.case)
        return Accepted(command=done.command, case=named, made=done.made, token=done.token)

    async def _follows(self, ask: Ask) -> Accepted:
        with pytest.raises(StaffNotKnown):
            await self._token(ask.agency, ask.staff)
        answer = await self._both.entrance.handling.handle(ask)
        assert isinstance(answer, Accepted)
        return answer

    async def _is_refused(self, asked: Asked, *, http_first: bool) -> None:
        """To an agency that has no part in it, none of it is there."""
        asked = msgspec.structs.replace(asked, id=uuid4(), case=CaseAlias(uuid4()))
        said = await self._both.say_alike(
            msgspec.json.encode(asked),
            {"Authorization": await self._token(CENTRE, MORI)},
            http_first=http_first,
        )
        assert said.content_type == "application/problem+json"

    async def _token(self, agency: AgencyId, staff: StaffId) -> str:
        if staff not in self._tokens:
            issued = await self._both.entrance.behind.identity.issue(staff, agency)
            self._tokens[staff] = f"Bearer {issued.text}"
        return self._tokens[staff]


async def test_every_command_is_done_and_refused_alike_through_both(both: Both) -> None:
    teller = Teller(both)
    stage = Stage(
        handling=teller,
        operator=InstallationFounded(operator=CITY, first_staff=SATO),
        book=LogBook(both.entrance.log),
        clock=both.clock,
    )
    await tell(stage)
    assert teller.told == COMMANDS - {
        SettleWithdrawal.__struct_config__.tag
    }  # It follows by rule alone.


async def test_what_was_left_over_nats_is_answered_over_http(both: Both) -> None:
    issued = await both.entrance.behind.identity.issue(SATO, CITY)
    sent = {"Authorization": f"Bearer {issued.text}"}
    asked = Asked(id=CommandId(uuid4()), command=OPEN)
    await both.nats.request("publish.command", msgspec.json.encode(asked), timeout=30, headers=sent)
    await both.hub.is_empty()
    told = await both.http.get(f"/v1/commands/{asked.id}", headers=sent)
    assert told.content == (await both.over_nats(msgspec.json.encode(asked), sent)).content


LATE: Final = datetime.now(UTC) - timedelta(seconds=1)
TURNED: Final = "\u202e".encode()  # It would read from right to left.
AHEAD: Final = datetime.now(UTC) + timedelta(days=1)


def written(**more: object) -> bytes:
    return msgspec.json.encode(
        msgspec.structs.replace(Asked(id=CommandId(uuid4()), command=OPEN), **more)
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "NOT_UNDERSTOOD"),
        (b'{"id": "7"}', "NOT_UNDERSTOOD"),
        (b'{"command": {"type": "case.close"}}', "NOT_UNDERSTOOD"),
        (b"[" * 100_000, "NOT_UNDERSTOOD"),
        (b" " * (ASKED_BYTES_MAX + 1), "TOO_LARGE"),
        (written(not_after=LATE), "TOO_LATE"),
        (written(occurred_at=AHEAD), "NOT_YET_HAPPENED"),
        (written(case=CaseAlias(uuid4())), "CASE_ALREADY_OPENED"),
        (written(command=IdentifySubject(name="相川")), "CASE_NOT_FOUND"),
        (
            written(command=IdentifySubject(name="あ" * 300)).replace(
                "あ".encode(), "\u202e".encode()
            ),
            "TEXT_NOT_ACCEPTED",
        ),
    ],
)
async def test_what_is_refused_is_refused_alike(both: Both, body: bytes, code: str) -> None:
    issued = await both.entrance.behind.identity.issue(SATO, CITY)
    for language in ("ja", "en", "ja-JP;q=0.9, en;q=0.8", "fr, ja;q=0.5", "en-GB,ja"):
        headers = {"Authorization": f"Bearer {issued.text}", "Accept-Language": language}
        said = await both.say_alike(body, headers, http_first=True)
        assert msgspec.json.decode(said.content)["code"] == code


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Basic c2F0bw==", "Bearer tsg_made.up", "bearer x", "Bearer a b"],
)
async def test_whoever_is_not_known_is_refused_alike(both: Both, authorization: str) -> None:
    await both.say_alike(written(), {"Authorization": authorization}, http_first=True)


async def test_a_token_taken_back_is_refused_alike(both: Both) -> None:
    identity = both.entrance.behind.identity
    issued = await identity.issue(SATO, CITY)
    await identity.revoke(issued.bearer.id)
    headers = {"Authorization": f"Bearer {issued.text}"}
    said = await both.say_alike(written(), headers, http_first=True)
    assert msgspec.json.decode(said.content)["code"] == "TOKEN_REVOKED"
