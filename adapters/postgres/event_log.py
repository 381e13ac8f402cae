"""The event log on PostgreSQL: many commands, one call, one commit; many readers, one query."""

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from types import TracebackType
from typing import Final, Generic, LiteralString, NamedTuple, Self, TypeAlias, TypeVar

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
Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
Streams: TypeAlias = tuple[StreamId, ...]

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
select 0, (select coalesce(max(position), 0) from log.event), 0::bigint, null, null, null, null
union all (
    select asked.nth::int, e.position, e.version, e.type, e.entry, null::text[], null::bytea[]
    from unnest(%b) with ordinality asked(stream, nth)
    join log.event e on e.stream = asked.stream
    order by 1, 3
)
"""
_READ_WITH_PARTS: Final = """
select 0, (select coalesce(max(position), 0) from log.event), 0::bigint, null, null, null, null
union all (
    select asked.nth::int, e.position, e.version, e.type, e.entry, p.fields, p.ciphertexts
    from unnest(%b) with ordinality asked(stream, nth)
    join log.event e on e.stream = asked.stream
    left join lateral (
        select array_agg(field) as fields, array_agg(ciphertext) as ciphertexts
        from log.part where position = e.position
    ) p on true
    order by 1, 3
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

    def __init__(self, conninfo: str) -> None:
        self._appends: Final[dict[LaneName, Lane[Append, Outcome]]] = {
            "commands": Lane(conninfo, _append_all, fill=BATCH_MAX, links=2),
            "disclosures": Lane(conninfo, _append_all, fill=BATCH_MAX, links=1),
        }
        self._reads: Final[Lane[Streams, Reading]] = Lane(conninfo, _read_all, fill=1, links=2)
        self._reads_with_parts: Final[Lane[Streams, Reading]] = Lane(
            conninfo, _read_all_with_parts, fill=1, links=2
        )

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
        for appends in self._appends.values():
            await appends.close()
        for reads in (self._reads, self._reads_with_parts):
            await reads.close()

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        return await self._appends[lane].ask(append)

    async def read(self, *streams: StreamId, with_parts: bool = False) -> Reading:
        return await (self._reads_with_parts if with_parts else self._reads).ask(streams)


class Lane(Generic[Asked, Answered]):
    """Its own queue and its own connections, so that what waits here delays nobody elsewhere.

    What arrives while a call is under way shares the next; ``fill`` waiting start one beside it.
    """

    def __init__(
        self,
        conninfo: str,
        answer_all: "Callable[[Link, Sequence[Waiting[Asked, Answered]]], Awaitable[None]]",
        *,
        fill: int,
        links: int,
    ) -> None:
        self._answer_all: Final = answer_all
        self._fill: Final = fill
        self._links: Final = tuple(Link(conninfo, _SESSION) for _ in range(links))
        self._waiting: Final[deque[Waiting[Asked, Answered]]] = deque()
        self._woken: Final = asyncio.Event()
        self._workers: tuple[asyncio.Task[None], ...] = ()
        self._under_way = 0
        self._closing = False

    async def ask(self, asked: Asked) -> Answered:
        if self._closing:
            raise LogUnavailable
        if not self._workers:
            self._workers = tuple(asyncio.create_task(self._work(link)) for link in self._links)
        answered: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(asked, answered))
        self._woken.set()
        return await answered

    async def close(self) -> None:
        """Finish what is under way; refuse what still waits."""
        self._closing = True
        while self._waiting:
            self._waiting.popleft().refuse(LogUnavailable())
        self._woken.set()
        await asyncio.gather(*self._workers)
        for link in self._links:
            await link.close()

    async def _work(self, link: Link) -> None:
        while not self._closing:
            # A half-filled call beside another only makes two small ones of a large one.
            if not self._waiting or (self._under_way and len(self._waiting) < self._fill):
                self._woken.clear()
                await self._woken.wait()
                continue
            self._under_way += 1
            try:
                await self._answer(link, self._batch())
            finally:
                self._under_way -= 1
                self._woken.set()

    async def _answer(self, link: Link, batch: "Sequence[Waiting[Asked, Answered]]") -> None:
        """Answer each: what one did wrong is not held against the others."""
        try:
            await self._answer_all(link, batch)
        except LogUnavailable as error:
            for waiting in batch:
                waiting.refuse(error)
        except Exception as error:  # noqa: BLE001 (Whatever it is, the others must not pay for it.)
            if len(batch) > 1:
                half = len(batch) // 2
                await self._answer(link, batch[:half])
                await self._answer(link, batch[half:])
            else:  # Its words may quote the row, so they go no further.
                batch[0].refuse(NotAppendable(why=type(error).__name__))

    def _batch(self) -> "list[Waiting[Asked, Answered]]":
        return [self._waiting.popleft() for _ in range(min(BATCH_MAX, len(self._waiting)))]


