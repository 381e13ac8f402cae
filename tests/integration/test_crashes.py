"""Whatever dies, and whenever: what was acknowledged is there, once, and nothing else is."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import psycopg
import pytest
import structlog
from psycopg import sql

from adapters.engines import Endpoints, PostgresAccess, embedded
from adapters.postgres import event_log
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate
from adapters.settings import Settings
from domain.model import StreamId
from services.ports import Append, LogRefusesWrites, LogUnavailable, Outcome
from tests.integration.writers import (
    ANSWER,
    APPEND_LOCK,
    a_stream,
    assert_done_once,
    assert_whole,
    command,
    event,
    history_of,
    session,
    until,
    waiting_for_the_lock,
    wire,
)

ROOT: Final = Path(__file__).parents[2]
FEW: Final = [a_stream() for _ in range(4)]


# Many processes


class Writer(NamedTuple):
    process: subprocess.Popen[bytes]
    said: Path

    @classmethod
    def started(cls, conninfo: str, seed: int, said: Path) -> "Writer":
        with said.open("wb") as output:
            process = subprocess.Popen(
                (
                    sys.executable,
                    "-m",
                    "tests.integration.writers",
                    ",".join(map(str, FEW)),
                    f"{seed}",
                ),
                cwd=ROOT,
                env={**os.environ, "CONNINFO": conninfo},
                stdin=subprocess.PIPE,
                stdout=output,
            )
        return cls(process, said)

    def words(self) -> list[str]:
        """Whole lines only: it may be killed in the middle of one."""
        return self.said.read_text(encoding="ascii").split("\n")[:-1]

    def is_ready(self) -> bool:
        return bool(self.words())

    def acknowledged(self) -> list[UUID]:
        return [UUID(line) for line in self.words() if line not in ("ready", "done")]

    def stop(self) -> None:
        """Let it finish what it has begun, and say whether it did."""
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        assert self.words()[-1] == "done"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def writers(conninfo: str, count: int, folder: Path) -> Generator[list[Writer]]:
    started = [Writer.started(conninfo, n, folder / f"said-{n}") for n in range(count)]
    try:
        yield started
    finally:
        for writer in started:
            if writer.process.poll() is None:
                writer.kill()


def all_acknowledged(of: list[Writer]) -> list[UUID]:
    return [id_ for writer in of for id_ in writer.acknowledged()]


async def tail(conninfo: str, until_stopped: asyncio.Event) -> list[int]:
    """Read what is new, again and again, as a follower of the log does."""
    seen: list[int] = []
    with session(conninfo) as reader:
        while True:
            last_round = until_stopped.is_set()
            new = reader.execute(
                "select position from log.event where position > %s order by position",
                (len(seen),),
            ).fetchall()
            seen += (position for (position,) in new)
            if last_round:
                return seen
            await asyncio.sleep(0.002)


async def test_eight_processes_at_once_leave_one_whole_log(
    database: PostgresAccess, tmp_path: Path
) -> None:
    stopped = asyncio.Event()
    with writers(database.app, 8, tmp_path) as started:
        await until(lambda: all(writer.is_ready() for writer in started))
        tailing = asyncio.create_task(tail(database.app, stopped))
        await asyncio.sleep(4)  # The time they have: nothing is waited for.
        for writer in started:
            await asyncio.to_thread(writer.stop)
        stopped.set()
        seen = await tailing
        acknowledged = all_acknowledged(started)
    assert all(writer.acknowledged() for writer in started)
    assert seen == list(range(1, len(history_of(database.owner)) + 1))
    assert_whole(database.owner)
    assert_done_once(database.owner, acknowledged)
    assert len(acknowledged) == len(seen)


# Killed


@asynccontextmanager
async def own_engine(data: Path) -> AsyncGenerator[Endpoints]:
    """One that may be killed without anybody else noticing."""
    with structlog.testing.capture_logs():
        async with embedded(Settings(data=data)) as running:
            await migrate(running.postgres.owner)
            yield running


def postmaster(data: Path) -> int:
    file = data / "postgres/data/postmaster.pid"
    return int(file.read_text(encoding="ascii").partition("\n")[0])


def a_backend(owner: str) -> int:
    with session(owner) as looking:
        row = looking.execute(
            "select pid from pg_stat_activity where application_name = 'tsunagu-log' limit 1"
        ).fetchone()
    assert row is not None
    return int(row[0])


async def answers_again(owner: str) -> None:
    def answers() -> bool:
        with contextlib.suppress(psycopg.OperationalError), session(owner):
            return True
        return False

    await until(answers)


async def progress(of: list[Writer]) -> None:
    before = len(all_acknowledged(of))
    await until(lambda: len(all_acknowledged(of)) > before + 20)


async def killed_under_load(kills: int, folder: Path) -> str:
    """Of PostgreSQL the whole or one process, and of the writers one after the other."""
    data = folder / "data"
    async with own_engine(data) as running:
        owner, app = running.postgres.owner, running.postgres.app
        with writers(app, 4, folder) as started:
            dead: list[Writer] = []
            await until(lambda: all(writer.is_ready() for writer in started))
            for kill in range(kills):
                await progress(started)
                if kill % 3 == 1:
                    os.kill(a_backend(owner), signal.SIGKILL)
                elif kill % 3 == 2:
                    dead.append(started[kill % len(started)])
                    dead[-1].kill()
                    said = folder / f"said-again-{kill}"
                    started.append(Writer.started(app, 100 + kill, said))
                    started.remove(dead[-1])
                    await until(started[-1].is_ready)
                else:
                    killed = postmaster(data)
                    os.kill(killed, signal.SIGKILL)
                    await answers_again(owner)
                    assert postmaster(data) != killed
                await answers_again(owner)
            for writer in started:
                await asyncio.to_thread(writer.stop)
            acknowledged = all_acknowledged([*dead, *started])
        assert_whole(owner)
        lost, doubled = assert_done_once(owner, acknowledged)
        return f"{kills} kills: {len(acknowledged)} acknowledged, {lost} lost, {doubled} doubled"


@pytest.fixture
def quick_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.engines.process.HEALTHY_AFTER_S", 0.0)


@pytest.mark.usefixtures("quick_restarts")
async def test_three_kills_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    await killed_under_load(3, tmp_path)


@pytest.mark.soak
@pytest.mark.usefixtures("quick_restarts")
async def test_twenty_kills_under_load_lose_and_double_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = await killed_under_load(20, tmp_path)
    with capsys.disabled():
        print(f"\n{said}")  # noqa: T201 (what the soak is run for)


# Cut off


async def test_a_commit_whose_answer_was_lost_is_found_when_asked_again(
    database: PostgresAccess,
) -> None:
    said = command(event(a_stream()))
    async with wire(database.app) as (between, through), PostgresEventLog(through) as log:
        await log.append(command(event(a_stream())))
        between.cut_at_next_commit()
        outcome = await log.append(said)
        assert between.cuts == 1
        assert outcome == await log.append(said) == Outcome("repeated", (), ANSWER)
    assert len(history_of(database.owner)) == 2


async def test_a_whole_batch_whose_answer_was_lost_is_done_once(database: PostgresAccess) -> None:
    case = a_stream()
    batch = [command(event(case, version)) for version in range(1, 9)]
    async with wire(database.app) as (between, through), PostgresEventLog(through) as log:
        between.cut_at_next_commit()
        outcomes = await asyncio.gather(*map(log.append, batch))
        assert between.cuts == 1
    assert {outcome.answer for outcome in outcomes} <= {ANSWER, None}
    assert {outcome.verdict for outcome in outcomes} <= {"repeated", "appended"}
    assert "repeated" in {outcome.verdict for outcome in outcomes}
    assert len(history_of(database.owner)) == len(batch)
    assert_whole(database.owner)


async def test_a_lost_connection_is_made_again(database: PostgresAccess) -> None:
    case = a_stream()
    async with PostgresEventLog(database.app) as log:
        for version in range(1, 4):
            assert (await log.append(command(event(case, version)))).verdict == "appended"
            assert len((await log.read(case)).streams[case]) == version
            with session(database.owner) as owner:
                ended = owner.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'tsunagu-log' and datname = current_database()"
                ).fetchall()
            assert ended
        assert (await log.append(command(event(case, 4)))).verdict == "appended"


@pytest.mark.parametrize("size", [1 << 10, 1 << 20])
async def test_a_connection_lost_while_it_is_written_to_is_made_again(
    database: PostgresAccess, size: int
) -> None:
    """Nobody has heard of the loss before the next question is sent, and one is under way."""
    async with PostgresEventLog(database.app) as log, asyncio.timeout(8):
        assert (await log.append(command(event(a_stream())))).verdict == "appended"
        with session(database.owner) as holding:
            holding.execute("begin")
            holding.execute("select pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
            under_way = asyncio.create_task(log.append(heavy(a_stream(), size)))
            await waiting_for_the_lock(database.owner)
            with session(database.owner) as owner:
                owner.execute(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                    " where application_name = 'tsunagu-log' and datname = current_database()"
                )
            holding.execute("commit")
        outcomes = [await log.append(heavy(a_stream(), size)), await under_way]
    assert [outcome.verdict for outcome in outcomes] == ["appended", "appended"]


@pytest.mark.usefixtures("short_deadline")
@pytest.mark.parametrize("ended", [True, False])
async def test_a_question_half_sent_is_given_up_at_the_deadline(
    database: PostgresAccess, *, ended: bool
) -> None:
    async with wire(database.app) as (between, through), PostgresEventLog(through) as log:
        assert (await log.append(command(event(a_stream())))).verdict == "appended"
        between.silent_after(0)
        half_sent = asyncio.create_task(log.append(heavy(a_stream(), 16 << 20)))
        await between.fell_silent.wait()
        if ended:
            between.end_answers()
        async with asyncio.timeout(5):
            with pytest.raises(LogUnavailable):
                await half_sent


async def test_a_question_that_could_not_be_prepared_is_prepared_later(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_ = event_log._SESSION  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(event_log, "_SESSION", session_.replace("=5s", "=100ms"))
    async with PostgresEventLog(database.app) as log:
        with session(database.owner) as holding:
            holding.execute("begin")
            holding.execute("lock table log.event in access exclusive mode")
            for reading in (log.read, log.recall):
                with pytest.raises(LogUnavailable):
                    await reading(a_stream())
            holding.execute("commit")
        assert (await log.read()).head == (await log.recall()).head == 0


# Stopped


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.postgres.links.DEADLINE_S", 1.0)


@contextmanager
def stopped(server: int) -> Generator[None]:
    """It and all its processes: they are there, and answer nothing."""
    os.kill(server, signal.SIGSTOP)  # First, so that it starts no more of them.
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii")
    processes = [int(pid) for pid in children.split()]
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in (*processes, server):
            os.kill(pid, signal.SIGCONT)


@pytest.mark.usefixtures("short_deadline")
async def test_a_server_that_stands_still_is_given_up_at_the_deadline(tmp_path: Path) -> None:
    case = a_stream()
    asked = command(event(case, 2))
    async with own_engine(tmp_path) as running, PostgresEventLog(running.postgres.app) as log:
        await asyncio.gather(log.append(command(event(case))), log.read(case))
        with stopped(postmaster(tmp_path)):
            for attempt in (lambda: log.append(asked), lambda: log.read(case)):
                async with asyncio.timeout(5):
                    with pytest.raises(LogUnavailable):
                        await attempt()
        assert (await persistently(log, asked)).verdict in ("appended", "repeated")
        assert len((await log.read(case)).streams[case]) == 2


async def test_who_cannot_get_the_append_lock_gives_up_and_has_written_nothing(
    database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_ = event_log._SESSION  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    assert "lock_timeout=5s" in session_
    monkeypatch.setattr(event_log, "_SESSION", session_.replace("=5s", "=200ms"))
    said = command(event(a_stream()))
    async with PostgresEventLog(database.app) as log:
        with session(database.owner) as holding:
            holding.execute("begin")
            holding.execute("select pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
            with pytest.raises(LogUnavailable):
                await log.append(said)
            assert history_of(database.owner) == []
            holding.execute("rollback")
        assert (await log.append(said)).verdict == "appended"


async def test_a_log_that_is_closed_takes_nothing_more(database: PostgresAccess) -> None:
    async with PostgresEventLog(database.app) as log:
        await log.append(command(event(a_stream())))
    with pytest.raises(LogUnavailable):
        await log.append(command(event(a_stream())))


async def test_a_database_that_may_only_be_read_refuses_writes(database: PostgresAccess) -> None:
    with session(database.owner) as owner:
        change = sql.SQL("alter role {} in database {} set default_transaction_read_only = on")
        names = sql.Identifier("tsunagu_app"), sql.Identifier(owner.info.dbname)
        owner.execute(change.format(*names))
    async with PostgresEventLog(database.app) as log:
        with pytest.raises(LogRefusesWrites):
            await log.append(command(event(a_stream())))
    assert history_of(database.owner) == []


# Full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ("mount", "-t", "tmpfs", "-o", "size=260m", "tmpfs", disk),
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"mount refused: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(("umount", "--lazy", disk), check=True)  # A last process may still leave.


def filled(disk: Path, *, but_for: int) -> Path:
    """A file that leaves only so much room."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while True:
                filler.write(bytes(1 << 16))
        filler.truncate(file.stat().st_size - but_for)
    return file


