"""Roster (名簿): every agency and every network there is; what they are called, no list holds."""

from typing import Final

import msgspec

from domain.agency import (
    AgencyDeactivated,
    AgencyRegistered,
    AgencyRestored,
    AgencySucceeded,
    AgencySuspended,
    AgencyUpdated,
)
from domain.agency_codes import PROTECTIVE, AgencyKind, Prefecture
from domain.model import AgencyId, NetworkId, StreamId
from domain.network import NetworkEstablished
from projections.tables import Projection, Seen


class RosterRow(msgspec.Struct, frozen=True, kw_only=True):
    stream: StreamId
    agency: AgencyId
    since: int
    kind: AgencyKind
    prefecture: Prefecture | None
    is_private: bool
    publishes_name: bool
    is_active: bool = True
    # Whether everybody may be told its name: no place of protection, nor who wants no publicity.
    named: bool


class NetworkRow(msgspec.Struct, frozen=True, kw_only=True):
    network_id: NetworkId
    since: int


def _of_its_stream(seen: Seen) -> tuple[tuple[StreamId], ...]:
    return ((seen.header.stream,),)


def _agency(row: RosterRow | None, key: tuple[StreamId], seen: Seen) -> RosterRow | None:
    event = seen.event
    if isinstance(event, AgencyRegistered):
        return _named(
            RosterRow(
                stream=key[0],
                agency=event.agency_id,
                since=seen.position,
                kind=event.kind,
                prefecture=event.prefecture,
                is_private=event.sector == "PRIVATE",
                publishes_name=event.publish_name,
                named=False,
            )
        )
    if row is None:
        return None
    if isinstance(event, AgencyUpdated):
        private, publishes = row.is_private, row.publishes_name
        return _named(
            change(
                row,
                is_private=private if event.sector is None else event.sector == "PRIVATE",
                publishes_name=publishes if event.publish_name is None else event.publish_name,
            )
        )
    return change(row, is_active=isinstance(event, AgencyRestored))


def _named(row: RosterRow) -> RosterRow:
    named = row.publishes_name or not row.is_private
    return change(row, named=named and row.kind not in PROTECTIVE)


def _of_the_network(seen: Seen) -> tuple[tuple[NetworkId], ...]:
    assert isinstance(seen.event, NetworkEstablished)
    return ((seen.event.network_id,),)


def _network(row: NetworkRow | None, key: tuple[NetworkId], seen: Seen) -> NetworkRow:
    return row or NetworkRow(network_id=key[0], since=seen.position)


change = msgspec.structs.replace
AGENCY_ROSTER: Final = Projection[tuple[StreamId], RosterRow](
    name="agency_roster",
    row=RosterRow,
    key=("stream",),
    touches=_of_its_stream,
    evolve=_agency,
    wants=frozenset(
        {
            AgencyRegistered,
            AgencyUpdated,
            AgencySuspended,
            AgencyRestored,
            AgencySucceeded,
            AgencyDeactivated,
        }
    ),
    indexes=(("since", "agency"), ("prefecture", "since", "agency")),
)
NETWORKS: Final = Projection[tuple[NetworkId], NetworkRow](
    name="networks",
    row=NetworkRow,
    key=("network_id",),
    touches=_of_the_network,
    evolve=_network,
    wants=frozenset({NetworkEstablished}),
    indexes=(("since", "network_id"),),
)
