"""The library's recorder on our log: a thin synchronous face over the asynchronous core."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from queue import LifoQueue
from types import TracebackType
from typing import Any, Final, LiteralString, Self, TypeVar
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import (
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Tracking,
)
from psycopg.rows import TupleRow

from adapters.postgres.event_log import PostgresEventLog, unpacked
from domain.model import AgencyId, CommandId, StreamId
from domain.speech import Spoken
from services.ports import NO_PARTS, Append, Followed, NewEvent, Outcome, Parts, Span

T = TypeVar("T")

# What the library appends is the installation's own; each call has an id, so that a call whose
# answer was lost can be made again.
_OWN: Final = AgencyId(UUID(int=0))
_MOST: Final = 2**62
_READERS: Final = 4
_LISTEN_AGAIN_AFTER_S: Final = 0.2

_OF_STREAM: Final = (
    "select stream, version, type, substr(entry, 9), parts from log.event"
    " where stream = %s and version > %s and version <= %s order by version"
)
_EVENTS_UP: Final = _OF_STREAM + " limit %s"
_EVENTS_DOWN: Final = _OF_STREAM + " desc limit %s"
_NOTIFICATIONS: Final = """
select stream, version, type, substr(entry, 9), position, parts from log.event
where position >= %s and position <= %s and (%s::text[] = '{}' or type = any(%s))
order by position limit %s
"""
_POSITIONS: Final = """
select e.position from unnest(%s::uuid[], %s::bigint[]) with ordinality wanted(stream, version, nth)
join log.event e on e.stream = wanted.stream and e.version = wanted.version order by wanted.nth
"""


@dataclass(frozen=True)
class SealedEvent(StoredEvent):
    """``state`` is the header, opaque to the recorder; the parts stand beside it."""

    parts: Parts = field(default_factory=dict[str, bytes])
    # Said once, never read back.
    stamps: tuple[str, ...] = field(default=(), compare=False)
    facts: Span = field(default=Span(0, 0), compare=False)


@dataclass(frozen=True)
class SealedNotification(Notification):
    parts: Parts = field(default_factory=dict[str, bytes])


class LogRecorder(ProcessRecorder):
    def __init__(self, conninfo: str) -> None:
        self.conninfo: Final = conninfo
        self._loop: Final = asyncio.new_event_loop()
        self._thread: Final = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._log: Final = PostgresEventLog(conninfo)
        self._closed = False
        self._readers: Final[LifoQueue[psycopg.Connection[TupleRow] | None]] = LifoQueue()
        for _ in range(_READERS):
            self._readers.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._closed = True
        for reader in [self._readers.get() for _ in range(_READERS)]:
            if reader:
                reader.close()
            self._readers.put(None)
        self._run(self._log.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> list[int] | None:
        tracking: Tracking | None = kwargs.get("tracking")
        if not stored_events and tracking is None:
            return None
        outcome = self._append(tuple(map(_new_event, stored_events)), tracking)
        if outcome.verdict == "repeated":  # It had been appended, and the answer lost.
            return self._positions(stored_events)
        return list(outcome.positions)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        arguments = (originator_id, -1 if gt is None else gt, _MOST if lte is None else lte, limit)
        query = _EVENTS_DOWN if desc else _EVENTS_UP
        return [_event(*row) for row in self._rows(query, arguments)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        first = 1 if start is None else start if inclusive_of_start else start + 1
        last = _MOST if stop is None else stop
        arguments = (first, last, list(topics), list(topics), limit)
        return [_notification(*row) for row in self._rows(_NOTIFICATIONS, arguments)]

    def max_notification_id(self) -> int | None:
        return self._one("select max(position) from log.event")

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "LogSubscription":
        return LogSubscription(self, gt, topics)

    def insert_tracking(self, tracking: Tracking) -> None:
        self._append((), tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        return self._one("select position from log.tracking where name = %s", application_name)

    def _append(self, events: tuple[NewEvent, ...], tracking: Tracking | None) -> Outcome:
        append = Append(
            agency=_OWN,
            command=CommandId(uuid4()),
            body=b"",
            answer=b"",
            events=events,
            follower=(
                Followed(tracking.application_name, tracking.notification_id) if tracking else None
            ),
        )
        try:
            outcome = self._run(self._log.append(append))
        except Spoken as error:
            raise OperationalError(error.code) from error
        if outcome.verdict not in ("appended", "repeated"):
            raise IntegrityError(outcome.verdict)
        return outcome

    def _positions(self, events: Sequence[StoredEvent]) -> list[int]:
        arguments = (
            [event.originator_id for event in events],
            [event.originator_version for event in events],
        )
        return [position for (position,) in self._rows(_POSITIONS, arguments)]

    def _one(self, query: LiteralString, *arguments: object) -> int | None:
        rows = self._rows(query, arguments)
        return rows[0][0] if rows else None

    def _rows(self, query: LiteralString, arguments: Sequence[object]) -> list[TupleRow]:
        try:
            return self._asked(query, arguments)
        except psycopg.OperationalError:  # What reads may ask again, over a new connection.
            try:
                return self._asked(query, arguments)
            except psycopg.OperationalError as error:
                raise OperationalError(str(error)) from error

    def _asked(self, query: LiteralString, arguments: Sequence[object]) -> list[TupleRow]:
        reader = self._readers.get()
        try:
            if self._closed:
                message = "the recorder is closed"
                raise OperationalError(message)
            if reader is None or reader.closed:
                reader = psycopg.connect(self.conninfo, autocommit=True)
            return reader.execute(query, arguments).fetchall()
        finally:
            self._readers.put(reader)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class LogSubscription(ListenNotifySubscription[LogRecorder]):
    """Woken by the log's own notification; what is read is always the log."""

    def __init__(self, recorder: LogRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._conninfo: Final = recorder.conninfo
        self._listening: Final = threading.Thread(target=self._keep_listening)
        self._listening.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        super().__exit__(*args, **kwargs)
        self._listening.join()

    def _keep_listening(self) -> None:
        while not self._has_been_stopped:
            try:
                self._listen()
            except psycopg.OperationalError:
                time.sleep(_LISTEN_AGAIN_AFTER_S)

    def _listen(self) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as listener:
            listener.execute("listen tsunagu_log")
            self._has_been_notified.set()  # For what came before we listened.
            while not self._has_been_stopped:
                for _ in listener.notifies(timeout=0.2, stop_after=1):
                    self._has_been_notified.set()


def parts_of(event: StoredEvent) -> Parts:
    return event.parts if isinstance(event, SealedEvent | SealedNotification) else NO_PARTS


def _event(
    stream: UUID, version: int, topic: str, header: bytes, parts: bytes | None
) -> StoredEvent:
    if parts is None:
        return StoredEvent(stream, version, topic, header)
    return SealedEvent(stream, version, topic, header, unpacked(parts))


def _notification(  # noqa: PLR0913, PLR0917 (a row)
    stream: UUID, version: int, topic: str, header: bytes, position: int, parts: bytes | None
) -> Notification:
    if parts is None:
        return Notification(stream, version, topic, header, position)
    return SealedNotification(stream, version, topic, header, position, unpacked(parts))


def _new_event(event: StoredEvent) -> NewEvent:
    assert isinstance(event.originator_id, UUID)
    return NewEvent(
        stream=StreamId(event.originator_id),
        version=event.originator_version,
        type=event.topic,
        header=event.state,
        parts=parts_of(event),
        stamps=event.stamps if isinstance(event, SealedEvent) else (),
        facts=event.facts if isinstance(event, SealedEvent) else Span(0, 0),
    )
