"""Playing a scenario (実行): on an installation that runs, or on one of its own that passes."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

import msgspec
from rich.console import RenderableType

from adapters import words as spoken
from adapters.admitting import identity_of
from adapters.app import App, running
from adapters.cli.passing import in_a_passing_folder
from adapters.cli.screen import Screen
from adapters.cli.status import status_of
from adapters.engines import NotRunning
from adapters.playing import words
from adapters.playing.casting import Cast, NotCast
from adapters.playing.entrance import Entrance
from adapters.playing.faults import Fault, ScenarioNotUnderstood
from adapters.playing.loading import Loaded, load, years_later
from adapters.playing.playing import Happened, Playing, Stood, Took
from adapters.playing.telling import Telling
from adapters.settings import Settings, read
from adapters.wrapping import Prose
from contracts.clock import ClockShown
from domain.calendar import JAPAN
from domain.installation import NoDemoClock
from domain.model import AgencyId, StaffId
from services.identity import Identity, TokenId

Speed: TypeAlias = Literal["at-once", "reading"]

# For whoever watches: a step is glanced at, a table is read.
GLANCED_S: Final = 1.5
READ_S: Final = 6.0


class Tells(Protocol):
    """Says to whoever watches what happens."""

    def __call__(self, *what: RenderableType) -> None: ...


def silent(*what: RenderableType) -> None:
    """Nobody watches: what became of it is said at the end."""
    del what


class Played(msgspec.Struct, kw_only=True):
    """What became of it."""

    file: str
    steps: int = 0
    refusals: int = 0
    cells: int = 0
    owed: dict[str, str] = {}
    faults: list[Fault] = []


async def play(
    settings: Settings | None, file: Path, screen: Screen, tell: Tells, speed: Speed
) -> Played:
    """``None``: on an installation of its own, which is gone when the play is over."""
    loaded = understood(file, screen)
    async with AsyncExitStack() as stack:
        if settings is None:
            own = stack.enter_context(in_a_passing_folder(read(os.environ)))
            app = await stack.enter_async_context(one_of_its_own(own, loaded, screen))
            url, identity = app.url, app.identity
        else:
            status = await status_of(settings)
            if status.http is None:
                raise NotRunning(path=settings.data)
            if status.clock != "DEMO":  # Before a token is issued: nothing is left behind.
                raise NoDemoClock
            url = status.http
            identity = await stack.enter_async_context(identity_of(settings))
        cast = await stack.enter_async_context(cast_of(url, identity))
        return await on(cast, loaded, screen, tell, speed)


async def on(
    cast: Cast, loaded: Loaded, screen: Screen, tell: Tells, speed: Speed = "at-once"
) -> Played:
    """Where the clock has come further than the scenario begins, it is played some years later."""
    played = Played(file=str(loaded.file))
    try:
        later = await _years_later(cast.operator, loaded)
        if later:
            screen.aside(words.LATER.about(year=loaded.scenario.starts.year + later))
            loaded = load(loaded.file, later)
        telling = Telling(loaded, screen.language)
        tell(*telling.beginning())
        await cast.join(loaded.scenario)
        async with aclosing(Playing(loaded, cast).play()) as playing:
            async for happened in playing:
                _count(played, happened)
                tell(*telling.told(happened))
                await asyncio.sleep(_pause(happened) if speed == "reading" else 0)
    except NotCast as refused:
        played.faults.append(Fault(line=1, said=refused.said))
        screen.aside(refused.said)
    finally:
        cast.close()
    tell(Prose(words.PLAYED.about(**_totals(played)).spoken(screen.language), "bold"))
    return played


def understood(file: Path, screen: Screen) -> Loaded:
    """All that is wrong with it is said line by line, before it is refused."""
    try:
        return load(file)
    except ScenarioNotUnderstood as refused:
        for fault in refused.found:
            screen.aside(fault.at(file))
        raise


@asynccontextmanager
async def one_of_its_own(settings: Settings, loaded: Loaded, screen: Screen) -> AsyncGenerator[App]:
    starts = loaded.scenario.starts.replace(tzinfo=JAPAN)
    async with AsyncExitStack() as stack:
        with screen.working(spoken.STARTING):
            app = await stack.enter_async_context(running(settings, demo_from=starts))
        yield app


@asynccontextmanager
async def cast_of(url: str, identity: Identity) -> AsyncGenerator[Cast]:
    """Each token is issued as ``tsunagu token issue`` does, and is revoked when it is over."""
    tokens: list[TokenId] = []

    async def issues(staff: StaffId | None, agency: AgencyId | None) -> str:
        issued = await identity.issue(staff, agency)
        tokens.append(issued.bearer.id)
        return issued.text

    cast = Cast(url, issues, Entrance(url, await issues(None, None)))
    try:
        yield cast
    finally:
        cast.close()
        for token in tokens:
            await identity.revoke(token)


async def _years_later(operator: Entrance, loaded: Loaded) -> int:
    """Before anybody is let in: nothing made up enters what is in earnest."""
    clock = await operator.see("/v1/clock", ClockShown)
    if clock is None or clock.clock != "DEMO":
        raise NoDemoClock
    now = clock.now.astimezone(JAPAN).replace(tzinfo=None)
    return years_later(loaded.scenario.starts, now)


def _count(played: Played, happened: Happened) -> None:
    match happened:
        case Took(step=step, refusal=refusal):
            if step.owed is not None:
                played.owed[step.no or str(len(played.owed))] = step.owed
            else:
                played.steps += 1
                played.refusals += refusal is not None
        case Stood(rows=rows):
            played.cells += sum(len(row) for row in rows.values())
        case Fault():
            played.faults.append(happened)


def _totals(played: Played) -> dict[str, int]:
    return {
        "steps": played.steps,
        "refusals": played.refusals,
        "cells": played.cells,
        "owed": len(played.owed),
        "faults": len(played.faults),
    }


def _pause(happened: Happened) -> float:
    match happened:
        case Took(step=step):
            return GLANCED_S if step.ja else 0
        case Stood():
            return READ_S
        case Fault():
            return GLANCED_S
