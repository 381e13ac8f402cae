"""What was played in memory, sealed as the log holds it, and read again through the services.

Nothing here decides. The events of ``tests.world`` are cut and sealed as they are on their way into
the log, under keys that stay here, so that whatever reads a log reads this one.
"""

import asyncio
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec

from adapters.crypto import AesVeil, ChaChaCipher
from contracts.explain import Explanation
from contracts.replay import Replay
from contracts.trail import Trail
from contracts.what_if import If, WhatIf
from domain.catalogue import EVENTS
from domain.disclosed import Disclosed
from domain.fields import cut_of
from domain.model import AgencyId, CaseId, CommandId, Context, PersonId, StreamId
from services.aliases import Aliases, Cursors
from services.explaining import Asked as AskedWhy
from services.explaining import Explaining
from services.looking import Looking, Reader
from services.ports import (
    EPOCH,
    Cases,
    EventLog,
    Fact,
    Keys,
    Reading,
    StoredEvent,
)
from services.replaying import Asked, Replaying
from services.sealing import Origin, Place, Sealing
from services.supposing import Supposing
from services.trailing import EVERYTHING, Trailing, Within
from tests.gates import Access, Still, a_gate
from tests.world import Entry, Someone, World

SECRET: Final = bytes(32)
SEALING: Final = Sealing(EVENTS, ChaChaCipher())


class EveryKey(dict[PersonId, bytes | None]):
    """Everybody has one, and it is always the same."""

    def __missing__(self, person: PersonId) -> bytes:
        return person.bytes * 2


class Keyring:
    async def keys(self, persons: frozenset[PersonId]) -> Keys:
        return {person: EveryKey()[person] for person in persons}

    async def make(self, person: PersonId) -> None: ...


class Log(Still):
    """As much of one as reading a case takes: of what had been recorded by then."""

    def __init__(self, world: World, until: datetime) -> None:
        self.streams: Final = defaultdict[StreamId, list[StoredEvent]](list)
        self.cases: Final = defaultdict[CaseId, list[StoredEvent]](list)
        self.let_out: Final = defaultdict[CaseId, list[StoredEvent]](list)
        self.told_to: Final = defaultdict[AgencyId, set[CaseId]](set)
        versions = Counter[StreamId]()
        by_then = [entry for entry in world.log if entry.at <= until]
        for entry in by_then:
            versions[entry.told.stream] += 1
            stored = sealed(entry, versions[entry.told.stream])
            self.streams[entry.told.stream].append(stored)
            if entry.case is not None:
                self.cases[entry.case].append(stored)
            if isinstance(entry.said, Disclosed):
                self.let_out[entry.said.case_id].append(stored)
                self.told_to[entry.said.recipient].add(entry.said.case_id)
        self._head: Final = len(by_then)

    async def head(self) -> int:
        return self._head

    async def read(self, *streams: StreamId) -> Reading[StoredEvent]:
        return Reading(self._head, {each: self.streams.get(each, []) for each in streams})

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        found = {each: self.streams.get(each, []) for each in streams}
        return Reading(
            self._head,
            {
                stream: [Fact(e.position, e.type, e.facts_said or b"") for e in stored]
                for stream, stored in found.items()
            },
        )

    async def last(self, *streams: StreamId) -> dict[StreamId, StoredEvent | None]:
        return {each: next(reversed(self.streams.get(each, [])), None) for each in streams}

    async def of_cases(self, *cases: CaseId) -> Cases:
        return Cases(self._head, {each: self.cases.get(each, []) for each in cases})

    async def disclosed(self, case: CaseId) -> list[StoredEvent]:
        return self.let_out.get(case, [])

    async def cases_disclosed_to(self, agency: AgencyId) -> frozenset[CaseId]:
        return frozenset(self.told_to[agency])


class Stopped:
    """A clock that stands still."""

    def __init__(self, at: datetime) -> None:
        self.at: datetime = at

    def now(self) -> datetime:
        return self.at


def sealed(entry: Entry, version: int) -> StoredEvent:
    told, owner = entry.told, owner_of(entry)
    by = Context(
        agency=told.agency,
        staff=entry.staff,
        role="CASEWORKER",
        at=entry.at,
        new_id=told.id,
    )
    origin = Origin(by=by, occurred_at=entry.at, correlation=told.id, command=CommandId(told.id))
    place = Place(stream=told.stream, key=owner, version=version, woman=owner, case=entry.case)
    new = SEALING.seal(entry.said, told.id, place, origin, EveryKey())
    recorded = (entry.at - EPOCH) // timedelta(microseconds=1)
    return StoredEvent(
        told.position,
        new.stream,
        new.version,
        new.type,
        recorded.to_bytes(8, "big", signed=True) + new.header,
        new.parts,
        new.facts,
    )


def owner_of(entry: Entry) -> PersonId:
    """Whose its words are, unless they say otherwise."""
    fields = {field.name: field for field in cut_of(type(entry.said)).sealed}
    hers = [line.person for line in entry.parts if not fields[line.field].category.person_field]
    return hers[0] if hers else PersonId(entry.told.agency)


class House:
    """What reads it, now or as of some time before."""

    def __init__(self, world: World, at: datetime | None = None) -> None:
        self.aliases: Final = Aliases(SECRET, AesVeil())
        self.clock: Final = Stopped(at or world.at)
        self.log: Final = Log(world, self.clock.at)
        log = cast("EventLog", self.log)
        self.access: Final = Access()
        self.gate: Final = a_gate(log, Keyring(), SEALING, self.clock, self.access)
        self.looking: Final = Looking(log, self.gate, SEALING, self.clock, self.aliases)
        self.operator: Final[AgencyId] = world.operator.agency
        cursors = Cursors(SECRET, AesVeil())
        self.replaying: Final = Replaying(self.looking, cursors, self.operator)
        self.explaining: Final = Explaining(self.looking, cursors, self.operator)
        self.trailing: Final = Trailing(self.looking, cursors, self.operator)
        self.supposing: Final = Supposing(self.looking, SEALING, self.clock, self.aliases)

    def replay(
        self,
        who: Someone,
        case: CaseId,
        /,
        *,
        after: str | None = None,
        most: int = 1000,
        **asked: Any,
    ) -> Replay | None:
        assert who.role != "INSTALLATION"
        reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
        wanted = msgspec.convert(asked, Asked)
        replaying = self.replaying.replay(reader, case, wanted, after=after, most=most)
        return asyncio.run(replaying)

    def explain(
        self,
        who: Someone,
        case: CaseId,
        /,
        *,
        after: str | None = None,
        most: int = 1000,
        **asked: Any,
    ) -> Explanation | None:
        assert who.role != "INSTALLATION"
        reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
        wanted = msgspec.convert(asked, AskedWhy)
        explaining = self.explaining.explain(reader, case, wanted, after=after, most=most)
        return asyncio.run(explaining)

    def trail(
        self,
        who: Someone,
        case: CaseId,
        /,
        *,
        within: Within = EVERYTHING,
        after: str | None = None,
        most: int = 1000,
    ) -> Trail | None:
        assert who.role != "INSTALLATION"
        reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
        trail = self.trailing.trail(reader, case, within=within, after=after, most=most)
        return asyncio.run(trail)

    def suppose(self, who: Someone, case: CaseId, what: If) -> WhatIf | None:
        assert who.role != "INSTALLATION"
        reader = Reader(agency=who.agency, staff=who.staff, role=who.role)
        return asyncio.run(self.supposing.suppose(reader, case, what))
