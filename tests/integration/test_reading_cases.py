"""Reading a case whole: its own streams, and all that stands in its name, at one moment."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from domain.model import CaseId, StreamId, stream_of
from services.ports import NewEvent, Span, StoredEvent
from tests.integration.writers import a_stream, append_batch, command, event, session


def draft(case: CaseId, stream: StreamId) -> NewEvent:
    facts = msgspec.json.encode({"case_id": case, "referral_id": uuid4()}, order="sorted")
    return drafted(stream, b'{"facts":' + facts + b"}", Span(9, len(facts)))


def drafted(stream: StreamId, header: bytes, facts: Span) -> NewEvent:
    return NewEvent(
        stream=stream, version=1, type="referral.drafted.v1", header=header, facts=facts
    )


def positions(found: Sequence[StoredEvent]) -> list[int]:
    return [stored.position for stored in found]


async def test_a_case_is_read_with_its_ledger_and_its_referrals_in_the_order_of_the_log(
    database: PostgresAccess,
) -> None:
    hers, anothers = CaseId(uuid4()), CaseId(uuid4())
    first, second = a_stream(), a_stream()
    async with PostgresEventLog(database.app) as log:
        for new in (
            event(stream_of("case", hers), parts={"note": b"sealed"}),
            draft(hers, first),
            event(stream_of("case", anothers)),
            event(stream_of("consent", hers)),
            draft(anothers, a_stream()),
            event(first, 2),
            draft(hers, second),
            event(stream_of("case", hers), 2),
            event(a_stream()),
        ):
            await log.append(command(new))
        reading = await log.of_cases(hers, anothers)
        streams = (await log.read(stream_of("case", hers), first)).streams
    assert reading.head == 9
    assert positions(reading.events[hers]) == [1, 2, 4, 6, 7, 8]
    assert positions(reading.events[anothers]) == [3, 5]
    assert [s for s in reading.events[hers] if s.stream in streams] == sorted(
        stored for found in streams.values() for stored in found
    )


def said_of(case: CaseId, stream: StreamId, type_: str, version: int = 1) -> NewEvent:
    header = msgspec.json.encode({"agency": uuid4(), "case": case, "command": uuid4()})
    return NewEvent(stream=stream, version=version, type=type_, header=header, facts=Span(0, 0))


async def test_what_stands_in_its_name_is_read_with_it_and_nothing_else_of_those_streams(
    database: PostgresAccess,
) -> None:
    hers, anothers, meeting = CaseId(uuid4()), CaseId(uuid4()), a_stream()
    nobodys = NewEvent(stream=meeting, version=3, type="meeting.held.v1", header=b"{}")
    async with PostgresEventLog(database.app) as log:
        for new in (
            said_of(hers, meeting, "meeting.case_tabled.v1"),
            said_of(anothers, meeting, "meeting.case_tabled.v1", 2),
            nobodys,
            said_of(hers, a_stream(), "grievance.received.v1"),
            said_of(hers, a_stream(), "trail.purge_requested.v1"),
            said_of(hers, a_stream(), "disclosure.disclosed.v1"),
        ):
            await log.append(command(new))
        reading = await log.of_cases(hers, anothers)
    assert positions(reading.events[hers]) == [1, 4, 5]
    assert positions(reading.events[anothers]) == [2]


@pytest.mark.parametrize(
    "header",
    [b"{}", b"\xff\x00\\", b'{"agency":"' + b"-" * 36 + b'","case":"' + b"-" * 36 + b'"}'],
)
async def test_what_only_looks_like_a_meeting_enters_the_log_and_belongs_to_no_case(
    database: PostgresAccess, header: bytes
) -> None:
    new = NewEvent(stream=a_stream(), version=1, type="meeting.held.v1", header=header)
    async with PostgresEventLog(database.app) as log:
        assert (await log.append(command(new))).verdict == "appended"
        assert await log.of_cases(CaseId(UUID(int=0))) == (1, {UUID(int=0): []})


def test_what_stands_in_the_name_of_a_case_is_found_by_its_index(database: PostgresAccess) -> None:
    cases = [CaseId(uuid4()) for _ in range(300)]
    held = [said_of(case, a_stream(), "meeting.case_tabled.v1") for case in cases]
    with session(database.app) as writer:
        append_batch(writer, command(*held))
    with session(database.owner) as owner:
        owner.execute("analyze log.event")
        plan = owner.execute(
            """
            explain select from unnest(%s::uuid[]) asked(case_id) join log.event e
                on split_part(e.type, '.', 1) in ('grievance', 'meeting', 'trail')
                and log.case_named(e.entry) = asked.case_id
            """,
            (cases[:1],),
        ).fetchall()
    assert "named_case" in str(plan)


async def test_a_case_that_is_not_there_is_empty(database: PostgresAccess) -> None:
    missing = CaseId(uuid4())
    async with PostgresEventLog(database.app) as log:
        await log.append(command(event(a_stream())))
        assert await log.of_cases(missing) == (1, {missing: []})
        assert await log.of_cases() == (1, {})


async def test_many_who_ask_at_once_each_get_their_own(database: PostgresAccess) -> None:
    cases = [CaseId(uuid4()) for _ in range(40)]
    async with PostgresEventLog(database.app) as log:
        await log.append(command(*(event(stream_of("case", case)) for case in cases)))
        readings = await asyncio.gather(*(log.of_cases(case) for case in cases))
    assert [positions(r.events[case]) for r, case in zip(readings, cases, strict=True)] == [
        [nth] for nth in range(1, 41)
    ]


@pytest.mark.parametrize(
    ("header", "facts"),
    [
        (b"{}", Span(0, 0)),
        (b"{}", Span(1, -1)),
        (b"\xff\x00\\", Span(0, 3)),
        (b'{"case_id":null}', Span(0, 16)),
        (b'{"case_id":"not-an-id-of-a-case-but-as-long-as-it"}', Span(0, 51)),
    ],
)
async def test_what_only_calls_itself_a_draft_enters_the_log_and_belongs_to_no_case(
    database: PostgresAccess, header: bytes, facts: Span
) -> None:
    async with PostgresEventLog(database.app) as log:
        outcome = await log.append(command(drafted(a_stream(), header, facts)))
        assert outcome.verdict == "appended"
        assert await log.of_cases(CaseId(UUID(int=0))) == (1, {UUID(int=0): []})


def test_the_referrals_of_a_case_are_found_by_their_index(database: PostgresAccess) -> None:
    cases = [CaseId(uuid4()) for _ in range(300)]
    with session(database.app) as writer:
        append_batch(writer, command(*(draft(case, a_stream()) for case in cases)))
    with session(database.owner) as owner:
        owner.execute("analyze log.event")
        plan = owner.execute(
            """
            explain select from unnest(%s::uuid[]) asked(case_id) join log.event draft
                on draft.type = 'referral.drafted.v1' and asked.case_id =
                   log.case_of_draft(draft.entry, draft.facts_at, draft.facts_size)
            """,
            (cases[:1],),
        ).fetchall()
    assert "draft_of_case" in str(plan)
