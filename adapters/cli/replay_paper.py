"""A replay on paper (再現の紙面): in lines no wider than they may be, and without colour.

Of each event: who, what, when, which fields with what is shown of them, and on what that rests.
What is empty is left out here; a program reads all of it with ``--json``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final, TypeAlias, cast

import msgspec
from msgspec import inspect
from rich.cells import cell_len

from adapters.cli import replay_words as w
from adapters.cli.headings import NO, YES
from adapters.cli.lanes import ARROWS, SIGNS, TIME, Pool
from adapters.cli.naming import NOBODY, Names
from adapters.cli.paper import Paper
from adapters.cli.record_paper import RecordPaper, labels_of, plainly, types_of
from adapters.words import Language
from adapters.wrapping import wrapped
from contracts.envelope import AgencyShown
from contracts.event_labels import EVENT_LABELS
from contracts.replay import MARKS, BasisShown, Gone, LaneShown, Replay, ReplayLine, View
from domain.agency_codes import AGENCY_KINDS
from domain.calendar import JAPAN, wareki
from domain.model import AgencyId

Grounds: TypeAlias = Mapping[str, BasisShown]
DAYS: Final = "月火水木金土日"
SAME, DIFFERS, FIRST, SECOND = "=~12"


class ReplayPaper(Paper):
    def __init__(
        self, replay: Replay, language: Language, columns: int, names: Names = NOBODY
    ) -> None:
        super().__init__(language, columns)
        self._replay: Final = replay
        self._names: Final = names
        self._record: Final = RecordPaper(language, names)
        self._pool: Final = Pool(replay.lanes, columns)
        self._grounds: Final[dict[BasisShown, int]] = {}
        self._lanes: Final[dict[AgencyId, int]] = {
            lane.agency.id: nth for nth, lane in enumerate(replay.lanes) if lane.agency.id
        }

    def lines(self) -> Iterator[str]:
        yield from self._views()
        yield ""
        for letter, lane in zip(self._pool.letters, self._replay.lanes, strict=True):
            yield from self._indented(f"{letter}  ", self._whose(lane))
        yield ""
        if self._replay.against is None:
            yield " " * TIME + self._pool.head().rstrip()
            yield from self._course(self._in_lanes)
            yield ""
            yield from self._signs()
        else:
            yield from self._course(self._beside)
            yield ""
            yield from self._tally()
        yield ""
        yield from self._rests_on()

    # Who is looking, and who is there

    def _views(self) -> Iterator[str]:
        if self._replay.against is None:
            yield from wrapped(self._view(self._replay.view), self._columns)
            return
        for nth, view in ((FIRST, self._replay.view), (SECOND, self._replay.against)):
            yield from self._indented(f"{nth}  ", self._view(view))

    def _view(self, view: View) -> str:
        lane = self._lanes.get(view.agency)
        who = str(view.agency) if lane is None else self._pool.letters[lane]
        when = self._says(w.NOW)
        if view.at is not None:
            when = self._says(w.AT.about(when=self._record.moment(view.at)))
        return self._says(w.OF.about(who=who)) + self._comma + when

    def _whose(self, lane: LaneShown) -> str:
        agency = lane.agency
        if lane.by_itself:
            return self._says(w.ITSELF)
        if agency.id is None and agency.kind is None:
            return self._says(w.SOMEBODY)
        kind = self._label(AGENCY_KINDS[agency.kind]) if agency.kind else ""
        if agency.id is None:
            return f"{kind} ({self._says(w.UNNAMED)})"
        own = f" ({self._says(w.OWN)})" if lane.own else ""
        named = self._names.get(agency.id)
        if named:
            return f"{named}{own}, {kind}" if kind else f"{named}{own}"
        return f"{kind}{own} {agency.id}".strip()

    # What happened

    def _course(self, written: Callable[[ReplayLine], Iterator[str]]) -> Iterator[str]:
        day = None
        for line in self._replay.items:
            if line.on != day:
                day = line.on
                yield self._day(line.occurred_at.astimezone(JAPAN).date())
            yield from written(line)

    def _in_lanes(self, line: ReplayLine) -> Iterator[str]:
        """The bars go on beside what is said of it."""
        beside = self._columns - TIME - self._pool.width
        drawn, bars = self._pool.drawn(line), self._pool.bars(line.holder)
        first = f"{line.occurred_at.astimezone(JAPAN):%H:%M} "
        for said in wrapped(self._what(line), beside):
            yield f"{first}{drawn}{said}"
            first, drawn = " " * TIME, bars
        for ground, fields in self._by_ground(line.bases):
            for said in wrapped(f"[{ground}] {self._shown(line, fields)}", beside):
                yield f"{' ' * TIME}{bars}{said}"

    def _beside(self, line: ReplayLine) -> Iterator[str]:
        """Two views: what stands in both alike is only named."""
        sign = _compared(line)
        time = f"{line.occurred_at.astimezone(JAPAN):%H:%M} {sign}  "
        yield from self._indented(time, self._what(line))
        margin = " " * cell_len(time)
        if sign in {FIRST, SECOND}:
            for ground, fields in self._by_ground(line.bases or line.others):
                yield from self._indented(margin, f"[{ground}] {self._fields(line, fields)}")
        if sign == DIFFERS:
            for view, fields in _differing(line):
                said = w.ONLY.about(view=view, fields=self._fields(line, fields))
                yield from self._indented(margin, self._says(said))
        for gone, fields in _by_cause(line.gone):
            yield from self._indented(margin, self._gone(line, gone, fields))

    def _what(self, line: ReplayLine) -> str:
        return f"{self._pool.letters[line.lane]} {self._label(line.says)}"

    def _by_ground(self, grounds: Grounds) -> Iterator[tuple[int, list[str]]]:
        """They are numbered as they come."""
        found: dict[BasisShown, list[str]] = {}
        for name, ground in grounds.items():
            found.setdefault(ground, []).append(name)
        for ground, fields in found.items():
            yield self._grounds.setdefault(ground, len(self._grounds) + 1), fields

    def _gone(self, line: ReplayLine, gone: Gone, fields: Iterable[str]) -> str:
        listed = self._fields(line, fields)
        if gone.type is not None and gone.at is not None:
            event, when = self._label(EVENT_LABELS[gone.type]), self._record.moment(gone.at)
            return self._says(w.GONE_BY.about(event=event, when=when, fields=listed))
        said = w.GONE_BY_CLOCK if gone.by_the_clock else w.GONE
        return self._says(said.about(fields=listed))

    # What stands in its fields

    def _shown(self, line: ReplayLine, fields: Iterable[str]) -> str:
        said: list[str] = []
        closed: list[str] = []
        types = types_of(line.type)
        for name in fields:
            value: object = msgspec.json.decode(line.fields[name])
            if value == {"withheld": "closed"}:
                closed.append(name)
            elif value not in (None, [], ""):
                said.append(f"{self._field(line, name)}={self._value(value, types.get(name))}")
        if closed:
            said.append(f"{self._says(w.NOT_NOW)}: {self._fields(line, closed)}")
        return self._comma.join(said) or self._says(w.EMPTY)

    def _value(self, value: object, of: inspect.Type | None = None) -> str:
        match value:
            case bool():
                return self._says(YES if value else NO)
            case str():
                return self._text(value, of)
            case list():
                within = plainly(of.item_type) if isinstance(of, inspect.CollectionType) else None
                return "/".join(self._value(each, within) for each in cast("list[object]", value))
            case dict():
                return self._object(cast("dict[str, object]", value), of)
            case _:
                return str(value)

    def _text(self, text: str, of: inspect.Type | None) -> str:
        if self._language == "ja" and isinstance(of, inspect.LiteralType):
            label = labels_of(frozenset(map(str, of.values))).get(text)
            return text if label is None else label.ja
        if self._language == "ja" and isinstance(of, inspect.DateType):
            return wareki(date.fromisoformat(text))
        if _ID.fullmatch(text) or _DIGEST.fullmatch(text):
            return text[-ID_SHOWN:]
        return (
            self._record.moment(datetime.fromisoformat(text)) if _MOMENT.fullmatch(text) else text
        )

    def _object(self, value: dict[str, object], of: inspect.Type | None) -> str:
        if value == {"withheld": "erased"}:
            return self._says(w.ERASED)
        if value.keys() <= {"id", "kind"}:
            return self._agency(msgspec.convert(value, AgencyShown))
        fields = of.fields if isinstance(of, inspect.StructType) else ()
        types = {field.encode_name: plainly(field.type) for field in fields}
        said = {name: self._value(each, types.get(name)) for name, each in value.items()}
        return "/".join(f"{name}:{each}" for name, each in said.items())

    def _agency(self, agency: AgencyShown) -> str:
        if agency.id is not None:
            lane = self._lanes.get(agency.id)
            if lane is None:
                return self._names.get(agency.id) or str(agency.id)[-ID_SHOWN:]
            return self._pool.letters[lane]
        return self._label(AGENCY_KINDS[agency.kind]) if agency.kind else "?"

    # Below it

    def _signs(self) -> Iterator[str]:
        there = {line.mark for line in self._replay.items}
        signs = "  ".join(
            f"{SIGNS[mark]}{ARROWS[mark]}> {self._label(label)}"
            if mark in ARROWS
            else f"{SIGNS[mark]} {self._label(label)}"
            for mark, label in MARKS.items()
            if mark in there
        )
        said = w.SIGNS.about(signs=f"o {self._says(w.EVENT)}  {signs}")
        yield from wrapped(self._says(said), self._columns)

    def _tally(self) -> Iterator[str]:
        signs = [_compared(line) for line in self._replay.items]
        told = zip((SAME, DIFFERS, FIRST, SECOND), w.SEEN_IN.values(), strict=True)
        for sign, says in told:
            yield from self._indented(f"{sign}  ", f"{self._says(says)}: {signs.count(sign)}")

    def _rests_on(self) -> Iterator[str]:
        if not self._grounds:
            return
        yield self._says(w.GROUNDS)
        explained: set[str] = set()
        for ground, number in self._grounds.items():
            yield from self._indented(f"[{number}] ", self._ground(ground))
            if ground.rule not in explained:
                explained.add(ground.rule)
                yield from self._indented("    ", self._label(self._replay.rules[ground.rule]))

    def _ground(self, ground: BasisShown) -> str:
        """A consent needs no other word before its id; what one is a side of does."""
        said = self._says(w.RULES[ground.rule])
        grant = ground.grant or ground.emergency or ground.statutory
        party = [
            self._says(w.SIDE_OF[name].about(id=id_))
            for name in w.SIDE_OF
            if (id_ := getattr(ground, name)) is not None
        ]
        return " ".join([said, *([str(grant)] if grant else []), *party])

    # How it is said

    def _day(self, day: date) -> str:
        if self._language == "ja":
            return f"{wareki(day)}（{DAYS[day.weekday()]}）"
        return f"{day:%Y-%m-%d} ({wareki(day)})"

    def _fields(self, line: ReplayLine, fields: Iterable[str]) -> str:
        return self._comma.join(self._field(line, name) for name in fields)

    def _field(self, line: ReplayLine, name: str) -> str:
        """In English, fields and codes go by the names that they have in the contracts."""
        return self._record.field(line.type, name) if self._language == "ja" else name


def _compared(line: ReplayLine) -> str:
    if line.seen_in == "BOTH":
        return SAME if line.bases.keys() == line.others.keys() else DIFFERS
    return FIRST if line.seen_in == "FIRST" else SECOND


def _differing(line: ReplayLine) -> Iterator[tuple[str, list[str]]]:
    for view, these, those in ((FIRST, line.bases, line.others), (SECOND, line.others, line.bases)):
        if fields := [name for name in these if name not in those]:
            yield view, fields


def _by_cause(gone: Mapping[str, Gone]) -> Iterable[tuple[Gone, list[str]]]:
    found: dict[Gone, list[str]] = {}
    for name, cause in gone.items():
        found.setdefault(cause, []).append(name)
    return found.items()


ID_SHOWN: Final = 8
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)")
