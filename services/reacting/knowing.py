"""Knowing (把握): what a process is told of an event: the record it stands in, and who is named."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Final, TypeVar, cast

from domain import agency, network
from domain.agency import Agency, KnownAgency
from domain.model import CaseId, Event, StreamId, stream_of
from domain.network import NO_NETWORK
from domain.visibility import Roster, membership
from services.deciding import NO_AGENCY, Source
from services.ports import EventLog, Fact, StoredEvent
from services.reacting import Happened, Known
from services.sealing import Sealing, header_of
from services.sights import Record, record_of

S = TypeVar("S")
E = TypeVar("E", bound=Event)


class Knowing:
    def __init__(self, log: EventLog, sealing: Sealing) -> None:
        self.sealing: Final = sealing
        self._log: Final = log

    async def of(self, stored: StoredEvent, case: CaseId) -> tuple[Happened, Known]:
        cases = await self._log.of_cases(case)
        record = record_of(self.sealing, case, cases.events[case])
        told = next(e.told for e in record.entries if e.told.position == stored.position)
        stream, roster = await self._beside(record, stored.stream)
        sources = [Source(each.told, header_of(each.stored).parts) for each in record.entries]
        until = record.entries[-1].stored.recorded_at
        return Happened(told, case, stored.recorded_at), Known(sources, roster, stream, until)

    async def _beside(self, record: Record, stream: StreamId) -> tuple[Sequence[Event], Roster]:
        agencies = {each: stream_of("agency", each) for each in record.agencies}
        networks = {each: stream_of("network", each) for each in record.networks}
        read = await self._log.recall(stream, *agencies.values(), *networks.values())
        found = {each: self._agency(read.streams[s]) for each, s in agencies.items()}
        roster = Roster(
            {each: known for each, known in found.items() if isinstance(known, KnownAgency)},
            {
                each: membership(self._folded(NO_NETWORK, network.evolve, read.streams[s]))
                for each, s in networks.items()
            },
        )
        return tuple(self.sealing.facts(read.streams[stream])), roster

    def _agency(self, facts: Sequence[Fact]) -> Agency:
        return self._folded(NO_AGENCY, agency.evolve, facts)

    def _folded(self, initial: S, evolve: Callable[[S, E], S], facts: Sequence[Fact]) -> S:
        return reduce(evolve, cast("Iterator[E]", self.sealing.facts(facts)), initial)
