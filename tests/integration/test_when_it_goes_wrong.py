"""What one caller does wrong, or one failure breaks, stays where it is."""

import asyncio
from datetime import datetime
from uuid import uuid4

import msgspec
import pytest
from msgspec.structs import replace

from adapters.clock import WallClock
from adapters.crypto import ChaChaCipher, Kek, WrongKek
from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.keyring import PostgresKeyring
from contracts.answers import Accepted, Refusal
from domain.calendar import JAPAN
from domain.case import OpenCase
from domain.catalogue import EVENTS
from domain.model import AgencyId, CommandId, StaffId, stream_of
from services.handling import Ask, Handling
from services.ports import Fact, LogRefusesWrites, LogUnavailable, NotAppendable, StoredEvent
from services.sealing import EventDamaged, Sealing, persons_in
from tests.agencies import Registry
from tests.integration.writers import a_stream, append_batch, command, event, session
from tests.spec import role_of

KEK = Kek(epoch=1, secret=bytes(32))
ASK = Ask(
    id=CommandId(uuid4()),
    agency=AgencyId(uuid4()),
    staff=StaffId(uuid4()),
    role="COORDINATOR",
    command=OpenCase(
        anonymous=True,
        channel="PHONE",
        found_via="SELF",
        frameworks=frozenset(),
        at_risk_only=False,
    ),
)


async def test_what_cannot_even_be_sent_is_refused_alone_and_the_lane_goes_on(
    database: PostgresAccess,
) -> None:
    unsendable = replace(command(event(a_stream())), not_after=datetime(2026, 5, 13, 9))  # noqa: DTZ001 (the fault)
    async with PostgresEventLog(database.app) as log, asyncio.timeout(10):
        first, second, third = await asyncio.gather(
            log.append(command(event(a_stream()))),
            log.append(unsendable),
            log.append(command(event(a_stream()))),
            return_exceptions=True,
        )
        assert isinstance(second, NotAppendable)
        assert not isinstance(first, BaseException)
        assert not isinstance(third, BaseException)
        assert (await log.append(command(event(a_stream())))).verdict == "appended"


async def test_a_command_already_done_is_answered_also_when_nothing_can_be_written(
    database: PostgresAccess,
) -> None:
    done = command(event(a_stream()))
    async with PostgresEventLog(database.app) as log:
        await log.append(done)
    with session(database.owner) as owner:
        name = owner.info.dbname
        owner.execute(f'alter database "{name}" set default_transaction_read_only = on'.encode())
    async with PostgresEventLog(database.app) as log:
        again, new = await asyncio.gather(
            log.append(done), log.append(command(event(a_stream()))), return_exceptions=True
        )
    assert not isinstance(again, BaseException)
    assert (again.verdict, again.answer) == ("repeated", done.answer)
    assert isinstance(new, LogRefusesWrites)


async def test_a_closed_log_is_read_by_nobody(database: PostgresAccess) -> None:
    log = PostgresEventLog(database.app)
    await log.close()
    with pytest.raises(LogUnavailable):
        await log.read(a_stream())


def test_many_who_lost_the_same_stream_are_told_in_one_more_round(database: PostgresAccess) -> None:
    stream = a_stream()
    with session(database.app) as batches:
        first, *others = append_batch(batches, *(command(event(stream)) for _ in range(128)))
    assert first.verdict == "appended"
    assert {other.verdict for other in others} == {"moved"}


async def test_a_kek_of_another_epoch_is_no_way_in(database: PostgresAccess) -> None:
    async with PostgresKeyring(database.keyring, KEK):
        pass
    with pytest.raises(WrongKek):
        async with PostgresKeyring(database.keyring, Kek(epoch=2, secret=bytes(32))):
            pass
    with session(database.owner) as owner:
        assert owner.execute("select epoch from keyring.kek").fetchall() == [(1,)]


async def test_all_of_many_first_starts_get_in(database: PostgresAccess) -> None:
    async def start() -> None:
        async with PostgresKeyring(database.keyring, KEK):
            pass

    for _ in range(5):
        with session(database.owner) as owner:
            owner.execute("truncate keyring.kek cascade")
        await asyncio.gather(*(start() for _ in range(6)))


@pytest.mark.parametrize("header", [b"{", b"", b"\xff", b"{}", b'{"facts":{}}'])
def test_a_damaged_header_is_reported_as_such_and_not_quoted(header: bytes) -> None:
    stored = StoredEvent(7, a_stream(), 1, "case.opened.v1", bytes(8) + header)
    fact = Fact(7, "case.opened.v1", header)
    sealing = Sealing(EVENTS, ChaChaCipher())
    with pytest.raises(EventDamaged) as folded:
        list(sealing.facts([fact]))
    with pytest.raises(EventDamaged) as opened:
        sealing.open(stored)
    with pytest.raises(EventDamaged) as listed:
        persons_in([stored])
    for damaged in (folded, opened, listed):
        assert damaged.value.facts["position"] == 7
        assert damaged.value.__suppress_context__


async def test_when_it_happened_is_stored_in_utc(database: PostgresAccess) -> None:
    happened = datetime(2026, 5, 13, 9, tzinfo=JAPAN)
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, KEK) as keyring,
    ):
        handling = await handling_for(ASK, log, keyring)
        ask = replace(ASK, occurred_at=happened)
        answer = await handling.handle(ask)
        assert isinstance(answer, Accepted)
        assert answer.case is not None
        stream = stream_of("case", answer.case)
        (stored,) = (await log.read(stream)).streams[stream]
        assert msgspec.json.decode(stored.header)["occurred_at"] == "2026-05-13T00:00:00Z"
        same = replace(ask, occurred_at=datetime.fromisoformat("2026-05-13T00:00:00+00:00"))
        assert await handling.handle(same) == answer


async def test_a_command_id_is_no_pass_for_another_person(database: PostgresAccess) -> None:
    async with (
        PostgresEventLog(database.app) as log,
        PostgresKeyring(database.keyring, KEK) as keyring,
    ):
        handling = await handling_for(ASK, log, keyring)
        await handling.handle(ASK)
        other = await handling.handle(replace(ASK, staff=StaffId(uuid4())))
    assert isinstance(other, Refusal)
    assert other.code == "COMMAND_ID_REUSED"


async def handling_for(ask: Ask, log: PostgresEventLog, keyring: PostgresKeyring) -> Handling:
    """Whoever asks is enrolled and has signed the pledge."""
    sealing = Sealing(EVENTS, ChaChaCipher())
    await Registry(log, keyring, sealing).enrolled(ask.agency, ask.staff, role=role_of(ask))
    return Handling(log, keyring, sealing, WallClock())


def test_not_after_is_judged_by_the_time_that_is_recorded(database: PostgresAccess) -> None:
    """The clock may step back; what the log records does not."""
    ahead = "extract(epoch from clock_timestamp() + interval '1 hour') * 1000000"
    with session(database.owner) as owner:
        owner.execute(
            "insert into log.event select 1, gen_random_uuid(), 1, 't', "
            f"int8send(({ahead})::bigint)".encode()
        )
        soon = owner.execute("select clock_timestamp() + interval '1 minute'").fetchone()
    assert soon
    with session(database.app) as batches:
        (outcome,) = append_batch(batches, replace(command(event(a_stream())), not_after=soon[0]))
    assert outcome.verdict == "late"
