"""The commands on real engines."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

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
    assert status["events"] == 0


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


@pytest.mark.parametrize(
    ("language", "sealed"), [("ja", "⟨封緘⟩"), ("en", "⟨sealed⟩")], ids=["ja", "en"]
)
def test_the_demo_tells_its_story_and_leaves_nothing_behind(language: str, sealed: str) -> None:
    with TemporaryDirectory() as home:  # Short enough for a socket, as tmp_path may not be.
        said = tsunagu("demo", "--once", "--lang", language, TMPDIR=home, XDG_CONFIG_HOME=home)
        assert said.returncode == 0, said.stderr
        assert sealed in said.stdout
        assert "相川みさき" in said.stdout
        assert widest(said) <= 80
        assert not list(Path(home).iterdir())


def test_the_demo_may_be_told_twice_in_a_folder_of_its_own(tmp_path: Path) -> None:
    for times in (1, 2):
        said = tsunagu(
            "demo", "--once", "--data", tmp_path / "data", XDG_CONFIG_HOME=str(tmp_path / "config")
        )
        assert said.returncode == 0, said.stderr
        assert said.stdout.count("case.opened.v1") == 1, times
