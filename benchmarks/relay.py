"""Relaying: the log onto EVENTS, beside nats-py publishing the same messages one by one.

Every side's stream is a file, and each message on the disk before it is acknowledged. Ours reads
the log meanwhile; the others have their messages in hand.
"""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from statistics import median
from typing import Final, TypeAlias

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, PubAck, StorageType, StreamConfig

from adapters.engines import PostgresAccess
from adapters.nats.connecting import connected
from adapters.nats.events import EVENTS, JetStreamEvents
from adapters.nats.relay import relay
from adapters.postgres.event_log import PostgresEventLog
from benchmarks.appending import Commands
from benchmarks.databases import Bench, head
from benchmarks.measuring import Pace, Sample, Side, by_turns
from benchmarks.report import Figure, targeted
from services.relaying import Head, Relaying, message_of

RELAY: Final = "relay, from the log"
EACH: Final = "nats-py, each publish awaited"
MANY: Final = "nats-py, publish_async with message ids"
COMMIT: Final = "command committed, p50"
VISIBLE: Final = "command visible on EVENTS, p50, at most"

_VS_EACH: Final = 8.0
_VS_MANY: Final = 3.0
_VISIBLE_VS_COMMIT: Final = 2.5

_EVENTS_PER_S: Final = 20_000  # So that the relay has about as long as the others.
_PENDING: Final = 4000  # As many as nats-py has under way unless told.
_IDLE_S: Final = 0.002
_COMMANDS_FEWER: Final = 30  # Than a client who never pauses would send.
_PUBLISHED: Final = "PUBLISHED"

Publish: TypeAlias = Callable[[JetStreamContext, float], Awaitable[int]]


async def figures(bench: Bench, pace: Pace) -> list[Figure]:
    access = await bench.new_log(int(_EVENTS_PER_S * pace.seconds))
    async with (
        PostgresEventLog(access.app) as log,
        connected(bench.nats, "bench") as client,
    ):
        payloads = [message_of(stored) for stored in await log.after(0, 1000)]
        rounds = await by_turns(_sides(log, client, payloads, pace.seconds), pace.rounds)
    relayed = rounds.per_s(RELAY)
    return [
        *(
            targeted(
                f"{RELAY}, beside {against}",
                relayed,
                "events/s",
                against=against,
                ratio=rounds.ratio(RELAY, against),
                target=target,
            )
            for against, target in ((EACH, _VS_EACH), (MANY, _VS_MANY))
        ),
        *(Figure(name, rounds.per_s(name), "messages/s") for name in (EACH, MANY)),
        *await _latencies(bench, access, pace),
    ]


def _sides(
    log: PostgresEventLog, client: Client, payloads: Sequence[bytes], seconds: float
) -> dict[str, Side]:
    events = JetStreamEvents(client)

    async def relaying() -> Sample:
        await events.remove()
        began, position = time.perf_counter(), 0
        async for come in Relaying(log, events, Head()).catch_up():
            position = come.position
        return Sample(per_s=position / (time.perf_counter() - began))

    async def each_awaited(js: JetStreamContext, until: float) -> int:
        nth = 0
        while time.perf_counter() < until:
            await js.publish(*_message(payloads, nth), headers=_id(nth))
            nth += 1
        return nth

    async def many_under_way(js: JetStreamContext, until: float) -> int:
        nths = count()
        acks: list[asyncio.Future[PubAck]] = []
        while time.perf_counter() < until:
            nth = next(nths)
            acks.append(await js.publish_async(*_message(payloads, nth), headers=_id(nth)))
        await asyncio.gather(*acks)
        return len(acks)

    def publishing(publish: Publish) -> Side:
        async def measure() -> Sample:
            async with _a_stream(client) as js:
                began = time.perf_counter()
                published = await publish(js, began + seconds)
                return Sample(per_s=published / (time.perf_counter() - began))

        return measure

    return {EACH: publishing(each_awaited), RELAY: relaying, MANY: publishing(many_under_way)}


def _message(payloads: Sequence[bytes], nth: int) -> tuple[str, bytes]:
    return f"{_PUBLISHED.lower()}.bench.note_taken.v1", payloads[nth % len(payloads)]


def _id(nth: int) -> dict[str, str]:
    return {"Nats-Msg-Id": str(nth)}


@asynccontextmanager
async def _a_stream(client: Client) -> AsyncGenerator[JetStreamContext]:
    js = JetStreamContext(client, timeout=60, publish_async_max_pending=_PENDING)
    subjects = [f"{_PUBLISHED.lower()}.>"]
    await js.add_stream(StreamConfig(_PUBLISHED, subjects=subjects, storage=StorageType.FILE))
    try:
        yield js
    finally:
        await js.delete_stream(_PUBLISHED)


async def _latencies(bench: Bench, access: PostgresAccess, pace: Pace) -> list[Figure]:
    commands = Commands(1, await head(access))
    taken = [await _latency(bench, access, commands, pace.seconds) for _ in range(pace.rounds)]
    return [
        Figure(COMMIT, median(commit_ms for commit_ms, _ in taken), "ms"),
        targeted(
            VISIBLE,
            median(visible_ms for _, visible_ms in taken),
            "ms",
            against=COMMIT,
            ratio=median(visible_ms / commit_ms for commit_ms, visible_ms in taken),
            target=_VISIBLE_VS_COMMIT,
            bound="at most",
        ),
    ]


async def _latency(
    bench: Bench, access: PostgresAccess, commands: Commands, seconds: float
) -> tuple[float, float]:
    """Of one client, who pauses for a moment after each command: commit and sight, in ms."""
    heard = Head()
    commits_ms: list[float] = []
    sights_ms: list[float] = []
    async with (
        PostgresEventLog(access.app, heard.reached) as log,
        relay(log, heard, access.app, bench.nats),
        _sight(bench) as seen,
    ):
        commands.decide(seconds / _COMMANDS_FEWER)
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            outcome = await log.append(commands.take())
            commits_ms.append(1000 * (time.perf_counter() - began))
            sights_ms.append(1000 * (await seen(outcome.positions[-1]) - began))
            await asyncio.sleep(_IDLE_S)
    return median(commits_ms), median(sights_ms)


@asynccontextmanager
async def _sight(bench: Bench) -> AsyncGenerator[Callable[[int], Awaitable[float]]]:
    """When a position was first seen, by somebody who has a connection of their own."""
    seen: dict[int, asyncio.Future[float]] = defaultdict(asyncio.Future)

    async def see(message: Msg) -> None:
        seen[message.metadata.sequence.stream].set_result(time.perf_counter())

    async with connected(bench.nats, "bench-sight") as client:
        await JetStreamContext(client).subscribe(
            f"{EVENTS.lower()}.>",
            cb=see,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.NEW, ack_policy=AckPolicy.NONE),
            manual_ack=True,
        )
        yield seen.__getitem__
