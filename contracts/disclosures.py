"""What an agency was told without her consent (同意によらない情報提供): of which case, and why."""

import msgspec

from contracts.asked import CaseAlias
from domain.visibility import Basis


class DisclosureLine(msgspec.Struct, frozen=True, kw_only=True):
    """``bases``: the emergencies and legal duties by which something may be seen now."""

    case: CaseAlias
    bases: tuple[Basis, ...]
