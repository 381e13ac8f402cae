"""How long it takes says nothing: of what is hidden, as long as of what there is not.

Both are asked for in pairs, now the one first and now the other; what else the machine is at then
falls on both alike. Each case has a connection of its own, on which most of the time is waited.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from statistics import median
from time import perf_counter
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio

from adapters.http import door
from contracts.asked import Asked, CaseAlias
from domain.case import RecordNote
from domain.model import CaseId, CommandId
from services.looking import Looked, Looking
from services.sights import Sight
from tests.integration.test_http_views import House, house

__all__ = ["house"]

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAIRS: Final = 1_000
FEWER: Final = 100
WITHIN_S: Final = 0.001
CASES: Final = 5  # Of each kind.
ONLY_ONCE: Final = 2  # So often something may be done that is not done again.
NOTES: Final = 10  # Of each hidden woman: there is a good deal to be passed over.
PLANTED_S: Final = 0.003
FIRST: Final = -15  # As a priority: where more wants to run than can, it is us who go on.
NOTE: Final = RecordNote(declared_category="RSK", text="夫の車は白い軽。")


@pytest.fixture(autouse=True)
def first() -> Iterator[None]:
    """As far as we are let: whoever works longer waits longer where others work as well."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    yield
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, before)


class Caller(NamedTuple):
    """The centre, on a connection over which as little as can be is done beside asking."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: str

    async def asks(self, line: str, body: bytes = b"") -> tuple[float, bytes]:
        """How long it took, and what was answered."""
        length = f"content-length: {len(body)}\r\n" if body else ""
        asked = f"{line} HTTP/1.1\r\n{self.head}{length}\r\n".encode() + body
        begun_s = perf_counter()
        self.writer.write(asked)
        head = await self.reader.readuntil(b"\r\n\r\n")
        took_s = perf_counter() - begun_s
        status, *headers = head.lower().split(b"\r\n")
        (said,) = (each for each in headers if each.startswith(b"content-length"))
        content = await self.reader.readexactly(int(said.partition(b":")[2]))
        return took_s, status + content


class Aliases(NamedTuple):
    """As the centre would name them."""

    hidden: Sequence[CaseAlias]
    nowhere: Sequence[CaseAlias]


@pytest_asyncio.fixture(loop_scope="module")
async def callers(house: House) -> AsyncIterator[Sequence[Caller]]:
    url = urlsplit(house.app.url)
    token = house.centre.visitor.client.headers["authorization"]
    head = f"host: here\r\nauthorization: {token}\r\ncontent-type: application/json\r\n"
    made = [await asyncio.open_connection(url.hostname, url.port) for _ in range(CASES)]
    yield [Caller(*each, head) for each in made]
    for _, writer in made:
        writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aliases(house: House) -> Aliases:
    hidden = [house.case_of(await house.opened()) for _ in range(CASES)]
    for case in hidden:
        alias = house.aliases.alias(house.city.id, case)
        said = await asyncio.gather(*(house.city.visitor.asks(NOTE, alias) for _ in range(NOTES)))
        assert all(each.is_success for each in said)
    named = house.aliases.alias
    return Aliases(
        [named(house.centre.id, case) for case in hidden],
        [named(house.centre.id, CaseId(uuid4())) for _ in range(CASES)],
    )


Ask = Callable[[CaseAlias], tuple[str, bytes]]


def view(alias: CaseAlias) -> tuple[str, bytes]:
    return f"GET /v1/cases/{alias}", b""


def timeline(alias: CaseAlias) -> tuple[str, bytes]:
    return f"GET /v1/cases/{alias}/timeline", b""


def command(alias: CaseAlias) -> tuple[str, bytes]:
    asked = Asked(id=CommandId(uuid4()), case=alias, command=NOTE)
    return "POST /v1/commands", msgspec.json.encode(asked)


async def differs_by(callers: Sequence[Caller], aliases: Aliases, ask: Ask, pairs: int) -> float:
    """How much longer it takes, in the middle, of what is hidden."""
    each = zip(callers, aliases.hidden, aliases.nowhere, strict=True)
    found = await asyncio.gather(*(_differ(*one, ask, pairs // CASES) for one in each))
    return median(difference for differences in found for difference in differences)


async def _differ(
    caller: Caller, hidden: CaseAlias, nowhere: CaseAlias, ask: Ask, pairs: int
) -> list[float]:
    differences: list[float] = []
    for nth in range(pairs + ONLY_ONCE):
        took: dict[CaseAlias, float] = {}
        said: list[bytes] = []
        for alias in (hidden, nowhere) if nth % 2 else (nowhere, hidden):
            took[alias], answer = await caller.asks(*ask(alias))
            said.append(without_correlation(answer))
        assert said[0] == said[1]
        differences.append(took[hidden] - took[nowhere])
    return differences[ONLY_ONCE:]


def without_correlation(answer: bytes) -> bytes:
    line, _, problem = answer.partition(b"{")
    told = msgspec.json.decode(b"{" + problem, type=dict[str, object])
    return line + msgspec.json.encode({**told, "correlation": None})


@pytest.mark.parametrize(("ask", "pairs"), [(view, PAIRS), (timeline, FEWER), (command, FEWER)])
async def test_what_is_hidden_takes_as_long_as_what_is_not_there(
    aliases: Aliases, callers: Sequence[Caller], ask: Ask, pairs: int
) -> None:
    assert abs(await differs_by(callers, aliases, ask, pairs)) < WITHIN_S


async def test_however_long_it_takes_to_look_nobody_hears_it(
    aliases: Aliases, callers: Sequence[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    takes_longer_over_what_is_there(monkeypatch)
    assert abs(await differs_by(callers, aliases, view, FEWER)) < WITHIN_S


async def test_what_took_longer_would_be_found(
    aliases: Aliases, callers: Sequence[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    takes_longer_over_what_is_there(monkeypatch)
    monkeypatch.setattr(door, "NOT_FOUND_EVERY_S", 1e-6)
    assert await differs_by(callers, aliases, view, FEWER) > WITHIN_S


def takes_longer_over_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    sight = Looking._sight  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def slowly(self: Looking, looked: Looked, case: CaseId) -> Sight:
        if looked.records[case].entries:
            await asyncio.sleep(PLANTED_S)
        return await sight(self, looked, case)

    monkeypatch.setattr(Looking, "_sight", slowly)
