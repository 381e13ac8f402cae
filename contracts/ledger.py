"""Progress ledger (様式1 ケース進行管理台帳): a network's cases of a fiscal year, row by row.

The coordinating agency has a row for each of them, masked where she has not agreed that it sees
more; every other member has rows for the cases that it may see, and there is no trace of others.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from domain.case import CaseNumber
from domain.case_codes import CompanionKind, Stage
from domain.model import Guarded, NetworkId, Sealed
from domain.text import FreeText, Line

RemarkKind: TypeAlias = Literal[
    "REVIEW_DEFERRED", "CONFERENCE", "DESIGNATED", "TRANSFERRED", "CLOSED", "REOPENED"
]
LedgerDay: TypeAlias = Literal["accepted_on", "birth_date"]


class CompanionLine(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    kind: CompanionKind | None = None
    name: Sealed[Line] | None = None
    age: int | None = None


class RoundShown(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """管理記録 第``no``回; from the fifth on it is a continuation sheet."""

    no: int
    on: date
    responsible: AgencyShown | None = None
    situation: Sealed[FreeText] | None = None
    policy_change: Sealed[Line] | None = None
    stage: Stage | None = None  # Where the words may not be seen.
    wareki: Line


class RemarkShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: RemarkKind
    on: date
    agency: AgencyShown | None = None
    wareki: Line


class LedgerRow(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    """``masked``: she has not agreed that more is seen; ``partly``: not all of the form may be.

    ``own``: this agency opened her case, so that what is not there was not said to it. Where not
    even a name for the case is there, nothing of it may be known.
    """

    case: CaseAlias | None = None
    number: CaseNumber | None = None
    masked: bool = False
    partly: bool = False
    own: bool = False
    reviewed: bool | None = None  # In this fiscal year, if that may be known.
    name: Sealed[Line] | None = None
    birth_date: Sealed[date] | None = None
    age: int | None = None
    address: Sealed[Line] | None = None  # Where she is registered.
    companions: tuple[CompanionLine, ...] = ()
    accepted_on: date | None = None
    responsible: AgencyShown | None = None
    rounds: tuple[RoundShown, ...] = ()
    remarks: tuple[RemarkShown, ...] = ()
    wareki: Mapping[LedgerDay, Line] = {}


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether each case that was active here this year stands in the ledger; how many do not.

    ``unnumbered``: so many of them have no number of this year, as before they are carried over.
    """

    complete: bool
    missing: int
    unnumbered: int


class Ledger(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``check`` is for the coordinating agency, where it asks for it of a year that has begun."""

    network: NetworkId
    fiscal_year: int
    as_of: date  # Ages are those of this day.
    copy: Literal["AUTHORITY", "ATTENDEE"]
    items: tuple[LedgerRow, ...]
    next: str | None = None
    check: Completeness | None = None
