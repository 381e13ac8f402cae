"""How far each machine is held to its table: every command in every state, and what comes of it.

``python -m tests.courses`` counts them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.speech import Refused

# It happens, it is refused, or there is nothing to do.
Comes: TypeAlias = Literal["goes on", "refused", "nothing"]


class Cell(NamedTuple):
    state: str
    command: str
    comes: Comes


COURSES: Final[dict[str, frozenset[Cell]]] = {}


def course(name: str, cells: Iterable[tuple[str, str, object]]) -> None:
    """``cells``: a state, a command, and a refusal, ``None`` for nothing, or what it leads to.

    Asked in several ways, a command goes on if it does in one of them.
    """
    found: dict[tuple[str, str], Comes] = {}
    for state, command, outcome in cells:
        comes = _comes(outcome)
        if comes == "goes on" or found.get((state, command)) != "goes on":
            found[state, command] = comes
    assert name not in COURSES, name
    COURSES[name] = frozenset(Cell(*pair, comes) for pair, comes in found.items())


def _comes(outcome: object) -> Comes:
    if outcome is None:
        return "nothing"
    return "refused" if isinstance(outcome, type) and issubclass(outcome, Refused) else "goes on"


def table() -> Iterator[str]:
    """States × commands, and how often something happens, is refused, or there is nothing to do."""
    pairs = 0
    for name, cells in sorted(COURSES.items()):
        states = {cell.state for cell in cells}
        commands = {cell.command for cell in cells}
        assert len(cells) == len(states) * len(commands), f"{name} leaves something out"
        pairs += len(cells)
        said = f"{len(states)} × {len(commands)} = {len(cells)}"
        yield f"{name:34}{said:>16}  {_counted(cells)}"
    everything = [cell for cells in COURSES.values() for cell in cells]
    yield f"{f'{len(COURSES)} machines':34}{pairs:>16}  {_counted(everything)}"


def _counted(cells: Iterable[Cell]) -> str:
    count = Counter(cell.comes for cell in cells)
    return f"{count['goes on']:5} go on {count['refused']:5} refused {count['nothing']:4} nothing"


def gather() -> None:
    """Every flat module of tests says what it holds to its table when it is read."""
    for module in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"tests.{module.stem}")


if __name__ == "__main__":
    told = import_module("tests.courses")  # As the tests know it, and not as what was started.
    told.gather()
    print("\n".join(told.table()))  # noqa: T201
