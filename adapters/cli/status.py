"""What is running, and where (稼働状況)."""

from datetime import datetime
from pathlib import Path
from typing import Final

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
from adapters.words import Language
from domain.calendar import JAPAN
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
        events=await _events(settings),
    )


async def _status_elsewhere(settings: Settings) -> Status:
    """Of engines that others run: they answer, and let us in."""
    await findings_of_attached(settings)
    return Status(
        running=True,
        postgres=str(settings.postgres_url),
        nats=str(settings.nats_url),
        events=await _events(settings),
    )


async def _events(settings: Settings) -> int:
    last = await last_event(attached(settings).postgres.owner)
    return last.position if last else 0  # The log has no gaps.


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
        if isinstance(value, datetime):
            value = f"{value.astimezone(JAPAN):%Y-%m-%d %H:%M:%S %Z}"
        if value is not None:
            rows.add_row(Text(label.spoken(language), "dim"), Text(str(value)))
    return rows


_LAST: Final = """
select position, stream, version, type, entry from log.event order by position desc limit 1
"""


async def last_event(owner: str) -> StoredEvent | None:
    """Asked by the owner, who is there before the first migration has made the other roles."""
    async with await session(owner) as connection:
        try:
            found = await (await connection.execute(_LAST)).fetchone()
        except errors.UndefinedTable:  # Never migrated: the first start is still to come.
            return None
    return StoredEvent(*found) if found else None
