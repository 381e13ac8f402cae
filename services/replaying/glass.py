"""Glass (見る): a case as it was recorded by some time, and by whom it could be seen then.

Who an agency was, what it was commissioned to and who led its network are as of that time too: what
came of them later allowed nothing then.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import reduce
from typing import Final, cast

from contracts.replay import View
from domain import agency as agencies
from domain import network
from domain.agency import Agency, AgencyEvent, KnownAgency
from domain.model import AgencyId, CaseId, Event, stream_of
from domain.network import NO_NETWORK, NetworkEvent
from domain.visibility import Recipient, Roster, membership
from services.deciding import NO_AGENCY
from services.looking import Looked, Looking, Reader
from services.ports import Fact, StoredEvent
from services.replaying.lenses import (
    Lens,
    Scope,
    known_to_take_part,
    scope_of,
    standing_of,
    who_could_read,
)
from services.sights import Record, Sight


class Glass:
    """``looked``: as whoever reads finds the case now."""

    def __init__(
        self, looking: Looking, reader: Reader, looked: Looked, case: CaseId, operator: AgencyId
    ) -> None:
        self._looking: Final = looking
        self._looked: Final = looked
        self._case: Final = case
        # What was opened to decide for whoever reads is closed again: others could not open it.
        self.record: Final = looked.records[case].as_read
        self.now: Final = looked.now[case]
        self.agencies: Final[dict[AgencyId, Agency]] = dict(looked.roster.agencies)
        self._standing: Final = standing_of(reader, operator, self.now.look.facts)

    async def lens(self, view: View) -> Lens | None:
        """``None``: whoever reads may have no such view, or there is nothing to see."""
        reader = self._standing.reader
        itself = view.agency == reader.agency
        roster = await self._roster(view)
        self.agencies.update({**roster.agencies, **self.agencies})
        known = NOBODY if itself else known_to_take_part(self.now, self._until(view))
        scope = scope_of(self._standing, view.agency, self.record, roster.agencies, known)
        if scope is None or (itself and next(self.now.seen(), None) is None):
            return None
        if itself and view.at is None:
            who, record = self._looked.recipient, self._looked.records[self._case]
            at, until = self._looked.at, _last(record)
            return Lens(record, who, self._looked.roster, at, until, self.now, scope)
        agency = roster.agencies.get(view.agency, NO_AGENCY)
        who = who_could_read(view.agency, agency, reader.staff if itself else None)
        return await self._lens(who, roster, view, scope)

    def _until(self, view: View) -> int:
        return _last(self.record) if view.at is None else self.record.recorded_by(view.at)

    async def _lens(self, who: Recipient, roster: Roster, view: View, scope: Scope) -> Lens:
        """Corrections that it could open tell which details were said before them, and stood."""
        record, until = self.record, self._until(view)
        at = view.at or self._looked.at
        while True:
            sight = Sight(record, who, roster, at, until)
            corrections = sight.corrections()
            if not corrections:
                return Lens(record, who, roster, at, until, sight, scope)
            keys, sealing = await self._looking.gate.open(corrections), self._looking.sealing
            record = record.told_again(
                {
                    seen.position: sealing.open(seen.entry.stored, keys, seen.visible.bases).event
                    for seen in corrections
                }
            )

    async def _roster(self, view: View) -> Roster:
        named = {each: stream_of("agency", each) for each in {*self.record.agencies, view.agency}}
        networks = {each: stream_of("network", each) for each in self.record.networks}
        read = (await self._looking.log.read(*named.values(), *networks.values())).streams
        known = {
            each: reduce(
                agencies.evolve,
                cast("Iterator[AgencyEvent]", self._by(view.at, read[stream])),
                NO_AGENCY,
            )
            for each, stream in named.items()
        }
        led = {
            each: reduce(
                network.evolve,
                cast("Iterator[NetworkEvent]", self._by(view.at, read[stream])),
                NO_NETWORK,
            )
            for each, stream in networks.items()
        }
        return Roster(
            {each: agency for each, agency in known.items() if isinstance(agency, KnownAgency)},
            {each: membership(itself) for each, itself in led.items()},
        )

    def _by(self, at: datetime | None, stored: Sequence[StoredEvent]) -> Iterator[Event]:
        return self._looking.sealing.facts(
            Fact(each.position, each.type, each.facts_said or b"")
            for each in stored
            if at is None or each.recorded_at <= at
        )


NOBODY: Final[frozenset[AgencyId]] = frozenset()


def _last(record: Record) -> int:
    return record.entries[-1].told.position if record.entries else 0
