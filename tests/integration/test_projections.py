"""Lists on the real engines: whatever is killed or stopped, they come to the same rows."""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio
from msgspec.structs import replace
from nats.js.api import StreamConfig
from psycopg import sql
from structlog.testing import capture_logs

from adapters.engines import Endpoints, NatsAccess, PostgresAccess, embedded
from adapters.nats import following
from adapters.nats.connecting import connected
from adapters.nats.events import JetStreamEvents
from adapters.nats.following import JetStreamFollowing, place_of
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate
from adapters.postgres.views import PostgresViews
from adapters.settings import Settings
from domain.header import Name
from domain.model import Event, Instant, StreamId
from projections.lists import LISTS
from projections.tables import Projection, Seen, fold, touched
from services.ports import LogUnavailable, Message, NewEvent, Span, StreamUnavailable
from services.projecting import LISTS_AT_ONCE, Projecting, rebuild_together
from services.relaying import Head, Relaying, message_of
from tests.integration.keepers import keeping
from tests.integration.test_crashes import answers_again, postmaster
from tests.integration.writers import append_batch, command, session, until
from tests.lists import COUNTS, NUMBER, RESTORED, SEALING, SUSPENDED, SUSPENSIONS, Counted, sealed
from tests.spec import an_id

ROOT: Final = Path(__file__).parents[2]
AFTER_POISON: Final = 4


class Standing(NamedTuple):
    position: int
    state: str = "running"
    code: str | None = None
    stopped_at: int | None = None


class Stage:
    """A log, a stream of its own that it is relayed onto, and a look at the lists."""

    def __init__(self, access: PostgresAccess, nats: NatsAccess, log: PostgresEventLog) -> None:
        self.access: Final = access
        self.nats: Final = nats
        self.log: Final = log
        self.stream: Final = f"EVENTS_{uuid4().hex}"
        self._versions: Final[dict[StreamId, int]] = {}

    async def tell(self, *told: tuple[Event, int]) -> None:
        """Into the log, and onto the stream."""
        await self.record(*(self.new(event, number) for event, number in told))
        await self.relay()

    def new(self, event: Event, number: int) -> NewEvent:
        stream = StreamId(an_id(number))
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        return sealed(event, stream, version)

    async def record(self, *events: NewEvent) -> None:
        def append() -> None:
            with session(self.access.app) as writer:
                append_batch(writer, *(command(event) for event in events))

        await asyncio.to_thread(append)

    async def relay(self) -> None:
        async with connected(self.nats, "relay") as client:
            relaying = Relaying(self.log, JetStreamEvents(client, self.stream), Head())
            async for _ in relaying.catch_up():
                pass

    def standing(self, of: Projection[Any, Any]) -> Standing | None:
        asked = "select position, state, code, stopped_at from views.checkpoint where name = %s"
        with session(self.access.app) as looking:
            row = looking.execute(asked, (of.name,)).fetchone()
        return Standing(*row) if row else None

    def definition(self, of: Projection[Any, Any]) -> str:
        asked = "select definition from views.checkpoint where name = %s"
        with session(self.access.app) as looking:
            (found,) = looking.execute(asked, (of.name,)).fetchone() or ("",)
        return str(found)

    def position(self, of: Projection[Any, Any]) -> int:
        found = self.standing(of)
        return found.position if found else -1

    def waits_for_a_lock(self) -> bool:
        asked = "select exists (select from pg_locks where not granted and relation = %s::regclass)"
        with session(self.access.app) as looking:
            return looking.execute(asked, ("views.counts",)).fetchone() == (True,)

    async def has_come(self, to: int, *lists: Projection[Any, Any]) -> None:
        await until(lambda: all(self.standing(of) == Standing(to) for of in lists))

    def rows(self, of: Projection[Any, Any]) -> set[tuple[Any, ...]]:
        """Never while it is swapped in this very process, which would wait for itself."""
        with session(self.access.app) as looking:
            asked = sql.SQL("select * from {}").format(sql.Identifier("views", of.name))
            return {*looking.execute(asked).fetchall()}

    async def folded(self, of: Projection[Any, Any]) -> set[tuple[Any, ...]]:
        """What the list comes to when the whole log is folded at once, and nothing is stored."""
        stored = await self.log.after(0, 1_000_000)
        opened = [SEALING.open(each) for each in stored if of.tags is None or each.type in of.tags]
        seen = [Seen(o.position, o.recorded_at, o.header, o.event) for o in opened]
        rows = fold(of, {}, touched(of, seen))
        return {tuple(getattr(row, c.name) for c in of.columns) for row in rows.values()}

    async def rebuilt(self, *lists: Projection[Any, Any]) -> None:
        async with PostgresViews(self.access.app) as views:
            for of in lists:
                async for _ in Projecting(of, views, self.log, SEALING).rebuild():
                    pass


