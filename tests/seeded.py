"""Made-up lives as a log would hold them, without one: what was told, and what was said in it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from heapq import merge
from typing import Final, NamedTuple
from uuid import UUID

from adapters.crypto import KEY_BYTES, ChaChaCipher
from domain.catalogue import EVENTS
from domain.installation import INSTALLATION, found
from domain.model import (
    AgencyId,
    CommandId,
    Context,
    Event,
    EventId,
    PersonId,
    StaffId,
    StreamId,
    stream_of,
)
from domain.sharing import Told
from services.ports import Append, Fact, SecretKey, StoredEvent
from services.sealing import Origin, Place, Sealing, header_of
from services.seeding import REGIONS, Beginning, Deeds, Land, Seed
from tests.world import Entry

SPRING: Final = datetime(2024, 4, 1, tzinfo=UTC)
SEALING: Final = Sealing(EVENTS, ChaChaCipher())
OPERATOR: Final = AgencyId(UUID(int=1))


class Lived(NamedTuple):
    """What was appended when, by all regions, and the keys it takes to read it."""

    deeds: tuple[Deeds, ...]
    entries: tuple[Entry, ...]

    @property
    def appends(self) -> Iterator[Append]:
        return (append for deeds in self.deeds for append in deeds.appends)


@cache
def lived(seed: Seed) -> Lived:
    beginning = begun(seed)
    land = Land(beginning, SEALING)
    regions = [land.told_in(region) for region in range(len(REGIONS))]
    deeds = (land.founded, *merge(*regions, key=lambda each: each.at))
    keys = {**beginning.keys, **{p: key for each in deeds for p, key in each.keys.items()}}
    return Lived(deeds, tuple(_entries(deeds, keys)))


def begun(seed: Seed) -> Beginning:
    by = Context(
        agency=OPERATOR,
        staff=StaffId(UUID(int=2)),
        role="REPRESENTATIVE",
        at=SPRING,
        new_id=UUID(int=3),
    )
    installation, agency = found("運営担当", by, "DEMO")
    keys = {PersonId(OPERATOR): os.urandom(KEY_BYTES)}
    own = stream_of("agency", OPERATOR)
    return Beginning(
        seed=seed,
        at=SPRING,
        founded=(_fact(installation, INSTALLATION, by, keys),),
        operator=tuple(_fact(event, own, by, keys) for event in agency),
        secret=bytes(KEY_BYTES),
        keys=keys,
    )


def _fact(event: Event, stream: StreamId, by: Context, keys: dict[PersonId, SecretKey]) -> Fact:
    place = Place(stream=stream, key=OPERATOR, version=1, woman=PersonId(OPERATOR))
    command = CommandId(UUID(int=4))
    origin = Origin(by=by, occurred_at=by.at, correlation=command, command=command)
    new = SEALING.seal(event, UUID(int=5), place, origin, keys)
    return Fact(1, new.type, new.header[new.facts.at : new.facts.at + new.facts.size])


def _entries(deeds: tuple[Deeds, ...], keys: dict[PersonId, SecretKey]) -> Iterator[Entry]:
    position = 0
    for each in deeds:
        for new in (event for append in each.appends for event in append.events):
            position += 1
            stored = StoredEvent(
                position,
                new.stream,
                new.version,
                new.type,
                bytes(8) + new.header,
                new.parts,
                new.facts,
            )
            header = header_of(stored)
            (closed,) = SEALING.facts([Fact(position, new.type, stored.facts_said or b"")])
            told = Told(position, new.stream, header.agency, closed, EventId(header.id))
            said = SEALING.open(stored, keys).event
            yield Entry(told, header.parts, header.case, said, each.at, header.staff)
