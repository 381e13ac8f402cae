"""Traces go where an operator says, and hold ids alone; where nobody says, there are none."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from adapters.engines import PostgresAccess
from adapters.settings import TracesUrl
from adapters.traces import tracing
from domain.case import IdentifySubject
from tests.integration.entrances import OPEN, an_entrance, code_of, done

HOUSE = Path(__file__).parent.parent.parent
UNTRACED = """
import sys
import adapters.app
from adapters.traces import tracing

with tracing(None) as traces, traces.span("request") as span:
    span.tell(command="8f1c")
print([name for name in sys.modules if name.startswith("opentelemetry.sdk")])
"""


class Collector(NamedTuple):
    url: TracesUrl
    received: list[bytes]


@pytest.fixture
def collector() -> Iterator[Collector]:
    received: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Collector(TracesUrl(f"http://127.0.0.1:{server.server_port}/v1/traces"), received)
    server.shutdown()
    server.server_close()
    thread.join()


async def test_a_trace_tells_by_ids_where_a_command_went(
    database: PostgresAccess, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def mistaken(*_: object) -> None:
        int("na-mi-da")

    correlation = str(uuid4())
    with tracing(collector.url) as traces:
        async with an_entrance(database, traces=traces) as own:
            opened = done(await own.city.asks(OPEN))
            own.city.client.headers["correlation-id"] = correlation
            done(await own.city.asks(IdentifySubject(name="na-mi-da"), opened.case))
            await own.city.sees("/v1/na-mi-da?na-mi-da=1")
            monkeypatch.setattr(own.log, "recall", mistaken)
            assert code_of(await own.city.asks(OPEN)) == "UNEXPECTED"
    said = b"".join(collector.received)
    for word in (b"request", b"handling", correlation.encode(), b"/v1/commands", b"tsunagu"):
        assert word in said
    assert b"na-mi-da" not in said
    assert b"tsg_" not in said


async def test_a_collector_that_is_not_there_costs_nothing_else(database: PostgresAccess) -> None:
    with tracing(TracesUrl("http://127.0.0.1:9/v1/traces")) as traces:
        async with an_entrance(database, traces=traces) as own:
            done(await own.city.asks(OPEN))


def test_without_a_collector_nothing_that_traces_is_loaded() -> None:
    said = subprocess.run(
        [sys.executable, "-c", UNTRACED], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"
