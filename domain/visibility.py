"""Who may see what (閲覧範囲)."""

from typing import Literal, TypeAlias

import msgspec

from domain.consent_ledger import GrantId

Rule: TypeAlias = Literal["OWN", "PUBLIC", "PARTY", "CONSENT"]


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    """By which rule something may be seen; and by whose consent, where it is by consent."""

    rule: Rule
    grant: GrantId | None = None
