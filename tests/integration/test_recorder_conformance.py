"""The library's own cases hold for our recorder as for its own, on the same engine."""

import asyncio
import contextlib
import io
import time
import unittest
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import Annotated, Any, Final

import eventsourcing.tests.persistence as es
import psycopg
import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    EventStore,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    TrackingRecorder,
)
from eventsourcing.postgres import (
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresProcessRecorder,
    PostgresTrackingRecorder,
)
from psycopg.conninfo import conninfo_to_dict

from adapters.crypto import ChaChaCipher
from adapters.engines import PostgresAccess
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.mapper import Happened, SealingMapper
from adapters.postgres.recorder import LogRecorder, SealedEvent, SealedNotification
from domain.categories import IDN, NAR, SVC
from domain.fields import Catalogue
from domain.model import CLOSED, CommandId, Event, PersonId, Sealed, StreamId
from domain.text import FreeText, Line
from services.sealing import Origin, Place, Sealing
from tests.spec import CITY, NOW, an_id

Make = Callable[[], PostgresAccess]


class OnAnEngine(unittest.TestCase):
    make_database: Make

    @pytest.fixture(autouse=True)
    def _engine(self, make_database: Make) -> Iterator[None]:
        self.make_database = make_database
        with contextlib.redirect_stdout(io.StringIO()):  # The cases print what they measure.
            yield


class Ours(OnAnEngine):
    def create_recorder(self) -> LogRecorder:
        recorder = LogRecorder(self.make_database().app)
        self.addCleanup(recorder.close)
        return recorder


class Stock(OnAnEngine):
    """The library's recorder, as the control: what it may not do, ours need not."""

    def datastore(self) -> PostgresDatastore:
        login = conninfo_to_dict(self.make_database().owner)
        datastore = PostgresDatastore(
            *(str(login[name]) for name in ("dbname", "host", "port", "user", "password")),
            pool_size=5,  # As the library sets it.
            max_overflow=10,
        )
        self.addCleanup(datastore.close)
        return datastore


