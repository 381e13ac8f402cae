"""The library's recorder as it comes."""

from typing import Final
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from adapters.engines import PostgresAccess
from benchmarks.databases import Bench, grow_stock
from benchmarks.measuring import Sample, Side, by_threads

THREADS: Final = (1, 4, 16)
BEST: Final = f"stock recorder, best of {', '.join(map(str, THREADS))} threads"

# Less than half of what our header takes: the difference is the library's to keep.
STATE_BYTES: Final = 400
_STATE: Final = bytes(STATE_BYTES)


def side(threads: int) -> str:
    return f"stock recorder, {threads} thread{'s' if threads > 1 else ''}"


SIDES: Final = tuple(map(side, THREADS))


async def sides(bench: Bench, events: int, seconds: float) -> dict[str, Side]:
    """One event a call, each in a stream of its own, beside as many events as our log has."""
    access = await bench.empty_database()
    with _datastore(access, 1) as datastore:
        PostgresApplicationRecorder(datastore).create_table()
    await grow_stock(access, events, STATE_BYTES)

    def recording(threads: int) -> Side:
        async def record() -> Sample:
            with _datastore(access, threads) as datastore:
                recorder = PostgresApplicationRecorder(datastore)
                return await by_threads(threads, seconds, lambda: _record_one(recorder))

        return record

    return {side(threads): recording(threads) for threads in THREADS}


def _record_one(recorder: PostgresApplicationRecorder) -> None:
    recorder.insert_events([StoredEvent(uuid4(), 1, "notebook:NoteTaken", _STATE)])


def _datastore(access: PostgresAccess, connections: int) -> PostgresDatastore:
    to = login(access)
    return PostgresDatastore(
        to["dbname"], to["host"], to["port"], to["user"], to["password"], pool_size=connections
    )


def login(access: PostgresAccess) -> dict[str, str]:
    return {name: str(value) for name, value in conninfo_to_dict(access.owner).items()}
