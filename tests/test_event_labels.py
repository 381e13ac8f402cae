"""Whatever may stand in a timeline has a name for people, in both languages."""

import re
from collections import Counter

import pytest

from contracts.envelope import DETAILS
from contracts.event_labels import EVENT_LABELS
from domain.catalogue import EVENTS

IN_A_CASE = {"case", "consent", "disclosure", "grievance", "meeting", "referral", "trail"}


def test_every_event_in_the_name_of_a_case_has_one_and_nothing_else() -> None:
    happen = {tag for tag in EVENTS.types if tag.partition(".")[0] in IN_A_CASE}
    assert {*EVENT_LABELS} == {*happen, DETAILS}


@pytest.mark.parametrize("tag", EVENT_LABELS)
def test_it_is_said_in_both_languages(tag: str) -> None:
    label = EVENT_LABELS[tag]
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", label.ja)
    assert label.en.isascii()


def test_no_two_events_are_called_the_same() -> None:
    for names in zip(*EVENT_LABELS.values(), strict=True):
        assert [name for name, times in Counter(names).items() if times > 1] == []
