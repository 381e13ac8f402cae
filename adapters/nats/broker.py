"""The one way we use FastStream: as it comes, it loses messages, answers strangers, and freezes.

Nothing else in the house imports it. `docs/decisions/0016-faststream-behind-one-factory.md` says
what each setting here keeps from happening.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast

import structlog
from faststream import AckPolicy
from faststream.message import StreamMessage
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.security import NatsCredentials, NatsNKey, NatsSecurity
from faststream.nats.subscriber.usecases import CoreSubscriber, LogicSubscriber
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NothingCame
from nats.js.api import ConsumerConfig
from nats.js.client import (
    DEFAULT_JS_SUB_PENDING_BYTES_LIMIT,
    DEFAULT_JS_SUB_PENDING_MSGS_LIMIT,
    JetStreamContext,
)
from nats.js.errors import ServiceUnavailableError

from adapters.engines.endpoints import NatsAccess
from adapters.nats.hearing import hears_anything
from adapters.nats.incoming import Incoming, Pulled, Request
from services.ports import StreamUnavailable

T = TypeVar("T")
Check: TypeAlias = Callable[[JetStreamContext], Awaitable[None]]

NAME: Final = "desk"
CONNECTED_WITHIN_S: Final = 10
ASKED_AGAIN_AFTER_S: Final = 0.1
RECONNECT_EVERY_S: Final = 1
PING_EVERY_S: Final = 10
FINISHED_WITHIN_S: Final = 2.0  # What is under way when we stop,
DRAINED_WITHIN_S: Final = 1  # what it has left to say,
STOPPED_WITHIN_S: Final = 3.0  # and all of it, also where the server has stopped answering.
CLOSED_WITHIN_S: Final = 0.5
AT_ONCE_MAX: Final = 128  # As many as the log takes in one call.
WAIT_S: Final = 5.0  # For the first message of a batch,
WAIT_FOR_MORE_S: Final = 0.01  # and for whatever came with it.
PAUSE_S: Final = 0.2
AWAY_MAX_S: Final = 20.0
SILENT_MAX_S: Final = 60.0

log = structlog.get_logger()


class Answering(NamedTuple, Generic[T]):
    """Requests on a subject, each answered by one process of the queue."""

    subject: str
    queue: str
    read: Callable[[bytes], T]
    handle: Callable[[Request[T]], Awaitable[None]]


class Pulling(NamedTuple, Generic[T]):
    """What a durable consumer of a stream brings, in batches."""

    stream: str
    durable: str
    consumer: ConsumerConfig
    read: Callable[[bytes], T]
    handle: Callable[[Sequence[Pulled[T]]], Awaitable[None]]


def safe_broker(
    access: NatsAccess,
    *serving: Answering[T] | Pulling[T],
    check: Check,
) -> "SafeBroker":
    """``check`` makes what is to be pulled from, before it begins; ask it again at any time."""
    broker = SafeBroker(access, check)
    for each in serving:
        match each:
            case Answering():
                broker.subscriber(
                    each.subject,
                    queue=each.queue,
                    decoder=_as_they_came(broker, Request, each.read),
                    max_workers=AT_ONCE_MAX,
                    no_reply=True,  # Else it answers too, and where a header says.
                )(each.handle)
            case Pulling():
                broker.subscriber(
                    ">",
                    stream=JStream(each.stream, declare=False),  # Else a start changes the stream.
                    durable=each.durable,
                    config=each.consumer,
                    pull_sub=PullSub(AT_ONCE_MAX, timeout=WAIT_S, batch=True),
                    decoder=_as_they_came(broker, Pulled, each.read),
                    inbox_prefix=f"{access.inbox}.".encode(),  # Else it is `_INBOX` after all.
                    ack_policy=AckPolicy.MANUAL,  # Else an error ends the message: an outage, too.
                    no_reply=True,
                )(each.handle)
    return broker


class SafeBroker(NatsBroker):
    def __init__(self, access: NatsAccess, check: Check) -> None:
        super().__init__(
            access.url,
            name=f"tsunagu-{NAME}",
            security=_security(access),
            inbox_prefix=access.inbox,
            connect_timeout=CONNECTED_WITHIN_S,
            max_reconnect_attempts=-1,  # Else it gives up some day, and pulls without a pause.
            reconnect_time_wait=RECONNECT_EVERY_S,
            ping_interval=PING_EVERY_S,
            disconnected_cb=self._lost,
            reconnected_cb=self._back,
            drain_timeout=DRAINED_WITHIN_S,
            graceful_timeout=FINISHED_WITHIN_S,
            logger=_KindsOnly(),
            apply_types=False,  # Else every message is checked by pydantic first.
            serializer=None,
        )
        self._check: Final = check
        self._pulls: Final[list[Pull]] = []
        self._connected_at = 0.0

    async def start(self) -> None:
        try:
            async with asyncio.timeout(CONNECTED_WITHIN_S):
                await self.connect()
                await served(self.check)
                await super().start()
                await self.connection.flush()  # From here on the server knows.
        except (NatsError, OSError, TimeoutError) as error:
            await self.stop()
            raise StreamUnavailable(reason=type(error).__name__) from None
        except BaseException:
            await self.stop()
            raise

    async def check(self) -> None:
        await self._check(self.config.connection_state.stream)

    def trouble(self) -> Literal["closed", "away", "silent"] | None:
        """What it does not get over by itself."""
        now = asyncio.get_running_loop().time()
        if self._connection is None or self._connection.is_closed:
            return "closed"
        if self._connection.is_connected:
            self._connected_at = now
        if now - self._connected_at > AWAY_MAX_S:
            return "away"
        if any(now - pull.asked_at > SILENT_MAX_S for pull in self._pulls):
            return "silent"
        return None

    async def stop(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        """Whoever asks is told at once that nobody answers here; what has begun is finished."""
        connection = self._connection
        try:
            async with asyncio.timeout(STOPPED_WITHIN_S):
                await self._stop_listening()
                await super().stop(exc_type, exc_val, exc_tb)
        except (NatsError, OSError, TimeoutError, ExceptionGroup) as error:
            log.warning("nats_not_drained", client=NAME, error=type(error).__name__)
        if connection is not None:  # It is still open where the server was away.
            with suppress(NatsError, OSError, TimeoutError):
                async with asyncio.timeout(CLOSED_WITHIN_S):
                    await connection.close()

    async def _stop_listening(self) -> None:
        for pull in self._pulls:
            pull.stop()
        away = self._connection is None or not self._connection.is_connected
        for subscriber in self.subscribers:
            assert isinstance(subscriber, LogicSubscriber)
            if away:
                subscriber.subscription = None  # There is nobody to take leave of.
            elif isinstance(subscriber, CoreSubscriber) and subscriber.subscription:
                subscription, subscriber.subscription = subscriber.subscription, None
                with suppress(NatsError, TimeoutError):
                    async with asyncio.timeout(CLOSED_WITHIN_S):
                        await subscription.drain()  # type: ignore[no-untyped-call]

    async def _connect(self) -> Client:
        connection = await super()._connect()
        hears_anything(connection)
        self._connected_at = asyncio.get_running_loop().time()
        self.config.connection_state.connect(connection, _JetStream(connection, self._pulls))
        return connection

    async def _lost(self) -> None:
        if self._connection is not None and not self._connection.is_closed:
            log.warning("nats_lost", client=NAME)

    async def _back(self) -> None:
        log.info("nats_back", client=NAME)


class Pull:
    """What FastStream fetches from: it never waits to fill a batch, and never asks without a pause.

    With a connection that is closed, FastStream asks on and on, and nothing else gets a turn.
    """

    def __init__(self, bound: JetStreamContext.PullSubscription, connection: Client) -> None:
        self.asked_at = asyncio.get_running_loop().time()
        self._bound: Final = bound
        self._connection: Final = connection
        self._stopped = False
        self._some_came = False

    async def fetch(self, batch: int, timeout: float) -> list[Msg]:  # noqa: ASYNC109 (The library's name.)
        self.asked_at = asyncio.get_running_loop().time()
        if self._some_came:  # It asks on for a full batch: let it handle what there is.
            self._some_came = False
            raise NothingCame
        if self._stopped or not self._connection.is_connected:
            await asyncio.sleep(PAUSE_S)
            raise NothingCame
        try:
            messages = await self._bound.fetch(1, timeout)
        except TimeoutError:
            raise NothingCame from None
        except NatsError:
            await asyncio.sleep(PAUSE_S)
            raise
        with suppress(TimeoutError, NatsError):
            messages += await self._bound.fetch(batch - 1, WAIT_FOR_MORE_S)
        if self._stopped:
            await self._give_back(messages)
            raise NothingCame
        self._some_came = len(messages) < batch
        return messages

    def stop(self) -> None:
        self._stopped = True

    async def unsubscribe(self) -> None:
        await self._bound.unsubscribe()

    async def _give_back(self, messages: Sequence[Msg]) -> None:
        """Another process may have them at once."""
        for message in messages:
            await message.nak()


class _JetStream(JetStreamContext):
    def __init__(self, connection: Client, pulls: list[Pull]) -> None:
        super().__init__(connection)
        self._connection: Final = connection
        self._pulls: Final = pulls

    async def pull_subscribe(  # noqa: PLR0913, PLR0917 (The library's own signature.)
        self,
        subject: str,
        durable: str | None = None,
        stream: str | None = None,
        config: ConsumerConfig | None = None,
        pending_msgs_limit: int = DEFAULT_JS_SUB_PENDING_MSGS_LIMIT,
        pending_bytes_limit: int = DEFAULT_JS_SUB_PENDING_BYTES_LIMIT,
        inbox_prefix: bytes | None = None,
    ) -> JetStreamContext.PullSubscription:
        subscribe = super().pull_subscribe
        bound = await served(
            lambda: subscribe(
                subject,
                durable,
                stream,
                config,
                pending_msgs_limit,
                pending_bytes_limit,
                inbox_prefix,
            )
        )
        self._pulls.append(Pull(bound, self._connection))
        return cast("JetStreamContext.PullSubscription", self._pulls[-1])


async def served(ask: Callable[[], Awaitable[T]]) -> T:
    """Just started, or just told of accounts, a server serves no stream for a moment."""
    while True:
        try:
            return await ask()
        except ServiceUnavailableError:
            await asyncio.sleep(ASKED_AGAIN_AFTER_S)


def _as_they_came(
    broker: SafeBroker, kind: type[Incoming[T]], read: Callable[[bytes], T]
) -> Callable[[StreamMessage[Msg] | StreamMessage[Sequence[Msg]]], Awaitable[object]]:
    """A message is read where it is handled, straight into what it says."""

    async def decode(message: StreamMessage[Msg] | StreamMessage[Sequence[Msg]]) -> object:
        client, raw = broker.connection, message.raw_message
        if isinstance(raw, Msg):
            return kind(raw, read, client)
        return [kind(each, read, client) for each in raw]

    return decode


class _KindsOnly:
    """FastStream's own lines quote messages and errors. Of those, only the kind is passed on."""

    def log(
        self,
        level: int,
        msg: object,  # noqa: ARG002 (It may quote what was sent.)
        /,
        *,
        exc_info: object = None,
        extra: Mapping[str, object] | None = None,  # noqa: ARG002
    ) -> None:
        if level >= logging.WARNING:
            kind = type(exc_info).__name__ if isinstance(exc_info, BaseException) else None
            log.log(level, "nats_trouble", client=NAME, error=kind)


def _security(access: NatsAccess) -> NatsSecurity | None:
    if access.seed:
        return NatsNKey.from_seed(access.seed)
    if access.credentials:
        return NatsCredentials(str(access.credentials))
    return None
