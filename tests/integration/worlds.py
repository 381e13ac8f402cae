"""A world that was played in memory, put into a log on the real engines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final
from uuid import uuid4

from domain.model import CommandId, Context, StreamId
from services.keys import keys_of
from services.ports import Append, EventLog, Keyring, Keys, NewEvent
from services.sealing import Origin, Place, Sealing, persons_of
from tests.sealed import owner_of
from tests.world import Entry, World

AT_ONCE: Final = 100


async def recorded(world: World, log: EventLog, keyring: Keyring, sealing: Sealing) -> None:
    """All of it, in its order; whoever recorded it then has recorded it here."""
    versions = Counter[StreamId]()
    for batch in _batches(world.log):
        persons = frozenset(p for e in batch for p in persons_of(e.said, owner_of(e)))
        keys = await keys_of(keyring, persons)
        outcome = await log.append(
            Append(
                agency=batch[0].told.agency,
                command=CommandId(uuid4()),
                body=b"",
                answer=b"{}",
                events=tuple(_sealed(entry, versions, sealing, keys) for entry in batch),
            )
        )
        assert outcome.verdict == "appended"


def _batches(log: Iterable[Entry]) -> Iterator[list[Entry]]:
    for _, together in groupby(enumerate(log), key=lambda each: each[0] // AT_ONCE):
        yield [entry for _, entry in together]


def _sealed(entry: Entry, versions: Counter[StreamId], sealing: Sealing, keys: Keys) -> NewEvent:
    told, owner = entry.told, owner_of(entry)
    versions[told.stream] += 1
    by = Context(
        agency=told.agency, staff=entry.staff, role="CASEWORKER", at=entry.at, new_id=told.id
    )
    return sealing.seal(
        entry.said,
        told.id,
        Place(
            stream=told.stream,
            key=entry.case or owner,
            version=versions[told.stream],
            woman=owner,
            case=entry.case,
        ),
        Origin(by=by, occurred_at=entry.at, correlation=told.id, command=CommandId(told.id)),
        keys,
    )
