"""A made-up story, appended to the log and read back (物語)."""

import os
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from msgspec.structs import replace

from adapters import kek, words
from adapters.app import running
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.cli.story import tell
from adapters.cli.telling import told
from adapters.cli.up import until_cancelled, until_told
from adapters.crypto import KEY_BYTES, Kek
from adapters.engines.folder import DEMO_MARK, explained
from adapters.settings import Secret, Settings
from domain.speech import CannotRun


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
        screen.answer(*told(await tell(app), screen.language))
        if not once:
            screen.answer(status_table(await status_of(settings), screen.language))
            screen.aside(words.UP)
            await until_cancelled(screen)


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
    """Whatever addresses are set: behind them may be a log in earnest."""
    return replace(
        settings,
        postgres_url=None,
        postgres_owner_url=None,
        keyring_url=None,
        nats_url=None,
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
