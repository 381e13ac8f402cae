"""The library's own cases hold for our recorder as for its own, on the same engine."""

import contextlib
import io
import unittest
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import eventsourcing.tests.persistence as es
import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
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

from adapters.engines import PostgresAccess
from adapters.postgres.recorder import LogRecorder

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
