"""Explain (判断の説明) in a terminal: why an agency sees what it sees, asked for over HTTP."""

from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from adapters.cli.fetching import fetched
from adapters.settings import Settings
from contracts.explain import EventExplained, Explanation

PAGE: Final = 200


class Asked(NamedTuple):
    agency: UUID | None = None
    event: UUID | None = None
    field: str | None = None
    at: datetime | None = None

    @property
    def query(self) -> dict[str, str]:
        named = {**self._asdict(), "at": self.at and self.at.isoformat()}
        return {name: str(value) for name, value in named.items() if value is not None}


def explanation(settings: Settings, token: Path | None, case: UUID, asked: Asked) -> Explanation:
    """All pages of it, as one."""
    items: list[EventExplained] = []
    after: dict[str, str] = {}
    while True:
        query = urlencode({**asked.query, "most": str(PAGE), **after})
        content = fetched(settings, token, f"/v1/cases/{case}/explain?{query}")
        page = msgspec.json.decode(content, type=Explanation)
        items += page.items
        if page.next is None:
            return msgspec.structs.replace(page, items=tuple(items))
        after = {"after": page.next}
