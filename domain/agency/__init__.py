"""Agency (機関): who may act and read at all, and for whom.

Nobody does either without an enrolment, a signed pledge (守秘義務) and an agency in good standing.
What is told of an agency: its standing, its people, what it offers, and whom it protects women for.
"""

from functools import partial
from typing import ClassVar, Final, TypeAlias

import msgspec

from domain.agency import contracts, offers, people, standing
from domain.agency.contracts import (
    CommissionContractEnded,
    CommissionContractStarted,
    ContractCommand,
    ContractEvent,
    ContractNotFound,
    ContractOverlaps,
    EndCommissionContract,
    NotTheCentre,
    PeriodNotAccepted,
    StandardNotMet,
    StartCommissionContract,
)
from domain.agency.offers import (
    ConsultationWindowSet,
    OfferCommand,
    OfferEvent,
    OfferService,
    ServiceOffered,
    ServiceWithdrawn,
    SetConsultationWindow,
    WithdrawService,
)
from domain.agency.people import (
    EndEnrolment,
    EndFeedCustodian,
    EnrolStaff,
    FeedCustodianEnded,
    FeedCustodianNamed,
    NameFeedCustodian,
    NotTheCustodian,
    PeopleCommand,
    PeopleEvent,
    PledgeSigned,
    SignPledge,
    StaffEnrolled,
    StaffLeft,
    check_keeps_feed,
)
from domain.agency.standing import (
    AgencyDeactivated,
    AgencyRegistered,
    AgencyRestored,
    AgencySucceeded,
    AgencySuspended,
    AgencyTookOver,
    AgencyUpdated,
    DeactivateAgency,
    DesignateFunction,
    FunctionDesignated,
    RegisterAgency,
    RegisteredUnderAnOpenName,
    RestoreAgency,
    StandingCommand,
    StandingEvent,
    SucceedAgency,
    SuccessorNotAnother,
    SuccessorOfAnotherKind,
    SuspendAgency,
    UpdateAgency,
    check_is_of_its_kind,
    took_over,
)
from domain.agency.state import (
    HEADS,
    Agency,
    AgencyIsGone,
    AgencyNotKnown,
    AgencyStatus,
    Contract,
    KnownAgency,
    NoAgency,
    NotTheOperator,
    NotYourAgency,
    OperatorStays,
    Staff,
    StaffNotKnown,
    StaffNotPledged,
    agreed_for,
    as_its_own,
    as_known,
    as_operator,
    check_pledged,
    contract_of,
    enrolled,
    has_contract,
    operates,
    those_after,
    was_commissioned,
    with_those_before,
)
from domain.codes import Label
from domain.machine import NOT_YET, Machine, edges
from domain.model import ActingRole, AgencyId, Context, Decider, StaffId
from domain.speech import Refused

