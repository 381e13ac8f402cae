"""Purged (消去の回答): who was asked to destroy something, and what has become of that since."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.trail import Answers
from domain.consent_codes import PurgeGround
from domain.model import AgencyId, EventId
from domain.trail import purges
from domain.trail.blocked import WithdrawalSettled
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
    position: int
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
                found[event.purge_id] = Asked(asked, event.because, entry.told.position)
            case (PurgeAcknowledged() | PurgeDeclined()) as event if event.purge_id in found:
                before = found[event.purge_id]
                after = purges.evolve({event.purge_id: before.purge}, event)[event.purge_id]
                ground = event.ground if isinstance(event, PurgeDeclined) else None
                found[event.purge_id] = before._replace(purge=after, answer=entry, ground=ground)
            case _:
                pass
    return found


class Purged:
    """All that was asked in a case, and what was asked with what."""

    def __init__(self, record: Record) -> None:
        self.asked: Final = asked_in(record)
        self.settled: Final = {
            event.settles: entry
            for entry in record.entries
            if isinstance(event := entry.told.event, WithdrawalSettled)
        }
        self._stands: Final = {entry.told.id: entry.told.position for entry in record.entries}

    def because_of(self, which: EventId) -> list[Asked]:
        """What was asked for that reason; and earlier, of whoever had received of the same.

        What somebody was asked for already they are not asked for again, and still owe.
        """
        every = self.asked.values()
        found = [each for each in every if each.because == which]
        settled = self.settled.get(which)
        if settled is None or not isinstance(event := settled.told.event, WithdrawalSettled):
            return found
        bases = {event.grant_id, *(each.basis for each in found)} - {None}
        since = self._stands.get(which, settled.told.position)
        return [
            each
            for each in every
            if each.because == which
            or (
                each.purge.recipient in event.recipients
                and each.position < settled.told.position
                and (each.basis in bases or each.position > since)
            )
        ]

    def asked_with(self, which: PurgeId) -> list[Asked]:
        """All that were asked to destroy something of the same consent for the same reason."""
        asked = self.asked[which]
        if asked.because is None:
            return [asked]
        return [each for each in self.because_of(asked.because) if each.basis == asked.basis]


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


# The first of these that is so of anything says how it stands.
OWES: Final[tuple[PurgeState, ...]] = ("OVERDUE", "REQUESTED", "DECLINED", "ACKNOWLEDGED")
