"""Telling a story (物語を見せる): each event as it stands in the log, and what the case became."""

import re
from collections.abc import Iterator
from typing import Final, cast

import msgspec
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from adapters import words
from adapters.words import Language, Words
from domain.calendar import JAPAN
from domain.codes import CATEGORIES, STAFF_ROLES, Label
from domain.model import Event, Withheld
from services.ports import StoredEvent
from services.sealing import Recorded

MARGIN: Final = (0, 0, 0, 3)
DIGEST_SHOWN: Final = 8


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One event: what happened and who did it, in words; as it was stored; and opened."""

    title: Words
    agency: Words
    stored: StoredEvent
    opened: Recorded[Event]


class Line(msgspec.Struct, frozen=True):
    """One line of what the case has become."""

    label: Words
    value: object


class Story(msgspec.Struct, frozen=True, kw_only=True):
    scenes: tuple[Scene, ...]
    ending: tuple[Line, ...]


def told(story: Story, language: Language) -> Iterator[RenderableType]:
    for scene in story.scenes:
        yield from _scene(scene, language)
    yield _headline(words.DEMO_ENDING.spoken(language), "")
    rows = Table.grid(padding=(0, 2))
    for line in story.ending:
        rows.add_row(Text(line.label.spoken(language), "dim"), _shown(line.value, language))
    yield Padding(rows, MARGIN)


def _scene(scene: Scene, language: Language) -> Iterator[RenderableType]:
    header = scene.opened.header
    at = scene.opened.recorded_at.astimezone(JAPAN)
    yield _headline(
        f"{scene.opened.position}  {scene.title.spoken(language)}", f"{at:%Y-%m-%d %H:%M:%S %Z}"
    )
    who = f"{scene.agency.spoken(language)} · {_said(STAFF_ROLES[header.role], language)}"
    yield Padding(Text(who), MARGIN)
    yield _titled(words.DEMO_HEADER, language, Text(abridged(scene.stored.header)))
    if header.parts:
        yield _titled(words.DEMO_PARTS, language, *_parts(scene, language))


def _headline(left: str, right: str) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column()
    line.add_column(justify="right", no_wrap=True)
    line.add_row(Text(left, "bold"), Text(right, "dim"))
    return Group(Rule(style="dim"), line)


def _titled(title: Words, language: Language, *body: RenderableType) -> RenderableType:
    heading = Text(title.spoken(language), "dim")
    return Padding(Group(Text(), heading, Padding(Group(*body), MARGIN)), MARGIN)


def _parts(scene: Scene, language: Language) -> Iterator[RenderableType]:
    sizes = {field: len(ciphertext) for field, ciphertext in scene.stored.parts.items()}
    for line in scene.opened.header.parts:
        category = _said(CATEGORIES[line.category], language)
        stored = words.DEMO_SEALED.about(size=sizes[line.field], digest=line.sha256[:DIGEST_SHOWN])
        opened = _shown(getattr(scene.opened.event, line.field), language)
        yield Text.assemble((line.field, "bold"), (f"  {line.category} {category}", "dim"))
        value = Text.assemble(f"{stored.spoken(language)} → ", (opened, "green"))
        yield Padding(value, (0, 0, 0, 2))


def abridged(header: bytes) -> str:
    """The header without its part lines, which the table shows, and with shortened ids."""
    shown = {name: value for name, value in _WHOLE.decode(header).items() if name != "parts"}
    return _ID.sub(r"\1…", msgspec.json.format(msgspec.json.encode(shown), indent=0).decode())


def _said(label: Label, language: Language) -> str:
    return Words(*label).spoken(language)


def _shown(value: object, language: Language) -> str:
    match value:
        case Withheld(withheld=why):
            return words.DEMO_WITHHELD[why].spoken(language)
        case Words():
            return value.spoken(language)
        case bool():
            return words.YES_NO[value].spoken(language)
        case None:
            return "—"
        case frozenset():
            return ", ".join(sorted(map(str, cast(frozenset[object], value)))) or "—"
        case _:
            return str(value)


_WHOLE: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ID: Final = re.compile(r"\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
