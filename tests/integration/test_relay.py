"""EVENTS is the log once more: complete, in order, each event once, whoever dies and whenever."""
# nats-py leaves parts of its types open:
# pyright: reportUnknownMemberType=false

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
import pytest_asyncio
from msgspec.structs import replace
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig
from structlog.testing import capture_logs

from adapters.engines import Endpoints, PostgresAccess, embedded
from adapters.nats import connecting, events
from adapters.nats import relay as relays
from adapters.nats.connecting import connected
from adapters.nats.events import FEW, EventTooLarge, JetStreamEvents, StreamNotOurs
from adapters.nats.relay import relay
from adapters.postgres import listening
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate
from adapters.settings import Settings
from services import relaying
from services.ports import Message, Overtaken, StreamUnavailable
from services.relaying import Head, Relaying, StreamAhead, StreamDiffers, compare, message_of
from tests.integration.conftest import MakeDatabase
from tests.integration.relays import Relays
from tests.integration.writers import a_stream, append_batch, command, event, session, until


class Place(NamedTuple):
    """A log and a stream of its own, and who looks at both."""

    endpoints: Endpoints
    log: PostgresEventLog
    client: Client
    stream: str

    @property
    def app(self) -> str:
        return self.endpoints.postgres.app

    @property
    def events(self) -> JetStreamEvents:
        return JetStreamEvents(self.client, self.stream)

    def grow(self, events: int) -> None:
        """By one batch that nobody here hears of."""
        with session(self.app) as writer:
            append_batch(
                writer,
                *(
                    command(event(a_stream(), parts={"note": os.urandom(40)}))
                    for _ in range(events)
                ),
            )

    def relay(self) -> AbstractAsyncContextManager[None]:
        """In this process, which hears of what is appended only from PostgreSQL."""
        return relay(self.log, Head(), self.app, self.endpoints.nats, self.stream)

    def relays(self) -> Relays:
        return Relays(self.app, self.endpoints.nats, self.stream)

    async def catch_up(self) -> int:
        position = 0
        async for progress in Relaying(self.log, self.events, Head()).catch_up():
            position = progress.position
        return position

    async def comes_to(self, position: int) -> None:
        async with asyncio.timeout(30):
            while await self._last() < position:  # noqa: ASYNC110 (it sets no events)
                await asyncio.sleep(0.01)

    async def _last(self) -> int:
        try:
            return (await self.events.extent()).last
        except StreamUnavailable:
            return 0

    async def is_whole(self) -> bool:
        """Every byte, at every position."""
        pages = [page async for page in compare(self.log, self.events)]
        assert pages
        assert pages[-1].position == await self.log.head()
        assert [fault for page in pages for fault in page.faults] == []
        return True


@asynccontextmanager
async def place(endpoints: Endpoints) -> AsyncGenerator[Place]:
    async with (
        PostgresEventLog(endpoints.postgres.app) as log,
        connected(endpoints.nats, "test") as client,
    ):
        yield Place(endpoints, log, client, f"EVENTS_{uuid4().hex}")


@pytest_asyncio.fixture
async def here(endpoints: Endpoints, database: PostgresAccess) -> AsyncIterator[Place]:
    async with place(replace(endpoints, postgres=database)) as found:
        yield found
        await found.events.remove()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest_asyncio.fixture
async def own(data: Path) -> AsyncIterator[Place]:
    """On engines that may be killed without anybody else noticing."""
    with capture_logs():
        async with embedded(Settings(data=data)) as engines:
            await migrate(engines.postgres.owner)
            async with place(engines) as found:
                yield found


@pytest.fixture
def another_database(make_database: MakeDatabase) -> PostgresAccess:
    return make_database()


# Relays that die


async def test_two_relays_and_those_that_follow_the_killed_leave_one_whole_stream(
    here: Place,
) -> None:
    with here.relays() as relays:
        alive = [relays.one_more(), relays.one_more()]
        for killed in range(8):
            here.grow(300)
            await here.comes_to(killed * 300 + 50)
            os.kill(alive.pop(0), signal.SIGKILL)
            alive.append(relays.one_more())
        await here.comes_to(8 * 300)
    assert await here.is_whole()


