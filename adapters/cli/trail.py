"""Her trail (本人開示) in a terminal, or on the paper that she is handed: asked for over HTTP."""

from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from adapters.cli.fetching import fetched
from adapters.settings import Settings
from contracts.trail import Trail, TrailItem

PAGE: Final = 200


def trail_of(settings: Settings, token: Path | None, case: UUID) -> Trail:
    """All pages of it, as one."""
    items: list[TrailItem] = []
    after: dict[str, str] = {}
    while True:
        query = urlencode({"most": str(PAGE), **after})
        content = fetched(settings, token, f"/v1/cases/{case}/trail?{query}")
        page = msgspec.json.decode(content, type=Trail)
        items += page.items
        if page.next is None:
            return msgspec.structs.replace(page, items=tuple(items))
        after = {"after": page.next}
