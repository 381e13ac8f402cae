"""Roster and directory (名簿・社会資源の一覧): who is there for what, and in which network.

A place of protection is never named, and neither is a private body that has not agreed to it but
among the members of its own network: of these it is told how many there are, of which kind.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from contracts.envelope import AgencyShown
from domain.agency_codes import AgencyKind, Municipality, Prefecture
from domain.codes import Channel, Language
from domain.model import AgencyId, Guarded, NetworkId, Sealed, StaffId
from domain.network import NetworkStatus
from domain.network_codes import (
    CoordinatorQualification,
    MembershipType,
    NetworkBasis,
    NetworkLevel,
)
from domain.support_codes import ServiceCode, ServiceField
from domain.text import Line

NetworkDay: TypeAlias = Literal["established_on"]


class ServiceShown(msgspec.Struct, frozen=True):
    service: ServiceCode
    field: ServiceField


class WindowShown(Guarded, frozen=True, kw_only=True):
    channels: tuple[Channel, ...]
    hours: Sealed[tuple[Line, ...]]
    languages: tuple[Language, ...]


class DirectoryEntry(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    agency: AgencyId
    name: Sealed[Line] | None = None
    kind: AgencyKind
    functions: tuple[AgencyKind, ...] = ()
    prefecture: Prefecture | None = None
    municipality: Sealed[Municipality] | None = None
    services: tuple[ServiceShown, ...] = ()
    window: WindowShown | None = None


class Counted(msgspec.Struct, frozen=True):
    kind: AgencyKind
    agencies: int


class Unnamed(msgspec.Struct, frozen=True):
    """Who is there as well, without a name."""

    counts: tuple[Counted, ...]


class WindowGaps(msgspec.Struct, frozen=True):
    """Municipalities of a prefecture in which no agency keeps a consultation window."""

    prefecture: Prefecture
    municipalities: tuple[Municipality, ...]


class NetworkLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``membership``: of the agency that reads, if it is in it."""

    network: NetworkId
    name: Sealed[Line] | None = None
    level: NetworkLevel
    basis: NetworkBasis
    prefecture: Prefecture | None = None
    area: Sealed[Line] | None = None
    status: NetworkStatus
    established_on: date | None = None
    implementing_body: AgencyShown
    coordinating: AgencyShown | None = None
    membership: MembershipType | None = None
    wareki: Mapping[NetworkDay, Line] = {}


class CoordinatorShown(Guarded, frozen=True, kw_only=True):
    staff: StaffId
    qualification: Sealed[CoordinatorQualification]


class MemberLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``coordinators`` are for the members of the network alone."""

    agency: DirectoryEntry
    membership: MembershipType
    is_practice_agency: bool = False
    outside_city: bool = False
    is_coordinating: bool = False
    coordinators: tuple[CoordinatorShown, ...] = ()
