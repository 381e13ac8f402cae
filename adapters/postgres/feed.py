"""Feeds (配信): where there may be something for an agency, as the list of them says."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from adapters.postgres.lists import PostgresLists
from domain.model import AgencyId, CaseId, stream_of
from projections.feed import FEED, NAMED
from services.feeding import FeedCandidate
from services.feeding.arriving import Outside
from services.feeding.waking import News

# An agency hears for itself; and for whom it took over from or coordinates, since then.
_FEED: Final = """
with outside as materialized (
    select position, about from views.feed where whom = %(stream)s and position > 0
), hears as (
    select %(agency)s::uuid as whom, %(since)s::bigint as since
    union all
    select about, greatest(%(since)s, min(position)) from outside group by about
)
select position, about, bool_or(outside) from (
    (select found.position, found.about, false as outside
     from hears cross join lateral (
         select position, about from views.feed
         where whom = hears.whom and position >= greatest(hears.since, 1)
         order by position limit %(most)s
     ) found
     order by position limit %(most)s)
    union all
    select position, about, true from outside where position >= %(since)s
) candidates
group by position, about order by position limit %(most)s
"""
_OUTSIDE: Final = """
select position, about from views.feed
where whom = %(stream)s and position > 0 order by position
"""
_OPENED: Final = """
select about from views.feed
where whom = %(about)s and position = %(named)s and about > %(after)s
order by about limit %(most)s
"""
# Both as they stand at one moment; where there is nothing new, nobody.
_NEWS: Final = """
select reached.position, new.whom
from views.checkpoint reached left join lateral (
    select whom from views.feed where position > %(after)s order by position limit %(most)s
) new on true
where reached.name = %(name)s
"""


class PostgresFeed:
    """``services.feeding.FeedCandidates``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def feed_of(self, agency: AgencyId, since: int, most: int) -> Sequence[FeedCandidate]:
        asked = {
            "agency": agency,
            "stream": stream_of("agency", agency),
            "since": since,
            "most": most,
        }
        return await self._lists.rows(FeedCandidate, _FEED, asked)

    async def outside_of(self, agency: AgencyId) -> Sequence[Outside]:
        return await self._lists.rows(Outside, _OUTSIDE, {"stream": stream_of("agency", agency)})

    async def opened_by(self, about: UUID, after: UUID, most: int) -> Sequence[CaseId]:
        asked = {"about": about, "named": NAMED, "after": after, "most": most}
        return await self._lists.rows(CaseId, _OPENED, asked)

    async def feed_news(self, after: int, most: int) -> News:
        asked = {"name": FEED.name, "after": after, "most": most + 1}
        found = await self._lists.rows(_New, _NEWS, asked)
        reached = found[0].reached if found else 0
        whom = {each.whom for each in found if each.whom is not None}
        return News(reached, whom if len(found) <= most else None)


class _New(NamedTuple):
    reached: int
    whom: UUID | None
