"""Lists kept up with EVENTS in batches, beside one transaction an event; and all of them made anew.

The other side reads and acknowledges as nats-py's own guide does, and writes one row, by hand.
"""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import uuid4

import psycopg
from msgspec.structs import replace
from nats.aio.client import Client
from nats.js import JetStreamContext

from adapters.engines import PostgresAccess
from adapters.nats.connecting import connected
from adapters.nats.events import EVENTS, JetStreamEvents
from adapters.nats.following import JetStreamFollowing
from adapters.postgres.event_log import BATCH_MAX as APPENDS
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate
from adapters.postgres.views import PostgresViews
from benchmarks import cases, notebook
from benchmarks.cases import SEALING
from benchmarks.databases import Bench
from benchmarks.measuring import Pace, Sample, Side, by_turns, progress
from benchmarks.report import Figure, targeted
from domain.case import RoleAssigned
from domain.model import AgencyId, CaseId, CommandId, Event, ReferralId, stream_of
from domain.referral import ReferralDrafted, ReferralEvent, ReferralSent
from projections.case_activity import CASE_ACTIVITY
from projections.lists import LISTS
from services.ids import uuid7
from services.ports import Append, NewEvent, StoredEvent
from services.projecting import Projecting, rebuild_together
from services.relaying import Head, Relaying, stored_of
from services.sealing import Origin, Place
from services.seeding import Seed

BATCHES: Final = "list kept up, in batches"
ONE_BY_ONE: Final = "nats-py, one transaction an event"
ANEW: Final = "all lists made anew"

_VS_ONE_BY_ONE: Final = 15.0
_ANEW_PER_S: Final = 10_000
_EVENTS_PER_S: Final = 10_000  # So that we have about as long as the others.
_FETCHED: Final = 100
_LIVES: Final = Seed(2_000, 1, 1)
_AGENCIES: Final = tuple(AgencyId(uuid4()) for _ in range(40))


async def figures(bench: Bench, pace: Pace) -> list[Figure]:
    access = await bench.empty_database()
    await migrate(access.owner)
    async with (
        PostgresEventLog(access.app) as log,
        PostgresViews(access.app) as views,
        connected(bench.nats, "bench") as client,
    ):
        here = _Here(access, log, views, client)
        await here.tell(int(_EVENTS_PER_S * pace.seconds))
        lives = await bench.seeded(_LIVES)
        sides = {**here.sides(pace.seconds), ANEW: lambda: _made_anew(lives)}
        rounds = await by_turns(sides, pace.rounds)
    return [
        targeted(
            BATCHES,
            rounds.per_s(BATCHES),
            "events/s",
            against=ONE_BY_ONE,
            ratio=rounds.ratio(BATCHES, ONE_BY_ONE),
            target=_VS_ONE_BY_ONE,
        ),
        Figure(ONE_BY_ONE, rounds.per_s(ONE_BY_ONE), "events/s"),
        targeted(
            f"{ANEW}: {len(LISTS)} of {_LIVES.cases:,} made-up lives",
            rounds.per_s(ANEW),
            "log events/s",
            against=f"{_ANEW_PER_S:,} a second",
            ratio=rounds.per_s(ANEW) / _ANEW_PER_S,
            target=1.0,
        ),
    ]


class _Here(NamedTuple):
    """Where it takes place: a log of whole cases, on EVENTS as well."""

    access: PostgresAccess
    log: PostgresEventLog
    views: PostgresViews
    client: Client

    async def tell(self, events: int) -> None:
        began = time.perf_counter()
        while (head := await self.log.head()) < events:
            lives = [_append(list(_life(head + nth))) for nth in range(APPENDS)]
            await asyncio.gather(*map(self.log.append, lives))
        stream = JetStreamEvents(self.client)
        await stream.remove()
        async for _ in Relaying(self.log, stream, Head()).catch_up():
            pass
        progress(f"log of {head:,} events told in {time.perf_counter() - began:.0f} s")

    def sides(self, seconds: float) -> dict[str, Side]:
        async def one_by_one() -> Sample:
            return await _one_by_one(self.access, self.client, seconds)

        return {ONE_BY_ONE: one_by_one, BATCHES: self.in_batches}

    async def in_batches(self) -> Sample:
        head = await self.log.head()
        with psycopg.connect(self.access.app) as connection:
            connection.execute("truncate views.checkpoint")
        projecting = Projecting(CASE_ACTIVITY, self.views, _Nothing(), SEALING)
        async for _ in projecting.rebuild():  # It is made, and empty.
            pass
        events = JetStreamFollowing(self.client)
        began = time.perf_counter()
        while (come := await self.views.checkpoint(CASE_ACTIVITY, "live")) and come.position < head:
            await projecting.step(events)
        return Sample(per_s=head / (time.perf_counter() - began))


