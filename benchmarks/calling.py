"""Callers over HTTP in a process of their own, which spend as little on each call as they can."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from benchmarks.measuring import WARM_UP, Sample, sample

_LENGTH: Final = b"content-length: "
_OK: Final = b"HTTP/1.1 200 "


class Calls(msgspec.Struct, frozen=True):
    """``body`` is sent with an id of its own each time, and about each of ``targets`` in turn."""

    url: str
    path: str
    token: str
    body: str
    targets: tuple[str, ...]
    clients: int
    seconds: float


async def called(calls: Calls) -> Sample:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.calling",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate(msgspec.json.encode(calls))
    assert process.returncode == 0
    return Sample(*msgspec.json.decode(said))


class Client(asyncio.Protocol):
    """One call after the other on one connection."""

    def __init__(self, calls: Calls, targets: Iterator[str]) -> None:
        before, _, after = calls.body.partition("{id}")
        self._before, self._between = before, after
        self._head = (
            f"POST {calls.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {calls.token}\r\nContent-Length: "
        )
        self._targets = targets
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._until = 0.0
        self._began = 0.0
        self._done: asyncio.Future[None]
        self.took_s: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def call_until(self, until: float) -> None:
        self.took_s.clear()
        self._until = until
        self._done = asyncio.get_running_loop().create_future()
        self._call()
        await self._done

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        at = self._buffer.find(_LENGTH)
        if end < 0:
            return
        length = int(self._buffer[at + len(_LENGTH) : self._buffer.index(b"\r\n", at)])
        if len(self._buffer) < end + 4 + length:
            return
        now = time.perf_counter()
        self.took_s.append(now - self._began)
        if not self._buffer.startswith(_OK):
            self._done.set_exception(AssertionError(self._buffer))
            return
        self._buffer = b""
        if now < self._until:
            self._call()
        else:
            self._done.set_result(None)

    def _call(self) -> None:
        body = f"{self._before}{uuid4()}{self._between}".replace("{target}", next(self._targets))
        encoded = body.encode()
        assert self._transport is not None
        self._began = time.perf_counter()
        self._transport.write(f"{self._head}{len(encoded)}\r\n\r\n".encode() + encoded)


async def _call(calls: Calls) -> Sample:
    url = urlsplit(calls.url)
    assert url.hostname
    assert url.port
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for nth in range(calls.clients):
        client = Client(calls, cycle(calls.targets[nth :: calls.clients]))
        await loop.create_connection(partial(_itself, client), url.hostname, url.port)
        clients.append(client)
    for seconds in (calls.seconds * WARM_UP, calls.seconds):
        began = time.perf_counter()
        await asyncio.gather(*(client.call_until(began + seconds) for client in clients))
    elapsed_s = time.perf_counter() - began
    return sample([each for client in clients for each in client.took_s], elapsed_s)


def _itself(client: Client) -> Client:
    return client


def main() -> None:
    calls = msgspec.json.decode(sys.stdin.buffer.read(), type=Calls)
    print(json.dumps(asyncio.run(_call(calls))))


if __name__ == "__main__":
    main()
