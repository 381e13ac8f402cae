"""Knowing (把握): what a process is told of an event: the record it stands in, and who is named."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Final, TypeVar, cast

from domain import agency, network
from domain.agency import (
    Agency,
    AgencyRegistered,
    AgencySucceeded,
    AgencyTookOver,
    KnownAgency,
)
from domain.disclosed import Disclosed
from domain.model import CaseId, Event, StreamId, stream_of
from domain.network import NO_NETWORK
from domain.visibility import Roster, membership
from services.deciding import NO_AGENCY, Source
from services.ports import EventLog, Fact, StoredEvent
from services.reacting import Happened, Known, LetOut, let_out
from services.sealing import Sealing, header_of
from services.sights import Record, record_of

S = TypeVar("S")
E = TypeVar("E", bound=Event)


class Knowing:
    def __init__(self, log: EventLog, sealing: Sealing) -> None:
        self.sealing: Final = sealing
        self._log: Final = log

    async def of(
        self, stored: StoredEvent, case: CaseId, *, disclosed: bool = False
    ) -> tuple[Happened, Known]:
        """``disclosed``: with what was let out of the case."""
        cases = await self._log.of_cases(case)
        record = record_of(self.sealing, case, cases.events[case])
        told = next((e.told for e in record.entries if e.told.position == stored.position), None)
        if told is None:  # It befell somebody who was told of the case.
            (told,) = (e.told for e in record_of(self.sealing, case, [stored]).entries)
        stream, roster = await self._beside(record, stored.stream)
        known = Known(
            record=[Source(each.told, header_of(each.stored).parts) for each in record.entries],
            roster=roster,
            stream=stream,
            until=record.entries[-1].stored.recorded_at,
            disclosed=await self._let_out(case, stored.position) if disclosed else (),
        )
        return Happened(told, case, stored.recorded_at), known

    async def cases_told_to(self, stream: StreamId) -> Sequence[CaseId]:
        """The cases of which the agency was told in whose stream something happened, if one's.

        And those of which they were told whom it took over from, for it has that now; or who took
        over from it, for whom she shut out is shut out in them.
        """
        cases, streams = set[CaseId](), [stream]
        for each in streams:  # It grows as it is gone through.
            for told in self.sealing.facts((await self._log.recall(each)).streams[each]):
                match told:
                    case AgencyRegistered(agency_id=agency):
                        cases |= await self._log.cases_disclosed_to(agency)
                    case AgencyTookOver(old=other) | AgencySucceeded(new=other):
                        if (beside := stream_of("agency", other)) not in streams:
                            streams.append(beside)
                    case _:
                        pass
        return sorted(cases)

    async def _let_out(self, case: CaseId, until: int) -> Sequence[LetOut]:
        """What somebody was told again and again, where it was for the last time.

        However often that was, others go on meanwhile.
        """
        last: dict[tuple[object, ...], LetOut] = {}
        for stored in await self._log.disclosed(case):
            if stored.position >= until:
                break
            await asyncio.sleep(0)
            disclosed = self.sealing.open(stored).event
            assert isinstance(disclosed, Disclosed)
            for each in let_out(stored.position, disclosed):
                told = each.recipient.int, each.event.int, each.field, each.basis, each.basis_id
                last.pop(told, None)  # So that they stay in the order of the log.
                last[told] = each
        return [*last.values()]

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