async def _made_anew(access: PostgresAccess) -> Sample:
    async with PostgresEventLog(access.app) as log, PostgresViews(access.app) as views:
        began = time.perf_counter()
        async for _ in rebuild_together(LISTS, views, log, SEALING):
            pass
        return Sample(per_s=await log.head() / (time.perf_counter() - began))


class _Nothing:
    """``services.ports.Events``."""

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        del position, most
        return ()


_TABLES: Final = """
drop table if exists one_by_one, come_to;
create temp table one_by_one (case_id uuid primary key, changed bigint not null);
create temp table come_to (position bigint not null);
insert into come_to values (0)
"""
_ROW: Final = """
insert into one_by_one values (%s, %s)
on conflict (case_id) do update set changed = excluded.changed
"""


async def _one_by_one(access: PostgresAccess, client: Client, seconds: float) -> Sample:
    applied = 0
    async with (
        await psycopg.AsyncConnection.connect(access.owner, autocommit=True) as connection,
        _subscribed(client) as subscription,
    ):
        await connection.execute(_TABLES)
        began = time.perf_counter()
        while time.perf_counter() < began + seconds:
            for message in await subscription.fetch(_FETCHED):
                position = message.metadata.sequence.stream
                header = SEALING.open(stored_of(position, message.data)).header
                async with connection.transaction():
                    await connection.execute(_ROW, (header.case, position))
                    await connection.execute("update come_to set position = %s", (position,))
                await message.ack()
                applied += 1
        return Sample(per_s=applied / (time.perf_counter() - began))


@asynccontextmanager
async def _subscribed(client: Client) -> AsyncGenerator[JetStreamContext.PullSubscription]:
    js, durable = JetStreamContext(client), uuid4().hex
    subscription = await js.pull_subscribe(f"{EVENTS.lower()}.>", durable, EVENTS)
    try:
        yield subscription
    finally:
        await subscription.unsubscribe()
        await js.delete_consumer(EVENTS, durable)


def _append(life: Sequence[NewEvent]) -> Append:
    return Append(
        agency=notebook.AGENCY, command=CommandId(uuid4()), body=b"", answer=b"", events=tuple(life)
    )


def _life(nth: int) -> Iterator[NewEvent]:
    """A case from its opening to the referral that is on its way."""
    now, case, referral = datetime.now(UTC), CaseId(uuid4()), ReferralId(uuid4())
    by = notebook.someone(now)
    streams = {"case": stream_of("case", case), "referral": stream_of("referral", referral)}
    versions = dict.fromkeys(streams, 0)
    for event in _story(nth, case, referral, now):
        kind = "referral" if isinstance(event, ReferralEvent) else "case"
        versions[kind] += 1
        command = CommandId(uuid7(now))
        yield SEALING.seal(
            event,
            uuid7(now),
            Place(
                stream=streams[kind],
                key=case,
                version=versions[kind],
                woman=notebook.WOMAN,
                case=case,
            ),
            Origin(by=by, occurred_at=now, correlation=command, command=command),
            notebook.KEYS,
        )


def _story(nth: int, case: CaseId, referral: ReferralId, now: datetime) -> Iterator[Event]:
    sender, receiver = (_AGENCIES[(nth + side) % len(_AGENCIES)] for side in range(2))
    opened, *others = _CASE
    yield replace(opened, opened_by_agency=sender)
    yield from others
    yield RoleAssigned(function="MAIN_SUPPORT", agency_id=receiver)
    yield ReferralDrafted(
        referral_id=referral,
        case_id=case,
        kind="TEMPORARY_PROTECTION_REQUEST",
        from_agency=sender,
        to_agency=receiver,
        purpose="PROTECTION",
        urgency="HIGH",
    )
    yield ReferralSent(sent_at=now, accompanied=False)


_CASE: Final = cases.events(7)
