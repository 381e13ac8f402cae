"""Engines that others run: reached, asked what they promise, and refused if they lose things."""

import asyncio
import traceback
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict
from structlog.testing import capture_logs

from adapters.engines import (
    EnginesRefused,
    NotRunning,
    asking,
    attached,
    embedded,
    engines,
    nats_server,
    postgres_server,
)
from adapters.engines.asking import (
    NatsRefusedLogin,
    NatsUnreachable,
    PostgresRefusedLogin,
    PostgresUnreachable,
    is_this_machine,
    nats_findings,
    postgres_findings,
)
from adapters.engines.binaries import find_postgres
from adapters.engines.endpoints import NatsAccess
from adapters.engines.external import CredentialsUnreadable, external_nats, external_postgres
from adapters.engines.nkey import new_seed
from adapters.engines.process import finished, room
from adapters.settings import MonitorUrl, NatsUrl, PostgresUrl, Settings
from domain.speech import CannotRun

UNSEEN = frozenset({"NATS_CIPHER_UNKNOWN"})  # How others' servers keep what they are given.


@asynccontextmanager
async def run_by_others(
    tmp_path: Path, *, allow: frozenset[str] = frozenset()
) -> AsyncGenerator[Settings]:
    """Settings that lead to engines of another installation, as if they were anywhere."""
    async with embedded(Settings(data=tmp_path / "theirs", allow=allow)) as theirs:
        assert theirs.nats.seed
        assert theirs.nats.monitor_url
        (tmp_path / "seed").write_text(theirs.nats.seed)
        yield Settings(
            data=tmp_path / "ours",
            postgres_url=url_of(theirs.postgres.owner),
            nats_url=NatsUrl(theirs.nats.url),
            nats_credentials=tmp_path / "seed",
            nats_monitor_url=MonitorUrl(theirs.nats.monitor_url),
            allow=UNSEEN,
        )


async def test_one_login_serves_all_and_each_session_takes_its_role(tmp_path: Path) -> None:
    async with run_by_others(tmp_path) as settings, engines(settings) as reached:
        for conninfo, role in (
            (reached.postgres.owner, "tsunagu_owner"),
            (reached.postgres.app, "tsunagu_app"),
            (reached.postgres.keyring, "tsunagu_keyring"),
        ):
            assert await current_user(conninfo) == role
        assert attached(settings) == reached
    assert not settings.data.exists()


async def test_a_login_of_its_own_keeps_its_own_role(tmp_path: Path) -> None:
    async with embedded(Settings(data=tmp_path / "theirs")) as theirs:
        settings = Settings(
            data=tmp_path / "ours",
            postgres_url=url_of(theirs.postgres.app),
            postgres_owner_url=url_of(theirs.postgres.owner),
            keyring_url=url_of(theirs.postgres.keyring),
        )
        async with engines(settings) as reached:
            for conninfo, role in (
                (reached.postgres.owner, "tsunagu_owner"),
                (reached.postgres.app, "tsunagu_app"),
                (reached.postgres.keyring, "tsunagu_keyring"),
            ):
                assert await current_user(conninfo) == role
                assert "options" not in conninfo_to_dict(conninfo)


async def test_a_password_may_come_from_a_file(tmp_path: Path) -> None:
    async with run_by_others(tmp_path) as settings:
        url, password = parted(settings.postgres_url)
        (tmp_path / "password").write_text(f"{password}\n")
        sealed = replace(settings, postgres_url=url, postgres_password_file=tmp_path / "password")
        async with engines(sealed) as reached:
            assert await current_user(reached.postgres.owner) == "tsunagu_owner"


async def test_postgres_elsewhere_and_nats_here_go_together(tmp_path: Path) -> None:
    async with run_by_others(tmp_path) as theirs:
        settings = replace(theirs, nats_url=None, nats_credentials=None, nats_monitor_url=None)
        async with engines(settings) as reached:
            assert attached(settings) == reached
            assert reached.nats.url != theirs.nats_url
            with pytest.raises(NotRunning):
                attached(Settings(data=settings.data))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://tsunagu:na-mi-da@127.0.0.1:1/tsunagu",
        "postgresql://tsunagu:na-mi-da@nowhere.invalid/tsunagu",
        "postgresql://tsunagu:na-mi-da@/tsunagu?host=/nowhere",
    ],
)
async def test_a_postgres_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(PostgresUnreachable) as refusal:
        async with engines(Settings(data=tmp_path / "ours", postgres_url=PostgresUrl(url))):
            pass
    assert str(refusal.value.facts["host"]) in url
    assert "na-mi-da" not in everything_said(refusal.value)


async def test_a_postgres_that_refuses_us_is_told_from_one_that_is_away(tmp_path: Path) -> None:
    async with run_by_others(tmp_path) as settings:
        url, _ = parted(settings.postgres_url)
        wrong = PostgresUrl(url.reveal().replace("@", ":na-mi-da@"))
        for refused in (url, wrong):
            with pytest.raises(PostgresRefusedLogin) as refusal:
                async with engines(replace(settings, postgres_url=refused)):
                    pass
            assert refusal.value.facts["user"] == "tsunagu_owner"
            assert "na-mi-da" not in everything_said(refusal.value)


