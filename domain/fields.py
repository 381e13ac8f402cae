"""How an event is cut: each field's category, declared once, says what stands in the clear.

Only kinds of values that are named here may be declared at all. A sealed field always has its
part, even when nothing was said in it: whether something was said is itself a secret.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, Literal, TypeAlias, get_args, get_type_hints

import msgspec
from msgspec import inspect

from domain.categories import CLEAR, WORDS, Category
from domain.header import HEADER_BYTES_MAX, Header, PartLine
from domain.model import Event, Guarded, PersonId, Withheld


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
    if not _TAG.fullmatch(tag_of(event)):
        message = f"{event.__name__} needs a tag such as case.opened.v1, not {tag_of(event)}"
        raise BadDeclaration(message)
    hints = get_type_hints(event, include_extras=True)
    fields = [_field(event, name, hints[name]) for name in event.__struct_fields__]
    declared = _declared(event)
    sealed = [field for field in fields if _is_sealed(field, declared[field.name].type)]
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


def _is_sealed(field: Field, info: inspect.Type) -> bool:
    """Public words are sealed too, under a key of whoever says them: no header holds words."""
    if field.category.codes <= {"PUB"}:
        return _says_it_can_be_withheld(info)
    return not (field.category.codes <= CLEAR or _is_reference(info))


def _check(event: type[Event], cut: Cut, hints: dict[str, Any]) -> None:
    declared = _declared(event)
    persons = {
        name
        for name, field in declared.items()
        if field.required and get_args(hints[name])[0] is PersonId
    }
    faults = [
        *((field, _wrong_in_the_clear(declared[field.name])) for field in cut.clear),
        *((field, _wrong_when_sealed(field, declared[field.name])) for field in cut.sealed),
        *(
            (field, f"follows from {by}, which is no clear code with these values")
            for field in (*cut.clear, *cut.sealed)
            if (by := field.category.by_field) is not None
            and not {value for value, _ in field.category.by_value} <= _codes(declared.get(by), cut)
        ),
        *(
            (field, f"is about {about}, which is no clear field that always names a person")
            for field in cut.sealed
            if (about := field.category.person_field) not in (None, *persons)
        ),
    ]
    for field, wrong in faults:
        if wrong:
            message = f"{event.__name__}.{field.name} ({field.category.code}) {wrong}"
            raise BadDeclaration(message)
    if (size := largest_header(event, cut)) > HEADER_BYTES_MAX:
        message = f"{event.__name__} may need a header of {size} bytes: bound its lists"
        raise BadDeclaration(message)


def _codes(declared: inspect.Field | None, cut: Cut) -> set[object]:
    """What a clear field may say, where it is a code out of a list."""
    match declared:
        case inspect.Field(type=inspect.LiteralType(values=values), name=name):
            return {*values} if name in {field.name for field in cut.clear} else set()
        case _:
            return set()


def _wrong_in_the_clear(declared: inspect.Field) -> str | None:
    if _kinds(declared.type) != {"fact"}:
        return (
            "may hold a person's words, and stands in the clear: "
            "use an id, a code, a Count, an Instant"
        )
    if _holds_an_id(declared.type) and any(map(_is_struct, _inside(declared.type))):
        return "holds an id inside a struct, where nobody looks for it: name it in a field"
    return None


def _wrong_when_sealed(field: Field, declared: inspect.Field) -> str | None:
    kinds = _kinds(declared.type)
    if "other" in kinds:
        return "is not bounded: use Line, FreeText or a code, a Count, an Instant"
    if "free" in kinds and not field.category.codes <= WORDS:
        return "is free text, and so NAR, MTG or GRV"
    if _holds_an_id(declared.type):
        return "seals an id, which could not be withheld by itself: name it in a clear field"
    if not _says_it_can_be_withheld(declared.type):
        return "can be withheld, and its type does not say so: use Sealed[...]"
    if declared.required:
        _largest(declared.type)
        return None
    return "has a default: what is left out would show"


Kind: TypeAlias = Literal["fact", "line", "free", "withheld", "other"]


def _kinds(info: inspect.Type) -> set[Kind]:
    return {_kind(leaf) for leaf in _leaves(info)}


def _kind(leaf: inspect.Type) -> Kind:
    """A fact holds nobody's words; what is not known here is ``other``, and may hold anything."""
    match leaf:
        case inspect.IntType(ge=int(least), lt=int(most)) if -_EXACT < least <= most <= _EXACT:
            return "fact"
        case inspect.Metadata(type=inspect.StrType() as text, extra={"text": str(label)}):
            return _kind_of_text(text, label)
        case inspect.StructType(cls=cls) if cls is Withheld:
            return "withheld"
        case inspect.DateTimeType(tz=aware):
            return "fact" if aware else "other"
        case _:
            return "fact" if type(leaf) in _FACTS else "other"


