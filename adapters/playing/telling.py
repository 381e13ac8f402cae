"""Telling (物語を見せる): what happens, who answers for her now, and what each agency then sees."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from adapters.playing import words
from adapters.playing.faults import Fault
from adapters.playing.format import OPERATOR, Agency, Cell, Scenario, Step
from adapters.playing.loading import Loaded
from adapters.playing.playing import Happened, Stood, Took
from adapters.words import Language, Words
from adapters.wrapping import Prose
from contracts.event_labels import EVENT_LABELS

INDENT: Final = (0, 0, 0, 3)
NOTHING: Final[Cell] = "–"
# In this order, and in these colours.
SYMBOLS: Final[Mapping[Cell, str]] = {
    "●": "green",
    "◐": "yellow",
    "o": "cyan",
    "E": "red",
    "S": "magenta",
}


class Telling:
    """Step by step; ``loaded`` says who everybody is."""

    def __init__(self, loaded: Loaded, language: Language) -> None:
        self._file: Final = loaded.file
        self._scenario: Final[Scenario] = loaded.scenario
        self._language: Final[Language] = language
        self._agencies: Final[Mapping[str, Agency]] = {a.name: a for a in loaded.scenario.agency}

    def beginning(self) -> Iterator[RenderableType]:
        yield Prose(self._spoken(Words(self._scenario.ja, self._scenario.en)), "bold")
        for person in self._scenario.people.values():
            if "ja" in person and "en" in person:
                said = Words(str(person["ja"]), str(person["en"]))
                yield Padding(Prose(f"{person.get('name', '')}  {self._spoken(said)}"), INDENT)
        yield Padding(Prose(self._spoken(words.LEGEND), "dim"), INDENT)

    def told(self, happened: Happened) -> Iterator[RenderableType]:
        """Nothing, where nothing is to be said of it."""
        match happened:
            case Took(step=step, refusal=refusal):
                yield from self._step(step, refusal)
            case Stood():
                yield self._standing(happened)
            case Fault():
                yield Prose(self._spoken(happened.at(self._file)), "bold red")

    def _step(self, step: Step, refusal: Words | None) -> Iterator[RenderableType]:
        if step.ja is not None and step.en is not None:
            said = Text(f"\n{step.no or '':<4}", "bold")
            said.append(f"{self._day(step.at)}  " if step.at else "", "dim")
            said.append(self._name(step.who), "cyan")
            yield said
            yield self._aside(Words(step.ja, step.en), "bold")
        if step.owed is not None:
            yield self._aside(words.OWED.about(why=step.owed), "yellow")
        elif refusal is not None:
            why = Words(
                words.REFUSED.ja.format(why=refusal.ja), words.REFUSED.en.format(why=refusal.en)
            )
            yield self._aside(why, "yellow")
        elif step.sees is not None:
            label = EVENT_LABELS[step.sees]
            seen = Words(
                words.BY_ITSELF.ja.format(who=self._agency(step.who).ja, what=label.ja),
                words.BY_ITSELF.en.format(who=self._agency(step.who).en, what=label.en),
            )
            yield self._aside(seen, "dim")

    def _standing(self, stood: Stood) -> RenderableType:
        title = Words(stood.matrix.ja, stood.matrix.en)
        parts: list[RenderableType] = [
            Prose(f"{self._day(stood.matrix.at)}  {self._spoken(title)}", "bold")
        ]
        if stood.answers is not None:
            name = self._agencies[stood.answers]
            said = Words(
                words.ANSWERS_FOR_HER.ja.format(who=name.ja),
                words.ANSWERS_FOR_HER.en.format(who=name.en),
            )
            parts.append(Prose(self._spoken(said)))
        table = Table.grid(padding=(0, 1))
        table.add_column(max_width=NAME_CELLS)
        table.add_column()
        table.add_column()
        for who, row in stood.rows.items():
            named = Prose(self._name(who), "cyan")
            for symbol, seen in self._seen(row):
                table.add_row(named, symbol, seen)
                named = Prose("")
        parts.append(table)
        if hidden := [n for n, row in stood.rows.items() if set(row.values()) == {NOTHING}]:
            parts.append(self._unknowing(hidden))
        return Group(Rule(style="dim"), Padding(Group(*parts), INDENT))

    def _seen(self, row: Mapping[str, Cell]) -> Iterator[tuple[Text, Prose]]:
        for symbol, style in SYMBOLS.items():
            columns = [column for column, cell in row.items() if cell == symbol]
            if columns:
                listed = self._listed([self._column(column) for column in columns])
                yield Text(symbol, f"bold {style}"), Prose(listed, style)

    def _unknowing(self, names: Sequence[str]) -> Prose:
        listed = self._listed([self._name(name) for name in names])
        said = Words(words.SEES_NOTHING.ja, words.SEES_NOTHING.en).about(who=listed)
        return Prose(self._spoken(said), "dim")

    def _column(self, column: str) -> str:
        category, _, named = column.partition(":")
        if named:
            place = self._scenario.places[named]
            said = Words(place.ja or named, place.en or named)
            return self._spoken(words.PLACE).format(place=self._spoken(said))
        return self._spoken(words.COLUMNS[category])

    def _listed(self, names: Sequence[str]) -> str:
        """A line may break between any two."""
        return ("・" if self._language == "ja" else ", ").join(names)

    def _aside(self, said: Words, style: str) -> RenderableType:
        return Padding(Prose(self._spoken(said), style), (0, 0, 0, 4))

    def _name(self, who: str) -> str:
        if who == OPERATOR:
            return self._spoken(words.OPERATOR)
        agency = self._agency(who)
        return self._spoken(Words(agency.ja, agency.en))

    def _agency(self, who: str) -> Agency:
        return self._agencies.get(who) or self._agencies[who.rpartition(".")[0]]

    def _day(self, at: datetime) -> str:
        return f"{at:%Y-%m-%d %H:%M}"

    def _spoken(self, said: Words) -> str:
        return said.spoken(self._language)


NAME_CELLS: Final = 28
