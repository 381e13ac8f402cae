"""What Tsunagu stands on, checked one thing at a time (健康診断)."""

import os
import shutil
import stat
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self, TypeAlias

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from adapters import kek as keks
from adapters import words
from adapters.cli.findings import described, findings_of
from adapters.cli.status import (
    demo_now_of,
    in_japan,
    last_event,
    nats_address,
    postgres_address,
)
from adapters.cli.version import nats_version
from adapters.engines import (
    Finding,
    NotRunning,
    any_ours,
    attached,
    findings_of_attached,
    installation,
)
from adapters.engines.binaries import find_nats_server, find_postgres
from adapters.engines.folder import FREE_MIB_MIN, DiskFull, FolderNotOurs, running
from adapters.settings import Settings, shown
from adapters.words import Language, Words
from domain.speech import CannotRun

FREE_MIB_LOW: Final = 2048
OTHERS: Final = 0o077

FOLDER_OPEN: Final = Finding(
    "FOLDER_OPEN",
    "Others than its owner may enter the data folder.",
    "データフォルダーに所有者以外も入ることができます。",
    "Run `chmod 700` on it.",
    "`chmod 700` を実行してください。",
)
FOLDER_CANNOT_BE_MADE: Final = Finding(
    "FOLDER_CANNOT_BE_MADE",
    "The data folder is not there, and this user may not make it.",
    "データフォルダーがなく、この利用者には作る権限もありません。",
    "Name another folder with --data or TSUNAGU_DATA.",
    "--data または TSUNAGU_DATA で別のフォルダーを指定してください。",
)
DISK_LOW: Final = Finding(
    "DISK_LOW",
    "The disk of the data folder is nearly full.",
    "データフォルダーのディスクの空きが残りわずかです。",
    "Free some space before the log can no longer be written.",
    "記録できなくなる前に、空きを作ってください。",
)
CLOCK_BEHIND: Final = Finding(
    "CLOCK_BEHIND",
    "The clock of this machine is behind the last event in the log.",
    "この機械の時計が、最後の記録より遅れています。",
    "Set the clock, and keep it set with NTP.",
    "時計を合わせ、NTP で同期してください。",
)


class Checked(msgspec.Struct, frozen=True):
    """One thing looked at: what was seen there, and what endangers us."""

    seen: Words
    facts: Mapping[str, object] = {}
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, seen: Words, *findings: Finding | None, **facts: object) -> Self:
        return cls(seen.about(**facts), facts, tuple(f for f in findings if f))


async def examined(settings: Settings) -> dict[str, Checked]:
    """Starts nothing. What runs is asked; of what does not run we look at the traces."""
    return {name: await _checked(check, settings) for name, check in CHECKS.items()}


def refused(checks: Mapping[str, Checked], settings: Settings) -> tuple[Finding, ...]:
    """What an operator has not accepted."""
    found = (finding for checked in checks.values() for finding in checked.findings)
    return tuple(finding for finding in found if finding.code not in settings.allow)


def report(checks: Mapping[str, Checked], language: Language) -> Iterator[RenderableType]:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for name, checked in checks.items():
        label = words.CHECKS[name].spoken(language)
        rows.add_row(_mark(checked), label, Text(checked.seen.spoken(language)))
    yield rows
    for finding in (each for checked in checks.values() for each in checked.findings):
        yield Text()
        yield from described(finding, language)
    count = sum(len(checked.findings) for checked in checks.values())
    yield Text()
    yield Text((words.FINDINGS.about(count=count) if count else words.ALL_WELL).spoken(language))


def _mark(checked: Checked) -> Text:
    if checked.findings:
        return Text("!!", "bold red")
    not_checked = checked.seen in {words.CHECKED_WHEN_UP, words.NOT_NEEDED}
    return Text("--", "dim") if not_checked else Text("ok", "green")


async def _checked(check: "Check", settings: Settings) -> Checked:
    try:
        return await check(settings)
    except NotRunning:
        return Checked.of(words.CHECKED_WHEN_UP)
    except CannotRun as spoken:
        return Checked.of(words.NOT_CHECKED, *findings_of(spoken))


async def _settings(settings: Settings) -> Checked:
    variables = shown(settings)
    lines = "\n".join(f"{name}={value}" for name, value in variables.items())
    return Checked(Words(ja=lines, en=lines), variables)


