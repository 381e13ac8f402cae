"""Whole commands over HTTP, beside the library's own application behind the same server."""

import asyncio
import os
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec
import psycopg
import structlog
from eventsourcing.application import Application
from litestar import Litestar, post
from litestar.types import Receive, Scope, Send

from adapters.cli import logs
from adapters.clock import WallClock
from adapters.crypto import KEY_BYTES, Kek
from adapters.engines import PostgresAccess
from adapters.http.serving import serving
from adapters.settings import Settings
from benchmarks import cases
from benchmarks.calling import Calls, called
from benchmarks.databases import Bench, grow
from benchmarks.entrances import ANYWHERE, served
from benchmarks.measuring import Pace, Sample, Side, by_turns
from benchmarks.notebook import AGENCY, NUMBER, STAFF, WORRY
from benchmarks.rehydrating import FullNotebook, full
from benchmarks.report import Figure, targeted
from benchmarks.stock import login
from contracts.asked import Asked
from domain.installation import InstallationFounded
from domain.model import CaseId, CommandId, stream_of
from tests.agencies import Registry

CLIENTS: Final = 16
OURS: Final = f"a consultation recorded over HTTP, seven parts, {CLIENTS} clients"
STOCK: Final = f"stock application over HTTP, {CLIENTS} clients"
_VS_STOCK: Final = 3.0

_LENGTH: Final = 25
_OUR_CASES_PER_S: Final = 400
_STOCK_NOTEBOOKS: Final = 400
_PAST_MAX: Final = 100_000

_COPY: Final = """
insert into application_events (originator_id, originator_version, topic, state)
select copy, originator_version, topic, state
from application_events, unnest(%(copies)s::uuid[]) copy where originator_id = %(original)s
order by originator_version, copy
"""


async def figures(bench: Bench, events: int, pace: Pace) -> list[Figure]:
    async with AsyncExitStack() as stack:
        past = min(events, _PAST_MAX)
        stack.enter_context(lines_written_nowhere())
        ours = await stack.enter_async_context(_ours(await bench.new_log(past), pace.seconds))
        library = await bench.empty_database()
        stock = await stack.enter_async_context(_stock(library, past, pace.seconds))
        rounds = await by_turns({STOCK: _side(stock), OURS: _side(ours)}, pace.rounds)
    return [
        targeted(
            OURS,
            rounds.per_s(OURS),
            "commands/s",
            against=STOCK,
            ratio=rounds.ratio(OURS, STOCK),
            target=_VS_STOCK,
        ),
        *(
            Figure(f"{name}: {what}", value, "ms")
            for name in (OURS, STOCK)
            for what, value in (("p50", rounds.p50_ms(name)), ("p99", rounds.p99_ms(name)))
        ),
    ]


@contextmanager
def lines_written_nowhere() -> Generator[None]:
    """But written, as they are in production."""
    with Path(os.devnull).open("w", encoding="ascii") as nowhere:
        before = structlog.get_config()
        logs.configure(Settings(data=Path("/nowhere"), log_format="json"))
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))
        try:
            yield
        finally:
            structlog.configure(**before)


def _side(calls: Calls) -> Side:
    async def call() -> Sample:
        return await called(calls)

    return call


@asynccontextmanager
async def _ours(access: PostgresAccess, seconds: float) -> AsyncGenerator[Calls]:
    """The entrance as it stands in production, with its log lines and every check."""
    ids = [CaseId(uuid4()) for _ in range(int(_OUR_CASES_PER_S * max(1.0, seconds)))]
    await grow(access, [stream_of("case", case) for case in ids], cases.history(_LENGTH))
    kek, clock = Kek(1, os.urandom(KEY_BYTES)), WallClock()
    operator = InstallationFounded(operator=AGENCY, first_staff=STAFF)
    async with served(access, kek, clock, clock, operator) as ours:
        registry = Registry(ours.log, ours.keyring, ours.sealing)
        await registry.founded(AGENCY, STAFF)
        await registry.enrolled(AGENCY, STAFF, role="WOMENS_SUPPORT_COUNSELLOR")
        asked = Asked(id=CommandId(UUID(int=0)), command=cases.RECORD_CONSULTATION)
        yield Calls(
            url=ours.url,
            path="/v1/commands",
            token=(await ours.identity.issue(STAFF, AGENCY)).text,
            body=_with_places(asked),
            targets=tuple(str(ours.aliases.alias(AGENCY, case)) for case in ids),
            clients=CLIENTS,
            seconds=seconds,
        )


class TakeNote(msgspec.Struct):
    id: UUID
    notebook: UUID
    worry: str
    number: str


class Taken(msgspec.Struct):
    id: UUID
    version: int


@asynccontextmanager
async def _stock(access: PostgresAccess, past: int, seconds: float) -> AsyncGenerator[Calls]:
    """No token, no sealing, no log line: only its own way of reading, deciding and saving."""
    notebooks = _application(access)
    try:
        ids = await asyncio.to_thread(_copied, notebooks, access, past // _LENGTH)

        @post("/notes", status_code=200, sync_to_thread=True)
        def take_note(data: TakeNote) -> Taken:
            notebook: FullNotebook = notebooks.repository.get(data.notebook)
            now = datetime.now(UTC)
            role = "WOMENS_SUPPORT_COUNSELLOR"
            notebook.take(data.worry, data.number, AGENCY, STAFF, role, now, data.id, data.id)
            notebooks.save(notebook)
            return Taken(data.id, notebook.version)

        plain = Plain(Litestar([take_note], openapi_config=None, logging_config=None))
        async with serving(ANYWHERE, plain) as url:
            yield Calls(
                url=url,
                path="/notes",
                token="none",
                body=_with_places(TakeNote(UUID(int=0), UUID(int=1), WORRY, NUMBER)),
                targets=tuple(map(str, ids)),
                clients=CLIENTS,
                seconds=seconds,
            )
    finally:
        notebooks.close()


class Plain:
    """An application with nothing before it."""

    def __init__(self, inside: Litestar) -> None:
        self._inside: Final = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._inside(scope, receive, send)

    def close(self) -> None:
        pass


def _application(access: PostgresAccess) -> Application[UUID]:
    env = {f"POSTGRES_{key.upper()}": value for key, value in login(access).items()}
    return Application[UUID](
        {
            **env,
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_POOL_SIZE": str(CLIENTS),
        }
    )


def _copied(notebooks: Application[UUID], access: PostgresAccess, count: int) -> list[UUID]:
    """The library writes one past, and it is copied: its rows do not name their notebook."""
    original = full(notebooks, _LENGTH)
    copies = [uuid4() for _ in range(max(count, _STOCK_NOTEBOOKS))]
    with psycopg.connect(access.owner, autocommit=True) as owner:
        owner.execute(_COPY, {"copies": copies, "original": original})
        owner.execute("vacuum analyze")
        owner.execute("checkpoint")
    return copies[:_STOCK_NOTEBOOKS]


def _with_places(asked: msgspec.Struct) -> str:
    """With a place for its id, and for what it is about."""
    said = msgspec.to_builtins(asked)
    said["id"] = "{id}"
    said["notebook" if "notebook" in said else "case"] = "{target}"
    return msgspec.json.encode(said).decode()
