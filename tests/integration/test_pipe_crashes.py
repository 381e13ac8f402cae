"""The whole pipe under load while all that it is made of is killed: nothing said to it is lost."""
# pyright: reportUnknownMemberType=false

import asyncio
import os
import random
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, LiteralString, NamedTuple, TypeAlias

import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from adapters.ending import ended
from adapters.nats.connecting import connected
from adapters.nats.events import EVENTS, JetStreamEvents
from adapters.nats.intake import DURABLE, STREAM
from adapters.postgres.event_log import PostgresEventLog
from projections.lists import LISTS
from projections.tables import Projection
from tests.integration.afterwards import (
    assert_equal_to_a_rebuild,
    assert_events_equal,
    assert_one_agency_answers_for_each,
    counted,
    whole,
)
from tests.integration.clerks import Office, Register, offices
from tests.integration.pipe import Pipe, a_pipe
from tests.integration.test_crashes import a_backend, answers_again, postmaster
from tests.integration.test_engines import nats_pid
from tests.integration.writers import assert_whole, session, until

OFFICES: Final = 8
SOME: Final = 25  # Commands acknowledged from one kill to the next.
QUIET_WITHIN_S: Final = 600.0


class Stage(NamedTuple):
    pipe: Pipe
    hub: Client  # As our own services are connected to NATS.
    log: PostgresEventLog
    register: Register
    chance: random.Random

    async def progress(self) -> None:
        before = self.register.acknowledged
        await until(lambda: self.register.acknowledged > before + SOME)


# Kills


async def postgres(stage: Stage) -> None:
    killed = postmaster(stage.pipe.data)
    os.kill(killed, signal.SIGKILL)
    await answers_again(stage.pipe.endpoints.postgres.owner)
    assert postmaster(stage.pipe.data) != killed


async def one_backend(stage: Stage) -> None:
    """PostgreSQL then ends all the others too, and recovers."""
    os.kill(a_backend(stage.pipe.endpoints.postgres.owner), signal.SIGKILL)
    await answers_again(stage.pipe.endpoints.postgres.owner)


async def nats(stage: Stage) -> None:
    killed = nats_pid(stage.pipe.data)
    os.kill(killed, signal.SIGKILL)
    await until(lambda: the_nats_pid(stage.pipe.data) not in {None, killed})


async def an_app(stage: Stage) -> None:
    await stage.chance.choice(stage.pipe.apps).kill()


async def an_app_for_a_while(stage: Stage) -> None:
    """It knows nothing of it: what it had begun it goes on with, though others may have done it."""
    with stage.chance.choice(stage.pipe.apps).standing_still():
        await stage.progress()


async def the_log(stage: Stage) -> None:
    """Its lanes: those of the commands, and that of the relay."""
    end_sessions(stage, "application_name = 'tsunagu-log'")


async def the_lists(stage: Stage) -> None:
    end_sessions(stage, "application_name = 'tsunagu-views'")


async def the_rest(stage: Stage) -> None:
    """Who listens for the log to grow; the keys, the tokens, the answers."""
    end_sessions(stage, "application_name not in ('tsunagu-log', 'tsunagu-views')")


async def readers_of_events(stage: Stage) -> None:
    jetstream = stage.hub.jetstream()
    for reader in await jetstream.consumers_info(EVENTS):
        with suppress(NotFoundError):
            await jetstream.delete_consumer(EVENTS, reader.name)


async def the_reader_of_in(stage: Stage) -> None:
    with suppress(NotFoundError):
        await stage.hub.jetstream().delete_consumer(STREAM, DURABLE)


def end_sessions(stage: Stage, which: LiteralString) -> None:
    ours = "backend_type = 'client backend' and pid <> pg_backend_pid()"
    with session(stage.pipe.endpoints.postgres.owner) as owner:
        owner.execute(
            f"select pg_terminate_backend(pid) from pg_stat_activity where {ours} and {which}"
        )


def the_nats_pid(data: Path) -> int | None:
    with suppress(ValueError):
        return nats_pid(data)
    return None


