"""Any event or command at all, made up from its declaration: what an event seals stays closed.

Who and what it names is taken from few, so that events have something to do with each other.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

import msgspec

from domain.catalogue import EVENTS
from domain.fields import cut_of, tag_of
from domain.model import CLOSED, Command, Event
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id

E = TypeVar("E", bound=Event)
C = TypeVar("C", bound=Command)
P = TypeVar("P", bound=msgspec.Struct)

AGENCIES: Final = tuple(who.agency for who in (CITY, CENTRE, SHELTER, POLICE))
STAFF: Final = tuple(who.staff for who in (CITY, CENTRE, SHELTER, POLICE))
WOMAN: Final = an_id(41)
IDS: Final[Mapping[str, Sequence[UUID]]] = {
    "AgencyId": AGENCIES,
    "StaffId": STAFF,
    "PersonId": (WOMAN, WOMAN, an_id(42), an_id(50), an_id(51)),
    "GrantId": tuple(map(an_id, range(60, 65))),
    "NetworkId": (an_id(45), an_id(52)),
    "EventId": tuple(map(an_id, range(1, 12))),
    "CaseId": (an_id(40),),
    "EmergencyId": (an_id(66), an_id(67)),
}
OTHERS: Final = tuple(map(an_id, range(70, 73)))


class Making(NamedTuple):
    chance: random.Random
    length: int  # Tuples beside each other are of one length.
    at: datetime


def anything(kind: type[E], chance: random.Random, /, **facts: Any) -> E:
    """``facts`` stand as they are given."""
    hints, sealed = _declared(kind)
    making = Making(chance, chance.randint(1, 3), NOW)
    said: dict[str, Any] = {
        name: CLOSED if name in sealed else _any(hint, making)
        for name, hint in hints.items()
        if name not in facts
    }
    return kind(**said, **facts)


def asked(kind: type[C], chance: random.Random, at: datetime, /, **facts: Any) -> C:
    """``facts`` stand as they are given; of ids that may be left out, all others are."""
    making = Making(chance, chance.randint(1, 3), at)
    said = {
        name: _any(hint, making)
        for name, hint, optional in _fields(kind)
        if name not in facts and not (optional and chance.random() < 0.5)
    }
    return kind(**said, **facts)


def part(kind: type[P], chance: random.Random, at: datetime, /, **facts: Any) -> P:
    """Of a command."""
    hints = get_type_hints(kind, include_extras=True)
    making = Making(chance, 1, at)
    said = {n: _any(hints[n], making) for n in kind.__struct_fields__ if n not in facts}
    return kind(**said, **facts)


@cache
def _fields(kind: type[Command]) -> tuple[tuple[str, Any, bool], ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        (field.name, hints[field.name], not field.required)
        for field in msgspec.structs.fields(kind)
        if field.required or not _names_something(hints[field.name])
    )


def _names_something(hint: Any) -> bool:
    if hasattr(hint, "__supertype__"):
        return True
    return any(map(_names_something, get_args(hint)))


@cache
def _declared(kind: type[Event]) -> tuple[dict[str, Any], frozenset[str]]:
    hints = get_type_hints(kind, include_extras=True)
    return (
        {name: hints[name] for name in kind.__struct_fields__},
        frozenset(field.name for field in cut_of(kind).sealed),
    )


def _any(hint: Any, making: Making) -> Any:
    if hasattr(hint, "__supertype__"):
        return making.chance.choice(IDS.get(hint.__name__, OTHERS))
    made = OF_ORIGIN.get(get_origin(hint)) or OF_TYPE.get(hint)
    if made is not None:
        return made(hint, making)
    if issubclass(hint, UUID):
        return making.chance.choice(OTHERS)
    fields = get_type_hints(hint, include_extras=True)
    return hint(**{name: _any(fields[name], making) for name in hint.__struct_fields__})


def _one_of(hint: Any, making: Making) -> Any:
    kinds = [each for each in get_args(hint) if each is not NoneType]
    if len(kinds) < len(get_args(hint)) and making.chance.random() < 0.3:
        return None
    return _any(making.chance.choice(kinds), making)


def _bounded(hint: Any, making: Making) -> Any:
    inner, *marks = get_args(hint)
    if get_origin(inner) is Annotated or (inner not in {str, int} and inner.__class__ is not type):
        return _any(inner, making)
    chance = making.chance
    pattern = next((p for mark in marks if (p := getattr(mark, "pattern", None))), None)
    if inner is str:
        return chance.choice(_PATHS) if pattern and "/" in pattern else _TEXTS.get(pattern, "A-1")
    if inner is int:
        least = next((m.ge for m in marks if getattr(m, "ge", None)), 0)
        below = next((m.lt for m in marks if getattr(m, "lt", None)), least + 5)
        return min(least + chance.randint(1, 4), below - 1)
    return _any(inner, making)


def _moment(_: Any, making: Making) -> datetime:
    return making.at + timedelta(days=making.chance.randint(-3, 3))


OF_ORIGIN: Final[Mapping[object, Callable[[Any, Making], Any]]] = {
    Annotated: _bounded,
    Union: _one_of,
    UnionType: _one_of,
    Literal: lambda hint, making: making.chance.choice(get_args(hint)),
    frozenset: lambda hint, making: frozenset(
        _any(get_args(hint)[0], making) for _ in range(making.length)
    ),
    tuple: lambda hint, making: tuple(
        _any(get_args(hint)[0], making) for _ in range(making.length)
    ),
}
OF_TYPE: Final[Mapping[object, Callable[[Any, Making], Any]]] = {
    bool: lambda _, making: making.chance.random() < 0.5,
    datetime: _moment,
    date: lambda hint, making: _moment(hint, making).date(),
}
_PATHS: Final = tuple(
    f"{tag_of(kind)}/{field.name}"
    for kind in EVENTS.types.values()
    for cut in (cut_of(kind),)
    for field in (*cut.clear, *cut.sealed)
    if tag_of(kind).startswith("case.")
)
_TEXTS: Final[dict[str | None, str]] = {
    r"\A[0-9]{4}-[0-9]{4,9}\Z": "2026-0001",
    r"\A[0-9a-f]{64}\Z": "0" * 64,
    r"\A[0-9]{5,6}\Z": "06201",
    r"\A[a-z_]+\Z": "channel",
}
