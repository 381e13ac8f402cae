"""Matrices (閲覧範囲の表): who sees records of which category, by what each is answered.

A cell is filled from the timeline that the agency itself is given: from what each field says, and
by which rule it may be seen. What category a field is stands in the contracts, as it is declared.
Where it rests on an agreement the answer names which; what was agreed to stands in the scenario.
What counts, and for what:

* Records of the case count, and of meetings what was said there (MTG). That an agency is a side of
  a referral shows what the referral itself says, and counts in no cell.
* A field that says nothing, or says nothing any more, counts for nothing.
* Kind, day and provider stand on every record, whatever it is about: they count as the state of
  service (SVC) where the record is about that.
* What a stay is counted under in the figures counts in no cell.
* What stands in the ledger of the network, or in a notice, counts in no cell. No other rule shows
  a record of the case: where one does, that is a fault and no empty cell.
* Where she is counts for each place by itself, by whatever field a place is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Final, NamedTuple

import msgspec

from adapters.playing.format import Cell, Place
from contracts.envelope import DETAILS, Envelope
from domain.case import RecordCorrected
from domain.catalogue import EVENTS, FIELD_PATHS
from domain.categories import Category, CategoryCode
from domain.fields import cut_of, tag_of
from domain.model import Event, GrantId
from domain.policy.crossing import BY_PARTY
from domain.policy.fields import IN_LEDGER, IN_NOTICE
from domain.visibility import Basis

FIGURES: Final = frozenset({"case.stay_started.v1/age_band", "case.stay_started.v1/reason_code"})
# These say of what kind the place is, and not which place.
OF_WHAT_KIND: Final = frozenset({"scope", "destination_kind", "elsewhere_places"})
CORRECTION: Final = tag_of(RecordCorrected)
# By these a record of the case is seen; by the others, only what they are for.
OF_THE_CASE: Final = frozenset({"OWN", "CONSENT", "EMERGENCY", "STATUTORY"})
BESIDE: Final[Mapping[str, frozenset[str]]] = {"LEDGER": IN_LEDGER, "NOTICE": IN_NOTICE}
SAYS_NOTHING: Final = (b"null", b"[]", b"{}")


class Terms(msgspec.Struct, frozen=True):
    """What she agreed to, as it was said in the command."""

    categories: frozenset[CategoryCode]
    only_fields: frozenset[str] | None = None
    excluded_fields: frozenset[str] | None = None

    def names(self, path: str) -> bool:
        only, excluded = self.only_fields, self.excluded_fields or frozenset()
        return path not in excluded and (only is None or path in only)

    def limits(self, code: str) -> bool:
        """Whether anything that is always of this category is left out."""
        return not all(self.names(path) for path in fields_of(code))


class Known(msgspec.Struct, frozen=True):
    """What has been agreed to so far, and which place is meant by which stay or by which words."""

    terms: Mapping[str, Terms]
    places: Mapping[str, str]


class Counted(NamedTuple):
    """A field that says something, the column it counts in, and why it may be seen."""

    column: str
    path: str
    basis: Basis


def row(timeline: Iterable[Envelope], columns: Iterable[str], known: Known) -> dict[str, Cell]:
    found = [each for envelope in timeline for each in _counted(envelope, known)]
    return {
        column: _cell(column, [each for each in found if each.column == column], known)
        for column in columns
    }


def unfounded(timeline: Iterable[Envelope]) -> frozenset[tuple[str, str]]:
    """Which fields of the case are seen by a rule that shows none, and by which."""
    return frozenset(
        (f"{envelope.type}/{name}", basis.rule)
        for envelope in timeline
        if envelope.type.startswith("case.")
        for name, basis in envelope.bases.items()
        if basis.rule not in OF_THE_CASE and _says(envelope.fields[name])
        if not _is_beside(envelope, name, basis)
    )


def _is_beside(envelope: Envelope, name: str, basis: Basis) -> bool:
    """What is told without its type may be of a meeting, which has fields that no case has."""
    if basis.rule == "PARTY":
        event = _event(envelope.type, name, envelope.fields)
        if event is None:
            return envelope.type == DETAILS
        return declared(event)[name].codes <= BY_PARTY
    return f"{envelope.type}/{name}" in BESIDE.get(basis.rule, ())


def carried() -> frozenset[str]:
    """What a record that counts can be of; where she is counts for each place."""
    return frozenset(
        code
        for tag, event in EVENTS.types.items()
        if tag.startswith("case.")
        for name, category in declared(event).items()
        if f"{tag}/{name}" not in FIGURES
        for code in category.codes
        if code != "LOC"
    ) | {"MTG"}


def placed(
    places: Mapping[str, Place], kept: Mapping[str, str], words: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Of each stay the place, while it lasts and after it, by its id and by what was said of it."""
    found: dict[str, str] = {}
    for name, place in places.items():
        stay = place.stay and kept.get(place.stay)
        left = place.after and kept.get(place.after)
        for where in (stay, left and f"{left} after", "transfer" if place.transfer else None):
            if where:
                found.update(dict.fromkeys((where, *words.get(where, ())), name))
    return found


