"""Where in a feed there may be something: the rows of ``views.feed``, by the fold that is shipped.

They follow the log only when they are told to, and until then they lag behind it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, TypeAlias

from projections.feed import FEED, FeedRow, Key
from projections.tables import fold, touched
from services.ports import StoredEvent
from services.projecting import Telling
from tests.feeds import Candidates
from tests.gate.base import base
from tests.sealed import SEALING

Rows: TypeAlias = Mapping[Key, FeedRow]


class Places:
    """``now``: as far as they have followed."""

    def __init__(self, log: Sequence[StoredEvent]) -> None:
        self._log: Final = log
        self._rows: Rows = _at_the_beginning()
        self._until = len(base().log)
        self.now = Candidates(frozenset(self._rows.values()), self._until)

    def catch_up(self) -> None:
        if self._until == len(self._log):
            return
        self._rows = _followed(self._rows, self._log[self._until :])
        self._until = len(self._log)
        self.now = Candidates(frozenset(self._rows.values()), self._until)


@cache
def _at_the_beginning() -> Rows:
    begin = [
        written.stored._replace(position=position)
        for position, written in enumerate(base().log, start=1)
    ]
    return _followed({}, begin)


def _followed(rows: Rows, batch: Sequence[StoredEvent]) -> Rows:
    """As ``services.projecting`` brings a batch into the table."""
    moved = touched(FEED, Telling(SEALING).seen(batch, FEED.tags, others=FEED.hears_others))
    at_hand = {key: row for key, row in rows.items() if key[: FEED.found_by] in moved}
    made = fold(FEED, at_hand, moved)
    return {**rows, **{key: row for key, row in made.items() if row is not None}}
