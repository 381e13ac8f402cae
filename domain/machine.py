"""State machines (状態遷移): from which state which event leads to which, said once.

Deciders ask it, the pages in ``docs/`` are drawn from it, and what it does not say is refused.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple

import msgspec

from domain.codes import Label
from domain.model import Event

NOT_YET: Final = "—"  # Before its first event.


class Edge(NamedTuple):
    before: str
    event: type[Event]
    after: str


class Machine(msgspec.Struct, frozen=True, dict=True):
    """``states`` are named in Japanese and English, in the order in which they are told."""

    name: Label
    states: Mapping[str, Label]
    edges: tuple[Edge, ...]

    def allows(self, before: str, event: type[Event]) -> bool:
        return (before, event) in self._afters

    def after(self, before: str, event: type[Event]) -> str:
        """Where an event leads that has happened."""
        after = self._afters.get((before, event), ())
        assert len(after) == 1, f"{event.__name__} after {before} leads to {sorted(after)}"
        return next(iter(after))

    @cached_property
    def _afters(self) -> dict[tuple[str, type[Event]], set[str]]:
        """It is asked at every step."""
        found: dict[tuple[str, type[Event]], set[str]] = {}
        for edge in self.edges:
            found.setdefault((edge.before, edge.event), set()).add(edge.after)
        return found


def edges(event: type[Event], befores: Iterable[str], after: str | None = None) -> tuple[Edge, ...]:
    """The same event from several states; without ``after`` it leaves each as it is."""
    return tuple(Edge(before, event, before if after is None else after) for before in befores)
