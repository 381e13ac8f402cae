"""What is read: a case, the lists it stands in, and how its own list changes for an agency.

All of it is one agency's own: as much as that agency may see. A field that is not there may not be
seen, or was never said; which of the two it is, nobody is told.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Generic, Literal, TypeAlias, TypeVar

import msgspec

from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from contracts.support import SupportShown
from domain.case import CaseNumber
from domain.case_codes import Stage, Status
from domain.codes import (
    AddressKind,
    ContactMeans,
    Level,
    ProblemCode,
    Purpose,
    ReferralKind,
    SupportFunction,
)
from domain.model import GrantId, Guarded, PersonId, ReferralId, Sealed
from domain.referral import ReferralStatus
from domain.text import FreeText, Line

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """``next`` asks for what follows; where nothing follows there is none."""

    items: tuple[T, ...]
    next: str | None = None


class ContactShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    means: Sealed[ContactMeans] | None = None
    value: Sealed[Line] | None = None
    safe_times: Sealed[Line] | None = None
    unsafe_means: Sealed[frozenset[ContactMeans]] | None = None


class AddressShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    kind: Sealed[AddressKind] | None = None
    address: Sealed[Line] | None = None


class RoleShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """``child``: for whom it is, where it is not for the woman."""

    function: SupportFunction
    agency: AgencyShown
    child: PersonId | None = None


ConsentShown: TypeAlias = Literal[
    "EXPLAINED", "GRANTED", "REFUSED", "WITHDRAWN", "SUPERSEDED", "EXPIRED"
]


Day: TypeAlias = Literal["accepted_on", "closed_on", "birth_date"]


class CaseShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """A case as it stands for one agency now; ``wareki``: its days as they are said in Japan."""

    case: CaseAlias
    status: Status | None = None
    stage: Stage | None = None
    closed_on: date | None = None
    opened_by: AgencyShown | None = None
    main_responsible: AgencyShown | None = None
    number: CaseNumber | None = None
    accepted_on: date | None = None
    name: Sealed[Line] | None = None
    kana: Sealed[Line] | None = None
    birth_date: Sealed[date] | None = None
    contact: ContactShown | None = None
    addresses: tuple[AddressShown, ...] = ()
    problems: tuple[Sealed[ProblemCode], ...] = ()
    notes: tuple[Sealed[FreeText], ...] = ()
    roles: tuple[RoleShown, ...] = ()
    support: SupportShown | None = None
    consents: Mapping[GrantId, ConsentShown] = {}
    wareki: Mapping[Day, Line] = {}


class CaseLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """A case in the list of an agency that takes part in it.

    ``follows``: it was in the hands of this agency, from which yours took over, and is in nobody's:
    accept it, or open it again, and it is yours. Until then no more of it is shown.
    """

    case: CaseAlias
    status: Status | None = None
    stage: Stage | None = None
    name: Sealed[Line] | None = None
    kana: Sealed[Line] | None = None
    number: CaseNumber | None = None
    accepted_on: date | None = None
    main_responsible: AgencyShown | None = None
    follows: AgencyShown | None = None
    wareki: Mapping[Day, Line] = {}


class CaseChange(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``line`` is how the case stands now; without one, it has left the list."""

    case: CaseAlias
    line: CaseLine | None = None
    cursor: str  # Go on from here.


Side: TypeAlias = Literal["SENDER", "RECEIVER"]


class LeadTimes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long it took since it was sent: plain durations, days off and nights and all."""

    to_receipt: timedelta | None = None
    to_answer: timedelta | None = None
    to_handover: timedelta | None = None


class ReferralLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """A referral on the board of one of its two sides."""

    referral: ReferralId
    case: CaseAlias
    side: Side
    kind: ReferralKind | None = None
    status: ReferralStatus
    sender: AgencyShown | None = None
    receiver: AgencyShown | None = None
    purpose: Sealed[Purpose] | None = None
    urgency: Sealed[Level] | None = None
    sent_at: datetime | None = None
    respond_by: datetime | None = None
    answer_due: datetime | None = None  # For the sender: where it has not said so itself.
    accompanied: bool | None = None
    received_at: datetime | None = None
    answered_at: datetime | None = None
    handed_over_at: datetime | None = None
    ended_at: datetime | None = None
    unanswered_since: datetime | None = None  # As long as nobody has said yes or no.
    lead_times: LeadTimes = LeadTimes()
