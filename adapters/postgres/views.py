"""Lists (一覧) on PostgreSQL: rows, and the checkpoint they have come to, in one transaction."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from functools import cache
from types import TracebackType
from typing import Any, Final, Generic, Literal, LiteralString, NamedTuple, Self, cast

import msgspec
import psycopg
from psycopg import errors, sql
from psycopg.adapt import Dumper
from psycopg.pq import Format, TransactionStatus
from psycopg.rows import TupleRow, args_row, class_row

from adapters.ending import ended
from adapters.postgres import arrays
from adapters.postgres.links import with_options
from projections.tables import Column, ColumnKind, Key, Projection
from projections.tables import Row as ListRow
from services.ports import Checkpoint, Edition, LogRefusesWrites, LogUnavailable

_CHECKPOINT: Final = "select definition, position, state from views.checkpoint where name = %s"
_CHECKPOINT_HELD: Final = f"{_CHECKPOINT} for update"
_ADVANCE: Final = "update views.checkpoint set position = %s where name = %s"
_FURTHER: Final = f"{_ADVANCE} and (definition, position, state) = (%s, %s, %s)"
# Whoever holds one of them lets none of the others wait.
_FURTHER_TOGETHER: Final = """
with asked as (
    select * from unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[])
        as asked(further, name, definition, position, state)
), free as (
    select name, further from views.checkpoint join asked
    using (name, definition, position, state) for update of checkpoint skip locked
)
update views.checkpoint as stands set position = free.further from free
where stands.name = free.name returning stands.name, stands.position
"""
_BEGIN: Final = """
insert into views.checkpoint as made (name, definition) values (%s, %s)
on conflict (name) do update set definition = excluded.definition, position = 0
where made.definition <> excluded.definition
"""
# The next edition is held too: whoever else makes it must not be in the middle of a batch.
_SWAP: Final = """
insert into views.checkpoint as live (name, definition, position)
select %(live)s, definition, position from views.checkpoint where name = %(next)s for update
on conflict (name) do update set
    definition = excluded.definition, position = excluded.position,
    state = case live.state when 'stopped' then 'running' else live.state end,
    code = null, stopped_at = null
where live.position <= excluded.position
"""
_FORGET: Final = "delete from views.checkpoint where name = %s"
_STOP: Final = """
insert into views.checkpoint as live (name, definition, state, code, stopped_at)
values (%(live)s, '', 'stopped', %(code)s, %(position)s)
on conflict (name) do update set
    state = 'stopped', code = excluded.code, stopped_at = excluded.stopped_at
where live.state = 'running' and (%(making)s or live.position = excluded.stopped_at - 1)
"""
_PAUSE: Final = """
update views.checkpoint set state = 'paused' where name = %s and state = 'running'
"""
_RESUME: Final = """
update views.checkpoint set state = 'running', code = null, stopped_at = null where name = %s
"""

# How long the first event that is not applied has waited: an entry begins with its microseconds.
_STANDINGS: Final = """
select asked.name, coalesce(live.state, 'new') as state, coalesce(live.position, 0) as position,
       head.position as head, head.position - coalesce(live.position, 0) as behind,
       coalesce(greatest(0, extract(epoch from log.now()) -
           ('x' || encode(substr(waiting.entry, 1, 8), 'hex'))::bit(64)::bigint / 1000000.0
       ), 0)::float8 as behind_s,
       live.code, live.stopped_at, made.position as rebuilt_to
