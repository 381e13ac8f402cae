"""Purged (消去の回答): who was asked to destroy something, and what has become of that since."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.trail import Answers
from domain.consent_codes import PurgeGround
from domain.model import AgencyId, EventId
from domain.trail import purges
from domain.trail.purges import (
    Purge,
    PurgeAcknowledged,
    PurgeDeclined,
    PurgeId,
    PurgeRequested,
    PurgeState,
)
from services.sights import Entry, Record


class Asked(NamedTuple):
    """``answer``: where that was recorded, once it has been."""

    purge: Purge
    because: EventId | None
    answer: Entry | None = None
    ground: PurgeGround | None = None

    @property
    def basis(self) -> UUID | None:
        return next((each for each in self.purge.basis if each), None)


def asked_in(record: Record) -> dict[PurgeId, Asked]:
    found: dict[PurgeId, Asked] = {}
    for entry in record.entries:
        match entry.told.event:
            case PurgeRequested() as event:
                asked = purges.evolve({}, event)[event.purge_id]
                found[event.purge_id] = Asked(asked, event.because)
            case (PurgeAcknowledged() | PurgeDeclined()) as event if event.purge_id in found:
                before = found[event.purge_id]
                after = purges.evolve({event.purge_id: before.purge}, event)[event.purge_id]
                ground = event.ground if isinstance(event, PurgeDeclined) else None
                found[event.purge_id] = before._replace(purge=after, answer=entry, ground=ground)
            case _:
                pass
    return found


def answers_of(asked: Iterable[Asked], at: datetime) -> Answers:
    """Each recipient once, and by what it still owes: several things may be asked of one."""
    of: dict[AgencyId, set[PurgeState]] = defaultdict(set)
    for each in asked:
        of[each.purge.recipient].add(each.purge.state(at))
    stands = Counter(next(s for s in OWES if s in states) for states in of.values())
    return Answers(
        asked=len(of),
        acknowledged=stands["ACKNOWLEDGED"],
        declined=stands["DECLINED"],
        overdue=stands["OVERDUE"],
        waiting=stands["REQUESTED"],
    )


def asked_with(which: PurgeId, every: Mapping[PurgeId, Asked]) -> list[Asked]:
    """All that were asked to destroy something of the same consent for the same reason."""
    asked = every[which]
    if asked.because is None:
        return [asked]
    same = (asked.because, asked.basis)
    return [each for each in every.values() if (each.because, each.basis) == same]


# The first of these that is so of anything says how it stands.
OWES: Final[tuple[PurgeState, ...]] = ("OVERDUE", "REQUESTED", "DECLINED", "ACKNOWLEDGED")
