"""What the services need from the outside, in the words of the domain."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, Final, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from domain.model import AgencyId, CaseId, CommandId, PersonId, StreamId
from domain.speech import Spoken
from projections.tables import Key, Projection
from projections.tables import Row as ListRow

Row = TypeVar("Row")

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


Parts: TypeAlias = Mapping[str, bytes]  # From field to ciphertext.
NO_PARTS: Final[Parts] = MappingProxyType({})


class Span(NamedTuple):
    """Where a stretch of bytes stands."""

    at: int
    size: int


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event, cut and sealed, on its way into the log."""

    stream: StreamId
    version: int
    type: str
    header: bytes
    facts: Span = Span(0, 0)  # In the header.
    parts: Parts = NO_PARTS
    stamps: tuple[str, ...] = ()


class Followed(NamedTuple):
    """How far a follower of the log has come, recorded with what it appends."""

    name: str
    position: int


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """One command's say: all of it enters the log, or nothing."""

    agency: AgencyId
    command: CommandId
    body: bytes  # A hash: the same id with another body is another command.
    answer: bytes
    events: tuple[NewEvent, ...] = ()
    not_after: datetime | None = None
    reads: tuple[str, ...] = ()  # The fence keys it was decided on,
    read_to: int = 0  # and the position up to which it had read.
    follower: Followed | None = None


Verdict: TypeAlias = Literal["appended", "repeated", "reused", "moved", "fenced", "late", "tracked"]


# What waits in one lane delays nobody in another: a withdrawal waits for no reader, and for no
# other command.
LaneName: TypeAlias = Literal["commands", "narrowing", "disclosures"]


class Outcome(msgspec.Struct, frozen=True, gc=False):
    verdict: Verdict
    positions: tuple[int, ...] = ()
    answer: bytes | None = None


class StoredEvent(NamedTuple):
    """An event as the log keeps it."""

    position: int
    stream: StreamId
    version: int
    type: str
    entry: bytes
    parts: Parts = NO_PARTS
    facts: Span | None = None  # Where in the header the log finds them for those who recall.

    @property
    def header(self) -> bytes:
        return self.entry[8:]

    @property
    def facts_said(self) -> bytes | None:
        if self.facts is None:
            return None
        begin = 8 + self.facts.at
        return self.entry[begin : begin + self.facts.size]

    @property
    def recorded_at(self) -> datetime:
        return EPOCH + timedelta(microseconds=int.from_bytes(self.entry[:8], "big", signed=True))


class Fact(msgspec.Struct, frozen=True, gc=False):
    """Of an event in the log, what deciding needs to know."""

    position: int
    type: str
    facts: bytes


class LogUnavailable(Spoken):
    """The log cannot be reached now. Ask again with the same command id: nothing is done twice."""

    ja: ClassVar[str] = (
        "ただいま記録に接続できません。同じコマンド番号でもう一度送ってください。二重に記録されることはありません。"
    )


class LogRefusesWrites(Spoken):
    """The log cannot be written just now, so this is not in it. Its operator has to look."""

    ja: ClassVar[str] = (
        "ただいま記録に書き込めないため、この内容は記録されていません。運用担当者の確認が必要です。"
    )


PASSING: Final = (LogUnavailable, LogRefusesWrites)


class NotAppendable(Spoken):
    """The log cannot keep this as it is. Nothing of it was written."""

    ja: ClassVar[str] = "この内容は記録できない形をしているため、何も記録されていません。"


class PartDamaged(Spoken):
    """A sealed part is not what was sealed. It has been left as it is, for its operator to see."""

    ja: ClassVar[str] = (
        "封緘された部分が、封緘したときの内容と一致しません。運用担当者の確認が必要です。"
    )


class Reading(NamedTuple, Generic[Row]):
    """Streams as they were when the log had come to ``head``."""

    head: int
    streams: Mapping[StreamId, Sequence[Row]]