class Waiting(NamedTuple, Generic[Asked, Answered]):
    asked: Asked
    answered: "asyncio.Future[Answered]"

    def answer(self, answer: Answered) -> None:
        if not self.answered.done():  # Otherwise whoever asked has gone.
            self.answered.set_result(answer)

    def refuse(self, error: Exception) -> None:
        if not self.answered.done():
            self.answered.set_exception(error)


async def _read_all(link: Link, batch: "Sequence[Waiting[Streams, Reading]]") -> None:
    await _read(link, batch, _READ)


async def _read_all_with_parts(link: Link, batch: "Sequence[Waiting[Streams, Reading]]") -> None:
    await _read(link, batch, _READ_WITH_PARTS)


async def _read(
    link: Link, batch: "Sequence[Waiting[Streams, Reading]]", query: LiteralString
) -> None:
    streams = tuple({stream: None for waiting in batch for stream in waiting.asked})
    (_, head, *_), *rows = await link.ask(query, (arrays.uuids(streams),))
    found: dict[StreamId, list[StoredEvent]] = {stream: [] for stream in streams}
    histories = tuple(found.values())
    nth: int
    for nth, position, version, type_, entry, fields, ciphertexts in rows:
        parts = tuple(map(Part, fields, ciphertexts)) if fields else ()
        stored = StoredEvent(position, streams[nth - 1], version, type_, entry, parts)
        histories[nth - 1].append(stored)
    for waiting in batch:
        waiting.answer(Reading(head, {stream: found[stream] for stream in waiting.asked}))


async def _append_all(link: Link, batch: "Sequence[Waiting[Append, Outcome]]") -> None:
    appends = [waiting.asked for waiting in batch]
    try:
        _answer(batch, *(await link.ask(_APPEND, _packed(appends)))[0])
    except LogRefusesWrites as refusal:
        await _answer_what_is_known(link, batch, refusal)


async def _answer_what_is_known(
    link: Link, batch: "Sequence[Waiting[Append, Outcome]]", refusal: LogRefusesWrites
) -> None:
    """A command that is in the log already is answered, also when nothing new can enter it."""
    appends = [waiting.asked for waiting in batch]
    rows = await link.ask(
        _KNOWN,
        (
            arrays.uuids(append.agency for append in appends),
            arrays.uuids(append.command for append in appends),
            arrays.byteas(append.body for append in appends),
        ),
    )
    for waiting, (answer,) in zip(batch, rows, strict=True):
        if answer is None:
            waiting.refuse(refusal)
        else:
            waiting.answer(Outcome("repeated", answer=answer))


def _answer(
    batch: "Sequence[Waiting[Append, Outcome]]",
    outcomes: list[int],
    places: list[int],
    answers: list[bytes | None],
) -> None:
    place = iter(places)
    for waiting, outcome, answer in zip(batch, outcomes, answers, strict=True):
        positions = tuple(itertools.islice(place, len(waiting.asked.events)))
        appended = _VERDICTS[outcome] == "appended"
        waiting.answer(Outcome(_VERDICTS[outcome], positions if appended else (), answer))


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
