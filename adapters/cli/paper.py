"""Paper (紙面): what is printed for a person, in their language, as wide as it may be."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from adapters.words import Language, Words
from adapters.wrapping import wrapped
from contracts.replay import Says
from domain.codes import Label

MARGIN: Final = "  "


class Paper:
    def __init__(self, language: Language, columns: int) -> None:
        self._language: Final[Language] = language
        self._columns: Final = columns

    def _wrapped(self, said: Words) -> Iterator[str]:
        yield from wrapped(self._says(said), self._columns)

    def _indented(self, head: str, text: str) -> Iterator[str]:
        """What goes on stands beneath what comes after the head."""
        margin = cell_len(head)
        for said in wrapped(text, self._columns - margin):
            yield head + said
            head = " " * margin

    def _listed(self, several: Sequence[str]) -> str:
        return self._comma.join(several)

    @property
    def _comma(self) -> str:
        return "、" if self._language == "ja" else ", "

    def _says(self, said: Words) -> str:
        return said.spoken(self._language)

    def _label(self, label: Label | Says) -> str:
        return label.ja if self._language == "ja" else label.en
