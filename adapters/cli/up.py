"""Everything, until it is told to stop (起動)."""

from contextlib import AsyncExitStack
from datetime import datetime

from msgspec.structs import replace

from adapters import words
from adapters.app import running
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.cli.stopping import until_cancelled, until_told
from adapters.engines import any_ours
from adapters.engines.folder import DEMO_MARK
from adapters.settings import Settings


async def up(settings: Settings, screen: Screen, demo_from: datetime | None) -> None:
    await until_told(_up(settings, screen, demo_from), screen)


async def _up(settings: Settings, screen: Screen, demo_from: datetime | None) -> None:
    async with AsyncExitStack() as stack:
        with screen.working(words.STARTING):
            app = await stack.enter_async_context(running(settings, demo_from=demo_from))
        if any_ours(settings):  # From here on it is in earnest, whatever was told in it before.
            (settings.data / DEMO_MARK).unlink(missing_ok=True)
        found = replace(await status_of(settings), http=app.url)  # External engines tell nobody.
        screen.answer(status_table(found, screen.language))
        if app.operator.clock == "DEMO":
            screen.warn(words.NOT_IN_EARNEST)
        screen.aside(words.UP)
        await until_cancelled(screen)
