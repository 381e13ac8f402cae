"""The keyring: one key a person, under one KEK, destroyed once and for good."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Annotated, Final
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from adapters.crypto import ChaChaCipher, Kek, WrongKek
from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog, packed, unpacked
from adapters.postgres.keyring import CACHED_S, PostgresKeyring
from domain.categories import NAR
from domain.fields import Catalogue
from domain.model import CLOSED, ERASED, CommandId, Event, PersonId, Sealed
from domain.text import FreeText
from services.ports import PartDamaged, Parts, StoredEvent
from services.sealing import Origin, Place, Sealing, UnknownEventType
from tests.integration.writers import a_stream, command, event, session
from tests.spec import CITY, NOW, an_id

KEK: Final = Kek(epoch=1, secret=bytes(range(32)))
HANAKO: Final = PersonId(an_id(1))
TARO: Final = PersonId(an_id(2))
BOTH: Final = frozenset({HANAKO, TARO})


@pytest.fixture
async def keyring(database: PostgresAccess) -> AsyncIterator[PostgresKeyring]:
    async with PostgresKeyring(database.keyring, KEK) as opened:
        yield opened


async def test_a_person_has_a_key_once_it_is_made(keyring: PostgresKeyring) -> None:
    assert await keyring.keys(BOTH) == {}
    await keyring.make(HANAKO)
    keys = await keyring.keys(BOTH)
    assert keys.keys() == {HANAKO}
    assert len(keys[HANAKO] or b"") == 32


async def test_made_again_it_is_the_same_key(
    keyring: PostgresKeyring, database: PostgresAccess
) -> None:
    await asyncio.gather(*(keyring.make(HANAKO) for _ in range(5)))
    keys = await keyring.keys(BOTH)
    async with PostgresKeyring(database.keyring, KEK) as other:
        await other.make(HANAKO)
        await other.make(TARO)
        both = await other.keys(BOTH)
    assert both[HANAKO] == keys[HANAKO] != both[TARO]


async def test_a_destroyed_key_is_gone_and_known_to_be(keyring: PostgresKeyring) -> None:
    await keyring.make(HANAKO)
    await keyring.keys(BOTH)
    await keyring.destroy(HANAKO, "she asked for it")
    assert await keyring.keys(BOTH) == {HANAKO: None}
    await keyring.make(HANAKO)
    assert await keyring.keys(BOTH) == {HANAKO: None}


async def test_a_key_is_destroyed_once(keyring: PostgresKeyring, database: PostgresAccess) -> None:
    await keyring.make(HANAKO)
    await keyring.destroy(HANAKO, "she asked for it")
    await keyring.destroy(HANAKO, "another reason")
    await keyring.destroy(TARO, "never had one")
    with session(database.owner) as owner:
        rows = owner.execute("select person, wrapped, reason from keyring.key").fetchall()
        assert rows == [(HANAKO, None, "she asked for it")]
        for change in (
            "update keyring.key set wrapped = '', destroyed_at = null, reason = null",
            "delete from keyring.key",
        ):
            with pytest.raises(errors.RestrictViolation):
                owner.execute(change)


async def test_an_unwrapped_key_is_kept_for_a_minute_at_most(
    keyring: PostgresKeyring, database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process destroys is closed here when the minute is over."""
    assert CACHED_S == 60
    await keyring.make(HANAKO)
    assert (await keyring.keys(BOTH))[HANAKO]
    async with PostgresKeyring(database.keyring, KEK) as other:
        await other.destroy(HANAKO, "she asked for it")
    kept = time.monotonic()
    later = SimpleNamespace(monotonic=lambda: kept + 50)
    monkeypatch.setattr("adapters.postgres.keyring.time", later)
    assert (await keyring.keys(BOTH))[HANAKO]
    later.monotonic = lambda: kept + 61
    assert await keyring.keys(BOTH) == {HANAKO: None}


async def test_another_kek_is_refused_before_anything_is_done(
    keyring: PostgresKeyring, database: PostgresAccess
) -> None:
    await keyring.make(HANAKO)
    another = PostgresKeyring(database.keyring, Kek(epoch=1, secret=bytes(32)))
    with pytest.raises(WrongKek) as wrong:
        await another.__aenter__()
    assert wrong.value.facts == {"epoch": 1}
    with session(database.owner) as owner:
        met = owner.execute("select epoch, fingerprint from keyring.kek").fetchall()
    assert met == [(1, KEK.fingerprint)]


async def test_a_key_wrapped_for_another_person_does_not_unwrap(
    keyring: PostgresKeyring, database: PostgresAccess
) -> None:
    await keyring.make(HANAKO)
    with session(database.owner) as owner:
        owner.execute("update keyring.key set person = %s", (TARO,))
    with pytest.raises(WrongKek):
        await keyring.keys(BOTH)


