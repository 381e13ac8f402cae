"""By itself (自動処理): what follows by rule, and what falls due by the clock, as in earnest.

It is asked under the ids under which the running installation would ask it: so whatever follows
the log later finds that all of it has been done.
"""

from datetime import datetime
from heapq import heappop, heappush
from typing import Final
from uuid import UUID

from domain import agency
from domain.agency import KnownAgency
from domain.header import Header
from domain.model import ITS_STAFF, ITSELF, AgencyId, CaseId, NetworkId, stream_of
from domain.network import NO_NETWORK
from domain.network import evolve as network_after
from domain.sharing import Told
from domain.visibility import Roster, membership
from projections.tables import Seen
from projections.timers import TIMERS, Timer, TimerKey
from services.deciding import NO_AGENCY
from services.reacting import Happened, Known, Wanted, command_id
from services.reacting.processes import PROCESSES
from services.reacting.timing import Timing, commands_of, wanted_of
from services.seeding.acting import Acting, Someone

INSTALLATION: Final = Someone(ITSELF, ITS_STAFF, "INSTALLATION")


class ByItself:
    def __init__(self, acting: Acting, roster: Roster, prefecture: AgencyId) -> None:
        self._acting: Final = acting
        self._prefecture: Final = prefecture  # To whom is taken what lies too long.
        self._roster: Final = roster
        self._timers: Final[dict[TimerKey, Timer]] = {}
        self._due: Final[list[tuple[datetime, TimerKey]]] = []

    def hears(self, told: Told, header: Header, case: CaseId) -> None:
        self._schedules(told, header)
        kind = type(told.event)
        for process in PROCESSES:
            if kind in process.wants:
                happened = Happened(told, case, self._acting.at)
                record, stream = self._acting.record(case), self._acting.stream(told.stream)
                known = Known(record, self._roster, stream, self._acting.at)
                for wanted in process.reacts(happened, known):
                    self._does(process.name, told.id, wanted)

    def passes(self, until: datetime) -> None:
        """Each when it is due, and what falls due by that."""
        while self._due and self._due[0][0] <= until:
            due, key = heappop(self._due)
            timer = self._timers.get(key)
            if timer is not None and timer.due == due:
                self._acting.at = max(self._acting.at, due)
                for command in commands_of(timer, [self._prefecture] if timer.agency else ()):
                    self._does(Timing.name, timer.of, wanted_of(timer, command, 0))
                if self._timers.get(key) is timer:  # It was refused, and is not asked again.
                    del self._timers[key]

    @property
    def next_due(self) -> datetime | None:
        return self._due[0][0] if self._due else None

    def _schedules(self, told: Told, header: Header) -> None:
        if TIMERS.wants is None or type(told.event) not in TIMERS.wants:
            return
        seen = Seen(told.position, self._acting.at, header, told.event)
        for key in TIMERS.touches(seen):
            timer = TIMERS.evolve(self._timers.get(key), key, seen)
            if timer is None:
                self._timers.pop(key, None)
                continue
            self._timers[key] = timer
            if timer.due is not None:
                heappush(self._due, (timer.due, key))

    def _does(self, process: str, cause: UUID, wanted: Wanted) -> None:
        self._acting.does(
            INSTALLATION,
            wanted.command,
            wanted.case,
            id_=command_id(process, cause, wanted.about),
        )


def roster_of(
    acting: Acting, agencies: frozenset[AgencyId], networks: frozenset[NetworkId]
) -> Roster:
    found = {
        each: acting.fold(NO_AGENCY, agency.evolve, stream_of("agency", each)) for each in agencies
    }
    return Roster(
        {each: known for each, known in found.items() if isinstance(known, KnownAgency)},
        {
            each: membership(acting.fold(NO_NETWORK, network_after, stream_of("network", each)))
            for each in networks
        },
    )
