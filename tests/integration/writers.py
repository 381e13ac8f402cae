"""Commands to append, a wire that can fail, and a process that writes under contention."""

import asyncio
import contextlib
import hashlib
import os
import random
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from typing import Final, Unpack
from uuid import UUID, uuid4

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ExecStatus
from psycopg.rows import TupleRow
from typing_extensions import TypedDict

from adapters.postgres import event_log
from adapters.postgres.event_log import PostgresEventLog
from domain.model import AgencyId, CommandId, StreamId
from services.ports import NO_PARTS, Append, LogUnavailable, NewEvent, Outcome, Parts

CITY: Final = AgencyId(UUID(int=1, version=4))
ANSWER: Final = b'{"accepted":true}'
APPEND_LOCK: Final = 8341690325734100


class Said(TypedDict, total=False):
    """What a command may say beside its events."""

    agency: AgencyId
    command: CommandId
    body: bytes
    answer: bytes


def command(*events: NewEvent, **said: Unpack[Said]) -> Append:
    """A command of the city's, unless it says otherwise."""
    return Append(
        agency=said.get("agency", CITY),
        command=said.get("command", CommandId(uuid4())),
        body=said.get("body", b"body"),
        answer=said.get("answer", ANSWER),
        events=events,
    )


def event(
    stream: StreamId,
    version: int = 1,
    *,
    header: bytes = b"{}",
    parts: Parts = NO_PARTS,
    stamps: tuple[str, ...] = (),
) -> NewEvent:
    return NewEvent(
        stream=stream, version=version, type="case.noted.v1", header=header, parts=parts,
        stamps=stamps,
    )  # fmt: skip


def a_stream() -> StreamId:
    return StreamId(uuid4())