def _cell(column: str, found: Sequence[Counted], known: Known) -> Cell:
    """By consent more is seen than one's own; what was told without it stands behind both."""
    rules = {each.basis.rule for each in found}
    if "CONSENT" in rules:
        agreed = (each for each in found if each.basis.rule == "CONSENT")
        return "●" if any(_in_full(column, each, known) for each in agreed) else "◐"
    if "OWN" in rules:
        return "o"
    if "EMERGENCY" in rules:
        return "E"
    return "S" if "STATUTORY" in rules else "–"


def _in_full(column: str, counted: Counted, known: Known) -> bool:
    """A place is known, or it is not. What was left out and is seen is not left out."""
    terms = _terms(counted.basis.grant, known)
    if terms is None or column.startswith("LOC:"):
        return True
    return not terms.limits(column) or not terms.names(counted.path)


def _terms(grant: GrantId | None, known: Known) -> Terms | None:
    return known.terms.get(str(grant))


def _counted(envelope: Envelope, known: Known) -> Iterator[Counted]:
    said: dict[str, object] = {
        name: msgspec.json.decode(value) for name, value in envelope.fields.items()
    }
    for name, basis in envelope.bases.items():
        event = _event(envelope.type, name, said)
        if event is not None and _says(envelope.fields[name]):
            column = _column(event, name, said, basis, known)
            if column:
                yield Counted(column, f"{tag_of(event)}/{name}", basis)


def _says(value: msgspec.Raw) -> bool:
    return bytes(value) not in SAYS_NOTHING and not bytes(value).startswith(b'{"withheld"')


def _event(type_: str, name: str, said: Mapping[str, object]) -> type[Event] | None:
    """Where it is not told what it was: what has all these fields, and most of them."""
    if type_ == DETAILS:
        return _like(frozenset(said))
    event = EVENTS.types.get(type_)
    is_about_her = type_.partition(".")[0] in {"case", "meeting"}
    return event if event is not None and is_about_her and name in declared(event) else None


@cache
def _like(names: frozenset[str]) -> type[Event] | None:
    like = [
        event
        for tag, event in EVENTS.types.items()
        if tag.startswith("case.") and names <= declared(event).keys()
    ]
    return min(like, key=lambda event: len(declared(event)), default=None)


def _column(
    event: type[Event],
    name: str,
    said: Mapping[str, object],
    basis: Basis,
    known: Known,
) -> str:
    tag = tag_of(event)
    code = _category(event, name, said, _terms(basis.grant, known))
    if tag.startswith("meeting."):
        return code if code == "MTG" else ""
    if f"{tag}/{name}" in FIGURES:
        return ""
    if code == "SVC" and _of(event.primary, said, None) != "SVC":
        return ""
    if code == "LOC":
        place = "" if name in OF_WHAT_KIND else _place(event, name, said, known.places)
        return f"LOC:{place}" if place else ""
    return code


def _category(
    event: type[Event], name: str, said: Mapping[str, object], terms: Terms | None
) -> CategoryCode:
    """What a correction says is the field that it corrects."""
    if tag_of(event) == CORRECTION and name == "new_value":
        tag, _, field = str(said.get("field", "")).partition("/")
        corrected = EVENTS.types.get(tag)
        if corrected is not None and field in declared(corrected):
            return declared(corrected)[field].code
    return _of(declared(event)[name], said, terms)


def _of(category: Category, said: Mapping[str, object], terms: Terms | None) -> CategoryCode:
    """Where another field tells which it is and is not seen, the one that she agreed to."""
    if category.by_field is None or category.by_field in said:
        return category.of(SimpleNamespace(**said))
    agreed: list[CategoryCode] = [
        code for code in category.codes if terms is not None and code in terms.categories
    ]
    return agreed[0] if len(agreed) == 1 else category.code


def _place(
    event: type[Event], name: str, said: Mapping[str, object], places: Mapping[str, str]
) -> str:
    """By which stay it is; where that is not told, by what is said of it."""
    stay = said.get("stay_id")
    match tag_of(event):
        case "case.stay_decided.v1" | "case.stay_started.v1" if stay:
            return places.get(str(stay), "")
        case "case.stay_ended.v1" if stay:
            return places.get(f"{stay} after", "")
        case "case.transferred.v1":
            return places.get("transfer", "")
        case _:
            return places.get(str(said[name]), "")


@cache
def declared(event: type[Event]) -> Mapping[str, Category]:
    cut = cut_of(event)
    return {field.name: field.category for field in (*cut.clear, *cut.sealed)}


@cache
def fields_of(code: str) -> frozenset[str]:
    """All that an agreement may name and that is always of this category."""
    return FIELD_PATHS & {
        f"{tag}/{name}"
        for tag, event in EVENTS.types.items()
        for name, category in declared(event).items()
        if [*category.codes] == [code]
    }
