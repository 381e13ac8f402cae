"""Network (支援調整会議・地域協議会): which agencies work together, under which rules, led by whom.

Exactly one member coordinates it (調整機関), with a coordinator (調整担当者) of its own. To be a
member opens nobody's record: for that, an agency takes part in a case, and the woman has agreed.
Nor does a disaster open any: it only hastens what is said to everybody.
"""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Final, TypeAlias

import msgspec

from domain.agency import KnownAgency
from domain.codes import Label
from domain.machine import NOT_YET, Machine, edges
from domain.model import AgencyId, Context, Decider
from domain.network import informing, organising
from domain.network.informing import (
    AnnualPolicySet,
    ConfirmPosting,
    ConsultationDirectoryPublished,
    DeclareDisaster,
    DirectoryNotFound,
    DirectoryReceived,
    DisasterDeclared,
    DisasterEnded,
    DisasterNoticeIssued,
    EndDisaster,
    InformationShared,
    InformingCommand,
    InformingEvent,
    IssueDisasterNotice,
    NameNotForThePublic,
    PostingConfirmed,
    PostingNotFound,
    PostingRequested,
    PublishConsultationDirectory,
    ReceiveDirectory,
    RequestPosting,
    SetAnnualPolicy,
    ShareInformation,
    ShelterInDirectory,
)
from domain.network.organising import (
    AdoptRules,
    AppliesItself,
    AppointCoordinator,
    CoordinatingAgencyDesignated,
    CoordinatingAgencyStays,
    CoordinatorAppointed,
    DesignateCoordinatingAgency,
    DissolveNetwork,
    EstablishNetwork,
    JoinNetwork,
    LeaveNetwork,
    MemberJoined,
    MemberLeft,
    NetworkDissolved,
    NetworkEstablished,
    NoCoordinatorYet,
    OrganisingCommand,
    OrganisingEvent,
    RangeNotAccepted,
    RulesAdopted,
)
from domain.network.state import (
    KnownNetwork,
    Member,
    Network,
    NetworkIsDissolved,
    NetworkNotFound,
    NetworkStatus,
    NoNetwork,
    NotInTheNetwork,
    NotTheImplementingBody,
    NotYourNetwork,
    Rules,
    VersionAlreadyUsed,
    as_known,
)
from domain.speech import Refused

__all__ = [
    "NETWORK",
    "NO_NETWORK",
    "AdoptRules",
    "AnnualPolicySet",
    "AppliesItself",
    "AppointCoordinator",
    "ConfirmPosting",
    "ConsultationDirectoryPublished",
    "CoordinatingAgencyDesignated",
    "CoordinatingAgencyStays",
    "CoordinatorAppointed",
    "DeclareDisaster",
    "DesignateCoordinatingAgency",
    "DirectoryNotFound",
    "DirectoryReceived",
    "DisasterDeclared",
    "DisasterEnded",
    "DisasterNotEnded",
    "DisasterNoticeIssued",
    "DissolveNetwork",
    "EndDisaster",
    "EstablishNetwork",
    "InformationShared",
    "IssueDisasterNotice",
    "JoinNetwork",
    "KnownNetwork",
    "LeaveNetwork",
    "Member",
    "MemberJoined",
    "MemberLeft",
    "NameNotForThePublic",
    "Network",
    "NetworkCommand",
    "NetworkDissolved",
    "NetworkEstablished",
    "NetworkEvent",
    "NetworkIsDissolved",
    "NetworkNotFound",
    "NetworkStatus",
    "NoCoordinatorYet",
    "NoDisasterDeclared",
    "NoNetwork",
    "NotInTheNetwork",
    "NotTheImplementingBody",
    "NotYourNetwork",
    "PostingConfirmed",
    "PostingNotFound",
    "PostingRequested",
    "PublishConsultationDirectory",
    "RangeNotAccepted",
    "ReceiveDirectory",
    "RequestPosting",
    "Rules",
    "RulesAdopted",
    "SetAnnualPolicy",
    "ShareInformation",
    "ShelterInDirectory",
    "VersionAlreadyUsed",
    "as_known",
    "decide",
    "evolve",
    "network_among",
]

