"""What an event is in the log: a clear, canonical header, and one line for each sealed part."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec

from domain.categories import CategoryCode
from domain.model import (
    ActingRole,
    AgencyId,
    CaseId,
    CommandId,
    Count,
    PersonId,
    StaffId,
    StreamId,
)

SCHEMA: Final = 1
HEADER_BYTES_MAX: Final = 60_000

# What we wrote ourselves is bounded on reading, not searched with a pattern: that costs the most.
Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=64, extra={"text": "code"})]


class PartLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A sealed field, named but not told. Its names are in order, as they stand in the log."""

    category: CategoryCode
    commitment: Name  # of the value, salted inside the part
    field: Name
    person: PersonId
    sha256: Name  # of the ciphertext


class Header(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """Pseudonymous, never anonymous: in law this is still personal data.

    Its names are in order: so it need not be sorted each time that one is written.
    """

    agency: AgencyId
    case: CaseId | None = None  # Whichever stream of hers it stands in; no word of what happened.
    command: CommandId
    correlation: UUID
    facts: msgspec.Raw
    id: UUID
    occurred_at: datetime
    parts: tuple[PartLine, ...] = ()
    role: ActingRole
    schema: Count
    staff: StaffId
    stream: StreamId
    type: Name
    version: Count


class Heading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Of a header, what lists ask for; nothing else of it is made anything of."""

    agency: AgencyId
    case: CaseId | None = None
    facts: msgspec.Raw
    occurred_at: datetime
    stream: StreamId
    type: Name
    version: Count


def is_canonical(header: bytes) -> bool:
    """One meaning, one spelling: a verifier without our schemas can check this."""
    return msgspec.json.encode(msgspec.json.decode(header), order="sorted") == header