class Cases(NamedTuple):
    """Whole cases as they were when the log had come to ``head``, each in the order of the log."""

    head: int
    events: Mapping[CaseId, Sequence[StoredEvent]]


class Moved(NamedTuple):
    """What has been written since: in whose names, and in which streams; ``None``: too much."""

    head: int
    since: Mapping[UUID, int] | None  # Of each, the last position.


class Read(NamedTuple):
    """Fence keys, and the position up to which was read what they stand for."""

    fences: Collection[str]
    read_to: int


class EventLog(Protocol):
    async def append(self, append: Append, lane: LaneName = "commands") -> Outcome:
        """Append for good, or say why not. Sent twice, it is done once."""
        ...

    async def read(self, *streams: StreamId) -> Reading[StoredEvent]:
        """Read whole streams, all at one moment."""
        ...

    async def recall(self, *streams: StreamId) -> Reading[Fact]:
        """The same, and of each event only its facts: a fraction of its bytes."""
        ...

    async def last(self, *streams: StreamId) -> Mapping[StreamId, StoredEvent | None]:
        """Of each stream its last event alone; ``None``: there is nothing."""
        ...

    async def of_cases(self, *cases: CaseId) -> Cases:
        """All that is said in a case's name, at one moment: of its own streams and of others."""
        ...

    async def moved(self, after: int) -> Moved:
        """In which cases and streams something was written after this position."""
        ...

    async def overtaken(self, reads: Sequence[Read]) -> AbstractSet[int]:
        """Which of these (from 0) read something that was stamped since."""
        ...

    async def disclosed(self, case: CaseId) -> Sequence[StoredEvent]:
        """What was let out of a case, in the order of the log."""
        ...

    async def cases_disclosed_to(self, agency: AgencyId) -> AbstractSet[CaseId]:
        """The cases of which anything was ever let out to an agency."""
        ...

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        """The next events in the order of the log: fewer if they are large, none at its head."""
        ...

    async def head(self) -> int:
        """The position of the last event."""
        ...


class StreamUnavailable(Spoken):
    """The event stream cannot be reached now. What is in the log will be on it later."""

    ja: ClassVar[str] = (
        "ただいま出来事の配信路に接続できません。記録済みの出来事は、後から配信されます。"
    )


class Overtaken(Exception):
    """The stream does not end where it was to be continued: somebody else was first."""


class Extent(NamedTuple):
    """From which message to which a stream reaches, and how many of them it still has."""

    first: int
    last: int
    kept: int


class Message(NamedTuple):
    type: str
    content: bytes


class EventStream(Protocol):
    """EVENTS: the log once more, on NATS. The sequence of a message is its event's position."""

    async def extent(self) -> Extent:
        """How far it reaches. Where there is no stream it is made."""
        ...

    async def continue_after(self, position: int, messages: Sequence[Message]) -> None:
        """Add each in its own place and nowhere else; ``Overtaken`` where the last is not taken."""
        ...

    async def message(self, position: int) -> bytes | None: ...

    def messages(self) -> AsyncIterator[tuple[int, bytes]]:
        """All there are now, in order, each with its position."""
        ...

    async def remove(self) -> None: ...


class Events(Protocol):
    """Events in the order of the log: the log itself is one, and so is EVENTS."""

    async def after(self, position: int, most: int) -> Sequence[StoredEvent]:
        """What follows; none at the end, where one may be waited for a while."""
        ...


# What is read, and what is being made beside it to take its place.
Edition: TypeAlias = Literal["live", "next"]


class Checkpoint(NamedTuple):
    """How far a list has come, under which definition, and whether it is to go on."""

    definition: str
    position: int
    state: Literal["running", "paused", "stopped"] = "running"


