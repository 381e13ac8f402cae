"""Feed (配信): what an agency's system is told, as CloudEvents 1.0 in structured JSON, in order.

What is on a page may be seen at this moment, and is let out at this moment: it is to be handed on
by ``release_by``, or asked for again. A page with nothing on it says nothing but to ask again.
"""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contracts.asked import CaseAlias
from contracts.envelope import Envelope

SOURCE: Final = "/tsunagu"
JSON: Final = "application/json"
# The type of a message that holds records from before, which may be seen since then.
PACKAGE: Final = "case.package.v1"
MESSAGES: Final = 100
MESSAGES_MAX: Final = 500
WAIT_MS_MAX: Final = 25_000


class FeedQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(max_length=200)] | None = None  # ``next`` of the page before.
    most: Annotated[int, Meta(ge=1, le=MESSAGES_MAX)] = MESSAGES
    wait_ms: Annotated[int, Meta(ge=0, le=WAIT_MS_MAX)] = 0


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of the log; of each record what may be seen now, and could not be before."""

    case: CaseAlias
    records: tuple[Envelope, ...]


class FeedMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``data``: an envelope; or, of type ``case.package.v1``, a package.

    The same id may come again, with other fields: what it says then may be seen then.
    """

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    datacontenttype: str
    time: datetime | None = None  # Of a package there is none: each record has its own.
    tsunaguown: bool  # It is your agency's own record.
    tsunagubackfill: bool  # It was recorded earlier, and may be seen since then.
    data: msgspec.Raw


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """``next`` goes on from here, also where nothing follows yet."""

    items: tuple[FeedMessage, ...]
    next: str
    release_by: datetime
