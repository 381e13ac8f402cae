"""A scenario out of a file: what may stand there, and everything that is wrong, by line."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from string import Formatter
from typing import Final

import msgspec
import pytest
from jsonschema import Draft202012Validator
from rich.cells import cell_len
from rich.console import Console

from adapters.playing import words
from adapters.playing.examples import example
from adapters.playing.faults import ScenarioNotUnderstood
from adapters.playing.format import Cell
from adapters.playing.lines import lines_of
from adapters.playing.loading import later_by, load, years_later
from adapters.playing.playing import Stood, Took
from adapters.playing.schema import WHERE, document, written
from adapters.playing.telling import Telling
from adapters.words import Words

GOLDEN: Final = Path(__file__).parent / "golden"
# They are given, and are never made to fit.
TABLES: Final = {
    "a": "92612ba2a26971fd1fb988015dfb59bee3a2fd5172fb2d5d605395de0338515f",
    "b": "6ff3bd31ba44d39dc111b439d4723cf94e2eb8a00b7ebcef60e78063a36f3522",
}
SHORT: Final = """\
ja = "電話"
en = "A call"
starts = 2026-04-01T09:00:00
columns = ["IDN", "PRB"]

[people.her]
name = "相川みさき"

[[agency]]
name = "M1"
ja = "緑野市"
en = "Midorino"
kind = "MUNICIPAL_GENDER_EQUALITY_CENTRE"
prefecture = "06"

[[step]]
who = "M1"
does = "case.open"
[step.with]
anonymous = true
channel = "PHONE"
found_via = "SELF"
frameworks = []
at_risk_only = false

[[step]]
who = "M1"
does = "case.record_consultation"
keeps = "call"
[step.with]
channel = "PHONE"
caller_is_subject = true
main_problem = "SPOUSE_VIOLENCE"
age_band = "30S"
language = "ja"
sexual_harm_flag = false

[[step]]
who = "M1"
does = "case.identify_subject"
with = { name = "@her.name" }