async def test_a_nats_that_refuses_us_is_told_from_one_that_is_away(tmp_path: Path) -> None:
    async with run_by_others(tmp_path) as settings, somebody_else() as port:
        seed = new_seed()
        (tmp_path / "stranger").write_text(seed)
        with pytest.raises(NatsRefusedLogin) as refusal:
            async with engines(replace(settings, nats_credentials=tmp_path / "stranger")):
                pass
        assert seed not in everything_said(refusal.value)
        for away in ("nats://127.0.0.1:1", "nats://nowhere.invalid", f"nats://127.0.0.1:{port}"):
            with pytest.raises(NatsUnreachable) as unreachable:
                async with engines(replace(settings, nats_url=NatsUrl(away))):
                    pass
            assert str(unreachable.value.facts["host"]) in away


def test_credentials_are_a_seed_or_a_file_of_the_server_s_making(tmp_path: Path) -> None:
    settings, url = Settings(data=tmp_path), NatsUrl("tls://nats.example.jp")
    file = tmp_path / "credentials"
    assert external_nats(settings, url).login() == {}
    named = replace(settings, nats_credentials=file)
    seed = new_seed()
    file.write_text(f"{seed}\n")
    assert external_nats(named, url).login() == {"nkeys_seed_str": seed}
    file.write_text("-----BEGIN NATS USER JWT-----\neyJ0\n")
    assert external_nats(named, url).login() == {"user_credentials": str(file)}
    for useless in ("", "SUAnonsense", "password", "鍵"):
        file.write_text(useless)
        with pytest.raises(CredentialsUnreadable):
            external_nats(named, url)
    file.unlink()
    with pytest.raises(CredentialsUnreadable):
        external_nats(named, url)


CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
LOSES_DATA = frozenset(f"POSTGRES_{name.upper()}_OFF" for name in CARELESS)


async def test_a_postgres_that_may_lose_what_it_confirmed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "DURABLE", CARELESS)
    async with run_by_others(tmp_path, allow=LOSES_DATA) as settings:
        assert await codes_refused(settings) == LOSES_DATA
        all_but_one = replace(settings, allow=UNSEEN | LOSES_DATA - {"POSTGRES_FSYNC_OFF"})
        assert await codes_refused(all_but_one) == {"POSTGRES_FSYNC_OFF"}


async def test_what_an_operator_accepts_is_said_aloud_each_on_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "DURABLE", CARELESS)
    async with run_by_others(tmp_path, allow=LOSES_DATA) as settings:
        with capture_logs() as logs:
            async with engines(replace(settings, allow=UNSEEN | LOSES_DATA)):
                pass
    said = [entry for entry in logs if entry["event"] == "finding_allowed"]
    assert sorted(entry["code"] for entry in said) == sorted(UNSEEN | LOSES_DATA)
    assert {entry["log_level"] for entry in said} == {"warning"}


async def test_a_postgres_without_checksums_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    async with embedded(settings):
        pass
    await disable_checksums(settings)
    assert await codes_refused(settings) == {"POSTGRES_CHECKSUMS_OFF"}


async def test_a_nats_that_confirms_before_it_has_saved_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(nats_server.DURABLE, "sync_interval", "2m")
    assert await codes_refused(Settings(data=tmp_path / "data")) == {"NATS_SYNC_NOT_ALWAYS"}


async def test_a_nats_that_nobody_can_ask_or_look_into_is_refused(tmp_path: Path) -> None:
    async with run_by_others(tmp_path) as settings:
        for silent in (None, MonitorUrl("http://127.0.0.1:1")):
            assert await codes_refused(replace(settings, nats_monitor_url=silent)) == {
                "NATS_SYNC_UNKNOWN"
            }
        assert await codes_refused(replace(settings, allow=frozenset())) == UNSEEN


async def test_engines_that_are_too_old_or_out_in_the_open_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_by_others(tmp_path) as settings:
        monkeypatch.setattr(asking, "POSTGRES_MIN", (99,))
        monkeypatch.setattr(asking, "NATS_SERVER_MIN", (2, 99))
        assert await codes_refused(settings) == {"POSTGRES_TOO_OLD", "NATS_TOO_OLD"}
        monkeypatch.undo()
        monkeypatch.setattr(asking, "is_this_machine", no_host)
        assert await codes_refused(settings) == {"POSTGRES_WITHOUT_TLS", "NATS_WITHOUT_TLS"}


async def test_a_nats_beyond_this_machine_is_told_no_password_in_the_clear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "is_this_machine", no_host)
    async with eavesdropper() as (port, heard):
        access = NatsAccess(f"nats://tsunagu:na-mi-da@127.0.0.1:{port}")
        findings = await nats_findings(access, frozenset())
        assert {finding.code for finding in findings} == {
            "NATS_WITHOUT_TLS",
            "NATS_SYNC_UNKNOWN",
            "NATS_CIPHER_UNKNOWN",
        }
        assert b"na-mi-da" not in heard
        with pytest.raises(NatsRefusedLogin):
            await nats_findings(access, frozenset({"NATS_WITHOUT_TLS"}))
        assert b"na-mi-da" in heard


