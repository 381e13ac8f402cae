"""Directory (社会資源の一覧): an agency as it has described itself, folded from its own stream.

Of its words only those are open that stand in the public category.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Final

import msgspec

from domain import agency as agencies
from domain.agency import (
    AgencyEvent,
    AgencyRegistered,
    AgencyUpdated,
    ConsultationWindowSet,
    KnownAgency,
)
from domain.agency_codes import PROTECTIVE, Municipality
from domain.model import Event, Guarded, Sealed
from domain.text import Line
from projections.closed import if_seen, latest


class AgencyCard(Guarded, frozen=True, kw_only=True):
    known: KnownAgency
    name: Sealed[Line] | None = None
    municipality: Sealed[Municipality] | None = None
    window: ConsultationWindowSet | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be called at or written to at all."""
        return self.window is not None and bool(self.window.channels)

    @property
    def is_protective(self) -> bool:
        return self.known.kind in PROTECTIVE

    @property
    def is_named(self) -> bool:
        """To everybody."""
        return self.known.named_in_public and not self.is_protective


def project(events: Iterable[Event]) -> AgencyCard | None:
    """``None``: it was never registered."""
    return reduce(evolve, events, None)


def evolve(card: AgencyCard | None, event: Event) -> AgencyCard | None:
    if not isinstance(event, AgencyEvent):
        return card
    if isinstance(event, AgencyRegistered):
        known = agencies.evolve(agencies.NO_AGENCY, event)
        assert isinstance(known, KnownAgency)
        return AgencyCard(
            known=known, name=if_seen(event.name), municipality=if_seen(event.municipality)
        )
    if card is None:
        return None
    known = agencies.evolve(card.known, event)
    assert isinstance(known, KnownAgency)
    match event:
        case AgencyUpdated():
            return change(
                card,
                known=known,
                name=latest(event.name, card.name),
                municipality=latest(event.municipality, card.municipality),
            )
        case ConsultationWindowSet():
            return change(card, known=known, window=event)
        case _:
            return change(card, known=known)


change = msgspec.structs.replace
# Whose words are opened; of the others only that they happened.
SPOKEN: Final[frozenset[type[Event]]] = frozenset(
    {AgencyRegistered, AgencyUpdated, ConsultationWindowSet}
)
