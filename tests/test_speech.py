"""Whatever cannot be done is said in a sentence of its own, in English and in Japanese."""

import re
from collections import Counter
from importlib import import_module
from pkgutil import walk_packages

import pytest

import adapters
import contracts
import domain
import services
from domain.case import CaseNotFound
from domain.speech import CannotRun, Refused, Spoken, code_of

OURS = {package.__name__: package for package in (domain, contracts, services, adapters)}
for package in OURS.values():
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)


def every(spoken: type[Spoken]) -> list[type[Spoken]]:
    ours = spoken.__module__.partition(".")[0] in OURS
    below = [each for child in spoken.__subclasses__() for each in every(child)]
    return [spoken, *below] if ours else below


SPOKEN = every(Spoken)


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.__name__)
def test_it_has_a_sentence_of_its_own_in_each_language(spoken: type[Spoken]) -> None:
    said = vars(spoken)
    assert re.fullmatch(r"\S[^\n]+\.", str(said["__doc__"]))
    assert re.fullmatch(r"[^\n]+。", str(said["ja"]))
    assert re.search(r"[\u3040-\u30ff]", str(said["ja"]))


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.__name__)
def test_a_remedy_is_said_in_both_languages_or_in_none(spoken: type[Spoken]) -> None:
    assert ("remedy" in vars(spoken)) == ("remedy_ja" in vars(spoken))


def test_no_sentence_and_no_code_is_said_twice() -> None:
    for said in (
        Counter(code_of(spoken) for spoken in SPOKEN),
        Counter(spoken.__doc__ for spoken in SPOKEN),
        Counter(spoken.ja for spoken in SPOKEN),
    ):
        assert [words for words, times in said.items() if times > 1] == []


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.__name__)
def test_its_code_is_stable_upper_snake(spoken: type[Spoken]) -> None:
    assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", code_of(spoken))


def test_a_refusal_says_its_sentence_and_keeps_its_facts_apart() -> None:
    refused = CaseNotFound(case="8f1c")
    assert refused.code == "CASE_NOT_FOUND"
    assert str(refused) == refused.en == "There is no such case."
    assert refused.facts == {"case": "8f1c"}
    assert "8f1c" not in repr(refused)


def test_a_rule_and_an_outage_are_told_apart() -> None:
    assert not issubclass(Refused, CannotRun)
    assert not issubclass(CannotRun, Refused)
