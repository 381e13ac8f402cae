"""Naming (名指し): what a value that begins with ``@`` stands for."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Final, NamedTuple, cast

from adapters.playing.format import FieldSet, Scenario
from domain.calendar import JAPAN
from domain.case import RecordCorrected
from domain.catalogue import EVENTS, FIELD_PATHS
from domain.categories import CategoryCode
from domain.fields import cut_of

_SEEN: Final = re.compile(r"seen ([a-z_]+\.[a-z_]+\.v[0-9]+)(?:/([a-z_]+))?")


class SeenRecord(NamedTuple):
    """The last record of a type that whoever acts sees; its id, or what it says in a field."""

    type: str
    field: str | None = None


Reference = str | SeenRecord


def referred(value: object) -> Reference | None:
    """What a value refers to, unless it says what it says."""
    if not isinstance(value, str) or not value.startswith("@"):
        return None
    found = _SEEN.fullmatch(value, 1)
    return SeenRecord(found[1], found[2]) if found else value[1:]


def resolved(value: object, meant: Callable[[Reference], object]) -> object:
    """With everything named put in its place, and times as they are written for machines."""
    reference = referred(value)
    if reference is not None:
        return meant(reference)
    match value:
        case dict():
            pairs = cast("Mapping[str, object]", value).items()
            return {key: resolved(each, meant) for key, each in pairs}
        case list() | tuple():
            return [resolved(each, meant) for each in cast("list[object]", value)]
        case datetime():
            return value.replace(tzinfo=JAPAN).astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return value


def fields_in(wanted: FieldSet) -> list[str]:
    found = {path for code in wanted.of for path in all_of(code)}
    return sorted((found | {*wanted.also}) - {*wanted.but})


def all_of(category: CategoryCode) -> frozenset[str]:
    """All fields that may hold anything of a category, and that an agreement may name."""
    found = (
        (f"{tag}/{field.name}", field.category.codes)
        for tag, event in EVENTS.types.items()
        if event is not RecordCorrected
        for field in (*cut_of(event).clear, *cut_of(event).sealed)
    )
    return frozenset(path for path, codes in found if category in codes) & FIELD_PATHS


def told(scenario: Scenario) -> dict[str, object]:
    """What has a name from the beginning, and says what it stands for."""
    people = {
        f"{name}.{detail}": resolved(value, str)
        for name, details in scenario.people.items()
        for detail, value in details.items()
    }
    return {**people, **{name: fields_in(wanted) for name, wanted in scenario.fields.items()}}
