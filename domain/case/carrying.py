"""Carrying over (次年度の台帳への引き継ぎ): each fiscal year has a ledger, and numbers, of its own.

A case that is still open when the year ends goes on under the same id, and stands in the new
year's ledger under a new number. In one ledger it has one number, also when it comes back to it.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, ClassVar, Final, TypeAlias

import msgspec
from msgspec import Meta

from domain.calendar import APRIL, JAPAN, date_in_japan, fiscal_year
from domain.case.aftercare import NobodyAnswersForHer
from domain.case.closing import (
    AcceptCase,
    CaseAccepted,
    CaseClosed,
    CaseReopened,
    CaseTransferred,
    ReopenCase,
    TransferCase,
)
from domain.case.facts import Facts
from domain.case.state import Case, CaseNumber, KnownCase, NoCase, year_of
from domain.categories import LOC, SVC, Category
from domain.model import Command, Context, Event, NetworkId
from domain.speech import Refused

FiscalYear: TypeAlias = Annotated[int, Meta(ge=1900, lt=10_000)]


class CaseCarriedOver(Event, frozen=True, kw_only=True, tag="case.carried_over.v1"):
    """Whose ledger it is tells where she is, where she has moved there meanwhile."""

    primary: ClassVar[Category] = SVC

    fiscal_year: Annotated[FiscalYear, SVC]
    ledger_network_id: Annotated[NetworkId, LOC]
    case_number: Annotated[CaseNumber, SVC]


class CarryOver(Command, frozen=True, kw_only=True, tag="case.carry_over"):
    """Into the ledger of the fiscal year that it is; asked by the installation itself."""


class CarriedOverByItself(Refused):
    """Open cases are carried into the new year's ledger by themselves: there is nothing to do."""

    ja: ClassVar[str] = (
        "支援中のケースは新年度の台帳に自動で引き継がれるため、この操作は必要ありません。"
    )


def decide(
    case: KnownCase, facts: Facts, command: CarryOver, by: Context
) -> tuple[CaseCarriedOver, ...]:
    del command
    check_nobody_asks(by)
    if case.status != "ACTIVE":
        raise NobodyAnswersForHer
    return carried_over(case, facts, by)


def check_nobody_asks(by: Context) -> None:
    """Numbers are given in one order: nobody moves a case of theirs to the front."""
    if not by.is_automatic:
        raise CarriedOverByItself


def carried_over(case: KnownCase, facts: Facts, by: Context) -> tuple[CaseCarriedOver, ...]:
    """Where a number was taken for it; else it has one of this year, or stands in no ledger."""
    if facts.number is None or case.network is None or number_now(case, case.network, by):
        return ()
    return (
        CaseCarriedOver(
            fiscal_year=fiscal_year(date_in_japan(by.at)),
            ledger_network_id=case.network,
            case_number=facts.number,
        ),
    )


def enters(case: Case, command: Command, by: Context) -> NetworkId | None:
    """The network in whose ledger of this year it comes to stand, having no number there yet."""
    if isinstance(case, NoCase):
        return None
    match command:
        case AcceptCase(network_id=network):
            return network  # It is accepted once.
        case TransferCase(network_id=network):
            pass
        case ReopenCase():
            network = case.network if case.status == "CLOSED" else None
        case CarryOver():
            network = case.network if case.status == "ACTIVE" else None
        case _:
            network = None
    return None if number_now(case, network, by) else network


def number_now(case: Case, network: NetworkId | None, by: Context) -> CaseNumber | None:
    """Which number it has in this network's ledger of this fiscal year, if it has one."""
    if isinstance(case, NoCase) or network is None:
        return None
    return case.numbers.get((network, fiscal_year(date_in_japan(by.at))))


def latest_number(case: KnownCase, network: NetworkId) -> CaseNumber | None:
    years = [year for ledger, year in case.numbers if ledger == network]
    return case.numbers[network, max(years)] if years else None


def numbered(case: KnownCase, event: CaseAccepted | CaseTransferred | CaseCarriedOver) -> KnownCase:
    network = event.to_network if isinstance(event, CaseTransferred) else event.ledger_network_id
    number = event.case_number
    if network is None or number is None:
        return case
    year = event.fiscal_year if isinstance(event, CaseCarriedOver) else year_of(number)
    return msgspec.structs.replace(case, numbers={**case.numbers, (network, year): number})


def carried_over_at(event: Event, at: datetime) -> datetime | None:
    """After one of ``MOVES_IT``: when it is to be carried over; ``None``, not any more.

    In the order of their numbers, a microsecond apart: who came first comes first in each year.
    """
    if isinstance(event, CaseClosed) or (
        isinstance(event, CaseTransferred) and event.to_network is None
    ):
        return None
    match event:
        case CaseAccepted() | CaseTransferred() | CaseCarriedOver():
            number = event.case_number
        case _:
            number = None
    nth = int(number.rpartition("-")[2]) if number else 0
    return next_ledger_begins(at) + timedelta(microseconds=nth)


def next_ledger_begins(at: datetime) -> datetime:
    """The first instant of the next fiscal year in Japan."""
    year = fiscal_year(date_in_japan(at)) + 1
    return datetime.combine(date(year, APRIL, 1), time(), JAPAN).astimezone(UTC)


# By which it is decided anew when a case is to be carried over.
MOVES_IT: Final[frozenset[type[Event]]] = frozenset(
    {CaseAccepted, CaseCarriedOver, CaseClosed, CaseReopened, CaseTransferred}
)
