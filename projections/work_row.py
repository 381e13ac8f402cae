"""Work rows (業務の行): what waits, for whom, until when; and how one comes and goes."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID, uuid5

import msgspec

from domain.model import AgencyId, CaseId, Event, NetworkId
from domain.timers import end_of
from domain.work_codes import WorkKind
from projections.tables import Seen

WorkKey: TypeAlias = tuple[WorkKind, UUID, UUID]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)


class WorkRow(msgspec.Struct, frozen=True, kw_only=True):
    """``due``: in seconds; without it nothing is to be done, and the row remembers for whom.

    Whose work it is stands in ``agency``, or follows from ``network`` or ``through``. ``source``:
    the event that has to be seen for the row to be. ``names``: the id of what it is about.
    """

    kind: WorkKind
    of: UUID  # The case, or the stream.
    about: UUID
    work_id: UUID
    case_id: CaseId | None
    source: int
    due: int | None = None
    agency: AgencyId | None = None
    network: NetworkId | None = None
    names: UUID | None = None
    through: UUID | None = None  # The basis, or the agency, from which it follows whose it is.
    every: int | None = None  # In days, where it comes again.
    told: int | None = None  # Up to where in the log she has been told.


Evolve: TypeAlias = Callable[[WorkRow | None, WorkKey, Seen], WorkRow | None]


class Work(NamedTuple):
    """``about``: which events touch it, and by which of their fields; ``None``: the whole of it."""

    evolve: Evolve
    about: Mapping[type[Event], str | None]
    of_a_stream: bool = False


def begun(key: WorkKey, seen: Seen, **what: object) -> WorkRow:
    kind, of, about = key
    work_id = uuid5(of, f"{kind}:{about}")
    row = WorkRow(
        kind=kind,
        of=of,
        about=about,
        work_id=work_id,
        case_id=seen.header.case,
        source=seen.position,
        names=about if about != of else None,
    )
    return msgspec.structs.replace(row, **what)


def by(day: date) -> int:
    """To the end of that day in Japan."""
    return seconds(end_of(day))


def seconds(at: datetime) -> int:
    """To the second: what is finer would tell when exactly somebody did something."""
    return (at - EPOCH) // SECOND


def moment(due: int) -> datetime:
    return EPOCH + due * SECOND
