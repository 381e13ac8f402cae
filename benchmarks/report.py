"""What was measured: one figure a line, for people and for programmes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

Bound: TypeAlias = Literal["at least", "at most"]

_HEADINGS: Final = ("what", "value", "unit", "ratio", "target", "met", "against")


class Figure(msgspec.Struct, frozen=True):
    """``ratio`` is of the value to what it is ``against``, in the same round; ``met`` is of it."""

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    target: float | None = None
    met: bool | None = None


def targeted(  # noqa: PLR0913 (one for each column)
    name: str,
    value: float,
    unit: str,
    *,
    against: str | None,
    ratio: float,
    target: float,
    bound: Bound = "at least",
) -> Figure:
    met = ratio >= target if bound == "at least" else ratio <= target
    return Figure(name, value, unit, against, ratio, target, met)


def table(figures: Sequence[Figure]) -> str:
    rows = [_HEADINGS, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def verdict(figures: Sequence[Figure]) -> str:
    judged = [figure for figure in figures if figure.met is not None]
    missed = [figure.name for figure in judged if not figure.met]
    if missed:
        return f"{len(missed)} of {len(judged)} targets missed: {'; '.join(missed)}"
    return f"all {len(judged)} targets met"


def write(figures: Sequence[Figure], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _number(figure.value),
        figure.unit,
        _number(figure.ratio),
        _number(figure.target),
        {None: "", True: "yes", False: "NO"}[figure.met],
        figure.against or "",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = {1, 3, 4}
    padded = (
        cell.rjust(width) if nth in numbers else cell.ljust(width)
        for nth, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"  # noqa: PLR2004 (three digits say enough)
