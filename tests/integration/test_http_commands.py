"""Commands over HTTP, on a real socket and the real engine."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.engines import PostgresAccess
from contracts.asked import ASKED_BYTES_MAX, Asked, CaseAlias
from domain.agency import RegisterAgency, RestoreAgency, SuspendAgency
from domain.case import CorrectSubjectDetails, IdentifySubject, RecordNote
from domain.consent_ledger import ExplainConsent, WithdrawConsent
from domain.model import CommandId, GrantId
from services.disclosing import WINDOW
from services.identity import TokenId
from services.ports import LogUnavailable
from tests.integration.entrances import (
    CENTRE,
    CITY,
    OPEN,
    Entrance,
    an_entrance,
    code_of,
    done,
    problem_of,
    whole,
)

EXPLAIN = ExplainConsent(
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({CENTRE}),
    categories=frozenset({"IDN"}),
    language="ja",
    material_version="2026-04",
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def entrance(shared_database: PostgresAccess) -> AsyncIterator[Entrance]:
    async with an_entrance(shared_database) as running:
        yield running


def written(**more: object) -> bytes:
    asked = Asked(id=CommandId(uuid4()), command=OPEN)
    return msgspec.json.encode(msgspec.structs.replace(asked, **more))


async def test_a_command_is_done_and_its_case_named_by_an_alias(entrance: Entrance) -> None:
    opened = await entrance.city.asks(OPEN)
    alias = done(opened).case
    assert alias is not None
    assert done(await entrance.city.asks(IdentifySubject(name="相川みさき"), alias)).case == alias
    case = entrance.behind.aliases.case_of(CITY, alias)
    assert case != alias
    assert str(case) not in opened.text


async def test_the_same_command_is_answered_as_it_was_answered_first(entrance: Entrance) -> None:
    body = written()
    first, stored = await entrance.city.sends(body), await entrance.stored()
    again = await entrance.city.sends(body)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert await entrance.stored() == stored


async def test_what_became_of_a_command_is_told_to_its_agency_alone(entrance: Entrance) -> None:
    answer = done(await entrance.city.asks(OPEN))
    told = await entrance.city.sees(f"/v1/commands/{answer.command}")
    assert done(told) == answer
    for path in (f"/v1/commands/{answer.command}", f"/v1/commands/{uuid4()}", "/v1/commands/x"):
        assert code_of(await entrance.centre.sees(path)) == "COMMAND_NOT_FOUND"


async def test_a_refusal_can_be_read_again_too(entrance: Entrance) -> None:
    alias = done(await entrance.city.asks(OPEN)).case
    correct = CorrectSubjectDetails(name="相沢", correction_reason="聞き違い")
    command = CommandId(uuid4())
    refused = await entrance.city.asks(correct, alias, id=command)
    assert (refused.status_code, code_of(refused)) == (409, "SUBJECT_NOT_IDENTIFIED")
    told = (await entrance.city.sees(f"/v1/commands/{command}")).json()
    assert (told["answer"], told["code"]) == ("refused", "SUBJECT_NOT_IDENTIFIED")


async def test_a_case_of_others_is_as_absent_as_one_that_never_was(entrance: Entrance) -> None:
    alias = done(await entrance.city.asks(OPEN)).case
    assert alias is not None
    theirs = entrance.behind.aliases.alias(CENTRE, entrance.behind.aliases.case_of(CITY, alias))
    answers = [
        await entrance.centre.sends(
            written(command=IdentifySubject(name="相川みさき"), case=hidden),
            correlation_id="01890000-0000-7000-8000-000000000000",
        )
        for hidden in (alias, theirs, uuid4())
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({whole(answer) for answer in answers}) == 1


async def test_an_answers_token_says_only_if_nothing_has_changed_since(entrance: Entrance) -> None:
    opened = done(await entrance.city.asks(OPEN))
    identify = IdentifySubject(name="相川みさき")
    done(await entrance.city.asks(identify, opened.case, token=opened.token))
    late = await entrance.city.asks(
        RecordNote(declared_category="ECO", text="給与の振込先"), opened.case, token=opened.token
    )
    assert (late.status_code, code_of(late)) == (409, "CHANGED_SINCE")


async def test_what_was_not_asked_in_time_or_lies_ahead_is_refused(entrance: Entrance) -> None:
    past, ahead = datetime.now(UTC) - timedelta(1), datetime.now(UTC) + timedelta(1)
    assert code_of(await entrance.city.asks(OPEN, not_after=past)) == "TOO_LATE"
    assert code_of(await entrance.city.asks(OPEN, occurred_at=ahead)) == "NOT_YET_HAPPENED"


# --- Who asks ---


async def test_nothing_is_done_for_who_does_not_say_who_they_are(entrance: Entrance) -> None:
    stored = await entrance.stored()
    refused = await entrance.stranger.asks(OPEN)
    assert (refused.status_code, code_of(refused)) == (401, "TOKEN_MISSING")
    assert refused.headers["www-authenticate"] == 'Bearer realm="tsunagu"'
    assert await entrance.stored() == stored


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Bearer tsg_nothing", "TOKEN_NOT_VALID"),
        ("Bearer " + "a" * 4000, "TOKEN_NOT_VALID"),
        ("Bearer", "TOKEN_MISSING"),
        ("Basic c2F0bzpzYXRv", "TOKEN_MISSING"),
    ],
)
async def test_what_is_no_token_of_ours_lets_nobody_in(
    entrance: Entrance, authorization: str, code: str
) -> None:
    refused = await entrance.stranger.sends(written(), authorization=authorization)
    assert (refused.status_code, code_of(refused)) == (401, code)


async def test_two_tokens_are_none(entrance: Entrance) -> None:
    token = entrance.city.client.headers["authorization"]
    refused = await entrance.stranger.client.get(
        "/v1/commands/x", headers=[("authorization", token), ("authorization", "Bearer other")]
    )
    assert code_of(refused) == "TOKEN_MISSING"


async def test_a_revoked_token_lets_nobody_in(entrance: Entrance) -> None:
    issued = await entrance.behind.identity.issue()
    headers = {"authorization": f"Bearer {issued.text}"}
    await entrance.behind.identity.revoke(TokenId(issued.bearer.id))
    deadline = time.monotonic() + 1.5
    while (answer := await entrance.stranger.sends(written(), **headers)).status_code == 200:
        assert time.monotonic() < deadline
    assert code_of(answer) == "TOKEN_REVOKED"


async def test_of_a_suspended_agency_nobody_does_anything(entrance: Entrance) -> None:
    done(await entrance.centre.asks(OPEN))
    done(await entrance.city.asks(SuspendAgency(agency_id=CENTRE)))
    refused = await entrance.centre.asks(OPEN)
    done(await entrance.city.asks(RestoreAgency(agency_id=CENTRE)))
    assert (refused.status_code, code_of(refused)) == (403, "AGENCY_IS_SUSPENDED")


async def test_only_the_operator_registers_agencies(entrance: Entrance) -> None:
    register = RegisterAgency(kind="WOMENS_SUPPORT_CENTRE", name="支援センター", sector="PUBLIC")
    refused = await entrance.centre.asks(register)
    assert (refused.status_code, code_of(refused)) == (403, "NOT_THE_OPERATOR")
    made = done(await entrance.city.asks(register))
    assert (made.case, type(made.made)) == (None, UUID)


# --- What was sent ---

ID = "8f1c2a3e-5b6d-4e7f-8a9b-0c1d2e3f4a5b"


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b"", "$"),
        (b"na-mi-da", "$"),
        (b"\xff\xfe", "$"),
        (b"[]", "$"),
        (b"{}", "$"),
        (b'{"id":"na-mi-da"}', "$.id"),
        (b'{"id":"%s"}' % ID.encode(), "$"),
        (b'{"id":"%s","command":{"type":"na-mi-da"}}' % ID.encode(), "$.command.type"),
        (b'{"id":"%s","command":{"type":"case.accept"}}' % ID.encode(), "$.command"),
        (b'{"id":"%s","na-mi-da":1}' % ID.encode(), "$"),
        (b'{"command":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}", "$"),
        (b'{"id":"%s","occurred_at":"2026-05-13T13:20:00"}' % ID.encode(), "$.occurred_at"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_cannot_be_read_is_refused_by_its_place(
    entrance: Entrance, body: bytes, at: str
) -> None:
    stored = await entrance.stored()
    refused = await entrance.city.sends(body)
    told = problem_of(refused)
    assert (told.status, told.code, told.at) == (400, "NOT_UNDERSTOOD", at)
    assert "na-mi-da" not in refused.text
    assert await entrance.stored() == stored


@pytest.mark.parametrize(
    ("name", "code"),
    [("\u200b", "NOTHING_TO_SEE"), ("相\u202e川", "TEXT_NOT_ACCEPTED")],
)
async def test_text_that_cannot_be_kept_is_refused_as_it_is_read(
    entrance: Entrance, name: str, code: str
) -> None:
    body = b'{"id":"%s","command":{"type":"case.identify_subject","name":%s}}'
    refused = await entrance.city.sends(body % (ID.encode(), msgspec.json.encode(name)))
    assert (refused.status_code, code_of(refused)) == (422, code)


async def test_a_value_too_long_is_refused_by_its_place(entrance: Entrance) -> None:
    alias = done(await entrance.city.asks(OPEN)).case
    body = written(command=IdentifySubject(name="相川"), case=alias).replace(
        "相川".encode(), ("相" * 301).encode()
    )
    refused = await entrance.city.sends(body)
    assert problem_of(refused).at is not None
    assert "相" not in refused.text


async def test_what_is_too_large_is_refused_however_it_is_sent(entrance: Entrance) -> None:
    large = b" " * (ASKED_BYTES_MAX + 1)

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield large[: ASKED_BYTES_MAX // 8]

    whole = await entrance.city.sends(large)
    pieces = await entrance.city.client.post(
        "/v1/commands", content=in_pieces(), headers={"content-type": "application/json"}
    )
    for refused in (whole, pieces):
        assert (refused.status_code, code_of(refused)) == (413, "TOO_LARGE")
    done(await entrance.city.asks(OPEN))


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "application/json-seq"])
async def test_only_json_that_says_so_is_read(entrance: Entrance, kind: str) -> None:
    refused = await entrance.city.sends(written(), content_type=kind)
    assert (refused.status_code, code_of(refused)) == (415, "NOT_JSON")


async def test_json_may_say_that_it_is_utf_8(entrance: Entrance) -> None:
    done(await entrance.city.sends(written(), content_type="Application/JSON; charset=utf-8"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


async def test_nothing_that_is_no_command_is_ever_stored(entrance: Entrance) -> None:
    stored = await entrance.stored()
    loop = asyncio.get_running_loop()

    @settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(sent=st.binary(max_size=60) | JSON.map(lambda value: msgspec.json.encode(str(value))))
    def throw(sent: bytes) -> None:
        answer = asyncio.run_coroutine_threadsafe(entrance.city.sends(sent), loop).result(10)
        assert code_of(answer) == "NOT_UNDERSTOOD"

    await asyncio.to_thread(throw)
    assert await entrance.stored() == stored


# --- What is told ---


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ja", "ja"),
        ("ja-JP, en;q=0.5", "ja"),
        ("en;q=0.4, ja;q=0.9", "ja"),
        ("en, ja", "en"),
        ("fr, de", "en"),
        ("ja;q=0", "en"),
        ("ja;q=x, ,;;q=", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
async def test_a_problem_is_told_in_the_language_that_was_asked_for(
    entrance: Entrance, accepted: str, language: str
) -> None:
    refused = await entrance.stranger.sends(b"", accept_language=accepted)
    told = problem_of(refused)
    assert told.detail == (told.detail_ja if language == "ja" else told.detail_en)
    assert refused.headers["content-language"] == language
    assert (told.type, told.title) == ("urn:tsunagu:problem:TOKEN_MISSING", "Token missing")


async def test_one_correlation_id_reaches_the_answer_the_log_line_and_the_event(
    entrance: Entrance,
) -> None:
    ours = uuid4()
    with capture_logs() as lines:
        answer = await entrance.city.sends(written(), correlation_id=str(ours))
    assert answer.headers["correlation-id"] == str(ours)
    assert [line["correlation"] for line in lines] == [str(ours)]
    (event,) = await entrance.log.after(await entrance.stored() - 1, 1)
    assert msgspec.json.decode(event.header)["correlation"] == str(ours)


@pytest.mark.parametrize("theirs", ["", "na-mi-da", "a" * 5000])
async def test_a_correlation_id_that_is_none_is_replaced(entrance: Entrance, theirs: str) -> None:
    answer = await entrance.city.sends(written(), correlation_id=theirs)
    assert UUID(answer.headers["correlation-id"]).version == 7


async def test_there_is_one_line_a_command_and_no_word_of_it(entrance: Entrance) -> None:
    with capture_logs() as lines:
        opened = done(await entrance.city.asks(OPEN))
        done(await entrance.city.asks(IdentifySubject(name="na-mi-da"), opened.case))
        await entrance.city.sends(b"na-mi-da")
        await entrance.city.sees("/v1/na-mi-da?na-mi-da=1")
        await entrance.stranger.asks(OPEN)
    assert [(line["event"], line["status"]) for line in lines] == [
        ("command_accepted", 200),
        ("command_accepted", 200),
        ("request_refused", 400),
        ("request_refused", 404),
        ("request_refused", 401),
    ]
    first = lines[0]
    assert first["agency"] == str(CITY)
    assert first["command"] == str(opened.command)
    assert first["kind"] == "case.open"
    assert first["case"] == str(entrance.behind.aliases.case_of(CITY, opened.case))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert isinstance(first["ms"], float)
    assert "na-mi-da" not in str(lines)
    assert "tsg_" not in str(lines)


async def test_while_the_log_cannot_be_reached_a_caller_is_told_to_ask_again(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(*_: object) -> None:
        raise LogUnavailable

    monkeypatch.setattr(entrance.log, "recall", unreachable)
    refused = await entrance.city.asks(OPEN)
    assert (refused.status_code, code_of(refused)) == (503, "LOG_UNAVAILABLE")
    assert refused.headers["retry-after"] == "1"


async def test_what_takes_something_back_is_told_from_when_on_nothing_is_on_its_way(
    entrance: Entrance,
) -> None:
    case = done(await entrance.city.asks(OPEN)).case
    explained = done(await entrance.city.asks(EXPLAIN, case))
    assert explained.settled_by is None
    before = datetime.now(UTC)
    assert explained.made is not None
    withdraw = WithdrawConsent(grant_id=GrantId(explained.made))
    withdrawn = done(await entrance.city.asks(withdraw, case))
    assert withdrawn.settled_by is not None
    assert before < withdrawn.settled_by - WINDOW < datetime.now(UTC)


async def test_what_cannot_be_taken_back_is_told_to_whoever_keeps_this_running(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(*_: object) -> None:
        raise LogUnavailable

    monkeypatch.setattr(entrance.log, "append", unreachable)
    monkeypatch.setattr("services.handling.RETRY_WITHIN_S", 0.2)
    with capture_logs() as lines:
        refused = await entrance.city.asks(
            WithdrawConsent(grant_id=GrantId(uuid4())), CaseAlias(uuid4())
        )
    assert (refused.status_code, code_of(refused)) == (503, "NOT_TAKEN_BACK")
    (line,) = lines
    assert (line["log_level"], line["code"]) == ("error", "NOT_TAKEN_BACK")


async def test_a_mistake_of_ours_tells_nothing_of_itself(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def mistaken(*_: object) -> None:
        int("na-mi-da")

    monkeypatch.setattr(entrance.log, "recall", mistaken)
    with capture_logs() as lines:
        refused = await entrance.city.asks(OPEN)
    assert (refused.status_code, code_of(refused)) == (500, "UNEXPECTED")
    assert "na-mi-da" not in refused.text + str(lines)
    (line,) = lines
    assert (line["event"], line["error"]) == ("request_failed", "ValueError")
    assert line["where"].startswith("test_http_commands.py:")


async def test_small_answers_do_not_wait_for_each_other(entrance: Entrance) -> None:
    """A listening socket of the wrong kind makes every one of them 40 ms late."""
    await entrance.city.sees("/health/live")
    began = time.monotonic()
    for _ in range(25):
        await entrance.city.sees("/health/live")
    assert time.monotonic() - began < 25 * 0.03
