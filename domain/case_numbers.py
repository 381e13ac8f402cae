"""Case numbers (受理番号): one row of numbers for each network and fiscal year, none used twice."""

from datetime import date
from functools import partial
from typing import Annotated, ClassVar, Final

from domain.calendar import date_in_japan, fiscal_year
from domain.case import CaseNumber
from domain.categories import ENV, SVC, Category
from domain.model import CaseId, Command, Context, Decider, Event, NetworkId, Stamp


class CaseNumberTaken(Event, frozen=True, kw_only=True, tag="numbers.case_number_taken.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"ledger"})

    number: Annotated[CaseNumber, SVC]
    case_id: Annotated[CaseId | None, ENV] = None  # Whose it is; of the oldest only the log says.


def decide(
    case_id: CaseId | None, taken: int, command: Command, by: Context
) -> tuple[CaseNumberTaken, ...]:
    del command  # Whoever takes it, and by what: the next number.
    year = fiscal_year(date_in_japan(by.at))
    return (CaseNumberTaken(number=f"{year}-{number_after(taken):04d}", case_id=case_id),)


def evolve(taken: int, event: CaseNumberTaken) -> int:
    return max(taken, int(event.number.rpartition("-")[2]))


def number_after(taken: int) -> int:
    """None is used twice, and none again."""
    return taken + 1


def number_for(case_id: CaseId | None) -> Decider[int, Command, CaseNumberTaken]:
    return Decider(0, partial(decide, case_id), evolve)


CASE_NUMBERS: Final = number_for(None)


def numbered(cases: frozenset[CaseId], event: CaseNumberTaken) -> frozenset[CaseId]:
    """Which cases have come to stand in a ledger."""
    return cases if event.case_id is None else cases | {event.case_id}


def numbers_key(network_id: NetworkId, day: date) -> str:
    """The stream's key: the numbers of a network begin again each fiscal year."""
    return f"{network_id}:{fiscal_year(day)}"
