"""EVENTS on JetStream: every event, sealed as the log keeps it, for our own services alone."""

import re
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar, Final, TypeVar
from uuid import uuid4

import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from domain.speech import CannotRun
from services.ports import Extent, Message, Overtaken, StreamUnavailable

EVENTS: Final = "EVENTS"
ANSWER_WITHIN_S: Final = 10.0
FEW: Final = 16  # One after the other these are stored sooner than a batch is.
PAGE: Final = 1000
HEADERS_BYTES_MAX: Final = 256
READER_FORGOTTEN_AFTER_S: Final = 30.0
OTHER: Final = "other"
NOTHING: Final[Mapping[str, object]] = {}

WRONG_LAST_SEQUENCE: Final = 10071
BATCH_INCOMPLETE: Final = 10176
STREAM_NOT_FOUND: Final = 10059
MESSAGE_NOT_FOUND: Final = 10037

T = TypeVar("T")


class StreamNotOurs(CannotRun):
    """There is a stream of this name already, and it cannot keep events as we need it to."""

    ja: ClassVar[str] = "同じ名前のストリームがすでにあり、必要な設定に変えられません。"
    remedy: ClassVar[str] = "Delete that stream: it is made again, from the log."
    remedy_ja: ClassVar[str] = "そのストリームを削除してください。記録から作り直されます。"


class EventTooLarge(CannotRun):
    """An event is larger than the NATS server takes."""

    ja: ClassVar[str] = "NATS サーバーが受け付ける大きさを超える出来事があります。"
    remedy: ClassVar[str] = "Raise max_payload of the NATS server."
    remedy_ja: ClassVar[str] = "NATS サーバーの max_payload を大きくしてください。"


class Promised(msgspec.Struct, frozen=True):
    """What a stream's configuration must say; what the server leaves out, it has not promised."""

    name: str
    subjects: tuple[str, ...]
    retention: str = ""
    storage: str = ""
    discard: str = ""
    max_msgs: int = 0
    max_bytes: int = 0
    max_age: int = -1
    max_msgs_per_subject: int = 0
    max_msg_size: int = 0
    allow_atomic: bool = False
    deny_delete: bool = False
    deny_purge: bool = False


def promised(name: str) -> Promised:
    """Nothing that is on it ever leaves it, short of the whole."""
    return Promised(
        name=name,
        subjects=(f"{name.lower()}.>",),
        retention="limits",
        storage="file",
        discard="new",
        max_msgs=-1,
        max_bytes=-1,
        max_age=0,
        max_msgs_per_subject=-1,
        max_msg_size=-1,
        allow_atomic=True,
        deny_delete=True,
        deny_purge=True,
    )


