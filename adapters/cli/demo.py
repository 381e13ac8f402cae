"""A made-up story, appended to the log and read back (物語)."""

from contextlib import AsyncExitStack

from adapters import words
from adapters.app import running
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.cli.telling import told
from adapters.cli.up import until_cancelled, until_told
from adapters.settings import Settings
from adapters.story import tell


async def demo(settings: Settings, screen: Screen, *, once: bool) -> None:
    await until_told(_demo(settings, screen, once=once), screen)


async def _demo(settings: Settings, screen: Screen, *, once: bool) -> None:
    async with AsyncExitStack() as stack:
        with screen.working(words.STARTING):
            app = await stack.enter_async_context(running(settings))
        screen.answer(*told(await tell(app), screen.language))
        if not once:
            screen.answer(status_table(await status_of(settings), screen.language))
            screen.aside(words.UP)
            await until_cancelled(screen)