@pytest.mark.usefixtures("quick_restarts", "short_deadline")
@pytest.mark.parametrize(
    ("room", "said"),
    [
        pytest.param(0, LogRefusesWrites, id="for_no_event"),
        # Then the server falls with it: nobody can say that nothing was written.
        pytest.param(40 << 20, LogUnavailable, id="for_some_and_then_for_no_wal"),
    ],
)
async def test_a_full_disk_refuses_and_works_again_when_there_is_room(
    small_disk: Path, room: int, said: type[Exception]
) -> None:
    async with own_engine(small_disk / "data") as running:
        access = running.postgres
        async with PostgresEventLog(access.app) as log:
            appended, refused = 0, heavy(a_stream())
            assert (await log.append(heavy(a_stream()))).verdict == "appended"
            filler = filled(small_disk, but_for=room)
            with pytest.raises(said):  # noqa: PT012 (which of them is refused, the disk decides)
                while (await log.append(refused)).verdict == "appended":
                    appended, refused = appended + 1, heavy(a_stream())
            filler.unlink()
            assert bool(appended) == bool(room)
            await answers_again(access.owner)
            assert (await persistently(log, refused)).verdict in ("appended", "repeated")
        assert_whole(access.owner)
        assert len(history_of(access.owner)) == 1 + appended + 1
        with session(access.owner) as looking:
            counted = looking.execute(
                "select count(*), min(octet_length(parts)) > 1 << 20 from log.event"
            ).fetchone()
        assert counted == (1 + appended + 1, True)


def heavy(stream: StreamId, size: int = 1 << 20) -> Append:
    return command(event(stream, parts={"summary": os.urandom(size)}))


async def persistently(log: PostgresEventLog, said: Append) -> Outcome:
    """As whoever asked would: the same command again, until there is an answer."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await log.append(said)
            except (LogRefusesWrites, LogUnavailable):
                await asyncio.sleep(0.2)
