"""What a caller sends to have something done: one shape, whichever way it comes in."""

from typing import Annotated, NewType, TypeAlias
from uuid import UUID

from msgspec import Meta

from domain.catalogue import AnyCommand
from domain.model import CommandId, Guarded, Instant

CaseAlias = NewType("CaseAlias", UUID)
ConcurrencyToken: TypeAlias = Annotated[str, Meta(max_length=64)]


class Asked(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sent again with the same id, it is answered as it was answered first."""

    id: CommandId
    case: CaseAlias | None = None  # As this agency knows it; None: it is to be opened.
    command: AnyCommand
    occurred_at: Instant | None = None
    not_after: Instant | None = None
    token: ConcurrencyToken | None = None  # Of an earlier answer: only if nothing changed since.