@pytest_asyncio.fixture
async def stage(database: PostgresAccess, endpoints: Endpoints) -> AsyncIterator[Stage]:
    async with PostgresEventLog(database.app) as log:
        stage = Stage(database, endpoints.nats, log)
        yield stage
        async with connected(stage.nats, "test") as client:
            await JetStreamEvents(client, stage.stream).remove()


SOME: Final = ((SUSPENDED, 1), (NUMBER, 9), (SUSPENDED, 2), (RESTORED, 1), (NUMBER, 9))


async def test_the_rows_follow_the_events(stage: Stage) -> None:
    async with keeping(stage.access.app, stage.nats, stage.stream):
        await stage.tell(*SOME)
        await stage.has_come(5, COUNTS, SUSPENSIONS)
        assert {row[0] for row in stage.rows(SUSPENSIONS)} == {an_id(2)}
        await stage.tell((RESTORED, 2), (NUMBER, 9))
        await stage.has_come(7, COUNTS, SUSPENSIONS)
    for of in (COUNTS, SUSPENSIONS):
        assert stage.rows(of) == await stage.folded(of)
    assert stage.rows(SUSPENSIONS) == set()


class Held(msgspec.Struct, frozen=True):
    nth: int
    id: UUID | None = None
    number: int | None = None
    code: Name | None = None
    at: Instant | None = None
    on: date | None = None
    flag: bool | None = None


HELD: Final = Projection[tuple[int], Held](
    name="held",
    row=Held,
    key=("nth",),
    touches=lambda seen: ((seen.position,),),
    evolve=lambda _, key, seen: Held(*key, at=seen.recorded_at),
)


async def test_a_row_is_read_as_it_was_written(stage: Stage) -> None:
    before = datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)
    after = datetime.max.replace(tzinfo=UTC)
    written = [
        Held(1),
        Held(2, UUID(int=0), -(2**63), "", before, date(1, 1, 1), flag=False),
        Held(3, UUID(int=2**128 - 1), 2**63 - 1, "髙橋", after, date.max, flag=True),
    ]
    rows = {(row.nth,): row for row in written}
    async with PostgresViews(stage.access.app) as views:
        await views.begin(HELD)
        async with views.turn(HELD, "next") as turn:
            await turn.write(rows, 1)
            assert await turn.rows([*rows, (4,)]) == rows
            await turn.write({(2,): None, (3,): Held(3)}, 2)
            assert await turn.rows(rows.keys()) == {(1,): Held(1), (3,): Held(3)}


# Killed, and more than one


class Keepers:
    """Processes of their own, which go on in small batches."""

    def __init__(self, stage: Stage) -> None:
        environ = {
            "CONNINFO": stage.access.app,
            "NATS_URL": stage.nats.url,
            "NATS_SEED": str(stage.nats.seed),
            "STREAM": stage.stream,
        }
        self._process: Final = subprocess.Popen(
            (sys.executable, "-m", "tests.integration.keepers"),
            cwd=ROOT,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._pids: Final[list[int]] = []

    async def one_more(self) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self._pids.append(int(await asyncio.to_thread(self._process.stdout.readline)))
        return self._pids[-1]

    def kill(self, pid: int) -> None:
        self._pids.remove(pid)
        os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        self._process.kill()
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)
        self._process.communicate()


