"""The embedded PostgreSQL: a real server, in the foreground, on a unix socket only."""

import os
import shutil
import signal
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from adapters.engines.binaries import Postgres, find_postgres
from adapters.engines.endpoints import (
    APP,
    DATABASE,
    KEYRING,
    OWNER,
    PostgresAddress,
    Secrets,
    postgres_access,
)
from adapters.engines.folder import Held, explained, sync
from adapters.engines.process import (
    LAST_WORDS_BYTES,
    EngineDidNotStart,
    Room,
    finished,
    kept_running,
    lay_down,
    room,
    spawn,
)
from adapters.settings import Settings
from domain.speech import CannotRun

PORT: Final = 5432  # No port is opened; it names the socket.
SOCKET_PATH_BYTES_MAX: Final = 100

DURABLE: Final = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}

# What a statement carries is personal data, and even a bare error message quotes it. So sessions'
# errors go to the client alone, and the server's log keeps what concerns the server.
DISCREET: Final = {
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}

BOUNDED: Final = {
    "max_connections": "100",
    "max_wal_size": "4GB",  # Only a flood comes near it. Each checkpoint makes appends dearer.
    "log_filename": "postgres-%u-%H.log",  # One file an hour, overwritten after a week.
    "log_rotation_age": "1h",
    "log_rotation_size": "10MB",
    "log_truncate_on_rotation": "on",
    "logging_collector": "on",
}


class ClusterOfAnotherVersion(CannotRun):
    """The database was written by another major version of PostgreSQL."""

    ja: ClassVar[str] = "データベースは PostgreSQL の別のメジャー版で書かれています。"
    remedy: ClassVar[str] = (
        "Set TSUNAGU_POSTGRES_BIN to that version, or move the data with pg_upgrade."
    )
    remedy_ja: ClassVar[str] = (
        "TSUNAGU_POSTGRES_BIN でその版を指定するか、pg_upgrade でデータを移してください。"
    )


class SocketPathTooLong(CannotRun):
    """Neither the data folder nor the temporary folder has a path short enough for a socket."""

    ja: ClassVar[str] = "データフォルダーも一時フォルダーもパスが長すぎ、ソケットを置けません。"
    remedy: ClassVar[str] = "Set TSUNAGU_DATA or TMPDIR to a shorter path."
    remedy_ja: ClassVar[str] = "TSUNAGU_DATA か TMPDIR を短いパスにしてください。"


class PasswordsDoNotFit(CannotRun):
    """The database does not accept the passwords of run/secrets.json."""

    ja: ClassVar[str] = "run/secrets.json のパスワードではデータベースに入れません。"
    remedy: ClassVar[str] = "Restore run/secrets.json and the database from the same backup."
    remedy_ja: ClassVar[str] = (
        "run/secrets.json とデータベースを同じバックアップから戻してください。"
    )


class EmbeddedPostgres(NamedTuple):
    binaries: Postgres
    home: Room
    logs: Room
    socket: Room
    lock: int
    owner: str

    @property
    def name(self) -> str:
        return "postgres"

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]:
        return signal.SIGINT, signal.SIGQUIT  # Fast, then at once.

    @property
    def start_log(self) -> Path:
        return self.logs.path.with_name("postgres-start.log")

    async def launch(self) -> Process:
        settings = {
            **DURABLE,
            **DISCREET,
            **BOUNDED,
            "listen_addresses": "",
            "log_directory": self.logs.inside,
            "log_timezone": "UTC",
            "port": str(PORT),
            "shared_buffers": _shared_buffers(),
            "timezone": "UTC",
            "unix_socket_directories": self.socket.inside,
            "unix_socket_permissions": "0700",
        }
        with self.start_log.open("wb") as output:
            return await spawn(
                (
                    *(self.binaries.bin / "postgres", "-D", f"{self.home.inside}/data"),
                    *(f"--{name}={value}" for name, value in settings.items()),
                ),
                keep=self._fds(),
                death_signal=signal.SIGINT,
                output=output.fileno(),
            )

    async def is_ready(self, pid: int) -> bool:
        del pid
        try:
            async with await psycopg.AsyncConnection.connect(self.owner, connect_timeout=5) as us:
                await us.execute("select 1")
        except psycopg.OperationalError as error:
            if error.pgconn and error.pgconn.used_password:
                raise PasswordsDoNotFit from None
            return False
        return True

    def _fds(self) -> tuple[int, ...]:
        return self.lock, self.home.fd, self.logs.fd, self.socket.fd


