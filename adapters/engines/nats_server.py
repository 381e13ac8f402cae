"""The embedded nats-server: JetStream, every message on the disk before it is acknowledged."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from adapters.engines.binaries import find_nats_server
from adapters.engines.endpoints import (
    DESK_INBOX,
    FETCH,
    WAKE,
    NatsAddress,
    Secrets,
    fetch_of,
    inbox_of,
    wake_of,
)
from adapters.engines.folder import Held, explained
from adapters.engines.nkey import agency_seed, public_key
from adapters.engines.process import Room, kept_running, lay_down, room, spawn
from adapters.settings import Settings
from domain.model import AgencyId

MESSAGE_BYTES_MAX: Final = 1 << 20  # Of what others send us.
ANSWERED_BYTES_MAX: Final = 4 << 20  # A page of a feed, and how much larger it is as JSON.
MEMORY_BYTES_MAX: Final = 64 << 20
LOG_BYTES_MAX: Final = 10 << 20
LOG_FILES_MAX: Final = 10
DURABLE: Final = {"sync_interval": "always"}
ANY_PORT: Final = -1
LOOPBACK: Final = "127.0.0.1"
AT_THE_DESK: Final = {"publish.>": "in.desk.>", "ask.>": "ask.desk.>"}
RELOADED_WITHIN_S: Final = 5.0
RELOADED_SEEN_EVERY_S: Final = 0.02
MONITOR_ANSWERS_WITHIN_S: Final = 5.0
ANSWER_BYTES_MAX: Final = 1 << 20
HUB: Final = "HUB"
SYSTEM: Final = "SYS"


class Tenant(msgspec.Struct, frozen=True):
    """Systems of others on our server: all that they may ask, and by which name HUB hears it."""

    name: str
    nkey: str | None  # Without one nobody is let in.
    inbox: str
    asks: Mapping[str, str]
    hears: Mapping[str, str] = {}


def desk(seed: str) -> Tenant:
    """受付: where the systems of any agency may log in, to say what they are to have done.

    One inbox is all of theirs: what is answered there holds codes and ids, and no person's words.
    """
    return Tenant("DESK", public_key(seed), DESK_INBOX, AT_THE_DESK)


def agency(seed: str, which: AgencyId, *, let_in: bool = True) -> Tenant:
    """機関: where the systems of one agency log in, and no other's. Its feed is fetched there."""
    asks = {**AT_THE_DESK, FETCH: fetch_of(which)}
    key = public_key(agency_seed(seed, which)) if let_in else None
    return Tenant(f"AGENCY_{which.hex}", key, inbox_of(which), asks, {WAKE: wake_of(which)})


def accounts(seed: str, *tenants: Tenant) -> dict[str, "Account"]:
    """HUB is for our own services. Who is no tenant of ours has no account, and no way in."""
    asks = ((heard, tenant.name) for tenant in tenants for heard in tenant.asks.values())
    hears = ((said, tenant.name) for tenant in tenants for said in tenant.hears.values())
    exports = (
        *(Export(service=heard, accounts=names) for heard, names in _whose(asks).items()),
        *(Export(stream=said, accounts=names) for said, names in _whose(hears).items()),
    )
    return {
        HUB: Account(users=(User(public_key(seed)),), jetstream=True, exports=exports),
        SYSTEM: Account(),
        **{tenant.name: _account(tenant) for tenant in tenants},
    }


def _account(tenant: Tenant) -> "Account":
    """What a tenant's messages are called in HUB is the server's to say, not the sender's."""
    may = Permissions(Allowed(tuple(tenant.asks)), Allowed((f"{tenant.inbox}.>", *tenant.hears)))
    return Account(
        users=(User(tenant.nkey, may),) if tenant.nkey else (),
        imports=(
            *(Import(service=Place(HUB, hub), to=own) for own, hub in tenant.asks.items()),
            *(Import(stream=Place(HUB, hub), to=own) for own, hub in tenant.hears.items()),
        ),
        limits=Limits(),
    )


