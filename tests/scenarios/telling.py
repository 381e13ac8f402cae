"""Telling (提示): all that may be handed out of a record, to look for what must not be in it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from domain.fields import tag_of
from domain.model import AgencyId
from domain.sharing import replay
from domain.visibility import ACTING, Visible, decide, naming
from tests.scenarios.cast import Name
from tests.scenarios.matrix import look_of
from tests.scenarios.play import Play
from tests.world import Entry


def seen_by(play: Play, name: Name, at: datetime) -> Iterator[tuple[Entry, Visible]]:
    """Of the record as it was then, all of which anything may be seen."""
    record = [entry for entry in play.world.of_case(play.case) if entry.at <= at]
    sharing = replay(entry.told for entry in record)
    look = look_of(play.cast[name], sharing, play.roster(), at)
    for entry in record:
        if visible := decide(look, entry.told, entry.parts):
            yield entry, visible


def told_to(play: Play, name: Name, at: datetime) -> bytes:
    """Who may not be named is left out; whatever else is seen stands there as it was said."""
    return b"\n".join(
        msgspec.json.encode(handed_out(entry, visible))
        for entry, visible in seen_by(play, name, at)
    )


def handed_out(entry: Entry, visible: Visible) -> dict[str, object]:
    event = entry.said
    named = naming(type(event), AgencyId)
    shown: dict[str, object] = {
        field: getattr(event, field) for field in sorted(visible.bases.keys() - named)
    }
    shown["agencies"] = sorted(
        (field, str(agency)) for field, agency in visible.who if field in {ACTING, *visible.bases}
    )
    if visible.what:
        shown["type"] = tag_of(type(event))
    if visible.staff:
        shown["staff"] = entry.staff
    return shown