@asynccontextmanager
async def embedded_postgres(
    settings: Settings, held: Held, secrets: Secrets
) -> AsyncGenerator[PostgresAddress]:
    binaries = await find_postgres(settings)
    with ExitStack() as rooms:
        with explained(held.path):
            home = rooms.enter_context(room(held.path / "postgres"))
            logs = rooms.enter_context(room(held.path / "log/postgres"))
            socket = rooms.enter_context(_socket_room(home))
        if (home.path / "data").exists():
            _refuse_another_version(home.path / "data/PG_VERSION", binaries)
        else:
            await _initialise(home, binaries, held.lock, secrets.owner)
        address = PostgresAddress(str(socket.path), PORT)
        access = postgres_access(address, secrets)
        # At the first start our own database is not there yet.
        owner = make_conninfo(access.owner, dbname="postgres")
        async with kept_running(EmbeddedPostgres(binaries, home, logs, socket, held.lock, owner)):
            await _let_in(owner, {APP: secrets.app, KEYRING: secrets.keyring})
            yield address


@contextmanager
def _socket_room(home: Room) -> Generator[Room]:
    """In the data folder, unless its path is too long for a socket, or libpq would split it."""
    if _holds_a_socket(home.path):
        yield home
        return
    elsewhere = Path(tempfile.mkdtemp(prefix="tsunagu-"))
    try:
        if not _holds_a_socket(elsewhere):
            raise SocketPathTooLong(path=elsewhere)
        with room(elsewhere) as found:
            yield found
    finally:
        shutil.rmtree(elsewhere)


def _holds_a_socket(path: Path) -> bool:
    socket = path / f".s.PGSQL.{PORT}"
    return len(os.fsencode(socket)) <= SOCKET_PATH_BYTES_MAX and "," not in str(socket)


def _refuse_another_version(said: Path, binaries: Postgres) -> None:
    with explained(said):
        written_by = said.read_text(encoding="ascii").strip()
    if written_by != str(binaries.version[0]):
        raise ClusterOfAnotherVersion(written_by=written_by, found=binaries.version[0])


async def _initialise(home: Room, binaries: Postgres, lock: int, password: str) -> None:
    """Under another name until it is whole, so that one killed half way is made again."""
    with explained(home.path):
        if (home.path / "data.new").exists():
            shutil.rmtree(home.path / "data.new")
        lay_down(home.path / "password", password.encode())
    try:
        status, said = await finished(
            (
                *(binaries.bin / "initdb", "-D", f"{home.inside}/data.new", "-U", OWNER),
                *("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--auth=scram-sha-256", f"--pwfile={home.inside}/password"),
                "--no-instructions",
            ),
            keep=(lock, home.fd),
        )
    finally:
        (home.path / "password").unlink()
    if status != 0:
        raise EngineDidNotStart(engine="initdb", last_words=said[-LAST_WORDS_BYTES:])
    with explained(home.path):
        (home.path / "data.new").rename(home.path / "data")
        sync(home.path)


SCRAM: Final = b"scram-sha-256"
DATABASE_EXISTS: Final = "SELECT FROM pg_database WHERE datname = %s"
CREATE_DATABASE: Final = sql.SQL("CREATE DATABASE {}")
ROLE_EXISTS: Final = "SELECT FROM pg_roles WHERE rolname = %s"
CREATE_ROLE: Final = sql.SQL("CREATE ROLE {}")
LET_ROLE_IN: Final = sql.SQL(
    "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
)


async def _let_in(owner: str, passwords: Mapping[str, str]) -> None:
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as us:
        if not (await us.execute(DATABASE_EXISTS, [DATABASE])).rowcount:
            await us.execute(CREATE_DATABASE.format(sql.Identifier(DATABASE)))
        for role, password in passwords.items():
            if not (await us.execute(ROLE_EXISTS, [role])).rowcount:
                await us.execute(CREATE_ROLE.format(sql.Identifier(role)))
            verifier = us.pgconn.encrypt_password(
                password.encode(), role.encode(), b"scram-sha-256"
            )
            await us.execute(LET_ROLE_IN.format(sql.Identifier(role), verifier.decode()))


def _shared_buffers() -> str:
    """A sixteenth of the memory, up to what a small installation can use."""
    memory_mib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    return f"{min(1024, max(16, memory_mib // 16))}MB"
