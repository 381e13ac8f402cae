"""Looking after the lists (一覧): how far they are, made anew, held, and let go on."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from adapters import words
from adapters.cli.screen import Screen
from adapters.crypto import ChaChaCipher
from adapters.engines import attached
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.views import PostgresViews, Standing
from adapters.settings import Settings
from adapters.words import Language
from domain.catalogue import EVENTS
from domain.speech import Refused
from projections.lists import LISTS
from projections.tables import Projection
from services.projecting import rebuild_together
from services.sealing import Sealing


class ListNotKnown(Refused):
    """There is no list of this name."""

    ja: ClassVar[str] = "この名前の一覧はありません。"


async def standings(settings: Settings) -> Sequence[Standing]:
    async with _views(settings) as views:
        return await views.standings(LISTS)


async def paused(settings: Settings, name: str) -> Sequence[Standing]:
    of = _named(name)
    async with _views(settings) as views:
        await views.pause(of)
        return await views.standings([of])


async def resumed(settings: Settings, name: str) -> Sequence[Standing]:
    of = _named(name)
    async with _views(settings) as views:
        await views.resume(of)
        return await views.standings([of])


async def made_anew(settings: Settings, name: str | None, screen: Screen) -> Sequence[Standing]:
    """One or all of them, while what is there goes on being read."""
    lists = LISTS if name is None else (_named(name),)
    sealing = Sealing(EVENTS, ChaChaCipher())
    async with (
        _views(settings) as views,
        PostgresEventLog(attached(settings).postgres.app) as log,
    ):
        head = await log.head()
        with screen.counting(words.REBUILDING) as counted:
            async for position in rebuild_together(lists, views, log, sealing):
                counted(position, max(position, head))
        return await views.standings(lists)


def standings_table(found: Sequence[Standing], language: Language) -> Iterator[RenderableType]:
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, heading in words.LIST_HEADINGS.items():
        is_number = name not in {"name", "state"}
        rows.add_column(
            Text(heading.spoken(language), "dim"), justify="right" if is_number else "left"
        )
    for each in found:
        rows.add_row(
            each.name,
            words.LIST_STATES[each.state].spoken(language),
            f"{each.position:,}",
            f"{each.behind:,}",
            f"{each.behind_s:,.1f}",
        )
    yield rows
    for each in found:
        if each.stopped_at is not None:
            said = words.LIST_STOPPED.about(
                name=each.name, position=each.stopped_at, code=each.code
            )
            yield Text(said.spoken(language))
        if each.rebuilt_to is not None:
            said = words.LIST_REBUILT_TO.about(name=each.name, position=each.rebuilt_to)
            yield Text(said.spoken(language))


@asynccontextmanager
async def _views(settings: Settings) -> AsyncGenerator[PostgresViews]:
    async with PostgresViews(attached(settings).postgres.app) as views:
        yield views


def _named(name: str) -> Projection[Any, Any]:
    for of in LISTS:
        if of.name == name:
            return of
    raise ListNotKnown(name=name, known=", ".join(of.name for of in LISTS))
