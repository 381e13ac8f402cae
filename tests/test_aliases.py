"""Each agency has its own name for a case, and cursors that tell nobody anything."""

from uuid import UUID

import pytest
from hypothesis import given, strategies

from adapters.crypto import AesVeil
from contracts.asked import CaseAlias
from domain.model import AgencyId, CaseId
from services.aliases import CURSOR_LENGTH_MAX, Aliases, CursorNotValid, Cursors
from tests.spec import CENTRE, CITY, an_id

SECRET = bytes(32)
ALIASES = Aliases(SECRET, AesVeil())
CURSORS = Cursors(SECRET, AesVeil())
CASE = CaseId(an_id(7))
PLACE = b"the forty-second of all"

ids = strategies.uuids()


@given(ids, ids)
def test_an_alias_leads_back_to_its_case(agency: UUID, case: UUID) -> None:
    alias = ALIASES.alias(AgencyId(agency), CaseId(case))
    assert ALIASES.case_of(AgencyId(agency), alias) == case


def test_two_agencies_do_not_know_a_case_by_the_same_name() -> None:
    city, centre = (ALIASES.alias(by.agency, CASE) for by in (CITY, CENTRE))
    assert len({city, centre, CASE}) == 3
    assert ALIASES.case_of(CENTRE.agency, city) != CASE


def test_an_alias_is_the_same_after_a_restart_and_another_in_another_installation() -> None:
    alias = ALIASES.alias(CITY.agency, CASE)
    assert Aliases(SECRET, AesVeil()).alias(CITY.agency, CASE) == alias
    assert Aliases(b"another installation's own key..", AesVeil()).alias(CITY.agency, CASE) != alias


@given(ids)
def test_whatever_is_made_up_names_some_case_that_is_not_there(made_up: UUID) -> None:
    assert ALIASES.case_of(CITY.agency, CaseAlias(made_up)) != CASE


def test_a_cursor_leads_back_to_its_place() -> None:
    cursor = CURSORS.written(CITY.agency, "cases", PLACE)
    assert CURSORS.read(CITY.agency, "cases", cursor) == PLACE
    assert len(cursor) <= CURSOR_LENGTH_MAX


def test_two_cursors_of_one_place_do_not_tell_that_it_is_one() -> None:
    assert len({CURSORS.written(CITY.agency, "cases", PLACE) for _ in range(2)}) == 2


def test_another_agencys_cursor_or_another_lists_is_not_valid() -> None:
    cursor = CURSORS.written(CITY.agency, "cases", PLACE)
    for agency, of in ((CENTRE.agency, "cases"), (CITY.agency, "referrals")):
        with pytest.raises(CursorNotValid):
            CURSORS.read(agency, of, cursor)


@given(strategies.text(max_size=300))
def test_what_is_made_up_is_no_cursor(made_up: str) -> None:
    with pytest.raises(CursorNotValid):
        CURSORS.read(CITY.agency, "cases", made_up)


@given(strategies.integers(0, 80), strategies.sampled_from("Aa0-_= \n"), strategies.binary())
def test_a_cursor_changed_in_any_letter_is_not_valid(at: int, letter: str, place: bytes) -> None:
    cursor = CURSORS.written(CITY.agency, "cases", place[:60])
    changed = cursor[:at] + letter + cursor[at + 1 :]
    if changed != cursor:
        with pytest.raises(CursorNotValid):
            CURSORS.read(CITY.agency, "cases", changed)