@contextlib.contextmanager
def session(conninfo: str) -> Generator[psycopg.Connection[TupleRow]]:
    """A connection that commits each statement, and can send batches."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def append_batch(connection: psycopg.Connection[TupleRow], *batch: Append) -> tuple[Outcome, ...]:
    """One call with exactly these commands, in this order."""
    packed = event_log._packed(batch)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    question = event_log._APPEND  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    outcomes_in = event_log._outcomes  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    answer = connection.pgconn.exec_params(question.sql, packed, None, [1] * len(packed), 1)
    if answer.status != ExecStatus.TUPLES_OK:
        raise errors.error_from_result(answer)
    return tuple(outcomes_in(batch, answer))


async def until(found: Callable[[], object]) -> None:
    """Ask again and again, for half a minute at most."""
    async with asyncio.timeout(30):
        while not found():  # noqa: ASYNC110 (nobody outside this process sets our events)
            await asyncio.sleep(0.005)


async def waiting_for_the_lock(owner: str) -> None:
    """Until somebody waits for the append lock."""
    with session(owner) as watch:
        await until(
            lambda: watch.execute(
                "select 1 from pg_locks where locktype = 'advisory' and not granted"
                " and database = (select oid from pg_database where datname = current_database())"
            ).fetchone()
        )


class Wire:
    """Between a client and PostgreSQL: from a chosen answer on, it falls silent or is cut."""

    def __init__(self, folder: str, real: str) -> None:
        self.path: Final = f"{folder}/.s.PGSQL.5432"
        self._real: Final = real
        self.fell_silent: Final = asyncio.Event()
        self._answers_left: int | None = None
        self._cuts_left = 0
        self.cuts = 0
        self._open: Final[set[asyncio.StreamWriter]] = set()
        self._pumps: Final[set[asyncio.Task[None]]] = set()

    def silent_after(self, answers: int) -> None:
        """Forward so many more answers, and then nothing, in either direction, for ever."""
        self._answers_left = answers

    def end_answers(self) -> None:
        """Say that no answer will come, and read on no further than before."""
        for writer in self._open:
            writer.write_eof()

    def cut_at_next_commit(self) -> None:
        """Lose the answer to the next statement that was executed, and the connection."""
        self._cuts_left = 1

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_unix_connection(self._real)
        except OSError:
            to_client.close()
            return
        self._open.update((to_client, to_server))
        pumps = {
            asyncio.create_task(self._questions(client, to_server)),
            asyncio.create_task(self._answers(server, to_client)),
        }
        self._pumps.update(pumps)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for writer in (to_client, to_server):
            writer.close()

    async def close(self) -> None:
        for writer in self._open:
            writer.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        for writer in self._open:
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _questions(self, client: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while asked := await client.read(65536):
            if self._answers_left == 0:
                self.fell_silent.set()
                await asyncio.Event().wait()
            server.write(asked)

    async def _answers(self, server: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        answer = b""
        kinds: set[bytes] = set()
        while True:
            try:
                head = await server.readexactly(5)
                answer += head + await server.readexactly(int.from_bytes(head[1:], "big") - 4)
            except asyncio.IncompleteReadError:
                return
            kinds.add(head[:1])
            if head[:1] not in _ENDS_AN_ANSWER:
                continue
            if self._cuts_left and b"C" in kinds:
                self._cuts_left -= 1
                self.cuts += 1
                return
            client.write(answer)
            if head[:1] == b"Z" and self._answers_left:
                self._answers_left -= 1
            answer = b""
            kinds.clear()


# Ready for the next question; asking for the password; an error.
_ENDS_AN_ANSWER: Final = (b"Z", b"R", b"E")


@asynccontextmanager
async def wire(conninfo: str) -> AsyncGenerator[tuple[Wire, str]]:
    """The wire, and the conninfo that leads through it."""
    given = conninfo_to_dict(conninfo)
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        between = Wire(folder, f"{given['host']}/.s.PGSQL.{given['port']}")
        server = await asyncio.start_unix_server(between.serve, between.path)
        try:
            yield between, make_conninfo(conninfo, host=folder, port=5432)
        finally:
            server.close()
            await between.close()


def history_of(conninfo: str) -> list[tuple[int, UUID, int]]:
    """Position, stream and version of everything in the log."""
    with session(conninfo) as reader:
        return reader.execute(
            "select position, stream, version from log.event order by position"
        ).fetchall()


def assert_whole(conninfo: str) -> None:
    """No gap between positions; no hole between the versions of a stream."""
    versions: dict[UUID, int] = {}
    for nth, (position, stream, version) in enumerate(history_of(conninfo), start=1):
        assert position == nth
        assert version == versions.get(stream, 0) + 1
        versions[stream] = version


def assert_done_once(conninfo: str, acknowledged: list[UUID]) -> tuple[int, int]:
    """What was acknowledged is there, and nothing twice; or how much was lost and doubled."""
    with session(conninfo) as reader:
        in_log = [
            UUID(header.decode())
            for (header,) in reader.execute("select substr(entry, 9) from log.event")
        ]
        kept = {id_ for (id_,) in reader.execute("select id from log.command")}
    lost = len(set(acknowledged) - set(in_log))
    doubled = len(in_log) - len(set(in_log))
    assert (lost, doubled) == (0, 0)
    assert kept == set(in_log)
    return lost, doubled


def write_until_told(conninfo: str, streams: str, seed: int) -> None:
    """Append until the standard input ends; say each command that was acknowledged."""
    asyncio.run(_write(conninfo, [StreamId(UUID(s)) for s in streams.split(",")], seed))


async def _write(conninfo: str, streams: list[StreamId], seed: int) -> None:
    chance = random.Random(seed)
    told = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), told.set)
    async with PostgresEventLog(conninfo) as log:
        os.write(1, b"ready\n")
        await asyncio.gather(*(_write_on(log, streams, chance, told) for _ in range(4)))
    os.write(1, b"done\n")


async def _write_on(
    log: PostgresEventLog, streams: list[StreamId], chance: random.Random, told: asyncio.Event
) -> None:
    id_ = CommandId(uuid4())
    unanswered: Append | None = None
    while not told.is_set() or unanswered:
        try:
            if unanswered is None:
                stream = chance.choice(streams)
                history = (await log.read(stream)).streams[stream]
                unanswered = command(
                    event(stream, len(history) + 1, header=str(id_).encode()),
                    command=id_,
                    body=hashlib.sha256(id_.bytes).digest(),
                    answer=id_.bytes,
                )
            outcome = await log.append(unanswered)
        except LogUnavailable:
            continue  # The same command again.
        if outcome.verdict in ("appended", "repeated"):
            assert outcome.verdict == "appended" or outcome.answer == id_.bytes
            os.write(1, f"{id_}\n".encode())
            id_ = CommandId(uuid4())
        else:
            assert outcome.verdict == "moved", outcome
        unanswered = None


if __name__ == "__main__":
    write_until_told(os.environ["CONNINFO"], sys.argv[1], int(sys.argv[2]))
