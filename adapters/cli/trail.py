"""Her trail (本人開示) in a terminal, or on the paper that she is handed: asked for over HTTP."""

from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from adapters.cli.fetching import fetched
from adapters.settings import Settings
from contracts.trail import Trail, TrailItem

PAGE: Final = 200


class Within(NamedTuple):
    """Of these days alone, or of what that agency was told."""

    since: datetime | None
    until: datetime | None
    to: UUID | None

    @property
    def asked(self) -> dict[str, str]:
        days = {"since": self.since, "until": self.until}
        asked = {name: f"{day:%Y-%m-%d}" for name, day in days.items() if day}
        return {**asked, "to": str(self.to)} if self.to else asked


def trail_of(settings: Settings, token: Path | None, case: UUID, within: Within) -> Trail:
    """All pages of it, as one."""
    items: list[TrailItem] = []
    after: dict[str, str] = {}
    while True:
        query = urlencode({"most": str(PAGE), **within.asked, **after})
        content = fetched(settings, token, f"/v1/cases/{case}/trail?{query}")
        page = msgspec.json.decode(content, type=Trail)
        items += page.items
        if page.next is None:
            return msgspec.structs.replace(page, items=tuple(items))
        after = {"after": page.next}
