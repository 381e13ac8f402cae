"""Catalogue (目録): every event there is, and every command that may be asked."""

from typing import Final, TypeAlias, get_args

from domain.agency import AgencyCommand, AgencyEvent
from domain.case import CaseCommand, CaseEvent
from domain.case_numbers import CaseNumberTaken
from domain.consent_ledger import NEVER_BY_CONSENT, ConsentCommand, ConsentEvent
from domain.disclosed import Disclosed
from domain.duties import DutyEvent
from domain.fields import Catalogue, cut_of
from domain.grievance import GrievanceCommand, GrievanceEvent
from domain.installation import InstallationFounded
from domain.meeting import MeetingCommand, MeetingEvent
from domain.network import NetworkCommand, NetworkEvent
from domain.referral import ReferralCommand, ReferralEvent
from domain.trail import TrailCommand, TrailEvent

AnyEvent: TypeAlias = (
    AgencyEvent
    | CaseEvent
    | CaseNumberTaken
    | ConsentEvent
    | Disclosed
    | DutyEvent
    | GrievanceEvent
    | InstallationFounded
    | MeetingEvent
    | NetworkEvent
    | ReferralEvent
    | TrailEvent
)
AnyCommand: TypeAlias = (
    AgencyCommand
    | CaseCommand
    | ConsentCommand
    | GrievanceCommand
    | MeetingCommand
    | NetworkCommand
    | ReferralCommand
    | TrailCommand
)

EVENTS: Final = Catalogue(get_args(AnyEvent))
# What a grant may name or leave out: of what is told of her, all but what consent never opens.
FIELD_PATHS: Final[frozenset[str]] = frozenset(
    f"{tag}/{field.name}"
    for tag, event in EVENTS.types.items()
    if tag.split(".")[0] in {"case", "meeting", "referral"}
    for cut in (cut_of(event),)
    for field in (*cut.clear, *cut.sealed)
    if not field.category.codes <= NEVER_BY_CONSENT
)
