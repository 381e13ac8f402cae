"""Which versions these are (バージョン)."""

import platform
from importlib.metadata import version
from pathlib import Path

import msgspec
from rich.table import Table
from rich.text import Text

from adapters import words
from adapters.cli.status import demo_now_of
from adapters.engines import attached
from adapters.engines.binaries import (
    NatsServerMissing,
    PostgresMissing,
    find_nats_server,
    find_postgres,
)
from adapters.engines.process import finished
from adapters.settings import Settings
from adapters.words import Language, Words
from domain.installation import CLOCKS, ClockKind
from domain.speech import CannotRun


class Versions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An engine is None where we have no binary of it, and need none if it runs elsewhere."""

    tsunagu: str
    python: str
    postgres: str | None
    nats: str | None
    clock: ClockKind | None = None  # Of the log, while it can be asked.


async def versions(settings: Settings) -> Versions:
    return Versions(
        tsunagu=version("tsunagu"),
        python=platform.python_version(),
        postgres=await _postgres(settings),
        nats=await _nats(settings),
        clock=await _clock(settings),
    )


async def _clock(settings: Settings) -> ClockKind | None:
    try:
        return "DEMO" if await demo_now_of(attached(settings).postgres.owner) else "WALL"
    except CannotRun:
        return None


async def _postgres(settings: Settings) -> str | None:
    try:
        found = await find_postgres(settings)
    except PostgresMissing:
        return None
    return ".".join(map(str, found.version))


async def _nats(settings: Settings) -> str | None:
    try:
        program = await find_nats_server(settings)
    except NatsServerMissing:
        return None
    return await nats_version(program)


async def nats_version(program: Path) -> str:
    _, said = await finished((program, "--version"))
    return said.split()[-1].removeprefix("v")


def versions_table(found: Versions, language: Language) -> Table:
    rows = Table.grid(padding=(0, 2))
    for name, label in words.VERSIONS.items():
        value: str | None = getattr(found, name)
        rows.add_row(label.spoken(language), Text(value or words.MISSING.spoken(language)))
    if found.clock:
        rows.add_row(words.CLOCK.spoken(language), Words(*CLOCKS[found.clock]).spoken(language))
    return rows
