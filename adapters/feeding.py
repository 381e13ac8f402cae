"""Feeding (配信), put together: over the lists in PostgreSQL, woken with the log."""

from adapters.postgres.feed import PostgresFeed
from adapters.postgres.lists import PostgresLists
from services.aliases import Cursors
from services.feeding import Feeding
from services.feeding.waking import Waking
from services.looking import Looking
from services.ports import Clock
from services.relaying import Head


def feeding(
    looking: Looking, cursors: Cursors, lists: PostgresLists, head: Head, wall: Clock
) -> Feeding:
    candidates = PostgresFeed(lists)
    return Feeding(looking, cursors, candidates, Waking(head, candidates.feed_news), wall)
