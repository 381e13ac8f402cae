"""The event log on PostgreSQL: many commands, one call, one commit; many readers, one query."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from struct import Struct
from types import TracebackType
from typing import Final, Generic, NamedTuple, Self, TypeAlias, TypeVar, cast
from uuid import UUID

import msgspec
from psycopg.pq.abc import PGresult

from adapters.postgres import arrays
from adapters.postgres.links import Link, Question
from domain.model import AgencyId, CaseId, StreamId, stream_of
from services.ports import (
    NO_PARTS,
    Append,
    Cases,
    Fact,
    LaneName,
    LogRefusesWrites,
    LogUnavailable,
    Moved,
    NotAppendable,
    Outcome,
    Parts,
    Read,
    Reading,
    Span,
    StoredEvent,
    Verdict,
)

T = TypeVar("T")
Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
Row = TypeVar("Row", StoredEvent, Fact)
Streams: TypeAlias = tuple[StreamId, ...]
CaseIds: TypeAlias = tuple[CaseId, ...]
Reads: TypeAlias = tuple[Read, ...]
Cell: TypeAlias = Callable[[int, int], bytes]


class Page(NamedTuple):
    """So many events after a position."""

    after: int
    most: int


_APPEND: Final = Question(
    b"append",
    b"select * from log.append("
    b"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
)

# Each row begins with its place: the number of the stream asked for, position, version, span.
# The first row tells the head of the log instead.
_READ: Final = Question(
    b"read",
    b"""
select int4send(0) || int8send(coalesce(max(position), 0)) || int8send(0) || int8send(0),
       null, null, null
from log.event
union all
select int4send(asked.nth::int) || int8send(e.position) || int8send(e.version)
       || int4send(e.facts_at) || int4send(e.facts_size),
       e.type, e.entry, e.parts
from unnest($1::uuid[]) with ordinality asked(stream, nth)
join log.event e on e.stream = asked.stream
""",
)
_RECALL: Final = Question(
    b"recall",
    b"""
select int4send(0) || int8send(coalesce(max(position), 0)), null, null
from log.event
union all
select int4send(asked.nth::int) || int8send(e.position), e.type,
       substr(e.entry, 9 + e.facts_at, greatest(0, e.facts_size))
from unnest($1::uuid[]) with ordinality asked(stream, nth)
join log.event e on e.stream = asked.stream
""",
)
_LAST: Final = Question(
    b"last",
    b"""
select int8send(e.position) || int8send(e.version) || int4send(e.facts_at) || int4send(e.facts_size)
       || uuid_send(e.stream),
       e.type, e.entry, e.parts
from unnest($1::uuid[]) asked(stream)
cross join lateral (
    select * from log.event where stream = asked.stream order by version desc limit 1
) e
""",
)
# The referrals of a case have streams of their own, found by an index on their drafts. In a meeting
# there may be many cases: of that, of grievances and of its trail, each event says which it names.
_OF_CASES: Final = Question(
    b"of cases",
    b"""
with asked as (
    select nth::int, case_id, file, ledger
    from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality a(case_id, file, ledger, nth)
), stands as (
    select nth, file as stream from asked
    union all
    select nth, ledger from asked
    union all
    select asked.nth, draft.stream
    from asked
    join log.event draft
        on draft.type = 'referral.drafted.v1'
        and log.case_of_draft(draft.entry, draft.facts_at, draft.facts_size) = asked.case_id
)
select int8send(coalesce(max(position), 0)), null, null, null
from log.event
union all
select int8send(e.position) || int8send(e.version) || int4send(e.facts_at) || int4send(e.facts_size)
       || uuid_send(e.stream) || int4send(stands.nth),
       e.type, e.entry, e.parts
from stands
join log.event e on e.stream = stands.stream
union all
select int8send(e.position) || int8send(e.version) || int4send(e.facts_at) || int4send(e.facts_size)
       || uuid_send(e.stream) || int4send(asked.nth),
       e.type, e.entry, e.parts
from asked
join log.event e
    on split_part(e.type, '.', 1) in ('grievance', 'meeting', 'trail')
    and log.case_named(e.entry) = asked.case_id
