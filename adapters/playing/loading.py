"""Loading (読み込み): a scenario out of a file, or everything that is wrong with it, by line."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple, TypeVar, cast

import msgspec

from adapters.playing import words
from adapters.playing.checking import checked, nearest
from adapters.playing.faults import Fault, ScenarioNotUnderstood
from adapters.playing.format import Agency, Matrix, Network, Scenario, Secret, Step, Table
from adapters.playing.lines import Lines, lines_of

LISTED: Final[Mapping[str, type[Table]]] = {
    "agency": Agency,
    "network": Network,
    "step": Step,
    "matrix": Matrix,
    "secret": Secret,
}

FEBRUARY: Final = 2
LEAP_DAY: Final = 29
DEEP_MAX: Final = 32

Day = TypeVar("Day", date, datetime)


class Loaded(NamedTuple):
    file: Path
    scenario: Scenario
    lines: Lines


def load(file: Path, years: int = 0) -> Loaded:
    """``years``: by how much later everything is to be than the file tells."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ScenarioNotUnderstood(file, [Fault(line=1, said=words.NOT_THERE)]) from None
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioNotUnderstood(file, [_no_toml(error, text)]) from None
    except RecursionError:
        raise ScenarioNotUnderstood(file, [_too_deep(_deepest(text))]) from None
    lines = lines_of(text)
    faults = [*_nested_too_deep(said, lines)] or [*_misformed(said, lines)]
    if not faults:
        scenario = msgspec.convert(later(said, years), Scenario)
        faults = [*checked(scenario, lines)]
        if not faults:
            return Loaded(file, scenario, lines)
    raise ScenarioNotUnderstood(file, sorted(faults, key=lambda fault: fault.line))


def years_later(starts: datetime, now: datetime) -> int:
    """By how many it is told later, for a clock never runs back to where it starts."""
    years = max(0, now.year - starts.year)
    return years if later_by(starts, years) >= now else years + 1


def later_by(day: Day, years: int) -> Day:
    leap = day.month == FEBRUARY and day.day == LEAP_DAY
    return day.replace(year=day.year + years, day=LEAP_DAY - 1 if leap and years else day.day)


def later(value: object, years: int) -> object:
    match value:
        case dict():
            told = cast("dict[str, object]", value)
            return {name: later(each, years) for name, each in told.items()}
        case list():
            return [later(each, years) for each in cast("list[object]", value)]
        case date():  # And an instant is one.
            return later_by(value, years)
        case _:
            return value


def _no_toml(error: tomllib.TOMLDecodeError, text: str) -> Fault:
    """It says where it stopped, in words."""
    detail, _, place = str(error).rpartition(" (at ")
    at = place.removeprefix("line ").partition(",")[0]
    line = int(at) if at.isdigit() else text.rstrip("\n").count("\n") + 1
    return Fault(line=line, said=words.NO_TOML.about(detail=detail or place))


def _too_deep(line: int) -> Fault:
    return Fault(line=line, said=words.TOO_DEEP.about(most=DEEP_MAX))


def _deepest(text: str) -> int:
    """Where it cannot even be read: the line on which one bracket too many opens."""
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        depth = max(0, depth + line.count("[") + line.count("{"))
        if depth > DEEP_MAX:
            return number
        depth = max(0, depth - line.count("]") - line.count("}"))
    return 1


def _nested_too_deep(said: Mapping[str, object], lines: Lines) -> Iterator[Fault]:
    """Without going down into it itself."""
    left: list[tuple[object, tuple[str | int, ...]]] = [(said, ())]
    while left:
        value, way = left.pop()
        if len(way) > DEEP_MAX:
            yield _too_deep(lines.of(*way))
        elif isinstance(value, dict):
            inside = cast("dict[str, object]", value)
            left += [(each, (*way, name)) for name, each in inside.items()]
        elif isinstance(value, list):
            left += [(each, (*way, nth)) for nth, each in enumerate(cast("list[object]", value))]


def _misformed(said: Mapping[str, object], lines: Lines) -> Iterator[Fault]:
    """Field by field, so that one mistake hides no other."""
    listed = {name: value for name, value in said.items() if name in LISTED}
    for name, tables in listed.items():
        listing = cast("list[object]", tables) if isinstance(tables, list) else [tables]
        for nth, table in enumerate(listing):
            if isinstance(tables, list) and isinstance(table, dict):
                told = cast("dict[str, object]", table)
                yield from _misformed_table(told, LISTED[name], lines, (name, nth))
            else:
                yield Fault(line=lines.of(name, nth), said=words.NO_TABLES.about(name=name))
    rest = {name: value for name, value in said.items() if name not in LISTED}
    yield from _misformed_table(rest, Scenario, lines, (), given=listed)


def _misformed_table(
    table: Mapping[str, object],
    kind: type[Table],
    lines: Lines,
    way: tuple[str | int, ...],
    given: Mapping[str, object] = {},
) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in table.keys() - fields.keys():
        said = words.UNKNOWN_KEY.about(where=_where(way), name=name)
        yield Fault(line=lines.of(*way, name), said=nearest(said, name, fields))
    for name, field in fields.items():
        if name in table:
            try:
                msgspec.convert(table[name], field.type)
            except msgspec.ValidationError as error:
                yield _fault(lines, (*way, name), str(error))
        elif field.required and name not in given:
            yield _fault(lines, way, f"Object missing required field `{name}`")


def _fault(lines: Lines, way: tuple[str | int, ...], detail: str) -> Fault:
    said = words.NOT_AS_EXPECTED.about(where=_where(way), detail=detail)
    return Fault(line=lines.of(*way), said=said)


def _where(way: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in way if isinstance(part, str)) or "the file"
