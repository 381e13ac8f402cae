"""Envelope (封筒): an event as one agency gets it, never with the header it has in the log.

What the agency may not see is not there. It never holds a stream, a version or a position, and the
case only under the agency's own name for it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from contracts.asked import CaseAlias
from domain.agency_codes import AgencyKind
from domain.model import AgencyId, Guarded, StaffId
from domain.visibility import Basis

# The type of an event that is not to be told what it was, but for some of its details.
DETAILS: Final = "case.details.v1"


class AgencyShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """``id`` where the agency may be named; else at most what kind of agency it is."""

    id: AgencyId | None = None
    kind: AgencyKind | None = None


class Envelope(Guarded, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    id: UUID
    type: str
    occurred_at: datetime
    recorded_at: datetime  # To the second.
    case: CaseAlias
    agency: AgencyShown  # Whose record it is.
    staff: StaffId | None = None
    # As JSON. ``{"withheld": "erased"}`` stands for what nobody can open any more, and
    # ``{"withheld": "closed"}`` for what could be seen at the time asked about, and not now.
    fields: Mapping[str, msgspec.Raw]
    bases: Mapping[str, Basis]  # Of each field, by which rule it may be seen.
