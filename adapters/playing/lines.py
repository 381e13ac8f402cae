"""Lines (行): where in the file what was read stands, which the reader of TOML does not say."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_TABLE: Final = re.compile(r"\s*(\[\[|\[)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[^=\s.]+)*)\s*=""")
_PART: Final = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_LONG: Final = re.compile(r'"""|' + r"'''")


class Lines(NamedTuple):
    """Of each table and each key, by the way to it."""

    at: dict[Path, int]

    def of(self, *path: str | int) -> int:
        """Of this, or of what it stands in."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.at:
                return self.at[path[:end]]
        return 1


def lines_of(text: str) -> Lines:
    """Of a file that can be read as TOML."""
    at: dict[Path, int] = {}
    table: Path = ()
    nth: Counter[Path] = Counter()
    for number, line in _beginning(text):
        if found := _TABLE.match(line):
            way = _counted(_parts(found[2]), nth)
            if found[1] == "[[":
                table = (*way, nth[way])
                nth[way] += 1
            else:
                table = way
            at.setdefault(table, number)
        elif found := _KEY.match(line):
            at.setdefault((*table, *_parts(found[1])), number)
    return Lines(at)


def _beginning(text: str) -> Iterator[tuple[int, str]]:
    """Lines that no text and no list goes on into."""
    inside, depth = False, 0
    for number, line in enumerate(text.split("\n"), start=1):
        began = not inside and depth == 0
        if began:
            yield number, line
        if len(_LONG.findall(line)) % 2:
            inside = not inside
        if not inside and not (began and _TABLE.match(line)):
            bare = re.sub(r"""\"(?:\\.|[^"\\])*"|'[^']*'|#.*""", "", line)
            depth = max(0, depth + bare.count("[") - bare.count("]"))


def _parts(way: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(way))


def _counted(way: Path, nth: Counter[Path]) -> Path:
    """In a list of tables, the last of them is meant; the last name itself stays as it is."""
    found: Path = ()
    for part in way[:-1]:
        found = (*found, part)
        if found in nth:
            found = (*found, nth[found] - 1)
    return (*found, *way[-1:])
