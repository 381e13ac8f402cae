"""Asking (項目): the fields of an event as they are asked about, and whom each of them names."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final, cast, get_args, get_type_hints

import msgspec

from domain.case import RecordCorrected
from domain.categories import Category, CategoryCode
from domain.fields import cut_of, tag_of
from domain.header import PartLine
from domain.model import AgencyId, Event, NetworkId, PersonId
from domain.policy_fields import FILLED_IN, IN_NOTICE, SAYS_ANEW
from domain.sharing import Details, Told

NO_PATHS: Final[frozenset[str]] = frozenset()


class Asked(msgspec.Struct, frozen=True):
    """A field that may be seen, or not."""

    name: str
    path: str  # ``case.opened.v1/channel``
    category: CategoryCode
    person: PersonId | None  # Whom it is about.
    also: frozenset[str] = NO_PATHS  # Under which names it is left out too: what it says anew.


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a field before any event."""

    name: str
    path: str
    also: frozenset[str]
    category: Category
    line: int | None  # Its place among the sealed ones; ``None``: it stands in the clear.
    names_agencies: bool
    tells_who: bool  # It is a network's, or a person's at work.
    plain: bool  # Its category, whose it is and its path are the same in all such events.


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same of all events of a type."""

    slots: tuple[Slot, ...]
    naming: tuple[Slot, ...]
    filled_in: frozenset[str]  # Of these, those of which the record said whom they name.
    primary: Category
    in_notice: bool
    by: tuple[str, ...] | None  # Which fields tell such events apart; ``None``: each is by itself.


def fields_of(woman: PersonId | None, told: Told, lines: Iterable[PartLine]) -> tuple[Asked, ...]:
    """``lines`` say of each sealed field what it was when it was sealed, and whose."""
    lines = tuple(lines)
    found = (asked(slot, woman, told, lines) for slot in kind_of(type(told.event)).slots)
    return tuple(field for field in found if field is not None)


def asked(
    slot: Slot, woman: PersonId | None, told: Told, lines: Sequence[PartLine]
) -> Asked | None:
    """``None``: it was not said at all."""
    event = told.event
    if slot.line is None:
        about = slot.category.person_field
        return Asked(
            slot.name,
            slot.path,
            slot.category.of(event),
            woman if about is None else PersonId(getattr(event, about)),
        )
    line = line_of(slot, lines)
    if line is None:
        return None
    if isinstance(event, RecordCorrected) and slot.name == "new_value":
        # What a correction says is the field that it corrects, wherever it is said.
        also = _anew(event.field) | {slot.path}
        return Asked(slot.name, event.field, line.category, line.person, also)
    return Asked(slot.name, slot.path, line.category, line.person, slot.also)


def _anew(path: str) -> frozenset[str]:
    """What a field says anew, where it corrects what another event type says."""
    tag, _, name = path.partition("/")
    return frozenset({f"{SAYS_ANEW[tag]}/{name}"}) if tag in SAYS_ANEW else NO_PATHS


def line_of(slot: Slot, lines: Sequence[PartLine]) -> PartLine | None:
    """Lines stand in the order in which the fields are declared, as far as they are all there."""
    at = slot.line
    assert at is not None
    if at < len(lines) and lines[at].field == slot.name:
        return lines[at]
    return next((line for line in lines if line.field == slot.name), None)


def plainly(slot: Slot, woman: PersonId | None) -> Asked:
    return Asked(slot.name, slot.path, slot.category.code, woman, slot.also)


def agencies_in(event: Event, name: str) -> frozenset[AgencyId]:
    """Which agencies a field names."""
    return frozenset(each_agency(event, name) if name in naming(type(event), AgencyId) else ())


def each_agency(event: Event, name: str) -> Iterator[AgencyId]:
    value: AgencyId | Iterable[AgencyId] | None = getattr(event, name)
    if isinstance(value, frozenset | tuple):
        yield from value
    elif value is not None:
        yield cast("AgencyId", value)


@cache
def naming(event: type[Event], what: object) -> frozenset[str]:
    """The fields of an event type that hold an id of this kind, or several."""
    hints = get_type_hints(event)
    return frozenset(name for name in event.__struct_fields__ if what in _kinds(hints[name]))


def _kinds(hint: object) -> set[object]:
    return {hint}.union(*map(_kinds, get_args(hint)))


def told_apart_by(event: Event, position: int) -> Hashable:
    """What of such an event, beside where it stands, says which of its fields may be seen."""
    by = kind_of(type(event)).by
    if by is None:
        return position
    return tuple([getattr(event, name) for name in by]) if by else None


@cache
def kind_of(event: type[Event]) -> Kind:
    cut, tag = cut_of(event), tag_of(event)
    agencies, networks = naming(event, AgencyId), naming(event, NetworkId)
    sealed = {field.name: at for at, field in enumerate(cut.sealed)}
    slots = tuple(
        Slot(
            name=field.name,
            path=f"{tag}/{field.name}",
            also=_anew(f"{tag}/{field.name}"),
            category=field.category,
            line=sealed.get(field.name),
            names_agencies=field.name in agencies,
            tells_who=field.category.code == "STF" or field.name in networks,
            plain=not (
                field.category.by_field
                or field.category.person_field
                or issubclass(event, RecordCorrected)
            ),
        )
        for field in (*cut.clear, *cut.sealed)
    )
    in_notice = any(slot.path in IN_NOTICE for slot in slots)
    told_by = {slot.category.by_field for slot in slots}
    told_by |= {slot.category.person_field for slot in slots}
    told_by |= {"grant_id"} if in_notice else set()
    told_by |= {"field"} if issubclass(event, RecordCorrected) else set()
    named = {name for name in told_by if name is not None}
    return Kind(
        slots=slots,
        naming=tuple(slot for slot in slots if slot.names_agencies),
        filled_in=frozenset(slot.name for slot in slots if slot.path in FILLED_IN),
        primary=event.primary,
        in_notice=in_notice,
        by=None if issubclass(event, Details) else tuple(sorted(named | agencies)),
    )


ACTING: Final = "agency"
