"""Bases (根拠): on what it rests that something may be seen, or which rule refuses it."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from domain.model import EmergencyId, GrantId
from domain.policy import AllowId, DenyId
from domain.sharing import Told
from domain.statutory import StatutoryId
from domain.visibility.asking import Asked


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    """By which rule something may be seen; and on what it rests, where it crosses a boundary."""

    rule: AllowId
    grant: GrantId | None = None
    emergency: EmergencyId | None = None
    statutory: StatutoryId | None = None


class Denied(msgspec.Struct, frozen=True):
    """Which rule was the first to refuse."""

    rule: DenyId


Found: TypeAlias = Basis | Denied
Says: TypeAlias = Callable[[Told, Asked], Found | None]
