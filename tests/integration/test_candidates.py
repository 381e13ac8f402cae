"""Long lists, page by page: every row once, in one order, also while rows are added."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final, LiteralString, TypeAlias
from uuid import uuid4

import pytest_asyncio

from adapters.crypto import ChaChaCipher
from adapters.engines import PostgresAccess
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.lists import PostgresLists
from adapters.postgres.views import PostgresViews
from domain.catalogue import EVENTS
from domain.model import AgencyId
from projections.lists import LISTS
from services.listing import RowPlace
from services.projecting import Projecting
from services.sealing import Sealing
from tests.integration.writers import session

MANY: Final = 20_000
PAGE: Final = 500
CITY, CENTRE = AgencyId(uuid4()), AgencyId(uuid4())

# Every other case is the city's; the others are others' affairs.
CASES: Final = """
insert into views.case_list (agency, case_id, since)
select case n %% 2 when 0 then %(agency)s else gen_random_uuid() end, gen_random_uuid(), n
from generate_series(%(after)s::int + 1, %(after)s + 2 * %(count)s) n
"""
# By turns one that the city sends, one that it gets, and one that it is not to know of yet.
REFERRALS: Final = """
insert into views.referral_board
    (stream, referral_id, case_id, from_agency, to_agency, status, is_open, drafted, sent)
select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
       case n %% 3 when 0 then %(agency)s else %(other)s end,
       case n %% 3 when 0 then %(other)s else %(agency)s end,
       'DRAFT', n %% 2 = 0, n, case n %% 3 when 2 then null else n + 5 end
from generate_series(%(after)s::int + 1, %(after)s + 3 * %(count)s / 2) n
"""
EXCLUSIONS: Final = "insert into views.case_exclusions select case_id, 1 from views.referral_board"
CHANGES: Final = "insert into views.case_activity select case_id, since + 7 from views.case_list"
REACHED: Final = "update views.checkpoint set position = %(position)s where name = %(name)s"

Page: TypeAlias = Sequence[tuple[Any, ...]]
Fetch: TypeAlias = Callable[[AgencyId, RowPlace | None, int], Awaitable[Page]]


class Lists:
    """Filled from outside, as if so many events had come."""

    def __init__(self, access: PostgresAccess, candidates: PostgresCandidates) -> None:
        self._access: Final = access
        self.candidates: Final = candidates

    def does(self, what: LiteralString, **said: object) -> None:
        with session(self._access.app) as keeper:
            keeper.execute(what, {"agency": CITY, "other": CENTRE, **said})

    async def read_to_the_end(self, fetch: Fetch, rows: LiteralString, *, adding: int) -> Page:
        """Page by page; and after each of the first pages a few more rows have come."""
        read: list[tuple[Any, ...]] = []
        place: RowPlace | None = None
        while page := await fetch(CITY, place, PAGE):
            read += page
            place = page[-1][0], page[-1][1]
            if adding:
                self.does(rows, after=1_000_000 * adding, count=10)
                adding -= 1
        return read


@pytest_asyncio.fixture
async def lists(database: PostgresAccess) -> AsyncIterator[Lists]:
    sealing = Sealing(EVENTS, ChaChaCipher())
    async with (
        PostgresLists(database.app) as read,
        PostgresViews(database.app) as views,
        PostgresEventLog(database.app) as log,
    ):
        for of in LISTS:
            async for _ in Projecting(of, views, log, sealing).rebuild():
                pass
        yield Lists(database, PostgresCandidates(read))


async def test_each_of_20000_cases_is_on_one_page_also_while_more_come(lists: Lists) -> None:
    lists.does(CASES, after=0, count=MANY)
    read = await lists.read_to_the_end(lists.candidates.cases_of, CASES, adding=3)
    assert read == sorted(set(read))
    assert [row[0] for row in read[:MANY]] == [*range(2, 2 * MANY + 1, 2)]
    assert len(read) == MANY + 30


async def test_each_referral_is_on_one_page_from_when_its_side_knows_of_it(lists: Lists) -> None:
    lists.does(REFERRALS, after=0, count=MANY)
    read = await lists.read_to_the_end(lists.candidates.referrals_of, REFERRALS, adding=3)
    assert read == sorted(set(read))
    assert len(read) == MANY + 30


async def test_open_referrals_are_those_and_the_ended_ones_of_whoever_shut_somebody_out(
    lists: Lists,
) -> None:
    lists.does(REFERRALS, after=0, count=MANY)
    every = await lists.read_to_the_end(lists.candidates.referrals_of, REFERRALS, adding=0)
    opened = await lists.read_to_the_end(lists.candidates.open_referrals_of, REFERRALS, adding=0)
    assert opened == sorted(set(opened))
    assert set(opened) < set(every)
    assert len(opened) == MANY // 2
    lists.does(EXCLUSIONS)
    assert (
        await lists.read_to_the_end(lists.candidates.open_referrals_of, REFERRALS, adding=0)
        == every
    )


async def test_each_case_that_has_changed_is_told_once_as_far_as_both_lists_have_come(
    lists: Lists,
) -> None:
    lists.does(CASES, after=0, count=MANY)
    lists.does(CHANGES)
    half, all_ = MANY, 2 * MANY + 7
    lists.does(REACHED, name="case_activity", position=all_)
    lists.does(REACHED, name="case_list", position=half)
    assert await lists.candidates.reached() == half
    told = await changed_after(lists, 0)
    assert [position for position, _ in told] == [*range(9, half + 1, 2)]
    lists.does(REACHED, name="case_list", position=all_)
    told += await changed_after(lists, told[-1][0])
    assert [position for position, _ in told] == [*range(9, all_ + 1, 2)]


async def changed_after(lists: Lists, position: int) -> list[tuple[Any, ...]]:
    told: list[tuple[Any, ...]] = []
    while page := await lists.candidates.changed_cases(CITY, position, PAGE):
        told += page
        position = page[-1].position
    return told


async def test_lists_that_are_not_made_yet_are_empty(database: PostgresAccess) -> None:
    async with PostgresLists(database.app) as lists:
        candidates = PostgresCandidates(lists)
        assert await candidates.cases_of(CITY, None, PAGE) == []
        assert await candidates.referrals_of(CITY, None, PAGE) == []
        assert await candidates.open_referrals_of(CITY, None, PAGE) == []
        assert await candidates.changed_cases(CITY, 0, PAGE) == []
        assert await candidates.reached() == 0