""",
)
_OVERTAKEN: Final = Question(
    b"overtaken",
    b"""
select distinct asked.read
from unnest($1::int[], $2::text[], $3::bigint[]) asked(read, key, read_to)
join log.fence f on f.key = asked.key and f.position > asked.read_to
""",
)
_DISCLOSED: Final = Question(
    b"disclosed",
    b"""
select int8send(position)
from log.event
where type = 'disclosure.disclosed.v1'
    and log.case_of_draft(entry, facts_at, facts_size) = $1
order by position
""",
)
_AT: Final = Question(
    b"at",
    b"""
select int8send(position) || int8send(version) || int4send(facts_at) || int4send(facts_size)
       || uuid_send(stream),
       type, entry, parts
from log.event
where position = any($1)
order by position
""",
)
_DISCLOSED_MAX: Final = 200  # At once: of each there may be 60,000 bytes.
_DISCLOSED_TO: Final = Question(
    b"disclosed to",
    b"""
select distinct uuid_send(log.case_of_draft(entry, facts_at, facts_size))
from log.event
where type = 'disclosure.disclosed.v1' and log.agency_named(entry) = $1
""",
)
# A page ends with the event that makes it this large, whatever it was asked for.
_PAGE_BYTES: Final = 8 << 20
_AFTER: Final = Question(
    b"after",
    b"""
select int8send(position) || int8send(version) || int4send(facts_at) || int4send(facts_size)
       || uuid_send(stream),
       type, entry, parts
from (
    select *, coalesce(sum(octet_length(entry) + coalesce(octet_length(parts), 0)) over (
        order by position rows between unbounded preceding and 1 preceding
    ), 0) as bytes_before
    from log.event where position > $1 order by position limit $2
) page
where bytes_before < %d
order by position
"""
    % _PAGE_BYTES,
)
# Where more was written than that, nothing that was read before is worth comparing.
_MOVES_MAX: Final = 10_000
_MOVED: Final = Question(
    b"moved",
    b"""
select int8send(coalesce(max(position), 0)), null, null
from log.event
union all
(select int8send(position), uuid_send(stream), uuid_send(log.case_named(entry))
 from log.event where position > $1 and type <> 'disclosure.disclosed.v1'
 order by position limit %d)
"""
    % (_MOVES_MAX + 1),
)
_PLACE: Final = Struct("!iqqii").unpack
_PLACE_IN_LOG: Final = Struct("!qqii16s").unpack
_PLACE_IN_CASE: Final = Struct("!qqii16si").unpack
_INT8: Final = Struct("!q").pack
_POSITION_ALONE: Final = Struct("!q").unpack
_POSITION: Final = attrgetter("position")
_FACT_PLACE: Final = Struct("!iq").unpack

_KNOWN: Final = Question(
    b"known",
    b"""
