"""Processes that keep lists up until they are killed: one more for each line that is read."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

from adapters.engines import NatsAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.views import PostgresViews
from adapters.projecting import kept
from projections.tables import Projection
from services.projecting import BATCH_MAX, Projecting
from tests.lists import COUNTS, SEALING, SUSPENSIONS

LISTS: Final = (COUNTS, SUSPENSIONS)
SMALL_BATCH: Final = 7  # Whoever is killed shall be in the middle.


@asynccontextmanager
async def keeping(
    conninfo: str,
    nats: NatsAccess,
    stream: str,
    lists: Iterable[Projection[Any, Any]] = LISTS,
    most: int = BATCH_MAX,
) -> AsyncGenerator[PostgresViews]:
    async with PostgresViews(conninfo) as views, PostgresEventLog(conninfo) as log:
        each = [Projecting(of, views, log, SEALING) for of in lists]
        async with kept(each, nats, stream, most):
            yield views


async def _keep() -> None:
    nats = NatsAccess(os.environ["NATS_URL"], seed=os.environ["NATS_SEED"])
    conninfo, stream = os.environ["CONNINFO"], os.environ["STREAM"]
    async with keeping(conninfo, nats, stream, most=SMALL_BATCH):
        os.write(1, b"%d\n" % os.getpid())
        await asyncio.Event().wait()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody asks how they ended.
    for _ in sys.stdin:
        if not os.fork():
            asyncio.run(_keep())
