"""Organising (設置・運営): a network is founded, takes members in, and is led by one of them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, TypeAlias, assert_never

from msgspec import Meta
from msgspec.structs import replace

from domain.agency import HEADS, KnownAgency, StaffNotKnown, check_pledged, enrolled
from domain.agency_codes import Prefecture
from domain.calendar import date_in_japan
from domain.categories import ENV, PUB, STF, Category
from domain.model import (
    AgencyId,
    Command,
    Context,
    Count,
    Event,
    NetworkId,
    Sealed,
    StaffId,
    Stamp,
)
from domain.network.state import (
    KnownNetwork,
    Member,
    NotInTheNetwork,
    NotTheImplementingBody,
    NotYourNetwork,
    Rules,
    VersionAlreadyUsed,
    as_founder,
    as_keeper,
    founds,
    keeps,
)
from domain.network_codes import (
    CoordinatorQualification,
    MeetingMode,
    MembershipType,
    NetworkBasis,
    NetworkLevel,
)
from domain.speech import Refused
from domain.text import Code, Line
from domain.timers import Months, TimerRules, Timers

# Said to everybody, and yet words: they stand sealed, under a key of the network's own.
Clauses: TypeAlias = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=30)]


class NetworkEstablished(Event, frozen=True, kw_only=True, tag="network.established.v1"):
    primary: ClassVar[Category] = PUB
    makes: ClassVar[str | None] = "network_id"

    network_id: Annotated[NetworkId, ENV]
    name: Annotated[Sealed[Line], PUB]
    level: Annotated[NetworkLevel, PUB]
    basis: Annotated[NetworkBasis, PUB]
    prefecture: Annotated[Prefecture, PUB]
    area: Annotated[Sealed[Line], PUB]
    implementing_body: Annotated[AgencyId, PUB]
    on: Annotated[date, PUB]


class RulesAdopted(Event, frozen=True, kw_only=True, tag="network.rules_adopted.v1"):
    primary: ClassVar[Category] = PUB
    version: Annotated[Code, PUB]
    meeting_mode: Annotated[MeetingMode, PUB]
    representatives_at_least: Annotated[Count | None, PUB] = None
    representatives_at_most: Annotated[Count | None, PUB] = None
    review_interval_months: Annotated[Months, PUB]
    timers: Annotated[TimerRules | None, PUB] = None
    confidentiality_clause: Annotated[Sealed[Clauses], PUB]
    purpose_of_sharing: Annotated[Sealed[Clauses], PUB]


class MemberJoined(Event, frozen=True, kw_only=True, tag="network.member_joined.v1"):
    primary: ClassVar[Category] = PUB
    agency_id: Annotated[AgencyId, PUB]
    membership: Annotated[MembershipType, PUB]
    is_practice_agency: Annotated[bool, PUB]
    outside_city: Annotated[bool, PUB]


class MemberLeft(Event, frozen=True, kw_only=True, tag="network.member_left.v1"):
    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"network"})

    agency_id: Annotated[AgencyId, PUB]


class CoordinatorAppointed(
    Event, frozen=True, kw_only=True, tag="network.coordinator_appointed.v1"
):
    primary: ClassVar[Category] = STF
    agency_id: Annotated[AgencyId, PUB]
    staff_id: Annotated[StaffId, STF]
    qualification: Annotated[Sealed[CoordinatorQualification], STF]


class CoordinatingAgencyDesignated(
    Event, frozen=True, kw_only=True, tag="network.coordinating_agency_designated.v1"
):
    """Whoever coordinated before does so no longer."""

    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"network"})

    agency_id: Annotated[AgencyId, PUB]
    on: Annotated[date, PUB]


class NetworkDissolved(Event, frozen=True, kw_only=True, tag="network.dissolved.v1"):
    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"network"})

    on: Annotated[date, PUB]


OrganisingEvent: TypeAlias = (
    NetworkEstablished
    | RulesAdopted
    | MemberJoined
    | MemberLeft
    | CoordinatorAppointed
    | CoordinatingAgencyDesignated
    | NetworkDissolved
)


class EstablishNetwork(Command, frozen=True, kw_only=True, tag="network.establish"):
    name: Line
    level: NetworkLevel
    basis: NetworkBasis
    prefecture: Prefecture
    area: Line
    implementing_body: AgencyId


class AdoptRules(Command, frozen=True, kw_only=True, tag="network.adopt_rules"):
    network_id: NetworkId
    version: Code
    meeting_mode: MeetingMode
    representatives_at_least: Count | None = None
    representatives_at_most: Count | None = None
    review_interval_months: Months = 3
    timers: TimerRules = TimerRules()
    confidentiality_clause: Clauses
    purpose_of_sharing: Clauses


class JoinNetwork(Command, frozen=True, kw_only=True, tag="network.join"):
    """Members and observers are taken in; an establishment applies itself."""

    network_id: NetworkId
    agency_id: AgencyId
    membership: MembershipType
    is_practice_agency: bool = False
    outside_city: bool = False


class LeaveNetwork(Command, frozen=True, kw_only=True, tag="network.leave"):
    narrows: ClassVar[bool] = True

    network_id: NetworkId
    agency_id: AgencyId


class AppointCoordinator(Command, frozen=True, kw_only=True, tag="network.appoint_coordinator"):
    network_id: NetworkId
    agency_id: AgencyId
    staff_id: StaffId
    qualification: CoordinatorQualification


class DesignateCoordinatingAgency(
    Command, frozen=True, kw_only=True, tag="network.designate_coordinating_agency"
):
    network_id: NetworkId
    agency_id: AgencyId


class DissolveNetwork(Command, frozen=True, kw_only=True, tag="network.dissolve"):
    network_id: NetworkId


OrganisingCommand: TypeAlias = (
    AdoptRules
    | JoinNetwork
    | LeaveNetwork
    | AppointCoordinator
    | DesignateCoordinatingAgency
    | DissolveNetwork
)


class AppliesItself(Refused):
    """An establishment is registered on its own application: let its head apply."""

    ja: ClassVar[str] = (
        "登録事業所としての参加は、その事業所自身の申込みによります。代表者が申し込んでください。"
    )


class CoordinatingAgencyStays(Refused):
    """This agency coordinates the network: designate another one first."""

    ja: ClassVar[str] = (
        "この機関はネットワークの調整機関です。先に別の機関を調整機関に指定してください。"
    )


class NoCoordinatorYet(Refused):
    """An agency coordinates only with a coordinator: appoint one of its staff first."""

    ja: ClassVar[str] = (
        "調整機関には調整担当者を置かなければなりません。先に調整担当者を指名してください。"
    )


class RangeNotAccepted(Refused):
    """The greatest number must not be smaller than the least."""

    ja: ClassVar[str] = "回数の上限には、下限以上の数を指定してください。"


def established(
    operator: AgencyId, command: EstablishNetwork, by: Context
) -> tuple[NetworkEstablished]:
    if not founds(operator, command.implementing_body, by):
        raise NotTheImplementingBody
    return (
        NetworkEstablished(
            network_id=NetworkId(by.new_id),
            name=command.name,
            level=command.level,
            basis=command.basis,
            prefecture=command.prefecture,
            area=command.area,
            implementing_body=command.implementing_body,
            on=date_in_japan(by.at),
        ),
    )


def decide(
    operator: AgencyId,
    agencies: Mapping[AgencyId, KnownAgency],
    network: KnownNetwork,
    command: OrganisingCommand,
    by: Context,
) -> tuple[OrganisingEvent, ...]:
    match command:
        case AdoptRules():
            as_keeper(operator, network, by)
            return _adopted(network, command)
        case JoinNetwork():
            return _joined(operator, network, command, by)
        case LeaveNetwork():
            return _left(operator, network, command.agency_id, by)
        case AppointCoordinator():
            return _appointed(operator, agencies, network, command, by)
        case DesignateCoordinatingAgency(agency_id=agency):
            as_founder(operator, network, by)
            if agency == network.coordinating:
                return ()
            check_is_member(network, agency)
            check_has_coordinator(network, agency, agencies)
            return (CoordinatingAgencyDesignated(agency_id=agency, on=date_in_japan(by.at)),)
        case DissolveNetwork():
            as_founder(operator, network, by)
            return () if network.dissolved else (NetworkDissolved(on=date_in_japan(by.at)),)
    assert_never(command)


def evolve(network: KnownNetwork, event: OrganisingEvent) -> KnownNetwork:
    match event:
        case RulesAdopted():
            return replace(
                network, rules=_rules(event), rules_ever=network.rules_ever | {event.version}
            )
        case MemberJoined(agency_id=agency):
            return replace(network, members={**network.members, agency: _member(event)})
        case MemberLeft(agency_id=left):
            members = {key: each for key, each in network.members.items() if key != left}
            staff = {key: each for key, each in network.coordinators.items() if each != left}
            return replace(network, members=members, coordinators=staff)
        case CoordinatorAppointed(agency_id=agency, staff_id=staff_id):
            return replace(network, coordinators={**network.coordinators, staff_id: agency})
        case CoordinatingAgencyDesignated(agency_id=agency):
            return replace(network, coordinating=agency)
        case NetworkEstablished() | NetworkDissolved():
            return network
    assert_never(event)


def check_is_member(network: KnownNetwork, agency: AgencyId) -> None:
    """Only one of its own members leads it: no establishment, no observer, no stranger."""
    member = network.members.get(agency)
    if member is None or member.type != "MEMBER":
        raise NotInTheNetwork


def check_has_coordinator(
    network: KnownNetwork, agency: AgencyId, agencies: Mapping[AgencyId, KnownAgency]
) -> None:
    """Whoever was appointed there and has left since coordinates nothing."""
    appointed = (staff for staff, each in network.coordinators.items() if each == agency)
    if not any(_works(agencies[agency], staff) for staff in appointed):
        raise NoCoordinatorYet


def check_coordinating_agency_stays(network: KnownNetwork, agency: AgencyId) -> None:
    """As long as it coordinates, it is a member."""
    if agency == network.coordinating:
        raise CoordinatingAgencyStays


def _works(agency: KnownAgency, staff: StaffId) -> bool:
    try:
        enrolled(agency, staff)
    except StaffNotKnown:
        return False
    return True


def _adopted(network: KnownNetwork, command: AdoptRules) -> tuple[RulesAdopted]:
    if command.version in network.rules_ever:
        raise VersionAlreadyUsed
    least, most = command.representatives_at_least, command.representatives_at_most
    if least is not None and most is not None and most < least:
        raise RangeNotAccepted
    return (
        RulesAdopted(
            version=command.version,
            meeting_mode=command.meeting_mode,
            representatives_at_least=least,
            representatives_at_most=most,
            review_interval_months=command.review_interval_months,
            timers=command.timers,
            confidentiality_clause=command.confidentiality_clause,
            purpose_of_sharing=command.purpose_of_sharing,
        ),
    )


def _joined(
    operator: AgencyId, network: KnownNetwork, command: JoinNetwork, by: Context
) -> tuple[MemberJoined, ...]:
    if command.membership != "REGISTERED_ESTABLISHMENT":
        as_keeper(operator, network, by)
    elif (by.agency, by.role in HEADS) != (command.agency_id, True):
        raise AppliesItself
    joined = MemberJoined(
        agency_id=command.agency_id,
        membership=command.membership,
        is_practice_agency=command.is_practice_agency,
        outside_city=command.outside_city,
    )
    if network.members.get(command.agency_id) == _member(joined):
        return ()
    if command.membership != "MEMBER":
        check_coordinating_agency_stays(network, command.agency_id)
    return (joined,)


def _left(
    operator: AgencyId, network: KnownNetwork, agency: AgencyId, by: Context
) -> tuple[MemberLeft, ...]:
    leaves_itself = by.agency == agency and by.role in HEADS
    if not leaves_itself and not keeps(operator, network, by):
        raise NotYourNetwork
    if agency not in network.members:
        return ()
    check_coordinating_agency_stays(network, agency)
    return (MemberLeft(agency_id=agency),)


def _appointed(
    operator: AgencyId,
    agencies: Mapping[AgencyId, KnownAgency],
    network: KnownNetwork,
    command: AppointCoordinator,
    by: Context,
) -> tuple[CoordinatorAppointed, ...]:
    heads_it = by.agency == command.agency_id and by.role in HEADS
    if not heads_it and not keeps(operator, network, by):
        raise NotYourNetwork
    check_is_member(network, command.agency_id)
    check_pledged(agencies[command.agency_id], command.staff_id)
    if network.coordinators.get(command.staff_id) == command.agency_id:
        return ()
    return (
        CoordinatorAppointed(
            agency_id=command.agency_id,
            staff_id=command.staff_id,
            qualification=command.qualification,
        ),
    )


def _member(joined: MemberJoined) -> Member:
    return Member(
        type=joined.membership,
        is_practice_agency=joined.is_practice_agency,
        outside_city=joined.outside_city,
    )


def _rules(adopted: RulesAdopted) -> Rules:
    return Rules(
        version=adopted.version,
        meeting_mode=adopted.meeting_mode,
        representatives_at_least=adopted.representatives_at_least,
        representatives_at_most=adopted.representatives_at_most,
        timers=Timers.of(adopted.timers or TimerRules(), adopted.review_interval_months),
    )
