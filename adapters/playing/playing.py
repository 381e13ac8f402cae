"""Playing (実行): a scenario step by step, each in the name of whoever takes it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from time import monotonic
from typing import Final, NamedTuple, TypeAlias, cast
from urllib.parse import quote
from uuid import UUID

import msgspec

from adapters.playing import words
from adapters.playing.casting import Cast
from adapters.playing.checking import COMMANDS, OPENS
from adapters.playing.faults import Fault
from adapters.playing.format import OPERATOR, Cell, Matrix, Step
from adapters.playing.loading import Loaded
from adapters.playing.matrices import Known, Terms, placed, row, unfounded
from adapters.playing.naming import Reference, SeenRecord, resolved, told
from adapters.words import Words
from contracts.asked import CaseAlias
from contracts.envelope import Envelope
from contracts.pages import CaseShown
from contracts.problems import Problem
from domain.calendar import JAPAN
from domain.catalogue import EVENTS, AnyCommand

# Lists, and what follows by itself, are behind the log by a moment.
SEEN_WITHIN_S: Final = 10.0
LOOK_AGAIN_S: Final = 0.05
# Where an agency's own system finds which case it is asked about, or told of.
LISTS: Final = (
    "/v1/cases",
    "/v1/referrals",
    "/v1/disclosures",
    "/v1/meetings",
    "/v1/work",
    "/v1/grievances",
)


class Took(NamedTuple):
    """A step that was taken; and if it was to be refused, with which sentence it was."""

    step: Step
    refusal: Words | None = None


class Stood(NamedTuple):
    """What each agency sees, row by row; and who answers for her, by the name in the file."""

    matrix: Matrix
    rows: Mapping[str, Mapping[str, Cell]]
    answers: str | None


Happened: TypeAlias = Took | Stood | Fault


class Failed(Exception):
    """Nothing that follows would be as it is told."""

    def __init__(self, said: Words, *place: str | int) -> None:
        super().__init__(said.en)
        self.said = said
        self.place = place


class Playing:
    def __init__(self, loaded: Loaded, cast_: Cast) -> None:
        self._scenario: Final = loaded.scenario
        self._lines: Final = loaded.lines
        self._cast: Final = cast_
        self._told: Final = told(loaded.scenario)
        self._kept: Final[dict[str, str]] = {}
        self._made: Final[set[str]] = set()  # Ids that tell her case from a stranger's.
        self._terms: Final[dict[str, Terms]] = {}
        self._words: Final[dict[str, list[str]]] = {}
        self._at = loaded.scenario.starts

    async def play(self) -> AsyncGenerator[Happened]:
        """In order of time; at one instant the tables come last."""
        matrices = sorted(enumerate(self._scenario.matrix), key=lambda each: each[1].at)
        try:
            for nth, step in enumerate(self._scenario.step):
                at = step.at or self._at
                while matrices and matrices[0][1].at < at:
                    async for each in self._stands(*matrices.pop(0)):
                        yield each
                async for each in self._takes(nth, step):
                    yield each
            for nth, matrix in matrices:
                async for each in self._stands(nth, matrix):
                    yield each
        except Failed as failed:
            yield Fault(line=self._lines.of(*failed.place), said=failed.said)
        await self._fetch_feeds()
        for fault in self._told_after_all():
            yield fault

    async def _takes(self, nth: int, step: Step) -> AsyncIterator[Happened]:
        place = ("step", nth)
        if step.owed is None:
            await self._passes(step.at, place)
            if step.does is not None:
                yield Took(step, await self._does(step, step.does, place))
                return
            assert step.sees is not None, "it was checked"
            if not await self._sees(step, step.sees, place):
                said = words.SEES_NONE.about(who=step.who, what=step.sees)
                yield Fault(line=self._lines.of(*place, "sees"), said=said)
                return
        yield Took(step)

    async def _passes(self, to: datetime | None, place: tuple[str | int, ...]) -> None:
        if to is not None and to > self._at:
            moved = to.replace(tzinfo=JAPAN).astimezone(UTC).isoformat()
            answer = await self._cast.operator.move_clock(moved)
            if isinstance(answer, Problem):
                raise Failed(_with(words.CLOCK_REFUSED, answer), *place, "at")
            self._at = to

    async def _does(self, step: Step, does: str, place: tuple[str, int]) -> Words | None:
        kind = COMMANDS[does]
        given = await self._resolved(step, place)
        command = cast("AnyCommand", msgspec.convert(given, kind))
        case = await self._case(step, does, place)
        answer = await self._cast.entrance(step.who).say(command, case)
        said = {"who": step.who, "what": does}
        if isinstance(answer, Problem):
            if step.refused is None:
                raise Failed(_with(words.WAS_REFUSED, answer, **said), *place, "does")
            if answer.code != step.refused:
                other = words.REFUSED_OTHERWISE.about(**said, code=step.refused, found=answer.code)
                raise Failed(other, *place, "refused")
            return Words(ja=answer.detail_ja, en=answer.detail_en)
        if step.refused is not None:
            raise Failed(words.WAS_NOT_REFUSED.about(**said, code=step.refused), *place, "refused")
        self._heard(does, given)
        if answer.made is not None and not _is_outside(does):
            self._made.add(str(answer.made))
        if answer.case is not None:
            self._cast.cases.setdefault(self._cast.agency_of(step.who), answer.case)
        if step.keeps is not None:
            if answer.made is None:
                raise Failed(words.MADE_NOTHING.about(**said), *place, "keeps")
            self._kept[step.keeps] = str(answer.made)
        return None

    def _heard(self, does: str, given: Mapping[str, object]) -> None:
        """What she agreed to, and what was said of where she is, for the tables."""
        if does == "consent.grant":
            self._terms[str(given["grant_id"])] = msgspec.convert(given, Terms)
        elif does in {"case.start_stay", "case.end_stay"}:
            stay = str(given["stay_id"])
            here = does == "case.start_stay"
            said = given.get("location" if here else "destination_address")
            if isinstance(said, str):
                self._words.setdefault(stay if here else f"{stay} after", []).append(said)

    async def _sees(self, step: Step, sees: str, place: tuple[str, int]) -> bool:
        """What happens by itself comes a moment later."""
        wanted = await self._resolved(step, place)
        give_up_at = monotonic() + SEEN_WITHIN_S
        while True:
            case = await self._found(step.who)
            timeline = [] if case is None else await self._timeline(step.who, case)
            for envelope in reversed(timeline):
                said = _said(envelope)
                if envelope.type == sees and all(
                    _is(said.get(name), value) for name, value in wanted.items()
                ):
                    kept = step.field or EVENTS.types[sees].makes
                    if step.keeps is not None and kept is not None:
                        self._kept[step.keeps] = str(said[kept])
                        self._made.add(self._kept[step.keeps])
                    return True
            if monotonic() > give_up_at:
                return False
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _resolved(self, step: Step, place: tuple[str, int]) -> dict[str, object]:
        seen: dict[SeenRecord, object] = {}
        for record in _records_in(step.with_):
            seen[record] = await self._seen(step.who, record, place)

        def meant(reference: Reference) -> object:
            if isinstance(reference, SeenRecord):
                return seen[reference]
            known = self._meant(reference)
            if known is None:
                raise Failed(words.NOT_KEPT.about(name=reference), *place, "with")
            return str(known) if isinstance(known, UUID) else known

        return cast("dict[str, object]", resolved(step.with_, meant))

    async def _seen(self, who: str, record: SeenRecord, place: tuple[str, int]) -> object:
        case = self._cast.cases.get(self._cast.agency_of(who)) or await self._found(who)
        timeline = [] if case is None else await self._timeline(who, case)
        for envelope in reversed(timeline):
            said = _said(envelope)
            if envelope.type == record.type and (record.field is None or record.field in said):
                return str(envelope.id) if record.field is None else said[record.field]
        what = f"{record.type}/{record.field}" if record.field else record.type
        raise Failed(words.SEES_NONE.about(who=who, what=what), *place, "with")

    async def _timeline(self, who: str, case: CaseAlias) -> list[Envelope]:
        items = self._cast.entrance(who).items(f"/v1/cases/{case}/timeline", Envelope)
        return [each async for each in items]

    # Which case it is

    async def _case(self, step: Step, does: str, place: tuple[str, int]) -> CaseAlias | None:
        """As the agency knows it, from what it was answered or from its lists."""
        if step.of_no_case or _is_outside(does) or does == OPENS or step.who == OPERATOR:
            return None
        give_up_at = monotonic() + SEEN_WITHIN_S
        while True:
            case = await self._found(step.who)
            if case is not None:
                return case
            if monotonic() > give_up_at:
                raise Failed(words.KNOWS_NO_CASE.about(who=step.who), *place, "who")
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _found(self, who: str) -> CaseAlias | None:
        agency = self._cast.agency_of(who)
        if agency not in self._cast.cases:
            case = await self._hers(agency)
            if case is not None:
                self._cast.cases[agency] = case
        return self._cast.cases.get(agency)

    async def _hers(self, agency: str) -> CaseAlias | None:
        """There may be strangers in its lists: hers names something that was made here."""
        unnamed: dict[CaseAlias, None] = {}
        entrance = self._cast.entrance(agency)
        for path in LISTS:
            async for item in entrance.items(path, dict[str, object]):
                found = [*_cases_in(item)]
                if path == "/v1/meetings":
                    pack = f"{path}/{quote(str(item['meeting']))}/pack"
                    found += _cases_in(await entrance.see(pack, dict[str, object]))
                for case, told_there in found:
                    if self._made & _texts_in(told_there):
                        return case
                    unnamed[case] = None
        for case in unnamed:
            for envelope in await self._timeline(agency, case):
                if self._made & {str(envelope.id), *_texts_in(_said(envelope))}:
                    return case
        return None

    # Who sees what

    async def _stands(self, nth: int, matrix: Matrix) -> AsyncIterator[Happened]:
        place = ("matrix", nth)
        await self._passes(matrix.at, place)
        nothing = " ".join("–" for _ in self._scenario.columns)
        expected: dict[str, dict[str, str]] = {
            name: dict(
                zip(self._scenario.columns, matrix.rows.get(name, nothing).split(), strict=True)
            )
            for name in self._cast.agencies
        }
        give_up_at = monotonic() + SEEN_WITHIN_S
        while True:
            seen = await asyncio.gather(*(self._view(name) for name in expected))
            views = dict(zip(expected, seen, strict=True))
            found = {name: view.cells for name, view in views.items()}
            if found == expected or monotonic() > give_up_at:
                break
            await asyncio.sleep(LOOK_AGAIN_S)
        await self._fetch_feeds()
        shown = (view.shown for view in views.values())
        answering = (case.main_responsible for case in shown if case is not None)
        ids = {agency.id for agency in answering if agency is not None and agency.id}
        yield Stood(matrix, found, next((n for n in expected if self._cast.ids[n] in ids), None))
        for name, cells in found.items():
            for column, cell in cells.items():
                if cell != expected[name][column]:
                    said = words.CELL_DIFFERS.about(
                        who=name, column=column, found=cell, expected=expected[name][column]
                    )
                    yield Fault(line=self._lines.of(*place, "rows", name), said=said)
            for what, rule in sorted(views[name].unfounded):
                said = words.NO_RULE_FOR_IT.about(who=name, what=what, rule=rule)
                yield Fault(line=self._lines.of(*place, "rows", name), said=said)

    async def _fetch_feeds(self) -> None:
        """What they are told there must keep the secrets too."""
        agencies = self._cast.agencies
        await asyncio.gather(*(self._cast.entrance(each).fetch() for each in agencies))

    def _told_after_all(self) -> Iterator[Fault]:
        for nth, secret in enumerate(self._scenario.secret):
            for who in secret.kept_from:
                for said in secret.words:
                    meant = str(self._meant(said[1:])) if said.startswith("@") else said
                    if any(meant.encode() in answer for answer in self._cast.told(who)):
                        line = self._lines.of("secret", nth)
                        yield Fault(line=line, said=words.WAS_TOLD.about(who=who, what=said))

    def _meant(self, name: str) -> object:
        for known in (self._cast.ids, self._told, self._kept):
            if name in known:
                return known[name]
        return None

    async def _view(self, agency: str) -> "_View":
        case = await self._found(agency)
        timeline, shown = list[Envelope](), None
        if case is not None:
            timeline = await self._timeline(agency, case)
            shown = await self._cast.entrance(agency).see(f"/v1/cases/{case}", CaseShown)
        places = placed(self._scenario.places, self._kept, self._words)
        known = Known(self._terms, places)
        return _View(row(timeline, self._scenario.columns, known), unfounded(timeline), shown)


class _View(NamedTuple):
    cells: dict[str, Cell]
    unfounded: frozenset[tuple[str, str]]
    shown: CaseShown | None


def _with(said: Words, problem: Problem, **facts: str) -> Words:
    ja, en = (
        said.about(**facts, code=problem.code, detail=detail)
        for detail in (problem.detail_ja, problem.detail_en)
    )
    return Words(ja=ja.ja, en=en.en)


def _said(envelope: Envelope) -> dict[str, object]:
    return {name: msgspec.json.decode(value) for name, value in envelope.fields.items()}


def _is(said: object, wanted: object) -> bool:
    """An agency is shown with its id."""
    return said == wanted or (isinstance(said, dict) and said == {"id": wanted})


def _records_in(value: object) -> set[SeenRecord]:
    found: set[SeenRecord] = set()

    def noting(reference: Reference) -> object:
        if isinstance(reference, SeenRecord):
            found.add(reference)
        return None

    resolved(value, noting)
    return found


def _cases_in(item: object) -> Iterator[tuple[CaseAlias, Mapping[str, object]]]:
    """Wherever a line in a list names the case it is about, with all that the line says."""
    match item:
        case dict():
            told_there = cast("dict[str, object]", item)
            case = told_there.get("case")
            if isinstance(case, str):
                yield CaseAlias(UUID(case)), told_there
            for each in told_there.values():
                yield from _cases_in(each)
        case list():
            for each in cast("list[object]", item):
                yield from _cases_in(each)
        case _:
            pass


def _texts_in(item: object) -> set[str]:
    match item:
        case str():
            return {item}
        case dict():
            told_there = cast("dict[str, object]", item)
            return set(chain(told_there, *map(_texts_in, told_there.values())))
        case list():
            return set(chain.from_iterable(map(_texts_in, cast("list[object]", item))))
        case _:
            return set()


def _is_outside(does: str) -> bool:
    return does.partition(".")[0] in {"agency", "network"}