from unnest(%s::text[]) with ordinality asked(name, nth)
cross join (select coalesce(max(position), 0) as position from log.event) head
left join views.checkpoint live on live.name = asked.name
left join views.checkpoint made on made.name = asked.name || '_next'
left join log.event waiting on waiting.position = coalesce(live.position, 0) + 1
order by asked.nth
"""

_TYPES: Final[Mapping[ColumnKind, LiteralString]] = {
    "id": "uuid",
    "number": "bigint",
    "code": "text",
    "time": "timestamptz",
    "date": "date",
    "flag": "boolean",
}
_PACKED: Final[Mapping[ColumnKind, Callable[[Iterable[Any]], bytes]]] = {
    "id": arrays.uuids,
    "number": arrays.bigints,
    "code": arrays.texts,
    "time": arrays.timestamps,
    "date": arrays.dates,
    "flag": arrays.booleans,
}
# Nothing is waited for longer than this, be it a reader or another who makes the same list.
_OPTIONS: Final = "-c lock_timeout=5s -c statement_timeout=60s -c application_name=tsunagu-views"
_CONNECTED_WITHIN_S: Final = 10
TOGETHER_WITHIN_S: Final = 0.005  # Each hears of an event by itself.


class _Passing(NamedTuple):
    """A list that goes further, from where it stands, and no row of it changes."""

    further: int
    name: str
    definition: str
    position: int
    state: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a list stands beside the log."""

    name: str
    state: Literal["new", "running", "paused", "stopped"]
    position: int
    head: int
    behind: int
    behind_s: float  # Since when the next event has waited for it.
    code: str | None
    stopped_at: int | None
    rebuilt_to: int | None  # While it is made anew, or where that was broken off.


