"""Naming (機関の名称): agencies by the names that the directory has for them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias, cast
from urllib.parse import urlencode

import msgspec

from adapters.cli.columns import Row
from adapters.cli.fetching import fetched
from adapters.settings import Settings
from contracts.pages import Page
from contracts.roster import DirectoryEntry
from domain.model import AgencyId

Names: TypeAlias = Mapping[AgencyId, str]

NOBODY: Final[Names] = {}
PAGE: Final = 200


def names_in(settings: Settings, token: Path | None) -> Names:
    """Of all who stand there by name; everybody else goes by the beginning of their id."""
    names: dict[AgencyId, str] = {}
    after: dict[str, str] = {}
    while True:
        path = f"/v1/directory?{urlencode({'most': str(PAGE), **after})}"
        page = msgspec.json.decode(fetched(settings, token, path), type=Page[DirectoryEntry])
        names |= {each.agency: each.name for each in page.items if isinstance(each.name, str)}
        if page.next is None:
            return names
        after = {"after": page.next}


def with_names(row: Row, names: Names) -> Row:
    """As it was answered, with its name beside the id of each agency that has one."""
    return {key: _named(said, names) for key, said in row.items()}


def _named(said: object, names: Names) -> object:
    if isinstance(said, list):
        return [_named(each, names) for each in cast("list[object]", said)]
    if not isinstance(said, dict):
        return said
    shown = cast("dict[str, object]", said)
    name = names.get(msgspec.convert(shown["id"], AgencyId)) if "id" in shown else None
    return {**shown, "name": name} if name else shown