NetworkEvent: TypeAlias = OrganisingEvent | InformingEvent
NetworkCommand: TypeAlias = EstablishNetwork | OrganisingCommand | InformingCommand

STATUSES: Final[dict[str, Label]] = {
    "ESTABLISHED": Label("設置", "Established"),
    "DISASTER_MODE": Label("災害時", "Disaster mode"),
    "DISSOLVED": Label("解散", "Dissolved"),
}
NETWORK: Final = Machine(
    Label("ネットワーク", "Network"),
    STATUSES,
    (
        *edges(NetworkEstablished, [NOT_YET], "ESTABLISHED"),
        *edges(DisasterDeclared, ["ESTABLISHED"], "DISASTER_MODE"),
        *edges(DisasterEnded, ["DISASTER_MODE"], "ESTABLISHED"),
        *edges(NetworkDissolved, ["ESTABLISHED"], "DISSOLVED"),
        *edges(DisasterNoticeIssued, ["DISASTER_MODE"]),
        *(
            edge
            for event in (
                RulesAdopted,
                MemberJoined,
                MemberLeft,
                CoordinatorAppointed,
                CoordinatingAgencyDesignated,
                AnnualPolicySet,
                ConsultationDirectoryPublished,
                DirectoryReceived,
                PostingRequested,
                PostingConfirmed,
                InformationShared,
            )
            for edge in edges(event, ["ESTABLISHED", "DISASTER_MODE"])
        ),
    ),
)


class NoDisasterDeclared(Refused):
    """A disaster notice is issued in a disaster: declare it first."""

    ja: ClassVar[str] = "災害時の注意喚起は、災害の宣言後に行います。先に災害を宣言してください。"


class DisasterNotEnded(Refused):
    """A disaster is declared in this network: end it before the network is dissolved."""

    ja: ClassVar[str] = (
        "災害が宣言されています。ネットワークを解散する前に、災害の終了を記録してください。"
    )


NO_NETWORK: Final[Network] = NoNetwork()


def decide(
    operator: AgencyId,
    agencies: Mapping[AgencyId, KnownAgency],
    state: Network,
    command: NetworkCommand,
    by: Context,
) -> tuple[NetworkEvent, ...]:
    """``agencies`` are those which the command names."""
    if isinstance(command, EstablishNetwork):
        assert isinstance(state, NoNetwork), "its id was made for it"
        return organising.established(operator, command, by)
    network = as_known(state)
    events = (
        organising.decide(operator, agencies, network, command, by)
        if isinstance(command, OrganisingCommand)
        else informing.decide(operator, agencies, network, command, by)
    )
    for event in events:
        check_allowed(network, type(event))
    return events


def evolve(state: Network, event: NetworkEvent) -> Network:
    if isinstance(event, NetworkEstablished):
        return KnownNetwork(
            level=event.level, basis=event.basis, implementing_body=event.implementing_body
        )
    assert isinstance(state, KnownNetwork)
    network = (
        organising.evolve(state, event)
        if isinstance(event, OrganisingEvent)
        else informing.evolve(state, event)
    )
    return msgspec.structs.replace(network, status=NETWORK.after(state.status, type(event)))


def network_among(
    operator: AgencyId, agencies: Mapping[AgencyId, KnownAgency]
) -> Decider[Network, NetworkCommand, NetworkEvent]:
    """A network of the installation that this agency operates, among agencies as they are."""
    return Decider(NO_NETWORK, partial(decide, operator, agencies), evolve)


def check_allowed(network: KnownNetwork, event: type[NetworkEvent]) -> None:
    if NETWORK.allows(network.status, event):
        return
    if network.dissolved:
        raise NetworkIsDissolved
    raise DisasterNotEnded if network.disaster else NoDisasterDeclared
