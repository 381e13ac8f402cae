"""The log of a world in plain values: dicts and strings, and nothing of the product's own."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final, TypeAlias, cast, get_args, get_type_hints
from uuid import UUID

from domain.fields import cut_of, tag_of
from domain.model import NAMESPACE, AgencyId, CaseId, Event, StreamId, stream_of
from tests.world import Entry

Plain: TypeAlias = dict[str, Any]
# By which of its fields the first event of a stream names what it is about.
NAMED: Final = {
    "agency.registered.v1": "agency_id",
    "disclosure.disclosed.v1": "disclosure_id",
    "grievance.received.v1": "grievance_id",
    "meeting.planned.v1": "meeting_id",
    "meeting.requested.v1": "meeting_id",
    "network.established.v1": "network_id",
    "referral.drafted.v1": "referral_id",
}


def plain(log: Sequence[Entry]) -> list[Plain]:
    named = {stream: name for entry in log for stream, name in _named(entry)}
    return [_plain(entry, named) for entry in log]


def _named(entry: Entry) -> Iterator[tuple[StreamId, str]]:
    event, stream = entry.said, entry.told.stream
    tag = tag_of(type(event))
    kind = tag.split(".")[0]
    if tag in NAMED:
        yield stream, f"{kind}-{getattr(event, NAMED[tag])}"
    elif entry.case is not None and stream in _of_the_case(entry.case):
        yield stream, f"{kind}-{entry.case}"
    elif kind in {"duties", "installation", "numbers"}:
        yield stream, f"{kind}-{stream}"


@cache
def _of_the_case(case: CaseId) -> set[StreamId]:
    return {stream_of(kind, case) for kind in NAMESPACE}


def _plain(entry: Entry, named: dict[StreamId, str]) -> Plain:
    event, told = entry.said, entry.told
    return {
        "position": told.position,
        "id": str(told.id),
        "at": entry.at,
        "agency": str(told.agency),
        "staff": str(entry.staff),
        "tag": tag_of(type(event)),
        "stream": named[told.stream],
        "case": None if entry.case is None else str(entry.case),
        "facts": {field.name: _value(getattr(event, field.name)) for field in _clear(event)},
        "agencies": _naming(type(event)),
        "sealed": {line.field: (line.category, str(line.person)) for line in entry.parts},
        "categories": {},  # What the tables say of its fields, once they were asked.
    }


def _clear(event: Event) -> Iterable[Any]:
    return _clear_of(type(event))


def _clear_of(event: type[Event]) -> Iterable[Any]:
    return cut_of(event).clear


@cache
def _naming(event: type[Event]) -> tuple[str, ...]:
    """The fields that are declared to name agencies."""
    hints = get_type_hints(event, include_extras=True)
    return tuple(field.name for field in _clear_of(event) if _has(hints[field.name], AgencyId))


def _has(hint: Any, what: object) -> bool:
    return hint is what or any(_has(each, what) for each in get_args(hint))


def _value(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case tuple():
            return tuple(map(_value, cast("tuple[object, ...]", value)))
        case frozenset():
            return frozenset(map(_value, cast("frozenset[object]", value)))
        case _:
            return value