@pytest.fixture
def keepers(stage: Stage) -> Iterator[Keepers]:
    with closing(Keepers(stage)) as keepers:
        yield keepers


KILLS: Final = 10
AT_A_TIME: Final = 120
MIXED: Final = (
    (SUSPENDED, 1), (NUMBER, 9), (RESTORED, 1), (SUSPENDED, 2), (NUMBER, 8), (RESTORED, 2),
)  # fmt: skip


async def test_keepers_killed_one_after_the_other_apply_each_event_once(
    stage: Stage, keepers: Keepers
) -> None:
    keeper = await keepers.one_more()
    for kill in range(KILLS):
        following = await keepers.one_more()  # For a while there are two.
        await stage.tell(*itertools.islice(itertools.cycle(MIXED), AT_A_TIME))
        middle = kill * AT_A_TIME + AT_A_TIME // 4
        await until(lambda: stage.position(COUNTS) > middle)  # noqa: B023 (It is waited for here.)
        keepers.kill(keeper)
        keeper = following
    await stage.has_come(KILLS * AT_A_TIME, COUNTS, SUSPENSIONS)
    kept = [stage.rows(of) for of in (COUNTS, SUSPENSIONS)]
    assert kept == [await stage.folded(of) for of in (COUNTS, SUSPENSIONS)]
    await stage.rebuilt(COUNTS, SUSPENSIONS)
    assert kept == [stage.rows(of) for of in (COUNTS, SUSPENSIONS)]


async def test_a_keeper_killed_between_its_rows_and_its_checkpoint_has_done_nothing(
    stage: Stage, keepers: Keepers
) -> None:
    await stage.rebuilt(COUNTS)
    keeper = await keepers.one_more()
    with session(stage.access.app) as other:
        with other.transaction():
            other.execute("lock table views.counts in share mode")
            await stage.tell(*SOME)
            await until(stage.waits_for_a_lock)
            keepers.kill(keeper)
        assert stage.position(COUNTS) == 0
    await keepers.one_more()
    await stage.has_come(5, COUNTS)
    assert stage.rows(COUNTS) == await stage.folded(COUNTS)


async def test_many_keepers_at_once_apply_each_event_once(stage: Stage) -> None:
    async with AsyncExitStack() as running:
        for _ in range(4):
            await running.enter_async_context(keeping(stage.access.app, stage.nats, stage.stream))
        for _ in range(20):
            await stage.tell(*MIXED)
        await stage.has_come(20 * len(MIXED), COUNTS, SUSPENSIONS)
    assert stage.rows(COUNTS) == await stage.folded(COUNTS)


# Stopped, paused, and what goes on


def broken(event: NewEvent) -> NewEvent:
    return replace(event, header=b"{}", facts=Span(0, 0))


async def test_an_event_that_cannot_be_folded_stops_one_list_and_no_other(stage: Stage) -> None:
    await stage.rebuilt(COUNTS, SUSPENSIONS)
    with capture_logs() as said:
        async with keeping(stage.access.app, stage.nats, stage.stream):
            await stage.tell(*SOME)
            await stage.record(broken(stage.new(NUMBER, 9)))
            await stage.tell((SUSPENDED, 3))
            await stage.has_come(7, SUSPENSIONS)
            await until(lambda: stops(said))
    place = {"projection": "counts", "position": 6, "code": "EVENT_DAMAGED"}
    assert stops(said) == [{"event": "projection_stopped", "log_level": "error", **place}]
    assert stage.standing(COUNTS) == Standing(5, "stopped", "EVENT_DAMAGED", 6)
    assert {row[0] for row in stage.rows(SUSPENSIONS)} == {an_id(2), an_id(3)}


