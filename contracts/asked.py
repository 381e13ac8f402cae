"""What a caller sends to have something done: one shape, whichever way it comes in."""

import re
from typing import Annotated, ClassVar, Final, NewType, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.catalogue import AnyCommand
from domain.model import CommandId, Guarded, Instant
from domain.speech import Refused

T = TypeVar("T")
CaseAlias = NewType("CaseAlias", UUID)
ConcurrencyToken: TypeAlias = Annotated[str, Meta(max_length=64)]

ASKED_BYTES_MAX: Final = 256 << 10


class Asked(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sent again with the same id, it is answered as it was answered first."""

    id: CommandId
    case: CaseAlias | None = None  # As this agency knows it; None: it is to be opened.
    command: AnyCommand
    occurred_at: Instant | None = None
    not_after: Instant | None = None
    token: ConcurrencyToken | None = None  # Of an earlier answer: only if nothing changed since.


class NotUnderstood(Refused):
    """What was sent cannot be read as a command. Nothing was done."""

    ja: ClassVar[str] = "送られた内容をコマンドとして読み取れないため、何も行っていません。"


class TooLarge(Refused):
    """What was sent is larger than any command may be. Nothing was done."""

    ja: ClassVar[str] = "送られた内容が大きすぎるため、何も行っていません。"


def read_asked(body: bytes) -> Asked:
    return read_as(_ASKED, body)


def read_as(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Or a refusal that says where it went wrong, and never with which words."""
    if len(body) > ASKED_BYTES_MAX:
        raise TooLarge(bytes_max=ASKED_BYTES_MAX)
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotUnderstood(at=_place(error)) from None


_ASKED: Final = msgspec.json.Decoder(Asked)


def _place(error: Exception) -> str:
    """A path of our own names: what the caller wrote stands before it, and stays out."""
    said = str(error)
    found = re.search(r" - at `(\$[^`]*)`\Z", said)
    # A name that is not ours is quoted, and may be made to look like a place.
    return found[1] if found and "unknown field" not in said else "$"
