"""Admitting (入館): who may come in to what runs already, by the key that it runs under."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import psycopg

from adapters import kek
from adapters.clock import WallClock
from adapters.crypto import ChaChaCipher, Kek
from adapters.engines import Endpoints, attached, installation
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.tokens import PostgresTokens
from adapters.settings import Settings
from domain.catalogue import EVENTS
from services.identity import Identity
from services.sealing import Sealing


@asynccontextmanager
async def identity_of(
    settings: Settings, environ: Mapping[str, str] = os.environ
) -> AsyncGenerator[Identity]:
    """Who may come in to what runs already."""
    endpoints = attached(settings)
    opener = await kek_of(settings, endpoints, environ)
    async with (
        PostgresEventLog(endpoints.postgres.app) as log,
        PostgresKeyring(endpoints.postgres.keyring, opener) as keyring,
        PostgresTokens(endpoints.postgres.app) as tokens,
    ):
        yield Identity(log, keyring, Sealing(EVENTS, ChaChaCipher()), tokens, WallClock())


async def kek_of(settings: Settings, endpoints: Endpoints, environ: Mapping[str, str]) -> Kek:
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