def _kind_of_text(text: inspect.StrType, label: str) -> Kind:
    match label:
        case "line" | "free" if text.max_length is not None:
            return label
        case "code" if text.max_length is not None and _CODE.fullmatch(text.pattern or ""):
            return "fact"
        case _:
            return "other"


def _leaves(info: inspect.Type) -> Iterator[inspect.Type]:
    match info:
        case inspect.UnionType(types=types):
            for each in types:
                yield from _leaves(each)
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            yield from _leaves(item)
        case inspect.StructType(cls=cls, fields=fields) if issubclass(cls, Guarded):
            for field in fields:
                yield from _leaves(field.type)
        case _:
            yield info


def _inside(info: inspect.Type) -> tuple[inspect.Type, ...]:
    match info:
        case inspect.UnionType(types=types):
            return types
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return (item,)
        case _:
            return (info,)


def _is_struct(info: inspect.Type) -> bool:
    return isinstance(info, inspect.StructType) and issubclass(info.cls, Guarded)


def _holds_an_id(info: inspect.Type) -> bool:
    return any(isinstance(leaf, inspect.UUIDType) for leaf in _leaves(info))


def _is_reference(info: inspect.Type) -> bool:
    """Opaque ids stand in the clear whatever their category."""
    return {type(leaf) for leaf in _leaves(info)} <= {inspect.UUIDType, inspect.NoneType}


def _says_it_can_be_withheld(info: inspect.Type) -> bool:
    return isinstance(info, inspect.UnionType) and "withheld" in map(_kind, info.types)


def largest_header(event: type[Event], cut: Cut) -> int:
    """An upper bound in bytes, from the declaration alone."""
    declared = _declared(event)
    facts = sum(len(f.name) + 4 + _largest(declared[f.name].type) for f in cut.clear)
    return _largest_of(Header) + facts + len(cut.sealed) * _largest_of(PartLine)


def largest_parts(event: type[Event], cut: Cut) -> int:
    """The same of all it seals, before it is sealed."""
    declared = _declared(event)
    return sum(_largest(declared[field.name].type) for field in cut.sealed)


@cache  # To ask for it takes its time, and whatever starts waits for that.
def _declared(event: type[Event]) -> dict[str, inspect.Field]:
    info = inspect.type_info(event)
    assert isinstance(info, inspect.StructType)
    return {field.name: field for field in info.fields}


@cache
def _largest_of(struct: type[msgspec.Struct]) -> int:
    return _largest(inspect.type_info(struct))


def _largest(info: inspect.Type) -> int:
    match info:
        case inspect.Metadata(type=inner):
            return _largest(inner)
        case inspect.UnionType(types=types):
            return max(_largest(each) for each in types)
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return 2 + _most(info) * (1 + _largest(item))
        case inspect.StructType(fields=fields):  # The header itself, or what stands for a value.
            return 2 + sum(len(f.name) + 4 + _largest(f.type) for f in fields if f.name not in _OWN)
        case inspect.LiteralType(values=values):
            return max(len(msgspec.json.encode(value)) for value in values)
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


_TAG: Final = re.compile(r"(?=.{1,64}\Z)[a-z_]+\.[a-z_]+\.v[0-9]+")
_FACTS: Final = frozenset(
    {
        inspect.UUIDType,
        inspect.BoolType,
        inspect.DateType,
        inspect.LiteralType,
        inspect.NoneType,
    }
)
# A code's pattern spells it out, without spaces: letters, positive classes, and how many of each.
_CODE: Final = re.compile(
    r"\\A(?:(?:[A-Za-z0-9_/-]|\\\.|\[[A-Za-z0-9._-]+\])(?:[+*?]|\{[0-9]+(?:,[0-9]*)?\})?)+\\Z"
)
_EXACT: Final = 2**53  # What every reader of JSON can count to.
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
