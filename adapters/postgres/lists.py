"""Lists (一覧), as they are asked for what stands in them; one question at a time."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, LiteralString, Self, TypeVar

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from adapters.postgres.links import with_options
from services.ports import LogUnavailable

Row = TypeVar("Row")

# A statement asks for a plan once: work that waits mostly takes longer to plan than to find.
_OPTIONS: Final = (
    "-c statement_timeout=8s -c lock_timeout=5s -c jit=off"
    " -c plan_cache_mode=force_generic_plan -c application_name=tsunagu-lists"
)
_CONNECTED_WITHIN_S: Final = 10


class PostgresLists:
    """A list that has never been made yet is empty."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo: Final = with_options(conninfo, _OPTIONS)
        self._asking: Final = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Who is in the middle of asking has the answer first, and then it is closed."""
        self._closed = True
        async with self._asking:
            await self._disconnected()

    async def rows(
        self, row: Callable[..., Row], query: LiteralString, asked: Mapping[str, object]
    ) -> list[Row]:
        """Each as ``row`` is made of its columns, in their order."""
        try:
            async with self._asking:
                connection = await self._connected()
                cursor = await connection.execute(query, asked, prepare=True, binary=True)
                return [row(*found) for found in await cursor.fetchall()]
        except errors.UndefinedTable:
            return []
        except psycopg.OperationalError as error:
            raise LogUnavailable from error

    async def _connected(self) -> psycopg.AsyncConnection[TupleRow]:
        if self._closed:
            raise LogUnavailable
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._conninfo, autocommit=True, connect_timeout=_CONNECTED_WITHIN_S
            )
        return self._connection

    async def _disconnected(self) -> None:
        if self._connection is not None:
            await self._connection.close()