def _whose(named: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """What several tenants share is exported once, to all of them."""
    names: dict[str, tuple[str, ...]] = {}
    for subject, name in named:
        names[subject] = (*names.get(subject, ()), name)
    return names


class Allowed(msgspec.Struct, frozen=True):
    allow: tuple[str, ...]


class Permissions(msgspec.Struct, frozen=True):
    publish: Allowed
    subscribe: Allowed


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    nkey: str
    permissions: Permissions | None = None


class Export(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    service: str | None = None
    stream: str | None = None
    accounts: tuple[str, ...]


class Place(msgspec.Struct, frozen=True):
    account: str
    subject: str


class Import(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    service: Place | None = None
    stream: Place | None = None
    to: str


class Limits(msgspec.Struct, frozen=True):
    max_connections: int = 500
    max_subscriptions: int = 5_000
    max_payload: int = MESSAGE_BYTES_MAX


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """One account of the server, as its configuration file says it."""

    users: tuple[User, ...] = ()
    jetstream: bool = False
    exports: tuple[Export, ...] = ()
    imports: tuple[Import, ...] = ()
    limits: Limits | None = None


def configuration(accounts: Mapping[str, Account], *, store: str, key: str) -> dict[str, object]:
    """What holds wherever the server runs. Its configuration language reads JSON."""
    return {
        "server_name": "tsunagu",
        "max_payload": ANSWERED_BYTES_MAX,
        "jetstream": {
            **DURABLE,
            "store_dir": store,
            "max_mem": MEMORY_BYTES_MAX,
            "cipher": "chacha",  # Commands wait here in clear until they are handled.
            "key": key,
        },
        "accounts": accounts,
        "system_account": SYSTEM,
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
        self._agencies: tuple[AgencyId, ...] = ()
        self._listens_at: NatsAddress | None = None  # What it was told when it started.
        self._process: Process | None = None

    @property
    def start_log(self) -> Path:
        return self.logs.path.with_name("nats-start.log")

    async def launch(self) -> Process:
        for stale in self.home.path.glob("*.ports"):
            stale.unlink()
        self._listens_at = self.address
        self._configure(self._agencies)
        with self.start_log.open("wb") as output:
            self._process = await spawn(
                (self.program, "-c", f"{self.home.inside}/nats.conf"),
                keep=(self.lock, self.home.fd, self.logs.fd),
                death_signal=signal.SIGTERM,
                output=output.fileno(),
            )
        return self._process

    async def admit(self, agencies: Collection[AgencyId]) -> None:
        """Each by an account of its own, and whoever had one and is not among them no more.

        The server makes a new account without its imports, and adds them when it is told again:
        so nobody is let in to one before that.
        """
        if self._agencies == (wanted := tuple(sorted(agencies))):
            return
        before, self._agencies = self._agencies, wanted
        try:
            for let_in in (before, wanted):
                self._configure(let_in)
                await self.reload()
        except BaseException:  # The next time it is tried again.
            self._agencies = before
            raise

    async def reload(self) -> None:
        """It reads its configuration anew, and has done so when this returns."""
        loaded = await self._loaded_at()
        assert self._process is not None
        with suppress(ProcessLookupError):  # The next one reads it when it starts.
            self._process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(RELOADED_WITHIN_S):
            while await self._loaded_at() in (None, loaded):  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(RELOADED_SEEN_EVERY_S)

    async def is_ready(self, pid: int) -> bool:
        announced = self._announced(pid)
        if announced is None or not await asyncio.to_thread(is_healthy, announced.monitor_url):
            return False
        self.address = announced
        return True

    async def _loaded_at(self) -> str | None:
        """When it last read its configuration; None where nobody answers."""
        assert self.address is not None
        status, answer = await asyncio.to_thread(asked, self.address.monitor_url, "/varz")
        if status != HTTPStatus.OK:
            return None
        return msgspec.json.decode(answer, type=_Loaded).config_load_time

    def _configure(self, let_in: Collection[AgencyId]) -> None:
        configuration = msgspec.json.encode(self._configuration(let_in))
        lay_down(self.home.path / "nats.conf", configuration)

    def _configuration(self, let_in: Collection[AgencyId]) -> dict[str, object]:
        address, seed = self._listens_at, self.secrets.nats_seed
        return {
            **configuration(
                accounts(
                    seed,
                    desk(self.secrets.desk_seed),
                    *(agency(seed, each, let_in=each in let_in) for each in self._agencies),
                ),
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


class _Loaded(msgspec.Struct, frozen=True):
    config_load_time: str


class _Ports(msgspec.Struct, frozen=True):
    nats: tuple[str, ...]
    monitoring: tuple[str, ...]


@asynccontextmanager
async def embedded_nats(
    settings: Settings, held: Held, secrets: Secrets
) -> AsyncGenerator[EmbeddedNats]:
    program = await find_nats_server(settings)
    with ExitStack() as rooms:
        with explained(held.path):
            home = rooms.enter_context(room(held.path / "nats"))
            logs = rooms.enter_context(room(held.path / "log/nats"))
        engine = EmbeddedNats(program, home, logs, held.lock, secrets)
        async with kept_running(engine):
            yield engine


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
