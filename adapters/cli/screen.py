"""Where we speak: answers on stdout, progress and refusals on stderr (画面)."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Final, TextIO

import msgspec
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from adapters.cli.findings import described, findings_of
from adapters.findings import EnginesRefused
from adapters.words import Language, Words
from adapters.wrapping import Prose
from domain.speech import CannotRun, Spoken

LINE_EVERY_S: Final = 2.0


class Screen:
    """``as_json``: whoever asked is a program."""

    def __init__(self, language: Language, *, as_json: bool = False) -> None:
        self.language: Final[Language] = language
        self._as_json: Final = as_json
        self._answers: Final = _console(sys.stdout)
        self._asides: Final = _console(sys.stderr)

    @property
    def is_watched(self) -> bool:
        """Somebody reads along: what is told may take its time."""
        return self._answers.is_terminal

    def found(self, what: object, *shown: RenderableType) -> None:
        """What was asked for: as it is for a program, and as it is shown for people."""
        if self._as_json:
            self.answer_json(what)
        else:
            self.answer(*shown)

    def answer(self, *what: RenderableType) -> None:
        for each in what:
            self._answers.print(each)

    def answer_unbroken(self, text: str) -> None:
        """Past the console, as what follows."""
        self._answers.file.write(text + "\n")

    def answer_json(self, what: object) -> None:
        """Past the console: a program must not meet our line breaks."""
        encoded = msgspec.json.encode(what, enc_hook=str)
        self._answers.file.write(msgspec.json.format(encoded).decode() + "\n")

    def aside(self, words: Words) -> None:
        self._asides.print(Prose(words.spoken(self.language)))

    def warn(self, words: Words) -> None:
        """An aside that nobody is to overlook."""
        self._asides.print(Prose(words.spoken(self.language), "bold yellow"))

    @contextmanager
    def working(self, words: Words) -> Generator[None]:
        """For whatever may take over a second."""
        if self._asides.is_interactive:
            with self._asides.status(words.spoken(self.language)):
                yield
        else:
            self.aside(words)
            yield

    @contextmanager
    def counting(self, words: Words) -> Generator[Callable[[int, int], None]]:
        """For whatever knows how far it is: a bar in a terminal, and elsewhere a line at times."""
        if self._asides.is_interactive:
            with Progress(*_COLUMNS, console=self._asides) as bar:
                task = bar.add_task(words.spoken(self.language), total=None)
                yield lambda done, of: bar.update(task, completed=done, total=of)
        else:
            yield self._lines(words)

    def _lines(self, words: Words) -> Callable[[int, int], None]:
        said_at_s = -LINE_EVERY_S

        def say(done: int, of: int) -> None:
            nonlocal said_at_s
            if done == of or monotonic() - said_at_s >= LINE_EVERY_S:
                said_at_s = monotonic()
                self._asides.print(Text(f"{words.spoken(self.language)} {done:,} / {of:,}"))

        return say

    def refusal_json(self, spoken: Spoken) -> None:
        """One object with the names that every answer of this kind has."""
        remedies = (spoken.remedy, spoken.remedy_ja) if isinstance(spoken, CannotRun) else None
        answer = {
            "code": spoken.code,
            "en": spoken.en,
            "ja": spoken.ja,
            "remedy": remedies and remedies[0],
            "remedy_ja": remedies and remedies[1],
            "facts": spoken.facts,
            "findings": spoken.findings if isinstance(spoken, EnginesRefused) else (),
        }
        self.answer_json(answer)

    def refusal(self, spoken: Spoken) -> None:
        for finding in findings_of(spoken):
            for line in described(finding, self.language):
                self._asides.print(line)


_COLUMNS: Final = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeRemainingColumn(),
)


def _console(stream: TextIO) -> Console:
    return Console(file=stream, highlight=False, markup=False, emoji=False)