async def _data_folder(settings: Settings) -> Checked:
    if not any_ours(settings):
        return Checked.of(words.NOT_NEEDED)
    if not settings.data.exists():
        may_make = os.access(_nearest(settings.data), os.W_OK)
        return Checked.of(
            words.NOT_MADE_YET, None if may_make else FOLDER_CANNOT_BE_MADE, path=str(settings.data)
        )
    found = settings.data.stat()
    if found.st_uid != os.geteuid():
        raise FolderNotOurs(path=settings.data, owner=found.st_uid)
    mode = stat.S_IMODE(found.st_mode)
    return Checked.of(
        words.FOLDER_SEEN,
        FOLDER_OPEN if mode & OTHERS else None,
        path=str(settings.data),
        mode=f"{mode:04o}",
    )


async def _disk(settings: Settings) -> Checked:
    if not any_ours(settings):
        return Checked.of(words.NOT_NEEDED)
    free_mib = shutil.disk_usage(_nearest(settings.data)).free >> 20
    if free_mib < FREE_MIB_MIN:
        raise DiskFull(path=settings.data, free_mib=free_mib, needed_mib=FREE_MIB_MIN)
    return Checked.of(
        words.DISK_SEEN, DISK_LOW if free_mib < FREE_MIB_LOW else None, free_mib=free_mib
    )


async def _kek(settings: Settings) -> Checked:
    file = None
    if not (settings.kek or settings.kek_file or settings.postgres_url):
        if not (settings.data / "installation").exists():
            return Checked.of(words.NOT_MADE_YET)
        file = keks.default_file(os.environ, installation(settings.data))
    found = keks.load(settings, file)
    where = "TSUNAGU_KEK" if settings.kek else str(settings.kek_file or file)
    return Checked.of(words.KEK_SEEN, where=where, epoch=found.epoch)


async def _postgres(settings: Settings) -> Checked:
    if settings.postgres_url:
        return Checked.of(words.EXTERNAL_SEEN, url=str(settings.postgres_url))
    found = await find_postgres(settings)
    return Checked.of(
        words.BINARY_SEEN, version=".".join(map(str, found.version)), path=str(found.bin)
    )


async def _nats(settings: Settings) -> Checked:
    if settings.nats_url:
        return Checked.of(words.EXTERNAL_SEEN, url=str(settings.nats_url))
    program = await find_nats_server(settings)
    return Checked.of(words.BINARY_SEEN, version=await nats_version(program), path=str(program))


async def _addresses(settings: Settings) -> Checked:
    if not any_ours(settings):
        return Checked.of(
            words.ADDRESSES_SEEN, postgres=str(settings.postgres_url), nats=str(settings.nats_url)
        )
    started, _ = running(settings.data)
    return Checked.of(
        words.ADDRESSES_SEEN,
        postgres=postgres_address(settings, started),
        nats=nats_address(settings, started),
    )


async def _durability(settings: Settings) -> Checked:
    findings = await findings_of_attached(settings)
    return Checked.of(words.DURABILITY_LACKING if findings else words.DURABLE_SEEN, *findings)


async def _clock(settings: Settings) -> Checked:
    now = datetime.now(UTC)
    here = now.astimezone()
    facts = {"now": f"{here:%Y-%m-%d %H:%M:%S}", "zone": f"{here:%Z}"}
    try:
        owner = attached(settings).postgres.owner
        last, demo_now = await last_event(owner), await demo_now_of(owner)
    except NotRunning:
        last = demo_now = None
    if demo_now is not None:  # Which day it is on the wall does not matter to the log.
        return Checked.of(words.DEMO_CLOCK_SEEN, demo=in_japan(demo_now), **facts)
    if last is None:
        return Checked.of(words.CLOCK_ALONE_SEEN, **facts)
    return Checked.of(
        words.CLOCK_SEEN,
        CLOCK_BEHIND if now < last.recorded_at else None,
        last=f"{last.recorded_at.astimezone():%Y-%m-%d %H:%M:%S}",
        **facts,
    )


def _nearest(path: Path) -> Path:
    return path if path.exists() else _nearest(path.parent)


Check: TypeAlias = Callable[[Settings], Awaitable[Checked]]

CHECKS: Final[dict[str, Check]] = {
    "settings": _settings,
    "data_folder": _data_folder,
    "disk": _disk,
    "kek": _kek,
    "postgres": _postgres,
    "nats": _nats,
    "addresses": _addresses,
    "durability": _durability,
    "clock": _clock,
}
