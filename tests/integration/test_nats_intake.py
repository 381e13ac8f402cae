"""What agencies leave in IN is done once, whatever goes down, and leaves no trace."""
# pyright: reportUnknownMemberType=false

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio
from msgspec.structs import replace
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.client import JetStreamContext
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from structlog.testing import capture_logs

from adapters.engines import Endpoints, PostgresAccess, nats_server
from adapters.engines.endpoints import store_in
from adapters.nats import broker, intake, serving
from adapters.nats import desk as desks
from adapters.nats.desk import FAILURES_MAX, open_desk
from adapters.nats.incoming import Pulled
from adapters.nats.intake import (
    COMMANDS,
    DURABLE,
    STREAM,
    Backlog,
    Intake,
    IntakeNotCiphered,
    backlog,
    make,
)
from adapters.postgres import links
from contracts.answered import Answered
from contracts.asked import Asked, CaseAlias
from domain.case import CorrectSubjectDetails, IdentifySubject
from domain.consent_ledger import WithdrawConsent
from domain.model import GrantId
from services.identity import Bearer
from services.ports import LogUnavailable
from tests.integration.desks import (
    Desk,
    House,
    Hub,
    a_desk,
    asked,
    clean_hub,
    done,
    house,
    own_nats,
    refused,
    visitor,
)
from tests.integration.writers import until

T = TypeVar("T")
HERS = "PlantedInTheClear"


@pytest_asyncio.fixture
async def desk(endpoints: Endpoints, database: PostgresAccess) -> AsyncIterator[Desk]:
    async with a_desk(endpoints.nats, database) as desk:
        yield desk


async def test_what_is_left_in_the_intake_is_done_and_gone(desk: Desk) -> None:
    opens = [asked() for _ in range(20)]
    for each in opens:
        await desk.visitor.puts_in(each)
    await desk.hub.is_empty()
    assert await times_done(desk, *opens) == {1}


async def test_a_command_left_twice_is_done_once(desk: Desk) -> None:
    once = asked()
    for _ in range(3):
        await desk.visitor.puts_in(once)
    await desk.hub.is_empty()
    assert await times_done(desk, once) == {1}


async def test_its_answer_is_kept_for_whoever_asks_again(desk: Desk) -> None:
    once = asked()
    await desk.visitor.puts_in(once)
    await desk.hub.is_empty()
    answer = done(await desk.visitor.asks(once))
    assert answer.command == once.id
    assert await times_done(desk, once) == {1}


async def test_what_is_asked_about_one_case_is_done_in_its_order(desk: Desk) -> None:
    opened = done(await desk.visitor.asks(asked()))
    named = asked(IdentifySubject(name="相川"), opened.case)
    corrections = [
        asked(CorrectSubjectDetails(name=f"相川{n}", correction_reason="聞き違い"), opened.case)
        for n in range(20)
    ]
    for each in (named, *corrections):
        await desk.visitor.puts_in(each)
    await desk.hub.is_empty()
    assert (await recorded(desk))[-21:] == [str(each.id) for each in (named, *corrections)]


@pytest.mark.parametrize(
    ("subject", "body", "authorization", "code"),
    [
        ("publish.command", b"{}", None, "NOT_UNDERSTOOD"),
        ("publish.command", b"{}", "", "TOKEN_MISSING"),
        ("publish.command", b"{}", "Bearer tsg_made.up", "TOKEN_NOT_VALID"),
        ("publish.somewhere.else", b"{}", None, "NOT_HERE"),
    ],
)
async def test_what_nobody_can_do_is_told_and_erased_and_comes_no_more(
    desk: Desk, subject: str, body: bytes, authorization: str | None, code: str
) -> None:
    more = {} if authorization is None else {"Authorization": authorization}
    with capture_logs() as lines:
        await desk.visitor.leaves(body, subject, **more)
        await desk.hub.is_empty()
    refusals = [line["code"] for line in lines if line["event"] == "command_refused"]
    assert refusals == [code]


async def test_a_refused_command_is_erased_and_its_refusal_kept(desk: Desk) -> None:
    made_up = asked(IdentifySubject(name=HERS), CaseAlias(uuid4()))
    with capture_logs() as lines:
        await desk.visitor.puts_in(made_up)
        await desk.hub.is_empty()
    assert [line["code"] for line in lines if "code" in line] == ["CASE_NOT_FOUND"]
    assert refused(await desk.visitor.asks(made_up)) == "CASE_NOT_FOUND"


