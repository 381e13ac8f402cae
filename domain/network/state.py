"""What is known of a network when something is decided about it, or under it."""

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

import msgspec

from domain.agency import HEADS, operates
from domain.model import AgencyId, Context, PostingId, StaffId
from domain.network_codes import MeetingMode, MembershipType, NetworkBasis, NetworkLevel
from domain.speech import Refused
from domain.text import Code
from domain.timers import DEFAULTS, Timers

NetworkStatus: TypeAlias = Literal["ESTABLISHED", "DISASTER_MODE", "DISSOLVED"]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    type: MembershipType = "MEMBER"
    is_practice_agency: bool = False  # 実務担当機関: its people attend practitioners' meetings.
    outside_city: bool = False


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Not law: what this network has set for itself."""

    version: Code
    meeting_mode: MeetingMode
    representatives_at_least: int | None = None  # Meetings in a fiscal year.
    representatives_at_most: int | None = None
    timers: Timers = DEFAULTS


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    recipients: frozenset[AgencyId]
    received: frozenset[AgencyId] = frozenset()


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    by: AgencyId
    confirmed: bool = False


class NoNetwork(msgspec.Struct, frozen=True):
    pass


class KnownNetwork(msgspec.Struct, frozen=True, kw_only=True):
    level: NetworkLevel
    basis: NetworkBasis
    implementing_body: AgencyId
    status: NetworkStatus = "ESTABLISHED"
    members: Mapping[AgencyId, Member] = {}
    coordinating: AgencyId | None = None
    coordinators: Mapping[StaffId, AgencyId] = {}
    rules: Rules | None = None
    rules_ever: frozenset[Code] = frozenset()
    directories: Mapping[Code, Directory] = {}
    postings: Mapping[PostingId, Posting] = {}

    @property
    def timers(self) -> Timers:
        return self.rules.timers if self.rules else DEFAULTS

    @property
    def disaster(self) -> bool:
        return self.status == "DISASTER_MODE"

    @property
    def dissolved(self) -> bool:
        return self.status == "DISSOLVED"


Network: TypeAlias = NoNetwork | KnownNetwork


class NetworkNotFound(Refused):
    """There is no such network here."""

    ja: ClassVar[str] = "該当するネットワークはありません。"


class NetworkIsDissolved(Refused):
    """This network has been dissolved."""

    ja: ClassVar[str] = "このネットワークは解散しています。"


class NotYourNetwork(Refused):
    """Only the operator, the implementing body or the coordinating agency may do this."""

    ja: ClassVar[str] = "この操作ができるのは、運営担当者、実施主体、調整機関だけです。"


class NotTheImplementingBody(Refused):
    """Only the operator may do this, or a head of the implementing body."""

    ja: ClassVar[str] = "この操作ができるのは、運営担当者か、実施主体の長または代表者だけです。"


class NotInTheNetwork(Refused):
    """This agency is no member of the network: let it join first."""

    ja: ClassVar[str] = (
        "この機関はネットワークの構成機関ではありません。先に参加の手続きをしてください。"
    )


class VersionAlreadyUsed(Refused):
    """This version is already taken: give the new one a version of its own."""

    ja: ClassVar[str] = "この版はすでに使われています。新しい版の番号を付けてください。"


def as_known(state: Network) -> KnownNetwork:
    if isinstance(state, NoNetwork):
        raise NetworkNotFound
    return state


def founds(operator: AgencyId, implementing_body: AgencyId, by: Context) -> bool:
    heads_it = by.agency == implementing_body and by.role in HEADS
    return heads_it or operates(operator, by)


def keeps(operator: AgencyId, network: KnownNetwork, by: Context) -> bool:
    """Who leads it: its founders, and the coordinating agency by its heads and coordinators."""
    coordinates = by.agency == network.coordinating and (
        by.role in HEADS or network.coordinators.get(by.staff) == by.agency
    )
    return coordinates or founds(operator, network.implementing_body, by)


def as_keeper(operator: AgencyId, network: KnownNetwork, by: Context) -> None:
    if not keeps(operator, network, by):
        raise NotYourNetwork


def as_founder(operator: AgencyId, network: KnownNetwork, by: Context) -> None:
    if not founds(operator, network.implementing_body, by):
        raise NotTheImplementingBody
