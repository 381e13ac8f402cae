"""Work queue (業務の一覧, PRJ-12): what is to be done by when, and by whom.

No row is ever taken away by the clock: what is overdue stays until it is done.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from domain.model import Event
from domain.work_codes import WorkKind
from projections.tables import Projection, Seen
from projections.work_in_a_case import IN_A_CASE
from projections.work_row import Work, WorkKey, WorkRow
from projections.work_with_others import WITH_OTHERS

WORK: Final[Mapping[WorkKind, Work]] = {**IN_A_CASE, **WITH_OTHERS}
_BY_EVENT: Final[Mapping[type[Event], tuple[tuple[WorkKind, Work], ...]]] = {
    event: tuple((kind, work) for kind, work in WORK.items() if event in work.about)
    for event in {event for work in WORK.values() for event in work.about}
}


def _touches(seen: Seen) -> tuple[WorkKey, ...]:
    return tuple(_keys(seen))


def _keys(seen: Seen) -> Iterator[WorkKey]:
    event = seen.event
    assert event is not None
    for kind, work in _BY_EVENT[type(event)]:
        of = seen.header.stream if work.of_a_stream else seen.header.case
        if of is None:  # It happened before the header named the case, or in nobody's.
            continue
        name = work.about[type(event)]
        about: UUID | tuple[UUID, ...] = of if name is None else getattr(event, name)
        for each in about if isinstance(about, tuple) else (about,):
            yield kind, of, each


def _evolve(row: WorkRow | None, key: WorkKey, seen: Seen) -> WorkRow | None:
    return WORK[key[0]].evolve(row, key, seen)


WORK_QUEUE: Final = Projection[WorkKey, WorkRow](
    name="work_queue",
    row=WorkRow,
    key=("kind", "of", "about"),
    touches=_touches,
    evolve=_evolve,
    wants=frozenset(_BY_EVENT),
    indexes=(
        ("agency", "due", "work_id"),
        ("network", "due", "work_id"),
        ("kind", "due", "work_id"),
        ("case_id", "agency"),
        ("of", "through"),
    ),
)
