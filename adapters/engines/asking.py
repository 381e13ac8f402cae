"""Ask an engine itself what it promises, with the login that will rely on it."""

import asyncio
import re
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import ip_address
from typing import ClassVar, Final
from urllib.parse import urlsplit

import msgspec
import psycopg
from msgspec.structs import replace
from nats.aio.client import Client
from nats.errors import Error as NatsError
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import class_row

from adapters.engines.binaries import NATS_SERVER_MIN, POSTGRES_MIN
from adapters.engines.endpoints import NatsAccess
from adapters.engines.nats_server import asked
from adapters.findings import (
    NATS_CIPHER_UNKNOWN,
    NATS_SYNC_NOT_ALWAYS,
    NATS_SYNC_UNKNOWN,
    NATS_TOO_OLD,
    NATS_WITHOUT_TLS,
    POSTGRES_CHECKSUMS_OFF,
    POSTGRES_FSYNC_OFF,
    POSTGRES_FULL_PAGE_WRITES_OFF,
    POSTGRES_SYNCHRONOUS_COMMIT_OFF,
    POSTGRES_TOO_OLD,
    POSTGRES_WITHOUT_TLS,
    Finding,
)
from domain.speech import CannotRun

ANSWERS_WITHIN_S: Final = 10
NATS_PORT: Final = 4222


class PostgresUnreachable(CannotRun):
    """PostgreSQL does not answer at this address."""

    ja: ClassVar[str] = "この接続先では PostgreSQL が応答しません。"
    remedy: ClassVar[str] = "Check that it runs, and the host and port of TSUNAGU_POSTGRES_URL."
    remedy_ja: ClassVar[str] = (
        "起動しているか、TSUNAGU_POSTGRES_URL のホストとポートが正しいかを確認してください。"
    )


class PostgresRefusedLogin(CannotRun):
    """PostgreSQL refuses this user, password or database."""

    ja: ClassVar[str] = "この利用者、パスワード、またはデータベースを PostgreSQL が拒みました。"
    remedy: ClassVar[str] = (
        "Check TSUNAGU_POSTGRES_URL and TSUNAGU_POSTGRES_PASSWORD_FILE for the user named here."
    )
    remedy_ja: ClassVar[str] = (
        "ここに示す利用者について、TSUNAGU_POSTGRES_URL と TSUNAGU_POSTGRES_PASSWORD_FILE を"
        "確認してください。"
    )


class NatsUnreachable(CannotRun):
    """NATS does not answer at this address."""

    ja: ClassVar[str] = "この接続先では NATS が応答しません。"
    remedy: ClassVar[str] = "Check that it runs, and the host and port of TSUNAGU_NATS_URL."
    remedy_ja: ClassVar[str] = (
        "起動しているか、TSUNAGU_NATS_URL のホストとポートが正しいかを確認してください。"
    )


class NatsRefusedLogin(CannotRun):
    """NATS refuses these credentials."""

    ja: ClassVar[str] = "この認証情報を NATS が拒みました。"
    remedy: ClassVar[str] = "Check TSUNAGU_NATS_CREDENTIALS and the accounts of the server."
    remedy_ja: ClassVar[str] = (
        "TSUNAGU_NATS_CREDENTIALS と、サーバー側のアカウントを確認してください。"
    )


class _Postgres(msgspec.Struct, frozen=True):
    version: int
    fsync: str
    synchronous_commit: str
    full_page_writes: str
    data_checksums: str


ASK_POSTGRES: Final = """
SELECT current_setting('server_version_num')::int / 10000 AS version,
       current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('data_checksums') AS data_checksums
"""


async def postgres_findings(logins: Iterable[str]) -> tuple[Finding, ...]:
    return tuple([finding for login in sorted(set(logins)) for finding in await _of_login(login)])


async def _of_login(conninfo: str) -> tuple[Finding, ...]:
    """In the very session: a role, a database and an address may each set it otherwise."""
    try:
        entered = await session(conninfo)
    except PostgresWithoutTls as refused:
        facts = {name: str(value) for name, value in refused.facts.items()}
        return (replace(POSTGRES_WITHOUT_TLS, facts=facts),)
    async with entered as us:
        async with us.cursor(row_factory=class_row(_Postgres)) as cursor:
            found = await (await cursor.execute(ASK_POSTGRES)).fetchone()
        assert found is not None
        user, host, address = us.info.user, us.info.host, us.info.hostaddr
        ssl = us.pgconn.ssl_in_use
    return tuple(
        replace(finding, facts={"host": host, "user": user, "version": found.version})
        for finding, applies in (
            (POSTGRES_TOO_OLD, (found.version,) < POSTGRES_MIN),
            (POSTGRES_FSYNC_OFF, found.fsync == "off"),
            (POSTGRES_SYNCHRONOUS_COMMIT_OFF, found.synchronous_commit == "off"),
            (POSTGRES_FULL_PAGE_WRITES_OFF, found.full_page_writes == "off"),
            (POSTGRES_CHECKSUMS_OFF, found.data_checksums == "off"),
            (POSTGRES_WITHOUT_TLS, not ssl and not is_this_machine(address or host)),
        )
        if applies
    )