async def test_relays_in_one_another_s_way_all_the_while_lose_and_double_nothing(
    here: Place,
) -> None:
    here.grow(600)
    with here.relays() as relays:
        for _ in range(4):
            relays.one_more()
        for written in range(20):
            here.grow(1 + written % 3)
            await asyncio.sleep(0.01)  # Some of them idle, some of them in the middle.
        await here.comes_to(await here.log.head())
    assert await here.is_whole()


async def test_a_relay_stopped_across_a_restart_of_the_server_does_no_harm(
    own: Place, data: Path
) -> None:
    with own.relays() as relays:
        own.grow(500)
        stopped = relays.one_more()
        await own.comes_to(40)
        os.kill(stopped, signal.SIGSTOP)
        await nats_killed(data)
        relays.one_more()
        own.grow(100)
        await own.comes_to(600)
        os.kill(stopped, signal.SIGCONT)
        own.grow(300)
        await own.comes_to(900)
    assert await own.is_whole()


# Streams that are lost


async def test_a_store_wiped_while_the_relay_runs_is_filled_again(own: Place, data: Path) -> None:
    own.grow(200)
    async with own.relay():
        await own.comes_to(200)
        # In one step, while nats-server writes on: what is put aside is gone for the next one.
        (data / "nats/jetstream").rename(data / "wiped")
        await nats_killed(data)
        shutil.rmtree(data / "wiped")
        await own.comes_to(200)
        own.grow(50)
        await own.comes_to(250)
    assert await own.is_whole()


