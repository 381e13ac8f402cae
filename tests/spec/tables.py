"""How the tables of the specification are written down here: by hand, and never from the code.

Categories are written as the specification has them; ``FAM|CHD`` is one or the other, by what
another field says, and ``own`` the category of what is told. ``—`` is before the first event.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

NOT_YET: Final = "—"


class Told(NamedTuple):
    """An event: its tag, what it is mainly about, its fields; ``None`` where none are listed."""

    tag: str
    primary: str
    fields: Mapping[str, str] | None


class Row(NamedTuple):
    """``events`` are those of one commit; ``guard`` is the specification's own word."""

    before: str
    events: str
    after: str
    guard: str = ""


class Asked(NamedTuple):
    """A command: its tag, and what has to be so before."""

    tag: str
    precondition: str


def rows(befores: str, events: str, after: str, guard: str = "") -> tuple[Row, ...]:
    return tuple(Row(before, events, after, guard) for before in befores.split())
