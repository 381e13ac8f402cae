"""The composition root: the only place that knows every part."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

import psycopg

from adapters import kek
from adapters.clock import WallClock
from adapters.crypto import AesVeil, ChaChaCipher, Kek
from adapters.engines import Endpoints, attached, engines, installation
from adapters.nats.desk import open_desk
from adapters.nats.relay import relay
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.migrating import migrate
from adapters.postgres.tokens import PostgresTokens
from adapters.settings import Settings
from domain.catalogue import EVENTS
from domain.installation import InstallationFounded
from services.aliases import Aliases
from services.founding import Founding
from services.handling import Handling
from services.identity import Identity
from services.keys import installation_key
from services.receiving import Receiving
from services.relaying import Head
from services.sealing import Sealing


class App(NamedTuple):
    endpoints: Endpoints
    log: PostgresEventLog
    keyring: PostgresKeyring
    sealing: Sealing
    handling: Handling
    identity: Identity
    operator: InstallationFounded


@asynccontextmanager
async def running(
    settings: Settings, environ: Mapping[str, str] = os.environ
) -> AsyncGenerator[App]:
    """Engines up, database current, keys at hand; and all of it put away again."""
    async with engines(settings) as endpoints:
        await migrate(endpoints.postgres.owner)
        opener = await _kek(settings, endpoints, environ)
        head = Head()
        async with (
            PostgresEventLog(endpoints.postgres.app, head.reached) as log,
            PostgresKeyring(endpoints.postgres.keyring, opener) as keyring,
            PostgresTokens(endpoints.postgres.app) as tokens,
            relay(log, head, endpoints.postgres.app, endpoints.nats),
        ):
            sealing = Sealing(EVENTS, ChaChaCipher())
            clock = WallClock()
            handling = Handling(log, keyring, sealing, clock)
            identity = Identity(log, keyring, sealing, tokens, clock)
            aliases = Aliases(await installation_key(keyring), AesVeil())
            operator = await Founding(log, keyring, sealing, clock).once()
            async with open_desk(endpoints.nats, identity, Receiving(handling, aliases)):
                yield App(
                    endpoints=endpoints,
                    log=log,
                    keyring=keyring,
                    sealing=sealing,
                    handling=handling,
                    identity=identity,
                    operator=operator,
                )


@asynccontextmanager
async def identity_of(
    settings: Settings, environ: Mapping[str, str] = os.environ
) -> AsyncGenerator[Identity]:
    """Who may come in to what runs already."""
    endpoints = attached(settings)
    opener = await _kek(settings, endpoints, environ)
    async with (
        PostgresEventLog(endpoints.postgres.app) as log,
        PostgresKeyring(endpoints.postgres.keyring, opener) as keyring,
        PostgresTokens(endpoints.postgres.app) as tokens,
    ):
        yield Identity(log, keyring, Sealing(EVENTS, ChaChaCipher()), tokens, WallClock())


async def _kek(settings: Settings, endpoints: Endpoints, environ: Mapping[str, str]) -> Kek:
    """Our own engines get a KEK made for them once; a keyring that has lost its own stays shut."""
    if settings.kek or settings.kek_file or settings.postgres_url:
        return kek.load(settings, default=None)
    default = kek.default_file(environ, installation(settings.data))
    if not await _has_keyring(endpoints):
        kek.make(default, data=settings.data)
    return kek.load(settings, default)


async def _has_keyring(endpoints: Endpoints) -> bool:
    async with await psycopg.AsyncConnection.connect(endpoints.postgres.keyring) as connection:
        cursor = await connection.execute("select exists (select from keyring.kek)")
        row = await cursor.fetchone()
        return row == (True,)
