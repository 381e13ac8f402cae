"""Processes (自動処理): how far each has come, what waits for its time, and what was refused."""

from collections.abc import Iterator
from typing import Literal

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from adapters import words
from adapters.cli.status import in_japan
from adapters.engines import attached
from adapters.postgres.lists import PostgresLists
from adapters.postgres.processes import PostgresProcesses, ProcessStanding, Refusals, Waiting
from adapters.settings import Settings
from adapters.words import Language
from services.reacting.processes import PROCESSES


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    processes: tuple[ProcessStanding, ...]
    waiting: Waiting
    refused: tuple[Refusals, ...]


async def process_standings(settings: Settings) -> Standings:
    async with PostgresLists(attached(settings).postgres.app) as lists:
        kept = PostgresProcesses(lists)
        return Standings(
            processes=tuple(await kept.standings([each.name for each in PROCESSES])),
            waiting=await kept.waiting(),
            refused=tuple(await kept.refused()),
        )


def processes_table(found: Standings, language: Language) -> Iterator[RenderableType]:
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, heading in words.PROCESS_HEADINGS.items():
        justify: Literal["left", "right"] = "left" if name == "name" else "right"
        rows.add_column(Text(heading.spoken(language), "dim"), justify=justify)
    for each in found.processes:
        rows.add_row(
            words.PROCESSES[each.name].spoken(language), f"{each.position:,}", f"{each.behind:,}"
        )
    yield rows
    waiting = found.waiting
    if waiting.next_due is None:
        yield Text(words.NOTHING_WAITS.spoken(language))
    else:
        said = words.WAITING.about(count=f"{waiting.timers:,}", due=in_japan(waiting.next_due))
        yield Text(said.spoken(language))
    if waiting.overdue:
        yield Text(words.OVERDUE_TIMERS.about(count=f"{waiting.overdue:,}").spoken(language))
    if waiting.state != "running":
        state = words.LIST_STATES[waiting.state].spoken(language)
        yield Text(words.TIMERS_STAND_STILL.about(state=state).spoken(language), "bold")
    for refused in found.refused:
        said = words.PROCESS_REFUSED.about(code=refused.code, times=f"{refused.times:,}")
        yield Text(said.spoken(language))
