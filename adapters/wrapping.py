"""Wrapping (禁則処理): lines that end where a line of Japanese or of English may end."""

import re
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.text import Text


class Prose:
    """Words of ours in a terminal, as ``Text`` that is wrapped as it should be."""

    def __init__(self, text: str, style: str = "") -> None:
        self._text: Final = text
        self._style: Final = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        del console
        for line in wrapped(self._text, options.max_width):
            yield Text(line, self._style, no_wrap=True)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        del console
        widths = [cell_len(line) for line in wrapped(self._text, options.max_width)]
        return Measurement(min(KANJI, options.max_width), max(widths, default=0))


def wrapped(text: str, width: int) -> Iterator[str]:
    """In cells, of which a kanji takes two; no line begins with a mark that ends a word.

    Where the text itself begins a line, there a line begins: what stands before it stands before
    every one, and words of a note are never taken for a row.
    """
    for each in text.splitlines():
        yield from _wrapped(_STEERING.sub("", each.expandtabs(1)), width)


def _wrapped(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _PIECES.findall(text):
        if line and cell_len((line + piece).rstrip()) > width:
            yield line.rstrip()
            line = ""
        line = (line + piece) if line else piece.lstrip()
        while cell_len(line.rstrip()) > width:
            whole, *rest = chop_cells(line, width)
            yield whole
            line = "".join(rest)
    if line.strip():
        yield line.rstrip()


KANJI: Final = 2
# What moves the cursor or changes the direction; a terminal is to do neither at a note's word.
_STEERING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# A word of letters is a piece, and so is a kanji or a kana, with what may not be parted from it.
_WIDE: Final = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
_OPENING: Final = "（「『【〈《"
_ENDING: Final = "、。，．・：；？！）」』】〉》ー々っゃゅょッャュョ"
_PIECES: Final = re.compile(rf"[{_OPENING}]*(?:[^\s{_WIDE}]+|[\s{_WIDE}])[{_ENDING}]* *")
