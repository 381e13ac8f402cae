"""A line (回線) between a reader and an app, on which answers are held up and lost.

When something left the app is said by the kernel, as it hands it over: however busy we are.
"""

import asyncio
import re
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from random import Random
from struct import unpack
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import urlsplit

SO_TIMESTAMPNS: Final = 35  # As Linux numbers it; Python has no name for it.
STAMP_BYTES: Final = 64
AT_ONCE: Final = 1 << 16
MARK: Final = re.compile(rb"([a-z]{4})-(\d{6})\.")  # Which field, of which case.
MARK_BYTES: Final = 12

Address: TypeAlias = tuple[str, int]


class Came(NamedTuple):
    at: datetime
    mark: tuple[str, int]
    size: int


class Faults(NamedTuple):
    """How often, of all that an app hands over."""

    held_up: float = 0.05
    lost: float = 0.01
    held_up_max_s: float = 2.0


class Line:
    """It reads on at once whatever an app says: so what waits, waits here and not there."""

    def __init__(
        self, app: Address, chance: Random, faults: Faults, came: Callable[[Came], None]
    ) -> None:
        self._app: Final = app
        self._chance: Final = chance
        self._faults: Final = faults
        self._came: Final = came

    async def serve(self, reader: asyncio.StreamReader, caller: asyncio.StreamWriter) -> None:
        loop, app = asyncio.get_running_loop(), socket.socket()
        app.setblocking(False)  # noqa: FBT003 (It takes no name.)
        app.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        waiting = asyncio.Queue[bytes]()
        try:
            await loop.sock_connect(app, self._app)
            async with asyncio.TaskGroup() as together:
                together.create_task(_asks(reader, app))
                together.create_task(self._hears(app, waiting))
                together.create_task(self._tells(waiting, caller))
        except* (OSError, _Over):
            pass  # One of the three has hung up, or it was lost: and so all is over.
        finally:
            app.close()
            caller.transport.abort()

    async def _hears(self, app: socket.socket, waiting: asyncio.Queue[bytes]) -> None:
        before = b""
        while True:
            await _readable(app)
            with suppress(BlockingIOError):
                content, told, *_ = app.recvmsg(AT_ONCE, STAMP_BYTES)
                if not content:
                    raise _Over
                at = _handed_over(told)
                for mark in MARK.finditer(before + content):
                    if mark.end() > len(before):
                        field, number = mark[1].decode(), int(mark[2])
                        self._came(Came(at, (field, number), len(content)))
                before = (before + content)[-MARK_BYTES:]
                waiting.put_nowait(content)

    async def _tells(self, waiting: asyncio.Queue[bytes], caller: asyncio.StreamWriter) -> None:
        while True:
            content = await waiting.get()
            if self._chance.random() < self._faults.lost:
                raise _Over
            if self._chance.random() < self._faults.held_up:
                await asyncio.sleep(self._chance.uniform(0.0, self._faults.held_up_max_s))
            caller.write(content)
            await caller.drain()


def _handed_over(told: Sequence[tuple[int, int, bytes]]) -> datetime:
    """It may be put together of pieces and come without a time; then not before now."""
    if not told:
        return datetime.now(UTC)
    seconds, nanoseconds = unpack("qq", told[0][2])
    return datetime.fromtimestamp(seconds + nanoseconds / 1e9, UTC)


class _Over(Exception):
    pass


async def _asks(reader: asyncio.StreamReader, app: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while asked := await reader.read(AT_ONCE):
        await loop.sock_sendall(app, asked)
    raise _Over


async def _readable(app: socket.socket) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(app, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(app)


@asynccontextmanager
async def a_line(
    app: str, chance: Random, faults: Faults, came: Callable[[Came], None]
) -> AsyncGenerator[str]:
    """Under which address it is called."""
    parts = urlsplit(app)
    line = Line((str(parts.hostname), parts.port or 80), chance, faults, came)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{parts.scheme}://{host}:{port}"
    finally:
        server.close()
