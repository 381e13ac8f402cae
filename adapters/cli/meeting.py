"""Meetings (会議) in a terminal: the pack or the minutes of one, with all its cases."""

from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from adapters.cli.fetching import fetched
from adapters.settings import Settings
from contracts.meetings import CaseInMinutes, CaseInPack, MeetingMinutes, MeetingPack

PAGE_MAX: Final = 200

Paper = TypeVar("Paper", MeetingPack, MeetingMinutes)


def pack_of(settings: Settings, token: Path | None, meeting: UUID) -> MeetingPack:
    return _whole(settings, token, f"/v1/meetings/{meeting}/pack", MeetingPack)


def minutes_of(settings: Settings, token: Path | None, meeting: UUID) -> MeetingMinutes:
    return _whole(settings, token, f"/v1/meetings/{meeting}/minutes", MeetingMinutes)


def _whole(settings: Settings, token: Path | None, path: str, kind: type[Paper]) -> Paper:
    """All pages of its cases, as one."""
    cases: list[CaseInPack | CaseInMinutes] = []
    after: dict[str, str] = {}
    while True:
        query = urlencode({"most": str(PAGE_MAX), **after})
        page = msgspec.json.decode(fetched(settings, token, f"{path}?{query}"), type=kind)
        cases += page.cases.items
        if page.cases.next is None:
            whole = msgspec.structs.replace(page.cases, items=tuple(cases))
            return msgspec.structs.replace(page, cases=whole)
        after = {"after": page.cases.next}
