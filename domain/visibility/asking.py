"""Asking (項目): the fields of an event as they are asked about, and whom each of them names."""

from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from typing import Final, cast, get_args, get_type_hints

import msgspec

from domain.case import RecordCorrected
from domain.categories import CategoryCode
from domain.fields import Cut, cut_of, tag_of
from domain.header import PartLine
from domain.model import AgencyId, Event, NetworkId, PersonId
from domain.policy import IN_NOTICE, SAYS_ANEW
from domain.sharing import Details, Told


class Asked(msgspec.Struct, frozen=True):
    """A field that may be seen, or not."""

    name: str
    path: str  # ``case.opened.v1/channel``
    category: CategoryCode
    person: PersonId | None  # Whom it is about.
    names: frozenset[AgencyId] = frozenset()  # Which agencies it names.
    tells_who: bool = False  # It is a network's, or a person's at work.
    also: str | None = None  # What it says anew, and is left out with.


def fields_of(woman: PersonId | None, told: Told, lines: Iterable[PartLine]) -> tuple[Asked, ...]:
    """``lines`` say of each sealed field what it was when it was sealed, and whose."""
    event, kind = told.event, _kind(type(told.event))
    clear = (
        Asked(
            name=field.name,
            path=kind.paths[field.name],
            category=field.category.of(event),
            person=_person(woman, event, field.category.person_field),
            names=agencies_in(event, field.name) if field.name in kind.agencies else NOBODY,
            tells_who=field.category.code == "STF" or field.name in kind.networks,
        )
        for field in kind.cut.clear
    )
    sealed = (
        Asked(
            name=line.field,
            path=_path(event, kind, line.field),
            category=line.category,
            person=line.person,
            tells_who=line.category == "STF",
            also=kind.also.get(line.field),
        )
        for line in lines
    )
    return (*clear, *sealed)


def _path(event: Event, kind: "_Kind", name: str) -> str:
    """What a correction says is the field that it corrects, wherever it is said."""
    if isinstance(event, RecordCorrected) and name == "new_value":
        return event.field
    return kind.paths.get(name) or f"{kind.tag}/{name}"


def acting(woman: PersonId | None, told: Told) -> Asked:
    """Whose record it is, as if it were a field of the event."""
    path = f"{tag_of(type(told.event))}/{ACTING}"
    return Asked(ACTING, path, "ENV", woman, frozenset({told.agency}))


def agencies_in(event: Event, name: str) -> frozenset[AgencyId]:
    """Which agencies a field names."""
    if name not in naming(type(event), AgencyId):
        return NOBODY
    value: AgencyId | Sequence[AgencyId] | frozenset[AgencyId] | None = getattr(event, name)
    match value:
        case None:
            return NOBODY
        case frozenset() | tuple():
            return frozenset(cast("Iterable[AgencyId]", value))
        case one:
            return frozenset({cast("AgencyId", one)})


@cache
def naming(event: type[Event], what: object) -> frozenset[str]:
    """The fields of an event type that hold an id of this kind, or several."""
    hints = get_type_hints(event)
    return frozenset(name for name in event.__struct_fields__ if what in _kinds(hints[name]))


def _kinds(hint: object) -> set[object]:
    return {hint}.union(*map(_kinds, get_args(hint)))


def told_apart_by(event: Event, position: int) -> Hashable:
    """What of such an event, beside where it stands, says which of its fields may be seen."""
    by = _kind(type(event)).by
    if by is None:
        return position
    return tuple([getattr(event, name) for name in by]) if by else None


class _Kind(msgspec.Struct, frozen=True):
    """What is the same of all events of a type."""

    tag: str
    cut: Cut
    paths: dict[str, str]
    also: dict[str, str]
    agencies: frozenset[str]
    networks: frozenset[str]
    by: tuple[str, ...] | None  # Which of its fields tell such events apart; ``None``: each is.


@cache
def _kind(event: type[Event]) -> _Kind:
    cut, tag = cut_of(event), tag_of(event)
    fields = (*cut.clear, *cut.sealed)
    agencies = naming(event, AgencyId)
    paths = {field.name: f"{tag}/{field.name}" for field in fields}
    told_by = {
        name
        for field in fields
        for name in (field.category.by_field, field.category.person_field)
        if name is not None
    }
    if any(path in IN_NOTICE for path in paths.values()):
        told_by.add("grant_id")
    if issubclass(event, RecordCorrected):
        told_by.add("field")
    anew = SAYS_ANEW.get(tag)
    return _Kind(
        tag=tag,
        cut=cut,
        paths=paths,
        also={field.name: f"{anew}/{field.name}" for field in cut.sealed if anew},
        agencies=agencies,
        networks=naming(event, NetworkId),
        by=None if issubclass(event, Details) else tuple(sorted(told_by | agencies)),
    )


def _person(woman: PersonId | None, event: Event, person_field: str | None) -> PersonId | None:
    return woman if person_field is None else PersonId(getattr(event, person_field))


ACTING: Final = "agency"
NOBODY: Final[frozenset[AgencyId]] = frozenset()
