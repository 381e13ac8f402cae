"""The embedded nats-server: JetStream, every message on the disk before it is acknowledged."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, asynccontextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from adapters.engines.binaries import find_nats_server
from adapters.engines.endpoints import NatsAddress, Secrets
from adapters.engines.folder import Held, explained
from adapters.engines.nkey import public_key
from adapters.engines.process import Room, kept_running, lay_down, room, spawn
from adapters.settings import Settings

MESSAGE_BYTES_MAX: Final = 1 << 20
MEMORY_BYTES_MAX: Final = 64 << 20
LOG_BYTES_MAX: Final = 10 << 20
LOG_FILES_MAX: Final = 10
DURABLE: Final = {"sync_interval": "always"}
ANY_PORT: Final = -1
LOOPBACK: Final = "127.0.0.1"
MONITOR_ANSWERS_WITHIN_S: Final = 5.0
ANSWER_BYTES_MAX: Final = 1 << 20


class User(msgspec.Struct, frozen=True):
    nkey: str


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """One tenant of the server, as its configuration file says it."""

    users: tuple[User, ...] = ()
    jetstream: bool = False


def hub(seed: str) -> dict[str, Account]:
    """Our own services, and the server's own account. Agencies are further entries."""
    return {"HUB": Account(users=(User(public_key(seed)),), jetstream=True), "SYS": Account()}


def configuration(accounts: Mapping[str, Account], *, store: str, key: str) -> dict[str, object]:
    """What holds wherever the server runs. Its configuration language reads JSON."""
    return {
        "server_name": "tsunagu",
        "max_payload": MESSAGE_BYTES_MAX,
        "jetstream": {
            **DURABLE,
            "store_dir": store,
            "max_mem": MEMORY_BYTES_MAX,
            "cipher": "chacha",  # Commands wait here in clear until they are handled.
            "key": key,
        },
        "accounts": accounts,
        "system_account": "SYS",
    }


class EmbeddedNats:
    """Takes any port at its first start, and keeps it: clients reconnect to where it was."""

    name = "nats"
    stop_signals = (signal.SIGTERM,)

    def __init__(self, program: Path, home: Room, logs: Room, lock: int, secrets: Secrets) -> None:
        self.program = program
        self.home = home
        self.logs = logs
        self.lock = lock
        self.secrets = secrets
        self.address: NatsAddress | None = None

    @property
    def start_log(self) -> Path:
        return self.logs.path.with_name("nats-start.log")

    async def launch(self) -> Process:
        for stale in self.home.path.glob("*.ports"):
            stale.unlink()
        lay_down(self.home.path / "nats.conf", msgspec.json.encode(self._configuration()))
        with self.start_log.open("wb") as output:
            return await spawn(
                (self.program, "-c", f"{self.home.inside}/nats.conf"),
                keep=(self.lock, self.home.fd, self.logs.fd),
                death_signal=signal.SIGTERM,
                output=output.fileno(),
            )

    async def is_ready(self, pid: int) -> bool:
        announced = self._announced(pid)
        if announced is None or not await asyncio.to_thread(is_healthy, announced.monitor_url):
            return False
        self.address = announced
        return True

    def _configuration(self) -> dict[str, object]:
        address = self.address
        return {
            **configuration(
                hub(self.secrets.nats_seed),
                store=f"{self.home.inside}/jetstream",
                key=self.secrets.nats_store_key,
            ),
            "host": LOOPBACK,
            "port": urlsplit(address.url).port if address else ANY_PORT,
            "http": urlsplit(address.monitor_url).netloc if address else f"{LOOPBACK}:{ANY_PORT}",
            "ports_file_dir": self.home.inside,
            "log_file": f"{self.logs.inside}/nats-server.log",
            "logfile_size_limit": LOG_BYTES_MAX,
            "logfile_max_num": LOG_FILES_MAX,
        }

    def _announced(self, pid: int) -> NatsAddress | None:
        """From the file it writes once it listens; None while there is none, or half of one."""
        try:
            content = (self.home.path / f"{self.program.name}_{pid}.ports").read_bytes()
            ports = msgspec.json.decode(content, type=_Ports)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        return NatsAddress(url=ports.nats[0], monitor_url=ports.monitoring[0])


class _Ports(msgspec.Struct, frozen=True):
    nats: tuple[str, ...]
    monitoring: tuple[str, ...]


@asynccontextmanager
async def embedded_nats(
    settings: Settings, held: Held, secrets: Secrets
) -> AsyncGenerator[NatsAddress]:
    program = await find_nats_server(settings)
    with ExitStack() as rooms:
        with explained(held.path):
            home = rooms.enter_context(room(held.path / "nats"))
            logs = rooms.enter_context(room(held.path / "log/nats"))
        engine = EmbeddedNats(program, home, logs, held.lock, secrets)
        async with kept_running(engine):
            assert engine.address is not None
            yield engine.address


def is_healthy(monitor_url: str) -> bool:
    status, _ = asked(monitor_url, "/healthz")
    return status == HTTPStatus.OK


def asked(monitor_url: str, path: str) -> tuple[int, bytes]:
    """What a server's monitor answers; status 0 where nobody does."""
    parts = urlsplit(monitor_url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=MONITOR_ANSWERS_WITHIN_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(ANSWER_BYTES_MAX)
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()
