"""Case numbers (受理番号): one row of numbers for each network and fiscal year, none used twice."""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias

from domain.calendar import date_in_japan, fiscal_year
from domain.case import AcceptCase, CaseNumber, TransferCase
from domain.categories import SVC, Category
from domain.model import Context, Decider, Event, NetworkId


class CaseNumberTaken(Event, frozen=True, kw_only=True, tag="numbers.case_number_taken.v1"):
    primary: ClassVar[Category] = SVC
    number: Annotated[CaseNumber, SVC]


Taking: TypeAlias = AcceptCase | TransferCase


def decide(taken: int, command: Taking, by: Context) -> tuple[CaseNumberTaken, ...]:
    del command  # Whoever takes it, and whatever case: the next number.
    year = fiscal_year(date_in_japan(by.at))
    return (CaseNumberTaken(number=f"{year}-{number_after(taken):04d}"),)


def evolve(taken: int, event: CaseNumberTaken) -> int:
    return max(taken, int(event.number.rpartition("-")[2]))


def number_after(taken: int) -> int:
    """None is used twice, and none again."""
    return taken + 1


CASE_NUMBERS: Final[Decider[int, Taking, CaseNumberTaken]] = Decider(0, decide, evolve)


def numbers_key(network_id: NetworkId, day: date) -> str:
    """The stream's key: the numbers of a network begin again each fiscal year."""
    return f"{network_id}:{fiscal_year(day)}"
