"""Each case that a network has accepted stands once in its ledger of each year it was active in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import pytest
from msgspec.structs import replace

from domain.calendar import date_in_japan, fiscal_year
from domain.case import (
    CarryOver,
    CaseAccepted,
    CaseCarriedOver,
    CaseClosed,
    CaseReopened,
    CaseTransferred,
)
from domain.model import CLOSED, CaseId, Event, NetworkId
from domain.speech import Refused
from projections.ledger import LEDGER_ENDS, LEDGER_ENTRIES, Stay, stays_in, stood_in
from tests.histories import history
from tests.histories.play import Ask, Play
from tests.invariants import accepted as proves
from tests.ledgers import rows
from tests.spec import an_id
from tests.told import NETWORK, abroad, accepted, again, carried_over, ended, to_another_network
from tests.world import NOBODY, Entry

WAKABA: Final = NetworkId(an_id(73))
SPRING, SUMMER, AUTUMN = date(2026, 5, 13), date(2026, 8, 1), date(2026, 10, 1)
NEXT, LATER = date(2027, 6, 1), date(2029, 6, 1)
back_again = replace(to_another_network, to_network=NETWORK)


def on(day: date, event: Event) -> Event:
    return replace(event, **{"accepted_on" if isinstance(event, CaseAccepted) else "on": day})


def years(*events: Event, network: NetworkId = NETWORK) -> list[int]:
    stays = stays_in(events, network)
    return [year for year in range(2024, 2032) if stood_in(stays, year)]


# In which years it stands there


def test_an_open_case_stands_in_every_ledger_from_then_on_carried_over_or_not() -> None:
    for events in ([on(SPRING, accepted)], [on(SPRING, accepted), carried_over]):
        assert years(*events) == [2026, 2027, 2028, 2029, 2030, 2031]


def test_the_year_in_which_it_ends_is_the_last() -> None:
    for end in (ended, abroad):
        assert years(on(SPRING, accepted), on(SUMMER, end)) == [2026]
        assert years(on(SPRING, accepted), on(NEXT, end)) == [2026, 2027]


def test_what_is_opened_again_in_the_same_year_stands_there_once() -> None:
    course = (on(SPRING, accepted), on(SUMMER, ended), on(AUTUMN, again))
    assert stays_in(course, NETWORK) == (Stay(SPRING, SUMMER), Stay(AUTUMN))
    assert years(*course, on(NEXT, ended)) == [2026, 2027]


def test_what_is_opened_again_years_later_stands_in_no_ledger_between() -> None:
    assert years(on(SPRING, accepted), on(SUMMER, ended), on(LATER, again), on(LATER, ended)) == [
        2026,
        2029,
    ]


def test_what_was_never_accepted_stands_in_none() -> None:
    assert years(on(SPRING, ended), on(SUMMER, again)) == []


def test_what_goes_to_another_network_stands_in_both_that_year_and_there_from_then_on() -> None:
    course = (on(SPRING, accepted), on(SUMMER, to_another_network))
    assert years(*course) == [2026]
    assert years(*course, network=WAKABA) == [2026, 2027, 2028, 2029, 2030, 2031]


def test_what_comes_back_stands_there_again() -> None:
    course = (on(SPRING, accepted), on(SUMMER, to_another_network), on(LATER, back_again))
    assert years(*course) == [2026, 2029, 2030, 2031]
    assert years(*course, network=WAKABA) == [2026, 2027, 2028, 2029]


def test_where_she_went_is_not_told_by_whose_ledger_she_stands_in() -> None:
    """Of a transfer it may be seen that there was one, and not to which network."""
    hidden = replace(on(SUMMER, to_another_network), to_network=CLOSED)
    assert years(on(SPRING, accepted), hidden) == [2026]
    assert years(on(SPRING, accepted), hidden, network=WAKABA) == []
    unseen = replace(accepted, accepted_on=CLOSED)
    assert years(unseen, on(SUMMER, back_again)) == [2026, 2027, 2028, 2029, 2030, 2031]
    assert years(unseen) == []


# In the lists, over random histories


class Years(Play):
    """Years go by, and the cases are carried over: some on the day, some late, some never."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.year = 2026
        self.waiting: list[CaseId] = []

    def step(self, ask: Ask) -> bool:
        if self.likely(0.02):
            self.world.passes(days=self.chance.randint(20, 200))
        year = fiscal_year(date_in_japan(self.world.at))
        if year != self.year:
            self.year, self.waiting = year, [each for each in self.cases if self.likely(0.8)]
        while self.waiting and self.likely(0.5):
            try:
                self.world.says(NOBODY, CarryOver(), self.waiting.pop())
            except Refused:
                continue
        return super().step(ask)


