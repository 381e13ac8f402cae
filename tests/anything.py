"""Any event at all, made up from its declaration: what is sealed stays closed.

Who and what it names is taken from few, so that events have something to do with each other.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

from domain.catalogue import EVENTS
from domain.fields import cut_of, tag_of
from domain.model import CLOSED, Event
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id

E = TypeVar("E", bound=Event)

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


def anything(kind: type[E], chance: random.Random, /, **facts: Any) -> E:
    """``facts`` stand as they are given."""
    hints, sealed = _declared(kind)
    length = chance.randint(1, 3)  # Tuples beside each other are of one length.
    said: dict[str, Any] = {
        name: CLOSED if name in sealed else _any(hint, chance, length)
        for name, hint in hints.items()
        if name not in facts
    }
    return kind(**said, **facts)


@cache
def _declared(kind: type[Event]) -> tuple[dict[str, Any], frozenset[str]]:
    hints = get_type_hints(kind, include_extras=True)
    return (
        {name: hints[name] for name in kind.__struct_fields__},
        frozenset(field.name for field in cut_of(kind).sealed),
    )


def _any(hint: Any, chance: random.Random, length: int) -> Any:
    origin = get_origin(hint)
    if origin is Annotated:
        return _bounded(hint, chance, length)
    if origin in {Union, UnionType}:
        kinds = [each for each in get_args(hint) if each is not NoneType]
        if len(kinds) < len(get_args(hint)) and chance.random() < 0.3:
            return None
        return _any(chance.choice(kinds), chance, length)
    if origin is Literal:
        return chance.choice(get_args(hint))
    if origin is frozenset:
        return frozenset(_any(get_args(hint)[0], chance, length) for _ in range(length))
    if origin is tuple:
        return tuple(_any(get_args(hint)[0], chance, length) for _ in range(length))
    if hasattr(hint, "__supertype__"):
        return chance.choice(IDS.get(hint.__name__, OTHERS))
    if hint is bool:
        return chance.random() < 0.5
    if hint is date:
        return (NOW + timedelta(days=chance.randint(-3, 3))).date()
    if issubclass(hint, UUID):
        return chance.choice(OTHERS)
    fields = get_type_hints(hint, include_extras=True)
    return hint(**{name: _any(fields[name], chance, length) for name in hint.__struct_fields__})


def _bounded(hint: Any, chance: random.Random, length: int) -> Any:
    inner, *marks = get_args(hint)
    if get_origin(inner) is Annotated or (inner not in {str, int} and inner.__class__ is not type):
        return _any(inner, chance, length)
    pattern = next((p for mark in marks if (p := getattr(mark, "pattern", None))), None)
    if inner is str:
        return chance.choice(_PATHS) if pattern and "/" in pattern else _TEXTS.get(pattern, "A-1")
    if inner is int:
        return next((m.ge for m in marks if getattr(m, "ge", None)), 0) + chance.randint(1, 4)
    if inner.__name__ == "datetime":
        return NOW + timedelta(days=chance.randint(-3, 3))
    return _any(inner, chance, length)


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
}
