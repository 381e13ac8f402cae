"""A made-up story, told through the public entrance, and what each agency sees of it (物語)."""

import asyncio
import os
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final

from msgspec.structs import replace
from rich.text import Text

from adapters import kek, words
from adapters.app import App, running
from adapters.cli.caller import Caller
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.cli.story import CENTRE, CITY, OFFICE, Agency, Cast, join, tell
from adapters.cli.telling import further, headline, side_by_side, sights_of
from adapters.cli.up import until_cancelled, until_told
from adapters.crypto import KEY_BYTES, Kek
from adapters.engines.folder import DEMO_MARK, explained
from adapters.engines.nats_server import LOOPBACK
from adapters.settings import Secret, Settings
from adapters.words import Words
from domain.agency_codes import AgencyKind
from domain.speech import CannotRun

# For whoever watches: a step is glanced at, a table is read.
GLANCED_S: Final = 1.5
READ_S: Final = 4.0


class FolderInEarnest(CannotRun):
    """This data folder is in earnest: a made-up story may not enter its log."""

    ja: ClassVar[str] = "このデータフォルダーは実際の業務用です。作りものの物語は記録できません。"
    remedy: ClassVar[str] = "Leave out --data, or name a folder that is not there yet."
    remedy_ja: ClassVar[str] = "--data を省くか、まだ存在しないフォルダーを指定してください。"


async def demo(settings: Settings, screen: Screen, *, once: bool) -> None:
    await until_told(_demo(settings, screen, once=once), screen)


async def _demo(settings: Settings, screen: Screen, *, once: bool) -> None:
    _mark(settings.data)
    async with AsyncExitStack() as stack:
        with screen.working(words.STARTING):
            app = await stack.enter_async_context(running(settings))
            operator = Caller(app.url, (await app.identity.issue()).text)
            cast = await _cast(app, operator)
        screen.answer(Text(words.DEMO_CAST.spoken(screen.language)))
        await _played(operator, cast, screen)
        if not once:
            screen.answer(status_table(await status_of(settings), screen.language))
            screen.answer(*further(app.url, cast.centre, screen.language))
            screen.aside(words.UP)
            await until_cancelled(screen)


async def _cast(app: App, operator: Caller) -> Cast:
    """The operator lets them in one after the other, and each gets a token."""

    async def joining(kind: AgencyKind, name: Words) -> Agency:
        joined = await join(operator, kind, name)
        token = await app.identity.issue(joined.staff, joined.agency)
        return Agency(name, joined.agency, Caller(app.url, token.text))

    return Cast(
        city=await joining("MUNICIPAL_GENDER_EQUALITY_CENTRE", CITY),
        centre=await joining("WOMENS_SUPPORT_CENTRE", CENTRE),
        office=await joining("WELFARE_OFFICE", OFFICE),
    )


async def _played(operator: Caller, cast: Cast, screen: Screen) -> None:
    number = 0
    async for step in tell(operator, cast):
        number += 1
        screen.answer(headline(number, step, screen.language))
        if step.then:
            sights = await sights_of(cast, step.then)
            screen.answer(side_by_side(cast, sights, screen.language))
        if screen.is_watched:
            await asyncio.sleep(READ_S if step.then else GLANCED_S)


def _mark(folder: Path) -> None:
    """Before anything else is made in it, so that a demo cut off at any time may be told again."""
    mark = folder / DEMO_MARK
    with explained(folder):
        if (folder / "lock").exists() and not mark.exists():
            raise FolderInEarnest(path=folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            mark.touch()


def with_engines_of_its_own(settings: Settings) -> Settings:
    """Whatever addresses are set: behind them may be a log in earnest. And at a port of its own."""
    return replace(
        settings,
        postgres_url=None,
        postgres_owner_url=None,
        keyring_url=None,
        nats_url=None,
        http_host=LOOPBACK,
        http_port=0,
    )


@contextmanager
def in_a_passing_folder(settings: Settings) -> Generator[Settings]:
    """Gone when the demo is, and its key with it."""
    passing = Kek(epoch=1, secret=os.urandom(KEY_BYTES))
    with TemporaryDirectory(prefix="tsunagu-demo-") as folder:
        yield replace(
            settings,
            data=Path(folder) / "data",
            kek=Secret(kek.written(passing)),
            kek_file=None,
        )