select k.answer
from unnest($1::uuid[], $2::uuid[], $3::bytea[]) with ordinality c(agency, id, body, nth)
left join log.command k on k.agency = c.agency and k.id = c.id and k.body = c.body
order by nth
""",
)

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
_CALLS: Final = 2
_MANY: Final = 8
# A connection that cannot get the append lock gives up well before its callers do.
_SESSION: Final = (
    "-c statement_timeout=8s -c lock_timeout=5s -c synchronous_commit=on -c jit=off"
    " -c plan_cache_mode=force_generic_plan -c application_name=tsunagu-log"
)


class PostgresEventLog:
    """``async with PostgresEventLog(conninfo) as log``: any number of processes may."""

    def __init__(self, conninfo: str, reached: Callable[[int], None] | None = None) -> None:
        """``reached`` hears at once how far the log has come by what is appended here."""
        self._reached: Final = reached
        self._appends: Final[dict[LaneName, Lane[Append, Outcome]]] = {
            "commands": Lane(conninfo, _append_all),
            "narrowing": Lane(conninfo, _append_all),
            "disclosures": Lane(conninfo, _append_all),
        }
        self._in_order: Final = Link(conninfo, _SESSION)
        self._reads: Final[Lane[Streams, Reading[StoredEvent]]] = Lane(conninfo, _read_all)
        self._recalls: Final[Lane[Streams, Reading[Fact]]] = Lane(conninfo, _recall_all)
        self._lasts: Final[Lane[Streams, Mapping[StreamId, StoredEvent | None]]] = Lane(
            conninfo, _last_all
        )
        self._cases: Final[Lane[CaseIds, Cases]] = Lane(conninfo, _cases_all)
        self._fences: Final[Lane[Reads, AbstractSet[int]]] = Lane(conninfo, _overtaken_all)
        self._disclosed: Final = Link(conninfo, _SESSION)
        self._moves: Final[Lane[int, Moved]] = Lane(conninfo, _moved_all)
        self._pages: Final[Lane[Page, Sequence[StoredEvent]]] = Lane(conninfo, _turn_all)

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
        await self._in_order.close()
        await self._disclosed.close()
        for reads in (self._reads, self._recalls, self._lasts, self._cases):
            await reads.close()
        for turns in (self._moves, self._pages, self._fences):
            await turns.close()

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        outcome = await self._appends[lane].ask(append)
        if self._reached and outcome.positions:
            self._reached(outcome.positions[-1])
        return outcome

    async def append_in_order(self, appends: Sequence[Append]) -> Sequence[Outcome]:
        """In one call, each decided on those before it; by whoever writes there alone."""
        rows = await self._in_order.ask(_APPEND, *_packed(appends))
        outcomes = list(_outcomes(appends, rows))
        if self._reached and outcomes and outcomes[-1].positions:
            self._reached(outcomes[-1].positions[-1])
        return outcomes

    async def read(self, *streams: StreamId) -> Reading[StoredEvent]:
        return await self._reads.ask(streams)

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        return await self._recalls.ask(streams)

    async def last(self, *streams: StreamId) -> Mapping[StreamId, StoredEvent | None]:
        return await self._lasts.ask(streams)

    async def of_cases(self, *cases: CaseId) -> Cases:
        return await self._cases.ask(cases)

    async def moved(self, after: int) -> Moved:
        return await self._moves.ask(after)

    async def overtaken(self, reads: Sequence[Read]) -> AbstractSet[int]:
        return await self._fences.ask(tuple(reads))

    async def disclosed(self, case: CaseId) -> Sequence[StoredEvent]:
        """However often something was told: no statement is long, nor is the loop held up."""
        rows = await self._disclosed.ask(_DISCLOSED, case.bytes)
        cell = cast("Cell", rows.get_value)
        positions = [_POSITION_ALONE(cell(row, 0))[0] for row in range(rows.ntuples)]
        found: list[StoredEvent] = []
        for first in range(0, len(positions), _DISCLOSED_MAX):
            here = arrays.bigints(positions[first : first + _DISCLOSED_MAX])
            found += _events_of(await self._disclosed.ask(_AT, here))
        return found

    async def cases_disclosed_to(self, agency: AgencyId) -> AbstractSet[CaseId]:
        rows = await self._disclosed.ask(_DISCLOSED_TO, agency.bytes)
        cell = cast("Cell", rows.get_value)
        return {CaseId(UUID(bytes=cell(row, 0))) for row in range(rows.ntuples)}

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        return await self._pages.ask(Page(position, most))

    async def head(self) -> int:
        return (await self.recall()).head


class Lane(Generic[Asked, Answered]):
    """Its own queue and its own connection, so that what waits here delays nobody elsewhere.

    What waits is asked in one call. With many asking there are two calls under way, of half of them
    each, so that the server decides the one while this process is busy with the other.
    """

    def __init__(
        self,
        conninfo: str,
        answer_all: "Callable[[Link, Sequence[Waiting[Asked, Answered]]], Awaitable[None]]",
    ) -> None:
        self._answer_all: Final = answer_all
        self._link: Final = Link(conninfo, _SESSION)
        self._waiting: Final[deque[Waiting[Asked, Answered]]] = deque()
        self._woken: Final = asyncio.Event()
        self._workers: tuple[asyncio.Task[None], ...] = ()
        self._under_way = 0
        self._closing = False

    async def ask(self, asked: Asked) -> Answered:
        if self._closing:
            raise LogUnavailable
        if not self._workers:
            self._workers = tuple(asyncio.create_task(self._work()) for _ in range(_CALLS))
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
        await self._link.close()

    async def _work(self) -> None:
        while not self._closing:
            # A small call beside a large one would only make two of what could soon be one.
            if not self._waiting or len(self._waiting) < self._under_way:
                self._woken.clear()
                await self._woken.wait()
                continue
            batch = self._batch()
            self._under_way += len(batch)
            try:
                await self._answer(batch)
            finally:
                self._under_way -= len(batch)
                self._woken.set()

    def _batch(self) -> "list[Waiting[Asked, Answered]]":
        everybody = len(self._waiting) + self._under_way
        share = everybody if everybody < _MANY else -(-everybody // _CALLS)
        return [self._waiting.popleft() for _ in range(min(share, len(self._waiting), BATCH_MAX))]

    async def _answer(self, batch: "Sequence[Waiting[Asked, Answered]]") -> None:
        """Answer each: what one did wrong is not held against the others."""
        try:
            await self._answer_all(self._link, batch)
        except LogUnavailable as error:
            for waiting in batch:
                waiting.refuse(error)
        except Exception as error:  # noqa: BLE001 (Whatever it is, the others must not pay for it.)
            if len(batch) > 1:
                half = len(batch) // 2
                await self._answer(batch[:half])
                await self._answer(batch[half:])
            else:  # Its words may quote the row, so they go no further.
                batch[0].refuse(NotAppendable(why=type(error).__name__))


class Waiting(msgspec.Struct, Generic[Asked, Answered], frozen=True, gc=False):
    asked: Asked
    answered: "asyncio.Future[Answered]"

    def answer(self, answer: Answered) -> None:
        if not self.answered.done():  # Otherwise whoever asked has gone.
            self.answered.set_result(answer)

    def refuse(self, error: Exception) -> None:
        if not self.answered.done():
            self.answered.set_exception(error)


async def _read_all(link: Link, batch: "Sequence[Waiting[Streams, Reading[StoredEvent]]]") -> None:
    streams = _asked_for(batch)
    rows = await link.ask(_READ, arrays.uuids(streams))
    cell = cast("Cell", rows.get_value)
    found: list[list[StoredEvent]] = [[] for _ in streams]
    nth: int
    for row in range(1, rows.ntuples):
        nth, position, version, at, size = _PLACE(cell(row, 0))
        type_, entry, parts = cell(row, 1).decode(), cell(row, 2), unpacked(rows.get_value(row, 3))
        found[nth - 1].append(
            StoredEvent(position, streams[nth - 1], version, type_, entry, parts, Span(at, size))
        )
    _answer_each(batch, _PLACE(cell(0, 0))[1], dict(zip(streams, found, strict=True)))


async def _recall_all(link: Link, batch: "Sequence[Waiting[Streams, Reading[Fact]]]") -> None:
    streams = _asked_for(batch)
    rows = await link.ask(_RECALL, arrays.uuids(streams))
    cell = cast("Cell", rows.get_value)
    found: list[list[Fact]] = [[] for _ in streams]
    find = [history.append for history in found]
    nth: int
    for row in range(1, rows.ntuples):
        nth, position = _FACT_PLACE(cell(row, 0))
        find[nth - 1](Fact(position, cell(row, 1).decode(), cell(row, 2)))
    _answer_each(batch, _FACT_PLACE(cell(0, 0))[1], dict(zip(streams, found, strict=True)))


async def _last_all(
    link: Link, batch: "Sequence[Waiting[Streams, Mapping[StreamId, StoredEvent | None]]]"
) -> None:
    rows = await link.ask(_LAST, arrays.uuids(_asked_for(batch)))
    found = {event.stream: event for event in _events_of(rows)}
    for waiting in batch:
        waiting.answer({stream: found.get(stream) for stream in waiting.asked})


async def _cases_all(link: Link, batch: "Sequence[Waiting[CaseIds, Cases]]") -> None:
    cases = tuple({case: None for waiting in batch for case in waiting.asked})
    rows = await link.ask(
        _OF_CASES,
        arrays.uuids(cases),
        arrays.uuids([stream_of("case", case) for case in cases]),
        arrays.uuids([stream_of("consent", case) for case in cases]),
    )
    cell = cast("Cell", rows.get_value)
    found: list[list[StoredEvent]] = [[] for _ in cases]
    streams: dict[bytes, StreamId] = {}  # There are few, and making an id takes its time.
    nth: int
    for row in range(1, rows.ntuples):
        position, version, at, size, of, nth = _PLACE_IN_CASE(cell(row, 0))
        if (stream := streams.get(of)) is None:
            stream = streams[of] = StreamId(UUID(bytes=of))
        type_, entry, parts = cell(row, 1).decode(), cell(row, 2), unpacked(rows.get_value(row, 3))
        found[nth - 1].append(
            StoredEvent(position, stream, version, type_, entry, parts, Span(at, size))
        )
    for history in found:
        history.sort(key=_POSITION)
    by_case = dict(zip(cases, found, strict=True))
    head = int.from_bytes(cell(0, 0), "big")
    for waiting in batch:
        waiting.answer(Cases(head, {case: by_case[case] for case in waiting.asked}))


async def _turn_all(link: Link, batch: "Sequence[Waiting[Page, Sequence[StoredEvent]]]") -> None:
    for waiting in batch:
        rows = await link.ask(_AFTER, _INT8(waiting.asked.after), _INT8(waiting.asked.most))
        waiting.answer(_events_of(rows))


async def _moved_all(link: Link, batch: "Sequence[Waiting[int, Moved]]") -> None:
    """From where the first of them asks: the others are told of more than they need."""
    rows = await link.ask(_MOVED, _INT8(min(waiting.asked for waiting in batch)))
    cell = cast("Cell", rows.get_value)
    (head,) = _POSITION_ALONE(cell(0, 0))
    since: dict[UUID, int] | None = None
    if rows.ntuples <= _MOVES_MAX:
        since = {}
        for row in range(1, rows.ntuples):
            (position,) = _POSITION_ALONE(cell(row, 0))
            for named in (rows.get_value(row, 1), rows.get_value(row, 2)):
                if named is not None:
                    since[UUID(bytes=named)] = position
    for waiting in batch:
        waiting.answer(Moved(head, since))


async def _overtaken_all(link: Link, batch: "Sequence[Waiting[Reads, AbstractSet[int]]]") -> None:
    reads = [read for waiting in batch for read in waiting.asked]
    keys = [(nth, key, read.read_to) for nth, read in enumerate(reads) for key in read.fences]
    rows = await link.ask(
        _OVERTAKEN,
        arrays.integers([nth for nth, _, _ in keys]),
        arrays.texts([key for _, key, _ in keys]),
        arrays.bigints([read_to for _, _, read_to in keys]),
    )
    cell = cast("Cell", rows.get_value)
    overtaken = {int.from_bytes(cell(row, 0), "big") for row in range(rows.ntuples)}
    first = 0
    for waiting in batch:
        size = len(waiting.asked)
        waiting.answer({nth - first for nth in overtaken if first <= nth < first + size})
        first += size


def _events_of(rows: PGresult) -> list[StoredEvent]:
    cell = cast("Cell", rows.get_value)
    streams: dict[bytes, StreamId] = {}  # There are few, and making an id takes its time.
    found: list[StoredEvent] = []
    for row in range(rows.ntuples):
        position, version, at, size, of = _PLACE_IN_LOG(cell(row, 0))
        if (stream := streams.get(of)) is None:
            stream = streams[of] = StreamId(UUID(bytes=of))
        type_, entry, parts = cell(row, 1).decode(), cell(row, 2), unpacked(rows.get_value(row, 3))
        found.append(StoredEvent(position, stream, version, type_, entry, parts, Span(at, size)))
    return found


def _asked_for(batch: "Sequence[Waiting[Streams, Answered]]") -> Streams:
    return tuple({stream: None for waiting in batch for stream in waiting.asked})


def _answer_each(
    batch: "Sequence[Waiting[Streams, Reading[Row]]]", head: int, found: dict[StreamId, list[Row]]
) -> None:
    for history in found.values():
        history.sort(key=_POSITION)  # They come so already, but for a promise of the server's.
    for waiting in batch:
        waiting.answer(Reading(head, {stream: found[stream] for stream in waiting.asked}))


async def _append_all(link: Link, batch: "Sequence[Waiting[Append, Outcome]]") -> None:
    appends = [waiting.asked for waiting in batch]
    try:
        rows = await link.ask(_APPEND, *_packed(appends))
    except LogRefusesWrites as refusal:
        await _answer_what_is_known(link, batch, refusal)
        return
    for waiting, outcome in zip(batch, _outcomes(appends, rows), strict=True):
        waiting.answer(outcome)


async def _answer_what_is_known(
    link: Link, batch: "Sequence[Waiting[Append, Outcome]]", refusal: LogRefusesWrites
) -> None:
    """A command that is in the log already is answered, also when nothing new can enter it."""
    rows = await link.ask(
        _KNOWN,
        arrays.uuids([waiting.asked.agency for waiting in batch]),
        arrays.uuids([waiting.asked.command for waiting in batch]),
        arrays.byteas([waiting.asked.body for waiting in batch]),
    )
    for row, waiting in enumerate(batch):
        answer = rows.get_value(row, 0)
        if answer is None:
            waiting.refuse(refusal)
        else:
            waiting.answer(Outcome("repeated", answer=answer))


def _outcomes(appends: Sequence[Append], rows: PGresult) -> Iterator[Outcome]:
    head, outcomes, answers = (rows.get_value(0, column) for column in range(3))
    assert head is not None
    assert outcomes is not None
    assert answers is not None
    last, answer = int.from_bytes(head, "big"), iter(arrays.byteas_in(answers))
    for append, outcome in zip(appends, arrays.smallints_in(outcomes), strict=True):
        match _VERDICTS[outcome]:
            case "appended":
                first, last = last + 1, last + len(append.events)
                yield Outcome("appended", tuple(range(first, last + 1)))
            case "repeated":
                yield Outcome("repeated", answer=next(answer))
            case refused:
                yield Outcome(refused)


def _packed(appends: Sequence[Append]) -> tuple[bytes, ...]:
    numbered = list(enumerate(appends, start=1))
    followers = _unless_all_none([append.follower for append in appends])
    events = [(number, event) for number, append in numbered for event in append.events]
    reads = [(number, key) for number, append in numbered for key in append.reads]
    stamps = [(n, key) for n, (_, event) in enumerate(events, start=1) for key in event.stamps]
    return (
        arrays.uuids([append.agency for append in appends]),
        arrays.uuids([append.command for append in appends]),
        arrays.byteas([append.body for append in appends]),
        arrays.byteas([append.answer for append in appends]),
        arrays.timestamps(_unless_all_none([append.not_after for append in appends])),
        arrays.bigints([append.read_to for append in appends]),
        arrays.texts([followed and followed.name for followed in followers]),
        arrays.bigints([followed and followed.position for followed in followers]),
        arrays.integers([number for number, _ in reads]),
        arrays.texts([key for _, key in reads]),
        arrays.integers([number for number, _ in events]),
        arrays.uuids([event.stream for _, event in events]),
        arrays.bigints([event.version for _, event in events]),
        arrays.texts([event.type for _, event in events]),
        arrays.byteas([event.header for _, event in events]),
        arrays.integers([event.facts.at for _, event in events]),
        arrays.integers([event.facts.size for _, event in events]),
        arrays.byteas([packed(event.parts) for _, event in events]),
        arrays.integers([number for number, _ in stamps]),
        arrays.texts([key for _, key in stamps]),
    )


def packed(parts: Parts) -> bytes | None:
    """As log.event keeps them."""
    return msgspec.msgpack.encode(parts) if parts else None


def unpacked(parts: bytes | None) -> Parts:
    """What is no map of parts holds none: only who opens one of them has to be told."""
    try:
        return NO_PARTS if parts is None else _PARTS.decode(parts)
    except msgspec.DecodeError:
        return NO_PARTS


_PARTS: Final = msgspec.msgpack.Decoder(dict[str, bytes])


def _unless_all_none(values: Sequence[T | None]) -> Sequence[T | None]:
    return values if any(value is not None for value in values) else ()
