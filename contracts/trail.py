"""Her trail (本人開示): what was shared of her, with whom, when and why, and what became of it.

It names fields, categories and agencies, and never what stands in a field. An agency is told what
rests on the consents that it obtained itself, and on what it told without one: of the events that
it may see. An auditor of the operator is told all of it.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec

from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from contracts.replay import Says
from domain.categories import CategoryCode
from domain.codes import Purpose
from domain.consent_codes import (
    BasisCode,
    DisclosureChannel,
    Provision,
    PurgeCause,
    PurgeGround,
)
from domain.model import EmergencyId, GrantId, Guarded
from domain.statutory import StatutoryId
from domain.text import Line
from domain.trail.purges import PurgeState

TrailScope: TypeAlias = Literal["CONSENTS", "WHOLE"]


class Why(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """On what it rests; ``purpose``: what she was told it is for; ``provision``: which law."""

    basis: BasisCode
    grant: GrantId | None = None
    emergency: EmergencyId | None = None
    statutory: StatutoryId | None = None
    purpose: Purpose | None = None
    provision: Provision | None = None


class ToldOf(msgspec.Struct, frozen=True, kw_only=True):
    """Which fields of a record."""

    type: str
    says: Says
    fields: tuple[str, ...]


class SharedOn(msgspec.Struct, frozen=True, kw_only=True):
    """What was told on one basis."""

    why: Why
    categories: tuple[CategoryCode, ...]
    told: tuple[ToldOf, ...]


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """Of so many that were asked to destroy it, how many have done what; overdue as in Japan."""

    asked: int
    acknowledged: int
    declined: int
    overdue: int
    waiting: int


class Shared(Guarded, frozen=True, kw_only=True, tag_field="kind", tag="SHARED"):
    at: datetime  # To the second.
    on: Line  # Its day, as it is said in Japan.
    to: AgencyShown
    channel: DisclosureChannel
    shared: tuple[SharedOn, ...]


class TakenAway(
    Guarded, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="TAKEN_AWAY"
):
    """She took it back, or it ended. ``settled_at``: from when nothing was on its way any more."""

    at: datetime
    on: Line
    cause: PurgeCause
    grant: GrantId | None = None
    answers: Answers
    settled_at: datetime | None = None


class PurgeAsked(
    Guarded, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="PURGE"
):
    """Who was asked to destroy what; where the reader may not know that, only that it was asked."""

    at: datetime
    on: Line
    of: AgencyShown
    why: Why
    categories: tuple[CategoryCode, ...] = ()
    cause: PurgeCause | None = None
    due: date
    due_on: Line
    state: PurgeState
    answered_at: datetime | None = None
    answered_on: Line | None = None
    ground: PurgeGround | None = None


TrailItem: TypeAlias = Shared | TakenAway | PurgeAsked


class Trail(Guarded, frozen=True, kw_only=True):
    """In the order of the log. ``next`` asks for what follows; where nothing follows is none."""

    case: CaseAlias
    scope: TrailScope
    items: tuple[TrailItem, ...]
    next: str | None = None
