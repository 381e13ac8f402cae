"""Every refusal has a status and both its sentences, also when it was stored long ago."""

from importlib import import_module
from pkgutil import walk_packages
from typing import Final
from uuid import UUID

import pytest

import adapters
import contracts
import domain
import services
from contracts.problems import STATUS, Problem, english, every, problem, spoken, status_of
from domain.speech import CannotRun, Refused, Spoken, code_of
from services.sealing import EventDamaged

for package in (domain, contracts, services, adapters):
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)

SPOKEN: Final = [each for each in every(Spoken) if not each.__module__.startswith("tests.")]
CORRELATION: Final = UUID(int=7)


@pytest.mark.parametrize("each", SPOKEN, ids=lambda each: each.__name__)
def test_its_code_finds_its_sentences_and_a_status(each: type[Spoken]) -> None:
    assert spoken(code_of(each)) is each
    assert (status_of(code_of(each)) < 500) == (
        issubclass(each, Refused) and code_of(each) != "TOO_MANY_AT_ONCE"
    )


def test_what_is_hidden_and_what_does_not_exist_have_one_status() -> None:
    codes = {code_of(each) for each in SPOKEN if issubclass(each, Refused)}
    hidden = {code for code in codes if code.endswith("_NOT_FOUND")}
    assert {status_of(code) for code in hidden} == {404}
    assert {code for code in codes if status_of(code) == 404} == {*hidden, "NOT_HERE"}


def test_the_table_names_nothing_that_is_never_said() -> None:
    assert STATUS.keys() <= {code_of(each) for each in SPOKEN}


def test_a_problem_says_both_sentences_and_first_the_one_that_was_asked_for() -> None:
    told = problem("CASE_NOT_FOUND", "ja", CORRELATION, at="$.case")
    assert told == Problem(
        type="urn:tsunagu:problem:CASE_NOT_FOUND",
        title="Case not found",
        status=404,
        code="CASE_NOT_FOUND",
        detail="該当するケースはありません。",
        detail_ja="該当するケースはありません。",
        detail_en="There is no such case.",
        correlation=CORRELATION,
        at="$.case",
    )
    assert problem("CASE_NOT_FOUND", "en", CORRELATION).detail == "There is no such case."


def test_what_a_newer_version_has_refused_is_told_as_a_refusal() -> None:
    told = problem("REFUSED_BY_A_LATER_RULE", "en", CORRELATION)
    assert (told.status, told.code) == (409, "REFUSED_BY_A_LATER_RULE")
    assert told.detail == english(Refused)


def test_what_only_an_operator_can_mend_is_told_to_no_caller() -> None:
    assert issubclass(EventDamaged, CannotRun)
    assert problem("EVENT_DAMAGED", "en", CORRELATION).code == "UNEXPECTED"
