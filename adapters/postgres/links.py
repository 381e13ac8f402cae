"""One connection that comes back: it reconnects, and at a deadline gives up."""

import asyncio
import contextlib
import itertools
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Final, LiteralString, TypeAlias

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from adapters.postgres import arrays
from services.ports import LogRefusesWrites, LogUnavailable

DEADLINE_S: Final = 10.0
Arguments: TypeAlias = Sequence[object] | Mapping[str, object]
_RECONNECT_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2)

# The server is up, and says no for a while.
_NOT_NOW: Final = (errors.LockNotAvailable, errors.QueryCanceled)
_NO_WRITES: Final = (errors.DiskFull, errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)


class Link:
    def __init__(self, conninfo: str, options: str) -> None:
        self._conninfo: Final = _with_options(conninfo, options)
        self._turn: Final = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None

    async def ask(self, query: LiteralString, arguments: Arguments) -> list[TupleRow]:
        """Ask until answered. A question asked twice must mean the same as asked once."""
        async with self._turn:
            deadline = asyncio.get_running_loop().time() + DEADLINE_S
            pauses_s = itertools.chain(_RECONNECT_S, itertools.repeat(_RECONNECT_S[-1]))
            while True:
                try:
                    return await self._ask_once(query, arguments, deadline)
                except _NOT_NOW as error:
                    raise LogUnavailable from error
                except (*_NO_WRITES, psycopg.OperationalError) as error:
                    if isinstance(error, _NO_WRITES) and not _is_panic(error):
                        raise LogRefusesWrites from error
                    await self.close()
                    pause_s = next(pauses_s)
                    if asyncio.get_running_loop().time() + pause_s >= deadline:
                        raise LogUnavailable from error
                    await asyncio.sleep(pause_s)

    async def _ask_once(
        self, query: LiteralString, arguments: Arguments, deadline: float
    ) -> list[TupleRow]:
        connection = await self._connected(deadline)
        hang_up = asyncio.get_running_loop().call_at(deadline, _hang_up, connection)
        try:
            cursor = await connection.execute(query, arguments, prepare=True, binary=True)
            return await cursor.fetchall()
        finally:
            hang_up.cancel()

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _connected(self, deadline: float) -> psycopg.AsyncConnection[TupleRow]:
        if self._connection is None:
            left_s = deadline - asyncio.get_running_loop().time()
            self._connection = await psycopg.AsyncConnection.connect(
                self._conninfo,
                autocommit=True,
                connect_timeout=max(2, int(left_s)),
            )
            arrays.register(self._connection)
        return self._connection


def _is_panic(error: psycopg.Error) -> bool:
    """The whole server fell with it: what was committed a moment before may be there or not."""
    return error.diag.severity_nonlocalized == "PANIC"


def _with_options(conninfo: str, options: str) -> str:
    given = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{given} {options}".strip())


def _hang_up(connection: psycopg.AsyncConnection[TupleRow]) -> None:
    """A stopped server answers nothing, not even a cancel; an ended socket answers at once."""
    with (
        contextlib.suppress(OSError, psycopg.OperationalError),
        socket.socket(fileno=os.dup(connection.fileno())) as ended,
    ):
        ended.shutdown(socket.SHUT_RDWR)
