"""Work that waits, in a world of the tests: the table as it is folded from its log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from domain.fields import tag_of
from domain.header import SCHEMA, Header
from domain.model import CommandId
from domain.work_codes import WorkKind
from projections.tables import Seen, fold, touched
from projections.work_queue import WORK_QUEUE
from projections.work_row import WorkKey, WorkRow, moment
from tests.spec import an_id
from tests.world import Entry, World

COMMAND: Final = CommandId(an_id(90))


def as_seen(entries: Iterable[Entry]) -> list[Seen]:
    return [
        Seen(each.told.position, each.at, header_of(each), each.told.event)
        for each in entries
        if WORK_QUEUE.wants is None or type(each.told.event) in WORK_QUEUE.wants
    ]


def header_of(entry: Entry) -> Header:
    told = entry.told
    return Header(
        schema=SCHEMA,
        id=told.id,
        type=tag_of(type(told.event)),
        stream=told.stream,
        version=1,
        occurred_at=entry.at,
        agency=told.agency,
        staff=entry.staff,
        role="CASEWORKER",
        correlation=COMMAND,
        command=COMMAND,
        case=entry.case,
        facts=msgspec.Raw(b"{}"),
    )


def table(entries: Sequence[Entry], *, at_once: int | None = None) -> dict[WorkKey, WorkRow]:
    """Kept up by so many events at once; or made in one go."""
    rows: dict[WorkKey, WorkRow] = {}
    most = at_once or len(entries) or 1
    for first in range(0, len(entries), most):
        batch = as_seen(entries[first : first + most])
        changes = fold(WORK_QUEUE, rows, touched(WORK_QUEUE, batch))
        rows = {key: row for key, row in {**rows, **changes}.items() if row is not None}
    return rows


def waiting(world: World, *kinds: WorkKind) -> dict[tuple[WorkKind, object], datetime]:
    """What is to be done, by whom and until when."""
    return {
        (row.kind, row.agency): moment(row.due)
        for row in table(world.log).values()
        if row.due is not None and (not kinds or row.kind in kinds)
    }
