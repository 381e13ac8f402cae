"""Two small lists that need no story, the events they are made of, and a place to keep them in."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Generic, NamedTuple, TypeAlias, cast

import msgspec

from adapters.crypto import ChaChaCipher
from domain.agency import AgencyRestored, AgencySuspended
from domain.case_numbers import CaseNumberTaken
from domain.catalogue import EVENTS
from domain.header import Name
from domain.model import CommandId, Event, Instant, PersonId, StreamId
from projections.tables import Key, Projection, Seen
from projections.tables import Row as ListRow
from services.ids import uuid7
from services.ports import EPOCH, Checkpoint, Edition, NewEvent, StoredEvent
from services.sealing import Origin, Place, Sealing
from tests.spec import CITY, NOW, an_id

SEALING: Final = Sealing(EVENTS, ChaChaCipher())
WOMAN: Final = PersonId(an_id(70))


class Counted(msgspec.Struct, frozen=True):
    type: Name
    events: int
    last: int
    at: Instant | None


class Suspended(msgspec.Struct, frozen=True):
    stream: StreamId
    since: int


def _counted(row: Counted | None, key: tuple[str], seen: Seen) -> Counted:
    return Counted(key[0], row.events + 1 if row else 1, seen.position, seen.recorded_at)


def _suspended(row: Suspended | None, key: tuple[StreamId], seen: Seen) -> Suspended | None:
    if isinstance(seen.event, AgencySuspended):
        return row or Suspended(key[0], seen.position)
    return None


# One row for each type of events: how many there are, and which was the last.
COUNTS: Final = Projection[tuple[str], Counted](
    name="counts",
    row=Counted,
    key=("type",),
    touches=lambda seen: ((seen.header.type,),),
    evolve=_counted,
    indexes=(("last",),),
)
# A row comes when an agency is suspended, and goes when it is restored.
SUSPENSIONS: Final = Projection[tuple[StreamId], Suspended](
    name="suspensions",
    row=Suspended,
    key=("stream",),
    touches=lambda seen: ((seen.header.stream,),),
    evolve=_suspended,
    wants=frozenset({AgencySuspended, AgencyRestored}),
)

SUSPENDED: Final = AgencySuspended(on=NOW.date())
RESTORED: Final = AgencyRestored(on=NOW.date())
NUMBER: Final = CaseNumberTaken(number="2026-0001")


def sealed(event: Event, stream: StreamId, version: int) -> NewEvent:
    """Of an event that has no sealed parts."""
    command = CommandId(uuid7(NOW))
    return SEALING.seal(
        event,
        uuid7(NOW),
        Place(stream=stream, key=stream, version=version, woman=WOMAN),
        Origin(by=CITY, occurred_at=NOW, correlation=command, command=command),
        {},
    )


def stored(new: NewEvent, position: int) -> StoredEvent:
    recorded = int((NOW - EPOCH).total_seconds() * 1_000_000) + position
    entry = recorded.to_bytes(8, "big") + new.header
    return StoredEvent(position, new.stream, new.version, new.type, entry, new.parts, new.facts)


def a_log(*told: tuple[Event, int]) -> list[StoredEvent]:
    """Each event with the number of its stream."""
    versions: dict[int, int] = {}
    log: list[StoredEvent] = []
    for position, (event, number) in enumerate(told, start=1):
        version = versions[number] = versions.get(number, 0) + 1
        log.append(stored(sealed(event, StreamId(an_id(number)), version), position))
    return log


AnyRows: TypeAlias = dict[tuple[object, ...], Any]


class Table(NamedTuple):
    checkpoint: Checkpoint
    rows: AnyRows


class Views:
    """``services.ports.Views`` in memory: what a turn writes is there when it has ended well."""

    def __init__(self) -> None:
        self.tables: Final[dict[tuple[str, Edition], Table]] = {}
        self.stopped: Final[dict[str, tuple[int, str]]] = {}

    def rows(self, of: Projection[Key, ListRow]) -> AnyRows:
        return self.tables[of.name, "live"].rows

    async def checkpoint(self, of: Projection[Key, ListRow], edition: Edition) -> Checkpoint | None:
        table = self.tables.get((of.name, edition))
        return table and table.checkpoint

    @asynccontextmanager
    async def turn(
        self, of: Projection[Key, ListRow], edition: Edition
    ) -> AsyncGenerator["Turn[Key, ListRow]"]:
        turn = Turn(of, self.tables.get((of.name, edition)))
        yield turn
        if turn.written:
            self.tables[of.name, edition] = turn.written

    async def pass_on(
        self, of: Projection[Key, ListRow], edition: Edition, before: Checkpoint, then: Checkpoint
    ) -> bool:
        table = self.tables.get((of.name, edition))
        if table is None or table.checkpoint != before:
            return False
        self.tables[of.name, edition] = table._replace(checkpoint=then)
        return True

    async def begin(self, of: Projection[Key, ListRow]) -> None:
        begun = self.tables.get((of.name, "next"))
        if begun is None or begun.checkpoint.definition != of.definition:
            self.tables[of.name, "next"] = Table(Checkpoint(of.definition, 0), {})

    async def swap(self, of: Projection[Key, ListRow]) -> None:
        made = self.tables.pop((of.name, "next"))
        live = self.tables.get((of.name, "live"))
        paused = live is not None and live.checkpoint.state == "paused"
        checkpoint = made.checkpoint._replace(state="paused" if paused else "running")
        self.tables[of.name, "live"] = Table(checkpoint, made.rows)

    async def stop(
        self, of: Projection[Key, ListRow], edition: Edition, position: int, code: str
    ) -> None:
        del edition  # Nobody else is here.
        live = self.tables.get((of.name, "live"), Table(Checkpoint("", 0), {}))
        self.stopped[of.name] = position, code
        self.tables[of.name, "live"] = Table(live.checkpoint._replace(state="stopped"), live.rows)


class Turn(Generic[Key, ListRow]):
    def __init__(self, of: Projection[Key, ListRow], table: Table | None) -> None:
        self.checkpoint: Final = table and table.checkpoint
        self.written = table
        self._of: Final = of

    async def rows(self, keys: Collection[Key]) -> Mapping[Key, ListRow]:
        assert self.written
        if self._of.found_by is None:
            return {key: self.written.rows[key] for key in keys if key in self.written.rows}
        found = self.written.rows.items()
        return {cast("Key", k): row for k, row in found if k[: self._of.found_by] in keys}

    async def write(self, changes: Mapping[Key, ListRow | None], position: int) -> None:
        assert self.written
        rows = dict(self.written.rows)
        for key, row in changes.items():
            rows[key] = row
            if row is None:
                del rows[key]
        self.written = Table(self.written.checkpoint._replace(position=position), rows)


class Log:
    """``services.ports.Events``, all of them there already."""

    def __init__(self, events: Sequence[StoredEvent]) -> None:
        self.events: Final = events

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        return [event for event in self.events if event.position > position][:most]
