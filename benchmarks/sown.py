"""Databases with years of made-up lives in them: made once, and kept where a folder is kept."""

import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

from adapters.crypto import ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.postgres.clock import PostgresClock, clock_of
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.migrating import migrate
from adapters.seeding import told_beside
from benchmarks.measuring import progress
from domain.catalogue import EVENTS
from services.founding import Founding
from services.sealing import Sealing
from services.seeding import Seed
from services.seeding.sowing import Sowing

SEALING: Final = Sealing(EVENTS, ChaChaCipher())
BEGINS: Final = datetime(2023, 4, 3, tzinfo=UTC)
# Whatever it opens is made up, and whoever measures has to open it again another day.
KEK: Final = Kek(epoch=1, secret=sha256(b"benchmarks").digest())


class Sown(NamedTuple):
    events: int
    elapsed_s: float


async def sow(access: PostgresAccess, seed: Seed) -> Sown:
    """Into an empty database. What is timed is telling and recording, and not the founding."""
    await migrate(access.owner)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        log = await enter(PostgresEventLog(access.app))
        keyring = await enter(PostgresKeyring(access.keyring, KEK))
        clock = await enter(clock_of(access.app, BEGINS))
        await Founding(log, keyring, SEALING, clock).once("DEMO")
        sowing = Sowing(log, keyring, SEALING, await enter(PostgresClock(access.app)))
        began = time.perf_counter()
        land = await sowing.begun(seed)
        with told_beside(land) as told:
            events = await sowing.sown(land, told, lambda _: None)
        elapsed_s = time.perf_counter() - began
    progress(f"{seed.cases:,} cases in {events:,} events, made up in {elapsed_s:.0f} s")
    return Sown(events, elapsed_s)
