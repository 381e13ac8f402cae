"""Meetings (会議) as one who is asked to them reads of them: list, pack and minutes.

Of a meeting that an agency is not asked to there is nothing. A case that is spoken of there is
shown by itself, as far as that agency may see it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec

from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown, Envelope
from contracts.pages import CaseShown, Page
from domain.codes import Label
from domain.items import Digest
from domain.meeting.events import AgendaItem, DecisionId, Figure
from domain.meeting.state import MeetingStatus
from domain.meeting_codes import (
    AllocatedFunction,
    ConferenceTrigger,
    DecisionKind,
    MeetingKind,
    MeetingRole,
    ProgressStatus,
)
from domain.model import Guarded, MeetingId, NetworkId, PersonId, Sealed, StaffRole
from domain.text import FreeText, Line

Asked: TypeAlias = Literal["CONVENOR", "INVITEE"]
MinutesState: TypeAlias = Literal["DRAFTED", "CONFIRMED", "SHARED"]
MeetingDay: TypeAlias = Literal["on", "next_on"]
MINUTES_STATES: Mapping[MinutesState, Label] = {
    "DRAFTED": Label("案", "Draft"),
    "CONFIRMED": Label("確認済み", "Confirmed"),
    "SHARED": Label("共有済み", "Shared"),
}


class MeetingLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``case``: the one it is about, where all of it is about one."""

    meeting: MeetingId
    case: CaseAlias | None = None
    side: Asked
    status: MeetingStatus | None = None
    kind: MeetingKind | None = None
    network: NetworkId | None = None
    convenor: AgencyShown | None = None
    on: Sealed[date] | None = None
    notice_sent_at: datetime | None = None
    wareki: Mapping[MeetingDay, Line] = {}


class InviteeShown(msgspec.Struct, frozen=True):
    agency: AgencyShown
    role: MeetingRole


class MaterialShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    name: Sealed[Line] | None = None
    hash: Sealed[Digest] | None = None


class CaseInPack(Guarded, frozen=True, kw_only=True):
    """What was put before this agency for the meeting: the records, and what they say of her."""

    case: CaseAlias
    view: CaseShown
    records: tuple[Envelope, ...]


class MeetingPack(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    meeting: MeetingLine
    place: Sealed[Line] | None = None
    trigger: Sealed[ConferenceTrigger] | None = None
    held_within: Sealed[Line] | None = None
    agenda: Sealed[tuple[AgendaItem, ...]] = ()
    invitees: tuple[InviteeShown, ...] = ()
    materials: tuple[MaterialShown, ...] = ()
    cases: Page[CaseInPack]


class AttendeeShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    agency: AgencyShown
    role: StaffRole | None = None


class DecisionShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``progress`` and what was said of it: as it was last reported."""

    decision: DecisionId
    kind: Sealed[DecisionKind] | None = None
    text: Sealed[FreeText] | None = None
    agreed: tuple[AgencyShown, ...] = ()
    dissenting: tuple[AgencyShown, ...] = ()
    due: date | None = None
    settles: bool = False
    acknowledged: tuple[AgencyShown, ...] = ()
    progress: ProgressStatus | None = None
    progress_text: Sealed[FreeText] | None = None


class AllocationShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``child``: for whom it is, where it is not for all of them."""

    function: AllocatedFunction
    agency: AgencyShown
    child: PersonId | None = None


class ReviewShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    round_no: int | None = None
    reviewed_on: date | None = None
    responsible: AgencyShown | None = None
    situation: Sealed[FreeText] | None = None
    policy_change: Sealed[Line] | None = None
    deferred_because: Sealed[FreeText] | None = None


class PositionShown(Guarded, frozen=True, kw_only=True):
    agency: AgencyShown
    position: Line


class DisagreementShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    topic: Sealed[Line] | None = None
    positions: tuple[PositionShown, ...] = ()
    since: date | None = None


class DesignationShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    agency: AgencyShown | None = None
    designated_by: AgencyShown | None = None
    dissenting: tuple[AgencyShown, ...] = ()
    reason: Sealed[FreeText] | None = None
    dissent: Sealed[FreeText] | None = None
    subject_wish: Sealed[FreeText] | None = None


class CaseInMinutes(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    case: CaseAlias
    review: ReviewShown | None = None
    decisions: tuple[DecisionShown, ...] = ()
    roles: tuple[AllocationShown, ...] = ()
    disagreements: tuple[DisagreementShown, ...] = ()
    designation: DesignationShown | None = None


class IssueShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    to_kind: Sealed[MeetingKind] | None = None
    text: Sealed[FreeText] | None = None


class ReportShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    figures: Sealed[tuple[Figure, ...]] = ()
    text: Sealed[tuple[Line, ...]] = ()


class MeetingMinutes(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """Whoever keeps them has the draft; who attended has them once they are shared."""

    meeting: MeetingLine
    state: MinutesState
    attendees: tuple[AttendeeShown, ...] = ()
    started_at: Sealed[datetime] | None = None
    ended_at: Sealed[datetime] | None = None
    text: Sealed[FreeText] | None = None
    decisions: tuple[DecisionShown, ...] = ()
    reports: tuple[ReportShown, ...] = ()
    issues: tuple[IssueShown, ...] = ()
    next_on: Sealed[date] | None = None
    next_not_needed: Sealed[bool] = False
    materials: tuple[MaterialShown, ...] = ()
    cases: Page[CaseInMinutes]
    wareki: Mapping[MeetingDay, Line] = {}
