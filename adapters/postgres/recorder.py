"""The library's recorder on our log: a thin synchronous face over the asynchronous core."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
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

from adapters.postgres.event_log import PostgresEventLog
from domain.model import AgencyId, CommandId, StreamId
from domain.speech import Spoken
from services.ports import Append, Followed, NewEvent, Outcome, Part

T = TypeVar("T")

# What the library appends is the installation's own; each call has an id, so that a call whose
# answer was lost can be made again.
_OWN: Final = AgencyId(UUID(int=0))
_MOST: Final = 2**62

_EVENTS_UP: Final = """
select stream, version, type, substr(entry, 9) from log.event
where stream = %s and version > %s and version <= %s order by version limit %s
"""
_EVENTS_DOWN: Final = """
select stream, version, type, substr(entry, 9) from log.event
where stream = %s and version > %s and version <= %s order by version desc limit %s
"""
_NOTIFICATIONS: Final = """
select stream, version, type, substr(entry, 9), position from log.event
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

    parts: tuple[Part, ...] = ()


class LogRecorder(ProcessRecorder):
    def __init__(self, conninfo: str) -> None:
        self.conninfo: Final = conninfo
        self._loop: Final = asyncio.new_event_loop()
        self._thread: Final = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._log: Final = PostgresEventLog(conninfo, readers=1)
        self._local: Final = threading.local()
        self._readers: Final[list[psycopg.Connection[TupleRow]]] = []

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
        self._run(self._log.close())
        for reader in self._readers:
            reader.close()
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
        found = self._reader.execute(_EVENTS_DOWN if desc else _EVENTS_UP, arguments)
        return [StoredEvent(*row) for row in found]

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
        return [Notification(*row) for row in self._reader.execute(_NOTIFICATIONS, arguments)]

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
        return [position for (position,) in self._reader.execute(_POSITIONS, arguments)]

    def _one(self, query: LiteralString, *arguments: object) -> int | None:
        row = self._reader.execute(query, arguments).fetchone()
        return row[0] if row else None

    @property
    def _reader(self) -> psycopg.Connection[TupleRow]:
        """One connection a thread, made again when it was lost."""
        reader: psycopg.Connection[TupleRow] | None = getattr(self._local, "reader", None)
        if reader is None or reader.closed:
            reader = psycopg.connect(self.conninfo, autocommit=True)
            self._local.reader = reader
            self._readers.append(reader)
        return reader

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class LogSubscription(ListenNotifySubscription[LogRecorder]):
    """Woken by the log's own notification; what is read is always the log."""

    def __init__(self, recorder: LogRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._listener: Final = psycopg.connect(recorder.conninfo, autocommit=True)
        self._listener.execute("listen tsunagu_log")
        self._listening: Final = threading.Thread(target=self._listen)
        self._listening.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        super().__exit__(*args, **kwargs)
        self._listening.join()
        self._listener.close()

    def _listen(self) -> None:
        self._has_been_notified.set()  # For what came before we listened.
        while not self._has_been_stopped:
            for _ in self._listener.notifies(timeout=0.2, stop_after=1):
                self._has_been_notified.set()


def _new_event(event: StoredEvent) -> NewEvent:
    assert isinstance(event.originator_id, UUID)
    return NewEvent(
        stream=StreamId(event.originator_id),
        version=event.originator_version,
        type=event.topic,
        header=event.state,
        parts=event.parts if isinstance(event, SealedEvent) else (),
    )
