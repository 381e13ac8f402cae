"""Relaying (中継): what enters the log goes onto EVENTS, in its order and once, whoever dies.

The sequence of a message is the position of its event, and it is taken only where the message
before it is the last. So a relay remembers nothing: it goes on where the stream ends, and of two
relays one is told that the other was first.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from typing import ClassVar, Final, Literal, NamedTuple, NoReturn, Protocol, TypeAlias

import msgspec

from domain.model import StreamId
from domain.speech import CannotRun
from services.ports import (
    NO_PARTS,
    Events,
    EventStream,
    Extent,
    Message,
    Overtaken,
    Span,
    StoredEvent,
)

BATCH_MAX: Final = 1000  # What nats-server takes as one.
POLL_S: Final = 1.0
GIVE_WAY_S: Final = 0.05
GROWS_WITHIN_S: Final = 1.5  # Or nobody relays.


class StreamAhead(CannotRun):
    """The EVENTS stream knows events that the log does not: an older database was restored."""

    ja: ClassVar[str] = (
        "EVENTS ストリームに、記録にない出来事があります。"
        "データベースが古い状態に復元されています。"
    )
    remedy: ClassVar[str] = (
        "If this database is the one to keep, run `tsunagu streams rebuild`; "
        "otherwise restore the newer one."
    )
    remedy_ja: ClassVar[str] = (
        "このデータベースを使い続ける場合は `tsunagu streams rebuild` を実行し、"
        "そうでなければ新しいほうを復元してください。"
    )


class StreamDiffers(CannotRun):
    """The last event on the EVENTS stream is another than the log has at its position."""

    ja: ClassVar[str] = "EVENTS ストリームの最後の出来事が、記録の同じ位置のものと違います。"
    remedy: ClassVar[str] = StreamAhead.remedy
    remedy_ja: ClassVar[str] = StreamAhead.remedy_ja


class LogHasGap(CannotRun):
    """The log lacks an event: somebody has taken it out."""

    ja: ClassVar[str] = "記録から出来事が抜けています。何者かが取り除いています。"
    remedy: ClassVar[str] = "Restore the database from a backup, and keep this one for inquiry."
    remedy_ja: ClassVar[str] = (
        "バックアップからデータベースを復元し、現在のものは調査のため保存してください。"
    )


class MessageDamaged(CannotRun):
    """A message on the EVENTS stream is none of ours."""

    ja: ClassVar[str] = "EVENTS ストリームのメッセージが、つなぐの書いたものではありません。"
    remedy: ClassVar[str] = "Run `tsunagu streams rebuild`."
    remedy_ja: ClassVar[str] = "`tsunagu streams rebuild` を実行してください。"


class Head:
    """How far the log is said to have come, by those who append and those who listen."""

    def __init__(self) -> None:
        self._position = 0
        self._raised: Final = asyncio.Event()

    def reached(self, position: int) -> None:
        if position > self._position:
            self._position = position
            self._raised.set()

    def forget(self) -> None:
        self._position = 0

    async def is_beyond(self, position: int, within_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._position <= position:
                    self._raised.clear()
                    await self._raised.wait()
        return self._position > position


class Source(Events, Protocol):
    """The log, as those see it who only follow it."""

    async def head(self) -> int: ...


class Progress(NamedTuple):
    position: int
    of: int


class Relaying:
    def __init__(self, log: Source, stream: EventStream, head: Head) -> None:
        self._log: Final = log
        self._stream: Final = stream
        self._head: Final = head

    async def run(self, told: Callable[[Progress], None]) -> NoReturn:
        """For ever. When it has heard nothing for a while, it looks whether all is still there."""
        while True:
            position = 0
            self._head.forget()
            async for progress in self.catch_up():
                told(progress)
                position = progress.position
            while await self._head.is_beyond(position, POLL_S):
                page = await self._log.after(position, BATCH_MAX)
                if not page:  # More was heard of than there is.
                    break
                position = await self._relay(position, page)

    async def catch_up(self) -> AsyncGenerator[Progress]:
        """Page by page, until the stream ends where the log does."""
        position, head = await self.resume(), await self._log.head()
        yield Progress(position, max(position, head))
        while page := await self._log.after(position, BATCH_MAX):
            position = await self._relay(position, page)
            yield Progress(position, max(position, head))

    async def rebuild(self) -> AsyncGenerator[Progress]:
        """The same from the first event on, whatever the stream holds."""
        await self._stream.remove()
        async for progress in self.catch_up():
            yield progress

    async def resume(self) -> int:
        """Where the stream ends. Another log's is left alone; one with holes is begun anew."""
        extent = await self._stream.extent()
        if extent.last:
            await self._refuse_another_log(extent.last)
        if not _is_whole(extent):
            await self._stream.remove()
            extent = await self._stream.extent()
        return extent.last

    async def _refuse_another_log(self, last: int) -> None:
        there = await self._stream.message(last)
        here = await self._log.after(last - 1, 1)
        if not here:
            raise StreamAhead(stream=last, log=await self._log.head())
        if there is not None and stored_of(last, there).entry != here[0].entry:
            raise StreamDiffers(position=last)

    async def _relay(self, position: int, page: Sequence[StoredEvent]) -> int:
        for expected, stored in enumerate(page, start=position + 1):
            if stored.position != expected:
                raise LogHasGap(position=expected)
        try:
            await self._stream.continue_after(
                position, [Message(stored.type, message_of(stored)) for stored in page]
            )
        except Overtaken:
            await asyncio.sleep(GIVE_WAY_S)  # Whoever was first shall not be disturbed.
            return await self.resume()
        return page[-1].position