# What goes down meanwhile


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put off or forgotten comes again at once, and outages are noticed at once."""
    monkeypatch.setattr(desks, "PUT_OFF_S", 0.05)
    monkeypatch.setattr(desks, "PUT_OFF_MAX_S", 0.2)
    monkeypatch.setattr(intake, "CONSUMER", intake.CONSUMER.evolve(backoff=[0.3]))
    monkeypatch.setattr(links, "DEADLINE_S", 1.0)
    monkeypatch.setattr(serving, "CHECK_EVERY_S", 0.1)
    monkeypatch.setattr(broker, "WAIT_S", 0.5)


@pytest.mark.usefixtures("soon")
async def test_while_the_database_is_away_commands_wait_and_none_is_lost(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    """However often they are tried meanwhile: it is no fault of theirs."""
    opens = [asked() for _ in range(3)]
    async with a_desk(endpoints.nats, database) as desk:
        with capture_logs() as lines:
            shut(endpoints, database)
            for each in opens:
                await desk.visitor.puts_in(each)
            tries = len(opens) * (FAILURES_MAX + 1)
            await until(lambda: len([1 for line in lines if "code" in line]) > tries)
            reopen(endpoints, database)
            await desk.hub.is_empty()
        assert await times_done(desk, *opens) == {1}
    assert {line["code"] for line in lines if "code" in line} == {"LOG_UNAVAILABLE"}


@pytest.mark.usefixtures("soon")
async def test_while_the_database_is_away_whoever_asks_is_told_to_ask_again(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    once = asked()
    async with a_desk(endpoints.nats, database) as desk:
        shut(endpoints, database)
        assert refused(await desk.visitor.asks(once)) == "LOG_UNAVAILABLE"
        reopen(endpoints, database)
        done(await desk.visitor.asks(once))


async def test_what_cannot_be_taken_back_is_told_to_whoever_keeps_this_running(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(*_: object) -> None:
        raise LogUnavailable

    withdrawal = asked(WithdrawConsent(grant_id=GrantId(uuid4())), CaseAlias(uuid4()))
    monkeypatch.setattr("services.handling.RETRY_WITHIN_S", 0.2)
    monkeypatch.setattr(desk.house.log, "append", unreachable)
    with capture_logs() as lines:
        assert refused(await desk.visitor.asks(withdrawal)) == "NOT_TAKEN_BACK"
    assert ("error", "NOT_TAKEN_BACK") in [(e["log_level"], e.get("code")) for e in lines]


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(("where", "step"), [(JetStreamContext, "delete_msg"), (Msg, "ack")])
async def test_cut_off_before_any_step_a_command_is_done_once_and_goes(
    endpoints: Endpoints,
    database: PostgresAccess,
    monkeypatch: pytest.MonkeyPatch,
    where: type,
    step: str,
) -> None:
    cut = asyncio.Event()

    async def cut_off(*_: object) -> None:
        """Here the desk dies."""
        cut.set()
        await asyncio.Event().wait()

    once = asked()
    async with house(database) as behind, clean_hub(endpoints.nats) as hub:
        with monkeypatch.context() as patched:
            patched.setattr(where, step, cut_off)
            patched.setattr(broker, "FINISHED_WITHIN_S", 0.05)
            async with (
                visitor(endpoints.nats, await behind.token()) as came,
                open_desk(endpoints.nats, behind.identity, behind.receiving),
            ):
                await came.puts_in(once)
                await cut.wait()
        assert await hub.kept() == (step == "delete_msg")
        async with open_desk(endpoints.nats, behind.identity, behind.receiving):
            await comes_to(Backlog(waiting=0, parked=0), hub)
        assert await times_done(Desk(behind, hub, came), once) == {1}


@pytest.mark.usefixtures("soon")
async def test_a_desk_that_stops_finishes_what_it_has_begun(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    begun = asyncio.Semaphore(0)

    class Slow:
        def __init__(self, house: House) -> None:
            self._house = house

        async def receive(self, asked: Asked, bearer: Bearer, correlation: UUID) -> Answered:
            begun.release()
            await asyncio.sleep(0.3)
            return await self._house.receiving.receive(asked, bearer, correlation)

    left, asks = asked(), asked()
    async with (
        house(database) as behind,
        clean_hub(endpoints.nats) as hub,
        visitor(endpoints.nats, await behind.token()) as came,
    ):
        async with open_desk(endpoints.nats, behind.identity, Slow(behind)):
            await came.puts_in(left)
            answer = asyncio.create_task(came.asks(asks))
            for _ in range(2):
                await begun.acquire()
        assert done(await answer).command == asks.id
        assert await hub.kept() == 0
        assert await times_done(Desk(behind, hub, came), left, asks) == {1}


@pytest.mark.parametrize("place", ["first", "between", "last"])
async def test_what_has_been_erased_already_is_done_with(endpoints: Endpoints, place: str) -> None:
    """The server tells of each in words of its own."""
    async with clean_hub(endpoints.nats) as hub:
        await make(hub.jetstream)
        for _ in range(3):
            await hub.jetstream.publish(COMMANDS, b"{}")
        reader = await hub.jetstream.pull_subscribe_bind(DURABLE, STREAM)
        pulled = [Pulled(raw, bytes, hub.client) for raw in await reader.fetch(3)]
        once_more = pulled.pop(["first", "between", "last"].index(place))
        await hub.jetstream.delete_msg(STREAM, once_more.sequence)
        await once_more.erase()
        for each in pulled:
            await each.erase()
        await comes_to(Backlog(waiting=0, parked=0), hub)


async def test_what_is_being_handled_is_never_taken_for_parked(desk: Desk) -> None:
    async def leave_many() -> None:
        for _ in range(200):
            await desk.visitor.puts_in(asked())

    leaving = asyncio.create_task(leave_many())
    while not leaving.done() or await desk.hub.kept():
        assert not (await backlog(desk.hub.jetstream)).parked
    await leaving


@pytest.mark.usefixtures("soon")
async def test_what_fails_by_our_own_fault_is_kept_apart_and_told_of(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    bad, good = asked(), asked()

    class Mistaken:
        def __init__(self, house: House) -> None:
            self._house = house

        async def receive(self, asked: Asked, bearer: Bearer, correlation: UUID) -> Answered:
            if asked.id == bad.id:
                raise ValueError(HERS)
            return await self._house.receiving.receive(asked, bearer, correlation)

    with capture_logs() as lines:
        async with a_desk(endpoints.nats, database, Mistaken) as desk:
            sequence = await desk.visitor.puts_in(bad)
            await until(lambda: "commands_parked" in said_in(lines))
            await desk.visitor.puts_in(good)
            await until(lambda: "command_accepted" in said_in(lines))
            await comes_to(Backlog(waiting=0, parked=1), desk.hub)
            assert await times_done(desk, good) == {1}
    parked = [line["sequence"] for line in lines if line["event"] == "command_parked"]
    assert parked == [sequence]
    assert [line["error"] for line in lines if "error" in line] == ["ValueError"] * FAILURES_MAX
    assert HERS not in str(lines)


@pytest.mark.usefixtures("soon")
async def test_a_killed_server_comes_back_and_the_desk_with_it(
    tmp_path: Path, database: PostgresAccess
) -> None:
    data = tmp_path / "data"
    with capture_logs():
        async with own_nats(data) as nats, a_desk(nats, database) as desk:
            before, after = asked(), asked()
            await desk.visitor.puts_in(before)
            os.kill(server_in(data), signal.SIGKILL)
            await again(lambda: desk.visitor.impatient().puts_in(after))
            await again(desk.hub.is_empty)
            done(await again(lambda: desk.visitor.impatient().asks(after)))
            assert await times_done(desk, before, after) == {1}


@pytest.mark.usefixtures("soon")
async def test_an_intake_that_was_taken_away_is_made_anew_and_told_of(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    once = asked()
    with capture_logs() as lines:
        async with a_desk(endpoints.nats, database) as desk:
            await desk.hub.jetstream.delete_stream(STREAM)
            await again(lambda: desk.visitor.impatient().puts_in(once))
            await desk.hub.is_empty()
            assert await times_done(desk, once) == {1}
    assert "intake_lost" in said_in(lines)


# What is left behind


async def test_of_what_was_handled_no_word_is_left_on_the_disk_even_without_a_cipher(
    tmp_path: Path, database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_a_cipher(monkeypatch)
    data = tmp_path / "data"
    async with (
        own_nats(data) as nats,
        clean_hub(nats) as hub,
        house(database) as behind,
        visitor(nats, await behind.token()) as came,
    ):
        await make(hub.jetstream)
        for _ in range(20):
            await came.puts_in(asked(IdentifySubject(name=HERS), CaseAlias(uuid4())))
        assert files_with(data, HERS)
        assert files_with(data, came.token)
        async with open_desk(replace(nats, store=None), behind.identity, behind.receiving):
            await hub.is_empty()
        assert files_with(data, HERS) == []
        assert files_with(data, came.token) == []


async def test_what_waits_is_ciphered_on_the_disk(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with own_nats(data) as nats, clean_hub(nats) as hub, visitor(nats, HERS) as came:
        await Intake(nats.store).check(hub.jetstream)
        await came.puts_in(asked(IdentifySubject(name=HERS)))
        assert await hub.kept() == 1
        assert files_with(data, HERS) == []


async def test_a_server_that_does_not_cipher_is_refused(
    tmp_path: Path, database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_a_cipher(monkeypatch)
    data = tmp_path / "data"
    async with own_nats(data) as nats, house(database) as behind:
        with pytest.raises(IntakeNotCiphered):
            async with open_desk(nats, behind.identity, behind.receiving):
                pass


async def test_what_an_operator_has_set_for_the_intake_stays(endpoints: Endpoints) -> None:
    async with clean_hub(endpoints.nats) as hub:
        await hub.jetstream.add_stream(
            name=STREAM, subjects=["in.old.>"], metadata={"site": "aomori"}
        )
        await make(hub.jetstream)
        config = (await hub.jetstream.stream_info(STREAM)).config
    assert (config.metadata or {})["site"] == "aomori"
    assert (config.subjects, config.max_age) == (["in.desk.>"], intake.DAY_S)


async def recorded(desk: Desk) -> list[str]:
    """Which commands have made events, in the order of the log."""
    stored = await desk.house.log.after(0, 10_000)
    return [msgspec.json.decode(event.header)["command"] for event in stored]


async def times_done(desk: Desk, *asked: Asked) -> set[int]:
    commands = await recorded(desk)
    return {commands.count(str(each.id)) for each in asked}


async def comes_to(wanted: Backlog, hub: Hub) -> None:
    async with asyncio.timeout(30):
        while await backlog(hub.jetstream) != wanted:  # noqa: ASYNC110 (Nobody tells us.)
            await asyncio.sleep(0.02)


async def again(try_: Callable[[], Awaitable[T]]) -> T:
    """Until the server is back."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await try_()
            except (NatsError, KeyError):  # No server; no stream that acknowledges.
                await asyncio.sleep(0.05)


