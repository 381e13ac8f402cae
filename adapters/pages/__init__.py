"""Pages (仕様のページ): what `docs/` says of the domain, written from the code that does it.

`make pages` writes them anew; a test compares them with what is committed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[2] / "docs"
MADE: Final = (
    "`make pages` がコードから書き出したページです。 / Written from the code by `make pages`."
)


def line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') or '–' for cell in cells)} |"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = tuple(heads)
    yield line(heads)
    yield line("---" for _ in heads)
    yield from map(line, rows)
    yield ""
