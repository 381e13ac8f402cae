"""Replay (再現): a case as an agency could see it at some time, and beside it another such view.

Of each line it says who, what, when, which fields, and on what that rests. What stands in a field
is only there where whoever reads may see it now.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from contracts.event_labels import EVENT_LABELS
from domain.codes import Label
from domain.model import (
    AgencyId,
    EmergencyId,
    GrantId,
    GrievanceId,
    Guarded,
    MeetingId,
    ReferralId,
    StaffId,
)
from domain.policy import RULES, AllowId
from domain.statutory import StatutoryId
from domain.text import Line

Lane: TypeAlias = int  # Its place among ``lanes``.
Mark: TypeAlias = Literal[
    "ACCEPTED",
    "ASKED",
    "SENT",
    "TAKEN",
    "NOT_TAKEN",
    "HANDED_OVER",
    "MOVED",
    "CLOSED",
    "REOPENED",
    "STAY_DECIDED",
    "STAY_BEGUN",
    "STAY_OVER",
    "CONVENED",
    "HELD",
]
MARKS: Final[Mapping[Mark, Label]] = {
    "ACCEPTED": Label("受理：主担当機関が決まる", "Accepted: somebody answers for her"),
    "ASKED": Label("匿名での照会", "Asked without her name"),
    "SENT": Label("つなぎの送付", "Referral sent"),
    "TAKEN": Label("受け入れ", "Referral accepted"),
    "NOT_TAKEN": Label("受け入れに至らず終了", "Referral ended without acceptance"),
    "HANDED_OVER": Label("引き継ぎ", "Handed over"),
    "MOVED": Label("主担当機関の変更", "Responsibility moved"),
    "CLOSED": Label("終結・移管", "Closed, or carried on elsewhere"),
    "REOPENED": Label("再開", "Reopened"),
    "STAY_DECIDED": Label("保護・入所の決定", "Stay decided"),
    "STAY_BEGUN": Label("保護・入所の開始", "Stay begun"),
    "STAY_OVER": Label("保護・入所の終了", "Stay over"),
    "CONVENED": Label("会議の招集", "Meeting convened"),
    "HELD": Label("会議の開催", "Meeting held"),
}
SeenIn: TypeAlias = Literal["BOTH", "FIRST", "SECOND"]


class Says(msgspec.Struct, frozen=True):
    ja: str
    en: str


class BasisShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By which rule a field could be seen, and on what that rests: one of these, or nothing."""

    rule: AllowId
    grant: GrantId | None = None
    emergency: EmergencyId | None = None
    statutory: StatutoryId | None = None
    referral: ReferralId | None = None
    meeting: MeetingId | None = None
    grievance: GrievanceId | None = None


class Gone(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By what a field is seen no longer: an event, or the clock; nothing, where it is not told."""

    event: UUID | None = None
    type: str | None = None
    at: datetime | None = None
    by_the_clock: bool = False


class LaneShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One agency that may be named, with its kind; or all that may not be, of one kind."""

    agency: AgencyShown
    own: bool = False  # It is the agency of whoever reads.
    by_itself: bool = False  # No agency: what follows by rule, the installation records itself.


class ReplayLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """An event, as much of it as could be seen.

    ``fields``: as in an envelope; ``{"withheld": "closed"}`` was seen, and is not for the reader.
    ``bases``: of each field, in the first view; ``others``: in the second, where two are compared.
    """

    id: UUID
    type: str
    says: Says
    occurred_at: datetime
    recorded_at: datetime
    on: Line  # Its day, as it is said in Japan.
    agency: AgencyShown
    staff: StaffId | None = None
    fields: Mapping[str, msgspec.Raw]
    bases: Mapping[str, BasisShown]
    others: Mapping[str, BasisShown] = {}
    seen_in: SeenIn | None = None
    gone: Mapping[str, Gone] = {}  # Of what the earlier of two views of one agency had.
    lane: Lane
    mark: Mark | None = None
    of: Lane | None = None  # In whose lane it stands, where that is not whose record it is.
    to: Lane | None = None  # To whom an arrow goes.
    holder: Lane | None = None  # Who answers for her after it.


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Through whose eyes, and when; without ``at``, now."""

    agency: AgencyId
    at: datetime | None = None


class Replay(Guarded, frozen=True, kw_only=True):
    """``next`` asks for what follows; where nothing follows there is none."""

    case: CaseAlias
    view: View
    against: View | None = None
    lanes: tuple[LaneShown, ...]
    items: tuple[ReplayLine, ...]
    rules: Mapping[AllowId, Says]  # The rules named in it, in words.
    next: str | None = None


def event_says(tag: str) -> Says:
    return _says(EVENT_LABELS[tag])


def rule_says(rule: AllowId) -> Says:
    return SAYS[rule]


def _says(label: Label) -> Says:
    return Says(label.ja, label.en)


SAYS: Final[Mapping[str, Says]] = {rule.id: _says(rule.says) for rule in RULES}
