"""Serving (受付の開始と終了): uvicorn in our own process, and under our own signals."""

import asyncio
import errno
import resource
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import ClassVar, Final, Protocol

import uvicorn
from litestar.types import HTTPScope, Receive, Send

from adapters.engines.asking import is_this_machine
from adapters.findings import HTTP_WITHOUT_TLS
from adapters.http.door import FINISHED_WITHIN_S, HEADERS_BYTES_MAX
from adapters.http.wire import CONNECTIONS_MAX, Wire
from adapters.judging import judge
from adapters.settings import Settings
from domain.speech import CannotRun

IDLE_S: Final = 15  # Between two requests of one connection.
CUT_OFF_AFTER_S: Final = int(FINISHED_WITHIN_S) + 1
BACKLOG: Final = 1_024
# Each connection takes one, and another as long as something is on its way to them.
FILES_MAX: Final = 2 * CONNECTIONS_MAX + 1_024


class PortTaken(CannotRun):
    """Something else listens at the address where Tsunagu is to be reached."""

    ja: ClassVar[str] = "Tsunagu が待ち受けるアドレスは、すでに別のプログラムが使用しています。"
    remedy: ClassVar[str] = (
        "Name another port with --http-port or TSUNAGU_HTTP_PORT; 0 takes any that is free."
    )
    remedy_ja: ClassVar[str] = (
        "--http-port または TSUNAGU_HTTP_PORT で別のポートを指定してください。"
        "0 なら空いているものを使います。"
    )


class AddressUnusable(CannotRun):
    """Tsunagu cannot listen at this address."""

    ja: ClassVar[str] = "このアドレスでは待ち受けできません。"
    remedy: ClassVar[str] = (
        "Set TSUNAGU_HTTP_HOST to an address of this machine, and TSUNAGU_HTTP_PORT to a port"
        " that this user may open."
    )
    remedy_ja: ClassVar[str] = (
        "TSUNAGU_HTTP_HOST にこの機械のアドレスを、TSUNAGU_HTTP_PORT にこの利用者が使える"
        "ポートを指定してください。"
    )


class Served(Protocol):
    """What `adapters.http.door` is."""

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None: ...

    def close(self) -> None: ...


@asynccontextmanager
async def serving(settings: Settings, door: Served) -> AsyncGenerator[str]:
    """Yields its address. Afterwards nobody is let in, and who is inside may finish."""
    make_room()
    listening = listen(settings)
    server = Server(
        uvicorn.Config(
            door,
            http=Wire,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=CUT_OFF_AFTER_S,
            h11_max_incomplete_event_size=HEADERS_BYTES_MAX,
            reset_contextvars=True,
        )
    )
    served = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield _address(listening)
    finally:
        server.should_exit = True
        try:
            door.close()
        finally:
            await served


def make_room() -> None:
    """As many open files as the machine lets us have, or as many as all who may come would take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """They are ours: an open event stream would otherwise keep us from stopping."""
        yield


def listen(settings: Settings) -> socket.socket:
    host, port = settings.http_host, settings.http_port
    if not is_this_machine(host):
        judge([HTTP_WITHOUT_TLS], settings.allow)
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Unless its protocol is said, asyncio lets small answers wait (Nagle's algorithm).
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise AddressUnusable(host=host, port=port) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        kind = PortTaken if error.errno == errno.EADDRINUSE else AddressUnusable
        raise kind(host=host, port=port) from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
