"""Progress ledger (進行管理台帳, 様式1): which cases a network has, in which fiscal years.

A case stands once in the ledger of each fiscal year in which it was active there, whether it has a
number of that year by now or not. The tables name candidates: whoever may have stood there. What
stood there is said by the case's own record.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

import msgspec

from domain.calendar import fiscal_year
from domain.case import CaseAccepted, CaseClosed, CaseReopened, CaseTransferred
from domain.model import CaseId, Event, NetworkId
from projections.closed import was_seen
from projections.tables import Projection, Seen


class LedgerEntry(msgspec.Struct, frozen=True):
    """From when on it stood in a network's ledger, for the first time."""

    network_id: NetworkId
    case_id: CaseId
    from_year: int
    since: int  # It came with this event, and keeps its place for good.


class LedgerEnd(msgspec.Struct, frozen=True):
    """In which fiscal year its support ended; it may go on anywhere meanwhile."""

    case_id: CaseId
    until_year: int | None


def _entered(seen: Seen) -> tuple[tuple[NetworkId, CaseId], ...]:
    match seen.event:
        case CaseAccepted(ledger_network_id=network):
            pass
        case CaseTransferred(to_network=network) if network:
            pass
        case _:
            return ()
    return ((network, seen.header.case),) if seen.header.case else ()


def _entry(row: LedgerEntry | None, key: tuple[NetworkId, CaseId], seen: Seen) -> LedgerEntry:
    assert isinstance(seen.event, CaseAccepted | CaseTransferred)
    return row or LedgerEntry(*key, from_year=_year(_day_of(seen.event)), since=seen.position)


def _of_case(seen: Seen) -> tuple[tuple[CaseId], ...]:
    return ((seen.header.case,),) if seen.header.case else ()


def _end(row: LedgerEnd | None, key: tuple[CaseId], seen: Seen) -> LedgerEnd | None:
    event = seen.event
    if row is None and not isinstance(event, CaseAccepted):
        return None
    assert isinstance(event, CaseAccepted | CaseTransferred | CaseClosed | CaseReopened)
    return LedgerEnd(*key, until_year=_year(_day_of(event)) if is_end(event) else None)


LEDGER_ENTRIES: Final = Projection[tuple[NetworkId, CaseId], LedgerEntry](
    name="ledger_entries",
    row=LedgerEntry,
    key=("network_id", "case_id"),
    touches=_entered,
    evolve=_entry,
    wants=frozenset({CaseAccepted, CaseTransferred}),
    indexes=(("network_id", "since", "case_id"),),
)
LEDGER_ENDS: Final = Projection[tuple[CaseId], LedgerEnd](
    name="ledger_ends",
    row=LedgerEnd,
    key=("case_id",),
    touches=_of_case,
    evolve=_end,
    wants=frozenset({CaseAccepted, CaseTransferred, CaseClosed, CaseReopened}),
)


class Stay(NamedTuple):
    """How long a case was active in a network's ledger; ``until``: it is there still."""

    since: date
    until: date | None = None


def stays_in(events: Iterable[Event], network: NetworkId) -> tuple[Stay, ...]:
    """One after the other; of what may not be seen, none begins."""
    stays: list[Stay] = []
    here: NetworkId | None = None
    for event in events:
        if not isinstance(event, COURSE) or not was_seen(_day_of(event)):
            continue
        day = _day_of(event)
        if stays and stays[-1].until is None:
            stays[-1] = stays[-1]._replace(until=day)
        here = _network_after(here, event)
        if here == network and not is_end(event):
            stays.append(Stay(day))
    return tuple(stays)


def stood_in(stays: Iterable[Stay], year: int) -> bool:
    """Whether it was active there on any day of the fiscal year."""
    return any(
        _year(stay.since) <= year and (stay.until is None or year <= _year(stay.until))
        for stay in stays
    )


def _network_after(here: NetworkId | None, event: Event) -> NetworkId | None:
    match event:
        case CaseAccepted(ledger_network_id=network) | CaseTransferred(to_network=network):
            return network if was_seen(network) else None
        case _:
            return here


def is_end(event: CaseAccepted | CaseTransferred | CaseClosed | CaseReopened) -> bool:
    """With it support has ended here, and in this installation."""
    match event:
        case CaseClosed() | CaseTransferred(to_network=None):
            return True
        case _:
            return False


def _day_of(event: CaseAccepted | CaseTransferred | CaseClosed | CaseReopened) -> date:
    return event.accepted_on if isinstance(event, CaseAccepted) else event.on


def _year(day: date) -> int:
    return fiscal_year(day)


COURSE: Final = (CaseAccepted, CaseTransferred, CaseClosed, CaseReopened)