async def test_a_postgres_beyond_this_machine_is_told_no_password_in_the_clear() -> None:
    async with no_tls() as (port, heard):
        login = f"host=127.0.0.1 port={port} user=tsunagu password=na-mi-da sslmode=require"
        (finding,) = await postgres_findings([login])
        assert finding.code == "POSTGRES_WITHOUT_TLS"
        assert finding.facts == {"host": "127.0.0.1", "user": "tsunagu"}
        assert b"tsunagu" not in heard


@pytest.mark.parametrize(
    ("address", "allow", "sslmode", "require_auth"),
    [
        ("//t:p@db.example.jp/t", (), "require", "scram-sha-256"),
        ("//t:p@db.example.jp/t", ("POSTGRES_WITHOUT_TLS",), None, "scram-sha-256"),
        ("//t:p@db.example.jp/t?sslmode=disable", (), "disable", "scram-sha-256"),
        ("//t:p@db.example.jp/t?sslmode=verify-full", (), "verify-full", None),
        ("//t@db.example.jp/t", (), "require", None),
        ("//t:p@127.0.0.1/t", (), None, None),
        ("//t:p@/t?host=/run/postgresql", (), None, None),
    ],
)
def test_a_password_leaves_this_machine_only_with_care(
    address: str, allow: tuple[str, ...], sslmode: str | None, require_auth: str | None
) -> None:
    url = PostgresUrl(f"postgresql:{address}")
    settings = Settings(data=Path("/nowhere"), postgres_url=url, allow=frozenset(allow))
    access, _ = external_postgres(settings, url)
    for conninfo in (access.owner, access.app, access.keyring):
        said = conninfo_to_dict(conninfo)
        assert (said.get("sslmode"), said.get("require_auth")) == (sslmode, require_auth)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "/run/postgresql"])
def test_what_stays_on_this_machine_needs_no_tls(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", ["db.example.jp", "10.0.0.5", "localhost.example.jp", "fe80::1", ""]
)
def test_what_leaves_this_machine_does(host: str) -> None:
    assert not is_this_machine(host)


async def codes_refused(settings: Settings) -> set[str]:
    with pytest.raises(EnginesRefused) as refusal:
        async with engines(settings):
            pass
    for finding in refusal.value.findings:
        assert all((finding.en, finding.ja, finding.remedy_en, finding.remedy_ja, finding.facts))
    return {finding.code for finding in refusal.value.findings}


async def current_user(conninfo: str) -> str:
    async with await psycopg.AsyncConnection.connect(conninfo) as session:
        row = await (await session.execute("select current_user")).fetchone()
    assert row
    return str(row[0])


async def disable_checksums(settings: Settings) -> None:
    postgres = await find_postgres(settings)
    with room(settings.data / "postgres") as home:
        command = postgres.bin / "pg_checksums", "--disable", "-D", f"{home.inside}/data"
        status, said = await finished(command, keep=(home.fd,))
    assert status == 0, said


@asynccontextmanager
async def somebody_else() -> AsyncGenerator[int]:
    """A server of another kind, where NATS was expected."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.jp ESMTP\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        yield port


@asynccontextmanager
async def eavesdropper() -> AsyncGenerator[tuple[int, bytearray]]:
    """A plain-text NATS that lets nobody in, and remembers what it was told."""
    heard = bytearray()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with hanging_up(writer):
            writer.write(b'INFO {"version": "2.15.0", "max_payload": 1024}\r\n')
            heard.extend(await reader.readline())
            writer.write(b"-ERR 'Authorization Violation'\r\n")

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], heard


@asynccontextmanager
async def no_tls() -> AsyncGenerator[tuple[int, bytearray]]:
    """A PostgreSQL that answers every wish for TLS with no."""
    heard = bytearray()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with hanging_up(writer):
            heard.extend(await reader.readexactly(8))
            writer.write(b"N")
            heard.extend(await reader.read())

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], heard


@asynccontextmanager
async def hanging_up(writer: asyncio.StreamWriter) -> AsyncGenerator[None]:
    """However the other side takes leave."""
    try:
        with suppress(ConnectionError):
            yield
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def url_of(conninfo: str) -> PostgresUrl:
    said = {name: quote(str(value), safe="") for name, value in conninfo_to_dict(conninfo).items()}
    return PostgresUrl(
        "postgresql://{user}:{password}@/{dbname}?host={host}&port={port}".format(**said)
    )


def parted(url: PostgresUrl | None) -> tuple[PostgresUrl, str]:
    """The address without its password, and the password."""
    assert url
    password = str(conninfo_to_dict(url.reveal())["password"])
    return PostgresUrl(url.reveal().replace(f":{password}@", "@")), password


def everything_said(refusal: CannotRun) -> str:
    return "".join(traceback.format_exception(refusal)) + repr(refusal.facts)


def no_host(_: str) -> bool:
    return False