def test_who_holds_keys_may_neither_delete_nor_forget_a_kek(database: PostgresAccess) -> None:
    with session(database.keyring) as keys:
        for attempt in (
            "delete from keyring.key",
            "truncate keyring.key",
            "delete from keyring.kek",
            "update keyring.kek set fingerprint = ''",
            "drop table keyring.key",
            "alter table keyring.key disable trigger all",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                keys.execute(attempt)


# What was sealed with these keys, in the log


class Noted(Event, frozen=True, kw_only=True, tag="test.noted.v1"):
    words: Annotated[Sealed[FreeText], NAR]


class NotedTwice(Event, frozen=True, kw_only=True, tag="test.noted.v2"):
    words: Annotated[Sealed[FreeText], NAR]
    more: Annotated[Sealed[FreeText | None], NAR]


SEALING: Final = Sealing(Catalogue((Noted, NotedTwice)), ChaChaCipher())
FIRST: Final = Noted(words="雨の中を来所")
SECOND: Final = NotedTwice(words="妹と来所", more=None)
CASE: Final = a_stream()


async def facts(database: PostgresAccess) -> list[Event]:
    async with PostgresEventLog(database.app) as log:
        return list(SEALING.facts((await log.recall(CASE)).streams[CASE]))


async def told(keyring: PostgresKeyring, database: PostgresAccess) -> None:
    """Two events of hers, of two versions of one type."""
    await keyring.make(HANAKO)
    keys = await keyring.keys(BOTH)
    origin = Origin(by=CITY, occurred_at=NOW, correlation=uuid4(), command=CommandId(uuid4()))
    sealed = [
        SEALING.seal(
            each,
            uuid4(),
            Place(stream=CASE, key=an_id(9), version=version, woman=HANAKO),
            origin,
            keys,
        )
        for version, each in enumerate((FIRST, SECOND), start=1)
    ]
    async with PostgresEventLog(database.app) as log:
        assert (await log.append(command(*sealed))).verdict == "appended"


async def history(database: PostgresAccess) -> list[StoredEvent]:
    async with PostgresEventLog(database.app) as log:
        return list((await log.read(CASE)).streams[CASE])


def tamper(database: PostgresAccess, change: Callable[[Parts, Parts], Parts | bytes]) -> None:
    """As somebody with the whole database in hand may: the first event gets other parts."""
    with psycopg.connect(database.owner) as owner:
        first, second = owner.execute("select parts from log.event order by position").fetchall()
        parts = change(unpacked(*first), unpacked(*second))
        row = parts if isinstance(parts, bytes) else packed(parts)
        owner.execute("set local session_replication_role = replica")
        owner.execute("update log.event set parts = %s where position = 1", (row,))


async def test_what_was_sealed_opens_and_both_versions_fold(
    keyring: PostgresKeyring, database: PostgresAccess
) -> None:
    await told(keyring, database)
    keys = await keyring.keys(BOTH)
    assert [SEALING.open(each, keys).event for each in await history(database)] == [FIRST, SECOND]


async def test_what_was_sealed_with_a_destroyed_key_is_erased_and_still_folds(
    keyring: PostgresKeyring, database: PostgresAccess
) -> None:
    await told(keyring, database)
    await keyring.destroy(HANAKO, "she asked for it")
    keys = await keyring.keys(BOTH)
    assert [SEALING.open(each, keys).event for each in await history(database)] == [
        Noted(words=ERASED),
        NotedTwice(words=ERASED, more=ERASED),
    ]


def with_a_bit_turned(own: Parts, _: Parts) -> Parts:
    words = bytearray(own["words"])
    words[40] ^= 1
    return {"words": bytes(words)}


def missing(_: Parts, __: Parts) -> Parts:
    return {}


def another_events(_: Parts, others: Parts) -> Parts:
    return {"words": others["words"]}


def no_map_at_all(_: Parts, __: Parts) -> bytes:
    return b"\xc1"


@pytest.mark.parametrize("change", [with_a_bit_turned, missing, another_events, no_map_at_all])
async def test_a_damaged_part_is_noticed_by_who_opens_it_and_stops_no_fold(
    keyring: PostgresKeyring,
    database: PostgresAccess,
    change: Callable[[Parts, Parts], Parts | bytes],
) -> None:
    await told(keyring, database)
    tamper(database, change)
    first, second = await history(database)
    keys = await keyring.keys(BOTH)
    with pytest.raises(PartDamaged) as damaged:
        SEALING.open(first, keys)
    assert damaged.value.facts == {"event": SEALING.open(first).header.id, "field": "words"}
    assert SEALING.open(second, keys).event == SECOND
    assert await facts(database) == [SEALING.open(each).event for each in (first, second)]
    assert SEALING.open(first).event == Noted(words=CLOSED)


async def test_an_event_of_an_unknown_type_is_never_passed_over(
    keyring: PostgresKeyring, database: PostgresAccess
) -> None:
    await told(keyring, database)
    async with PostgresEventLog(database.app) as log:
        await log.append(command(event(CASE, 3)))
    *_, unknown = await history(database)
    with pytest.raises(UnknownEventType) as opened:
        SEALING.open(unknown)
    with pytest.raises(UnknownEventType) as folded:
        await facts(database)
    assert opened.value.facts == folded.value.facts == {"type": "case.noted.v1", "position": 3}
