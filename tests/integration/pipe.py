"""The whole pipe: two apps, each a process of its own, on engines that they share."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from structlog.testing import capture_logs

from adapters.cli import main
from adapters.crypto import Kek
from adapters.ending import ended
from adapters.engines import Endpoints, embedded
from adapters.engines.findings import NATS_CIPHER_UNKNOWN
from adapters.engines.launch import PR_SET_PDEATHSIG
from adapters.kek import written
from adapters.nats import intake
from adapters.settings import Settings
from tests.command_line import surroundings
from tests.integration.test_external_engines import url_of
from tests.integration.writers import until

ROOT: Final = Path(__file__).parents[2]
KEK: Final = Kek(epoch=1, secret=bytes(32))
ENDED_WITHIN_S: Final = 15.0
AGAIN_AFTER_S: Final = 0.2
HURRIED_BACKOFF_S: Final = (1.0, 2.0)


class Pipe(NamedTuple):
    data: Path
    endpoints: Endpoints
    apps: "tuple[App, App]"

    @asynccontextmanager
    async def up(self) -> AsyncGenerator[None]:
        """Where all has gone well, both end in good order, and never ended by themselves."""
        keeping = [asyncio.create_task(app.keep_up()) for app in self.apps]
        try:
            for app in self.apps:
                await until(app.is_up)
            yield
            await ended(*keeping)
            assert await self._end(signal.SIGTERM) == [0, 0]
            assert [app.fell for app in self.apps] == [[], []]
        finally:
            await ended(*keeping)
            await self._end(signal.SIGKILL)

    async def _end(self, by: signal.Signals) -> list[int]:
        return await asyncio.gather(*(app.end(by) for app in self.apps))


@asynccontextmanager
async def a_pipe(folder: Path, *, hurried: bool) -> AsyncGenerator[Pipe]:
    """``hurried``: what an app had under way when it died comes again soon."""
    data = folder / "data"
    with capture_logs():
        async with embedded(Settings(data=data)) as endpoints:
            (folder / "seed").write_text(str(endpoints.nats.seed), encoding="ascii")
            environ = {
                "TSUNAGU_POSTGRES_URL": url_of(endpoints.postgres.owner).reveal(),
                "TSUNAGU_NATS_URL": endpoints.nats.url,
                "TSUNAGU_NATS_CREDENTIALS": str(folder / "seed"),
                "TSUNAGU_NATS_MONITOR_URL": str(endpoints.nats.monitor_url),
                "TSUNAGU_KEK": written(KEK).strip(),
                "TSUNAGU_LOG_FORMAT": "json",
                # To an app the engines are somebody else's.
                "TSUNAGU_ALLOW": NATS_CIPHER_UNKNOWN.code,
                **({"HURRIED": "yes"} if hurried else {}),
            }
            yield Pipe(data, endpoints, (App(folder / "a", environ), App(folder / "b", environ)))


class App:
    """`tsunagu up` under an address of its own."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        folder.mkdir()
        port = _a_free_port()
        self.url: Final = f"http://127.0.0.1:{port}"
        self.fell: Final[list[int]] = []  # With which status, where nobody had killed it.
        self._said: Final = folder / "said"
        self._log: Final = folder / "log"
        self._environ: Final = surroundings(
            TSUNAGU_DATA=str(folder / "data"), TSUNAGU_HTTP_PORT=str(port), **environ
        )
        self._process: Process | None = None

    async def keep_up(self) -> None:
        """As a supervisor of services does: whenever it has ended, it is started again."""
        while True:
            status = await (await self._started()).wait()
            if status != -signal.SIGKILL and self.is_up():
                self.fell.append(status)
            self._said.unlink()
            await asyncio.sleep(AGAIN_AFTER_S)

    def is_up(self) -> bool:
        """Then it has said where it is."""
        return self._said.exists() and self._said.stat().st_size > 0

    async def kill(self) -> None:
        """And wait until another one is up in its place."""
        killed = self._pid()
        os.kill(killed, signal.SIGKILL)
        await until(lambda: self.is_up() and self._pid() != killed)

    @contextmanager
    def standing_still(self) -> Generator[None]:
        process = self._pid()
        os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    async def end(self, by: signal.Signals) -> int:
        assert self._process
        with suppress(ProcessLookupError):
            self._process.send_signal(by)
        async with asyncio.timeout(ENDED_WITHIN_S):
            return await self._process.wait()

    async def _started(self) -> Process:
        with self._said.open("wb") as said, self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.integration.pipe", "up"),
                cwd=ROOT,
                env=self._environ,
                stdin=DEVNULL,
                stdout=said,
                stderr=log,
            )
        return self._process

    def _pid(self) -> int:
        assert self._process
        return self._process.pid


def _a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if "HURRIED" in os.environ:
        intake.CONSUMER.backoff = list(HURRIED_BACKOFF_S)
    main()
