"""Telling a story (物語を見せる): what happened, and beside it what each agency now sees of it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import Any, Final

import msgspec
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from adapters import words
from adapters.cli.caller import NotAnswered
from adapters.cli.story import LISTED_WITHIN_S, LOOK_AGAIN_S, Agency, Standing, Step
from adapters.words import Language, Words
from domain.codes import PROBLEMS, Label
from domain.model import AgencyId

MARGIN: Final = (0, 0, 1, 3)
NOTHING: Final = "—"


class Sight(msgspec.Struct, frozen=True):
    """What an agency finds when it asks: of her case, and on its board of referrals."""

    case: Mapping[str, Any]
    referrals: Sequence[Mapping[str, Any]]


async def sights_of(cast: Sequence[Agency], then: Standing) -> list[Sight]:
    """Lists follow the log by a moment: what each sees once they have."""
    give_up_at = monotonic() + LISTED_WITHIN_S
    while True:
        sights = [await sight_of(agency) for agency in cast]
        listed = {agency.name for agency, sight in zip(cast, sights, strict=True) if sight.case}
        referrals = {status for sight in sights for status in _statuses(sight)}
        if (listed, referrals) == (set(then.listed), {then.referral} - {None}):
            return sights
        if monotonic() > give_up_at:
            raise NotAnswered(then)
        await asyncio.sleep(LOOK_AGAIN_S)


async def sight_of(agency: Agency) -> Sight:
    """As anybody finds it: from the lists, by the names they give."""
    listed = (await agency.caller.see("/v1/cases"))["items"]
    case = await agency.caller.see(f"/v1/cases/{listed[0]['case']}") if listed else {}
    return Sight(case, (await agency.caller.see("/v1/referrals"))["items"])


def headline(number: int, step: Step, language: Language) -> RenderableType:
    said = Text(f"{number}  ", "bold")
    said.append(f"{step.who.spoken(language)}  ", "bold cyan")
    said.append(step.what.spoken(language))
    return Group(Rule(style="dim"), said)


def side_by_side(
    agencies: Sequence[Agency], sights: Sequence[Sight], language: Language
) -> RenderableType:
    names = {agency.id: agency.name for agency in agencies}
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    for agency in agencies:
        table.add_column(agency.name.spoken(language), overflow="fold")
    rows = [_cells(sight, names, language) for sight in sights]
    for name, label in words.DEMO_ROWS.items():
        table.add_row(Text(label.spoken(language), "dim"), *(row[name] for row in rows))
    return Padding(table, MARGIN)


def further(url: str, agency: Agency, language: Language) -> Iterator[RenderableType]:
    """Commands to copy: a token does not break at the edge of the terminal."""
    yield Rule(style="dim")
    yield Text(words.DEMO_FURTHER.about(name=agency.name.spoken(language)).spoken(language))
    yield _as_is(f"TOKEN={agency.caller.token}")
    for path in ("/v1/cases", "/v1/referrals"):
        yield _as_is(f'curl -H "Authorization: Bearer $TOKEN" {url}{path}')
    yield Text(words.DEMO_HELP.about(url=url).spoken(language))


def _as_is(line: str) -> RenderableType:
    return Text(line, "dim", no_wrap=True, overflow="ignore")


def _cells(sight: Sight, names: Mapping[AgencyId, Words], language: Language) -> dict[str, Text]:
    case = sight.case
    answering: Mapping[str, str] = case.get("main_responsible", {})
    cells = {
        "case": words.DEMO_LISTED.spoken(language) if case else None,
        "name": case.get("name"),
        "contact": case.get("contact", {}).get("value"),
        "problem": _labels(PROBLEMS, case.get("problems", ()), language),
        "note": " ".join(case.get("notes", ())),
        "main_responsible": _named(answering, names, language),
        "referral": _labels(words.DEMO_REFERRAL, _statuses(sight), language),
    }
    return {name: _cell(value) for name, value in cells.items()}


def _cell(value: str | None) -> Text:
    return Text(value, "green") if value else Text(NOTHING, "dim")


def _statuses(sight: Sight) -> list[str]:
    return [line["status"] for line in sight.referrals]


def _labels(labels: Mapping[Any, Label | Words], codes: Sequence[str], language: Language) -> str:
    return ", ".join(Words(*labels[code]).spoken(language) for code in codes)


def _named(
    agency: Mapping[str, str], names: Mapping[AgencyId, Words], language: Language
) -> str | None:
    return next(
        (name.spoken(language) for id_, name in names.items() if agency.get("id") == str(id_)),
        agency.get("kind"),
    )
