"""Reading the ledger: page by page it is one, and whether a case was lost is said."""

from datetime import UTC, datetime

import pytest

from contracts.ledger import Completeness, Ledger, LedgerRow
from domain.case import CarryOver
from domain.case_numbers import CaseNumberTaken
from domain.exclusions import SetExclusion
from domain.model import CaseId
from services.aliases import CursorNotValid
from tests.ledgers import ledger_for
from tests.peers import Midorino
from tests.test_carrying_over import another, next_april
from tests.test_ledger_rows import enough, led_by_the_centre, sheet
from tests.world import NOBODY, Entry

NOTHING = LedgerRow(masked=True)


def with_others(here: Midorino, others: int) -> list[Midorino]:
    return [here, *(another(here) for _ in range(others))]


def all_pages(here: Midorino, *, most: int) -> list[Ledger]:
    pages = [sheet(here, here.centre, most=most)]
    while pages[-1].next:
        pages.append(sheet(here, here.centre, most=most, after=pages[-1].next))
    return pages


# Rows that say nothing


def test_rows_that_say_nothing_stand_after_all_others() -> None:
    here = led_by_the_centre()
    _, second, _, fourth, _ = with_others(here, 4)
    for each in (second, fourth):
        each.says(here.city, SetExclusion(agency_id=here.centre.agency))
    rows = sheet(here, here.centre).items
    assert [row.number for row in rows] == ["2026-0001", "2026-0003", "2026-0005", None, None]
    assert rows[3:] == (NOTHING, NOTHING)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 6])
def test_page_by_page_they_come_last_too_and_no_page_is_short(most: int) -> None:
    here = led_by_the_centre()
    first, _, third, _, _ = with_others(here, 4)
    for each in (first, third):
        each.says(here.city, SetExclusion(agency_id=here.centre.agency))
    pages = all_pages(here, most=most)
    assert [row for page in pages for row in page.items] == [*sheet(here, here.centre).items]
    assert all(len(page.items) == most for page in pages[:-1])


def test_pages_are_the_same_whichever_rows_say_nothing() -> None:
    """A cursor is of one length, and the numbers alone say who is told of."""
    lengths: set[tuple[tuple[int, int], ...]] = set()
    for shut_out in range(4):
        here = led_by_the_centre()
        case = with_others(here, 3)[shut_out]
        case.says(here.city, SetExclusion(agency_id=here.centre.agency))
        pages = all_pages(here, most=2)
        lengths.add(tuple((len(page.items), len(page.next or "")) for page in pages))
    assert len(lengths) == 1


# Over midnight


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 9, 1, 14, 59, 59, tzinfo=UTC), 2026),
        (datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC), 2026),
    ],
)
def test_what_is_read_over_midnight_goes_on_as_of_the_day_on_which_it_was_begun(
    at: datetime, year: int
) -> None:
    here = led_by_the_centre()
    with_others(here, 4)
    here.world.at = at
    whole = ledger_for(here.world, here.centre, here.network)
    first = ledger_for(here.world, here.centre, here.network, most=2)
    here.world.passes(seconds=2)
    then = ledger_for(here.world, here.centre, here.network, after=first.next)
    assert (*first.items, *then.items) == whole.items
    assert (then.as_of, then.fiscal_year) == (first.as_of, year)
    assert first.as_of == at.date()  # In Japan the day has a second left.


def test_a_cursor_is_good_in_the_ledger_of_its_year_and_day_alone() -> None:
    here = led_by_the_centre()
    with_others(here, 2)
    after = sheet(here, here.centre, most=1).next
    assert after is not None
    year, day, *rest = after.split(".")
    for made_up in (
        "",
        "...",
        after + ".",
        ".".join(("2025", day, *rest)),
        ".".join((year, "2026-09-02", *rest)),
        ".".join((year, "20260901", *rest)),
        ".".join((year, day, *reversed(rest))),
    ):
        with pytest.raises(CursorNotValid):
            ledger_for(here.world, here.centre, here.network, after=made_up)
    with pytest.raises(CursorNotValid):
        sheet(here, here.centre, after=after, year=2025)
    with pytest.raises(CursorNotValid):
        sheet(here, here.city, after=after)


# Whether all are there


def checked(here: Midorino, *lost: CaseId, year: int | None = None) -> Completeness | None:
    return sheet(here, here.centre, check=True, year=year, lost=lost).check


def test_a_list_that_lost_a_case_says_so() -> None:
    here = led_by_the_centre()
    other = another(here)
    assert checked(here) == Completeness(complete=True, missing=0, unnumbered=0)
    assert checked(here, other.case) == Completeness(complete=False, missing=1, unnumbered=0)


def test_who_was_never_carried_over_is_missed_all_the_same() -> None:
    here = led_by_the_centre()
    other = another(here)
    next_april(here, 2)
    here.says(NOBODY, CarryOver())
    assert checked(here) == Completeness(complete=True, missing=0, unnumbered=1)
    assert checked(here, other.case) == Completeness(complete=False, missing=1, unnumbered=1)
    gone = checked(here, here.case, other.case)
    assert gone == Completeness(complete=False, missing=2, unnumbered=1)


def test_who_ended_before_is_missed_in_no_later_year() -> None:
    here = led_by_the_centre()
    other = another(here)
    other.says(here.city, enough)
    next_april(here)
    here.says(NOBODY, CarryOver())
    assert checked(here, other.case) == Completeness(complete=True, missing=0, unnumbered=0)
    assert checked(here, other.case, year=2026) == Completeness(
        complete=False, missing=1, unnumbered=0
    )


def test_a_number_of_before_that_names_nobody_is_missed_where_no_case_has_it() -> None:
    here = led_by_the_centre()
    other = another(here)
    log = here.world.log
    log[:] = [_as_of_before(entry) for entry in log]
    assert checked(here) == Completeness(complete=True, missing=0, unnumbered=0)
    assert checked(here, other.case) == Completeness(complete=False, missing=1, unnumbered=0)


def test_of_a_year_that_has_not_begun_nothing_is_said() -> None:
    here = led_by_the_centre()
    assert checked(here, year=2027) is None


def _as_of_before(entry: Entry) -> Entry:
    if not isinstance(entry.said, CaseNumberTaken):
        return entry
    nameless = CaseNumberTaken(number=entry.said.number)
    return entry._replace(said=nameless, told=entry.told._replace(event=nameless))
