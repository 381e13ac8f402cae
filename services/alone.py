"""What stands alone (ケースに属さない記録): a meeting or a grievance about nobody's case.

It is read, decided and remembered as a case is: in the place of the case's id stands that of its
stream. What is said of one case in a meeting about many stands in the name of that case alone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from domain.model import AgencyId, CaseId, StreamId
from services.ports import (
    Append,
    Cases,
    EventLog,
    Fact,
    LaneName,
    Moved,
    Outcome,
    Read,
    Reading,
    StoredEvent,
)
from services.sealing import header_of


class WithThoseAlone(msgspec.Struct, frozen=True):
    """``services.ports.EventLog``, in which a stream can be asked for where a case can."""

    log: EventLog

    async def of_cases(self, *cases: CaseId) -> Cases:
        streams = [StreamId(case) for case in cases]
        found, alone = await asyncio.gather(self.log.of_cases(*cases), self.log.read(*streams))
        return Cases(
            found.head,
            {
                case: found.events[case] or _in_nobodys_name(alone.streams[stream])
                for case, stream in zip(cases, streams, strict=True)
            },
        )

    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        return await self.log.append(append, lane)

    async def read(self, *streams: StreamId) -> Reading[StoredEvent]:
        return await self.log.read(*streams)

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        return await self.log.recall(*streams)

    async def last(self, *streams: StreamId) -> Mapping[StreamId, StoredEvent | None]:
        return await self.log.last(*streams)

    async def moved(self, after: int) -> Moved:
        return await self.log.moved(after)

    async def overtaken(self, reads: Sequence[Read]) -> AbstractSet[int]:
        return await self.log.overtaken(reads)

    async def disclosed(self, case: CaseId) -> Sequence[StoredEvent]:
        return await self.log.disclosed(case)

    async def cases_disclosed_to(self, agency: AgencyId) -> AbstractSet[CaseId]:
        return await self.log.cases_disclosed_to(agency)

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        return await self.log.after(position, most)

    async def head(self) -> int:
        return await self.log.head()


def record_id(case: CaseId | None, stream: StreamId) -> CaseId:
    """By which to ask for what happened in a stream: with the case, or where it stands alone."""
    return CaseId(stream) if case is None else case


def _in_nobodys_name(stored: Sequence[StoredEvent]) -> list[StoredEvent]:
    return [each for each in stored if header_of(each).case is None]
