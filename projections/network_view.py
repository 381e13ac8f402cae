"""Network view: a network as it has described itself, folded from its own stream."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from typing import NamedTuple

import msgspec

from domain import network as networks
from domain.agency_codes import Prefecture
from domain.model import AgencyId, Event, Guarded, Sealed, StaffId
from domain.network import (
    NO_NETWORK,
    CoordinatorAppointed,
    KnownNetwork,
    MemberJoined,
    MemberLeft,
    NetworkEstablished,
    NetworkEvent,
)
from domain.network_codes import CoordinatorQualification
from domain.text import Line
from projections.closed import if_seen


class Announced(NamedTuple):
    """An event of a network, where it stands in the log, and when it happened."""

    position: int
    at: datetime
    event: Event


class NetworkView(Guarded, frozen=True, kw_only=True):
    known: KnownNetwork
    name: Sealed[Line] | None = None
    area: Sealed[Line] | None = None
    prefecture: Prefecture | None = None
    established_on: date | None = None
    joined: Mapping[AgencyId, int] = {}  # Since when each is in it, whatever it has become since.
    qualifications: Mapping[StaffId, Sealed[CoordinatorQualification]] = {}


def project(announced: Iterable[Announced]) -> NetworkView | None:
    """``None``: it was never founded."""
    return reduce(evolve, announced, None)


def evolve(view: NetworkView | None, announced: Announced) -> NetworkView | None:
    event = announced.event
    assert isinstance(event, NetworkEvent)
    known = networks.evolve(NO_NETWORK if view is None else view.known, event)
    assert isinstance(known, KnownNetwork)
    view = NetworkView(known=known) if view is None else change(view, known=known)
    match event:
        case NetworkEstablished():
            return change(
                view,
                name=if_seen(event.name),
                area=if_seen(event.area),
                prefecture=event.prefecture,
                established_on=event.on,
            )
        case MemberJoined(agency_id=agency):
            return change(view, joined={agency: announced.position, **view.joined})
        case MemberLeft(agency_id=left):
            joined = {agency: since for agency, since in view.joined.items() if agency != left}
            return change(view, joined=joined)
        case CoordinatorAppointed(staff_id=staff, qualification=qualification):
            qualifications = {**view.qualifications, staff: qualification}
            return change(view, qualifications=qualifications)
        case _:
            return view


change = msgspec.structs.replace
