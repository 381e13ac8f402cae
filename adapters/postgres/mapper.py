"""The library's mapper on our sealing: what its event store keeps is a clear header and parts.

The topic of an event is its tag, never a path in Python: the catalogue says which type it is.
"""

from typing import Final
from uuid import UUID

from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    Notification,
    StoredEvent,
)

from adapters.postgres.recorder import SealedEvent, parts_of
from domain.model import Event, Guarded, StreamId
from services import ports
from services.ports import Keys, NewEvent
from services.sealing import Sealing


class Happened(Guarded, frozen=True, kw_only=True):
    """An event, and how it stands sealed in its place: what the library passes around."""

    event: Event
    sealed: NewEvent

    @property
    def originator_id(self) -> UUID:
        return self.sealed.stream

    @property
    def originator_version(self) -> int:
        return self.sealed.version


class SealingMapper(Mapper[UUID]):
    """``keys`` open what is read; whoever has none reads every part closed."""

    def __init__(self, sealing: Sealing, keys: Keys) -> None:
        super().__init__(JSONTranscoder())  # Never asked: the sealing has a form of its own.
        self._sealing: Final = sealing
        self._keys: Final = keys

    def to_stored_event(self, domain_event: object) -> StoredEvent:
        assert isinstance(domain_event, Happened)
        sealed = domain_event.sealed
        return SealedEvent(
            originator_id=sealed.stream,
            originator_version=sealed.version,
            topic=sealed.type,
            state=sealed.header,
            parts=sealed.parts,
            stamps=sealed.stamps,
            facts=sealed.facts,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Happened:
        assert isinstance(stored_event.originator_id, UUID)
        sealed = NewEvent(
            stream=StreamId(stored_event.originator_id),
            version=stored_event.originator_version,
            type=stored_event.topic,
            header=stored_event.state,
            parts=parts_of(stored_event),
        )
        stored = ports.StoredEvent(
            position=stored_event.id if isinstance(stored_event, Notification) else 0,
            stream=sealed.stream,
            version=sealed.version,
            type=sealed.type,
            entry=_UNTIMED + sealed.header,
            parts=sealed.parts,
        )
        return Happened(event=self._sealing.open(stored, self._keys).event, sealed=sealed)


# The library's recorders tell what was kept, and not when.
_UNTIMED: Final = bytes(8)
