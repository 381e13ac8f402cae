"""Reading the log on from a position: whole events, in its order, a page at a time."""

from collections.abc import Sequence

from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from services.ports import StoredEvent
from tests.integration.writers import a_stream, append_batch, command, event, session


async def test_every_event_is_read_whole_and_in_the_order_of_the_log(
    database: PostgresAccess,
) -> None:
    streams = [a_stream() for _ in range(3)]
    async with PostgresEventLog(database.app) as log:
        for version in (1, 2):
            for stream in streams:
                await log.append(command(event(stream, version, parts={"note": b"sealed"})))
        found = await log.after(0, 100)
        by_stream = (await log.read(*streams)).streams
        assert [stored.position for stored in found] == [1, 2, 3, 4, 5, 6]
        assert sorted(found) == sorted(stored for of in by_stream.values() for stored in of)
        assert await log.head() == 6


async def test_a_page_begins_after_the_position_and_ends_when_it_is_full(
    database: PostgresAccess,
) -> None:
    async with PostgresEventLog(database.app) as log:
        await log.append(command(*(event(a_stream()) for _ in range(5))))
        assert positions(await log.after(1, 3)) == [2, 3, 4]
        assert positions(await log.after(4, 3)) == [5]
        assert positions(await log.after(5, 3)) == []


async def test_large_events_make_a_short_page_and_the_largest_still_makes_one(
    database: PostgresAccess,
) -> None:
    with session(database.app) as writer:
        append_batch(
            writer,
            *(command(event(a_stream(), parts={"note": bytes(5 << 20)})) for _ in range(3)),
            command(event(a_stream(), parts={"note": bytes(9 << 20)})),
            command(event(a_stream())),
        )
    async with PostgresEventLog(database.app) as log:
        pages: list[list[int]] = []
        while found := positions(await log.after(sum(map(len, pages)), 1000)):
            pages.append(found)
    assert pages == [[1, 2], [3, 4], [5]]


async def test_an_empty_log_has_come_to_nothing(database: PostgresAccess) -> None:
    async with PostgresEventLog(database.app) as log:
        assert await log.head() == 0
        assert not await log.after(0, 10)


def positions(found: Sequence[StoredEvent]) -> list[int]:
    return [stored.position for stored in found]
