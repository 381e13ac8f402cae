"""Case numbers: the next one, and none twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.case import AcceptCase
from domain.case_numbers import CASE_NUMBERS, CaseNumberTaken, numbers_key
from domain.model import NetworkId
from tests.spec import CENTRE, CITY, an_id, given

MIDORINO: Final = NetworkId(an_id(500))
accept_case = AcceptCase(network_id=MIDORINO)


def taken(number: str) -> CaseNumberTaken:
    return CaseNumberTaken(number=number)


def test_numbers_begin_at_one() -> None:
    given(CASE_NUMBERS).when(accept_case, by=CITY).then(taken("2026-0001"))


def test_the_next_number_follows_the_last_whoever_asks() -> None:
    given(CASE_NUMBERS, taken("2026-0016")).when(accept_case, by=CENTRE).then(taken("2026-0017"))


def test_a_year_may_have_more_than_9999_cases() -> None:
    given(CASE_NUMBERS, taken("2026-9999")).when(accept_case, by=CITY).then(taken("2026-10000"))


def test_a_number_is_named_for_the_fiscal_year_in_japan() -> None:
    last_minute = msgspec.structs.replace(CITY, at=datetime(2027, 3, 31, 14, 59, tzinfo=UTC))
    first_minute = msgspec.structs.replace(CITY, at=last_minute.at + timedelta(minutes=1))
    given(CASE_NUMBERS).when(accept_case, by=last_minute).then(taken("2026-0001"))
    given(CASE_NUMBERS).when(accept_case, by=first_minute).then(taken("2027-0001"))


def test_each_network_and_fiscal_year_has_numbers_of_its_own() -> None:
    assert numbers_key(MIDORINO, date(2027, 3, 31)) == f"{MIDORINO}:2026"
    assert numbers_key(MIDORINO, date(2027, 4, 1)) == f"{MIDORINO}:2027"
    assert numbers_key(NetworkId(an_id(501)), date(2027, 4, 1)) == f"{an_id(501)}:2027"


@for_any(st.integers(min_value=0, max_value=200))
def test_no_number_is_used_twice_and_the_last_tells_the_next(cases: int) -> None:
    events: list[CaseNumberTaken] = []
    for _ in range(cases):
        events += CASE_NUMBERS.decide(CASE_NUMBERS.replay(events), accept_case, CITY)
        assert CASE_NUMBERS.replay(events[-1:]) == CASE_NUMBERS.replay(events)
    assert len({event.number for event in events}) == cases
