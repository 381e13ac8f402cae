"""What `docs/` says of the domain is what the code does, in both languages."""

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from adapters.pages import DOCS
from adapters.pages.aggregates import (
    AGGREGATES,
    Aggregate,
    all_refusals,
    commands,
    events,
    refusals,
)
from adapters.pages.every import written
from domain.catalogue import AnyCommand, AnyEvent
from domain.policy import CONDITIONS, POLICY_VERSION, RULES

PAGES = written()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_committed_is_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page], "run `make pages`"


def test_no_page_is_left_over() -> None:
    assert {*(DOCS / "domain").glob("*.md")} == set(PAGES)


def test_every_event_and_every_command_stands_on_one_page() -> None:
    told = Counter(event for each in AGGREGATES for event in events(each))
    asked = Counter(command for each in AGGREGATES for command in commands(each))
    assert told == Counter(get_args(AnyEvent))
    assert asked == Counter(get_args(AnyCommand))


def test_no_refusal_stands_on_two_pages_and_none_on_no_page() -> None:
    assert max(Counter(r for each in AGGREGATES for r in refusals(each)).values()) == 1
    text = "".join(PAGES.values())
    assert [each.__name__ for each in all_refusals() if each.ja not in text] == []


@pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda each: each.page)
def test_every_page_has_a_diagram_and_speaks_both_languages(aggregate: Aggregate) -> None:
    text = PAGES[DOCS / "domain" / f"{aggregate.page}.md"]
    assert "stateDiagram-v2" in text
    assert aggregate.says.ja in text
    assert aggregate.says.en in text


def test_the_page_of_the_rules_has_every_rule_in_its_order_in_both_languages() -> None:
    text = PAGES[DOCS / "domain" / "who-may-see-what.md"]
    assert POLICY_VERSION in text
    places = [text.index(f"| {number} | `{rule.id}`") for number, rule in enumerate(RULES, 1)]
    assert places == sorted(places)
    for says in (*(rule.says for rule in RULES), *(each.says for each in CONDITIONS)):
        assert says.ja in text
        assert says.en in text


def test_every_state_of_a_diagram_is_drawn_under_its_names() -> None:
    for text in PAGES.values():
        for diagram in re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL):
            named = set(re.findall(r'state ".+? / .+?" as (\w+)', diagram))
            drawn = set(re.findall(r"(\w+) -->", diagram)) | set(re.findall(r"--> (\w+)", diagram))
            assert drawn <= named