Fault: TypeAlias = Literal["missing", "differs", "not_in_log"]


class Compared(msgspec.Struct, frozen=True):
    """How far the stream has been compared with the log, and what was found on the way."""

    position: int
    to: int
    faults: tuple[tuple[int, Fault], ...] = ()


async def compare(log: Source, stream: EventStream) -> AsyncGenerator[Compared]:
    """Byte by byte, page by page, to the end of the longer of the two."""
    to = await _compared_to(log, stream)
    messages = stream.messages()
    message = await anext(messages, None)
    position = 0
    while position < to:
        here = {stored.position: stored for stored in await log.after(position, BATCH_MAX)}
        end = min(max(here, default=position + BATCH_MAX), to)
        there: dict[int, bytes] = {}
        while message and message[0] <= end:
            there[message[0]] = message[1]
            message = await anext(messages, None)
        faults: list[tuple[int, Fault]] = [
            (at, fault)
            for at in range(position + 1, end + 1)
            if (fault := _fault(here.get(at), there.get(at)))
        ]
        yield Compared(end, to, tuple(faults))
        position = end


def _fault(here: StoredEvent | None, there: bytes | None) -> Fault | None:
    if here is None:
        return None if there is None else "not_in_log"
    if there is None:
        return "missing"
    return None if there == message_of(here) else "differs"


async def _compared_to(log: Source, stream: EventStream) -> int:
    """When the stream has followed as far as it does."""
    head, last = await log.head(), (await stream.extent()).last
    grew = True
    while last < head and grew:
        await asyncio.sleep(GROWS_WITHIN_S)
        before, last = last, (await stream.extent()).last
        grew = last > before
    return max(head, last)


def message_of(stored: StoredEvent) -> bytes:
    """All of it but its position, which is the sequence of the message."""
    return _ENCODER.encode(
        _Content(
            stored.type,
            stored.stream,
            stored.version,
            stored.entry,
            dict(stored.parts),
            stored.facts,
        )
    )


def stored_of(position: int, content: bytes) -> StoredEvent:
    try:
        said = _DECODER.decode(content)
    except msgspec.DecodeError:
        raise MessageDamaged(position=position) from None
    return StoredEvent(
        position,
        said.stream,
        said.version,
        said.type,
        said.entry,
        said.parts or NO_PARTS,
        said.facts,
    )


class _Content(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is added comes last, and has a default."""

    type: str
    stream: StreamId
    version: int
    entry: bytes
    parts: dict[str, bytes]
    facts: Span | None


_ENCODER: Final = msgspec.msgpack.Encoder(uuid_format="bytes")
_DECODER: Final = msgspec.msgpack.Decoder(_Content)


def _is_whole(extent: Extent) -> bool:
    return extent.kept == extent.last and extent.first <= 1
