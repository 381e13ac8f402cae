"""Catalogue (目録): every event there is, and every command that may be asked."""

from typing import Final, TypeAlias, get_args

from domain.agency import AgencyCommand, AgencyEvent
from domain.case import AcceptCase, CaseCommand, CaseEvent
from domain.case_numbers import CaseNumberTaken
from domain.consent_ledger import ConsentCommand, ConsentEvent
from domain.fields import Catalogue
from domain.grievance import GrievanceCommand, GrievanceEvent
from domain.installation import InstallationFounded
from domain.network import NetworkCommand, NetworkEvent
from domain.referral import ReferralCommand, ReferralEvent

AnyEvent: TypeAlias = (
    AgencyEvent
    | CaseEvent
    | CaseNumberTaken
    | ConsentEvent
    | GrievanceEvent
    | InstallationFounded
    | NetworkEvent
    | ReferralEvent
)
AnyCommand: TypeAlias = (
    AgencyCommand
    | CaseCommand
    | AcceptCase
    | ConsentCommand
    | GrievanceCommand
    | NetworkCommand
    | ReferralCommand
)

EVENTS: Final = Catalogue(get_args(AnyEvent))
