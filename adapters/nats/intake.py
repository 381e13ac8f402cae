"""IN: commands that agencies have sent and nobody has handled yet, for a day at most (受付箱).

They lie there in the clear but for the server's own cipher, and are overwritten once handled.
"""
# pyright: reportUnknownMemberType=false

from pathlib import Path
from typing import ClassVar, Final, NamedTuple

import structlog
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    ConsumerInfo,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError
from prometheus_client import Gauge

from adapters.engines.nats_server import HUB
from contracts.asked import ASKED_BYTES_MAX
from domain.speech import CannotRun

STREAM: Final = "IN"
SUBJECTS: Final = "in.desk.>"
COMMANDS: Final = "in.desk.command"
DURABLE: Final = "desk"

HEADERS_BYTES_MAX: Final = 4 << 10
DAY_S: Final = 24 * 60 * 60.0
# Put off again and again, a command comes some 1,300 times in its day. This is for one that takes
# down whoever handles it.
DELIVERIES_MAX: Final = 5_000
BACKOFF_S: Final = (30.0, 60.0, 120.0, 300.0)  # Where nobody says what became of it.
UNDER_WAY_MAX: Final = 1_024

PARKED: Final = Gauge("tsunagu_intake_parked", "Commands that nobody could handle")
WAITING: Final = Gauge("tsunagu_intake_waiting", "Commands that nobody has handled yet")

log = structlog.get_logger()


class IntakeNotCiphered(CannotRun):
    """NATS keeps what agencies send unencrypted on its disk."""

    ja: ClassVar[str] = "NATS が、機関から送られた内容を暗号化せずにディスクに置いています。"
    remedy: ClassVar[str] = "Set cipher and key in the jetstream block of the server."
    remedy_ja: ClassVar[str] = "サーバーの jetstream ブロックで cipher と key を設定してください。"


class Backlog(NamedTuple):
    waiting: int
    parked: int | None  # None: it changed while it was counted.


class Intake:
    """``store`` is the server's own folder, where we can see it."""

    def __init__(self, store: Path | None) -> None:
        self._store: Final = store
        self._made = False
        self._parked = 0

    async def check(self, jetstream: JetStreamContext) -> None:
        """Make what is not there, and say what nobody could handle."""
        if not self._made:
            await self._make(jetstream)
        try:
            self._tell(await backlog(jetstream))
        except NotFoundError:  # Somebody has taken it away from under us.
            log.warning("intake_lost", stream=STREAM)
            await self._make(jetstream)

    async def _make(self, jetstream: JetStreamContext) -> None:
        await make(jetstream)
        if self._store and not is_ciphered(self._store):
            raise IntakeNotCiphered(stream=STREAM)
        self._made = True

    def _tell(self, found: Backlog) -> None:
        WAITING.set(found.waiting)
        if found.parked is None:
            return
        # Seen once, it may be one that has come and is not waiting yet.
        parked, self._parked = min(self._parked, found.parked), found.parked
        if parked:
            log.error("commands_parked", stream=STREAM, count=parked)
        PARKED.set(parked)


async def make(jetstream: JetStreamContext) -> None:
    """What an operator has set beside ours, such as the replicas, stays."""
    ours = {
        "subjects": [SUBJECTS],
        "retention": RetentionPolicy.LIMITS,  # Only what was overwritten is gone.
        "storage": StorageType.FILE,
        "max_age": DAY_S,
        "max_bytes": 256 << 20,
        "max_msg_size": ASKED_BYTES_MAX + HEADERS_BYTES_MAX,
        "discard": DiscardPolicy.NEW,  # Who sends too much is told; no other's command is lost.
        "duplicate_window": 0.1,  # By an id of one sender's choice none of another's is dropped.
        "allow_direct": False,
    }
    try:
        found = (await jetstream.stream_info(STREAM)).config
    except NotFoundError:
        await jetstream.add_stream(StreamConfig(name=STREAM).evolve(**ours))
    else:
        if found.evolve(**ours) != found:
            await jetstream.update_stream(found.evolve(**ours))
    await jetstream.add_consumer(STREAM, CONSUMER)


CONSUMER: Final = ConsumerConfig(
    durable_name=DURABLE,
    ack_policy=AckPolicy.EXPLICIT,
    backoff=list(BACKOFF_S),
    max_deliver=DELIVERIES_MAX,
    max_ack_pending=UNDER_WAY_MAX,
)


async def backlog(jetstream: JetStreamContext) -> Backlog:
    """Parked is what is in the stream, and neither under way nor waiting for its turn."""
    before = await jetstream.consumer_info(STREAM, DURABLE)
    kept = (await jetstream.stream_info(STREAM)).state.messages
    after = await jetstream.consumer_info(STREAM, DURABLE)
    waiting = (after.num_pending or 0) + (after.num_ack_pending or 0)
    return Backlog(waiting, max(0, kept - waiting) if _place(before) == _place(after) else None)


def _place(consumer: ConsumerInfo) -> tuple[object, ...]:
    """How far it is: it changes with each message that comes, is handed out or is done with."""
    return (
        consumer.num_pending,
        consumer.num_ack_pending,
        consumer.delivered and consumer.delivered.consumer_seq,
    )


def is_ciphered(store: Path) -> bool:
    """The server says so nowhere. But a stream that it ciphers has a key beside it."""
    return (store / HUB / "streams" / STREAM / "meta.key").exists()
