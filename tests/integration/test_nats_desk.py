"""What agencies' systems ask over NATS, and what they are answered."""
# pyright: reportUnknownMemberType=false

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from adapters.engines import Endpoints, PostgresAccess
from adapters.nats.desk import open_desk
from adapters.waiting import NOT_FOUND_EVERY_S
from contracts.answered import Answered
from contracts.asked import ASKED_BYTES_MAX, CaseAlias
from contracts.problems import Problem
from domain.case import IdentifySubject, RecordNote
from tests.integration.desks import CITY, SATO, Desk, a_desk, asked, done, refused, said

HERS = "相川みさき"


@pytest_asyncio.fixture
async def desk(endpoints: Endpoints, database: PostgresAccess) -> AsyncIterator[Desk]:
    async with a_desk(endpoints.nats, database) as desk:
        yield desk


async def test_a_case_is_opened_and_its_subject_named(desk: Desk) -> None:
    opened = done(await desk.visitor.asks(asked()))
    identified = done(await desk.visitor.asks(asked(IdentifySubject(name=HERS), opened.case)))
    assert (identified.case, identified.made) == (opened.case, None)


async def test_a_case_goes_by_the_name_that_its_agency_has_for_it(desk: Desk) -> None:
    opened = done(await desk.visitor.asks(asked()))
    assert opened.case
    (last,) = (await desk.house.log.after(0, 1_000))[-1:]
    assert str(opened.case).encode() not in last.header
    assert str(desk.house.aliases.case_of(CITY, opened.case)).encode() in last.header


async def test_a_command_sent_again_gets_its_first_answer(desk: Desk) -> None:
    once = asked()
    answers = [await desk.visitor.asks(once) for _ in range(3)]
    assert answers == [answers[0]] * 3


async def test_a_case_of_somebody_else_is_answered_like_one_that_is_not_there(desk: Desk) -> None:
    made_up = asked(IdentifySubject(name=HERS), CaseAlias(uuid4()))
    assert refused(await desk.visitor.asks(made_up)) == "CASE_NOT_FOUND"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "TOKEN_MISSING"),
        ("Basic c2F0bzpzYXRv", "TOKEN_MISSING"),
        ("Bearer", "TOKEN_MISSING"),
        ("Bearer tsg_made.up", "TOKEN_NOT_VALID"),
        ("Bearer " + "x" * 3_000, "TOKEN_NOT_VALID"),
    ],
)
async def test_nobody_is_heard_without_a_token_of_ours(
    desk: Desk, authorization: str, code: str
) -> None:
    assert refused(await desk.visitor.asks(asked(), Authorization=authorization)) == code


async def test_nobody_is_heard_with_a_token_taken_back(desk: Desk) -> None:
    issued = await desk.house.identity.issue(SATO, CITY)
    await desk.house.identity.revoke(issued.bearer.id)
    answer = await desk.visitor.asks(asked(), Authorization=f"Bearer {issued.text}")
    assert refused(answer) == "TOKEN_REVOKED"


@pytest.mark.parametrize(
    ("body", "code", "at"),
    [
        (b"", "NOT_UNDERSTOOD", "$"),
        (b"{}", "NOT_UNDERSTOOD", "$"),
        (b'{"id": "7"}', "NOT_UNDERSTOOD", "$.id"),
        (b"[" * 100_000, "NOT_UNDERSTOOD", "$"),
        (b" " * (ASKED_BYTES_MAX + 1), "TOO_LARGE", None),
    ],
)
async def test_what_cannot_be_read_is_answered_with_where(
    desk: Desk, body: bytes, code: str, at: str | None
) -> None:
    answer = said(await desk.visitor.sends(body))
    assert isinstance(answer, Problem)
    assert (answer.code, answer.at) == (code, at)


async def test_a_refusal_speaks_both_languages_and_first_the_one_asked_for(desk: Desk) -> None:
    late = asked(not_after=datetime.now(UTC) - timedelta(seconds=1))
    english, japanese = [
        await desk.visitor.asks(late, Accept_Language=each) for each in ("en", "ja-JP,en;q=0.5")
    ]
    assert isinstance(english, Problem)
    assert isinstance(japanese, Problem)
    assert english.detail == english.detail_en == japanese.detail_en
    assert japanese.detail == japanese.detail_ja == english.detail_ja