def stops(said: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [line for line in said if line["event"] == "projection_stopped"]


async def test_a_list_that_has_stopped_tries_again_when_it_is_told_to(stage: Stage) -> None:
    fails = {"now": True}

    def counted(row: Counted | None, key: tuple[str], seen: Seen) -> Counted | None:
        if seen.position == 4 and fails["now"]:
            raise KeyError(key)
        return COUNTS.evolve(row, key, seen)

    failing = replace(COUNTS, evolve=counted)
    await stage.rebuilt(COUNTS)
    with capture_logs() as said:
        async with keeping(stage.access.app, stage.nats, stage.stream, [failing]) as views:
            await stage.tell(*SOME)
            await until(lambda: len(stops(said)) == 1)
            await views.resume(COUNTS)
            await until(lambda: len(stops(said)) == 2)
            assert stage.standing(COUNTS) == Standing(3, "stopped", "KeyError", 4)
            fails["now"] = False
            await views.resume(COUNTS)
            await stage.has_come(5, COUNTS)
    assert stage.rows(COUNTS) == await stage.folded(COUNTS)


@pytest.mark.parametrize(("paused", "other"), [(COUNTS, SUSPENSIONS), (SUSPENSIONS, COUNTS)])
async def test_a_paused_list_waits_until_it_is_resumed(
    stage: Stage, paused: Projection[Any, Any], other: Projection[Any, Any]
) -> None:
    """Also where what comes is nothing that it wants."""
    async with (
        keeping(stage.access.app, stage.nats, stage.stream),
        PostgresViews(stage.access.app) as operator,
    ):
        await stage.tell(*SOME)
        await stage.has_come(5, COUNTS, SUSPENSIONS)
        await operator.pause(paused)
        for position, told in enumerate([(NUMBER, 9), (SUSPENDED, 3)], start=6):
            await stage.tell(told)
            await stage.has_come(position, other)
        assert stage.standing(paused) == Standing(5, "paused")
        await operator.resume(paused)
        await stage.has_come(7, COUNTS, SUSPENSIONS)
    assert stage.rows(COUNTS) == await stage.folded(COUNTS)


async def test_a_list_that_somebody_holds_lets_no_other_wait(stage: Stage) -> None:
    """Also where none of them wants what comes, and all of them pass it on together."""
    others = [replace(SUSPENSIONS, name=name) for name in ("held", "second", "third")]
    held = "select from views.checkpoint where name = 'held' for update"
    async with keeping(stage.access.app, stage.nats, stage.stream, others):
        await stage.tell(*SOME)
        await stage.has_come(5, *others)
        with session(stage.access.app) as holding, holding.transaction():
            holding.execute(held)
            await stage.tell((NUMBER, 9))
            await stage.has_come(6, *others[1:])
            assert stage.standing(others[0]) == Standing(5)
        await stage.has_come(6, *others)


async def test_who_keeps_a_list_twice_passes_on_twice(stage: Stage) -> None:
    """As the installation does for what is due, which it brings further itself before it looks."""
    await stage.rebuilt(SUSPENSIONS)
    await stage.record(stage.new(NUMBER, 9))
    async with PostgresViews(stage.access.app) as views, asyncio.timeout(10):
        both = [Projecting(SUSPENSIONS, views, stage.log, SEALING) for _ in range(2)]
        await asyncio.gather(*(each.step(stage.log) for each in both))
    assert stage.standing(SUSPENSIONS) == Standing(1)


async def test_a_list_does_not_go_past_a_gap_in_the_stream(stage: Stage) -> None:
    await stage.rebuilt(COUNTS)
    await stage.record(*(stage.new(*told) for told in SOME))
    third, *_ = await stage.log.after(2, 1)
    async with connected(stage.nats, "test") as client:
        await client.jetstream().add_stream(
            StreamConfig(name=stage.stream, subjects=[f"{stage.stream.lower()}.>"], first_seq=3)
        )
        await client.jetstream().publish(f"{stage.stream.lower()}.late", message_of(third))
    with capture_logs() as said:
        async with keeping(stage.access.app, stage.nats, stage.stream, [COUNTS]):
            await until(lambda: stops(said))
    assert stage.standing(COUNTS) == Standing(0, "stopped", "EVENTS_OUT_OF_PLACE", 1)


async def test_a_list_does_not_go_past_a_message_that_is_none_of_ours(stage: Stage) -> None:
    await stage.rebuilt(COUNTS)
    await stage.tell(*SOME[:2])
    async with connected(stage.nats, "test") as client:
        theirs = [Message("case.foretold.v1", b"not a word of ours")]
        await JetStreamEvents(client, stage.stream).continue_after(2, theirs)
    with capture_logs() as said:
        async with keeping(stage.access.app, stage.nats, stage.stream, [COUNTS]):
            await until(lambda: stops(said))
    assert stage.standing(COUNTS) == Standing(2, "stopped", "MESSAGE_DAMAGED", 3)


async def test_a_message_that_was_lost_on_its_way_comes_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def third_lost(reply: str) -> tuple[int, int]:
        position, counted = place_of(reply)
        return position, counted + (position > 2)

    await stage.tell(*SOME)
    async with connected(stage.nats, "test") as client:
        events = JetStreamFollowing(client, stage.stream)
        with monkeypatch.context() as lossy:
            lossy.setattr(following, "place_of", third_lost)
            with pytest.raises(StreamUnavailable):
                await events.after(0, 10)
        assert [event.position for event in await events.after(0, 10)] == [1, 2, 3, 4, 5]


# Made anew


async def test_a_list_is_made_anew_beside_the_one_that_is_read(stage: Stage) -> None:
    """While events come and readers read; and it comes to the same rows."""
    done = asyncio.Event()
    async with keeping(stage.access.app, stage.nats, stage.stream):
        await stage.tell(*MIXED)
        await stage.has_come(6, COUNTS, SUSPENSIONS)
        reading = asyncio.create_task(read_until(done, stage))
        telling = asyncio.create_task(tell_until(done, stage))
        for _ in range(5):
            await stage.rebuilt(COUNTS, SUSPENSIONS)
        done.set()
        seen, told = await reading, await telling
        await stage.has_come(told, COUNTS, SUSPENSIONS)
    assert seen == sorted(seen)  # What was once read is never taken back.
    for of in (COUNTS, SUSPENSIONS):
        assert stage.rows(of) == await stage.folded(of)


async def read_until(done: asyncio.Event, stage: Stage) -> list[int]:
    seen: list[int] = []
    async with await psycopg.AsyncConnection.connect(stage.access.app, autocommit=True) as reader:
        while not done.is_set():
            row = await (await reader.execute("select sum(events) from views.counts")).fetchone()
            assert row
            seen.append(row[0])
    return seen


async def tell_until(done: asyncio.Event, stage: Stage) -> int:
    while not done.is_set():
        await stage.tell(*MIXED)
    return await stage.log.head()


async def test_a_list_broken_off_while_it_was_made_anew_goes_on_from_there(stage: Stage) -> None:
    await stage.tell(*MIXED)
    await stage.rebuilt(COUNTS)
    before = stage.rows(COUNTS)
    async with PostgresViews(stage.access.app) as views:
        broken_off = Projecting(COUNTS, views, stage.log, SEALING).rebuild(4)
        assert await anext(broken_off) == 4
        await broken_off.aclose()
        assert stage.rows(COUNTS) == before
        going_on = Projecting(COUNTS, views, stage.log, SEALING).rebuild(4)
        assert [position async for position in going_on] == [6]
    assert stage.rows(COUNTS) == before


async def test_a_list_gives_way_only_to_one_that_has_come_as_far(stage: Stage) -> None:
    await stage.tell(*MIXED)
    await stage.rebuilt(COUNTS)
    async with PostgresViews(stage.access.app) as views:
        begun = Projecting(COUNTS, views, stage.log, SEALING).rebuild(4)
        assert await anext(begun) == 4
        await views.swap(COUNTS)
        assert stage.standing(COUNTS) == Standing(6)
        assert [position async for position in begun] == [6]


async def test_two_who_make_a_list_anew_at_once_make_one(stage: Stage) -> None:
    await stage.tell(*MIXED * 20)
    await asyncio.gather(*(stage.rebuilt(COUNTS) for _ in range(3)))
    assert stage.rows(COUNTS) == await stage.folded(COUNTS)


async def test_a_list_that_stopped_goes_on_when_it_has_been_made_anew(stage: Stage) -> None:
    async with PostgresViews(stage.access.app) as views:
        await stage.tell(*SOME)
        await stage.rebuilt(COUNTS)
        await views.stop(COUNTS, "live", 6, "KeyError")
        await stage.tell((NUMBER, 9))
        await stage.rebuilt(COUNTS)
        assert stage.standing(COUNTS) == Standing(6)
        await views.pause(COUNTS)
        await stage.rebuilt(COUNTS)
        assert stage.standing(COUNTS) == Standing(6, "paused")


async def test_a_list_declared_otherwise_is_made_anew_at_the_start(stage: Stage) -> None:
    await stage.tell(*SOME)
    await stage.rebuilt(COUNTS, SUSPENSIONS)
    anew = replace(SUSPENSIONS, name="counts")
    async with keeping(stage.access.app, stage.nats, stage.stream, [anew]):
        await until(lambda: stage.definition(anew) == anew.definition)
        assert stage.rows(anew) == stage.rows(SUSPENSIONS)
        await stage.tell((SUSPENDED, 7))
        await stage.has_come(6, anew)
    assert {row[0] for row in stage.rows(anew)} == {an_id(2), an_id(7)}


async def test_all_lists_together_are_made_anew_on_a_few_connections(stage: Stage) -> None:
    await stage.record(*(stage.new(*told) for told in MIXED))
    async with PostgresViews(stage.access.app) as views:
        async for _ in rebuild_together(LISTS, views, stage.log, SEALING):
            pass
        assert len(connections(stage)) == LISTS_AT_ONCE
        assert {each.position for each in await views.standings(LISTS)} == {len(MIXED)}


def connections(stage: Stage) -> list[int]:
    asked = """
    select pid from pg_stat_activity
    where application_name = 'tsunagu-views' and datname = current_database()
    """
    with session(stage.access.app) as looking:
        return [pid for (pid,) in looking.execute(asked)]


# Outages


async def test_when_a_connection_is_lost_those_that_are_free_are_not_tried(stage: Stage) -> None:
    async with PostgresViews(stage.access.app) as views:
        await asyncio.gather(*(views.standings([of]) for of in (COUNTS, SUSPENSIONS, COUNTS)))
        with session(stage.access.app) as killing:
            for pid in connections(stage):
                killing.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(LogUnavailable):
            await views.standings([COUNTS])
        assert len(await views.standings([COUNTS])) == 1


async def test_lists_outlast_both_engines_and_a_stream_that_was_wiped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.engines.process.HEALTHY_AFTER_S", 0.0)
    with capture_logs() as said:
        async with embedded(Settings(data=tmp_path / "data")) as engines:
            await migrate(engines.postgres.owner)
            async with PostgresEventLog(engines.postgres.app) as log:
                stage = Stage(engines.postgres, engines.nats, log)
                async with keeping(stage.access.app, stage.nats, stage.stream):
                    await outlast(stage, tmp_path / "data")
    assert not stops(said)


async def outlast(stage: Stage, data: Path) -> None:
    await stage.tell(*MIXED)
    await stage.has_come(6, COUNTS, SUSPENSIONS)

    os.kill(nats_pid(data), signal.SIGKILL)
    await stage.record(*(stage.new(*told) for told in MIXED))
    await persistently(stage.relay)
    await stage.has_come(12, COUNTS, SUSPENSIONS)

    os.kill(postmaster(data), signal.SIGKILL)
    await answers_again(stage.access.owner)
    await stage.tell(*MIXED)
    await stage.has_come(18, COUNTS, SUSPENSIONS)

    async with connected(stage.nats, "test") as client:
        await JetStreamEvents(client, stage.stream).remove()
    await stage.tell(*MIXED)
    await stage.has_come(24, COUNTS, SUSPENSIONS)
    for of in (COUNTS, SUSPENSIONS):
        assert stage.rows(of) == await stage.folded(of)


async def persistently(work: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(StreamUnavailable):
                return await work()
            await asyncio.sleep(0.1)


def nats_pid(data: Path) -> int:
    (ports,) = (data / "nats").glob("*.ports")
    return int(ports.stem.rpartition("_")[2])
