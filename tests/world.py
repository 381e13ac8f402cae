"""A whole installation in memory: the real deciding, over a log that keeps what it decided.

Nothing here decides. A command takes the way it takes in ``services.handling``, without sealing:
what is folded has every part closed, as it has there. Each fold goes on from where it was left.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Final, Literal, NamedTuple, TypeVar
from uuid import UUID

from domain.agency import AgencyRegistered, EnrolStaff, RegisterAgency, SignPledge
from domain.agency_codes import AgencyKind, Prefecture
from domain.catalogue import AnyCommand
from domain.fields import cut_of
from domain.header import PartLine
from domain.installation import INSTALLATION, found
from domain.model import (
    CLOSED,
    ITS_STAFF,
    ITSELF,
    ActingRole,
    AgencyId,
    CaseId,
    Context,
    Event,
    EventId,
    PersonId,
    StaffId,
    StaffRole,
    Stamp,
    StreamId,
    fence_key,
    stream_of,
)
from domain.network import NetworkEstablished
from domain.sharing import Told, replay
from domain.speech import Refused
from domain.visibility import Roster, Visible, looking, membership, who_reads
from domain.visibility import decide as opened_to
from services.deciding import Decision, Past, Scope, Source, decide, scope_of, widened
from services.deciding.remembered import NOTHING_TOLD, Record, Remembered, Stream
from services.sealing import person_of
from tests.spec import NOW, without_words

S = TypeVar("S")
F = TypeVar("F")
E = TypeVar("E", bound=Event)


class Entry(NamedTuple):
    """An event as the log keeps it, and as it was said."""

    told: Told
    parts: tuple[PartLine, ...]
    case: CaseId | None
    said: Event
    at: datetime
    staff: StaffId


class Someone(NamedTuple):
    agency: AgencyId
    staff: StaffId
    role: ActingRole


NOBODY: Final = Someone(ITSELF, ITS_STAFF, "INSTALLATION")


class Asked(NamedTuple):
    who: Someone
    command: AnyCommand
    case: CaseId | None = None


class Said(NamedTuple):
    case: CaseId | None
    entries: tuple[Entry, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(entry.said for entry in self.entries)

    @property
    def made(self) -> UUID:
        made: UUID = next(getattr(event, event.makes) for event in self.events if event.makes)
        return made

    def the(self, kind: type[E]) -> E:
        (event,) = (event for event in self.events if isinstance(event, kind))
        return event

    def id_of(self, kind: type[Event]) -> EventId:
        (entry,) = (entry for entry in self.entries if isinstance(entry.said, kind))
        return entry.told.id


class World:
    def __init__(self, at: datetime = NOW) -> None:
        self.at: datetime = at
        self.log: Final[list[Entry]] = []
        self._streams: Final[dict[StreamId, Stream]] = {}
        self._records: Final[dict[CaseId, Record]] = {}
        self._ids: Final = (UUID(int=number, version=4) for number in count(1_000_000))
        operator, first = AgencyId(next(self._ids)), StaffId(next(self._ids))
        self.operator: Final = Someone(operator, first, "REPRESENTATIVE")
        by = self.asking(self.operator)
        founded, agency = found("運営担当", by)
        self._keep(INSTALLATION, (founded,), by, None, PersonId(operator))
        self._keep(stream_of("agency", operator), agency, by, None, PersonId(operator))

    def passes(self, **time: int) -> None:
        self.at += timedelta(**time)

    def says(self, who: Someone, command: AnyCommand, case: CaseId | None = None) -> Said:
        by = self.asking(who)
        return self._says(by, *self._decided(command, case, by))

    def refuses(
        self, who: Someone, command: AnyCommand, case: CaseId | None = None
    ) -> type[Refused] | None:
        """The refusal it would meet now, or none; nothing is kept."""
        try:
            self._decided(command, case, self.asking(who))
        except Refused as refused:
            return type(refused)
        return None

    def race(self, first: Asked, second: Asked) -> frozenset[Stamp | Literal["stream"]]:
        """Both are decided on the same past, and the first goes in.

        What then keeps the second out, and has it decided again; of nothing, it has gone in too.
        """
        early, late = self.asking(first.who), self.asking(second.who)
        before = self._decided(first.command, first.case, early)
        scope, decision = self._decided(second.command, second.case, late)
        written = {write.stream for write in decision.writes if write.events}
        reads = scope.fence_keys(late, narrows=bool(written) and second.command.waits_for_nobody)
        said = self._says(early, *before)
        key = before[0].case or before[1].owner
        overtaken: set[Stamp | Literal["stream"]] = {
            stamp
            for write in before[1].writes
            for event in write.events
            for stamp in event.stamps
            if fence_key(stamp, write.under or key) in reads
        }
        if not written.isdisjoint(entry.told.stream for entry in said.entries):
            overtaken.add("stream")
        if not overtaken:
            self._says(late, scope, decision)
        return frozenset(overtaken)

    def overtakes(
        self, first: tuple[Someone, AnyCommand], second: tuple[Someone, AnyCommand], case: CaseId
    ) -> bool:
        """Whether the second, decided before the first is recorded, has to be decided again."""
        return bool(self.race(Asked(*first, case), Asked(*second, case)))

    def writes(
        self, who: Someone, stream: StreamId, event: Event, case: CaseId | None, owner: PersonId
    ) -> None:
        """What no command writes: it comes with what is let out."""
        self._keep(stream, (event,), self.asking(who), case, owner)

    def joins(
        self,
        kind: AgencyKind,
        role: StaffRole = "CASEWORKER",
        prefecture: Prefecture = "06",
        name: str = "青葉県の機関",
    ) -> Someone:
        """An agency is registered, and its first member of staff has signed the pledge."""
        registered = self.says(
            self.operator,
            RegisterAgency(kind=kind, name=name, prefecture=prefecture, sector="PUBLIC"),
        )
        return self.enrols(AgencyId(registered.made), role)

    def enrols(self, agency: AgencyId, role: StaffRole) -> Someone:
        enrolled = self.says(self.operator, EnrolStaff(agency_id=agency, role=role))
        staff = StaffId(enrolled.made)
        self.says(
            self.operator, SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04")
        )
        return Someone(agency, staff, role)

    def fresh(self) -> UUID:
        return next(self._ids)

    def of_case(self, case: CaseId) -> list[Entry]:
        return [entry for entry in self.log if entry.case == case]

    def roster(self) -> Roster:
        """All agencies and networks there are."""
        past, said = Past(self._streams), [entry.said for entry in self.log]
        agencies = [each.agency_id for each in said if isinstance(each, AgencyRegistered)]
        networks = [each.network_id for each in said if isinstance(each, NetworkEstablished)]
        return Roster(
            {each: past.agency(each) for each in agencies},
            {each: membership(past.network(each)) for each in networks},
        )

    def shows(self, who: Someone, case: CaseId) -> list[tuple[Entry, Visible]]:
        """What somebody may see of a case now, event by event."""
        record, roster = self.of_case(case), self.roster()
        reader = who_reads(who.agency, roster.agencies[who.agency], who.staff, who.role)
        look = looking(replay(entry.told for entry in record), reader, roster, self.at)
        decided = [(entry, opened_to(look, entry.told, entry.parts)) for entry in record]
        return [(entry, visible) for entry, visible in decided if visible]

    def past(self, scope: Scope, by: Context) -> Past:
        streams = {
            stream: self._streams.get(stream, NOTHING_TOLD)
            for stream in (*scope.streams(by), *scope.ends)
        }
        record = self._records.get(scope.case) if scope.whole and scope.case else None
        return Remembered(streams, Record() if record is None else record)

    def fold(self, initial: S, evolve: Callable[[S, F], S], stream: StreamId) -> S:
        return self._streams.get(stream, NOTHING_TOLD).fold(initial, evolve)

    def _says(self, by: Context, scope: Scope, decision: Decision) -> Said:
        entries = [
            entry
            for write in decision.writes
            for entry in self._keep(write.stream, write.events, by, scope.case, decision.owner)
        ]
        return Said(scope.case, tuple(entries))

    def _decided(
        self, command: AnyCommand, case: CaseId | None, by: Context
    ) -> tuple[Scope, Decision]:
        scope = scope_of(command, case, CaseId(next(self._ids)), by)
        past = self.past(scope, by)
        while (wider := widened(scope, command, past, by)) != scope:
            scope = wider
            past = self.past(scope, by)
        return scope, decide(scope, command, past, by)

    def asking(self, who: Someone) -> Context:
        return Context(
            agency=who.agency,
            staff=who.staff,
            role=who.role,
            at=self.at,
            new_id=next(self._ids),
        )

    def _keep(
        self,
        stream: StreamId,
        events: Sequence[Event],
        by: Context,
        case: CaseId | None,
        owner: PersonId,
    ) -> list[Entry]:
        kept: list[Entry] = []
        for event in events:
            closed = without_words(event, CLOSED)
            told = Told(len(self.log) + 1, stream, by.agency, closed, EventId(next(self._ids)))
            entry = Entry(told, parts_of(event, owner), case, event, self.at, by.staff)
            self.log.append(entry)
            if case is not None:
                self._records.setdefault(case, Record()).append(Source(told, entry.parts))
            self._streams.setdefault(stream, Stream()).append(closed)
            kept.append(entry)
        return kept


def parts_of(event: Event, owner: PersonId) -> tuple[PartLine, ...]:
    return tuple(
        PartLine(
            field=field.name,
            category=field.category.of(event),
            person=person_of(event, field.category.person_field, owner),
            sha256="",
            commitment="",
        )
        for field in cut_of(type(event)).sealed
    )