Kill: TypeAlias = Callable[[Stage], Awaitable[None]]
FIFTY: Final[Mapping[Kill, int]] = {
    postgres: 7,
    one_backend: 3,
    nats: 9,
    an_app: 11,
    an_app_for_a_while: 5,
    the_log: 4,
    the_lists: 3,
    the_rest: 2,
    readers_of_events: 3,
    the_reader_of_in: 3,
}
EACH_ONCE: Final[Mapping[Kill, int]] = dict.fromkeys(FIFTY, 1)


@pytest.fixture(autouse=True)
def quick_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.engines.process.HEALTHY_AFTER_S", 0.0)


async def test_the_pipe_loses_and_doubles_nothing_whatever_is_killed(tmp_path: Path) -> None:
    await killed_under_load(EACH_ONCE, tmp_path, seed=1, hurried=True)


@pytest.mark.soak
async def test_the_pipe_loses_and_doubles_nothing_in_fifty_kills(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("SEED") or random.randrange(1 << 32))  # The order of an earlier run.
    told = await killed_under_load(FIFTY, tmp_path, seed)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 (what the soak is run for)


async def killed_under_load(
    kills: Mapping[Kill, int], folder: Path, seed: int, *, hurried: bool = False
) -> str:
    try:
        async with a_pipe(folder, hurried=hurried) as pipe:
            told = await _killed_under_load(kills, pipe, random.Random(seed))
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
    return f"{told} (seed {seed})"


async def _killed_under_load(kills: Mapping[Kill, int], pipe: Pipe, chance: random.Random) -> str:
    register, access = Register(), pipe.endpoints.postgres
    async with (
        connected(pipe.endpoints.nats, "test") as hub,
        PostgresEventLog(access.app) as log,
    ):
        stage = Stage(pipe, hub, log, register, chance)
        async with pipe.up(), offices(pipe, register, chance, OFFICES) as staffed:
            made = await made_at(hub)
            async with working(staffed):
                for kill in chance.sample([*kills], sum(kills.values()), counts=kills.values()):
                    await stage.progress()
                    await kill(stage)
                await stage.progress()
            await quiet(stage)
        stored = await whole(log)
        count = counted(register, stored, access.owner, staffed[0].aliases)
        assert (count.lost, count.doubled, count.in_part) == (0, 0, 0), count
        assert register.faults == {}
        assert_whole(access.owner)
        assert_one_agency_answers_for_each(stored)
        await assert_events_equal(hub, stored)
        assert await made_at(hub) == made, "EVENTS was lost, and made anew"
        await assert_equal_to_a_rebuild(LISTS, access.app, log)
    kinds = ", ".join(f"{kill.__name__.replace('_', ' ')} {n}" for kill, n in kills.items())
    asked = f"{register.again} asked again"
    return f"{sum(kills.values())} kills ({kinds}): {count}, {asked}, {len(stored)} events"


@asynccontextmanager
async def working(staffed: Sequence[Office]) -> AsyncGenerator[None]:
    """In the end each finishes what it is at: what it says until then, it is answered."""
    told_to_stop = asyncio.Event()
    tasks = [asyncio.create_task(office.work(told_to_stop)) for office in staffed]
    try:
        yield
        told_to_stop.set()
        await asyncio.gather(*tasks)
    finally:
        await ended(*tasks)


async def quiet(stage: Stage) -> None:
    """Nothing is left in IN, and all that follows the log has come to its end."""
    async with asyncio.timeout(QUIET_WITHIN_S):
        while not await is_quiet(stage):  # noqa: ASYNC110 (It is others who are at work.)
            await asyncio.sleep(0.05)


async def is_quiet(stage: Stage) -> bool:
    head = await stage.log.head()
    return (
        (await stage.hub.jetstream().stream_info(STREAM)).state.messages == 0
        and (await JetStreamEvents(stage.hub).extent()).last == head
        and all(standing(stage, of) == (head, "running") for of in LISTS)
    )


def standing(stage: Stage, of: Projection[Any, Any]) -> tuple[int, str] | None:
    with session(stage.pipe.endpoints.postgres.app) as looking:
        asked = "select position, state from views.checkpoint where name = %s"
        return looking.execute(asked, (of.name,)).fetchone()


async def made_at(hub: Client) -> datetime | None:
    return (await hub.jetstream().stream_info(EVENTS)).created
