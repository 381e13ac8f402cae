"""Checking (点検): whether a scenario speaks of what there is, before anything is played."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, cast, get_args
from uuid import UUID

import msgspec

import contracts
from adapters.playing import words
from adapters.playing.faults import Fault
from adapters.playing.format import OPERATOR, Cell, Matrix, Scenario, Step
from adapters.playing.lines import Lines
from adapters.playing.matrices import carried
from adapters.playing.naming import Reference, SeenRecord, referred, resolved, told
from adapters.words import Words
from domain.catalogue import EVENTS, FIELD_PATHS, AnyCommand
from domain.categories import CategoryCode
from domain.model import Command
from domain.network import AdoptRules

COMMANDS: Final[Mapping[str, type[Command]]] = {
    str(command.__struct_config__.tag): command for command in get_args(AnyCommand)
}
OPENS: Final = "case.open"
OPENAPI: Final = Path(contracts.__path__[0]) / "openapi.json"
NEAR: Final = 0.5  # Names are short here.
SOME_ID: Final = str(UUID(int=0))


class NotNamed(Exception):
    """Nothing has this name."""


class NotTold(Exception):
    """What it stands for is seen only when it is played."""


def nearest(said: Words, name: str, known: Iterable[str]) -> Words:
    """With the nearest of the names there are, if one is near."""
    close = get_close_matches(name, [*known], n=1, cutoff=NEAR)
    if not close:
        return said
    hint = words.NEAREST.about(name=close[0])
    return Words(said.ja + hint.ja, said.en + hint.en)


def checked(scenario: Scenario, lines: Lines) -> Iterator[Fault]:
    return _Checking(scenario, lines).faults()


class _Checking:
    def __init__(self, scenario: Scenario, lines: Lines) -> None:
        self._scenario: Final = scenario
        self._lines: Final = lines
        self._agencies: Final = {agency.name: agency for agency in scenario.agency}
        self._staff: Final = {
            f"{agency.name}.{staff.name}" for agency in scenario.agency for staff in agency.staff
        }
        self._known: Final[dict[str, object]] = {
            **told(scenario),
            **dict.fromkeys((*self._agencies, *self._staff), SOME_ID),
            **dict.fromkeys((network.name for network in scenario.network), SOME_ID),
        }

        self._given: Final = frozenset(self._known)  # From the beginning.

    def faults(self) -> Iterator[Fault]:
        yield from self._names()
        yield from self._opens_once()
        yield from self._sets()
        yield from self._networks()
        before = self._scenario.starts
        for nth, step in enumerate(self._scenario.step):
            yield from self._step(step, nth, before)
            before = max(before, step.at or before)
        yield from self._places()
        yield from self._matrices()
        yield from self._secrets()

    def _names(self) -> Iterator[Fault]:
        met: set[str] = {OPERATOR}
        named = {
            "agency": [agency.name for agency in self._scenario.agency],
            "network": [network.name for network in self._scenario.network],
        }
        for kind, names in named.items():
            for nth, name in enumerate(names):
                if name in met:
                    yield self._fault(words.NAMED_TWICE.about(name=name), kind, nth, "name")
                met.add(name)
        for nth, agency in enumerate(self._scenario.agency):
            for name in _twice(staff.name for staff in agency.staff):
                said = words.NAMED_TWICE.about(name=f"{agency.name}.{name}")
                yield self._fault(said, "agency", nth, "staff")

    def _opens_once(self) -> Iterator[Fault]:
        opened = (
            nth
            for nth, step in enumerate(self._scenario.step)
            if step.does == OPENS and step.refused is None and step.owed is None
        )
        for nth in [*opened][1:]:
            yield self._fault(words.ONE_CASE, "step", nth, "does")

    def _sets(self) -> Iterator[Fault]:
        for name, wanted in self._scenario.fields.items():
            for path in {*wanted.also, *wanted.but} - FIELD_PATHS:
                said = nearest(words.NO_SUCH_PATH.about(name=path), path, FIELD_PATHS)
                yield self._fault(said, "fields", name)

    def _networks(self) -> Iterator[Fault]:
        for nth, network in enumerate(self._scenario.network):
            for name in (network.led_by, *network.members):
                if name not in self._agencies:
                    yield self._fault(self._no_agency(name), "network", nth, "members")
            for name in _twice((network.led_by, *network.members)):
                said = words.MEMBER_TWICE.about(name=name)
                yield self._fault(said, "network", nth, "members")
            yield from self._rules(network.rules, nth)

    def _rules(self, rules: Mapping[str, object], nth: int) -> Iterator[Fault]:
        fields = {
            field.name: field.type
            for field in msgspec.structs.fields(AdoptRules)
            if field.name != "network_id"
        }
        for name, value in rules.items():
            place = ("network", nth, "rules", name)
            if name not in fields:
                said = words.UNKNOWN_KEY.about(where="network.rules", name=name)
                yield self._fault(nearest(said, name, fields), *place)
                continue
            try:
                msgspec.convert(value, fields[name])
            except (msgspec.ValidationError, ValueError) as error:
                yield self._misfit(f"network.rules {name}", str(error), place)

    def _step(self, step: Step, nth: int, before: datetime) -> Iterator[Fault]:
        way = ("step", nth)
        if step.at and step.at < before:
            yield self._fault(words.RUNS_BACK, *way, "at")
        if (step.ja is None) != (step.en is None):
            yield self._fault(words.BOTH_LANGUAGES, *way)
        if step.who != OPERATOR and not {step.who, f"{step.who}.staff"} & {
            *self._agencies,
            *self._staff,
        }:
            yield self._fault(self._no_agency(step.who), *way, "who")
        yield from self._told_of(step, way)
        if step.keeps is not None:
            if step.keeps in self._given:
                yield self._fault(words.NAMED_TWICE.about(name=step.keeps), *way, "keeps")
            self._known[step.keeps] = SOME_ID

    def _told_of(self, step: Step, way: tuple[str, int]) -> Iterator[Fault]:
        if not step.owed and (step.does is None) == (step.sees is None):
            yield self._fault(words.DOES_OR_SEES, *way)
        if step.sees is not None and step.refused is not None:
            yield self._fault(words.SEES_OR_REFUSED, *way, "refused")
        if step.does is not None:
            yield from self._command(step, step.does, way)
        if step.sees is not None:
            yield from self._event(step, step.sees, way)
        if step.refused is not None and step.refused not in codes():
            said = words.NO_SUCH_CODE.about(name=step.refused)
            yield self._fault(nearest(said, step.refused, codes()), *way, "refused")

    def _command(self, step: Step, name: str, way: tuple[str, int]) -> Iterator[Fault]:
        command = COMMANDS.get(name)
        if command is None:
            said = nearest(words.NO_SUCH_COMMAND.about(name=name), name, COMMANDS)
            yield self._fault(said, *way, "does")
            return
        fields = {field.name: field for field in msgspec.structs.fields(command)}
        yield from self._unknown(step, name, fields, way)
        for field in fields.values():
            if field.name in step.with_:
                yield from self._value(step, field, way)
            elif field.required:
                yield self._misfit(name, f"Object missing required field `{field.name}`", way)

    def _event(self, step: Step, name: str, way: tuple[str, int]) -> Iterator[Fault]:
        event = EVENTS.types.get(name)
        if event is None:
            said = nearest(words.NO_SUCH_EVENT.about(name=name), name, EVENTS.types)
            yield self._fault(said, *way, "sees")
            return
        yield from self._unknown(step, name, event.__struct_fields__, way)
        if step.field is not None and step.field not in event.__struct_fields__:
            said = words.UNKNOWN_KEY.about(where=name, name=step.field)
            yield self._fault(nearest(said, step.field, event.__struct_fields__), *way, "field")
        for field in step.with_.keys() & {*event.__struct_fields__}:
            yield from self._references(step.with_[field], (*way, "with", field))

    def _unknown(
        self, step: Step, of: str, fields: Iterable[str], way: tuple[str, int]
    ) -> Iterator[Fault]:
        for name in step.with_.keys() - {*fields}:
            said = words.UNKNOWN_KEY.about(where=of, name=name)
            yield self._fault(nearest(said, name, fields), *way, "with", name)

    def _value(
        self, step: Step, field: msgspec.structs.FieldInfo, way: tuple[str, int]
    ) -> Iterator[Fault]:
        value, place = step.with_[field.name], (*way, "with", field.name)
        unnamed = [*self._references(value, place)]
        yield from unnamed
        if not unnamed:
            try:
                msgspec.convert(resolved(value, self._stands_for), field.type)
            except NotTold:
                return
            except (msgspec.ValidationError, ValueError) as error:
                yield self._misfit(f"{step.does} {field.name}", str(error), place)

    def _references(self, value: object, place: tuple[str | int, ...]) -> Iterator[Fault]:
        match value:
            case dict():
                for each in cast("dict[str, object]", value).values():
                    yield from self._references(each, place)
            case list() | tuple():
                for each in cast("list[object]", value):
                    yield from self._references(each, place)
            case _:
                yield from self._reference(referred(value), place)

    def _reference(
        self, reference: Reference | None, place: tuple[str | int, ...]
    ) -> Iterator[Fault]:
        match reference:
            case SeenRecord(type=name, field=field):
                event = EVENTS.types.get(name)
                if event is None:
                    said = words.NO_SUCH_EVENT.about(name=name)
                    yield self._fault(nearest(said, name, EVENTS.types), *place)
                elif field is not None and field not in event.__struct_fields__:
                    said = words.UNKNOWN_KEY.about(where=name, name=field)
                    yield self._fault(nearest(said, field, event.__struct_fields__), *place)
            case str() if reference not in self._known:
                said = words.NO_SUCH_NAME.about(name=reference)
                yield self._fault(nearest(said, reference, self._known), *place)
            case _:
                pass

    def _stands_for(self, reference: Reference) -> object:
        if isinstance(reference, SeenRecord):
            if reference.field is not None:
                raise NotTold
            return SOME_ID
        return self._known[reference]

    def _places(self) -> Iterator[Fault]:
        kept = {step.keeps for step in self._scenario.step}
        for name, place in self._scenario.places.items():
            if place.stay is None and place.after is None and not place.transfer:
                yield self._fault(words.PLACE_OF_NOTHING.about(name=name), "places", name)
            for stay in {place.stay, place.after} - {None} - kept:
                yield self._fault(words.NOT_KEPT.about(name=stay), "places", name)

    def _matrices(self) -> Iterator[Fault]:
        columns = self._scenario.columns
        there = {*get_args(CategoryCode)} | {f"LOC:{name}" for name in self._scenario.places}
        filled = carried() | {name for name in there if name.startswith("LOC:")}
        for column in columns:
            if column not in there:
                yield self._fault(words.NO_SUCH_COLUMN.about(name=column), "columns")
            elif column not in filled:
                yield self._fault(words.NEVER_FILLED.about(name=column), "columns")
        for name in _twice(columns):
            yield self._fault(words.NAMED_TWICE.about(name=name), "columns")
        for nth, matrix in enumerate(self._scenario.matrix):
            if matrix.at < self._scenario.starts:
                yield self._fault(words.RUNS_BACK, "matrix", nth, "at")
            yield from self._rows(matrix, ("matrix", nth))

    def _secrets(self) -> Iterator[Fault]:
        for nth, secret in enumerate(self._scenario.secret):
            for name in {*secret.kept_from} - {*self._agencies}:
                yield self._fault(self._no_agency(name), "secret", nth, "kept_from")
            for said in secret.words:
                yield from self._reference(referred(said), ("secret", nth, "words"))

    def _rows(self, matrix: Matrix, way: tuple[str, int]) -> Iterator[Fault]:
        for name, row in matrix.rows.items():
            cells, place = row.split(), (*way, "rows", name)
            if name not in self._agencies:
                yield self._fault(self._no_agency(name), *place)
            if len(cells) != len(self._scenario.columns):
                said = words.CELLS_DIFFER.about(
                    name=name, found=len(cells), expected=len(self._scenario.columns)
                )
                yield self._fault(said, *place)
            for cell in {*cells} - {*get_args(Cell)}:
                yield self._fault(words.NO_SUCH_CELL.about(name=name, cell=cell), *place)

    def _no_agency(self, name: str) -> Words:
        if name.partition(".")[0] in self._agencies:
            return nearest(words.NO_SUCH_STAFF.about(name=name), name, self._staff)
        known = {*self._agencies, OPERATOR}
        return nearest(words.NO_SUCH_AGENCY.about(name=name), name, known)

    def _misfit(self, where: str, detail: str, way: tuple[str | int, ...]) -> Fault:
        return self._fault(words.NOT_AS_EXPECTED.about(where=where, detail=detail), *way)

    def _fault(self, said: Words, *way: str | int) -> Fault:
        return Fault(line=self._lines.of(*way), said=said)


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


class _Code(msgspec.Struct, frozen=True):
    const: str


@cache
def codes() -> frozenset[str]:
    """As the description of the entrance tells them."""
    told_there = msgspec.json.decode(OPENAPI.read_bytes(), type=dict[str, msgspec.Raw])
    within = msgspec.json.decode(told_there["components"], type=dict[str, dict[str, msgspec.Raw]])
    listed = msgspec.json.decode(
        within["schemas"]["ProblemCode"], type=dict[str, tuple[_Code, ...]]
    )
    return frozenset(code.const for code in listed["oneOf"])
