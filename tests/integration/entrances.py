"""The HTTP entrance with all that stands behind it, and agencies' systems that call it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import msgspec

from adapters.clock import WallClock
from adapters.crypto import AesVeil, ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.feeding import feeding
from adapters.http.door import Door
from adapters.http.entrance import Behind, entrance
from adapters.http.serving import serving
from adapters.postgres.answers import PostgresAnswers
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.lists import PostgresLists
from adapters.postgres.tokens import PostgresTokens
from adapters.registers import registers
from adapters.settings import Settings
from adapters.traces import NoTraces, TracedHandling, Traces
from contracts.answered import Done
from contracts.asked import Asked, CaseAlias
from contracts.problems import MEDIA_TYPE, Problem
from domain.case import OpenCase
from domain.catalogue import EVENTS, AnyCommand
from domain.installation import InstallationFounded
from domain.model import AgencyId, CommandId, StaffId
from services.aliases import Aliases, Cursors
from services.explaining import Explaining
from services.handling import Handling
from services.identity import Identity
from services.keys import installation_key
from services.looking import Looking
from services.ports import Clock
from services.receiving import Receiving
from services.relaying import Head
from services.replaying import Replaying
from services.sealing import Sealing
from services.supposing import Supposing
from services.timekeeping import Timekeeping
from services.trailing import Trailing
from services.viewing import Viewing
from tests.agencies import Registry
from tests.gates import a_gate

CITY, CENTRE = AgencyId(uuid4()), AgencyId(uuid4())
SATO, MORI = StaffId(uuid4()), StaffId(uuid4())
OPEN: Final = OpenCase(
    anonymous=True, channel="PHONE", found_via="SELF", frameworks=frozenset(), at_risk_only=False
)
ANYWHERE: Final = Settings(data=Path("/nowhere"), http_port=0)


UNTRACED: Final = NoTraces()
WALL: Final = WallClock()


class Visitor(NamedTuple):
    """The system of an agency: it knows an address and a token."""

    client: httpx.AsyncClient

    async def asks(
        self, command: AnyCommand, case: CaseAlias | None = None, **more: Any
    ) -> httpx.Response:
        asked = Asked(id=CommandId(uuid4()), command=command, case=case)
        return await self.sends(msgspec.json.encode(msgspec.structs.replace(asked, **more)))

    async def sends(self, body: bytes, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(
            "/v1/commands", content=body, headers={"content-type": "application/json", **named}
        )

    async def sees(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers=named)


class Entrance(NamedTuple):
    url: str
    door: Door
    behind: Behind
    handling: Handling
    log: PostgresEventLog
    city: Visitor
    centre: Visitor
    stranger: Visitor  # Without a token.

    async def stored(self) -> int:
        return await self.log.head()


@asynccontextmanager
async def an_entrance(
    database: PostgresAccess,
    views: Callable[[Aliases], Viewing] | None = None,
    *,
    settings: Settings = ANYWHERE,
    traces: Traces = UNTRACED,
    clock: Clock = WALL,
    **other: Any,
) -> AsyncGenerator[Entrance]:
    """For two agencies; each has one member of staff. ``clock``: by which commands are handled."""
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32))) as keyring,
        PostgresTokens(database.app) as tokens,
        PostgresAnswers(database.app) as answers,
        PostgresLists(database.app) as lists,
    ):
        sealing = Sealing(EVENTS, ChaChaCipher())
        if not await log.head():
            registry = Registry(log, keyring, sealing)
            await registry.founded(CITY, SATO)
            await registry.enrolled(CITY, SATO, role="REPRESENTATIVE")
            await registry.enrolled(CENTRE, MORI)
        secret = await installation_key(keyring)
        aliases, cursors = Aliases(secret, AesVeil()), Cursors(secret, AesVeil())
        gate = a_gate(log, keyring, sealing, clock)
        looking = Looking(log, gate, sealing, clock, aliases)
        identity = Identity(log, keyring, sealing, tokens, WALL)
        handling = Handling(log, keyring, sealing, clock)
        behind = Behind(
            identity=identity,
            receiving=Receiving(TracedHandling(handling, traces), aliases, WALL),
            answers=answers,
            viewing=(views or _no_views)(aliases),
            registers=registers(log, gate, keyring, sealing, clock, aliases, cursors, lists),
            feeding=feeding(looking, cursors, lists, Head(), WALL),
            replaying=Replaying(looking, cursors, CITY),
            explaining=Explaining(looking, cursors, CITY),
            trailing=Trailing(looking, cursors, CITY),
            supposing=Supposing(looking, sealing, clock, aliases),
            aliases=aliases,
            timekeeping=Timekeeping(
                InstallationFounded(operator=CITY, first_staff=SATO), clock, None
            ),
            checks={"postgres": log_answers(log)},
            traces=traces,
        )._replace(**other)
        door = entrance(behind)
        async with (
            serving(settings, door) as url,
            visitor(url, (await identity.issue(SATO, CITY)).text) as city,
            visitor(url, (await identity.issue(MORI, CENTRE)).text) as centre,
            visitor(url) as stranger,
        ):
            yield Entrance(url, door, behind, handling, log, city, centre, stranger)


@asynccontextmanager
async def visitor(url: str, token: str | None = None) -> AsyncGenerator[Visitor]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    # Nothing here speaks TLS, and to read the certificates of the world takes longer than a call.
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, verify=False) as client:
        yield Visitor(client)


def log_answers(log: PostgresEventLog) -> Callable[[], Any]:
    async def answers() -> bool:
        await log.head()
        return True

    return answers


def _no_views(_: Aliases) -> Viewing:
    return object.__new__(Viewing)


def done(response: httpx.Response) -> Done:
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=Done)


def problem_of(response: httpx.Response) -> Problem:
    """Every refusal is one, and says the same in its body as in its status and headers."""
    assert response.headers["content-type"] == MEDIA_TYPE, response.text
    told = msgspec.json.decode(response.content, type=Problem)
    assert told.status == response.status_code
    assert str(told.correlation) == response.headers["correlation-id"]
    assert told.detail in {told.detail_ja, told.detail_en}
    return told


def code_of(response: httpx.Response) -> str:
    return problem_of(response).code


def whole(response: httpx.Response) -> tuple[int, bytes, str]:
    """All that a caller gets to see of an answer, but for the time of day."""
    headers = [each for each in response.headers.multi_items() if each[0] != "date"]
    return response.status_code, response.content, str(headers)