__all__ = [
    "AGENCY",
    "HEADS",
    "Agency",
    "AgencyCommand",
    "AgencyDeactivated",
    "AgencyEvent",
    "AgencyIsGone",
    "AgencyIsSuspended",
    "AgencyNotKnown",
    "AgencyRegistered",
    "AgencyRestored",
    "AgencyStatus",
    "AgencySucceeded",
    "AgencySuspended",
    "AgencyTookOver",
    "AgencyUpdated",
    "CommissionContractEnded",
    "CommissionContractStarted",
    "ConsultationWindowSet",
    "Contract",
    "ContractNotFound",
    "ContractOverlaps",
    "DeactivateAgency",
    "DesignateFunction",
    "EndCommissionContract",
    "EndEnrolment",
    "EndFeedCustodian",
    "EnrolStaff",
    "FeedCustodianEnded",
    "FeedCustodianNamed",
    "FunctionDesignated",
    "KnownAgency",
    "NameFeedCustodian",
    "NoAgency",
    "NotTheCentre",
    "NotTheCustodian",
    "NotTheOperator",
    "NotYourAgency",
    "OfferService",
    "OperatorStays",
    "PeriodNotAccepted",
    "PledgeNotSigned",
    "PledgeSigned",
    "RegisterAgency",
    "RegisteredUnderAnOpenName",
    "RestoreAgency",
    "ServiceOffered",
    "ServiceWithdrawn",
    "SetConsultationWindow",
    "SignPledge",
    "Staff",
    "StaffEnrolled",
    "StaffLeft",
    "StaffNotEnrolled",
    "StaffNotKnown",
    "StaffNotPledged",
    "StandardNotMet",
    "StartCommissionContract",
    "SucceedAgency",
    "SuccessorNotAnother",
    "SuccessorOfAnotherKind",
    "SuspendAgency",
    "UpdateAgency",
    "WithdrawService",
    "agency_under",
    "agreed_for",
    "as_known",
    "as_operator",
    "check_in_good_standing",
    "check_is_of_its_kind",
    "check_keeps_feed",
    "check_may_act",
    "check_pledged",
    "contract_of",
    "decide",
    "enrolled",
    "evolve",
    "has_contract",
    "operates",
    "those_after",
    "took_over",
    "was_commissioned",
    "with_those_before",
]

AgencyEvent: TypeAlias = StandingEvent | PeopleEvent | OfferEvent | ContractEvent
AgencyCommand: TypeAlias = (
    RegisterAgency | StandingCommand | PeopleCommand | OfferCommand | ContractCommand
)

STATUSES: Final[dict[str, Label]] = {
    "ACTIVE": Label("利用中", "Active"),
    "SUSPENDED": Label("停止中", "Suspended"),
    "SUCCEEDED": Label("承継済み", "Succeeded"),
    "DEACTIVATED": Label("廃止", "Deactivated"),
}
AGENCY: Final = Machine(
    Label("機関", "Agency"),
    STATUSES,
    (
        *edges(AgencyRegistered, [NOT_YET], "ACTIVE"),
        *edges(AgencySuspended, ["ACTIVE"], "SUSPENDED"),
        *edges(AgencyRestored, ["SUSPENDED"], "ACTIVE"),
        *edges(AgencySucceeded, ["ACTIVE", "SUSPENDED"], "SUCCEEDED"),
        *edges(AgencyDeactivated, ["ACTIVE", "SUSPENDED"], "DEACTIVATED"),
        *edges(AgencyTookOver, ["ACTIVE"]),
        *edges(CommissionContractStarted, ["ACTIVE"]),
        *(
            edge
            for event in (
                AgencyUpdated,
                FunctionDesignated,
                StaffEnrolled,
                PledgeSigned,
                FeedCustodianNamed,
                ServiceOffered,
                ServiceWithdrawn,
                ConsultationWindowSet,
            )
            for edge in edges(event, ["ACTIVE", "SUSPENDED"])
        ),
        *(
            edge
            for event in (StaffLeft, FeedCustodianEnded, CommissionContractEnded)
            for edge in edges(event, STATUSES)
        ),
    ),
)


class AgencyIsSuspended(Refused):
    """Your agency is suspended or no more, so nothing is done in its name: ask the operator."""

    ja: ClassVar[str] = (
        "所属機関は利用を停止中または廃止されたため、操作も閲覧もできません。"
        "運営担当者に問い合わせてください。"
    )


class StaffNotEnrolled(Refused):
    """You are not enrolled in this agency in this role."""

    ja: ClassVar[str] = "この機関にこの職務で登録されていません。"


class PledgeNotSigned(Refused):
    """Your pledge of confidentiality is not recorded yet: sign it, and have it recorded."""

    ja: ClassVar[str] = (
        "守秘義務の誓約がまだ記録されていません。誓約書に署名し、記録を受けてください。"
    )


NO_AGENCY: Final[Agency] = NoAgency()


