"""Showing the ledger (様式1の提示): from what may be seen of a case to its row of form 1."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple

from msgspec.structs import replace

from contracts.ledger import (
    CompanionLine,
    LedgerDay,
    LedgerRow,
    RemarkKind,
    RemarkShown,
    RoundShown,
)
from domain.calendar import fiscal_year, wareki
from domain.case import (
    CaseAccepted,
    CaseCarriedOver,
    CaseClosed,
    CaseNumber,
    CaseOpened,
    CaseReopened,
    CaseTransferred,
)
from domain.case.state import year_of
from domain.meeting.events import CaseReviewDeferred, MainSupportAgencyDesignated, MeetingHeld
from domain.model import CLOSED, CaseId, Event, NetworkId
from projections import form_1
from projections.form_1 import FormView
from projections.ledger import COURSE, stays_in, stood_in
from services.listing import RowPlace
from services.looking import Looked, Row
from services.showing import CORRECTION, Showing, reading
from services.sights import Record, Seen, Sight

Copy = Literal["AUTHORITY", "ATTENDEE"]
READS: Final = {**CORRECTION, **form_1.READS}
SILENT: Final = LedgerRow(masked=True)


class Sheet(NamedTuple):
    """Which ledger it is, for whom, and on which day it is issued."""

    network: NetworkId
    year: int
    as_of: date
    copy: Copy

    def __str__(self) -> str:
        return f"ledger {self.network} {self.year} {self.as_of} {self.copy}"

    @property
    def rows(self) -> str:
        """Its rows, on whichever day it is issued."""
        return f"ledger {self.network} {self.year} {self.copy}"


class Placed(NamedTuple):
    """A row but for how old they are; ``born``: when each of her companions was."""

    place: RowPlace
    row: LedgerRow
    born: tuple[object, ...] = ()

    def on(self, day: date) -> LedgerRow:
        companions = tuple(
            replace(each, age=_age(born, day))
            for each, born in zip(self.row.companions, self.born, strict=True)
        )
        return replace(self.row, age=_age(self.row.birth_date, day), companions=companions)


def row_of(looked: Looked, case: CaseId, place: RowPlace, sheet: Sheet) -> Row[Placed] | None:
    record, sight = looked.records[case], looked.now[case]
    course: Iterable[Event] = (entry.told.event for entry in record.entries)
    if sheet.copy == "ATTENDEE":
        course = map(_as_seen, sight.seen(of=COURSE))
    if not stood_in(stays_in(course, sheet.network), sheet.year):
        return None
    read = reading(sight, READS)
    number = _number(record, sight, sheet) if sheet.copy == "AUTHORITY" else None
    own = _is_own(sight)

    def show(showing: Showing) -> Placed:
        if not read:
            return Placed(place, SILENT)
        events = zip(showing.events(read), (seen.header.occurred_at for seen in read), strict=True)
        view = form_1.project(form_1.Told(*each) for each in events)
        born = tuple(each.birth_date for each in view.companions.values())
        return Placed(place, _shown(view, number, showing, sheet, own=own), born)

    return Row(read, show)


def _is_own(sight: Sight) -> bool:
    """What whoever opened it does not have was not said to it; if to others, it is not told so."""
    opened = (seen.visible.bases.values() for seen in sight.seen(of={CaseOpened}))
    return any(basis.rule == "OWN" for bases in opened for basis in bases)


def _as_seen(seen: Seen) -> Event:
    """Of the course of a case, what may be seen of it; it has no sealed word in it."""
    event, bases = seen.entry.told.event, seen.visible.bases
    hidden = [name for name in event.__struct_fields__ if name not in bases]
    return replace(event, **dict.fromkeys(hidden, CLOSED))


def _number(record: Record, sight: Sight, sheet: Sheet) -> CaseNumber | None:
    """The one of this ledger and year, if just that one may be seen."""
    number: CaseNumber | None = None
    for entry in record.entries:
        if said := number_in(entry.told.event, sheet):
            number = said if "case_number" in sight.visible(entry).bases else None
    return number


def number_in(event: Event, sheet: Sheet) -> CaseNumber | None:
    """Of this ledger and year, if it is given one here."""
    match event:
        case CaseTransferred(to_network=there, case_number=said):
            pass
        case CaseAccepted() | CaseCarriedOver():
            there, said = event.ledger_network_id, event.case_number
        case _:
            return None
    return said if there == sheet.network and said and year_of(said) == sheet.year else None


def _shown(
    view: FormView, number: CaseNumber | None, showing: Showing, sheet: Sheet, *, own: bool
) -> LedgerRow:
    rounds = [each for each in view.rounds if fiscal_year(each.on) == sheet.year]
    masked = view.accepted_on is None and view.name is None
    days: Mapping[LedgerDay, object] = {
        "accepted_on": view.accepted_on,
        "birth_date": view.birth_date,
    }
    # Of a round it is known that words were said; of the rest only whoever opened it knows.
    about_her = () if own else (view.name, view.birth_date, view.address)
    asked = (*about_her, *(each.situation for each in rounds))
    return LedgerRow(
        case=showing.alias,
        number=number,
        masked=masked,
        partly=not masked and None in asked,
        own=own,
        reviewed=bool(rounds),
        name=view.name,
        birth_date=view.birth_date,
        address=view.address,
        companions=tuple(
            CompanionLine(kind=each.kind, name=each.name) for each in view.companions.values()
        ),
        accepted_on=view.accepted_on,
        responsible=showing.agency(view.main_responsible),
        rounds=tuple(
            RoundShown(
                no=no,
                on=each.on,
                responsible=showing.agency(each.agency),
                situation=each.situation,
                policy_change=each.policy_change,
                stage=each.stage if each.situation is None else None,
                wareki=wareki(each.on),
            )
            for no, each in enumerate(rounds, start=1)
        ),
        remarks=tuple(
            RemarkShown(
                kind=REMARKS[each.event],
                on=each.on,
                agency=showing.agency(each.agency),
                wareki=wareki(each.on),
            )
            for each in view.remarks
            if fiscal_year(each.on) == sheet.year
        ),
        wareki={name: wareki(day) for name, day in days.items() if isinstance(day, date)},
    )


def _age(born: object, day: date) -> int | None:
    return form_1.age(born, day) if isinstance(born, date) else None


REMARKS: Final[Mapping[type[Event], RemarkKind]] = {
    CaseReviewDeferred: "REVIEW_DEFERRED",
    MeetingHeld: "CONFERENCE",
    MainSupportAgencyDesignated: "DESIGNATED",
    CaseTransferred: "TRANSFERRED",
    CaseClosed: "CLOSED",
    CaseReopened: "REOPENED",
}