class PostgresWithoutTls(PostgresUnreachable):
    """PostgreSQL answers only unencrypted, and has therefore not been told the password."""

    ja: ClassVar[str] = "PostgreSQL が暗号化なしでしか応答しないため、パスワードを送っていません。"
    remedy: ClassVar[str] = POSTGRES_WITHOUT_TLS.remedy_en
    remedy_ja: ClassVar[str] = POSTGRES_WITHOUT_TLS.remedy_ja


async def session(conninfo: str) -> psycopg.AsyncConnection:
    """Never with the cause: it holds the conninfo, password and all."""
    try:
        return await psycopg.AsyncConnection.connect(conninfo, connect_timeout=ANSWERS_WITHIN_S)
    except psycopg.OperationalError as error:
        tried = conninfo_to_dict(conninfo)
        facts = {name: tried.get(name) for name in ("host", "port", "user", "dbname")}
        if "server does not support SSL" in str(error):
            raise PostgresWithoutTls(host=facts["host"], user=facts["user"]) from None
        was_asked = error.pgconn and (error.pgconn.used_password or error.pgconn.needs_password)
        raise (PostgresRefusedLogin if was_asked else PostgresUnreachable)(**facts) from None


TOLD_BY_GREETING: Final = {NATS_TOO_OLD.code, NATS_WITHOUT_TLS.code}


class _Greeting(msgspec.Struct, frozen=True):
    """What nats-server says to whoever connects."""

    version: str
    tls_required: bool = False


async def nats_findings(access: NatsAccess, allow: frozenset[str]) -> tuple[Finding, ...]:
    """Who is greeted by a server that may not be trusted leaves without saying who they are."""
    greeting = await _greeting(access.url)
    host = urlsplit(access.url).hostname or ""
    version = tuple(map(int, re.findall(r"[0-9]+", greeting.version)[:2]))
    sync_always = await asyncio.to_thread(_sync_always, access.monitor_url)
    findings = tuple(
        replace(finding, facts={"host": host, "version": greeting.version})
        for finding, applies in (
            (NATS_TOO_OLD, version < NATS_SERVER_MIN),
            (NATS_SYNC_NOT_ALWAYS, sync_always is False),
            (NATS_SYNC_UNKNOWN, sync_always is None),
            # It tells nobody. On a disk that we see, we look for ourselves.
            (NATS_CIPHER_UNKNOWN, access.store is None),
            # The client encrypts only if the server demands it, whatever the address says.
            (NATS_WITHOUT_TLS, not greeting.tls_required and not is_this_machine(host)),
        )
        if applies
    )
    if {finding.code for finding in findings} & TOLD_BY_GREETING <= allow:
        await _log_in(access)
    return findings


async def _greeting(url: str) -> _Greeting:
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or NATS_PORT)
            try:
                said = await reader.readline()
            finally:
                writer.close()
                await writer.wait_closed()
        return msgspec.json.decode(said.removeprefix(b"INFO "), type=_Greeting)
    except (OSError, TimeoutError, msgspec.DecodeError):
        raise _unreachable(url) from None


async def _log_in(access: NatsAccess) -> None:
    session = Client()
    try:
        await session.connect(
            access.url,
            allow_reconnect=False,
            connect_timeout=ANSWERS_WITHIN_S,
            error_cb=_said_by_the_exception,
            **access.login(),
        )
    except NatsError:
        raise NatsRefusedLogin(host=urlsplit(access.url).hostname) from None
    except OSError:
        raise _unreachable(access.url) from None
    finally:
        await session.close()


async def _said_by_the_exception(_: Exception) -> None:
    """Or it would be logged as well."""


def _unreachable(url: str) -> NatsUnreachable:
    parts = urlsplit(url)
    return NatsUnreachable(host=parts.hostname, port=parts.port or NATS_PORT)


class _Config(msgspec.Struct, frozen=True):
    sync_always: bool = False


class _JetStream(msgspec.Struct, frozen=True):
    config: _Config = _Config()


def _sync_always(monitor_url: str | None) -> bool | None:
    """None where nobody tells."""
    if monitor_url is None:
        return None
    status, answer = asked(monitor_url, "/jsz?config=1")
    if status != HTTPStatus.OK:
        return None
    return msgspec.json.decode(answer, type=_JetStream).config.sync_always


def is_this_machine(host: str) -> bool:
    """A unix socket's host is its folder."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
