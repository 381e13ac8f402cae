"""The whole pipe: two apps, each a process of its own, on engines that they share."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from structlog.testing import capture_logs

from adapters.crypto import Kek
from adapters.ending import ended
from adapters.engines import Endpoints, embedded
from adapters.findings import NATS_CIPHER_UNKNOWN
from adapters.kek import written
from adapters.settings import Settings
from tests.command_line import surroundings
from tests.integration.forking import Forked, Forks, forks
from tests.integration.test_external_engines import url_of
from tests.integration.writers import until

KEK: Final = Kek(epoch=1, secret=bytes(32))
ENDED_WITHIN_S: Final = 15.0
AGAIN_AFTER_S: Final = 0.2


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
        async with forks() as forked, embedded(Settings(data=data)) as endpoints:
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
            apps = App(forked, folder / "a", environ), App(forked, folder / "b", environ)
            yield Pipe(data, endpoints, apps)


class App:
    """`tsunagu up` under an address of its own."""

    def __init__(self, forked: Forks, folder: Path, environ: Mapping[str, str]) -> None:
        folder.mkdir()
        self._forked: Final = forked
        port = _a_free_port()
        self.url: Final = f"http://127.0.0.1:{port}"
        self.fell: Final[list[int]] = []  # With which status, where nobody had killed it.
        self._said: Final = folder / "said"
        self._log: Final = folder / "log"
        self._environ: Final = surroundings(
            TSUNAGU_DATA=str(folder / "data"), TSUNAGU_HTTP_PORT=str(port), **environ
        )
        self._process: Forked | None = None

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

    def standing_still(self) -> AbstractContextManager[None]:
        return standing_still(self._pid())

    async def end(self, by: signal.Signals) -> int:
        assert self._process
        with suppress(ProcessLookupError):
            self._process.send_signal(by)
        async with asyncio.timeout(ENDED_WITHIN_S):
            return await self._process.wait()

    async def _started(self) -> Forked:
        self._said.write_bytes(b"")
        self._process = await self._forked.app(self._environ, self._said, self._log)
        return self._process

    def _pid(self) -> int:
        assert self._process
        return self._process.pid


@contextmanager
def standing_still(process: int) -> Generator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def _a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
