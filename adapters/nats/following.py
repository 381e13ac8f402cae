"""Following EVENTS (後追い): what comes after a position, as soon as it comes."""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final
from uuid import uuid4

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from adapters.nats.events import EVENTS, explained
from services.ports import StoredEvent, StreamUnavailable
from services.relaying import stored_of

ANSWER_WITHIN_S: Final = 5.0
WAIT_S: Final = 1.0
SILENT_AFTER_S: Final = 3.0  # When the wait is over, the server says so; and we may be busy.
FORGOTTEN_AFTER_S: Final = 60.0
ASKED_BYTES_MAX: Final = 8 << 20
SKIPPED_MAX: Final = 5000

_OLDER_TOKENS: Final = 9  # $JS.ACK.stream.consumer.deliveries.sequence.sequence.time.pending
_NANOSECONDS: Final = 1_000_000_000
_NOTHING_MORE: Final = frozenset({"404", "408"})
_AS_MUCH_AS_ASKED: Final = frozenset({"Batch Completed", "Message Size Exceeds MaxBytes"})


class JetStreamFollowing:
    """``services.ports.Events``: of one who follows, and so mostly asks for what comes next."""

    def __init__(self, client: Client, name: str = EVENTS) -> None:
        self._client: Final = client
        self._name: Final = name
        self._reader: _Reader | None = None

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        with explained():
            if self._reader is None or not self._reader.goes_on_after(position):
                self._reader = await self._begun_after(position)
            return await self._reader.page(position, most)

    async def _begun_after(self, position: int) -> "_Reader":
        """The server forgets about the one before."""
        if self._reader is not None:
            await self._reader.end()
        reader = _Reader(self._client, self._name)
        await reader.begin(position)
        return reader


class _Reader:
    """A consumer of the stream. It asks for many, and hands out those that have come.

    Nothing is acknowledged, so a message that did not reach us would be missed: they are counted.
    """

    def __init__(self, client: Client, stream: str) -> None:
        self._client: Final = client
        self._stream: Final = stream
        self._name: Final = uuid4().hex
        self._inbox: Final = client.new_inbox()
        self._woken: Final = asyncio.Event()
        self._came: Final[deque[tuple[int, bytes]]] = deque()
        self._position = 0
        self._counted = 0
        self._asking = ""  # Where the last request is answered,
        self._to_come = 0  # and how many at most are still to come of it.
        self._broken_by: str | None = None
        self._subscription: Subscription | None = None

    async def begin(self, position: int) -> None:
        self._position = position
        self._subscription = await self._client.subscribe(f"{self._inbox}.*", cb=self._hear)
        await JetStreamContext(self._client, timeout=ANSWER_WITHIN_S).add_consumer(
            self._stream,
            ConsumerConfig(
                name=self._name,
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=position + 1,
                ack_policy=AckPolicy.NONE,
                inactive_threshold=FORGOTTEN_AFTER_S,
                mem_storage=True,
                num_replicas=1,
            ),
        )

    async def end(self) -> None:
        if self._subscription is not None:
            await self._subscription.unsubscribe()

    def goes_on_after(self, position: int) -> bool:
        at_hand = self._position <= position <= self._position + SKIPPED_MAX
        return at_hand and not self._broken_by

    async def page(self, position: int, most: int) -> Sequence[StoredEvent]:
        """What has come; or else the first that comes, with all that comes with it."""
        self._skip_to(position)
        if not self._came:
            await self._wait(most)
            self._skip_to(position)
        if self._broken_by:
            raise StreamUnavailable(reason=self._broken_by)
        page = [stored_of(*message) for _, message in zip(range(most), self._came, strict=False)]
        for stored in page:
            self._came.popleft()
            self._position = stored.position
        return page

    def _skip_to(self, position: int) -> None:
        """Others have been there. And a stream that has not come so far begins where it ends."""
        while self._came and self._came[0][0] <= position:
            self._came.popleft()
        self._position = max(self._position, position)

    async def _wait(self, most: int) -> None:
        self._woken.clear()
        if not self._to_come:
            await self._ask(most)
        try:
            async with asyncio.timeout(WAIT_S + SILENT_AFTER_S):
                await self._woken.wait()
        except TimeoutError:
            self._broken_by = "silence"

    async def _ask(self, most: int) -> None:
        self._asking, self._to_come = f"{self._inbox}.{uuid4().hex}", most
        asked = {
            "batch": most,
            "max_bytes": max(ASKED_BYTES_MAX, 2 * self._client.max_payload),
            "expires": int(WAIT_S * _NANOSECONDS),
        }
        await self._client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._name}",
            msgspec.json.encode(asked),
            self._asking,
        )

    async def _hear(self, message: Msg) -> None:
        headers = message.headers or {}
        if status := headers.get("Status"):
            if message.subject == self._asking:
                self._hear_status(status, headers.get("Description", ""))
            return
        position, counted = place_of(message.reply)
        self._to_come -= 1
        self._counted += 1
        if counted != self._counted:
            self._broken_by = "missed"
        self._came.append((position, message.data))
        self._woken.set()

    def _hear_status(self, status: str, description: str) -> None:
        self._to_come = 0
        if status not in _NOTHING_MORE and description not in _AS_MUCH_AS_ASKED:
            self._broken_by = f"{status} {description}"
        self._woken.set()


def place_of(reply: str) -> tuple[int, int]:
    """The sequence in the stream, and the consumer's own.

    nats-py tells as much, and the time as well, which takes it longer than all else here.
    """
    tokens = reply.split(".")
    at = 5 if len(tokens) == _OLDER_TOKENS else 7  # A domain and an account may come before.
    return int(tokens[at]), int(tokens[at + 1])
