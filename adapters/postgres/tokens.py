"""What is kept of tokens (トークン台帳) on PostgreSQL: whose they are, and which were revoked."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import msgspec

from adapters.postgres.links import Link, Question
from services.identity import TokenId, TokenLine

_RECORD: Final = Question(
    b"record",
    b"""
insert into identity.token
select * from json_populate_record(null::identity.token, $1)
on conflict (id) do nothing
""",
)
_ALL: Final = Question(
    b"all",
    b"select coalesce(json_agg(t order by t.issued_at desc, t.id), '[]') from identity.token t",
)
_REVOKE: Final = Question(
    b"revoke",
    b"""
update identity.token set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = $1
returning id
""",
)
# A command may wait a day to be handled, and no two clocks agree.
_REVOKED: Final = Question(
    b"revoked",
    b"""
select id from identity.token
where revoked_at is not null and expires_at > clock_timestamp() - interval '2 days'
""",
)
_SESSION: Final = "-c statement_timeout=8s -c timezone=UTC -c application_name=tsunagu-tokens"


class PostgresTokens:
    """``services.identity.Tokens``."""

    def __init__(self, conninfo: str) -> None:
        self._link: Final = Link(conninfo, _SESSION)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._link.close()

    async def record(self, line: TokenLine) -> None:
        await self._link.ask(_RECORD, msgspec.json.encode(line))

    async def all(self) -> Sequence[TokenLine]:
        rows = await self._link.ask(_ALL)
        found = rows.get_value(0, 0)
        assert found is not None
        return _LINES.decode(found)

    async def revoke(self, token: TokenId) -> bool:
        return bool((await self._link.ask(_REVOKE, token.bytes)).ntuples)

    async def revoked(self) -> frozenset[TokenId]:
        rows = await self._link.ask(_REVOKED)
        ids = (rows.get_value(row, 0) for row in range(rows.ntuples))
        return frozenset(TokenId(UUID(bytes=each)) for each in ids)


_LINES: Final = msgspec.json.Decoder(tuple[TokenLine, ...])
