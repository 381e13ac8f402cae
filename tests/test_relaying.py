"""Relaying: onto the stream in the order of the log, once, whatever was there before."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from adapters.engines.nats_server import MESSAGE_BYTES_MAX
from adapters.nats.events import HEADERS_BYTES_MAX
from domain.catalogue import EVENTS
from domain.fields import cut_of, largest_header, largest_parts
from domain.model import Event, StreamId
from services import relaying
from services.ports import NO_PARTS, Extent, Message, Overtaken, Span, StoredEvent
from services.relaying import (
    Compared,
    Fault,
    Head,
    LogHasGap,
    MessageDamaged,
    Progress,
    Relaying,
    StreamAhead,
    StreamDiffers,
    compare,
    message_of,
    stored_of,
)


class Log:
    """Of as many events as are said to be in it."""

    def __init__(self, length: int, note: str = "noted") -> None:
        self.events = [an_event(position, note) for position in range(1, length + 1)]
        self.asked = 0

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        self.asked += 1
        return [stored for stored in self.events if stored.position > position][:most]

    async def head(self) -> int:
        return max((stored.position for stored in self.events), default=0)

    def grow(self, note: str = "noted") -> int:
        self.events.append(an_event(len(self.events) + 1, note))
        return len(self.events)


class Stream:
    """It takes only what follows its last message, as JetStream does."""

    def __init__(self, held: Sequence[StoredEvent] = ()) -> None:
        self.last = len(held)
        self.held = {stored.position: message_of(stored) for stored in held}
        self.removals = 0
        self.refusals = 0

    async def extent(self) -> Extent:
        first = min(self.held, default=self.last + 1 if self.last else 0)
        return Extent(first, self.last, len(self.held))

    async def continue_after(self, position: int, messages: Sequence[Message]) -> None:
        await asyncio.sleep(0)
        if position != self.last:
            self.refusals += 1
            raise Overtaken
        for message in messages:
            self.last += 1
            self.held[self.last] = message.content

    async def message(self, position: int) -> bytes | None:
        return self.held.get(position)

    async def messages(self) -> AsyncGenerator[tuple[int, bytes]]:
        for position in sorted(self.held):
            yield position, self.held[position]

    async def remove(self) -> None:
        self.removals += 1
        self.last = 0
        self.held.clear()

    def equals(self, log: Log) -> bool:
        return list(self.held.items()) == [
            (stored.position, message_of(stored)) for stored in log.events
        ]


def an_event(position: int, note: str = "noted") -> StoredEvent:
    entry = position.to_bytes(8, "big") + note.encode()
    return StoredEvent(position, StreamId(UUID(int=1)), position, "case.noted.v1", entry)


async def relayed(log: Log, stream: Stream) -> list[Progress]:
    return [progress async for progress in Relaying(log, stream, Head()).catch_up()]


async def faults_of(log: Log, stream: Stream) -> list[tuple[int, Fault]]:
    return [fault async for page in compare(log, stream) for fault in page.faults]


@pytest.fixture(autouse=True)
def _no_time_lost(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(relaying, "BATCH_MAX", 3)
    monkeypatch.setattr(relaying, "POLL_S", 0.02)
    monkeypatch.setattr(relaying, "GIVE_WAY_S", 0)
    monkeypatch.setattr(relaying, "GROWS_WITHIN_S", 0.02)


# Going on


async def test_what_is_in_the_log_comes_onto_the_stream_page_by_page() -> None:
    log, stream = Log(7), Stream()
    assert await relayed(log, stream) == [(0, 7), (3, 7), (6, 7), (7, 7)]
    assert stream.equals(log)


async def test_a_relay_goes_on_where_the_stream_ends() -> None:
    log = Log(7)
    stream = Stream(log.events[:5])
    assert await relayed(log, stream) == [(5, 7), (7, 7)]
    assert stream.equals(log)
    assert stream.removals == 0


async def test_where_all_is_there_nothing_is_done() -> None:
    log = Log(4)
    stream = Stream(log.events)
    assert await relayed(log, stream) == [(4, 4)]
    assert await relayed(Log(0), Stream()) == [(0, 0)]


async def test_who_was_overtaken_goes_on_after_the_other() -> None:
    log, stream = Log(40), Stream()
    await asyncio.gather(*(relayed(log, stream) for _ in range(4)))
    assert stream.equals(log)
    assert stream.refusals > 0


async def test_a_stream_lost_on_the_way_is_begun_again() -> None:
    log, stream = Log(9), Stream()
    pages = Relaying(log, stream, Head()).catch_up()
    assert [await anext(pages), await anext(pages)] == [(0, 9), (3, 9)]
    await stream.remove()
    assert [page async for page in pages][-1] == (9, 9)
    assert stream.equals(log)


@pytest.mark.parametrize("lost", [{1}, {1, 2}, {3}, {2, 4, 5}, {6}, {1, 2, 3, 4, 5, 6}], ids=str)
async def test_a_stream_with_holes_is_made_anew(lost: set[int]) -> None:
    log = Log(8)
    stream = Stream(log.events[:6])
    for position in lost:
        del stream.held[position]
    await relayed(log, stream)
    assert stream.equals(log)
    assert stream.removals == 1


async def test_a_stream_of_an_older_log_is_left_as_it_is() -> None:
    """Whoever restored the database decides which of the two is right."""
    stream = Stream(Log(5).events)
    with pytest.raises(StreamAhead) as refused:
        await relayed(Log(4), stream)
    assert refused.value.facts == {"stream": 5, "log": 4}
    assert (stream.last, stream.removals) == (5, 0)


@pytest.mark.parametrize("lost", [set[int](), {2}], ids=["whole", "with a hole"])
async def test_a_stream_of_another_log_is_left_as_it_is(lost: set[int]) -> None:
    stream = Stream(Log(3, note="of another woman").events)
    for position in lost:
        del stream.held[position]
    with pytest.raises(StreamDiffers) as refused:
        await relayed(Log(4), stream)
    assert refused.value.facts == {"position": 3}
    assert (stream.last, stream.removals) == (3, 0)


async def test_a_stream_with_a_last_message_that_is_none_of_ours_is_left_as_it_is() -> None:
    stream = Stream(Log(3).events)
    stream.held[3] = b"nothing of ours"
    with pytest.raises(MessageDamaged):
        await relayed(Log(4), stream)
    assert (stream.last, stream.removals) == (3, 0)


async def test_rebuilding_takes_whatever_is_there_away() -> None:
    log, stream = Log(4), Stream(Log(9, note="of another woman").events)
    assert [p async for p in Relaying(log, stream, Head()).rebuild()] == [(0, 4), (3, 4), (4, 4)]
    assert stream.equals(log)


async def test_nothing_is_relayed_past_a_gap_in_the_log() -> None:
    log, stream = Log(6), Stream()
    del log.events[4]
    with pytest.raises(LogHasGap) as refused:
        await relayed(log, stream)
    assert refused.value.facts == {"position": 5}
    assert stream.last == 3


# Being woken


async def test_what_is_appended_is_relayed_as_soon_as_it_is_heard_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relaying, "POLL_S", 60)
    log, stream, head = Log(2), Stream(), Head()
    async with running(log, stream, head):
        await until(lambda: stream.equals(log))
        for _ in range(3):
            head.reached(log.grow())
            await until(lambda: stream.equals(log))


async def test_what_nobody_told_of_is_found_by_looking() -> None:
    log, stream = Log(2), Stream()
    async with running(log, stream, Head()):
        await until(lambda: stream.equals(log))
        log.grow()
        await until(lambda: stream.equals(log))


async def test_a_stream_that_was_lost_is_found_by_looking() -> None:
    log, stream = Log(5), Stream()
    async with running(log, stream, Head()):
        await until(lambda: stream.equals(log))
        await stream.remove()
        await until(lambda: stream.equals(log))


async def test_a_false_alarm_costs_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    log, stream, head = Log(2), Stream(), Head()
    async with running(log, stream, head):
        await until(lambda: stream.equals(log))
        monkeypatch.setattr(relaying, "POLL_S", 60)
        await asyncio.sleep(0.05)  # The poll under way ends.
        asked = log.asked
        head.reached(1_000_000)
        await asyncio.sleep(0.05)  # The time it would have.
        assert log.asked - asked < 6


async def test_the_head_is_where_the_furthest_was_heard_of() -> None:
    head = Head()
    head.reached(7)
    head.reached(3)
    assert await head.is_beyond(6, 0)
    assert not await head.is_beyond(7, 0)
    head.forget()
    assert not await head.is_beyond(0, 0)


# Comparing


async def test_what_equals_the_log_has_no_fault() -> None:
    log = Log(7)
    found = [page async for page in compare(log, Stream(log.events))]
    assert found == [Compared(3, 7), Compared(6, 7), Compared(7, 7)]
    assert [page async for page in compare(Log(0), Stream())] == []


async def test_every_fault_is_found_at_its_position() -> None:
    log = Log(6)
    stream = Stream([*log.events, an_event(7), an_event(8)])
    del stream.held[2]
    stream.held[4] = message_of(an_event(4, "something else"))
    stream.held[5] = b"nothing of ours"
    assert await faults_of(log, stream) == [
        (2, "missing"),
        (4, "differs"),
        (5, "differs"),
        (7, "not_in_log"),
        (8, "not_in_log"),
    ]


async def test_what_the_stream_still_lacks_after_a_while_is_missing() -> None:
    log = Log(5)
    assert await faults_of(log, Stream(log.events[:3])) == [(4, "missing"), (5, "missing")]


async def test_a_stream_that_is_being_filled_is_waited_for() -> None:
    log, stream = Log(30), Stream()
    comparing = asyncio.create_task(faults_of(log, stream))
    for end in range(3, 31, 3):
        await stream.continue_after(
            stream.last, [Message(s.type, message_of(s)) for s in log.events[end - 3 : end]]
        )
        await asyncio.sleep(0.01)
    assert await comparing == []


# Messages


small = some.integers(min_value=0, max_value=60_000)
events = some.builds(
    StoredEvent,
    position=some.integers(min_value=1, max_value=2**53),
    stream=some.uuids().map(StreamId),
    version=some.integers(min_value=1, max_value=2**53),
    type=some.text(max_size=64),
    entry=some.binary(min_size=8, max_size=200),
    parts=some.dictionaries(some.text(max_size=20), some.binary(max_size=50), max_size=4),
    facts=some.none() | some.builds(Span, small, small),
)


@given(stored=events)
def test_a_message_says_all_of_an_event_but_its_position(stored: StoredEvent) -> None:
    assert stored_of(stored.position, message_of(stored)) == stored


@given(stored=events)
def test_the_same_event_makes_the_same_message(stored: StoredEvent) -> None:
    again = stored_of(stored.position, message_of(stored))
    assert message_of(again) == message_of(stored)


def test_an_event_without_parts_comes_back_without_parts() -> None:
    bare = StoredEvent(1, StreamId(UUID(int=1)), 1, "case.opened.v1", bytes(8) + b"{}")
    assert stored_of(1, message_of(bare)) == bare
    assert stored_of(1, message_of(bare)).parts is NO_PARTS


@pytest.mark.parametrize("content", [b"", b"{}", b"\xc1"], ids=repr)
def test_what_is_no_message_of_ours_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(MessageDamaged) as refused:
        stored_of(7, content)
    assert refused.value.facts == {"position": 7}
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("event", EVENTS.types.values(), ids=EVENTS.types)
def test_no_event_can_be_larger_than_the_server_takes(event: type[Event]) -> None:
    """By its declaration: whatever may ever be in it."""
    cut = cut_of(event)
    largest = largest_header(event, cut) + largest_parts(event, cut)
    sealing = 256 * len(cut.sealed)  # Its name, salt, nonce and padding, with room to spare.
    assert largest + sealing + HEADERS_BYTES_MAX <= MESSAGE_BYTES_MAX


@asynccontextmanager
async def running(log: Log, stream: Stream, head: Head) -> AsyncGenerator[None]:
    task = asyncio.create_task(Relaying(log, stream, head).run(lambda _: None))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(found: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 (the fakes set no events)
            await asyncio.sleep(0)
