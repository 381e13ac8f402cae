"""Figures of the lists (計測): how far each is behind the log; of no agency, and of no case."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from math import nan
from typing import Any, Final, NoReturn

from prometheus_client import Gauge

from adapters.ending import ended
from adapters.postgres.views import PostgresViews
from projections.tables import Projection
from services.ports import LogUnavailable

LOOKED_AT_EVERY_S: Final = 2.0

_BEHIND: Final = Gauge(
    "tsunagu_projection_behind_events", "Events in the log not yet in the list", ("projection",)
)
_BEHIND_S: Final = Gauge(
    "tsunagu_projection_behind_seconds", "Since when the next event waits", ("projection",)
)
_STOPPED: Final = Gauge(
    "tsunagu_projection_stopped", "1 where it cannot go on without somebody", ("projection",)
)


@asynccontextmanager
async def measured(
    views: PostgresViews, lists: Sequence[Projection[Any, Any]]
) -> AsyncGenerator[None]:
    """Looked at from outside, again and again: a list that hangs cannot say so itself."""
    looking = asyncio.create_task(_look(views, lists))
    try:
        yield
    finally:
        await ended(looking)
        for figure in (_BEHIND, _BEHIND_S, _STOPPED):  # Nobody looks at them any more.
            figure.clear()


async def _look(views: PostgresViews, lists: Sequence[Projection[Any, Any]]) -> NoReturn:
    while True:
        try:
            for standing in await views.standings(lists):
                _measure(standing.name, standing.behind, standing.behind_s)
                _STOPPED.labels(standing.name).set(standing.state == "stopped")
        except LogUnavailable:
            for each in lists:
                _measure(each.name, nan, nan)
        await asyncio.sleep(LOOKED_AT_EVERY_S)


def _measure(name: str, behind: float, behind_s: float) -> None:
    """Not a number is what nobody knows."""
    _BEHIND.labels(name).set(behind)
    _BEHIND_S.labels(name).set(behind_s)
