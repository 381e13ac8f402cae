"""Lists (一覧) in a terminal: a page of one, or all of it, as the entrance answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from adapters.cli.columns import LISTS, ListOf, Row, cell
from adapters.cli.fetching import fetched
from adapters.settings import Settings
from adapters.words import Language
from domain.speech import Refused

PAGE_MAX: Final = 200
BETWEEN: Final = 2


class NoSuchList(Refused):
    """There is no such list. The facts name those there are."""

    ja: ClassVar[str] = "そのような一覧はありません。ある一覧の名前は次のとおりです。"


class NetworkNeeded(Refused):
    """This list is of one network: name it with --network."""

    ja: ClassVar[str] = "この一覧はネットワークごとのものです。--network で指定してください。"


class NotForThisList(Refused):
    """This list cannot be narrowed like that: leave the option out."""

    ja: ClassVar[str] = "この一覧では使えない絞り込みです。オプションを外してください。"


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    network: UUID | None = None
    by: Mapping[str, str] = {}


class Listed(msgspec.Struct, frozen=True):
    """As it was answered; of several pages the items of all."""

    items: tuple[Mapping[str, Any], ...]
    next: str | None = None


def list_named(name: str) -> ListOf:
    if name not in LISTS:
        raise NoSuchList(known=", ".join(LISTS))
    return LISTS[name]


def read(  # noqa: PLR0913, PLR0917 (one for each option)
    settings: Settings,
    token: Path | None,
    name: str,
    narrowed: Narrowed,
    most: int | None,
    after: str | None,
) -> Listed:
    """``most``: one page of so many; without, all there are."""
    of = list_named(name)
    path = _path(of, narrowed)
    answers: list[Mapping[str, Any]] = []
    while True:
        page = {"most": str(most or PAGE_MAX)} | ({"after": after} if after else {})
        asked = urlencode({**narrowed.by, **(page if of.in_pages else {})})
        content = fetched(settings, token, f"{path}?{asked}")
        answers.append(msgspec.json.decode(content, type=dict[str, Any]))
        after = answers[-1].get("next")
        if after is None or most is not None:
            return Listed(tuple(of.rows(answers)), after)


def shown(
    name: str, items: Iterable[Row], language: Language, columns: int
) -> Iterator[RenderableType]:
    """A table, where it is no wider than that; else row by row, each on lines of its own."""
    headings = [column.heading.spoken(language) for column in list_named(name).columns]
    rows = [[cell(column, item, language) for column in list_named(name).columns] for item in items]
    if _width([headings, *rows]) <= columns:
        yield _table(headings, rows)
        return
    for row in rows:
        for heading, said in zip(headings, row, strict=True):
            if said:
                yield Text.assemble((f"{heading}  ", "dim"), said)
        yield ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, BETWEEN, 0, 0))
    for heading in headings:
        table.add_column(Text(heading, "dim"))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _width(rows: Sequence[Sequence[str]]) -> int:
    widths = [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    return sum(widths) + BETWEEN * (len(widths) - 1)


def _path(of: ListOf, narrowed: Narrowed) -> str:
    if not narrowed.by.keys() <= of.narrowed_by or (narrowed.network and not of.of_network):
        raise NotForThisList
    if not of.of_network:
        return of.path
    if narrowed.network is None:
        raise NetworkNeeded
    return of.path.format(network=narrowed.network)
