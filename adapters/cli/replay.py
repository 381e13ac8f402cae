"""Replay (再現) in a terminal: a case as an agency could see it, asked for over HTTP."""

from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from adapters.cli.fetching import fetched
from adapters.settings import Settings
from contracts.replay import Replay, ReplayLine, Says
from domain.policy import AllowId

PAGE: Final = 200
WIDTH: Final = 80
WIDTH_MIN: Final = 60


class Asked(NamedTuple):
    agency: UUID | None = None
    at: datetime | None = None
    against: UUID | None = None
    against_at: datetime | None = None

    @property
    def query(self) -> dict[str, str]:
        named = {
            "as": self.agency,
            "at": self.at and self.at.isoformat(),
            "diff": self.against,
            "diff_at": self.against_at and self.against_at.isoformat(),
        }
        return {name: str(value) for name, value in named.items() if value is not None}


def replayed(settings: Settings, token: Path | None, case: UUID, asked: Asked) -> Replay:
    """All pages of it, as one."""
    items: list[ReplayLine] = []
    rules: dict[AllowId, Says] = {}
    after: dict[str, str] = {}
    while True:
        query = urlencode({**asked.query, "most": str(PAGE), **after})
        content = fetched(settings, token, f"/v1/cases/{case}/replay?{query}")
        page = msgspec.json.decode(content, type=Replay)
        items += page.items
        rules.update(page.rules)
        if page.next is None:
            return msgspec.structs.replace(page, items=tuple(items), rules=rules)
        after = {"after": page.next}


def width() -> int:
    """Of the terminal; where there is none, of most terminals."""
    return max(WIDTH_MIN, get_terminal_size((WIDTH, 0)).columns)
