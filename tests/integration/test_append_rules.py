"""The rules of appending: one truth, one way in, and each command decided alone."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg import errors, sql
from psycopg.rows import TupleRow

from adapters.engines import PostgresAccess
from adapters.postgres.event_log import BATCH_MAX, PostgresEventLog
from domain.header import HEADER_BYTES_MAX
from domain.model import AgencyId, CommandId, StreamId
from services.ports import (
    NO_PARTS,
    Append,
    Fact,
    Followed,
    NewEvent,
    NotAppendable,
    Outcome,
    Span,
    Verdict,
)
from tests.integration.conftest import MakeDatabase
from tests.integration.writers import (
    ANSWER,
    APPEND_LOCK,
    CITY,
    a_stream,
    append_batch,
    assert_whole,
    command,
    event,
    history_of,
    session,
    until,
)

CLINIC: Final = AgencyId(UUID(int=2, version=4))
KEY: Final = "case:5f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a01"


def reading(append: Append, *keys: str, up_to: int) -> Append:
    return replace(append, reads=keys, read_to=up_to)


def decided(database: PostgresAccess, *batch: Append) -> tuple[Outcome, ...]:
    with session(database.app) as connection:
        return append_batch(connection, *batch)


def verdicts(database: PostgresAccess, *batch: Append) -> tuple[Verdict, ...]:
    return tuple(outcome.verdict for outcome in decided(database, *batch))


# Positions and versions


async def test_positions_count_from_one_without_a_gap(database: PostgresAccess) -> None:
    case, ledger = a_stream(), a_stream()
    async with PostgresEventLog(database.app) as log:
        first = await log.append(command(event(case), event(case, 2)))
        refused = await log.append(command(event(case)))
        second = await log.append(command(event(ledger), event(case, 3)))
        reading_ = await log.read(case, ledger)
    assert (first.positions, second.positions) == ((1, 2), (3, 4))
    assert refused == Outcome("moved")
    assert reading_.head == 4
    assert [(e.position, e.version) for e in reading_.streams[case]] == [(1, 1), (2, 2), (4, 3)]
    assert [(e.position, e.version) for e in reading_.streams[ledger]] == [(3, 1)]


async def test_a_crowd_leaves_no_gap(database: PostgresAccess) -> None:
    streams = [a_stream() for _ in range(5)]
    async with PostgresEventLog(database.app) as log, PostgresEventLog(database.app) as other:
        outcomes = await asyncio.gather(
            *(
                (log, other)[n % 2].append(command(event(streams[n % 5], n // 5 + 1)))
                for n in range(3 * BATCH_MAX)
            )
        )
    assert {outcome.verdict for outcome in outcomes} <= {"appended", "moved"}
    assert_whole(database.owner)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        pytest.param((1, 2), (2,), id="someone_was_first"),
        pytest.param((1, 2), (1,), id="a_second_beginning"),
        pytest.param((1, 2), (4,), id="a_gap_after_what_is_there"),
        pytest.param((), (2,), id="a_gap_before_the_first"),
        pytest.param((1, 2), (3, 5), id="a_hole_within"),
        pytest.param((1, 2), (3, 3), id="a_version_twice"),
        pytest.param((1, 2), (4, 3), id="the_wrong_way_round"),
        pytest.param((), (1, 1), id="a_beginning_twice"),
        pytest.param((), (0, 2), id="a_hole_after_the_zeroth"),
    ],
)
def test_a_command_that_does_not_continue_its_stream_has_moved(
    database: PostgresAccess, written: tuple[int, ...], asked: tuple[int, ...]
) -> None:
    case = a_stream()
    if written:
        decided(database, command(*(event(case, version) for version in written)))
    assert decided(database, command(*(event(case, v) for v in asked))) == (Outcome("moved"),)
    assert [version for _, _, version in history_of(database.owner)] == list(written)


def test_a_command_on_several_streams_enters_whole_or_not_at_all(
    database: PostgresAccess,
) -> None:
    case, ledger, numbers = a_stream(), a_stream(), a_stream()
    decided(database, command(event(ledger)))
    torn = command(
        event(case, parts={"name": b"sealed"}, stamps=(KEY,)), event(ledger), event(numbers)
    )
    assert verdicts(database, torn) == ("moved",)
    assert len(history_of(database.owner)) == 1
    with session(database.owner) as looking:
        counted = looking.execute(
            "select (select count(*) from log.fence), (select count(*) from log.command)"
        ).fetchone()
    assert counted == (0, 1)
    whole = command(event(case), event(ledger, 2), event(numbers))
    assert decided(database, whole)[0].positions == (2, 3, 4)


# Commands that are known


async def test_a_command_sent_again_is_answered_as_it_was_and_not_done_again(
    database: PostgresAccess,
) -> None:
    said = command(event(a_stream()))
    async with PostgresEventLog(database.app) as log:
        assert (await log.append(said)).verdict == "appended"
        assert await log.append(said) == Outcome("repeated", (), ANSWER)
        assert await log.append(replace(said, answer=b"another")) == Outcome("repeated", (), ANSWER)
    assert len(history_of(database.owner)) == 1


async def test_a_refused_command_is_known_too(database: PostgresAccess) -> None:
    refused = replace(command(), answer=b'{"refused":"CASE_NOT_FOUND"}')
    async with PostgresEventLog(database.app) as log:
        assert await log.append(refused) == Outcome("appended")
        assert await log.append(refused) == Outcome("repeated", (), refused.answer)
    assert history_of(database.owner) == []


def test_a_used_id_with_another_body_is_refused_and_tells_no_answer(
    database: PostgresAccess,
) -> None:
    said = command(event(a_stream()))
    other = replace(said, body=b"another body", events=(event(a_stream()),))
    assert decided(database, said, other)[1] == Outcome("reused")
    assert decided(database, other) == (Outcome("reused"),)


def test_the_same_id_of_another_agency_is_another_command(database: PostgresAccess) -> None:
    said = command(event(a_stream()))
    theirs = replace(said, agency=CLINIC, body=b"theirs", events=(event(a_stream()),))
    assert verdicts(database, said, theirs) == ("appended", "appended")


def test_what_was_not_appended_may_be_tried_again_under_its_id(database: PostgresAccess) -> None:
    """A conflict is no answer: the command reads again, and asks again."""
    case = a_stream()
    decided(database, command(event(case)))
    late = command(event(case))
    assert verdicts(database, late) == ("moved",)
    assert verdicts(database, replace(late, events=(event(case, 2),))) == ("appended",)


def test_a_known_command_is_answered_even_when_all_else_would_refuse_it(
    database: PostgresAccess,
) -> None:
    said = reading(command(event(a_stream())), KEY, up_to=0)
    decided(database, said)
    decided(database, command(event(a_stream(), stamps=(KEY,))))
    again = replace(said, not_after=datetime(2020, 4, 1, tzinfo=UTC))
    assert decided(database, again) == (Outcome("repeated", (), ANSWER),)


# Fences


def test_a_decision_is_fenced_when_its_key_was_stamped_after_it_had_read(
    database: PostgresAccess,
) -> None:
    decided(database, command(event(a_stream()), event(a_stream(), stamps=(KEY,))))
    assert verdicts(database, reading(command(event(a_stream())), KEY, up_to=1)) == ("fenced",)
    assert len(history_of(database.owner)) == 2


@pytest.mark.parametrize("up_to", [2, 3])
def test_a_stamp_it_has_read_does_not_fence_it(database: PostgresAccess, up_to: int) -> None:
    decided(
        database, command(event(a_stream()), event(a_stream(), stamps=(KEY,)), event(a_stream()))
    )
    assert verdicts(database, reading(command(event(a_stream())), KEY, up_to=up_to)) == (
        "appended",
    )


def test_another_key_fences_nobody(database: PostgresAccess) -> None:
    decided(database, command(event(a_stream(), stamps=(KEY,))))
    other = reading(command(event(a_stream())), "agency:a", "case:b", up_to=0)
    assert verdicts(database, other) == ("appended",)


def test_one_stamped_key_of_several_is_enough(database: PostgresAccess) -> None:
    decided(database, command(event(a_stream(), stamps=(KEY, "agency:a"))))
    several = reading(command(event(a_stream())), "case:b", "agency:a", up_to=0)
    assert verdicts(database, several) == ("fenced",)


def test_a_stamp_earlier_in_the_batch_fences_and_a_later_one_does_not(
    database: PostgresAccess,
) -> None:
    before, after = (reading(command(event(a_stream())), KEY, up_to=0) for _ in range(2))
    stamping = command(event(a_stream(), stamps=(KEY,)))
    assert verdicts(database, before, stamping, after) == ("appended", "appended", "fenced")


def test_a_stamp_that_was_refused_fences_nobody(database: PostgresAccess) -> None:
    case = a_stream()
    decided(database, command(event(case)))
    refused = command(event(case, stamps=(KEY,)))
    after = reading(command(event(a_stream())), KEY, up_to=1)
    assert verdicts(database, refused, after) == ("moved", "appended")


def test_a_command_is_not_fenced_by_its_own_stamp(database: PostgresAccess) -> None:
    both = reading(command(event(a_stream(), stamps=(KEY,))), KEY, up_to=0)
    assert verdicts(database, both) == ("appended",)


# Time


async def test_a_command_past_its_time_is_late(database: PostgresAccess) -> None:
    now = datetime.now(UTC)
    late = replace(command(event(a_stream())), not_after=now - timedelta(seconds=1))
    in_time = replace(command(event(a_stream())), not_after=now + timedelta(minutes=5))
    async with PostgresEventLog(database.app) as log:
        said = await asyncio.gather(log.append(late), log.append(in_time), log.append(command()))
    assert [outcome.verdict for outcome in said] == ["late", "appended", "appended"]


async def test_time_spent_waiting_for_the_lock_counts(database: PostgresAccess) -> None:
    soon = datetime.now(UTC) + timedelta(milliseconds=300)
    async with PostgresEventLog(database.app) as log:
        with session(database.owner) as holding:
            holding.execute("begin")
            holding.execute("select pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
            waiting = asyncio.create_task(
                log.append(replace(command(event(a_stream())), not_after=soon))
            )
            await until(lambda: datetime.now(UTC) > soon)
            holding.execute("commit")
        assert (await waiting).verdict == "late"


async def test_recorded_time_never_runs_backwards(database: PostgresAccess) -> None:
    case, tomorrow = a_stream(), datetime.now(UTC) + timedelta(days=1)
    microseconds = (tomorrow - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    with session(database.owner) as owner:
        owner.execute(
            "insert into log.event values (1, %s, 1, 'case.noted.v1', int8send(%s) || '{}')",
            (case, microseconds),
        )
    async with PostgresEventLog(database.app) as log:
        await log.append(command(event(case, 2)))
        first, second = (await log.read(case)).streams[case]
    assert first.recorded_at == second.recorded_at == tomorrow


async def test_a_leaf_is_the_time_of_recording_and_the_header(database: PostgresAccess) -> None:
    case, header = a_stream(), '{"id":"…"}'.encode()
    began = datetime.now(UTC)
    async with PostgresEventLog(database.app) as log:
        await log.append(command(event(case, header=header)))
        (stored,) = (await log.read(case)).streams[case]
    with session(database.app) as looking:
        row = looking.execute("select entry from log.event where stream = %s", (case,)).fetchone()
    assert row is not None
    assert stored.entry == row[0] == stored.entry[:8] + header
    assert stored.header == header
    recorded = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=int.from_bytes(stored.entry[:8], "big")
    )
    assert stored.recorded_at == recorded
    assert began <= recorded <= datetime.now(UTC)


# One bad command among good ones


async def test_a_header_too_large_is_refused_alone(database: PostgresAccess) -> None:
    def of(size: int) -> Append:
        return command(event(a_stream(), header=b"x" * size))

    async with PostgresEventLog(database.app) as log:
        outcomes = await asyncio.gather(
            *(log.append(of(size)) for size in (9, HEADER_BYTES_MAX, HEADER_BYTES_MAX + 1, 9)),
            return_exceptions=True,
        )
    assert [isinstance(outcome, Outcome) for outcome in outcomes] == [True, True, False, True]
    assert isinstance(outcomes[2], NotAppendable)
    assert len(history_of(database.owner)) == 3
    assert_whole(database.owner)


@pytest.mark.parametrize(
    "bad",
    [
        replace(event(a_stream()), type="a null \x00 within"),
        event(a_stream(), stamps=(KEY, KEY)),
    ],
    ids=("not_text", "a_stamp_twice"),
)
async def test_what_one_command_did_wrong_is_not_held_against_the_others(
    database: PostgresAccess, bad: NewEvent
) -> None:
    async with PostgresEventLog(database.app) as log:
        outcomes = await asyncio.gather(
            *(log.append(command(e)) for e in (event(a_stream()), bad, event(a_stream()))),
            return_exceptions=True,
        )
    assert isinstance(outcomes[1], NotAppendable)
    assert [o.verdict for o in outcomes if isinstance(o, Outcome)] == ["appended", "appended"]
    assert_whole(database.owner)


async def test_parts_come_back_with_their_event(database: PostgresAccess) -> None:
    case = a_stream()
    parts = {"kana": b"\x01kana", "name": b"\x01name", "note": bytes(1 << 20)}
    async with PostgresEventLog(database.app) as log:
        await log.append(command(event(case, parts=parts), event(case, 2)))
        stored = (await log.read(case)).streams[case]
    assert [each.parts for each in stored] == [parts, {}]


async def test_what_is_recalled_are_the_facts_alone(database: PostgresAccess) -> None:
    case, ledger = a_stream(), a_stream()
    header, facts = b'{"agency":"","facts":{"a":1},"id":""}', b'{"a":1}'
    noted = replace(event(case, header=header), facts=Span(header.index(facts), len(facts)))
    nowhere = replace(event(case, 2), facts=Span(7, -8))
    async with PostgresEventLog(database.app) as log:
        await log.append(command(noted, event(ledger), nowhere))
        recalled = await log.recall(case, ledger)
    assert recalled.head == 3
    assert recalled.streams[case] == [
        Fact(1, "case.noted.v1", facts),
        Fact(3, "case.noted.v1", b""),
    ]
    assert [fact.position for fact in recalled.streams[ledger]] == [2]


async def test_of_each_stream_the_last_event_is_found_without_the_others(
    database: PostgresAccess,
) -> None:
    long, short, empty = a_stream(), a_stream(), a_stream()
    told = {"first": b"sealed"}
    async with PostgresEventLog(database.app) as log:
        await log.append(command(*(event(long, nth) for nth in range(1, 10))))
        await log.append(command(event(short, parts=told), event(long, 10, parts=told)))
        found, whole = await log.last(empty, long, short), await log.read(long, short)
        assert await log.last() == {}
    assert found == {
        empty: None,
        long: whole.streams[long][-1],
        short: whole.streams[short][-1],
    }


# Followers


def following(position: int, *events: NewEvent) -> Append:
    return replace(command(*events), follower=Followed("inbox", position))


def test_a_follower_that_has_been_there_is_told(database: PostgresAccess) -> None:
    assert verdicts(database, following(3, event(a_stream()))) == ("appended",)
    assert verdicts(database, following(3, event(a_stream()))) == ("tracked",)
    assert verdicts(database, following(2, event(a_stream()))) == ("tracked",)
    assert verdicts(database, following(5)) == ("appended",)
    assert len(history_of(database.owner)) == 1


def test_a_follower_is_tracked_within_a_batch_too(database: PostgresAccess) -> None:
    batch = following(1), following(2), following(2), following(1), command()
    assert verdicts(database, *batch) == (
        *("appended", "appended", "tracked", "tracked", "appended"),
    )


# Within one batch


def test_commands_on_one_stream_follow_each_other(database: PostgresAccess) -> None:
    case = a_stream()
    chain = [command(event(case, version)) for version in range(1, 6)]
    assert [o.positions for o in decided(database, *chain)] == [(1,), (2,), (3,), (4,), (5,)]
    assert_whole(database.owner)


def test_of_two_that_would_begin_a_stream_the_first_does(database: PostgresAccess) -> None:
    case = a_stream()
    assert verdicts(database, command(event(case)), command(event(case))) == ("appended", "moved")


def test_a_command_twice_in_a_batch_is_done_once(database: PostgresAccess) -> None:
    said = command(event(a_stream()))
    assert decided(database, said, said, said) == (
        Outcome("appended", (1,)),
        Outcome("repeated", (), ANSWER),
        Outcome("repeated", (), ANSWER),
    )


def test_of_two_bodies_under_one_id_the_first_counts_unless_it_was_refused(
    database: PostgresAccess,
) -> None:
    taken = a_stream()
    decided(database, command(event(taken)))
    refused = command(event(taken))
    other = replace(refused, body=b"another body", events=(event(a_stream()),))
    assert verdicts(database, refused, other) == ("moved", "appended")


def test_what_waits_for_what_waits_is_decided_in_its_turn(database: PostgresAccess) -> None:
    """A stamp in the second round fences a reader in the third."""
    case = a_stream()
    assert verdicts(
        database,
        command(event(case)),
        command(event(case, 2, stamps=(KEY,))),
        reading(command(event(a_stream())), KEY, up_to=0),
        command(event(a_stream())),
    ) == ("appended", "appended", "fenced", "appended")
    assert_whole(database.owner)


# Lanes


async def test_a_withdrawal_does_not_wait_behind_a_flood_of_disclosures(
    database: PostgresAccess,
) -> None:
    async with PostgresEventLog(database.app) as log:
        flood = [
            asyncio.create_task(log.append(command(event(a_stream())), lane="disclosures"))
            for _ in range(20 * BATCH_MAX)
        ]
        await flood[0]
        withdrawal = await log.append(command(event(a_stream(), stamps=(KEY,))))
        waiting = sum(not task.done() for task in flood)
        await asyncio.gather(*flood)
    assert withdrawal.verdict == "appended"
    assert waiting >= 10 * BATCH_MAX


# Who may do what

TABLES: Final = ("event", "command", "fence", "tracking")
CHANGES: Final[tuple[LiteralString, ...]] = (
    "insert into {} select * from {}",
    "update {} set position = position",
    "delete from {}",
    "truncate {}",
    "drop table {}",
    "alter table {} add column mine int",
    "create trigger mine before insert on {} execute function log.refuse_change()",
)


@pytest.mark.parametrize("table", TABLES)
def test_the_application_may_read_and_change_nothing(database: PostgresAccess, table: str) -> None:
    name = sql.Identifier("log", table)
    with session(database.app) as app:
        app.execute(sql.SQL("select * from {}").format(name))
        for change in CHANGES:
            query = change.replace("position", "id") if table == "command" else change
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(sql.SQL(query).format(name, name))


def test_the_application_has_append_and_no_other_way(database: PostgresAccess) -> None:
    with session(database.app) as app:
        for attempt in (
            "create table log.mine (a int)",
            "create table public.mine (a int)",
            "select log.refuse_change()",
            "set session_replication_role = replica",
            "set role tsunagu_log",
            "alter function log.append security invoker",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(attempt)


@pytest.mark.parametrize("table", ["event", "command", "fence"])
def test_not_even_the_owner_changes_what_was_recorded(database: PostgresAccess, table: str) -> None:
    decided(database, command(event(a_stream(), stamps=(KEY,))))
    name = sql.Identifier("log", table)
    column = sql.Identifier("id" if table == "command" else "position")
    with session(database.owner) as owner:
        for change in (
            sql.SQL("update {} set {} = {}").format(name, column, column),
            sql.SQL("delete from {}").format(name),
            sql.SQL("truncate {}").format(name),
        ):
            with pytest.raises(errors.RestrictViolation):
                owner.execute(change)
        left = owner.execute(sql.SQL("select count(*) from {}").format(name)).fetchone()
    assert left == (1,)


def test_who_reads_the_log_reads_no_keys_and_who_reads_keys_no_log(
    database: PostgresAccess,
) -> None:
    with session(database.app) as app, session(database.keyring) as keyring:
        for table in ("key", "kek"):
            query = sql.SQL("select * from {}").format(sql.Identifier("keyring", table))
            keyring.execute(query)
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(query)
        for table in TABLES:
            query = sql.SQL("select * from {}").format(sql.Identifier("log", table))
            with pytest.raises(errors.InsufficientPrivilege):
                keyring.execute(query)
        with pytest.raises(errors.InsufficientPrivilege):
            append_batch(keyring, command())


# Any batch at all


@dataclass
class Model:
    """The rules in a few lines of Python: one command at a time."""

    head: int
    versions: dict[StreamId, int] = field(default_factory=dict)
    commands: dict[tuple[AgencyId, CommandId], tuple[bytes, bytes]] = field(default_factory=dict)
    stamped: dict[str, int] = field(default_factory=dict)
    followed: dict[str, int] = field(default_factory=dict)

    def decide(self, said: Append) -> Outcome:
        known = self.commands.get((said.agency, said.command))
        if known:
            body, answer = known
            return Outcome("repeated", (), answer) if body == said.body else Outcome("reused")
        versions = dict(self.versions)
        for each in said.events:
            if each.version != versions.get(each.stream, 0) + 1:
                return Outcome("moved")
            versions[each.stream] = each.version
        if any(self.stamped.get(key, 0) > said.read_to for key in said.reads):
            return Outcome("fenced")
        if said.not_after and said.not_after < datetime.now(UTC):
            return Outcome("late")
        if said.follower and self.followed.get(said.follower.name, 0) >= said.follower.position:
            return Outcome("tracked")
        return Outcome("appended", tuple(self.head + n + 1 for n in range(len(said.events))))

    def append(self, said: Append) -> Outcome:
        outcome = self.decide(said)
        if outcome.verdict == "appended":
            for each, position in zip(said.events, outcome.positions, strict=True):
                self.versions[each.stream] = each.version
                self.stamped.update(dict.fromkeys(each.stamps, position))
            self.head += len(said.events)
            self.commands[said.agency, said.command] = said.body, said.answer
            if said.follower:
                self.followed[said.follower.name] = said.follower.position
        return outcome


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Append], list[Append]]:
    """What came before, and a batch: of so few streams, ids and keys that they meet."""
    versions: dict[int, int] = {}
    before = [draw(commands(versions)) for _ in range(draw(st.integers(0, 3)))]
    return before, [draw(commands(versions)) for _ in range(draw(st.integers(2, 8)))]


@st.composite
def commands(draw: st.DrawFn, versions: dict[int, int]) -> Append:
    """Mostly one that continues its streams."""
    keys = st.sets(st.sampled_from("ab"), max_size=1)
    events: list[NewEvent] = []
    for stream in draw(st.sets(st.integers(0, 3), max_size=2)):
        first = max(1, versions.get(stream, 0) + draw(st.sampled_from([1, 1, 1, 1, 1, 0, 2])))
        last = first + draw(st.integers(0, 1))
        versions[stream] = last
        events += (
            event(
                StreamId(UUID(int=stream)),
                version,
                header=b"h%d" % version,
                parts=draw(st.sampled_from([NO_PARTS, {"name": b"sealed"}])),
                stamps=tuple(draw(keys)),
            )
            for version in range(first, last + 1)
        )
    past, future = datetime(2026, 4, 1, tzinfo=UTC), datetime(2126, 4, 1, tzinfo=UTC)
    return Append(
        agency=draw(st.sampled_from([CITY, CLINIC])),
        command=CommandId(UUID(int=draw(st.integers(0, 15)))),
        body=draw(st.sampled_from([b"body", b"body", b"another"])),
        answer=draw(st.sampled_from([b"yes", b"no"])),
        events=tuple(events),
        not_after=draw(st.sampled_from([None, None, None, None, future, past])),
        reads=tuple(draw(keys)),
        read_to=draw(st.integers(0, 8)),
        follower=draw(
            st.none()
            | st.none()
            | st.builds(Followed, st.sampled_from(["inbox", "outbox"]), st.integers(1, 4))
        ),
    )


def of_its_own(said: Append, example: UUID, head: int) -> Append:
    def own(id_: UUID) -> UUID:
        return UUID(int=example.int ^ id_.int)

    return replace(
        said,
        command=CommandId(own(said.command)),
        events=tuple(
            replace(
                e,
                stream=StreamId(own(e.stream)),
                stamps=tuple(f"case:{example}{key}" for key in e.stamps),
            )
            for e in said.events
        ),
        reads=tuple(f"case:{example}{key}" for key in said.reads),
        read_to=head + said.read_to,
        follower=said.follower and said.follower._replace(name=f"{said.follower.name} {example}"),
    )


EVERYTHING: Final[Mapping[str, LiteralString]] = {
    "event": "select position, stream, version, type, substr(entry, 9), parts"
    " from log.event order by 1",
    "command": "select * from log.command order by 1, 2",
    "fence": "select * from log.fence order by 2, 1",
    "tracking": "select * from log.tracking order by 1",
}


def everything(connection: psycopg.Connection[TupleRow]) -> dict[str, list[Any]]:
    return {name: connection.execute(query).fetchall() for name, query in EVERYTHING.items()}


def test_any_batch_is_as_if_appended_one_by_one(
    make_database: MakeDatabase,
) -> None:
    """Two logs, the same commands: one takes them in a batch, the other singly."""
    with contextlib.ExitStack() as sessions:

        def fresh() -> psycopg.Connection[TupleRow]:
            return sessions.enter_context(session(make_database().app))

        batches, singles = fresh(), fresh()

        @settings(max_examples=150)
        @for_any(histories())
        def check(history: tuple[list[Append], list[Append]]) -> None:
            nonlocal batches, singles
            try:
                appended_alike(batches, singles, *history)
            except AssertionError:  # What follows, to find the smallest example, starts afresh.
                batches, singles = fresh(), fresh()
                raise

        check()
        assert everything(batches) == everything(singles)
        assert all(everything(batches).values())


def appended_alike(
    batches: psycopg.Connection[TupleRow],
    singles: psycopg.Connection[TupleRow],
    before: list[Append],
    drawn: list[Append],
) -> None:
    example = uuid4()
    row = batches.execute("select coalesce(max(position), 0) from log.event").fetchone()
    assert row is not None
    head: int = row[0]
    model = Model(head)
    for said in before:
        own = of_its_own(said, example, head)
        assert append_batch(batches, own) == append_batch(singles, own) == (model.append(own),)
    batch = tuple(of_its_own(said, example, head) for said in drawn)
    for said, outcome in zip(batch, append_batch(batches, *batch), strict=True):
        assert append_batch(singles, said) == (model.append(said),) == (outcome,)
