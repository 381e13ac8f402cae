"""The edge of the HTTP entrance: what any caller meets, whoever they are."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar.routes import HTTPRoute
from structlog.testing import capture_logs

from adapters.engines import EnginesRefused, PostgresAccess
from adapters.http import commands, door, signs, wire
from adapters.http.door import OPEN
from adapters.http.serving import AddressUnusable, PortTaken, listen
from contracts.asked import Asked
from contracts.problems import MEDIA_TYPE
from domain.model import CommandId
from tests.integration.entrances import (
    ANYWHERE,
    Entrance,
    an_entrance,
    code_of,
    done,
    problem_of,
    whole,
)
from tests.integration.entrances import (
    OPEN as OPEN_CASE,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAFE = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def entrance(shared_database: PostgresAccess) -> AsyncIterator[Entrance]:
    async with an_entrance(shared_database) as running:
        yield running


async def raw(entrance: Entrance, sent: bytes, *, more: bytes = b"", wait_s: float = 0) -> bytes:
    """All that comes back until the other side is done with us."""
    url = urlsplit(entrance.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    try:
        writer.write(sent)
        await asyncio.sleep(wait_s)
        writer.write(more)
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


# --- Who comes in ---


async def test_nothing_but_the_signs_at_the_door_is_open(entrance: Entrance) -> None:
    """Every route there is, and whatever route may be added."""
    routes = [route for route in entrance.door.inside.routes if isinstance(route, HTTPRoute)]
    assert {route.path for route in routes} > OPEN
    for route in routes:
        path = route.path.replace("{alias:str}", str(uuid4())).replace("{command:str}", "x")
        for method in route.methods:
            answer = await entrance.stranger.client.request(method, path)
            if route.path in OPEN:
                assert answer.status_code in {200, 204}, path
            elif method == "HEAD":
                assert answer.status_code == 401, path
            else:
                assert (answer.status_code, code_of(answer)) == (401, "TOKEN_MISSING"), path


@pytest.mark.parametrize(
    "path",
    [
        "/v2",
        "/v1",
        "/admin",
        "/health",
        "/metrics/",
        "//metrics",
        "/health/ready/",
        "/%6detrics/x",
        "/v1/../metrics",
        "/v1/commands/../../metrics",
        "/相川みさき",
    ],
)
async def test_without_a_token_nobody_learns_what_is_not_there(
    entrance: Entrance, path: str
) -> None:
    with capture_logs() as lines:
        refused = await entrance.stranger.sees(path)
    if httpx.URL(entrance.url).join(path).path not in OPEN:
        assert code_of(refused) == "TOKEN_MISSING"
        assert "相川" not in str(lines)


@pytest.mark.parametrize("path", ["/v1/cases/", "//v1/cases", "/v1//cases", "/metrics/"])
async def test_each_place_has_one_spelling(entrance: Entrance, path: str) -> None:
    refused = await entrance.city.client.get(entrance.url + path)
    assert (refused.status_code, code_of(refused)) == (404, "NOT_HERE")


async def test_what_is_not_there_is_said_with_a_token(entrance: Entrance) -> None:
    refused = await entrance.city.sees("/v1/na-mi-da?na-mi-da=1")
    assert (refused.status_code, code_of(refused)) == (404, "NOT_HERE")
    assert "na-mi-da" not in refused.text


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/commands", "OPTIONS, POST"),
        ("GET", "/v1/commands", "OPTIONS, POST"),
        ("POST", "/v1/cases", "GET, HEAD, OPTIONS"),
        ("PUT", "/", "GET, HEAD, OPTIONS"),
        ("TRACE", "/health/live", "GET, HEAD, OPTIONS"),
        ("TELL", "/v1/commands", "OPTIONS, POST"),
    ],
)
async def test_a_method_that_is_not_for_this_is_told_which_are(
    entrance: Entrance, method: str, path: str, allow: str
) -> None:
    refused = await entrance.city.client.request(method, path)
    assert (refused.status_code, code_of(refused)) == (405, "METHOD_NOT_ALLOWED")
    assert refused.headers["allow"] == allow


async def test_head_says_what_get_would_but_for_the_body(entrance: Entrance) -> None:
    for path in (*OPEN - {"/metrics"}, "/v1/commands/x"):
        got = await entrance.city.sees(path, correlation_id=str(UUID(int=0)))
        headed = await entrance.city.client.head(path, headers={"correlation-id": str(UUID(int=0))})
        assert headed.content == b""
        assert (headed.status_code, whole(headed)[2]) == (got.status_code, whole(got)[2])


async def test_options_tells_the_methods_and_invites_no_other_site(entrance: Entrance) -> None:
    told = await entrance.city.client.options(
        "/v1/commands",
        headers={"origin": "https://elsewhere.example", "access-control-request-method": "POST"},
    )
    assert (told.status_code, told.headers["allow"]) == (204, "OPTIONS, POST")
    assert not any(name.startswith("access-control") for name in told.headers)


async def test_every_answer_takes_the_same_care(entrance: Entrance) -> None:
    answers = [
        await entrance.stranger.sees("/"),
        await entrance.stranger.sees("/v1/cases"),
        await entrance.city.asks(OPEN_CASE),
        await entrance.city.sees("/nowhere"),
    ]
    for answer in answers:
        assert SAFE.items() <= dict(answer.headers).items()
        assert "server" not in answer.headers
        assert "strict-transport-security" not in answer.headers
        assert UUID(answer.headers["correlation-id"])


# --- The signs ---


async def test_a_browser_is_told_what_this_is_in_both_languages(entrance: Entrance) -> None:
    page = await entrance.stranger.sees("/", accept="text/html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "API" in page.text
    assert "同意" in page.text
    assert "she agreed" in page.text
    assert "<script" not in page.text


async def test_the_description_is_what_is_committed(entrance: Entrance) -> None:
    described = await entrance.stranger.sees("/openapi.json")
    assert described.headers["content-type"] == "application/json"
    assert described.json()["openapi"] == "3.1.0"


async def test_it_is_ready_while_all_runs_that_it_stands_on(
    shared_database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signs, "LOOKED_AT_EVERY_S", 0)
    runs = {"postgres": True, "nats": True}

    async def postgres() -> bool:
        return runs["postgres"]

    async def nats() -> bool:
        if not runs["nats"]:
            raise ConnectionRefusedError
        return True

    async with an_entrance(shared_database, checks={"postgres": postgres, "nats": nats}) as own:
        well = await own.stranger.sees("/health/ready")
        assert (well.status_code, well.json()) == (200, {"ready": ["postgres", "nats"]})
        for lacking in ("postgres", "nats"):
            runs.update({"postgres": True, "nats": True, lacking: False})
            unwell = await own.stranger.sees("/health/ready")
            assert (unwell.status_code, problem_of(unwell).lacking) == (503, (lacking,))
            assert (await own.stranger.sees("/health/live")).status_code == 200


async def test_the_figures_know_routes_and_no_agency_or_case(entrance: Entrance) -> None:
    opened = done(await entrance.city.asks(OPEN_CASE))
    await entrance.city.sees(f"/v1/commands/{opened.command}")
    await entrance.city.sees("/v1/na-mi-da")
    figures = (await entrance.stranger.sees("/metrics")).text
    assert 'route="/v1/commands/{command}"' in figures
    assert 'tsunagu_http_requests_total{method="POST",route="/v1/commands",status="200"}' in figures
    for said in (opened.command, opened.case, "na-mi-da", "agency", "staff"):
        assert str(said) not in figures


@pytest.mark.parametrize("name", ["forwarded", "x-forwarded-for", "via"])
async def test_the_figures_are_for_this_machine_alone(entrance: Entrance, name: str) -> None:
    refused = await entrance.stranger.client.get("/metrics", headers={name: "for=192.0.2.60"})
    assert (refused.status_code, code_of(refused)) == (404, "NOT_HERE")


# --- On the wire ---


@pytest.mark.parametrize(
    "sent",
    [
        b"na-mi-da\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: " + b"a" * 17_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=lambda sent: repr(sent[:40]),
)
async def test_what_is_no_request_is_told_so_and_let_go(entrance: Entrance, sent: bytes) -> None:
    answer = await raw(entrance, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert f"content-type: {MEDIA_TYPE}".encode() in head.lower()
    told = msgspec.json.decode(body)
    assert told["code"] == "REQUEST_NOT_UNDERSTOOD"
    assert b"na-mi-da" not in answer


async def test_a_websocket_is_answered_as_what_else_it_asks(entrance: Entrance) -> None:
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-key": "a" * 24}
    answer = await entrance.stranger.client.get("/health/live", headers=upgrade)
    assert answer.status_code == 200


async def test_who_is_too_slow_to_ask_is_let_go(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "ASKED_WITHIN_S", 0.2)
    began = time.monotonic()
    assert await raw(entrance, b"") == b""
    assert await raw(entrance, b"GET / HTTP/1.1\r\nHo", more=b"st: a\r\n", wait_s=0.1) == b""
    assert time.monotonic() - began < 2


async def test_who_goes_on_sending_what_nobody_reads_is_let_go(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "ASKED_WITHIN_S", 0.3)
    url = urlsplit(entrance.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)

    async def drip() -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.02)

    writer.write(b"GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
    dripping = asyncio.create_task(drip())
    async with asyncio.timeout(2):
        with suppress(ConnectionError):
            await reader.read()
    dripping.cancel()
    writer.close()


async def test_who_is_too_slow_to_send_is_told_so(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "SENT_WITHIN_S", 0.1)
    monkeypatch.setattr("adapters.http.answering.DRAINED_WITHIN_S", 0.1)

    token = entrance.city.client.headers["authorization"].encode()
    answer = await raw(
        entrance,
        b"POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Authorization: " + token + b"\r\nContent-Length: 9\r\n\r\n{",
    )
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert b"SENT_TOO_SLOWLY" in answer


async def test_who_waits_to_be_asked_is_not_kept_waiting(entrance: Entrance) -> None:
    began = time.monotonic()
    answer = await raw(
        entrance,
        b"POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
        b"Expect: 100-continue\r\n\r\n",
    )
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"100 Continue" not in answer
    assert time.monotonic() - began < 0.9


async def test_too_many_connections_are_not_taken(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "CONNECTIONS_MAX", 0)
    assert await raw(entrance, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") == b""


# --- How much at once, and how long ---


async def test_too_much_at_once_is_asked_to_come_again(
    shared_database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "REQUESTS_MAX", 2)
    async with an_entrance(shared_database) as own:
        inside, let = asyncio.Semaphore(0), asyncio.Event()
        recall = own.log.recall

        async def waiting(*streams: object) -> object:
            inside.release()
            await let.wait()
            return await recall(*streams)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

        monkeypatch.setattr(own.log, "recall", waiting)
        slow = [asyncio.create_task(own.city.asks(OPEN_CASE)) for _ in range(2)]
        for _ in slow:
            await inside.acquire()
        refused = await own.city.sees("/v1/commands/x")
        assert (refused.status_code, code_of(refused)) == (503, "OVERLOADED")
        assert refused.headers["retry-after"] == "1"
        assert (await own.stranger.sees("/health/live")).status_code == 200
        let.set()
        for each in slow:
            done(await each)
        assert (await own.city.sees("/v1/commands/x")).status_code == 404


async def test_what_takes_too_long_is_told_to_ask_again(
    shared_database: PostgresAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "ANSWERED_WITHIN_S", 0.3)
    async with an_entrance(shared_database) as own:

        async def never(*_: object) -> None:
            await asyncio.Event().wait()

        with monkeypatch.context() as stuck:
            stuck.setattr(own.log, "recall", never)
            asked = msgspec.json.encode(Asked(id=CommandId(uuid4()), command=OPEN_CASE))
            late = await own.city.sends(asked)
        assert (late.status_code, code_of(late)) == (503, "NOT_ANSWERED_IN_TIME")
        assert late.headers["retry-after"] == "1"
        done(await own.city.sends(asked))


async def test_a_caller_who_leaves_is_noted_as_gone(entrance: Entrance) -> None:
    url = urlsplit(entrance.url)
    with capture_logs() as lines:
        token = entrance.city.client.headers["authorization"].encode()
        _, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(
            b"POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Authorization: " + token + b"\r\nContent-Length: 9\r\n\r\n{"
        )
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()
        async with asyncio.timeout(5):
            while not lines:  # noqa: ASYNC110 (Nobody tells us.)
                await asyncio.sleep(0.01)
    assert [line["event"] for line in lines] == ["caller_left"]


# --- Where we listen ---


async def test_a_port_that_is_taken_is_refused_with_what_to_do() -> None:
    with listen(ANYWHERE) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken) as taken:
            listen(msgspec.structs.replace(ANYWHERE, http_port=port))
    assert taken.value.facts == {"host": "127.0.0.1", "port": port}
    assert "--http-port" in taken.value.remedy


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_an_address_of_others_is_refused(host: str) -> None:
    elsewhere = msgspec.structs.replace(
        ANYWHERE, http_host=host, allow=frozenset({"HTTP_WITHOUT_TLS"})
    )
    with pytest.raises(AddressUnusable):
        listen(elsewhere)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_beyond_this_machine_we_listen_only_if_told_so(host: str) -> None:
    everywhere = msgspec.structs.replace(ANYWHERE, http_host=host)
    with pytest.raises(EnginesRefused) as refused:
        listen(everywhere)
    assert refused.value.facts == {"codes": ["HTTP_WITHOUT_TLS"]}


async def test_we_listen_at_either_loopback() -> None:
    hosts = ["127.0.0.1", "localhost", *(["::1"] if socket.has_ipv6 else [])]
    for host in hosts:
        listen(msgspec.structs.replace(ANYWHERE, http_host=host)).close()
