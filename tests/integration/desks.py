"""A desk on NATS with all that stands behind it, and systems of agencies that come to it."""
# pyright: reportUnknownMemberType=false

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, TypeVar
from uuid import uuid4

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from adapters.clock import WallClock
from adapters.crypto import AesVeil, ChaChaCipher, Kek
from adapters.engines import NatsAccess, PostgresAccess
from adapters.engines.endpoints import nats_access, store_in
from adapters.engines.folder import held
from adapters.engines.nats_server import embedded_nats
from adapters.nats.connecting import connected
from adapters.nats.desk import Receives, open_desk
from adapters.nats.intake import STREAM
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.tokens import PostgresTokens
from adapters.settings import Settings
from contracts.answered import Done
from contracts.asked import Asked, CaseAlias
from contracts.problems import Problem
from domain.case import OpenCase
from domain.catalogue import EVENTS, AnyCommand
from domain.model import AgencyId, CommandId, StaffId
from services.aliases import Aliases
from services.handling import Handling
from services.identity import Identity
from services.keys import installation_key
from services.receiving import Receiving
from services.sealing import Sealing
from tests.agencies import Registry

T = TypeVar("T")
Said: TypeAlias = Done | Problem

CITY: Final = AgencyId(uuid4())
SATO: Final = StaffId(uuid4())
OPEN: Final = OpenCase(
    anonymous=True, channel="PHONE", found_via="SELF", frameworks=frozenset(), at_risk_only=False
)


class House(NamedTuple):
    """All that stands behind an entrance."""

    log: PostgresEventLog
    handling: Handling
    aliases: Aliases
    identity: Identity
    receiving: Receiving

    async def token(self, staff: StaffId = SATO, agency: AgencyId = CITY) -> str:
        return (await self.identity.issue(staff, agency)).text


@asynccontextmanager
async def house(database: PostgresAccess) -> AsyncGenerator[House]:
    """With one agency, whose Sato is enrolled and pledged."""
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
        PostgresTokens(database.app) as tokens,
    ):
        sealing, clock = Sealing(EVENTS, ChaChaCipher()), WallClock()
        registry = Registry(log, keyring, sealing)
        await registry.founded(CITY, SATO)
        await registry.enrolled(CITY, SATO)
        handling = Handling(log, keyring, sealing, clock)
        aliases = Aliases(await installation_key(keyring), AesVeil())
        identity = Identity(log, keyring, sealing, tokens, clock)
        yield House(log, handling, aliases, identity, Receiving(handling, aliases, clock))


class Visitor(NamedTuple):
    """The system of an agency, which knows the desk's subjects and a token."""

    client: Client
    token: str
    within_s: float = 30

    def impatient(self) -> "Visitor":
        return self._replace(within_s=1)

    async def asks(self, asked: Asked, **headers: str) -> Said:
        return said(await self.sends(msgspec.json.encode(asked), **headers))

    async def sends(self, body: bytes, **headers: str) -> Msg:
        more = self._headers(headers)
        return await self.client.request("ask.command", body, timeout=self.within_s, headers=more)

    async def tells(self, asked: Asked, reply: str) -> None:
        body = msgspec.json.encode(asked)
        await self.client.publish("ask.command", body, reply=reply, headers=self._headers({}))

    async def puts_in(self, asked: Asked, **headers: str) -> int:
        """The number that NATS acknowledges it by."""
        return await self.leaves(msgspec.json.encode(asked), **headers)

    async def leaves(self, body: bytes, subject: str = "publish.command", **headers: str) -> int:
        more = self._headers(headers)
        heard = await self.client.request(subject, body, timeout=self.within_s, headers=more)
        acknowledged: int = msgspec.json.decode(heard.data)["seq"]
        return acknowledged

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        named = {
            name.replace("_", "-") if name[0].isupper() else name: value
            for name, value in more.items()
        }
        return {"Authorization": f"Bearer {self.token}", **named}


@asynccontextmanager
async def visitor(access: NatsAccess, token: str) -> AsyncGenerator[Visitor]:
    async with connected(access.at_the_desk(), "visitor") as client:
        yield Visitor(client, token)


class Hub(NamedTuple):
    """What our own services may see of IN."""

    client: Client
    jetstream: JetStreamContext

    async def kept(self) -> int:
        return (await self.jetstream.stream_info(STREAM)).state.messages

    async def is_empty(self) -> None:
        """Wait until everything in IN has been handled, and is gone."""
        async with asyncio.timeout(30):
            while await self.kept():  # noqa: ASYNC110 (Nobody tells us.)
                await asyncio.sleep(0.01)


@asynccontextmanager
async def clean_hub(access: NatsAccess) -> AsyncGenerator[Hub]:
    """IN as it is when nobody has ever used it."""
    async with connected(access, "test") as client:
        jetstream = client.jetstream()
        with suppress(NotFoundError):
            await jetstream.delete_stream(STREAM)
        yield Hub(client, jetstream)


class Desk(NamedTuple):
    house: House
    hub: Hub
    visitor: Visitor


@asynccontextmanager
async def a_desk(
    nats: NatsAccess,
    database: PostgresAccess,
    receiving: Callable[[House], Receives] = lambda house: house.receiving,
) -> AsyncGenerator[Desk]:
    async with (
        house(database) as behind,
        clean_hub(nats) as hub,
        open_desk(nats, behind.identity, receiving(behind)),
        visitor(nats, await behind.token()) as came,
    ):
        yield Desk(behind, hub, came)


@asynccontextmanager
async def own_nats(data: Path) -> AsyncGenerator[NatsAccess]:
    """A server that may be stopped, killed and emptied without anybody else noticing."""
    settings = Settings(data=data)
    async with held(data) as folder:
        secrets = folder.secrets()
        async with embedded_nats(settings, folder, secrets) as engine:
            assert engine.address
            yield nats_access(engine.address, secrets, store_in(data))


def asked(command: AnyCommand = OPEN, case: CaseAlias | None = None, **more: object) -> Asked:
    return msgspec.structs.replace(Asked(id=CommandId(uuid4()), case=case, command=command), **more)


def said(message: Msg) -> Said:
    """What was said, read as the answer its content type makes it."""
    is_problem = (message.headers or {})["Content-Type"] == "application/problem+json"
    if is_problem:
        return msgspec.json.decode(message.data, type=Problem)
    return msgspec.json.decode(message.data, type=Done)


def done(answer: Said) -> Done:
    assert isinstance(answer, Done), answer
    return answer


def refused(answer: Said) -> str:
    assert isinstance(answer, Problem), answer
    return answer.code