class PostgresViews:
    """``services.ports.Views``. As many connections as are needed at once: nobody waits for one."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo: Final = with_options(conninfo, _OPTIONS)
        self._free: Final[list[psycopg.AsyncConnection[TupleRow]]] = []
        self._passing: list[tuple[_Passing, asyncio.Future[bool]]] = []
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed = True
        await ended(*self._tasks)
        await self._close()

    async def checkpoint(self, of: Projection[Key, ListRow], edition: Edition) -> Checkpoint | None:
        async with self._connection() as connection:
            return await _checkpoint(connection, _CHECKPOINT, _table_of(of, edition))

    @asynccontextmanager
    async def turn(
        self, of: Projection[Key, ListRow], edition: Edition
    ) -> AsyncGenerator["PostgresTurn[Key, ListRow]"]:
        table = _table_of(of, edition)
        async with self._transaction() as connection:
            checkpoint = await _checkpoint(connection, _CHECKPOINT_HELD, table)
            yield PostgresTurn(connection, of, table, checkpoint)

    async def pass_on(
        self, of: Projection[Key, ListRow], edition: Edition, before: Checkpoint, then: Checkpoint
    ) -> bool:
        """Those that pass on the same event are said together: of 25 lists, all but a few."""
        passing = _Passing(then.position, _table_of(of, edition), *before)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._passing.append((passing, answer))
        if len(self._passing) == 1:
            self._tasks.add(task := asyncio.create_task(self._pass_on()))
            task.add_done_callback(self._tasks.discard)
        if await answer:
            return True
        async with self._connection() as connection:  # Others have it, or it stands elsewhere.
            return (await connection.execute(_FURTHER, passing)).rowcount == 1

    async def _pass_on(self) -> None:
        waiting = self._passing
        try:
            await asyncio.sleep(TOGETHER_WITHIN_S)
            self._passing = []
            async with self._connection() as connection:
                given = [[*each] for each in zip(*dict(waiting), strict=True)]
                done = await connection.execute(_FURTHER_TOGETHER, given)
                come_to = {*await done.fetchall()}
        except asyncio.CancelledError:
            for _, answer in waiting:
                answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001 (Whatever it is, it is theirs who wait for it.)
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
            return
        for each, answer in waiting:
            if not answer.done():
                answer.set_result((each.name, each.further) in come_to)

    async def begin(self, of: Projection[Key, ListRow]) -> None:
        table = _table_of(of, "next")
        async with self._transaction() as connection:
            if (await connection.execute(_BEGIN, (table, of.definition))).rowcount:
                for statement in _made(of, table):
                    await connection.execute(statement)

    async def swap(self, of: Projection[Key, ListRow]) -> None:
        live, made = _table_of(of, "live"), _table_of(of, "next")
        async with self._transaction() as connection:
            if (await connection.execute(_SWAP, {"live": live, "next": made})).rowcount:
                await connection.execute(_FORGET, (made,))
                for statement in _swapped(live, made):
                    await connection.execute(statement)

    async def stop(
        self, of: Projection[Key, ListRow], edition: Edition, position: int, code: str
    ) -> None:
        stopped = {"live": of.name, "code": code, "position": position}
        async with self._transaction() as connection:
            await connection.execute(_STOP, {**stopped, "making": edition == "next"})

    async def pause(self, of: Projection[Key, ListRow]) -> None:
        """From here on it changes no more. What has stopped stays so, and goes on saying why."""
        async with self._transaction() as connection:
            await connection.execute(_PAUSE, (of.name,))

    async def resume(self, of: Projection[Key, ListRow]) -> None:
        async with self._transaction() as connection:
            await connection.execute(_RESUME, (of.name,))

    async def standings(self, lists: Iterable[Projection[Any, Any]]) -> Sequence[Standing]:
        async with (
            self._transaction() as connection,
            connection.cursor(row_factory=class_row(Standing)) as cursor,
        ):
            await cursor.execute(_STANDINGS, ([of.name for of in lists],))
            return await cursor.fetchall()

    @asynccontextmanager
    async def _transaction(self) -> AsyncGenerator[psycopg.AsyncConnection[TupleRow]]:
        async with self._connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[psycopg.AsyncConnection[TupleRow]]:
        """Nobody else has it meanwhile. The last one that was free knows most of what is asked."""
        try:
            connection = self._free.pop() if self._free else await self._connected()
            try:
                yield connection
            finally:
                self._free.append(connection)
                # One that is lost, and then so, most likely, are those free; or all, at the end.
                if self._closed or connection.info.transaction_status != TransactionStatus.IDLE:
                    await self._close()
        except psycopg.OperationalError as error:
            raise LogUnavailable from error
        except (errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege) as error:
            raise LogRefusesWrites from error

    async def _connected(self) -> psycopg.AsyncConnection[TupleRow]:
        connection = await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, connect_timeout=_CONNECTED_WITHIN_S
        )
        connection.adapters.register_dumper(_Packed, _AsItIs)
        return connection

    async def _close(self) -> None:
        while self._free:
            await self._free.pop().close()


class PostgresTurn(Generic[Key, ListRow]):
    """``services.ports.Turn``, as long as its transaction lasts."""

    def __init__(
        self,
        connection: psycopg.AsyncConnection[TupleRow],
        of: Projection[Key, ListRow],
        table: str,
        checkpoint: Checkpoint | None,
    ) -> None:
        self.checkpoint: Final = checkpoint
        self._connection: Final = connection
        self._of: Final = of
        self._table: Final = table
        self._statements: Final = _statements(of, table)

    async def rows(self, keys: Collection[Key]) -> Mapping[Key, ListRow]:
        if not keys:
            return {}
        whole_rows = class_row(self._of.row)
        async with self._connection.cursor(binary=True, row_factory=whole_rows) as cursor:
            given = _packed(_named(self._of, self._of.read_by), keys)
            await cursor.execute(self._statements.select, given)
            return {cast("Key", self._of.key_of(row)): row for row in await cursor.fetchall()}

    async def write(self, changes: Mapping[Key, ListRow | None], position: int) -> None:
        kept = [msgspec.structs.astuple(row) for row in changes.values() if row is not None]
        gone = [key for key, row in changes.items() if row is None]
        if kept:
            given = _packed(self._of.columns, kept)
            await self._connection.execute(self._statements.upsert, given)
        if gone:
            given = _packed(_named(self._of, self._of.key), gone)
            await self._connection.execute(self._statements.delete, given)
        await self._connection.execute(_ADVANCE, (position, self._table))


async def _checkpoint(
    connection: psycopg.AsyncConnection[TupleRow], asked: LiteralString, table: str
) -> Checkpoint | None:
    async with connection.cursor(row_factory=args_row(Checkpoint)) as cursor:
        await cursor.execute(asked, (table,))
        return await cursor.fetchone()


def _table_of(of: Projection[Key, ListRow], edition: Edition) -> str:
    return of.name if edition == "live" else f"{of.name}_next"


def _made(of: Projection[Key, ListRow], table: str) -> Iterator[sql.Composed]:
    columns = [
        sql.SQL("{} {} {}").format(
            sql.Identifier(column.name),
            sql.SQL(_TYPES[column.kind]),
            sql.SQL("" if column.optional else "not null"),
        )
        for column in of.columns
    ]
    name = sql.Identifier("views", table)
    yield sql.SQL("drop table if exists {}").format(name)
    yield sql.SQL("create table {} ({}, primary key ({}))").format(
        name, sql.SQL(", ").join(columns), _names(of.key)
    )
    for index in of.indexes:
        yield sql.SQL("create index on {} ({})").format(name, _names(index))


def _swapped(live: str, made: str) -> Iterator[sql.Composed]:
    yield sql.SQL("analyze {}").format(sql.Identifier("views", made))
    yield sql.SQL("drop table if exists {}").format(sql.Identifier("views", live))
    yield sql.SQL("alter table {} rename to {}").format(
        sql.Identifier("views", made), sql.Identifier(live)
    )


class _Statements(NamedTuple):
    select: bytes
    upsert: bytes
    delete: bytes


@cache
def _statements(of: Projection[Any, Any], table: str) -> _Statements:
    """Composed once: it takes as long as the server does."""
    return _Statements(*(each(of, table).as_bytes() for each in (_select, _upsert, _delete)))


def _select(of: Projection[Any, Any], table: str) -> sql.Composed:
    return sql.SQL("select {} from {} join {} using ({})").format(
        _names(column.name for column in of.columns),
        sql.Identifier("views", table),
        _given(_named(of, of.read_by)),
        _names(of.read_by),
    )


def _upsert(of: Projection[Any, Any], table: str) -> sql.Composed:
    replaced = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column.name))
        for column in of.columns
        if column.name not in of.key
    ]
    names = _names(column.name for column in of.columns)
    return sql.SQL("insert into {} ({}) select {} from {} on conflict ({}) do {}").format(
        sql.Identifier("views", table),
        names,
        names,
        _given(of.columns),
        _names(of.key),
        sql.SQL("update set {}").format(sql.SQL(", ").join(replaced))
        if replaced
        else sql.SQL("nothing"),
    )


def _delete(of: Projection[Any, Any], table: str) -> sql.Composed:
    return sql.SQL("delete from {} where ({}) in (select * from {})").format(
        sql.Identifier("views", table), _names(of.key), _given(_named(of, of.key))
    )


def _named(of: Projection[Key, ListRow], names: Iterable[str]) -> tuple[Column, ...]:
    columns = {column.name: column for column in of.columns}
    return tuple(columns[name] for name in names)


def _given(columns: Iterable[Column]) -> sql.Composed:
    """What was given as one array for each of these columns, as rows."""
    columns = tuple(columns)
    arrays = [sql.SQL("%b::{}[]").format(sql.SQL(_TYPES[column.kind])) for column in columns]
    return sql.SQL("unnest({}) as given ({})").format(
        sql.SQL(", ").join(arrays), _names(column.name for column in columns)
    )


class _Packed(NamedTuple):
    """An array in PostgreSQL's binary format: of what, the statement says."""

    array: bytes


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: _Packed) -> bytes:
        return obj.array


def _packed(columns: Iterable[Column], rows: Iterable[tuple[object, ...]]) -> list[_Packed]:
    by_column = zip(columns, zip(*rows, strict=True), strict=True)
    return [_Packed(_PACKED[column.kind](values)) for column, values in by_column]


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
