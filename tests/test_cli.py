"""The command line as people and programs meet it: whole processes, in poor surroundings."""

import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
import typer

from adapters import kek
from adapters.cli.program import ExitCode, speaking
from domain.speech import CannotRun, Refused
from tests.command_line import TSUNAGU, tsunagu, widest

ROOT = Path(__file__).parent.parent
INTERRUPTED_EARLY = """
import signal, sys
from adapters.cli import main

imported = sys.argv.pop(1)

class Impatience:
    def find_spec(self, name, *_):
        if name == imported:
            signal.raise_signal(signal.SIGINT)
            while True:
                pass  # Here it is heard, and nowhere it would be swallowed.

sys.meta_path.insert(0, Impatience())
main()
"""


@pytest.mark.parametrize(
    "environ",
    [
        {"LANG": "C"},
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "TSUNAGU_LANG": "ja"},
        {"LANG": "ja_JP.UTF-8", "NO_COLOR": "1", "COLUMNS": "80"},
        {"LANG": "ja_JP.UTF-8", "TERM": "dumb"},
        {"TSUNAGU_LANG": "ja", "PYTHONIOENCODING": "ascii"},
        {},
    ],
    ids=str,
)
def test_the_doctor_is_readable_in_every_surrounding(
    environ: dict[str, str], tmp_path: Path
) -> None:
    said = tsunagu("doctor", "--data", tmp_path / "data", **environ)
    assert said.returncode == ExitCode.FINE, said.stderr
    assert "\x1b" not in said.stdout + said.stderr
    assert widest(said) <= 80


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("command", ["up", "doctor"])
def test_help_fits_a_small_terminal_whole(command: str, language: str) -> None:
    said = tsunagu(command, "--help", "--lang", language, COLUMNS="80")
    assert said.returncode == ExitCode.FINE
    assert "…" not in said.stdout
    assert widest(said) <= 80
    assert ("データフォルダー" in said.stdout) == (language == "ja")


def test_the_language_may_stand_before_the_command_or_behind_it() -> None:
    before, behind = tsunagu("--lang", "ja", "version"), tsunagu("version", "--lang", "ja")
    assert before.stdout == behind.stdout
    assert "つなぐ" in before.stdout
    assert "何がどこで動いているかを示す" in tsunagu("--help", "--lang", "ja").stdout


def test_an_unknown_option_is_a_usage_error() -> None:
    assert tsunagu("doctor", "--loud").returncode == ExitCode.USAGE
    assert tsunagu("doctor", "--lang", "fr").returncode == ExitCode.USAGE
    assert tsunagu("cure").returncode == ExitCode.USAGE


def test_without_a_command_it_says_which_there_are() -> None:
    said = tsunagu()
    assert "Traceback" not in said.stdout + said.stderr
    assert "doctor" in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("imported", "answer"),
    [
        ("adapters.cli.program", "中断しました。 / Interrupted.\n"),
        ("adapters.cli.doctor", "Interrupted.\n"),
    ],
)
def test_ctrl_c_is_heard_while_the_commands_are_still_being_imported(
    imported: str, answer: str
) -> None:
    said = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_EARLY, imported, "doctor", "--lang", "en"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert said.returncode == ExitCode.INTERRUPTED
    assert said.stderr == answer


def test_help_waits_for_nothing_that_only_a_command_needs() -> None:
    asking = "import sys; import adapters.cli.program; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", asking], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    heavy = {"adapters.app", "domain.catalogue", "faststream", "litestar"}
    assert heavy.isdisjoint(said.stdout.split())


@pytest.mark.parametrize("closing", ["2>&-", "2>/dev/full"])
def test_it_runs_where_nobody_can_hear_it_complain(closing: str, tmp_path: Path) -> None:
    said = subprocess.run(
        ["sh", "-c", f'exec "$@" {closing}', "sh", TSUNAGU, "status", "--data", tmp_path],
        stdout=subprocess.PIPE,
        check=False,
    )
    assert said.returncode == ExitCode.FINDINGS


def test_an_empty_name_is_no_folder_and_never_the_current_one() -> None:
    said = tsunagu("status", "--data", "")
    assert said.returncode == ExitCode.USAGE
    assert "The name of the folder is empty." in said.stderr


@pytest.mark.parametrize("command", ["doctor", "status", "version"])
def test_a_program_may_read_what_stops_us(command: str) -> None:
    said = tsunagu(command, "--json", TSUNAGU_LANG="ja", TSUNAGU_DATA="here")
    refusal = msgspec.json.decode(said.stdout)
    assert said.returncode == ExitCode.CANNOT_RUN
    assert refusal["code"] == "SETTING_REFUSED"
    assert refusal["en"].isascii()
    assert refusal["remedy_ja"].endswith("。")
    assert refusal["facts"]["expected"] == "an absolute path"
    assert "SETTING_REFUSED" in said.stderr


def test_what_is_expected_is_said_in_one_language() -> None:
    english = tsunagu("status", TSUNAGU_DATA="here").stderr
    japanese = tsunagu("status", "--lang", "ja", TSUNAGU_DATA="here").stderr
    assert "an absolute path" in english
    assert "絶対パス" not in english
    assert "絶対パス" in japanese
    assert "an absolute path" not in japanese


