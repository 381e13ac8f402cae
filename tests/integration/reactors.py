"""Processes that do what follows by rule until they are killed: one more for each line read."""

import asyncio
import os
import signal
import sys
from typing import Final

import structlog

from adapters.clock import WallClock
from adapters.crypto import ChaChaCipher, Kek
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from adapters.postgres.lists import PostgresLists
from adapters.postgres.processes import PostgresProcesses
from adapters.postgres.views import PostgresViews
from adapters.reacting import reacting
from domain.catalogue import EVENTS
from services.handling import Handling
from services.relaying import Head
from services.sealing import Sealing

KEK: Final = Kek(epoch=1, secret=bytes(32))


async def _react() -> None:
    conninfo, head, clock = os.environ["CONNINFO"], Head(), WallClock()
    sealing = Sealing(EVENTS, ChaChaCipher())
    async with (
        PostgresEventLog(conninfo, head.reached) as log,
        PostgresKeyring(os.environ["KEYRING"], KEK) as keyring,
        PostgresViews(conninfo) as views,
        PostgresLists(conninfo) as lists,
    ):
        handling, kept = Handling(log, keyring, sealing, clock), PostgresProcesses(lists)
        async with reacting(log, sealing, handling, views, kept, clock, head):
            os.write(1, b"%d\n" % os.getpid())
            await asyncio.Event().wait()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody asks how they ended.
    for _ in sys.stdin:
        if not os.fork():
            asyncio.run(_react())
