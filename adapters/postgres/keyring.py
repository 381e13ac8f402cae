"""The keyring (鍵束) on PostgreSQL: one key a person, wrapped; destroyed once, for good."""

import os
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from adapters.crypto import KEY_BYTES, Kek, WrongKek
from adapters.postgres import arrays
from adapters.postgres.links import Link, Question
from domain.model import PersonId
from services.ports import Keys, SecretKey

_SELECT: Final = Question(
    b"select", b"select person, wrapped from keyring.key where person = any($1)"
)
_INSERT: Final = Question(
    b"insert",
    b"""
insert into keyring.key (person, kek_epoch, wrapped) values ($1, $2, $3)
on conflict (person) do nothing
""",
)
_KEEP: Final = Question(
    b"keep",
    b"""
insert into keyring.key (person, kek_epoch, wrapped)
select person, $2, wrapped from unnest($1::uuid[], $3::bytea[]) made(person, wrapped)
on conflict (person) do nothing
returning 1
""",
)
_DESTROY: Final = Question(
    b"destroy",
    b"""
update keyring.key set wrapped = null, destroyed_at = clock_timestamp(), reason = $2
where person = $1 and destroyed_at is null
""",
)
_FIRST_KEK: Final = Question(
    b"first kek",
    b"""
insert into keyring.kek (epoch, fingerprint)
select $1, $2 where not exists (select from keyring.kek)
on conflict (epoch) do nothing
""",
)
_KEK: Final = Question(b"kek", b"select from keyring.kek where epoch = $1 and fingerprint = $2")
_SESSION: Final = (
    "-c statement_timeout=8s -c synchronous_commit=on -c application_name=tsunagu-keys"
)

CACHED_S: Final = 60.0


class PostgresKeyring:
    """``services.ports.Keyring``. Unwrapped keys are kept for a minute at most."""

    def __init__(self, conninfo: str, kek: Kek) -> None:
        self._link: Final = Link(conninfo, _SESSION)
        self._kek: Final = kek
        self._cache: Final[dict[PersonId, tuple[float, SecretKey | None]]] = {}

    async def __aenter__(self) -> Self:
        """Another KEK than the one that wrapped here is refused before anything is done."""
        ours = _epoch(self._kek), self._kek.fingerprint.encode()
        await self._link.ask(_FIRST_KEK, *ours)
        if not (await self._link.ask(_KEK, *ours)).ntuples:
            await self._link.close()
            raise WrongKek(epoch=self._kek.epoch)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cache.clear()
        await self._link.close()

    async def keys(self, persons: frozenset[PersonId]) -> Keys:
        now = time.monotonic()
        for person, (kept_until, _) in tuple(self._cache.items()):
            if kept_until <= now:
                del self._cache[person]
        # Taken now: while we ask for the others, another call may let these go.
        known = {person: self._cache[person][1] for person in persons & self._cache.keys()}
        if missing := persons - known.keys():
            rows = await self._link.ask(_SELECT, arrays.uuids(missing))
            for row in range(rows.ntuples):
                person = PersonId(UUID(bytes=rows.get_value(row, 0)))
                wrapped = rows.get_value(row, 1)
                key = None if wrapped is None else self._kek.unwrap(person, wrapped)
                self._cache[person] = (now + CACHED_S, key)
                known[person] = key
        return known

    async def make(self, person: PersonId) -> None:
        wrapped = self._kek.wrap(person, os.urandom(KEY_BYTES))
        await self._link.ask(_INSERT, person.bytes, _epoch(self._kek), wrapped)

    async def keep(self, keys: Mapping[PersonId, SecretKey]) -> int:
        """These are theirs, unless they have one; and how many had none."""
        if not keys:
            return 0
        wrapped = [self._kek.wrap(person, key) for person, key in keys.items()]
        made = await self._link.ask(
            _KEEP, arrays.uuids(keys), _epoch(self._kek), arrays.byteas(wrapped)
        )
        return made.ntuples

    async def destroy(self, person: PersonId, reason: str) -> None:
        """After this, what was sealed for the person can be opened by nobody, anywhere."""
        await self._link.ask(_DESTROY, person.bytes, reason.encode())
        self._cache.pop(person, None)


def _epoch(kek: Kek) -> bytes:
    return kek.epoch.to_bytes(4, "big")