def test_where_both_engines_are_external_the_doctor_asks_no_folder(tmp_path: Path) -> None:
    kek.make(tmp_path / "kek")
    (tmp_path / "file").touch()
    said = tsunagu(
        "doctor",
        "--json",
        TSUNAGU_DATA=str(tmp_path / "file/data"),
        TSUNAGU_KEK_FILE=str(tmp_path / "kek"),
        TSUNAGU_POSTGRES_URL="postgresql://tsunagu@127.0.0.1:1/tsunagu",
        TSUNAGU_NATS_URL="nats://127.0.0.1:1",
    )
    checks = msgspec.json.decode(said.stdout)
    assert {name for name, checked in checks.items() if checked["findings"]} == {
        "durability",
        "clock",
    }


def test_the_doctor_starts_nothing_and_makes_nothing(tmp_path: Path) -> None:
    tsunagu("doctor", "--data", tmp_path / "data")
    assert not list(tmp_path.iterdir())


def test_a_program_may_read_the_doctor(tmp_path: Path) -> None:
    said = tsunagu("doctor", "--json", "--data", tmp_path / "data", LANG="ja_JP.UTF-8")
    checks = msgspec.json.decode(said.stdout)
    assert checks["disk"]["findings"] == []
    assert checks["settings"]["facts"] == {"TSUNAGU_DATA": str(tmp_path / "data")}


def test_a_finding_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    tmp_path.chmod(0o755)
    english = tsunagu("doctor", "--data", tmp_path)
    japanese = tsunagu("doctor", "--data", tmp_path, "--lang", "ja")
    assert english.returncode == japanese.returncode == ExitCode.FINDINGS
    assert "FOLDER_OPEN" in english.stdout
    assert "What to do: Run `chmod 700` on it." in english.stdout
    assert "対処: `chmod 700` を実行してください。" in japanese.stdout


def test_an_accepted_finding_is_shown_and_forgiven(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    tmp_path.chmod(0o755)
    said = tsunagu("doctor", "--data", tmp_path, TSUNAGU_ALLOW="FOLDER_OPEN")
    assert said.returncode == ExitCode.FINE
    assert "FOLDER_OPEN" in said.stdout


def test_status_says_that_nothing_runs(tmp_path: Path) -> None:
    said = tsunagu("status", "--json", "--data", tmp_path / "data")
    assert said.returncode == ExitCode.FINDINGS
    assert msgspec.json.decode(said.stdout)["running"] is False


def test_version_names_the_engines() -> None:
    versions = msgspec.json.decode(tsunagu("version", "--json").stdout)
    assert versions.keys() == {"tsunagu", "python", "postgres", "nats"}
    assert versions["postgres"].startswith("18.")
    assert versions["nats"].startswith("2.15.")


def test_a_misspelt_setting_ends_in_a_sentence_and_a_remedy() -> None:
    english = tsunagu("doctor", TSUNAGU_DTA="/srv/tsunagu")
    japanese = tsunagu("doctor", "--lang", "ja", TSUNAGU_DTA="/srv/tsunagu")
    assert english.returncode == japanese.returncode == ExitCode.CANNOT_RUN
    assert "SETTING_UNKNOWN There is no setting of this name." in english.stderr
    assert "nearest: TSUNAGU_DATA" in english.stderr
    assert "対処:" in japanese.stderr
    assert "Traceback" not in english.stderr


def test_no_password_is_ever_shown(tmp_path: Path) -> None:
    url = "postgresql://tsunagu:open-sesame@localhost:1/tsunagu"
    for how in ((), ("--json",), ("--debug",)):
        said = tsunagu("doctor", "--data", tmp_path, *how, TSUNAGU_POSTGRES_URL=url)
        assert "localhost" in said.stdout
        assert "open-sesame" not in said.stdout + said.stderr


class DoorClosed(Refused):
    """The door is closed."""

    ja: ClassVar[str] = "扉は閉まっています。"


class HouseMissing(CannotRun):
    """The house is missing."""

    ja: ClassVar[str] = "家が見つかりません。"


@pytest.mark.parametrize(
    ("happened", "code", "sentence"),
    [
        (DoorClosed(door=3), ExitCode.FINDINGS, "DOOR_CLOSED 扉は閉まっています。\n  door: 3\n"),
        (
            HouseMissing(),
            ExitCode.CANNOT_RUN,
            "HOUSE_MISSING 家が見つかりません。\n  対処: `tsunagu doctor` を実行してください。\n",
        ),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "中断しました。\n"),
    ],
)
def test_what_stops_us_is_said_and_counted(
    happened: BaseException,
    code: ExitCode,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended, speaking("ja", debug=False):
        raise happened
    assert ended.value.exit_code == code
    assert capsys.readouterr().err == sentence


def test_the_unexpected_is_one_sentence_that_quotes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = "open-sesame"
    with pytest.raises(typer.Exit) as ended, speaking("en", debug=False):
        raise ValueError(secret)
    assert ended.value.exit_code == ExitCode.CANNOT_RUN
    said = capsys.readouterr().err
    assert "Something unexpected happened (ValueError)." in said
    assert secret not in said


def test_debug_lets_the_unexpected_through() -> None:
    happened = "why"
    with pytest.raises(ValueError, match="why"), speaking("en", debug=True):
        raise ValueError(happened)
