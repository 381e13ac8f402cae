"""The matrix (閲覧範囲の表): who sees records of which category, at some time, and why.

It is asked of the decision and of nothing else. What counts, and for what:

* Records of the case count, and of meetings what was said there (MTG). To be a side of a referral
  shows what the referral itself says, which is tried elsewhere.
* A field that says nothing counts for nothing.
* Kind, day and provider stand on every record, whatever it is about: they count as the state of
  service (SVC) where the record is about that, and not on a record about something else.
* What a stay is counted under was a figure (AGG) when the tables were computed, and is a problem
  (PRB) since: it counts in no cell.
* Where she is counts for each place by itself. A place is known or not known, by whatever field.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.case import CaseEvent, CaseTransferred
from domain.case.stay_events import StayDecided, StayEnded, StayStarted
from domain.categories import CategoryCode
from domain.meeting import MeetingEvent
from domain.model import Event, StayId
from domain.sharing import Sharing, replay
from domain.visibility import Asked, Basis, Look, Roster, decide, fields_of, looking, who_reads
from tests.scenarios.cast import Name
from tests.scenarios.play import Play
from tests.world import Entry, Someone

Cell: TypeAlias = Literal["o", "●", "◐", "E", "S", "–"]
Matrix: TypeAlias = Mapping[str, Mapping[str, Cell]]

FIGURES: Final = frozenset({"case.stay_started.v1/age_band", "case.stay_started.v1/reason_code"})
# These say of what kind the place is, and not which place.
OF_WHAT_KIND: Final = frozenset({"scope", "destination_kind", "elsewhere_places"})


class Places(NamedTuple):
    """Where each stay is, and where she went from it; and where her case went."""

    stays: Mapping[StayId, str]
    after: Mapping[StayId, str]
    transfer: str = ""


class Counted(NamedTuple):
    """A field that says something, and the column it counts in."""

    entry: Entry
    field: Asked
    column: str


class Seen(NamedTuple):
    """By which rule, and whether her consent leaves out anything others recorded in the column."""

    basis: Basis
    in_full: bool = True


def cell(seen: Sequence[Seen]) -> Cell:
    """By consent more is seen than one's own; what was told without it stands behind both."""
    rules = {each.basis.rule for each in seen}
    if "CONSENT" in rules:
        return "●" if any(s.in_full for s in seen if s.basis.rule == "CONSENT") else "◐"
    if "OWN" in rules:
        return "o"
    if "EMERGENCY" in rules:
        return "E"
    return "S" if "STATUTORY" in rules else "–"


def matrix(
    play: Play, at: datetime, names: Iterable[Name], columns: Sequence[str], places: Places
) -> Matrix:
    """As it was at that time: of what had been recorded by then, and by the clock of then."""
    record = [entry for entry in play.world.of_case(play.case) if entry.at <= at]
    sharing, roster = replay(entry.told for entry in record), play.roster()
    counted = [each for each in counted_in(sharing, record, places) if each.column in columns]
    found: dict[str, Mapping[str, Cell]] = {}
    for name in names:
        look = look_of(play.cast[name], sharing, roster, at)
        others = [each for each in counted if each.entry.told.agency != play.of(name)]
        found[name] = {
            column: cell(
                [
                    Seen(basis, _in_full(sharing, basis, column, others))
                    for basis in bases_in(look, column, counted)
                ]
            )
            for column in columns
        }
    return found


def look_of(who: Someone, sharing: Sharing, roster: Roster, at: datetime) -> Look:
    itself = roster.agencies[who.agency]
    return looking(sharing, who_reads(who.agency, itself, who.staff, who.role), roster, at)


def bases_in(look: Look, column: str, counted: Iterable[Counted]) -> Iterator[Basis]:
    for entry, field, its in counted:
        if its == column:
            basis = decide(look, entry.told, entry.parts).bases.get(field.name)
            if basis is not None:
                yield basis


def counted_in(sharing: Sharing, record: Iterable[Entry], places: Places) -> Iterator[Counted]:
    for entry in record:
        for field in fields_of(sharing.subject, entry.told, entry.parts):
            column = _column(entry.said, field, places)
            if column and _says(entry.said, field.name):
                yield Counted(entry, field, column)


def _column(event: Event, field: Asked, places: Places) -> str:
    category: CategoryCode = field.category
    if isinstance(event, MeetingEvent):
        return category if category == "MTG" else ""
    if not isinstance(event, CaseEvent) or field.path in FIGURES:
        return ""
    if category == "SVC" and event.primary.of(event) != "SVC":
        return ""
    if category == "LOC":
        place = "" if field.name in OF_WHAT_KIND else _place(event, places)
        return f"LOC:{place}" if place else ""
    return category


def _place(event: Event, places: Places) -> str:
    match event:
        case StayDecided(stay_id=stay) | StayStarted(stay_id=stay):
            return places.stays[stay]
        case StayEnded(stay_id=stay):
            return places.after[stay]
        case CaseTransferred():
            return places.transfer
        case _:
            return ""


def _says(event: Event, name: str) -> bool:
    said: object = getattr(event, name)
    return said is not None and said not in (frozenset(), ())


def _in_full(sharing: Sharing, basis: Basis, column: str, others: Iterable[Counted]) -> bool:
    if basis.grant is None or column.startswith("LOC:"):
        return True
    grant = sharing.grants[basis.grant]
    return all(grant.names(o.field.path, o.field.also) for o in others if o.column == column)
