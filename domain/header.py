"""What an event is in the log: a clear, canonical header, and one line for each sealed part."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec

from domain.categories import CategoryCode
from domain.model import (
    AgencyId,
    CommandId,
    Count,
    PersonId,
    StaffId,
    StaffRole,
    StreamId,
)
from domain.text import Code

SCHEMA: Final = 1
HEADER_BYTES_MAX: Final = 60_000

Digest: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z", extra={"text": "code"})
]


class PartLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sealed field, named but not told."""

    field: Code
    category: CategoryCode
    person: PersonId
    sha256: Digest  # of the ciphertext
    commitment: Digest  # of the value, salted inside the part


class Header(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Pseudonymous, never anonymous: in law this is still personal data."""

    schema: Count
    id: UUID
    type: Code
    stream: StreamId
    version: Count
    occurred_at: datetime
    agency: AgencyId
    staff: StaffId
    role: StaffRole
    correlation: UUID
    command: CommandId
    facts: msgspec.Raw
    parts: tuple[PartLine, ...] = ()


def is_canonical(header: bytes) -> bool:
    """One meaning, one spelling: a verifier without our schemas can check this."""
    return msgspec.json.encode(msgspec.json.decode(header), order="sorted") == header
