"""One connection that comes back: it reconnects, and at a deadline gives up.

It speaks to libpq itself, and asks on before it has been answered (libpq's pipeline): so the
server finds the next question there when it is done with the last. psycopg's own cursors take as
long again for a small answer, and three times as long for a large one, fetched in small pieces.
"""

import asyncio
import contextlib
import itertools
from collections import deque
from typing import Final, NamedTuple, TypeAlias

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow

from services.ports import LogRefusesWrites, LogUnavailable

DEADLINE_S: Final = 10.0
_RECONNECT_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2)

# The server is up, and says no for a while.
_NOT_NOW: Final = (errors.LockNotAvailable, errors.QueryCanceled)
_NO_WRITES: Final = (errors.DiskFull, errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)


class Question(NamedTuple):
    """Prepared on each connection once, and known there by its name."""

    name: bytes
    sql: bytes


Parameter: TypeAlias = bytes | None  # In PostgreSQL's binary format, as the answers are.


class Link:
    def __init__(self, conninfo: str, options: str) -> None:
        self._conninfo: Final = with_options(conninfo, options)
        self._connecting: Final = asyncio.Lock()
        self._wire: Wire | None = None
        self._closed = False

    async def ask(self, question: Question, *parameters: Parameter) -> PGresult:
        """Ask until answered. A question asked twice must mean the same as asked once."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + DEADLINE_S
        pauses_s = itertools.chain(_RECONNECT_S, itertools.repeat(_RECONNECT_S[-1]))
        while True:
            try:
                wire = await self._connected(deadline)
                hang_up = loop.call_at(deadline, wire.hang_up)
                try:
                    return await wire.ask(question, parameters)
                finally:
                    hang_up.cancel()
            except _NOT_NOW as error:
                raise LogUnavailable from error
            except _NO_WRITES as error:
                raise LogRefusesWrites from error
            except psycopg.OperationalError as error:
                pause_s = next(pauses_s)
                if self._closed or loop.time() + pause_s >= deadline:
                    raise LogUnavailable from error
                await asyncio.sleep(pause_s)

    async def close(self) -> None:
        """For good: whoever is just connecting must not keep one that nobody closes."""
        self._closed = True
        await self._disconnected()

    async def _disconnected(self) -> None:
        if self._wire is not None:
            await self._wire.close()
            self._wire = None

    async def _connected(self, deadline: float) -> "Wire":
        if self._wire is not None and not self._wire.broken:
            return self._wire
        async with self._connecting:
            if self._wire is None or self._wire.broken:
                await self._disconnected()
                left_s = deadline - asyncio.get_running_loop().time()
                if left_s <= 0:  # Others were connecting all the while.
                    raise psycopg.OperationalError
                self._wire = Wire(
                    await psycopg.AsyncConnection.connect(
                        self._conninfo, autocommit=True, connect_timeout=max(2, int(left_s))
                    )
                )
                if self._closed:
                    await self._disconnected()
                    raise LogUnavailable
        return self._wire


class Asked(NamedTuple):
    answered: "asyncio.Future[PGresult]"
    prepared: bool  # Together with it.


class Wire:
    """One connection, in pipeline mode: answers come in the order of the questions."""

    def __init__(self, connection: psycopg.AsyncConnection[TupleRow]) -> None:
        self.broken = False
        self._connection: Final = connection
        self._libpq: Final = connection.pgconn
        self._libpq.enter_pipeline_mode()
        self._socket: Final = self._libpq.socket
        self._prepared: Final[set[Question]] = set()
        self._unanswered: Final[deque[Asked]] = deque()
        self._heard: PGresult | None = None
        self._loop: Final = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._listen)

    async def ask(self, question: Question, parameters: tuple[Parameter, ...]) -> PGresult:
        answered: asyncio.Future[PGresult] = self._loop.create_future()
        self._unanswered.append(Asked(answered, question not in self._prepared))
        try:
            if question not in self._prepared:
                self._libpq.send_prepare(question.name, question.sql)
                self._prepared.add(question)
            self._libpq.send_query_prepared(question.name, parameters, [1] * len(parameters), 1)
            self._libpq.pipeline_sync()
            if self._libpq.flush():
                self._loop.add_writer(self._socket, self._send)
        except psycopg.OperationalError as error:
            self._break(error)
        except BaseException:  # What was sent of it would shift everybody's answers by one.
            answered.cancel()
            self._break(psycopg.OperationalError("half asked"))
            raise
        return await answered

    def hang_up(self) -> None:
        """A stopped server answers nothing, not even a cancel."""
        self._break(psycopg.OperationalError("no answer in time"))

    async def close(self) -> None:
        self._break(psycopg.OperationalError("closed"))
        await self._connection.close()

    def _send(self) -> None:
        try:
            if not self._libpq.flush():
                self._loop.remove_writer(self._socket)
        except psycopg.OperationalError as error:
            self._break(error)

    def _listen(self) -> None:
        try:
            self._libpq.consume_input()
            while self._unanswered and not self._libpq.is_busy():
                self._hear(self._libpq.get_result())
        except psycopg.OperationalError as error:
            self._break(error)

    def _hear(self, result: PGresult | None) -> None:
        if result is None:  # One statement has ended.
            return
        if result.status == ExecStatus.PIPELINE_SYNC:
            self._answer()
        elif _is_libpqs_own(result):
            raise psycopg.OperationalError(result.get_error_message())
        elif self._heard is None or self._heard.status == ExecStatus.COMMAND_OK:
            self._heard = result  # The last of them, or the first that failed.

    def _answer(self) -> None:
        (answered, prepared), heard = self._unanswered.popleft(), self._heard
        self._heard = None
        assert heard is not None
        if heard.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            if not answered.done():  # Otherwise whoever asked has gone.
                answered.set_result(heard)
            return
        if not answered.done():
            answered.set_exception(errors.error_from_result(heard))
        if prepared:  # It may not have been, and those behind it count on it.
            self._break(psycopg.OperationalError("not prepared"))

    def _break(self, error: psycopg.OperationalError) -> None:
        while self._unanswered:
            answered, _ = self._unanswered.popleft()
            if not answered.done():
                answered.set_exception(error)
        if not self.broken:
            self.broken = True
            # libpq may have closed the socket already, and the loop trips over it once.
            with contextlib.suppress(OSError):
                self._loop.remove_reader(self._socket)
            with contextlib.suppress(OSError):
                self._loop.remove_writer(self._socket)


def _is_libpqs_own(result: PGresult) -> bool:
    """What says no code was said by no server: the connection is lost."""
    return (
        result.status == ExecStatus.FATAL_ERROR
        and result.error_field(DiagnosticField.SQLSTATE) is None
    )


def with_options(conninfo: str, options: str) -> str:
    given = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{given} {options}".strip())
