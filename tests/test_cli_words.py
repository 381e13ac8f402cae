"""Every word exists in both languages, and says the same."""

from itertools import chain
from string import Formatter
from typing import Final, cast

import pytest
from typer.core import TyperGroup

from adapters import findings, words
from adapters.cli import doctor, explain_words, headings, ledger_words, meeting_words, replay_words
from adapters.cli.options import HOURS_MAX
from adapters.cli.program import every_command, program
from adapters.engines import Finding
from adapters.playing import words as playing_words
from adapters.words import Words
from services import identity

HOMES: Final = (
    words,
    explain_words,
    headings,
    ledger_words,
    meeting_words,
    replay_words,
    playing_words,
)


def every_word() -> list[Words]:
    said: list[object] = [value for home in HOMES for value in vars(home).values()]
    tables = [cast("dict[str, object]", each) for each in said if isinstance(each, dict)]
    told = (*said, *chain(*(table.values() for table in tables)))
    return [each for each in told if isinstance(each, Words)]


def every_finding() -> list[Finding]:
    named = {**vars(doctor), **vars(findings)}
    return [value for value in named.values() if isinstance(value, Finding)]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("said", every_word(), ids=lambda said: said.en[:40])
def test_every_word_is_said_in_both_languages(said: Words) -> None:
    assert said.ja.strip()
    assert said.en.strip()
    assert placeholders(said.ja) == placeholders(said.en)


@pytest.mark.parametrize("finding", every_finding(), ids=lambda finding: finding.code)
def test_every_finding_says_what_to_do_in_both_languages(finding: Finding) -> None:
    assert finding.en.isascii()
    assert not finding.ja.isascii()
    assert finding.remedy_en.isascii()
    assert finding.remedy_ja.endswith("。")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_command_and_option_has_its_help(language: words.Language) -> None:
    group: TyperGroup = program(language)
    commands = dict(every_command(group))
    assert commands.keys() == words.COMMANDS.keys()
    assert all(command.help for command in commands.values())
    options = [option for command in commands.values() for option in command.params]
    assert {option.name for option in options} == words.OPTIONS.keys()
    assert all(getattr(option, "help", None) for option in options)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_check_of_the_doctor_has_its_label(language: words.Language) -> None:
    assert doctor.CHECKS.keys() == words.CHECKS.keys()
    assert all(words.CHECKS[name].spoken(language) for name in doctor.CHECKS)


def test_a_token_may_be_asked_for_as_long_as_one_is_given() -> None:
    assert HOURS_MAX == identity.HOURS_MAX