def said_in(lines: Sequence[Mapping[str, object]]) -> set[object]:
    return {line["event"] for line in lines}


def shut(endpoints: Endpoints, database: PostgresAccess) -> None:
    """Nobody who is in stays in, and nobody comes in."""
    name = _name(database)
    with psycopg.connect(endpoints.postgres.owner, autocommit=True) as owner:
        owner.execute(
            sql.SQL("alter database {} allow_connections false").format(sql.Identifier(name))
        )
        owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,)
        )


def reopen(endpoints: Endpoints, database: PostgresAccess) -> None:
    with psycopg.connect(endpoints.postgres.owner, autocommit=True) as owner:
        owner.execute(
            sql.SQL("alter database {} allow_connections true").format(
                sql.Identifier(_name(database))
            )
        )


def _name(database: PostgresAccess) -> str:
    return str(conninfo_to_dict(database.app)["dbname"])


def without_a_cipher(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = nats_server.configuration

    def careless(*args: object, **kwargs: object) -> dict[str, object]:
        made: dict[str, object] = configuration(*args, **kwargs)  # type: ignore[arg-type]
        jetstream = made["jetstream"]
        assert isinstance(jetstream, dict)
        del jetstream["cipher"], jetstream["key"]
        return made

    monkeypatch.setattr(nats_server, "configuration", careless)


def server_in(data: Path) -> int:
    (ports,) = (data / "nats").glob("*.ports")
    return int(ports.stem.rpartition("_")[2])


def files_with(data: Path, sought: str) -> list[str]:
    return [
        file.name
        for file in store_in(data).rglob("*")
        if file.is_file() and sought.encode() in file.read_bytes()
    ]
