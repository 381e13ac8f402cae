"""A made-up story, played at the speed of reading (物語), and what each agency sees of it."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import ClassVar, Final

from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from adapters import words
from adapters.cli.play import Played, Speed, cast_of, on, one_of_its_own, understood
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.cli.stopping import until_cancelled
from adapters.engines.folder import DEMO_MARK, explained
from adapters.playing.casting import Cast
from adapters.playing.examples import example
from adapters.playing.loading import Loaded
from adapters.settings import Settings
from adapters.words import Language, Words
from adapters.wrapping import Prose
from domain.speech import CannotRun

STORY: Final = "a"
LOOKED_AT_BY: Final = "C1"


class FolderInEarnest(CannotRun):
    """This data folder is in earnest: a made-up story may not enter its log."""

    ja: ClassVar[str] = "このデータフォルダーは実際の業務用です。架空の経過は記録できません。"
    remedy: ClassVar[str] = "Leave out --data, or name a folder that is not there yet."
    remedy_ja: ClassVar[str] = "--data を省くか、まだ存在しないフォルダーを指定してください。"


async def demo(settings: Settings, screen: Screen, *, once: bool) -> Played:
    _mark(settings.data)
    loaded = understood(example(STORY), screen)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(one_of_its_own(settings, loaded, screen))
        cast = await stack.enter_async_context(cast_of(app.url, app.identity))
        speed: Speed = "reading" if screen.is_watched else "at-once"
        played = await on(cast, loaded, screen, screen.answer, speed)
        if not once:
            screen.answer(status_table(await status_of(settings), screen.language))
            screen.answer(*_further(app.url, cast, loaded, screen.language))
            screen.aside(words.UP)
            await until_cancelled(screen)
    return played


def _mark(folder: Path) -> None:
    """Before anything else is made in it, so that a demo cut off at any time may be told again."""
    mark = folder / DEMO_MARK
    with explained(folder):
        if (folder / "lock").exists() and not mark.exists():
            raise FolderInEarnest(path=folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            mark.touch()


def _further(url: str, cast: Cast, loaded: Loaded, language: Language) -> Iterator[RenderableType]:
    """Commands to copy: a token does not break at the edge of the terminal."""
    (agency,) = (each for each in loaded.scenario.agency if each.name == LOOKED_AT_BY)
    name = Words(agency.ja, agency.en).spoken(language)
    yield Rule(style="dim")
    yield Prose(words.DEMO_FURTHER.about(name=name).spoken(language))
    yield _as_is(f"TOKEN={cast.entrance(LOOKED_AT_BY).token}")
    for path in ("/v1/cases", "/v1/referrals"):
        yield _as_is(f'curl -H "Authorization: Bearer $TOKEN" {url}{path}')
    yield Prose(words.DEMO_HELP.about(url=url).spoken(language))


def _as_is(line: str) -> RenderableType:
    return Text(line, "dim", no_wrap=True, overflow="ignore")
