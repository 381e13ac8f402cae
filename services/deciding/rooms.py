"""Rooms (担当): whose command it is, told by its type at one look.

Asked of a union of fifty, ``isinstance`` goes through all of them, at each of several doors.
"""

from typing import Final, TypeGuard, get_args

from domain.agency import AgencyCommand
from domain.case import CaseCommand
from domain.catalogue import AnyCommand
from domain.consent_ledger import ConsentCommand
from domain.grievance import GrievanceCommand
from domain.meeting import MeetingCommand
from domain.model import Command
from domain.network import NetworkCommand
from domain.referral import ReferralCommand
from domain.trail import TrailCommand

AGENCY: Final = frozenset[type[Command]](get_args(AgencyCommand))
NETWORK: Final = frozenset[type[Command]](get_args(NetworkCommand))
GRIEVANCE: Final = frozenset[type[Command]](get_args(GrievanceCommand))
MEETING: Final = frozenset[type[Command]](get_args(MeetingCommand))
CASE: Final = frozenset[type[Command]](get_args(CaseCommand))
CONSENT: Final = frozenset[type[Command]](get_args(ConsentCommand))
TRAIL: Final = frozenset[type[Command]](get_args(TrailCommand))
REFERRAL: Final = frozenset[type[Command]](get_args(ReferralCommand))


def of_agency(command: AnyCommand) -> TypeGuard[AgencyCommand]:
    return type(command) in AGENCY


def of_network(command: AnyCommand) -> TypeGuard[NetworkCommand]:
    return type(command) in NETWORK


def of_grievance(command: AnyCommand) -> TypeGuard[GrievanceCommand]:
    return type(command) in GRIEVANCE


def of_meeting(command: AnyCommand) -> TypeGuard[MeetingCommand]:
    return type(command) in MEETING


def of_case(command: AnyCommand) -> TypeGuard[CaseCommand]:
    return type(command) in CASE


def of_consent(command: AnyCommand) -> TypeGuard[ConsentCommand]:
    return type(command) in CONSENT


def of_trail(command: AnyCommand) -> TypeGuard[TrailCommand]:
    return type(command) in TRAIL


def of_referral(command: AnyCommand) -> TypeGuard[ReferralCommand]:
    return type(command) in REFERRAL
