"""How an event is cut: each field's category, declared once, says what stands in the clear.

A sealed field always has its part, even when nothing was said in it: whether something was said
is itself a secret.
"""

from collections.abc import Iterable
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

import msgspec
from msgspec import inspect

from domain.categories import CLEAR, WORDS, Category
from domain.header import HEADER_BYTES_MAX, Header, PartLine
from domain.model import Event, Withheld


class Field(msgspec.Struct, frozen=True):
    name: str
    category: Category


class Cut(msgspec.Struct, frozen=True):
    """Which fields of an event stand in its header, and which become parts."""

    clear: tuple[Field, ...]
    sealed: tuple[Field, ...]


class BadDeclaration(TypeError):
    """An event type that must not be: found when the programme starts, and by the tests."""


@cache
def cut_of(event: type[Event]) -> Cut:
    hints = get_type_hints(event, include_extras=True)
    fields = [_field(event, name, hints[name]) for name in event.__struct_fields__]
    sealed = [
        field
        for field in fields
        if field.category.code not in CLEAR and not _is_reference(hints[field.name])
    ]
    cut = Cut(tuple(f for f in fields if f not in sealed), tuple(sealed))
    _check(event, cut, hints)
    return cut


class Catalogue:
    """Every event type there is, by its tag. The tag is forever; the class name is ours."""

    def __init__(self, events: Iterable[type[Event]]) -> None:
        self.types: Final[dict[str, type[Event]]] = {}
        for event in events:
            cut_of(event)
            if (other := self.types.setdefault(tag_of(event), event)) is not event:
                message = f"{event.__name__} and {other.__name__} have one tag: {tag_of(event)}"
                raise BadDeclaration(message)


def tag_of(event: type[Event]) -> str:
    return str(event.__struct_config__.tag)


def _field(event: type[Event], name: str, hint: object) -> Field:
    declared = [mark for mark in get_args(hint) if isinstance(mark, Category)]
    if len(declared) != 1:
        message = f"{event.__name__}.{name} declares {len(declared)} categories, not one"
        raise BadDeclaration(message)
    return Field(name, declared[0])


def _check(event: type[Event], cut: Cut, hints: dict[str, Any]) -> None:
    clear = {field.name for field in cut.clear}
    required = {field.name for field in _struct(event).fields if field.required}
    faults = [
        *((field, _wrong_in_the_clear(hints[field.name])) for field in cut.clear),
        *((field, _wrong_when_sealed(field, hints[field.name])) for field in cut.sealed),
        *(
            (field, "has a default: what is left out would show")
            for field in cut.sealed
            if field.name not in required
        ),
        *(
            (field, f"is about {field.category.person_field}, which is no clear field")
            for field in cut.sealed
            if field.category.person_field not in (None, *clear)
        ),
    ]
    for field, wrong in faults:
        if wrong:
            message = f"{event.__name__}.{field.name} ({field.category.code}) {wrong}"
            raise BadDeclaration(message)
    if (size := largest_header(event, cut)) > HEADER_BYTES_MAX:
        message = f"{event.__name__} may need a header of {size} bytes: bound its lists"
        raise BadDeclaration(message)


def _wrong_in_the_clear(hint: object) -> str | None:
    if {"line", "free", str, Any, float, Withheld} & _kinds(hint):
        return "may hold a person's words, and stands in the clear"
    return None


def _wrong_when_sealed(field: Field, hint: object) -> str | None:
    kinds = _kinds(hint)
    if {str, Any, float} & kinds:
        return "is not bounded: use Line, FreeText or a code"
    if "free" in kinds and field.category.code not in WORDS:
        return "is free text, and so NAR, MTG or GRV"
    if Withheld not in kinds:
        return "can be withheld, and its type does not say so: use Sealed[...]"
    return None


def _is_reference(hint: object) -> bool:
    """Opaque ids stand in the clear whatever their category."""
    return _kinds(hint) <= {UUID, type(None), tuple, frozenset}


def _kinds(hint: Any) -> set[object]:  # noqa: ANN401 (annotations have no common type)
    """The types a declaration is made of; text by its kind: a line, free text, a code."""
    if isinstance(hint, NewType):
        return _kinds(hint.__supertype__)
    origin: object = get_origin(hint)
    if origin is None:
        return {hint}
    if origin is Annotated:
        texts = {mark.extra["text"] for mark in hint.__metadata__ if _says_which_text(mark)}
        return texts or _kinds(hint.__origin__)
    if origin is Literal:
        return {Literal}
    inner = {kind for part in get_args(hint) if part is not ... for kind in _kinds(part)}
    return inner if origin is Union or origin is UnionType else inner | {origin}


def _says_which_text(mark: object) -> bool:
    return isinstance(mark, msgspec.Meta) and "text" in (mark.extra or {})


def largest_header(event: type[Event], cut: Cut) -> int:
    """An upper bound in bytes, from the declaration alone."""
    declared = {field.name: field for field in _struct(event).fields}
    sizes = {name: len(name) + 4 + _largest(field.type) for name, field in declared.items()}
    facts = sum(sizes[field.name] for field in cut.clear)
    parts = len(cut.sealed) * _largest(inspect.type_info(PartLine))
    return _largest(inspect.type_info(Header)) + facts + parts


def _struct(event: type[Event]) -> inspect.StructType:
    info = inspect.type_info(event)
    assert isinstance(info, inspect.StructType)
    return info


def _largest(info: inspect.Type) -> int:  # noqa: PLR0911 (one line a kind of value)
    match info:
        case inspect.Metadata(type=inner):
            return _largest(inner)
        case inspect.UnionType(types=types):
            return max(_largest(each) for each in types)
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return 2 + _most(info) * (1 + _largest(item))
        case inspect.StructType(fields=fields):  # An object, or the header itself.
            return 2 + sum(len(f.name) + 4 + _largest(f.type) for f in fields if f.name not in _OWN)
        case inspect.LiteralType(values=values):
            return max(len(str(value)) for value in values) + 2
        case inspect.StrType(max_length=int(most)):
            return 2 + most * _CHARACTER_BYTES
        case _ if type(info) in _BYTES:
            return _BYTES[type(info)]
        case _:
            message = f"{info} has no largest size: give it one"
            raise BadDeclaration(message)


def _most(info: inspect.VarTupleType | inspect.FrozenSetType) -> int:
    if isinstance(info.item_type, inspect.LiteralType) and isinstance(info, inspect.FrozenSetType):
        return len(info.item_type.values)
    if info.max_length is None:
        message = f"{info} has no greatest length: give it one"
        raise BadDeclaration(message)
    return info.max_length


_CHARACTER_BYTES: Final = 4
_BYTES: Final[dict[type, int]] = {
    inspect.UUIDType: 38,
    inspect.DateTimeType: 40,
    inspect.DateType: 12,
    inspect.IntType: 17,
    inspect.BoolType: 5,
    inspect.NoneType: 4,
}
_OWN: Final = frozenset({"facts", "parts"})  # Counted from the event's own fields.
