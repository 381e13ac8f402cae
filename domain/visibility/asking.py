"""Asking (項目): the fields of an event as they are asked about, and whom each of them names."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final, cast, get_args, get_type_hints

import msgspec

from domain.case import RecordCorrected, ResponsibilityMoved, RoleAssigned, RoleEnded
from domain.case.stay_events import StayEvent
from domain.categories import Category, CategoryCode
from domain.consent_ledger.events import ConsentNarrowed
from domain.fields import cut_of, tag_of
from domain.header import PartLine
from domain.model import AgencyId, Event, NetworkId, PersonId
from domain.policy import BESIDE, RULES
from domain.policy.fields import IN_NOTICE, SAYS_ANEW
from domain.policy.naming import FILLED_IN
from domain.referral.events import ReferralEvent
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
    telling: frozenset[CategoryCode]  # What it may be, of what tells something by itself;
    stands_beside: bool  # and whether it may be of what does not.
    is_ruled: bool  # A rule speaks of it by name.


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same of all events of a type."""

    tag: str
    slots: tuple[Slot, ...]
    telling: frozenset[CategoryCode]  # What any of them may be, of what tells something by itself.
    naming: tuple[Slot, ...]
    # Of these, those of which the record said whom they name; some, where another says by what.
    filled_in: Mapping[str, str | None]
    primary: Category
    in_notice: bool
    tells_of_keeping: bool  # Of a stay, or of how she came to one.
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


@lru_cache(maxsize=4096)
def plainly(event: type[Event], woman: PersonId | None) -> tuple[Asked | None, ...]:
    """Its fields as they are in all such events about her; ``None``: that depends."""
    return tuple(
        Asked(slot.name, slot.path, slot.category.code, woman, slot.also) if slot.plain else None
        for slot in kind_of(event).slots
    )


def agencies_in(event: Event, name: str) -> frozenset[AgencyId]:
    """Which agencies a field names."""
    return frozenset(each_agency(event, name) if name in naming(type(event), AgencyId) else ())


def each_agency(event: Event, name: str) -> Iterable[AgencyId]:
    value: AgencyId | Iterable[AgencyId] | None = getattr(event, name)
    if value is None:
        return ()
    return value if isinstance(value, (frozenset, tuple)) else (cast("AgencyId", value),)


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
            telling=field.category.codes - BESIDE,
            stands_beside=not field.category.codes.isdisjoint(BESIDE),
            is_ruled=f"{tag}/{field.name}" in RULED,
        )
        for field in (*cut.clear, *cut.sealed)
    )
    in_notice = any(slot.path in IN_NOTICE for slot in slots)
    told_by = {slot.category.by_field for slot in slots}
    told_by |= {slot.category.person_field for slot in slots}
    told_by |= {event.primary.by_field}
    told_by |= {"grant_id"} if in_notice else set()
    told_by |= {"field"} if issubclass(event, RecordCorrected) else set()
    filled_in = {slot.name: FILLED_IN[slot.path] for slot in slots if slot.path in FILLED_IN}
    told_by |= set(filled_in.values())
    named = {name for name in told_by if name is not None}
    return Kind(
        tag=tag,
        slots=slots,
        telling=frozenset[CategoryCode]().union(*(slot.telling for slot in slots)),
        naming=tuple(slot for slot in slots if slot.names_agencies),
        filled_in=filled_in,
        primary=event.primary,
        in_notice=in_notice,
        tells_of_keeping=event in OF_KEEPING,
        by=None if event in BY_THEMSELVES else tuple(sorted(named | agencies)),
    )


OF_KEEPING: Final[frozenset[type[Event]]] = frozenset(
    {*get_args(StayEvent), *get_args(ReferralEvent), RoleAssigned, RoleEnded, ResponsibilityMoved}
)
# Of these, one is not seen as another is, however alike they are.
BY_THEMSELVES: Final[frozenset[type[Event]]] = OF_KEEPING | {*get_args(Details), ConsentNarrowed}
ACTING: Final = "agency"
RULED: Final = frozenset[str]().union(*(rule.fields or () for rule in RULES))
