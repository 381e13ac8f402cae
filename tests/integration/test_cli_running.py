"""The commands on real engines."""

import os
import re
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

ROOT = Path(__file__).parents[2]
# Scenario A, of which every cell is checked.
ALL_AS_IN_THE_FILE = (
    f"{7 * 9 * 14} cells of the tables were checked. Not done yet: 0. Different from the file: 0."
)


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


def test_it_is_told_how_far_what_follows_by_rule_has_come(data: Path) -> None:
    said = msgspec.json.decode(tsunagu("processes", "--json", "--data", data).stdout)
    assert [each["name"] for each in said["processes"]] == [
        "consent",
        "erasure",
        "meetings",
        "withdrawals",
    ]
    waiting = {"timers": 0, "next_due": None, "overdue": 0, "state": "running"}
    assert (said["waiting"], said["refused"]) == (waiting, [])
    shown = tsunagu("processes", "--data", data, "--lang", "ja")
    assert "同意の終了への対応" in shown.stdout
    assert "期限を待つものはありません。" in shown.stdout
    assert widest(shown) <= 80


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


def test_a_demo_clock_is_chosen_once_and_shown_wherever_one_looks(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started("up", "--data", data, "--demo-clock", "2024-04-01", home=tmp_path) as up:
        assert up.stderr
        told = iter(up.stderr.readline, "Tsunagu is running. Ctrl-C stops it.\n")
        assert "demo clock: it is not for work in earnest" in "".join(told).replace("\n", " ")
        status = msgspec.json.decode(tsunagu("status", "--json", "--data", data).stdout)
        assert (status["clock"], status["demo_now"]) == ("DEMO", "2024-03-31T15:00:00Z")
        shown = tsunagu("status", "--data", data, "--lang", "ja").stdout
        assert re.search(r"時計 +デモ用の時計", shown)
        assert "2024-04-01 00:00:00 JST" in shown
        home = {"XDG_CONFIG_HOME": str(tmp_path)}
        doctor = tsunagu("doctor", "--data", data, **home)
        assert doctor.returncode == 0, doctor.stdout
        assert "demo clock at 2024-04-01 00:00:00 JST" in doctor.stdout
        assert re.search(r"Clock +A demo clock", tsunagu("version", "--data", data).stdout)
        up.terminate()
        assert up.wait(timeout=30) == 0
    assert "clock" not in msgspec.json.decode(tsunagu("version", "--json", "--data", data).stdout)


def test_an_installation_in_earnest_never_gets_a_demo_clock(data: Path, tmp_path: Path) -> None:
    status = msgspec.json.decode(tsunagu("status", "--json", "--data", data).stdout)
    assert status["clock"] == "WALL"
    with started("up", "--data", tmp_path / "data", home=tmp_path) as up:
        assert up.stderr
        assert any("is running" in line for line in up.stderr)
        up.terminate()
        assert up.wait(timeout=30) == 0
    said = tsunagu(
        "up", "--data", tmp_path / "data", "--demo-clock", "now", XDG_CONFIG_HOME=str(tmp_path)
    )
    assert said.returncode == 3
    assert "CLOCK_CHOSEN_ONCE" in said.stderr


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [("up",), ("demo", "--once")], ids=" ".join)
def test_a_start_that_is_cut_off_is_no_success(
    command: tuple[str, ...], told: signal.Signals, tmp_path: Path
) -> None:
    with started(*command, "--data", tmp_path / "data", home=tmp_path) as run:
        eventually((tmp_path / "data/lock").exists)
        run.send_signal(told)
        assert run.wait(timeout=30) == 128 + told


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of its own in which a demo was cut off at its start, and told again."""
    home = tmp_path_factory.mktemp("told")
    with started("demo", "--once", "--data", home / "data", home=home) as cut_off:
        eventually((home / "data/installation").exists)
        cut_off.kill()
    again = tsunagu("demo", "--once", "--data", home / "data", XDG_CONFIG_HOME=str(home))
    assert again.returncode == 0, again.stderr
    return home, again.stdout


def test_a_demo_cut_off_at_its_start_may_be_told_again(told: tuple[Path, str]) -> None:
    _, again = told
    assert shown_in("README.md") in as_printed(again)
    assert ALL_AS_IN_THE_FILE in " ".join(again.split())


def test_the_demo_may_be_told_twice_in_its_folder_and_not_once_that_is_in_earnest(
    told: tuple[Path, str],
) -> None:
    """Once her case is opened anew, the clock has been found where the story had left it."""
    home, _ = told
    arguments = ("demo", "--once", "--data", home / "data")
    with started(*arguments, home=home, stdout=subprocess.PIPE) as twice:
        assert twice.stdout
        assert any("A1 " in line for line in twice.stdout)
        twice.send_signal(signal.SIGINT)
        assert twice.wait(timeout=30) == 128 + signal.SIGINT
    with started("up", "--data", home / "data", home=home) as up:
        assert up.stderr
        assert any("is running" in line for line in up.stderr)
        up.terminate()
        assert up.wait(timeout=30) == 0
    assert "FOLDER_IN_EARNEST" in tsunagu(*arguments, XDG_CONFIG_HOME=str(home)).stderr


def test_the_demo_tells_its_story_and_leaves_nothing_behind() -> None:
    with TemporaryDirectory() as home:  # Short enough for a socket, as tmp_path may not be.
        said = tsunagu("demo", "--once", "--lang", "ja", TMPDIR=home, XDG_CONFIG_HOME=home)
        assert said.returncode == 0, said.stderr
        assert shown_in("README.ja.md") in as_printed(said.stdout)
        assert widest(said) <= 80
        assert not list(Path(home).iterdir())


def shown_in(readme: str) -> str:
    """What whoever begins to read is told they will see."""
    _, _, shown = (ROOT / readme).read_text("utf-8").partition("```text\n")
    return shown.partition("```")[0]


def as_printed(said: str) -> str:
    """Without the blanks at the ends of lines."""
    return "".join(f"{line.rstrip()}\n" for line in said.splitlines())


@contextmanager
def started(
    *arguments: str | Path, home: Path, stdout: int = subprocess.DEVNULL
) -> Generator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [TSUNAGU, *arguments],
        env=surroundings(XDG_CONFIG_HOME=str(home)),
        stdout=stdout,
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
