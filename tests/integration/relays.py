"""Processes that relay until they are killed: one more for each line read."""

import asyncio
import ctypes
import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Final, Self

from adapters.engines import NatsAccess
from adapters.engines.launch import PR_SET_PDEATHSIG
from adapters.nats.relay import relay
from adapters.postgres.event_log import PostgresEventLog
from services import relaying
from services.relaying import Head

ROOT: Final = Path(__file__).parents[2]
SMALL_BATCH: Final = 20  # So that whoever kills one finds it in the middle.


class Relays:
    """Forked from one that has imported all: each is there as soon as it is wanted."""

    def __init__(self, conninfo: str, nats: NatsAccess, stream: str) -> None:
        self._parent: Final = Popen(
            (sys.executable, "-m", "tests.integration.relays"),
            cwd=ROOT,
            env={
                **os.environ,
                "CONNINFO": conninfo,
                "NATS_URL": nats.url,
                "NATS_SEED": str(nats.seed),
                "STREAM": stream,
            },
            stdin=PIPE,
            stdout=PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.kill()  # They go with it.
        self._parent.communicate()

    def one_more(self) -> int:
        """Its process id, once it relays."""
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(b"\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())


async def _relay() -> None:
    conninfo, head = os.environ["CONNINFO"], Head()
    nats = NatsAccess(os.environ["NATS_URL"], seed=os.environ["NATS_SEED"])
    async with (
        PostgresEventLog(conninfo) as log,
        relay(log, head, conninfo, nats, os.environ["STREAM"]),
    ):
        os.write(1, b"%d\n" % os.getpid())
        await asyncio.Event().wait()


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody asks how they ended.
    setattr(relaying, "BATCH_MAX", SMALL_BATCH)  # noqa: B010 (it is final to all else)
    for _ in sys.stdin:
        if not os.fork():
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            asyncio.run(_relay())
