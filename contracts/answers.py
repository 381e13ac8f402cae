"""What comes back when something was asked: ids and codes only, never a person's words."""

from typing import TypeAlias
from uuid import UUID

import msgspec

from domain.model import CaseId, CommandId


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag="accepted", tag_field="answer"):
    """Done; and, had it been asked before, done then."""

    command: CommandId
    case: CaseId | None = None  # None: it was not about a case.
    made: UUID | None = None  # What the command made: a consultation, a grant, a referral.
    # Send it with the next command to say: only if nothing has changed since.
    token: str | None = None  # None: this command changed nothing.


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag="refused", tag_field="answer"):
    """Not done, by a rule. The code stays; its sentences are looked up when people read it."""

    command: CommandId
    code: str
    facts: dict[str, str] = {}


Answer: TypeAlias = Accepted | Refusal