class Turn(Protocol[Key, ListRow]):
    """While it lasts nobody else changes this edition; what it writes is there whole, or not."""

    @property
    def checkpoint(self) -> Checkpoint | None: ...

    async def rows(self, keys: Collection[Key]) -> Mapping[Key, ListRow]: ...

    async def write(self, changes: Mapping[Key, ListRow | None], position: int) -> None:
        """The rows that change, and how far the list has come with them."""
        ...


class Views(Protocol):
    async def checkpoint(
        self, of: Projection[Key, ListRow], edition: Edition
    ) -> Checkpoint | None: ...

    def turn(
        self, of: Projection[Key, ListRow], edition: Edition
    ) -> AbstractAsyncContextManager[Turn[Key, ListRow]]: ...

    async def pass_on(
        self, of: Projection[Key, ListRow], edition: Edition, before: Checkpoint, then: Checkpoint
    ) -> bool:
        """A turn in which no row changes; whether it still stood there."""
        ...

    async def begin(self, of: Projection[Key, ListRow]) -> None:
        """Have a next edition under this definition: one that was begun, or an empty one."""
        ...

    async def swap(self, of: Projection[Key, ListRow]) -> None:
        """Let the next edition take the place of the live one, unless it has not come as far."""
        ...

    async def stop(
        self, of: Projection[Key, ListRow], edition: Edition, position: int, code: str
    ) -> None:
        """It cannot go past this position, unless somebody has in the meantime."""
        ...


SecretKey: TypeAlias = bytes
Keys: TypeAlias = Mapping[PersonId, SecretKey | None]  # None: destroyed.


class Keyring(Protocol):
    async def keys(self, persons: frozenset[PersonId]) -> Keys:
        """The keys of those who have one; ``None`` where it was destroyed."""
        ...

    async def make(self, person: PersonId) -> None:
        """Give the person a key, unless there is one: committed before anything is sealed."""
        ...


class SealedValue(NamedTuple):
    ciphertext: bytes
    sha256: str
    commitment: str


class Cipher(Protocol):
    """Field by field, for all that one event says of one person."""

    def sealer(
        self, key: SecretKey, event: UUID, person: PersonId
    ) -> Callable[[str, bytes], SealedValue]: ...

    def opener(
        self, key: SecretKey, event: UUID, person: PersonId
    ) -> Callable[[str, bytes], bytes]: ...


class Veil(Protocol):
    """Other names for ids, and texts that only we shall read again."""

    def veiled(self, key: SecretKey, id_: UUID) -> UUID:
        """Under each key every id has one other name, and every name one id."""
        ...

    def unveiled(self, key: SecretKey, name: UUID) -> UUID: ...

    def closed(self, key: SecretKey, text: bytes, bound: bytes) -> bytes: ...

    def opened(self, key: SecretKey, closed: bytes, bound: bytes) -> bytes | None:
        """``None``: it was not closed under this key, or not for this."""
        ...


class Erasing(Protocol):
    """What becomes of whose data is erased: the use of it is stopped with the decision already."""

    async def destroy(self, persons: frozenset[PersonId]) -> None:
        """Their keys: nothing that was sealed under them will ever be opened again."""
        ...


class Clock(Protocol):
    def now(self) -> datetime: ...


class ClockOfTheLog(Protocol):
    """By which clock the log records: the one on the wall, or a demo clock, and where it stands."""

    async def choose(self, demo_from: datetime | None) -> datetime | None:
        """Whoever is first chooses for all; told is where a demo clock stands, if it is one."""
        ...

    async def move(self, to: datetime) -> datetime | None:
        """Forwards, or not at all. Told is where it stands then; ``None``: there is none."""
        ...


class DemoTime(Clock, Protocol):
    """A clock that stands still until somebody moves it."""

    async def move(self, to: datetime) -> None:
        """Not past what is due before: that is for ``Passing``. Back, it does not move."""
        ...


class Passing(Protocol):
    async def pass_until(self, to: datetime) -> None:
        """Let time pass: what falls due on the way happens, each when it is due."""
        ...