class JetStreamEvents:
    def __init__(self, client: Client, name: str = EVENTS) -> None:
        self._client: Final = client
        self._name: Final = name
        self._promised: Final = promised(name)

    async def extent(self) -> Extent:
        info = await self._ask(_Info, "STREAM.INFO", none=STREAM_NOT_FOUND)
        if info is None:
            info = await self._configured("STREAM.CREATE")
        elif msgspec.convert(info.config, Promised) != self._promised:
            info = await self._configured("STREAM.UPDATE", info.config)
        return Extent(info.state.first_seq, info.state.last_seq, info.state.messages)

    async def continue_after(self, position: int, messages: Sequence[Message]) -> None:
        """Each fenced for itself, or a batch fenced as one: nobody else's comes between."""
        self._refuse_the_too_large(position, messages)
        fenced = _one_by_one if len(messages) <= FEW else _as_a_batch
        *before, last = zip(messages, fenced(position, len(messages)), strict=True)
        with explained():
            for message, headers in before:
                await self._client.publish(self._subject(message), message.content, headers=headers)
            message, headers = last
            answer = await self._client.request(
                self._subject(message), message.content, ANSWER_WITHIN_S, headers=headers
            )
        try:
            stored = _said(_Stored, answer.data)
        except _Refused as refused:
            if refused.code in {WRONG_LAST_SEQUENCE, BATCH_INCOMPLETE}:
                raise Overtaken from None
            raise refused.explained() from None
        assert stored.seq == position + len(messages)

    async def message(self, position: int) -> bytes | None:
        found = await self._ask(_Found, "STREAM.MSG.GET", {"seq": position}, none=MESSAGE_NOT_FOUND)
        return found.message.data if found else None

    async def messages(self) -> AsyncGenerator[tuple[int, bytes]]:
        left = (await self.extent()).kept
        with explained():
            reader = await JetStreamContext(self._client, timeout=ANSWER_WITHIN_S).pull_subscribe(
                "", stream=self._name, config=_passing_reader()
            )
            while left:
                for message in await reader.fetch(PAGE, timeout=ANSWER_WITHIN_S):
                    place = message.metadata
                    left = place.num_pending
                    yield place.sequence.stream, message.data
            await reader.unsubscribe()

    async def remove(self) -> None:
        await self._ask(_Done, "STREAM.DELETE", none=STREAM_NOT_FOUND)

    async def _configured(self, how: str, found: Mapping[str, object] = NOTHING) -> "_Info":
        """What an operator has set beside, such as the number of replicas, stays as it is."""
        try:
            info = await self._ask(_Info, how, {**found, **msgspec.to_builtins(self._promised)})
        except StreamUnavailable as refused:
            raise StreamNotOurs(stream=self._name, **refused.facts) from None
        assert info is not None
        return info

    async def _ask(
        self, kind: type[T], what: str, body: Mapping[str, object] = NOTHING, *, none: int = 0
    ) -> T | None:
        """None where the server answers with this code."""
        with explained():
            answer = await self._client.request(
                f"$JS.API.{what}.{self._name}", msgspec.json.encode(body), ANSWER_WITHIN_S
            )
        try:
            return _said(kind, answer.data)
        except _Refused as refused:
            if refused.code == none:
                return None
            raise refused.explained() from None

    def _subject(self, message: Message) -> str:
        """An event type names a subject, unless it is none of ours."""
        return f"{self._name.lower()}.{message.type if _TYPE.fullmatch(message.type) else OTHER}"

    def _refuse_the_too_large(self, position: int, messages: Sequence[Message]) -> None:
        most = self._client.max_payload - HEADERS_BYTES_MAX
        for at, message in enumerate(messages, start=position + 1):
            if len(message.content) > most:
                raise EventTooLarge(position=at, bytes=len(message.content), at_most=most)


def _one_by_one(position: int, count: int) -> Iterator[dict[str, str]]:
    for last in range(position, position + count):
        yield {"Nats-Expected-Last-Sequence": str(last)}


def _as_a_batch(position: int, count: int) -> Iterator[dict[str, str]]:
    batch = uuid4().hex
    yield {
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": "1",
        "Nats-Expected-Last-Sequence": str(position),
    }
    for nth in range(2, count):
        yield {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(nth)}
    yield {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(count), "Nats-Batch-Commit": "1"}


def _passing_reader() -> ConsumerConfig:
    return ConsumerConfig(
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.NONE,
        inactive_threshold=READER_FORGOTTEN_AFTER_S,
        mem_storage=True,
    )


@contextmanager
def explained() -> Generator[None]:
    try:
        yield
    except (NatsError, OSError, TimeoutError) as error:
        raise StreamUnavailable(reason=type(error).__name__) from None


def _said(kind: type[T], answer: bytes) -> T:
    if error := _MAYBE.decode(answer).error:
        raise _Refused(error.err_code, error.description)
    return msgspec.json.decode(answer, type=kind)


class _Refused(Exception):
    def __init__(self, code: int, description: str) -> None:
        super().__init__(code)
        self.code = code
        self._description = description

    def explained(self) -> StreamUnavailable:
        return StreamUnavailable(answer=self.code, reason=self._description)


class _Error(msgspec.Struct, frozen=True):
    err_code: int = 0
    description: str = ""


class _Maybe(msgspec.Struct, frozen=True):
    error: _Error | None = None


class _Stored(msgspec.Struct, frozen=True):
    seq: int


class _State(msgspec.Struct, frozen=True):
    messages: int
    first_seq: int
    last_seq: int


class _Info(msgspec.Struct, frozen=True):
    config: dict[str, object]
    state: _State


class _Held(msgspec.Struct, frozen=True):
    data: bytes = b""


class _Found(msgspec.Struct, frozen=True):
    message: _Held


class _Done(msgspec.Struct, frozen=True):
    success: bool


_MAYBE: Final = msgspec.json.Decoder(_Maybe)
_TYPE: Final = re.compile(r"(?=.{1,64}\Z)[a-z_]+\.[a-z_]+\.v[0-9]+")
