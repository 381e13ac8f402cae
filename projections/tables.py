"""Lists (一覧): which rows an event touches, and what it makes of each of them.

A row holds ids, codes, times and positions, never a person's words: a list names candidates, and
whoever reads it decides row by row what may be shown.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast

import msgspec
from msgspec import inspect

from domain.fields import BadDeclaration, tag_of
from domain.header import Header, Heading
from domain.model import Event


class Seen(msgspec.Struct, frozen=True, gc=False):
    """An event as a list sees it: with every part closed, or its header alone."""

    position: int
    recorded_at: datetime
    header: Header | Heading
    event: Event | None


Key = TypeVar("Key", bound=tuple[object, ...])
Row = TypeVar("Row", bound=msgspec.Struct)


class Projection(msgspec.Struct, Generic[Key, Row], frozen=True, kw_only=True):
    """A table as a fold: the fields of ``row`` are its columns, and ``None`` is no row.

    ``found_by``: with how many columns of the key an event says which rows it touches, where it
    cannot tell which there are. Then ``spreads`` makes more of these, and none of them goes.
    """

    name: str
    row: type[Row]
    key: tuple[str, ...]
    touches: Callable[[Seen], Collection[Key]]
    evolve: Callable[[Row | None, Key, Seen], Row | None]
    wants: frozenset[type[Event]] | None = None  # None: every event, and of each the header.
    hears_others: bool = False  # Of the events that it does not want, too, the header.
    found_by: int | None = None
    spreads: Callable[[Sequence[Row], Key, Sequence[Seen]], Iterable[Row]] | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    version: int = 1  # To be raised when the same events make other rows.

    def __post_init__(self) -> None:
        named = [column.name for column in self.columns]
        if not _NAME.fullmatch(self.name):
            message = f"{self.name} is no name for a table"
            raise BadDeclaration(message)
        if not {*self.key, *(name for index in self.indexes for name in index)} <= {*named}:
            message = f"{self.name} has a key or an index of columns it does not have"
            raise BadDeclaration(message)

    @property
    def columns(self) -> tuple["Column", ...]:
        return columns_of(self.row)

    @property
    def tags(self) -> frozenset[str] | None:
        return None if self.wants is None else frozenset(map(tag_of, self.wants))

    @property
    def definition(self) -> str:
        """What was made under another one is made anew."""
        tags = None if self.tags is None else sorted(self.tags)
        said = (self.version, self.columns, self.key, self.indexes, tags)
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16]

    @property
    def read_by(self) -> tuple[str, ...]:
        """Columns by which it is asked for rows."""
        return self.key[: self.found_by]

    def key_of(self, row: Row) -> tuple[object, ...]:
        return tuple(getattr(row, name) for name in self.key)


def touched(projection: Projection[Key, Row], batch: Iterable[Seen]) -> dict[Key, list[Seen]]:
    """Which rows, and each of them by which events, in their turn."""
    moved: dict[Key, list[Seen]] = {}
    touches = projection.touches
    for seen in batch:
        for key in touches(seen):
            moved.setdefault(key, []).append(seen)  # Hashing ids takes its time: once.
    return moved


def fold(
    projection: Projection[Key, Row], rows: Mapping[Key, Row], moved: Mapping[Key, Sequence[Seen]]
) -> dict[Key, Row | None]:
    """Of the rows that are touched, those that change: what each becomes, or no row."""
    if projection.spreads is not None:
        return _spread(projection, projection.spreads, rows, moved)
    changed: dict[Key, Row | None] = {}
    evolve = projection.evolve
    for key, events in moved.items():
        was = now = rows.get(key)
        for seen in events:
            now = evolve(now, key, seen)
        if now != was:
            changed[key] = now
    return changed


def _spread(
    projection: Projection[Key, Row],
    spreads: Callable[[Sequence[Row], Key, Sequence[Seen]], Iterable[Row]],
    rows: Mapping[Key, Row],
    moved: Mapping[Key, Sequence[Seen]],
) -> dict[Key, Row | None]:
    known: dict[tuple[object, ...], list[Row]] = {}
    for key, row in rows.items():
        known.setdefault(key[: projection.found_by], []).append(row)
    key_of = cast("Callable[[Row], Key]", attrgetter(*projection.key))
    return {
        key_of(row): row
        for found, events in moved.items()
        for row in spreads(known.get(found, ()), found, events)
    }


ColumnKind: TypeAlias = Literal["id", "number", "code", "time", "date", "flag"]


class Column(NamedTuple):
    name: str
    kind: ColumnKind
    optional: bool


@cache
def columns_of(row: type[msgspec.Struct]) -> tuple[Column, ...]:
    info = inspect.type_info(row)
    assert isinstance(info, inspect.StructType)
    return tuple(_column(row, field) for field in info.fields)


def _column(row: type[msgspec.Struct], field: inspect.Field) -> Column:
    match field.type:
        case inspect.UnionType(types=(one, inspect.NoneType()) | (inspect.NoneType(), one)):
            kind, optional = _kind(one), True
        case one:
            kind, optional = _kind(one), False
    if kind is None:
        message = f"{row.__name__}.{field.name} is no id, code, time or number"
        raise BadDeclaration(message)
    return Column(field.name, kind, optional)


def _kind(info: inspect.Type) -> ColumnKind | None:
    match info:
        case inspect.Metadata(type=inspect.StrType(), extra={"text": "code"}):
            return "code"
        case inspect.LiteralType(values=values) if all(isinstance(v, str) for v in values):
            return "code"
        case inspect.DateTimeType(tz=True):
            return "time"
        case _:
            return _KINDS.get(type(info))


_KINDS: Final[Mapping[type, ColumnKind]] = {
    inspect.UUIDType: "id",
    inspect.IntType: "number",
    inspect.DateType: "date",
    inspect.BoolType: "flag",
}
_NAME: Final = re.compile(r"[a-z]+(_[a-z]+)*(?<!_next)")  # The next edition has a name of its own.