class SaysNoPositions(LogRecorder):
    """An aggregate's recorder does not number what it keeps."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class TestAggregates(Ours, es.AggregateRecorderTestCase):
    def create_recorder(self) -> LogRecorder:
        recorder = SaysNoPositions(self.make_database().app)
        self.addCleanup(recorder.close)
        return recorder


class TestApplications(Ours, es.ApplicationRecorderTestCase[LogRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestProcesses(Ours, es.ProcessRecorderTestCase):
    pass


class TestTracking(Ours, es.TrackingRecorderTestCase):
    pass


class TestPositionsOfOneAppend(Ours, es.NonInterleavingNotificationIDsBaseCase):
    pass


class TestStockApplications(Stock, es.ApplicationRecorderTestCase[PostgresApplicationRecorder]):
    def create_recorder(self) -> PostgresApplicationRecorder:
        recorder = PostgresApplicationRecorder(self.datastore())
        recorder.create_table()
        return recorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestStockProcesses(Stock, es.ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        recorder = PostgresProcessRecorder(self.datastore())
        recorder.create_table()
        return recorder


class TestStockTracking(Stock, es.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        recorder = PostgresTrackingRecorder(self.datastore())
        recorder.create_table()
        return recorder


INTERFACES: Final = (AggregateRecorder, ApplicationRecorder, TrackingRecorder, ProcessRecorder)


@pytest.mark.parametrize("interface", INTERFACES)
def test_ours_is_each_of_the_librarys_recorders(interface: type) -> None:
    assert issubclass(LogRecorder, interface)


# What the library's cases do not ask


class Noted(Event, frozen=True, kw_only=True, tag="test.noted.v1"):
    at_the_door: Annotated[bool, SVC]
    words: Annotated[Sealed[FreeText], NAR]
    told_by: Annotated[Sealed[Line | None], IDN]


SEALING: Final = Sealing(Catalogue((Noted,)), ChaChaCipher())
HANAKO: Final = PersonId(an_id(80))
KEYS: Final = {HANAKO: bytes(range(32))}
STREAM: Final = StreamId(an_id(81))
NOTED: Final = Noted(at_the_door=True, words="雨の中を来所", told_by="妹")


def happened(version: int, event: Noted = NOTED) -> Happened:
    place = Place(stream=STREAM, key=an_id(82), version=version, woman=HANAKO)
    origin = Origin(by=CITY, occurred_at=NOW, correlation=an_id(83), command=CommandId(an_id(84)))
    return Happened(event=event, sealed=SEALING.seal(event, an_id(85), place, origin, KEYS))


def plain(version: int) -> StoredEvent:
    return StoredEvent(STREAM, version, "test.plain.v1", b"{}")


@pytest.fixture
def recorder(database: PostgresAccess) -> Iterator[LogRecorder]:
    with LogRecorder(database.app) as recorder:
        yield recorder


def count_of(database: PostgresAccess, what: str) -> int:
    with psycopg.connect(database.owner) as owner:
        row = owner.execute(what.encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_an_event_put_through_the_librarys_store_comes_back_opened(recorder: LogRecorder) -> None:
    store = EventStore(SealingMapper(SEALING, KEYS), recorder)
    store.put([happened(1), happened(2)])
    read = [each for each in store.get(STREAM) if isinstance(each, Happened)]
    assert [(each.originator_id, each.originator_version) for each in read] == [
        (STREAM, 1),
        (STREAM, 2),
    ]
    assert [each.event for each in read] == [NOTED, NOTED]
    topics = {each.topic for each in recorder.select_events(STREAM)}
    assert topics == {"test.noted.v1"}


def test_without_keys_the_store_tells_facts_and_no_words(recorder: LogRecorder) -> None:
    EventStore(SealingMapper(SEALING, KEYS), recorder).put([happened(1)])
    (read,) = EventStore(SealingMapper(SEALING, {}), recorder).get(STREAM)
    assert isinstance(read, Happened)
    assert read.event == Noted(at_the_door=True, words=CLOSED, told_by=CLOSED)
    assert "雨" not in repr(happened(1))


def test_sealed_parts_are_read_back_where_there_are_any(recorder: LogRecorder) -> None:
    sealed = SealedEvent(STREAM, 1, "test.noted.v1", b"{}", {"a": b"1", "b": b"2"})
    recorder.insert_events([sealed, plain(2)])
    assert recorder.select_events(STREAM) == [sealed, plain(2)]
    assert recorder.select_events(STREAM, desc=True) == [plain(2), sealed]
    assert recorder.select_notifications(1, 10) == [
        SealedNotification(STREAM, 1, "test.noted.v1", b"{}", 1, sealed.parts),
        Notification(STREAM, 2, "test.plain.v1", b"{}", 2),
    ]


def test_what_the_library_put_is_recalled_to_decide(
    recorder: LogRecorder, database: PostgresAccess
) -> None:
    EventStore(SealingMapper(SEALING, KEYS), recorder).put([happened(1)])

    async def recalled() -> list[Event]:
        async with PostgresEventLog(database.app) as log:
            return list(SEALING.facts((await log.recall(STREAM)).streams[STREAM]))

    assert asyncio.run(recalled()) == [Noted(at_the_door=True, words=CLOSED, told_by=CLOSED)]


def test_an_event_that_narrows_stamps_through_the_library_too(
    recorder: LogRecorder, database: PostgresAccess
) -> None:
    recorder.insert_events([SealedEvent(STREAM, 1, "test.noted.v1", b"{}", stamps=("case:1",))])
    assert count_of(database, "select count(*) from log.fence where key = 'case:1'") == 1


def test_many_threads_share_a_few_connections(
    recorder: LogRecorder, database: PostgresAccess
) -> None:
    recorder.insert_events([plain(1)])
    before = count_of(database, OPEN)
    for _ in range(3):
        with ThreadPoolExecutor(20) as threads:
            reads = [threads.submit(recorder.select_events, STREAM) for _ in range(60)]
        assert [read.result() for read in reads] == [[plain(1)]] * 60
    assert count_of(database, OPEN) - before <= 4


def test_a_read_survives_the_loss_of_its_connection(
    recorder: LogRecorder, database: PostgresAccess
) -> None:
    recorder.insert_events([plain(1)])
    assert recorder.select_events(STREAM) == [plain(1)]
    end(database, "query like '%from log.event where stream%'")
    assert recorder.select_events(STREAM) == [plain(1)]


def test_a_closed_recorder_says_so(database: PostgresAccess) -> None:
    recorder = LogRecorder(database.app)
    recorder.close()
    with pytest.raises(OperationalError):
        recorder.select_events(STREAM)


def test_a_subscription_that_lost_its_listener_listens_again(
    recorder: LogRecorder, database: PostgresAccess
) -> None:
    with recorder.subscribe() as subscription:
        watch = Timer(20, subscription.stop)
        watch.start()
        for version in (1, 2, 3):
            wait_for(database, f"{OPEN} and query = 'listen tsunagu_log'")
            recorder.insert_events([plain(version)])
            assert next(subscription).originator_version == version
            end(database, "query = 'listen tsunagu_log'")
        watch.cancel()


OPEN: Final = "select count(*) from pg_stat_activity where datname = current_database()"


def end(database: PostgresAccess, which: str) -> None:
    """As an engine that restarts, or an administrator, may."""
    ended = count_of(
        database,
        "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity"
        f" where datname = current_database() and pid <> pg_backend_pid() and {which}",
    )
    assert ended == 1


def wait_for(database: PostgresAccess, what: str) -> None:
    deadline = time.monotonic() + 10
    while not count_of(database, what):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
