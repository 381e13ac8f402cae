"""What if (もし): what a consent, or taking one back, would come to, before it is recorded."""

from datetime import date
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

from contracts.asked import CaseAlias, read_as
from contracts.envelope import AgencyShown
from contracts.trail import ToldOf
from domain.categories import CategoryCode
from domain.codes import History, Purpose, UntilEvent
from domain.items import FieldPath
from domain.model import AgencyId, GrantId, Guarded, MeetingId, ReferralId
from domain.text import Line

Several: TypeAlias = Annotated[frozenset[AgencyId], Meta(min_length=1, max_length=50)]
Of: TypeAlias = frozenset[CategoryCode]


class _If(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="what"):
    pass


class IfGranted(_If, frozen=True, kw_only=True, tag="grant"):
    """She is asked as is usual and agrees; until the case closes, unless something else is said."""

    recipients: Several
    categories: Annotated[Of, Meta(min_length=1)]
    purpose: Purpose
    history: History = "FULL"
    valid_until: date | None = None
    until_event: UntilEvent | None = None


class IfNarrowed(_If, frozen=True, kw_only=True, tag="narrowing"):
    grant: GrantId
    categories: Of = frozenset()
    recipients: Several | None = None
    fields: Annotated[frozenset[FieldPath], Meta(min_length=1, max_length=50)] | None = None


class IfWithdrawn(_If, frozen=True, kw_only=True, tag="withdrawal"):
    grant: GrantId


class IfExcluded(_If, frozen=True, kw_only=True, tag="exclusion"):
    agency: AgencyId


class IfInvited(_If, frozen=True, kw_only=True, tag="invitee"):
    meeting: MeetingId
    agency: AgencyId


If: TypeAlias = IfGranted | IfNarrowed | IfWithdrawn | IfExcluded | IfInvited


class Supposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    suppose: If


class Change(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """What one agency would see that it does not see now, and what it would see no longer."""

    agency: AgencyShown
    gains: tuple[CategoryCode, ...] = ()
    gained: tuple[ToldOf, ...] = ()
    loses: tuple[CategoryCode, ...] = ()
    lost: tuple[ToldOf, ...] = ()


class AskedBack(Guarded, frozen=True, kw_only=True):
    """Who would be asked to destroy what it has received."""

    agency: AgencyShown
    categories: tuple[CategoryCode, ...]
    due: date
    due_on: Line


class Touched(Guarded, frozen=True, kw_only=True):
    """A referral that waits for an answer; ``withdrawn``: it would be taken back."""

    referral: ReferralId
    withdrawn: bool


class WhatIf(Guarded, frozen=True, kw_only=True):
    """``changes``: one for each agency that is named in what was supposed."""

    case: CaseAlias
    suppose: If
    changes: tuple[Change, ...]
    asked_back: tuple[AskedBack, ...]
    referrals: tuple[Touched, ...]
    meetings: tuple[MeetingId, ...]


def read_supposed(body: bytes) -> Supposed:
    return read_as(_SUPPOSED, body)


_SUPPOSED: Final = msgspec.json.Decoder(Supposed)
