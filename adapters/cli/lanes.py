"""Lanes (担当の流れ) as text: one for each agency, time downwards, her handovers as arrows.

Only characters that every terminal draws one cell wide are used for the lanes, and no colour:
Japanese terminals differ on how wide a line or a circle is.
"""

from collections.abc import Sequence
from string import ascii_letters
from typing import Final, NamedTuple

from contracts.replay import LaneShown, Mark, ReplayLine

TIME: Final = 6  # As wide as ``10:20 ``.
CELL: Final = 4
CELL_MIN: Final = 2
WORDS_MIN: Final = 30  # As much as is left for words beside the lanes.
SOMEBODY: Final = "?"
ITSELF: Final = "@"
MORE: Final = "+"

# Where an event stands in its lane.
SIGNS: Final[dict[Mark | None, str]] = {
    None: "o",
    "ACCEPTED": "*",
    "ASKED": "o",
    "SENT": "o",
    "TAKEN": "+",
    "NOT_TAKEN": "x",
    "HANDED_OVER": "o",
    "MOVED": "*",
    "CLOSED": "X",
    "REOPENED": "*",
    "STAY_DECIDED": "(",
    "STAY_BEGUN": "[",
    "STAY_OVER": "]",
    "CONVENED": "m",
    "HELD": "M",
}
ARROWS: Final[dict[Mark, str]] = {"ASKED": ".", "SENT": "-", "HANDED_OVER": "=", "MOVED": "="}


class Place(NamedTuple):
    """Of a lane, at which cell of the line it stands."""

    letter: str
    at: int


class Pool:
    """Lanes beside each other, as many as fit; the others share the last."""

    def __init__(self, lanes: Sequence[LaneShown], width: int) -> None:
        fit = max(1, (width - TIME - WORDS_MIN) // CELL_MIN)
        cell = CELL if TIME + CELL * len(lanes) + WORDS_MIN <= width else CELL_MIN
        letters = iter(ascii_letters[26:] + ascii_letters[:26])
        named = [_sign(lane) or next(letters, MORE) for lane in lanes]
        self.letters: Final = named
        last = fit - 1 if len(named) > fit else len(named)
        self.places: Final = [
            Place(letter if nth < last else MORE, min(nth, last) * cell)
            for nth, letter in enumerate(named)
        ]
        self.width: Final = max((place.at for place in self.places), default=0) + cell

    def head(self) -> str:
        line = [" "] * self.width
        for place in reversed(self.places):
            line[place.at] = place.letter
        return "".join(line)

    def bars(self, holder: int | None) -> str:
        return "".join(self._bars(holder))

    def drawn(self, line: ReplayLine) -> str:
        """Who holds the baton after it has the thick bar."""
        drawn = self._bars(line.holder)
        stands = self.places[line.lane if line.of is None else line.of].at
        drawn[stands + 1] = SIGNS[line.mark]
        if line.to is None or line.mark not in ARROWS:
            return "".join(drawn)
        goes, stroke = self.places[line.to].at, ARROWS[line.mark]
        if stands < goes:
            self._stroke(drawn, stands + 2, goes - 1, stroke)
            drawn[goes - 1] = ">"
        elif goes < stands:
            self._stroke(drawn, goes + 2, stands, stroke)
            drawn[goes + 1] = "<"
        return "".join(drawn)

    def _bars(self, holder: int | None) -> list[str]:
        line = [" "] * self.width
        for place in self.places:
            line[place.at] = "|"
        if holder is not None:
            line[self.places[holder].at] = "#"
        return line

    def _stroke(self, drawn: list[str], begin: int, end: int, stroke: str) -> None:
        """Across the lanes between, and through none of them."""
        bars = {place.at for place in self.places}
        for at in range(begin, end):
            if at not in bars:
                drawn[at] = stroke


def _sign(lane: LaneShown) -> str:
    """Of those that are no agency, or of which nothing is told."""
    if lane.by_itself:
        return ITSELF
    return SOMEBODY if lane.agency.id is None and lane.agency.kind is None else ""
