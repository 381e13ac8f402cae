"""Where we speak: answers on stdout, progress and refusals on stderr (画面)."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final, TextIO

import msgspec
from rich.console import Console, RenderableType
from rich.text import Text

from adapters.cli.findings import described, findings_of
from adapters.engines import EnginesRefused
from adapters.words import Language, Words
from domain.speech import CannotRun, Spoken


class Screen:
    def __init__(self, language: Language) -> None:
        self.language: Final[Language] = language
        self._answers: Final = _console(sys.stdout)
        self._asides: Final = _console(sys.stderr)

    def answer(self, *what: RenderableType) -> None:
        for each in what:
            self._answers.print(each)

    def answer_json(self, what: object) -> None:
        """Past the console: a program must not meet our line breaks."""
        encoded = msgspec.json.encode(what, enc_hook=str)
        self._answers.file.write(msgspec.json.format(encoded).decode() + "\n")

    def aside(self, words: Words) -> None:
        self._asides.print(Text(words.spoken(self.language)))

    @contextmanager
    def working(self, words: Words) -> Generator[None]:
        """For whatever may take over a second."""
        if self._asides.is_interactive:
            with self._asides.status(words.spoken(self.language)):
                yield
        else:
            self.aside(words)
            yield

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


def _console(stream: TextIO) -> Console:
    return Console(file=stream, highlight=False, markup=False, emoji=False)
