"""The commands on real engines."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import msgspec
import pytest
from psycopg.conninfo import conninfo_to_dict

from adapters import kek
from adapters.engines import connect_to
from tests.command_line import TSUNAGU, surroundings, tsunagu, widest


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on which `tsunagu up` runs; told to stop, it stops in good order."""
    folder = tmp_path_factory.mktemp("up")
    environ = surroundings(XDG_CONFIG_HOME=str(folder / "config"))
    with subprocess.Popen(
        [TSUNAGU, "up", "--data", folder / "data"], env=environ, stderr=subprocess.PIPE, text=True
    ) as up:
        assert up.stderr
        assert any("is running" in line for line in up.stderr)
        yield folder / "data"
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=30) == 0
        assert up.stderr.read() == "Stopping…\nStopped.\n"


def test_status_tells_where_everything_is(data: Path) -> None:
    said = tsunagu("status", "--json", "--data", data)
    status = msgspec.json.decode(said.stdout)
    assert said.returncode == 0
    assert status["running"] is True
    assert Path(status["postgres"]).is_socket()
    assert status["nats"].startswith("nats://127.0.0.1:")
    assert status["http"].startswith("http://127.0.0.1:")
    assert status["events"] == 4  # The operator, founded and enrolled.


def test_the_doctor_asks_what_runs(data: Path) -> None:
    said = tsunagu("doctor", "--data", data, XDG_CONFIG_HOME=str(data.parent / "config"))
    assert said.returncode == 0, said.stdout
    assert "ok  Durability          what is confirmed is on the disk" in said.stdout
    assert "ok  Key encryption key" in said.stdout
    assert widest(said) <= 80


def test_a_second_run_is_told_who_holds_the_folder(data: Path) -> None:
    said = tsunagu("up", "--data", data, "--lang", "ja")
    assert said.returncode == 3
    assert "FOLDER_IN_USE" in said.stderr
    assert "対処:" in said.stderr


def test_no_made_up_story_enters_a_log_in_earnest(data: Path) -> None:
    said = tsunagu("demo", "--once", "--data", data)
    assert said.returncode == 3
    assert "FOLDER_IN_EARNEST" in said.stderr


def test_engines_of_others_are_asked_and_their_addresses_shown(data: Path, tmp_path: Path) -> None:
    theirs = connect_to(data)
    said = {
        name: quote(str(value), safe="")
        for name, value in conninfo_to_dict(theirs.postgres.owner).items()
    }
    (tmp_path / "seed").write_text(str(theirs.nats.seed))
    kek.make(tmp_path / "kek")
    address = "postgresql://{user}:{password}@/{dbname}?host={host}&port={port}".format(**said)
    environ = {
        "TSUNAGU_ALLOW": "NATS_CIPHER_UNKNOWN",
        "TSUNAGU_DATA": "/dev/null/data",
        "TSUNAGU_KEK_FILE": str(tmp_path / "kek"),
        "TSUNAGU_NATS_CREDENTIALS": str(tmp_path / "seed"),
        "TSUNAGU_NATS_MONITOR_URL": str(theirs.nats.monitor_url),
        "TSUNAGU_NATS_URL": theirs.nats.url,
        "TSUNAGU_POSTGRES_URL": address,
    }
    status = tsunagu("status", "--json", **environ)
    assert status.returncode == 0, status.stderr
    found = msgspec.json.decode(status.stdout)
    assert (found["running"], found["nats"], found["events"]) == (True, theirs.nats.url, 4)
    assert "<sealed>@" in found["postgres"]
    assert said["password"] not in status.stdout + status.stderr
    doctor = tsunagu("doctor", **environ)
    assert doctor.returncode == 0, doctor.stdout
    assert "Findings: 1." in doctor.stdout  # How others' disks keep what they are given.


def test_a_run_outlives_the_reader_of_its_log_and_keeps_its_engines(tmp_path: Path) -> None:
    with started("up", "--data", tmp_path / "data", home=tmp_path) as up:
        assert up.stderr
        assert any("is running" in line for line in up.stderr)
        up.stderr.close()
        pid = tmp_path / "data/postgres/data/postmaster.pid"
        died = pid_in(pid)
        assert died
        os.kill(died, signal.SIGKILL)
        eventually(lambda: (pid_in(pid) or died) != died)
        up.send_signal(signal.SIGINT)
        assert up.wait(timeout=30) == 0


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [("up",), ("demo", "--once")], ids=" ".join)
def test_a_start_that_is_cut_off_is_no_success(
    command: tuple[str, ...], told: signal.Signals, tmp_path: Path
) -> None:
    with started(*command, "--data", tmp_path / "data", home=tmp_path) as run:
        eventually((tmp_path / "data/lock").exists)
        run.send_signal(told)
        assert run.wait(timeout=30) == 128 + told


def test_a_demo_cut_off_at_its_start_may_be_told_again(tmp_path: Path) -> None:
    with started("demo", "--once", "--data", tmp_path / "data", home=tmp_path) as cut_off:
        eventually((tmp_path / "data/installation").exists)
        cut_off.kill()
    again = tsunagu("demo", "--once", "--data", tmp_path / "data", XDG_CONFIG_HOME=str(tmp_path))
    assert again.returncode == 0, again.stderr


def test_a_demo_s_folder_once_used_in_earnest_is_so_for_good(tmp_path: Path) -> None:
    arguments = ("demo", "--once", "--data", tmp_path / "data")
    assert tsunagu(*arguments, XDG_CONFIG_HOME=str(tmp_path)).returncode == 0
    with started("up", "--data", tmp_path / "data", home=tmp_path) as up:
        assert up.stderr
        assert any("is running" in line for line in up.stderr)
        up.terminate()
        assert up.wait(timeout=30) == 0
    assert "FOLDER_IN_EARNEST" in tsunagu(*arguments, XDG_CONFIG_HOME=str(tmp_path)).stderr


@contextmanager
def started(*arguments: str | Path, home: Path) -> Generator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [TSUNAGU, *arguments],
        env=surroundings(XDG_CONFIG_HOME=str(home)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # What failed here must not be waited for.


def pid_in(path: Path) -> int | None:
    """The file is gone for a moment while its process starts again, and empty for another."""
    with suppress(FileNotFoundError):
        return next(map(int, path.read_text().split()), None)
    return None


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("language", "listed"), [("ja", "一覧にある"), ("en", "in the list")], ids=["ja", "en"]
)
def test_the_demo_tells_its_story_and_leaves_nothing_behind(language: str, listed: str) -> None:
    with TemporaryDirectory() as home:  # Short enough for a socket, as tmp_path may not be.
        said = tsunagu("demo", "--once", "--lang", language, TMPDIR=home, XDG_CONFIG_HOME=home)
        assert said.returncode == 0, said.stderr
        assert listed in said.stdout
        assert "相川みさき" in said.stdout
        assert widest(said) <= 80
        assert not list(Path(home).iterdir())


def test_the_demo_may_be_told_twice_in_a_folder_of_its_own(tmp_path: Path) -> None:
    for times in (1, 2):
        said = tsunagu(
            "demo", "--once", "--data", tmp_path / "data", XDG_CONFIG_HOME=str(tmp_path / "config")
        )
        assert said.returncode == 0, said.stderr
        assert said.stdout.count("handed over") == 2, times
