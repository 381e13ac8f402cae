"""Whole commands: fold thirty events, decide, seal, append; and the same, read first."""

import os
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Final, TypeAlias, cast
from uuid import uuid4

import msgspec

from adapters.clock import WallClock
from adapters.crypto import KEY_BYTES, ChaChaCipher, Kek
from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from benchmarks import cases, notebook, stock
from benchmarks.appending import latencies
from benchmarks.databases import Bench, grow
from benchmarks.measuring import Pace, Rounds, Sample, Side, by_clients, by_turns
from benchmarks.report import Figure, targeted
from contracts.answers import Accepted
from domain.catalogue import EVENTS
from domain.model import CaseId, CommandId, StreamId, fence_key, stream_of
from services.handling import Ask, Handling
from services.ids import uuid7
from services.ports import Append, EventLog, Fact
from services.sealing import Sealing
from tests.agencies import Registry
from tests.spec import role_of

IN_HAND: Final = "whole command, history in hand"
TWO_PARTS: Final = "whole command, history read first"
CONSULTATION: Final = "a consultation recorded by Handling, seven parts"

Work: TypeAlias = Callable[[], Awaitable[object]]
_VS_STOCK: Final = {16: 4.0, 64: 5.0, 256: 5.0}
_CLIENTS: Final = tuple(_VS_STOCK)

# Each stream takes about ten commands: it has thirty events on the average.
_LENGTH: Final = 25
_LENGTH_IN_HAND: Final = 30
_STREAMS_PER_S: Final = 600


async def figures(bench: Bench, events: int, pace: Pace) -> list[Figure]:
    sides = await _sides(bench, events, pace.seconds)
    rounds = (await by_turns(sides, pace.rounds)).with_best(stock.BEST, stock.SIDES)
    whats = (IN_HAND, TWO_PARTS, CONSULTATION)
    ours = tuple(side(what, clients) for what in whats for clients in _CLIENTS)
    return [
        *(_figure(rounds, what, clients) for what in whats for clients in _CLIENTS),
        *latencies(rounds, ours),
    ]


def _figure(rounds: Rounds, what: str, clients: int) -> Figure:
    """The target is for the command itself; what reading adds is shown beside it."""
    name = side(what, clients)
    value, ratio = rounds.per_s(name), rounds.ratio(name, stock.BEST)
    if what is IN_HAND:
        return targeted(
            name, value, "commands/s", against=stock.BEST, ratio=ratio, target=_VS_STOCK[clients]
        )
    return Figure(name, value, "commands/s", against=stock.BEST, ratio=ratio)


def side(what: str, clients: int) -> str:
    return f"{what}, {clients} clients"


async def _sides(bench: Bench, events: int, seconds: float) -> dict[str, Side]:
    access = await bench.log(events)
    streams = int(_STREAMS_PER_S * max(1.0, seconds))

    def working(work: Callable[[], AbstractAsyncContextManager[Work]], clients: int) -> Side:
        async def measure() -> Sample:
            async with work() as one:
                return await by_clients(clients, seconds, one)

        return measure

    stocks = await stock.sides(bench, events, seconds)
    sides: dict[str, Side] = {}
    for threads, clients in zip(stock.THREADS, _CLIENTS, strict=True):
        name = stock.side(threads)
        sides[name] = stocks[name]
        sides[side(IN_HAND, clients)] = working(lambda: _remembering(access, streams), clients)
        sides[side(TWO_PARTS, clients)] = working(lambda: _noting(access, streams), clients)
        sides[side(CONSULTATION, clients)] = working(lambda: _consulting(access, streams), clients)
    return sides


@asynccontextmanager
async def _remembering(access: PostgresAccess, count: int) -> AsyncGenerator[Work]:
    """Every stream has the same thirty notes; what each command adds is counted, not read."""
    names = [StreamId(uuid4()) for _ in range(count)]
    await grow(access, names, notebook.notes(names[0], _LENGTH_IN_HAND))
    lengths = deque((name, _LENGTH_IN_HAND) for name in names)
    async with PostgresEventLog(access.app) as log:
        reading = await log.recall(names[0])

        async def take_note() -> None:
            stream, length = lengths.popleft()
            await _take_note(log, stream, reading.streams[names[0]], length, reading.head)
            lengths.append((stream, length + 1))

        yield take_note


@asynccontextmanager
async def _noting(access: PostgresAccess, count: int) -> AsyncGenerator[Work]:
    names = [StreamId(uuid4()) for _ in range(count)]
    await grow(access, names, notebook.notes(names[0], _LENGTH))
    streams = deque(names)
    async with PostgresEventLog(access.app) as log:

        async def take_note() -> None:
            stream = streams.popleft()
            reading = await log.recall(stream)
            history = reading.streams[stream]
            await _take_note(log, stream, history, len(history), reading.head)
            streams.append(stream)

        yield take_note


async def _take_note(
    log: EventLog, stream: StreamId, history: Sequence[Fact], length: int, head: int
) -> None:
    by = notebook.someone(datetime.now(UTC))
    state = notebook.NOTEBOOK.replay(
        cast("Iterator[notebook.NoteTaken]", notebook.SEALING.facts(history))
    )
    decided = notebook.NOTEBOOK.decide(state, notebook.TAKE_NOTE, by)
    append = Append(
        agency=by.agency,
        command=CommandId(uuid7(by.at)),
        body=bytes(32),
        answer=bytes(60),
        events=tuple(
            notebook.sealed(event, stream, number, by=by)
            for number, event in enumerate(decided, start=length + 1)
        ),
        reads=(fence_key("case", stream), fence_key("agency", by.agency)),
        read_to=head,
    )
    outcome = await log.append(append)
    assert outcome.verdict == "appended", outcome


@asynccontextmanager
async def _consulting(access: PostgresAccess, count: int) -> AsyncGenerator[Work]:
    ids = [CaseId(uuid4()) for _ in range(count)]
    await grow(access, [stream_of("case", case) for case in ids], cases.history(_LENGTH))
    waiting = deque(ids)
    async with (
        PostgresEventLog(access.app) as log,
        PostgresKeyring(access.keyring, _KEK) as keyring,
    ):
        sealing = Sealing(EVENTS, ChaChaCipher())
        handling = Handling(log, keyring, sealing, WallClock())
        registered = stream_of("agency", notebook.AGENCY)
        if not (await log.recall(registered)).streams[registered]:
            await Registry(log, keyring, sealing).enrolled(
                notebook.AGENCY, notebook.STAFF, role=role_of(_ASK)
            )

        async def record_consultation() -> None:
            case = waiting.popleft()
            ask = msgspec.structs.replace(_ASK, id=CommandId(uuid7(datetime.now(UTC))), case=case)
            answer = await handling.handle(ask)
            assert isinstance(answer, Accepted), answer
            waiting.append(case)

        yield record_consultation


_KEK: Final = Kek(1, os.urandom(KEY_BYTES))
_ASK: Final = Ask(
    id=CommandId(uuid4()),
    agency=notebook.AGENCY,
    staff=notebook.STAFF,
    role="WOMENS_SUPPORT_COUNSELLOR",
    command=cases.RECORD_CONSULTATION,
)
