"""The event log on PostgreSQL: many commands, one call, one commit.

Commands that arrive while a call is under way share the next one. When they fill it, it starts at
once: it waits for the append lock while the other's commit reaches the disk.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, LiteralString, NamedTuple, Self, TypeVar

from psycopg.rows import TupleRow

from adapters.postgres import arrays
from adapters.postgres.links import Link
from domain.model import StreamId
from services.ports import (
    Append,
    LaneName,
    LogRefusesWrites,
    LogUnavailable,
    NotAppendable,
    Outcome,
    Part,
    Reading,
    StoredEvent,
    Verdict,
)

T = TypeVar("T")

_APPEND: Final = """
select * from log.append(
    %b, %b, %b, %b, %b, %b, %b, %b,
    %b, %b,
    %b, %b, %b, %b, %b,
    %b, %b, %b,
    %b, %b
)
"""

# The head comes first, then the events, each with the number of the stream that was asked for.
_READ: Final = """
select 0, (select coalesce(max(position), 0) from log.event), 0::bigint, null, null
union all (
    select array_position(%(streams)b, stream), position, version, type, entry
    from log.event where stream = any(%(streams)b) order by 1, 3
)
"""
_READ_WITH_PARTS: Final = """
select 0, (select coalesce(max(position), 0) from log.event), 0::bigint, null, null, null, null
union all (
    select array_position(%(streams)b, e.stream), e.position, e.version, e.type, e.entry,
           p.fields, p.ciphertexts
    from log.event e
    left join lateral (
        select array_agg(field) as fields, array_agg(ciphertext) as ciphertexts
        from log.part where position = e.position
    ) p on true
    where e.stream = any(%(streams)b) order by 1, 3
)
"""

_KNOWN: Final = """
select k.answer
from unnest(%b, %b, %b) with ordinality c(agency, id, body, nth)
left join log.command k on k.agency = c.agency and k.id = c.id and k.body = c.body
order by nth
"""

# As log.append numbers them.
_VERDICTS: Final[tuple[Verdict, ...]] = (
    "appended",  # 0 is never given.
    "appended",
    "repeated",
    "reused",
    "moved",
    "fenced",
    "late",
    "tracked",
)
BATCH_MAX: Final = 128
# A connection that cannot get the append lock gives up well before its callers do.
_SESSION: Final = (
    "-c statement_timeout=8s -c lock_timeout=5s -c synchronous_commit=on -c jit=off"
    " -c application_name=tsunagu-log"
)


class PostgresEventLog:
    """``async with PostgresEventLog(conninfo) as log``: any number of processes may."""

    def __init__(self, conninfo: str, *, readers: int = 4) -> None:
        self._lanes: Final[dict[LaneName, Lane]] = {
            "commands": Lane(conninfo),
            "disclosures": Lane(conninfo, links=1),
        }
        self._readers: Final[asyncio.Queue[Link]] = asyncio.Queue()
        for _ in range(readers):
            self._readers.put_nowait(Link(conninfo, _SESSION))
        self._reader_count: Final = readers
        self._closing = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        self._closing = True
        for lane in self._lanes.values():
            await lane.close()
        for _ in range(self._reader_count):
            await (await self._readers.get()).close()

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        return await self._lanes[lane].append(append)

    async def read(self, *streams: StreamId, with_parts: bool = False) -> Reading:
        query = _READ_WITH_PARTS if with_parts else _READ
        (_, head, *_), *rows = await self._ask(query, {"streams": arrays.uuids(streams)})
        found: dict[StreamId, list[StoredEvent]] = {stream: [] for stream in streams}
        histories = [found[stream] for stream in streams]
        nth: int
        for nth, position, version, type_, entry, *sealed in rows:
            parts = _parts(*sealed) if sealed else ()
            stored = StoredEvent(position, streams[nth - 1], version, type_, entry, parts)
            histories[nth - 1].append(stored)
        return Reading(head, found)

    async def _ask(self, query: LiteralString, arguments: Mapping[str, object]) -> list[TupleRow]:
        if self._closing:
            raise LogUnavailable
        link = await self._readers.get()
        try:
            return await link.ask(query, arguments)
        finally:
            self._readers.put_nowait(link)


class Lane:
    """Its own queue and its own connections, so that what waits here delays nobody elsewhere."""

    def __init__(self, conninfo: str, links: int = 2) -> None:
        self._links: Final = tuple(Link(conninfo, _SESSION) for _ in range(links))
        self._waiting: Final[deque[_Waiting]] = deque()
        self._woken: Final = asyncio.Event()
        self._workers: tuple[asyncio.Task[None], ...] = ()
        self._under_way = 0
        self._closing = False

    async def append(self, append: Append) -> Outcome:
        if self._closing:
            raise LogUnavailable
        if not self._workers:
            self._workers = tuple(asyncio.create_task(self._work(link)) for link in self._links)
        answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(append, answered))
        self._woken.set()
        return await answered

    async def close(self) -> None:
        """Finish what is under way; refuse what still waits."""
        self._closing = True
        while self._waiting:
            self._waiting.popleft().answer(LogUnavailable())
        self._woken.set()
        await asyncio.gather(*self._workers)
        for link in self._links:
            await link.close()

    async def _work(self, link: Link) -> None:
        while not self._closing:
            # A half-filled call beside another only makes two small ones of a large one.
            if not self._waiting or (self._under_way and len(self._waiting) < BATCH_MAX):
                self._woken.clear()
                await self._woken.wait()
                continue
            self._under_way += 1
            try:
                await _append_all(link, self._batch())
            finally:
                self._under_way -= 1
                self._woken.set()

    def _batch(self) -> list["_Waiting"]:
        return [self._waiting.popleft() for _ in range(min(BATCH_MAX, len(self._waiting)))]


class _Waiting(NamedTuple):
    append: Append
    answered: "asyncio.Future[Outcome]"

    def answer(self, outcome: Outcome | Exception) -> None:
        if self.answered.done():  # Whoever asked has gone.
            return
        if isinstance(outcome, Outcome):
            self.answered.set_result(outcome)
        else:
            self.answered.set_exception(outcome)


async def _append_all(link: Link, batch: list[_Waiting]) -> None:
    """Answer each: what one command did wrong is not held against the others."""
    appends = [waiting.append for waiting in batch]
    try:
        _answer(batch, *(await link.ask(_APPEND, _packed(appends)))[0])
    except LogUnavailable as error:
        for waiting in batch:
            waiting.answer(error)
    except LogRefusesWrites as error:
        await _answer_what_is_known(link, batch, error)
    except Exception as error:  # noqa: BLE001 (Whatever it is, the others must not pay for it.)
        if len(batch) > 1:
            half = len(batch) // 2
            await _append_all(link, batch[:half])
            await _append_all(link, batch[half:])
        else:  # Its words may quote the row, so they go no further.
            batch[0].answer(NotAppendable(why=type(error).__name__))


async def _answer_what_is_known(
    link: Link, batch: list[_Waiting], refusal: LogRefusesWrites
) -> None:
    """A command that is in the log already is answered, also when nothing new can enter it."""
    appends = [waiting.append for waiting in batch]
    asked = (
        arrays.uuids(append.agency for append in appends),
        arrays.uuids(append.command for append in appends),
        arrays.byteas(append.body for append in appends),
    )
    try:
        rows = await link.ask(_KNOWN, asked)
    except (LogUnavailable, LogRefusesWrites):
        rows = [(None,)] * len(batch)
    for waiting, (answer,) in zip(batch, rows, strict=True):
        waiting.answer(refusal if answer is None else Outcome("repeated", answer=answer))


def _answer(
    batch: list[_Waiting], outcomes: list[int], places: list[int], answers: list[bytes | None]
) -> None:
    place = iter(places)
    for waiting, outcome, answer in zip(batch, outcomes, answers, strict=True):
        positions = tuple(itertools.islice(place, len(waiting.append.events)))
        appended = _VERDICTS[outcome] == "appended"
        waiting.answer(Outcome(_VERDICTS[outcome], positions if appended else (), answer))


def _parts(fields: list[str] | None, ciphertexts: list[bytes] | None) -> tuple[Part, ...]:
    return tuple(map(Part, fields, ciphertexts)) if fields and ciphertexts else ()


def _packed(appends: Sequence[Append]) -> tuple[arrays.Packed, ...]:
    numbered = list(enumerate(appends, start=1))
    followers = _unless_all_none(append.follower for append in appends)
    events = [(number, event) for number, append in numbered for event in append.events]
    reads = [(number, key) for number, append in numbered for key in append.reads]
    parts = [(n, part) for n, (_, event) in enumerate(events, start=1) for part in event.parts]
    stamps = [(n, key) for n, (_, event) in enumerate(events, start=1) for key in event.stamps]
    return (
        arrays.uuids(append.agency for append in appends),
        arrays.uuids(append.command for append in appends),
        arrays.byteas(append.body for append in appends),
        arrays.byteas(append.answer for append in appends),
        arrays.timestamps(_unless_all_none(append.not_after for append in appends)),
        arrays.bigints(append.read_to for append in appends),
        arrays.texts(followed and followed.name for followed in followers),
        arrays.bigints(followed and followed.position for followed in followers),
        arrays.integers(number for number, _ in reads),
        arrays.texts(key for _, key in reads),
        arrays.integers(number for number, _ in events),
        arrays.uuids(event.stream for _, event in events),
        arrays.bigints(event.version for _, event in events),
        arrays.texts(event.type for _, event in events),
        arrays.byteas(event.header for _, event in events),
        arrays.integers(number for number, _ in parts),
        arrays.texts(part.field for _, part in parts),
        arrays.byteas(part.ciphertext for _, part in parts),
        arrays.integers(number for number, _ in stamps),
        arrays.texts(key for _, key in stamps),
    )


def _unless_all_none(values: Iterable[T | None]) -> Sequence[T | None]:
    given = tuple(values)
    return given if any(value is not None for value in given) else ()
