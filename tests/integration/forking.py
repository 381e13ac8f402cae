"""Apps, forked from one process that has imported everything: so one is there at once.

Whoever runs the tests adopts them, waits for them and hears how each has ended.
"""

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import sleep
from typing import Final

import msgspec

from adapters.engines.launch import PR_SET_PDEATHSIG
from adapters.nats import intake

ROOT: Final = Path(__file__).parents[2]
PR_SET_CHILD_SUBREAPER: Final = 36
HURRIED_BACKOFF_S: Final = (1.0, 2.0)


class Wanted(msgspec.Struct):
    environ: dict[str, str]
    said: str  # Where it writes what it says,
    log: str  # and its log.


class Forked:
    """As much of a ``Process`` as is asked of one."""

    def __init__(self, pid: int) -> None:
        self.pid: Final = pid
        self._status: int | None = None

    def send_signal(self, which: signal.Signals) -> None:
        if self._status is not None:
            raise ProcessLookupError
        os.kill(self.pid, which)

    async def wait(self) -> int:
        if self._status is None:
            loop, over = asyncio.get_running_loop(), asyncio.Event()
            handle = os.pidfd_open(self.pid)
            loop.add_reader(handle, over.set)
            try:
                await over.wait()
            finally:
                loop.remove_reader(handle)
                os.close(handle)
        if self._status is None:
            self._status = self._ended()
        return self._status

    def _ended(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Forks:
    def __init__(self, process: Process) -> None:
        self._process: Final = process
        self._one_at_a_time: Final = asyncio.Lock()

    async def app(self, environ: Mapping[str, str], said: Path, log: Path) -> Forked:
        assert self._process.stdin
        assert self._process.stdout
        wanted = Wanted(dict(environ), str(said), str(log))
        async with self._one_at_a_time:
            self._process.stdin.write(msgspec.json.encode(wanted) + b"\n")
            return Forked(int(await self._process.stdout.readline()))


@asynccontextmanager
async def forks() -> AsyncGenerator[Forks]:
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.forking"), cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    try:
        yield Forks(process)
    finally:
        process.kill()
        await process.wait()
        _prctl(PR_SET_CHILD_SUBREAPER, 0)


def _prctl(what: int, value: int) -> None:
    assert ctypes.CDLL(None).prctl(what, value, 0, 0, 0) == 0


def _fork(wanted: Wanted) -> None:
    """Between the two of them stands one that ends at once: so it is adopted."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return
    ours = os.getpid()
    pid = os.fork()
    if pid:
        os.write(1, b"%d\n" % pid)
        os._exit(0)
    while os.getppid() == ours:
        sleep(0.001)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _becomes(wanted)


def _becomes(wanted: Wanted) -> None:
    os.environ.clear()
    os.environ.update(wanted.environ)
    flags = os.O_WRONLY | os.O_CREAT
    for path, how, number in (
        (os.devnull, os.O_RDONLY, 0),
        (wanted.said, flags | os.O_TRUNC, 1),
        (wanted.log, flags | os.O_APPEND, 2),
    ):
        handle = os.open(path, how, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    if "HURRIED" in os.environ:
        intake.CONSUMER.backoff = list(HURRIED_BACKOFF_S)
    sys.argv = ["tsunagu", "up"]
    from adapters.cli import main  # noqa: PLC0415

    main()
    sys.exit(0)


if __name__ == "__main__":
    from adapters.cli import program  # noqa: F401  # pyright: ignore[reportUnusedImport]

    for line in sys.stdin.buffer:
        with suppress(ChildProcessError):
            _fork(msgspec.json.decode(line, type=Wanted))
