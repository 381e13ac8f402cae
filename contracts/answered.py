"""What goes back to whoever asked: as in the log, but with their own alias of the case."""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from contracts.answers import Refusal
from contracts.asked import CaseAlias
from domain.model import CommandId


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="accepted", tag_field="answer"):
    """Done; and, had it been asked before, done then."""

    command: CommandId
    case: CaseAlias | None = None  # None: it was not about a case.
    made: UUID | None = None  # What the command made: a consultation, a grant, a referral.
    # Send it with the next command to say: only if nothing has changed since.
    token: str | None = None  # None: this command changed nothing.
    # Where it took something back: from then on nothing of that is on its way to anybody.
    settled_by: datetime | None = None


Answered: TypeAlias = Done | Refusal
