"""What an event is in the log: a clear, canonical header, and one line for each sealed part."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec

from domain.categories import CategoryCode
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    Count,
    PersonId,
    StaffId,
    StaffRole,
    StreamId,
)

SCHEMA: Final = 1
HEADER_BYTES_MAX: Final = 60_000

# What we wrote ourselves is bounded on reading, not searched with a pattern: that costs the most.
Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=64, extra={"text": "code"})]


class PartLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A sealed field, named but not told."""

    field: Name
    category: CategoryCode
    person: PersonId
    sha256: Name  # of the ciphertext
    commitment: Name  # of the value, salted inside the part


class Header(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """Pseudonymous, never anonymous: in law this is still personal data."""

    schema: Count
    id: UUID
    type: Name
    stream: StreamId
    version: Count
    occurred_at: datetime
    agency: AgencyId
    staff: StaffId
    role: StaffRole
    correlation: UUID
    command: CommandId
    case: CaseId | None = None  # Whichever stream of hers it stands in; no word of what happened.
    facts: msgspec.Raw
    parts: tuple[PartLine, ...] = ()


def is_canonical(header: bytes) -> bool:
    """One meaning, one spelling: a verifier without our schemas can check this."""
    return msgspec.json.encode(msgspec.json.decode(header), order="sorted") == header
