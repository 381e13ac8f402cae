"""Categories: what a field is, in this event, and whose."""

from typing import Final, Literal, TypeAlias

import msgspec
import pytest

from domain.categories import CLEAR, EXPLICIT_ONLY, PUB, WORDS, CategoryCode

NAME: Final = PUB.by("kind", {"SHELTER": "LOC", "STEP_HOUSE": "LOC"})


Kind: TypeAlias = Literal["SHELTER", "STEP_HOUSE", "SCHOOL"]


class Registered(msgspec.Struct):
    kind: Kind


@pytest.mark.parametrize(
    ("kind", "code"), [("SHELTER", "LOC"), ("STEP_HOUSE", "LOC"), ("SCHOOL", "PUB")]
)
def test_what_a_field_is_may_follow_from_a_code(kind: Kind, code: CategoryCode) -> None:
    assert NAME.of(Registered(kind)) == code
    assert PUB.of(Registered(kind)) == "PUB"


def test_whatever_it_may_become_is_known_beforehand() -> None:
    assert PUB.codes == {"PUB"}
    assert NAME.codes == {"PUB", "LOC"}


def test_whose_it_is_and_what_it_follows_from_are_said_in_either_order() -> None:
    codes: dict[str, CategoryCode] = {"SHELTER": "LOC"}
    both = PUB.by("kind", codes).about("person_id")
    assert both == PUB.about("person_id").by("kind", codes)
    assert both.person_field == "person_id"
    assert both.of(Registered("SHELTER")) == "LOC"


def test_nothing_that_must_be_named_to_be_shared_stands_in_the_clear() -> None:
    assert not CLEAR & (EXPLICIT_ONLY | WORDS)
