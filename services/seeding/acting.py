"""Acting (行為): somebody asks for something, as anybody may, and it is decided as for anybody.

What a command folds is what was sealed for the log, every part closed. It is kept in memory for as
long as somebody may come back to it, so that nothing is read that was written just now.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from domain.catalogue import AnyCommand
from domain.header import Header
from domain.model import (
    ActingRole,
    AgencyId,
    CaseId,
    CommandId,
    Context,
    Event,
    EventId,
    PersonId,
    StaffId,
    StreamId,
)
from domain.sharing import Told
from domain.speech import Refused, code_of
from services.deciding import Past, Scope, Source, decide, scope_of, widened
from services.deciding.remembered import Record, Remembered, Stream, Streams
from services.handling import Ask, Decided, append_of, sealed
from services.ports import EPOCH, Append, Fact, Keys, NewEvent, SecretKey
from services.sealing import Sealing
from services.seeding.chance import Chance

S = TypeVar("S")
F = TypeVar("F")
E = TypeVar("E", bound=Event)


NOTHING: Final = Record()
# Streams that nobody else's case has a part in.
HER_OWN: Final = ("case.", "consent.", "trail.", "referral.", "grievance.")


class Someone(NamedTuple):
    agency: AgencyId
    staff: StaffId
    role: ActingRole


class Did(NamedTuple):
    """What came of it: in which case, what was made, and what stands in the log now."""

    case: CaseId | None
    made: UUID | None
    events: tuple[tuple[EventId, Event], ...]

    def id_of(self, kind: type[Event]) -> EventId:
        return next(id_ for id_, event in self.events if isinstance(event, kind))


class Deeds(msgspec.Struct, frozen=True, gc=False):
    """What was done up to a time, and the keys of those who were first spoken of in it."""

    at: datetime
    appends: tuple[Append, ...]
    keys: dict[PersonId, SecretKey]


class Acting:
    """``secret`` is the installation's own; ``keys``: of those who have one already."""

    def __init__(
        self,
        chance: Chance,
        sealing: Sealing,
        secret: SecretKey,
        keys: Keys,
        new_key: Callable[[], SecretKey],
    ) -> None:
        self.at: datetime = EPOCH
        self.hears: Callable[[Told, Header, CaseId], None] | None = None
        self.refused: Final[dict[tuple[str, str], int]] = {}
        self._chance: Final = chance
        self._sealing: Final = sealing
        self._secret: Final = secret
        self._keys: Final[dict[PersonId, SecretKey | None]] = dict(keys)
        self._new_key: Final = new_key
        self._streams: Final = Streams()
        self._records: Final[dict[CaseId, Record]] = {}
        self._named: Final[dict[CaseId, set[StreamId]]] = {}
        self._persons: Final[dict[CaseId, set[PersonId]]] = {}
        self._position = 0
        self._appends: list[Append] = []
        self._new_keys: dict[PersonId, SecretKey] = {}

    def does(
        self,
        who: Someone,
        command: AnyCommand,
        case: CaseId | None = None,
        *,
        id_: CommandId | None = None,
    ) -> Did | None:
        """Or it is refused, and then nothing has happened."""
        by = Context(
            agency=who.agency,
            staff=who.staff,
            role=who.role,
            at=self.at,
            new_id=self._chance.new_id(),
        )
        ask = Ask(
            id=id_ or CommandId(self._chance.new_event(self.at)),
            agency=who.agency,
            staff=who.staff,
            role=who.role,
            command=command,
            case=case,
        )
        try:
            decided = self._decided(ask, by)
        except Refused as refused:
            why = type(command).__name__, code_of(type(refused))
            self.refused[why] = self.refused.get(why, 0) + 1
            return None
        did, told = self._kept(decided)
        if did.case and self.hears:
            for each, header in told:
                self.hears(each, header, did.case)
        return did

    def record(self, case: CaseId) -> Record:
        return self._records.get(case, NOTHING)

    def stream(self, stream: StreamId) -> Sequence[Event]:
        return self._streams[stream]

    def follow(self, stream: StreamId, known: Iterable[Event]) -> None:
        """What had happened there before."""
        self._streams[stream] = told = Stream()
        told.extend(known)

    def apart(self, chance: Chance) -> "Acting":
        """From here on by itself: what is done there is not known here, nor the other way round."""
        other = Acting(chance, self._sealing, self._secret, self._keys, self._new_key)
        other.at = self.at
        for stream, events in self._streams.items():
            other.follow(stream, events)
        return other

    def fold(self, initial: S, evolve: Callable[[S, F], S], stream: StreamId) -> S:
        return self._streams[stream].fold(initial, evolve)

    def forget(self, case: CaseId, *streams: StreamId) -> None:
        """Nobody comes back to it."""
        self._records.pop(case, None)
        for person in self._persons.pop(case, ()):
            self._keys.pop(person, None)
        gone = self._named.pop(case, set()).union(streams)
        for stream in gone:
            self._streams.pop(stream, None)

    def deeds(self) -> Deeds:
        """All since they were last asked for."""
        done = Deeds(self.at, tuple(self._appends), self._new_keys)
        self._appends, self._new_keys = [], {}
        return done

    @property
    def waiting(self) -> int:
        return len(self._appends)

    @property
    def keys(self) -> Keys:
        return self._keys

    def _decided(self, ask: Ask, by: Context) -> Decided:
        scope = scope_of(ask.command, ask.case, CaseId(self._chance.new_id()), by)
        past = self._past(scope)
        while (wider := widened(scope, ask.command, past, by)) != scope:
            if wider.whole and not scope.whole:
                past = self._past(wider)
            scope = wider
        return Decided(ask, by, scope, decide(scope, ask.command, past, by))

    def _past(self, scope: Scope) -> Past:
        """All streams are at hand; of the case's name all is looked through where it has to be."""
        record = self._records.get(scope.case) if scope.whole and scope.case else None
        return Remembered(self._streams, NOTHING if record is None else record)

    def _kept(self, decided: Decided) -> tuple[Did, Sequence[tuple[Told, Header]]]:
        scope, decision = decided.scope, decided.decision
        for person in sorted(each for each in decided.persons if each not in self._keys):
            self._keys[person] = self._new_keys[person] = self._new_key()
            if scope.case:
                self._persons.setdefault(scope.case, set()).add(person)
        new = sealed(self._sealing, decided, self._keys, self._chance.new_event)
        self._appends.append(append_of(decided, tuple(each.new for each in new), self._secret, 0))
        closed = self._sealing.facts(_fact(each.new) for each in new)
        kept: list[tuple[Told, Header]] = []
        for (each, header), event in zip(new, closed, strict=True):
            self._position += 1
            id_ = EventId(header.id)
            told = Told(self._position, each.stream, decided.by.agency, event, id_)
            self._keep(told, header, scope.case)
            kept.append((told, header))
        said = [event for write in decision.writes for event in write.events]
        made = next((getattr(event, event.makes) for event in said if event.makes), None)
        return Did(scope.case, made, tuple((told.id, told.event) for told, _ in kept)), kept

    def _keep(self, told: Told, header: Header, case: CaseId | None) -> None:
        stream = self._streams.get(told.stream)
        if stream is None:
            stream = self._streams[told.stream] = Stream()
        stream.append(told.event)
        if case is None:
            return
        record = self._records.get(case)
        if record is None:
            record = self._records[case] = Record()
            self._named[case] = set()
        record.append(Source(told, header.parts))
        if header.type.startswith(HER_OWN):
            self._named[case].add(told.stream)


def _fact(new: NewEvent) -> Fact:
    begin, size = new.facts
    return Fact(0, new.type, new.header[begin : begin + size])