def decide(
    operator: AgencyId, own: Agency, state: Agency, command: AgencyCommand, by: Context
) -> tuple[AgencyEvent, ...]:
    """``own`` is the agency of whoever asks, ``state`` the one that is asked about."""
    if isinstance(command, RegisterAgency):
        as_operator(operator, by)
        assert isinstance(state, NoAgency), "its id was made for it"
        return standing.registered(command, by)
    _check_whose_business(operator, own, command, by)
    agency = as_known(state)
    events = _decided(operator, agency, command, by)
    for event in events:
        check_allowed(agency, type(event))
    return events


def evolve(state: Agency, event: AgencyEvent) -> Agency:
    if isinstance(event, AgencyRegistered):
        return KnownAgency(
            kind=event.kind,
            prefecture=event.prefecture,
            functions=event.functions,
            private=event.sector == "PRIVATE",
            publishes_name=event.publish_name,
        )
    assert isinstance(state, KnownAgency)
    agency = _evolved(state, event)
    return msgspec.structs.replace(agency, status=AGENCY.after(state.status, type(event)))


def agency_under(
    operator: AgencyId, own: Agency = NO_AGENCY
) -> Decider[Agency, AgencyCommand, AgencyEvent]:
    """An agency of the installation that this agency operates."""
    return Decider(NO_AGENCY, partial(decide, operator, own), evolve)


def check_may_act(agency: Agency, staff: StaffId, role: ActingRole) -> None:
    """Nobody acts or reads without an enrolment, a pledge, and an agency in good standing."""
    match agency:
        case KnownAgency(suspended=True):
            raise AgencyIsSuspended
        case KnownAgency(staff=known) if (enrolled := known.get(staff)) and enrolled.role == role:
            check_has_not_left(enrolled)
            check_has_signed(enrolled)
        case _:
            raise StaffNotEnrolled


def check_has_not_left(staff: Staff) -> None:
    """Access ends on leaving, whatever was signed; what was signed binds on."""
    if staff.left is not None:
        raise StaffNotEnrolled


def check_has_signed(staff: Staff) -> None:
    if staff.pledged_under is None:
        raise PledgeNotSigned


def check_in_good_standing(agency: Agency) -> None:
    """Whoever is given something to do must be there to do it."""
    if isinstance(agency, NoAgency) or agency.suspended:
        raise AgencyNotKnown


def check_allowed(agency: KnownAgency, event: type[AgencyEvent]) -> None:
    """What is begun with an agency is begun while it is there."""
    if not AGENCY.allows(agency.status, event):
        raise AgencyNotKnown if agency.status == "SUSPENDED" else AgencyIsGone


def _check_whose_business(
    operator: AgencyId, own: Agency, command: AgencyCommand, by: Context
) -> None:
    if isinstance(command, ContractCommand):
        contracts.check_commissions(own, by)
    elif isinstance(command, PeopleCommand | OfferCommand | UpdateAgency):
        as_its_own(operator, command.agency_id, by)
    else:
        as_operator(operator, by)


def _decided(
    operator: AgencyId,
    agency: KnownAgency,
    command: StandingCommand | PeopleCommand | OfferCommand | ContractCommand,
    by: Context,
) -> tuple[AgencyEvent, ...]:
    if isinstance(command, PeopleCommand):
        return people.decide(operator, agency, command, by)
    if isinstance(command, OfferCommand):
        return offers.decide(agency, command)
    if isinstance(command, ContractCommand):
        return contracts.decide(agency, command, by)
    return standing.decide(operator, agency, command, by)


def _evolved(agency: KnownAgency, event: AgencyEvent) -> KnownAgency:
    if isinstance(event, PeopleEvent):
        return people.evolve(agency, event)
    if isinstance(event, OfferEvent):
        return offers.evolve(agency, event)
    if isinstance(event, ContractEvent):
        return contracts.evolve(agency, event)
    return standing.evolve(agency, event)