[[matrix]]
at = 2026-04-02T09:00:00
ja = "その後"
en = "Afterwards"
[matrix.rows]
M1 = "o o"
"""


NETWORK: Final = """\
[[network]]
name = "midorino"
ja = "緑野市ネットワーク"
en = "Midorino network"
level = "MUNICIPALITY"
led_by = "M1"
"""


class Instant(msgspec.Struct):
    at: str
    cells: Mapping[str, Mapping[str, str]]


def written_as(text: str, folder: Path) -> Path:
    file = folder / "scenario.toml"
    file.write_text(text, "utf-8")
    return file


def wrong_with(text: str, folder: Path) -> list[str]:
    with pytest.raises(ScenarioNotUnderstood) as refused:
        load(written_as(text, folder))
    return [fault.at(Path("it")).en for fault in refused.value.found]


def test_a_scenario_that_is_well_formed_is_loaded(tmp_path: Path) -> None:
    loaded = load(written_as(SHORT, tmp_path))
    assert [step.does for step in loaded.scenario.step] == [
        "case.open",
        "case.record_consultation",
        "case.identify_subject",
    ]


@pytest.mark.parametrize(
    ("said", "instead", "expected"),
    [
        ('ja = "電話"\n', "ja = \n", "it:1: this is no TOML: Invalid value"),
        ("starts = 2026-04-01T09:00:00", "starts = 3", "it:3: starts is not as it has to be"),
        ("anonymous = true", "anonymus = true", "'anonymus' in case.open; did you mean"),
        ('channel = "PHONE"', 'channel = "PONE"', "it:21: case.open channel is not as it has"),
        ('does = "case.open"', 'does = "case.opn"', "it:18: there is no command 'case.opn'; did"),
        ('who = "M1"\ndoes = "case.open"', 'who = "M9"\ndoes = "case.open"', "it:17: no agency is"),
        ('"@her.name"', '"@his.name"', "it:41: nothing has been called 'his.name' so far; did you"),
        ('keeps = "call"', 'refused = "NO_SUCH"', "it:29: nothing is refused as 'NO_SUCH'"),
        ('keeps = "call"', 'keeps = "M1"', "it:29: 'M1' is the name of two things"),
        ('M1 = "o o"', 'M1 = "o"', "it:48: M1 has 1 cells, and there are 2 columns"),
        ('M1 = "o o"', 'M1 = "o x"', "it:48: 'x' in the row of M1 is none of"),
        ('M1 = "o o"', 'M2 = "o o"', "it:48: no agency is called 'M2'; did you mean 'M1'?"),
        ("[[matrix]]", '[[secret]]\nkept_from = ["M2"]\nwords = ["it"]\n[[matrix]]', "it:44: no"),
        ('"PRB"', '"LOC:home"', "it:4: there is no column 'LOC:home': a category, or"),
        ('name = "M1"', 'nom = "M1"', "it:10: there is no 'nom' in agency; did you mean 'name'?"),
        ('prefecture = "06"\n', "", "it:9: agency is not as it has to be: Object missing"),
        ("at = 2026-04-02T09:00:00", "at = 2026-03-02T09:00:00", "it:44: this is earlier than the"),
        ('ja = "その後"', "", "it:43: matrix is not as it has to be: Object"),
        ("anonymous = true", 'anonymous = "@seen case.opend.v1"', "there is no type of event"),
        ('"PRB"]', '"GRV"]', "it:4: nothing can stand in the column 'GRV'"),
        ('"PRB"]', '"LOC"]', "it:4: nothing can stand in the column 'LOC'"),
        ('"PRB"]', '"IDN"]', "it:4: 'IDN' is the name of two things"),
        ("[[agency]]", "[places]\nhome = {}\n[[agency]]", "it:10: the place 'home' needs a stay"),
        ('"case.record_consultation"\nkeeps = "call"', '"case.open"', "it:28: a file tells of one"),
        ('does = "case.identify_subject"', 'sees = "case.opened.v1"\nrefused = "REFUSED"',
         "it:41: what is seen is not refused"),
        ('prefecture = "06"', 'prefecture = "06"\nstaff = []', "it:15: agency.staff is not as"),
        ('prefecture = "06"', 'prefecture = "06"\nstaff = [{}, {}]', "it:15: 'M1.staff' is the"),
        ("[[step]]", NETWORK + 'members = ["M1"]\n[[step]]', "it:22: 'M1' joins this network"),
        ("[[step]]", NETWORK + "members = []\nrules = { versoin = 1 }\n[[step]]",
         "it:23: there is no 'versoin' in network.rules; did you mean 'version'?"),
        ("[[step]]", NETWORK + "members = []\n[network.rules]\nversion = 1\n[[step]]",
         "it:24: network.rules version is not as it has to be"),
        ('ja = "電話"', 'ja = "電\u2028話"\nde = 1', "it:2: there is no 'de' in the file"),
        ("[people.her]", "[people.her]\nnames = " + "[" * 40 + "]" * 40, "it:7: this is nested"),
        ("[people.her]", "[people.her]\nnames = " + "[" * 3000 + "]" * 3000, "it:7: this is"),
        ("anonymous = true\n", "", "it:16: case.open is not as it has to be: Object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(
    said: str, instead: str, expected: str, tmp_path: Path
) -> None:
    assert said in SHORT
    found = wrong_with(SHORT.replace(said, instead, 1), tmp_path)
    assert any(expected in each for each in found), found


@pytest.mark.parametrize("name", ["agency", "step", "network", "matrix", "secret"])
@pytest.mark.parametrize("instead", ["[1, 2]", '["x"]', "3", "[{}, 1]"])
def test_what_has_to_be_tables_is_nothing_else(name: str, instead: str, tmp_path: Path) -> None:
    found = wrong_with(f"ja = 'x'\n{name} = {instead}\n", tmp_path)
    assert f"it:2: {name} is written as tables, each under [[{name}]]" in found


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = SHORT.replace("case.open", "case.opn").replace("@her", "@him").replace("o o", "o")
    lines = [int(each.split(":")[1]) for each in wrong_with(text, tmp_path)]
    assert lines == [18, 41, 48]


def test_a_file_that_is_not_there_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioNotUnderstood) as refused:
        load(tmp_path / "nothing.toml")
    assert [fault.said for fault in refused.value.found] == [words.NOT_THERE]


def test_a_line_is_found_whatever_stands_before_it() -> None:
    text = (
        'a = [\n  "[[step]]",\n  1,\n]\n[[step]]\nb = """\nc = 1\n"""\nd = 2\n[step.with]\ne = 3\n'
    )
    found = lines_of(text)
    assert found.of("a") == 1
    assert (found.of("step", 0), found.of("step", 0, "d")) == (5, 9)
    assert found.of("step", 0, "with", "e") == 11
    assert found.of("step", 0, "with", "unsaid") == 10


def test_told_some_years_later_days_stay_where_they_are() -> None:
    assert later_by(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert later_by(date(2024, 2, 29), 0) == date(2024, 2, 29)
    assert later_by(datetime(2026, 4, 1, 9), 2) == datetime(2028, 4, 1, 9)  # noqa: DTZ001


def test_it_starts_where_the_clock_stands_or_at_the_same_day_of_a_later_year() -> None:
    starts = datetime(2024, 2, 29, 9)  # noqa: DTZ001
    second, day = timedelta(seconds=1), timedelta(days=1)
    for now, years in (
        (starts - 400 * day, 0),
        (starts, 0),
        (starts + second, 1),
        (datetime(2025, 2, 28, 9), 1),  # noqa: DTZ001
        (datetime(2025, 2, 28, 9) + second, 2),  # noqa: DTZ001
        (datetime(2030, 12, 31), 7),  # noqa: DTZ001
    ):
        assert years_later(starts, now) == years
        assert later_by(starts, years) >= now


# What comes along


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_the_examples_are_well_formed(name: str) -> None:
    assert load(example(name)).scenario.step


@pytest.mark.parametrize("name", TABLES)
def test_the_examples_carry_the_tables_that_were_given(name: str) -> None:
    """Cell by cell; whoever is not named in a file sees nothing there."""
    said = (GOLDEN / f"visibility_{name}.json").read_bytes()
    assert hashlib.sha256(said).hexdigest() == TABLES[name]
    given = msgspec.json.decode(said, type=tuple[Instant, ...])
    scenario = load(example(name)).scenario
    carried = {f"{matrix.at:%Y-%m-%dT%H:%M}": matrix.rows for matrix in scenario.matrix}
    assert carried.keys() == {instant.at for instant in given}
    for instant in given:
        assert all(tuple(cells) == scenario.columns for cells in instant.cells.values())
        rows = {agency: " ".join(cells.values()) for agency, cells in instant.cells.items()}
        seeing = {agency: row for agency, row in rows.items() if set(row) != {"–", " "}}
        assert carried[instant.at] == seeing


def test_what_is_owed_is_named_by_its_step() -> None:
    owed = {
        name: [step.no for step in load(example(name)).scenario.step if step.owed]
        for name in ("a", "b", "c")
    }
    assert owed == {"a": [], "b": ["B25"], "c": ["C16", "C17"]}


def test_the_format_is_described_as_it_is() -> None:
    assert WHERE.read_bytes() == written(), "run `make contracts`"
    Draft202012Validator.check_schema(document())


def test_every_word_of_a_scenario_is_said_in_both_languages() -> None:
    said = [value for value in vars(words).values() if isinstance(value, Words)]
    for each in (*said, *words.COLUMNS.values()):
        assert each.ja.strip()
        assert placeholders(each.ja) == placeholders(each.en)


@pytest.mark.parametrize("name", ["a", "b", "c"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_told_in_japanese_no_line_begins_with_a_mark_that_ends_a_word(
    name: str, width: int
) -> None:
    loaded = load(example(name))
    telling, console = Telling(loaded, "ja"), Console(width=width, file=StringIO())
    all_of_it: dict[str, Cell] = dict.fromkeys(loaded.scenario.columns, "●")
    with console.capture() as told:
        console.print(*telling.beginning())
        for step in loaded.scenario.step:
            console.print(*telling.told(Took(step=step, refusal=None)))
        for matrix in loaded.scenario.matrix:
            rows = dict.fromkeys(matrix.rows, all_of_it)
            console.print(*telling.told(Stood(matrix=matrix, rows=rows, answers=None)))
    lines = told.get().splitlines()
    assert [line for line in lines if line.strip()[:1] in set("、。，．・：）」』ー")] == []
    assert max(map(cell_len, lines)) <= width


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}
