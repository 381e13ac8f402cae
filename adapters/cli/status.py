"""What is running, and where (稼働状況)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypedDict

import msgspec
from psycopg import errors
from rich.table import Table
from rich.text import Text

from adapters import words
from adapters.engines import NotRunning, any_ours, attached, findings_of_attached
from adapters.engines.asking import session
from adapters.engines.endpoints import Running
from adapters.engines.folder import running
from adapters.settings import Settings
from adapters.words import Language, Words
from domain.calendar import JAPAN
from domain.installation import CLOCKS, ClockKind
from services.ports import StoredEvent


class Status(msgspec.Struct, frozen=True, kw_only=True):
    running: bool
    data: Path | None = None
    pid: int | None = None
    since: datetime | None = None
    postgres: str | None = None
    nats: str | None = None
    http: str | None = None
    events: int | None = None
    clock: ClockKind | None = None
    demo_now: datetime | None = None


async def status_of(settings: Settings) -> Status:
    if not any_ours(settings):
        return await _status_elsewhere(settings)
    try:
        started, _ = running(settings.data)
    except NotRunning:
        return Status(running=False, data=settings.data)
    return Status(
        running=True,
        data=settings.data,
        pid=started.pid,
        since=started.started_at,
        postgres=postgres_address(settings, started),
        nats=nats_address(settings, started),
        http=started.http,
        **await _of_the_log(settings),
    )


async def _status_elsewhere(settings: Settings) -> Status:
    """Of engines that others run: they answer, and let us in."""
    await findings_of_attached(settings)
    return Status(
        running=True,
        postgres=str(settings.postgres_url),
        nats=str(settings.nats_url),
        **await _of_the_log(settings),
    )


class OfTheLog(TypedDict):
    events: int
    clock: ClockKind
    demo_now: datetime | None


async def _of_the_log(settings: Settings) -> OfTheLog:
    owner = attached(settings).postgres.owner
    last, demo_now = await last_event(owner), await demo_now_of(owner)
    return OfTheLog(
        events=last.position if last else 0,  # The log has no gaps.
        clock="DEMO" if demo_now else "WALL",
        demo_now=demo_now,
    )


def postgres_address(settings: Settings, started: Running) -> str:
    if started.postgres is None:
        return str(settings.postgres_url)
    return f"{started.postgres.socket_dir}/.s.PGSQL.{started.postgres.port}"


def nats_address(settings: Settings, started: Running) -> str:
    return str(settings.nats_url) if started.nats is None else started.nats.url


def status_table(status: Status, language: Language) -> Table:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for name, label in words.STATUS.items():
        value: object = getattr(status, name)
        if name == "clock" and status.clock:
            value = Words(*CLOCKS[status.clock]).spoken(language)
        if isinstance(value, datetime):
            value = in_japan(value)
        if value is not None:
            rows.add_row(Text(label.spoken(language), "dim"), Text(str(value)))
    return rows


def in_japan(at: datetime) -> str:
    return f"{at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S %Z}"


_LAST: Final = """
select position, stream, version, type, entry from log.event order by position desc limit 1
"""

_DEMO_NOW: Final = "select now from log.demo_now() as now where now is not null"


async def last_event(owner: str) -> StoredEvent | None:
    """Asked by the owner, who is there before the first migration has made the other roles."""
    async with await session(owner) as connection:
        try:
            found = await (await connection.execute(_LAST)).fetchone()
        except errors.UndefinedTable:  # Never migrated: the first start is still to come.
            return None
    return StoredEvent(*found) if found else None


async def demo_now_of(owner: str) -> datetime | None:
    """Where the demo clock of the log stands, if it has one."""
    async with await session(owner) as connection:
        try:
            found = await (await connection.execute(_DEMO_NOW)).fetchone()
        except (errors.InvalidSchemaName, errors.UndefinedFunction):
            return None  # Not migrated as far as that: it records by the wall.
    return found[0].astimezone(UTC) if found else None