async def test_a_stream_that_is_there_and_takes_nothing_is_an_outage(
    own: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find it there is not to go on."""

    async def full(*_: object) -> None:
        raise StreamUnavailable(reason="full")

    monkeypatch.setattr(relays, "TOLD_AFTER_S", 0.5)
    with capture_logs() as lines:
        async with own.relay():
            own.grow(10)
            await own.comes_to(10)
            with monkeypatch.context() as patched:
                patched.setattr(JetStreamEvents, "continue_after", full)
                own.grow(10)
                await until(lambda: said(lines, "relay_stopped"))
            await own.comes_to(20)
            await until(lambda: said(lines, "relay_goes_on"))
    assert [line["event"] for line in lines] == ["relay_stopped", "relay_goes_on"]


@pytest.mark.parametrize(
    ("after_s", "told"), [(0.0, ["relay_stopped", "relay_goes_on"]), (60.0, [])]
)
async def test_an_outage_that_lasts_is_said_once_and_its_end_once(
    own: Place, data: Path, monkeypatch: pytest.MonkeyPatch, after_s: float, told: list[str]
) -> None:
    monkeypatch.setattr(relays, "TOLD_AFTER_S", after_s)
    monkeypatch.setattr(events, "ANSWER_WITHIN_S", 0.3)
    monkeypatch.setattr(connecting, "CONNECT_WITHIN_S", 0.3)
    with capture_logs() as lines:
        async with own.relay():
            own.grow(10)
            await own.comes_to(10)
            os.kill(nats_pid(data), signal.SIGSTOP)  # It neither answers nor is started again.
            if told:
                await until(lambda: said(lines, "relay_stopped"))
            own.grow(10)
            await asyncio.sleep(1)  # Some more attempts.
            os.kill(nats_pid(data), signal.SIGCONT)
            await own.comes_to(20)
    of_relay = [line for line in lines if line["event"].startswith("relay")]
    assert [line["event"] for line in of_relay] == told
    for line in of_relay[:1]:
        assert (line["code"], line["log_level"]) == ("STREAM_UNAVAILABLE", "warning")
    assert await own.is_whole()


@pytest.mark.parametrize("gone", ["beginning", "middle", "everything"])
async def test_a_stream_with_holes_is_made_anew_and_kept_from_further_ones(
    here: Place, gone: str
) -> None:
    """Somebody's own stream lets messages go; ours does not."""
    here.grow(30)
    js = JetStreamContext(here.client)
    root = here.stream.lower()
    await js.add_stream(StreamConfig(here.stream, subjects=[f"{root}.>"]))
    for stored in await here.log.after(0, 20):
        await js.publish(f"{root}.x", message_of(stored))
    match gone:
        case "beginning":
            await js.purge_stream(here.stream, keep=5)
        case "middle":
            await js.delete_msg(here.stream, 7)
        case _:
            await js.purge_stream(here.stream)
    assert await here.catch_up() == 30
    assert await here.is_whole()
    config = (await js.stream_info(here.stream)).config
    assert (config.allow_atomic, config.deny_delete, config.deny_purge) == (True, True, True)


async def test_a_stream_that_lost_its_tail_gets_it_back(here: Place) -> None:
    here.grow(50)
    found = await here.log.after(0, 20)
    await here.events.extent()
    await here.events.continue_after(0, [Message(s.type, message_of(s)) for s in found])
    assert await here.catch_up() == 50
    assert await here.is_whole()


async def test_nothing_starts_beside_the_stream_of_a_newer_log(
    here: Place, another_database: PostgresAccess
) -> None:
    here.grow(10)
    await here.catch_up()
    endpoints = replace(here.endpoints, postgres=another_database)
    async with PostgresEventLog(another_database.app) as log:
        restored = here._replace(endpoints=endpoints, log=log)
        restored.grow(7)
        with pytest.raises(StreamAhead) as refused:
            async with restored.relay():
                pass
        assert refused.value.facts == {"stream": 10, "log": 7}
        restored.grow(5)
        with pytest.raises(StreamDiffers):
            async with restored.relay():
                pass
    assert await here.is_whole()


async def test_a_database_restored_under_a_running_relay_stops_it_until_somebody_decides(
    here: Place,
) -> None:
    here.grow(10)
    with capture_logs() as lines:
        async with here.relay():
            await here.comes_to(10)
            with session(here.endpoints.postgres.owner) as restoring:
                restoring.execute("alter table log.event disable trigger append_only")
                restoring.execute("delete from log.event where position > 5")
            here.grow(2)
            await until(lambda: said(lines, "relay_stopped"))
            assert (await here.events.extent()).last == 10
            async for _ in Relaying(here.log, here.events, Head()).rebuild():
                pass
            await until(lambda: said(lines, "relay_goes_on"))
    (stopped,) = said(lines, "relay_stopped")
    assert (stopped["code"], stopped["log_level"]) == ("STREAM_AHEAD", "error")
    assert await here.is_whole()


async def test_a_stream_that_cannot_keep_events_is_not_used(here: Place) -> None:
    js = JetStreamContext(here.client)
    await js.add_stream(
        StreamConfig(here.stream, subjects=[f"{here.stream}.>"], storage=StorageType.MEMORY)
    )
    with pytest.raises(StreamNotOurs) as refused:
        await here.events.extent()
    assert refused.value.facts["stream"] == here.stream


# Being woken


async def test_what_another_process_appends_wakes_the_relay(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "POLL_S", 60)
    async with here.relay():
        await listener(here)
        for come_to in (3, 6):  # The first may be found without being told of.
            here.grow(3)
            await here.comes_to(come_to)


async def test_what_this_process_appends_wakes_the_relay_at_once(
    here: Place, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "POLL_S", 60)
    head = Head()
    async with (
        PostgresEventLog(here.app, head.reached) as log,
        relay(log, head, endpoints.postgres.app, here.endpoints.nats, here.stream),  # Deaf.
    ):
        for position in (1, 2, 3):
            await log.append(command(event(a_stream())))
            await here.comes_to(position)


async def test_a_relay_that_hears_nothing_looks_for_itself(
    here: Place, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "POLL_S", 0.05)
    deaf = endpoints.postgres.app
    async with relay(here.log, Head(), deaf, here.endpoints.nats, here.stream):
        here.grow(3)
        await here.comes_to(3)


async def test_nonsense_said_to_the_listener_does_not_make_it_deaf(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "POLL_S", 60)
    async with here.relay():
        await listener(here)
        with session(here.app) as other:
            for nonsense in ("", "-1", "seven", "9" * 30):
                other.execute("select pg_notify('tsunagu_log', %s)", [nonsense])
        for come_to in (3, 6):
            here.grow(3)
            await here.comes_to(come_to)


async def test_a_listener_that_was_cut_off_listens_again(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "POLL_S", 60)
    monkeypatch.setattr(listening, "LISTEN_AGAIN_AFTER_S", 0.01)
    async with here.relay():
        cut_off = await listener(here)
        with session(here.endpoints.postgres.owner) as owner:
            owner.execute("select pg_terminate_backend(%s)", [cut_off])
        await listener(here, other_than=cut_off)
        for come_to in (3, 6):
            here.grow(3)
            await here.comes_to(come_to)


# What the stream takes


@pytest.mark.parametrize("size", [1, 2, FEW, FEW + 1, 100, 1000])
async def test_a_message_is_taken_in_its_own_place_or_not_at_all(here: Place, size: int) -> None:
    async def send(after: int) -> None:
        places = range(after + 1, after + 1 + size)
        messages = [Message("case.noted.v1", b"%d" % place) for place in places]
        await here.events.continue_after(after, messages)

    await here.events.extent()
    await send(0)
    for wrong in (0, size + 1, 3 * size):
        with pytest.raises(Overtaken):
            await send(wrong)
    with suppress(Overtaken):  # Of a few, those that others have not sent are taken.
        await send(size // 2)
    last = (await here.events.extent()).last
    await send(last)
    found = [message async for message in here.events.messages()]
    assert found == [(place, b"%d" % place) for place in range(1, last + size + 1)]


async def test_a_subject_names_the_type_of_the_event_and_nothing_else_that_was_written(
    here: Place,
) -> None:
    await here.events.extent()
    types = ("case.opened.v1", "odd type", "a.>", "x\r\nPUB events 0", "A.b.v1", "a" * 70)
    await here.events.continue_after(0, [Message(type_, b"{}") for type_ in types])
    info = await JetStreamContext(here.client).stream_info(here.stream, subjects_filter=">")
    root = here.stream.lower()
    assert info.state.subjects == {f"{root}.case.opened.v1": 1, f"{root}.other": 5}


async def test_what_is_too_large_for_the_server_is_said_to_be_and_nothing_of_it_sent(
    here: Place,
) -> None:
    await here.events.extent()
    small, large = Message("case.noted.v1", b"{}"), Message("case.noted.v1", bytes(4 << 20))
    with pytest.raises(EventTooLarge) as refused:
        await here.events.continue_after(0, [small, large])
    assert refused.value.facts["position"] == 2
    assert (await here.events.extent()).last == 0


async def test_a_page_as_large_as_the_log_gives_goes_as_one_batch(here: Place) -> None:
    with session(here.app) as writer:
        append_batch(
            writer,
            *(command(event(a_stream(), parts={"note": bytes(500_000)})) for _ in range(40)),
        )
    assert await here.catch_up() == 40
    assert await here.is_whole()


async def listener(here: Place, other_than: int = 0) -> int:
    """Which of the server's processes tells the relay, once one does."""
    asked = "select pid from pg_stat_activity where query = %s and state = 'idle' and pid <> %s"
    with session(here.app) as looking:
        found: list[tuple[int]] = []

        def listens() -> bool:
            found[:] = looking.execute(
                asked + " and datname = current_database()", ["listen tsunagu_log", other_than]
            ).fetchall()
            return bool(found)

        await until(listens)
    return found[0][0]


def said(lines: Sequence[Mapping[str, object]], what: str) -> list[Mapping[str, object]]:
    return [line for line in lines if line["event"] == what]


def nats_pid(data: Path) -> int:
    (ports,) = (data / "nats").glob("*.ports")
    return int(ports.stem.rpartition("_")[2])


async def nats_killed(data: Path) -> None:
    """And started again by whoever keeps it running."""
    killed = nats_pid(data)
    os.kill(killed, signal.SIGKILL)

    def is_another() -> bool:
        with suppress(ValueError):  # For a moment nobody has a file of ports.
            return nats_pid(data) != killed
        return False

    await until(is_another)