async def test_one_correlation_runs_from_the_caller_through_the_log_and_back(desk: Desk) -> None:
    theirs = uuid4()
    opened = await desk.visitor.sends(msgspec.json.encode(asked()), Correlation_Id=str(theirs))
    assert (opened.headers or {})["Correlation-Id"] == str(theirs)
    (event,) = (await desk.house.log.after(0, 1_000))[-1:]
    assert msgspec.json.decode(event.header)["correlation"] == str(theirs)
    refusal = await desk.visitor.asks(asked(IdentifySubject(name=HERS)), Correlation_Id=str(theirs))
    assert isinstance(refusal, Problem)
    assert refusal.correlation == theirs


async def test_a_name_is_no_correlation(desk: Desk) -> None:
    refusal = await desk.visitor.asks(asked(), Authorization="", Correlation_Id="Aikawa")
    assert isinstance(refusal, Problem)
    assert isinstance(refusal.correlation, UUID)


async def test_of_each_message_one_line_is_written_and_none_of_its_words(desk: Desk) -> None:
    with capture_logs() as lines:
        opened = done(await desk.visitor.asks(asked()))
        done(await desk.visitor.asks(asked(IdentifySubject(name=HERS), opened.case)))
        await desk.visitor.asks(asked(IdentifySubject(name=HERS), CaseAlias(uuid4())))
        await desk.visitor.sends(f'{{"{HERS}": 1}}'.encode(), Correlation_Id=HERS)
    said = [(line["event"], line.get("code")) for line in lines if line.get("entrance") == "nats"]
    assert said == [
        ("command_accepted", None),
        ("command_accepted", None),
        ("command_refused", "CASE_NOT_FOUND"),
        ("command_refused", "NOT_UNDERSTOOD"),
    ]
    assert {line["agency"] for line in lines if "agency" in line} == {str(CITY)}
    assert HERS not in str(lines)
    assert desk.visitor.token not in str(lines)


async def test_our_own_mistake_is_told_by_its_kind_alone(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    class Mistaken:
        async def receive(self, *_: object) -> Answered:
            raise ValueError(HERS)

    with capture_logs() as lines:
        async with a_desk(endpoints.nats, database, lambda _: Mistaken()) as desk:
            answer = await desk.visitor.asks(asked())
    assert refused(answer) == "UNEXPECTED"
    assert [line["error"] for line in lines if line["event"] == "command_failed"] == ["ValueError"]
    assert HERS not in str(lines)


async def test_each_of_many_requests_is_answered_once_by_one_of_the_desks(
    desk: Desk, endpoints: Endpoints
) -> None:
    """As many processes may serve as there are."""
    async with open_desk(endpoints.nats, desk.house.identity, desk.house.receiving):
        inbox = f"{endpoints.nats.at_the_desk().inbox}.{uuid4().hex}"
        heard = await desk.visitor.client.subscribe(inbox)
        for _ in range(50):
            await desk.visitor.tells(asked(), reply=inbox)
        answers = [said(await heard.next_msg(timeout=20)) for _ in range(50)]
    assert len({done(answer).command for answer in answers}) == 50
    assert heard.pending_msgs == 0


async def test_a_header_that_names_a_subject_makes_nothing_be_published_there(
    desk: Desk,
) -> None:
    overheard = await desk.hub.client.subscribe("spied.>")
    for header in ("reply_to", "Reply-To", "Nats-Reply", "correlation_id"):
        done(await desk.visitor.asks(asked(), **{header: "spied.upon"}))
        await desk.visitor.puts_in(asked(), **{header: "spied.upon"})
    await desk.hub.is_empty()
    await desk.hub.client.flush()
    assert overheard.pending_msgs == 0


async def test_that_nothing_is_there_is_said_only_at_every_twentieth_of_a_second(
    endpoints: Endpoints, database: PostgresAccess
) -> None:
    """As over HTTP: what is hidden takes longer to look at."""
    note = RecordNote(declared_category="RSK", text="夫の車は白い軽。")
    async with a_desk(endpoints.nats, database) as desk:
        for _ in range(5):
            began_s = perf_counter()
            said = await desk.visitor.asks(asked(note, CaseAlias(uuid4())))
            assert refused(said) == "CASE_NOT_FOUND"
            assert perf_counter() - began_s > NOT_FOUND_EVERY_S * 0.95