class Listed(NamedTuple):
    network: NetworkId
    year: int
    case: CaseId


def in_the_lists(log: Sequence[Entry]) -> Counter[Listed]:
    """As the query asks for them, and as each record then says."""
    entries = rows(LEDGER_ENTRIES, log)
    ends = {row.case_id: row.until_year for row in rows(LEDGER_ENDS, log)}
    found: Counter[Listed] = Counter()
    for row in entries:
        stays = stays_in(_of(log, row.case_id), row.network_id)
        for year in range(row.from_year, YEARS[-1] + 1):
            until = ends[row.case_id]
            if (until is None or until >= year) and stood_in(stays, year):
                found[Listed(row.network_id, year, row.case_id)] += 1
    return found


def as_it_went(log: Sequence[Entry]) -> set[Listed]:
    """Told once more, day by day: where each case was active when the day began and ended."""
    found: set[Listed] = set()
    for case in {entry.case for entry in log if entry.case}:
        here: NetworkId | None = None
        home: NetworkId | None = None
        last = YEARS[0]
        for event in _of(log, case):
            day = _day(event)
            if day is None:
                continue
            now = fiscal_year(day)
            found |= {Listed(here, year, case) for year in range(last, now + 1) if here}
            last = now
            match event:
                case CaseAccepted(ledger_network_id=network):
                    here = home = network
                case CaseTransferred(to_network=network):
                    here = home = network
                case CaseReopened():
                    here = home
                case _:
                    here = None
            found |= {Listed(here, now, case)} if here else set()
        found |= {Listed(here, year, case) for year in range(last, YEARS[-1] + 1) if here}
    return found


YEARS: Final = range(2026, 2040)
SEEDS: Final = range(16)


@cache
def played(seed: int) -> tuple[Entry, ...]:
    return tuple(history(seed, begun=Years).world.log)


@proves("INV-L1")
def test_every_accepted_case_stands_once_in_the_ledger_of_each_year_it_was_active() -> None:
    for seed in SEEDS:
        listed = in_the_lists(played(seed))
        assert set(listed) == as_it_went(played(seed))
        assert set(listed.values()) == {1}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_number_is_used_for_two_cases_of_a_network(seed: int) -> None:
    numbers: dict[tuple[NetworkId, str], CaseId | None] = {}
    for entry in played(seed):
        event = entry.said
        if isinstance(event, CaseAccepted | CaseCarriedOver | CaseTransferred):
            network = (
                event.to_network if isinstance(event, CaseTransferred) else event.ledger_network_id
            )
            if network and event.case_number:
                assert numbers.setdefault((network, event.case_number), entry.case) == entry.case


def test_these_histories_come_to_where_a_case_might_be_lost() -> None:
    met = Counter(type(entry.said) for seed in SEEDS for entry in played(seed))
    assert met[CaseAccepted] > 20
    assert met[CaseCarriedOver] > 15
    assert met[CaseClosed] > 5
    assert met[CaseReopened] > 4
    assert met[CaseTransferred] > 4


def _of(log: Iterable[Entry], case: CaseId) -> list[Event]:
    return [entry.told.event for entry in log if entry.case == case]


def _day(event: Event) -> date | None:
    match event:
        case CaseAccepted(accepted_on=day):
            return day
        case CaseTransferred(on=day) | CaseClosed(on=day) | CaseReopened(on=day):
            return day
        case _:
            return None
