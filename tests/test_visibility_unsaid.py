"""What nobody is to learn by the way: of another's consent, of a meeting, of what was filled in."""

from typing import Final

from msgspec.structs import replace

from domain.consent_ledger.events import ConflictRecorded, ConflictSettled
from domain.exclusions import ExclusionLifted, ExclusionSet
from domain.model import PersonId, StaffId
from tests.spec import CENTRE, CITY, an_id
from tests.told import (
    assessed,
    by,
    granted,
    joined,
    opened,
    protected,
    protects,
    told,
    visible,
)

NURSE: Final = StaffId(an_id(91))
SON: Final = PersonId(an_id(90))


def test_in_conflict_with_a_child_she_agrees_to_nothing_that_is_said_of_children() -> None:
    """Though it is said in words about her: what the children need, and where they are."""
    agreed = replace(granted, categories=frozenset({"CHD", "ECO", "LOC"}))
    torn = ConflictRecorded(child_id=SON, via_agency=CITY.agency)
    settled = ConflictSettled(child_id=SON, via_agency=CITY.agency)
    begun = by(CITY, opened, joined, agreed, assessed, protects, protected)
    before, meanwhile = told(begun), told(begun, by(CITY, torn))
    after = told(begun, by(CITY, torn, settled))
    hers, childrens = {"economic_summary", "location"}, {"child_summary", "elsewhere_places"}
    for history, seen in (
        (before, hers | childrens),
        (meanwhile, hers),
        (after, hers | childrens),
    ):
        told_of = {*visible(history, CENTRE, 4).bases, *visible(history, CENTRE, 6).bases}
        assert told_of & (hers | childrens) == seen


def test_whom_she_has_shut_out_nobody_is_told_who_may_know_of_her_dangers() -> None:
    """Least of all where they work: an agency is not told whom of its people, nor why."""
    agreed = replace(granted, categories=frozenset({"RSK", "SVC"}))
    shut_out = ExclusionSet(staff_id=NURSE, via_agency=CITY.agency)
    let_in = ExclusionLifted(staff_id=NURSE, method="WRITTEN", via_agency=CITY.agency)
    history = told(by(CITY, opened, joined, agreed, shut_out, let_in))
    assert not visible(history, CENTRE, 4)
    assert not visible(history, CENTRE, 5)
