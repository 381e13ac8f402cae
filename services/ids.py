"""Ids of events and commands carry their time (UUIDv7); ids of people and cases carry nothing."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def uuid7(at: datetime, randomly: Callable[[int], bytes] = os.urandom) -> UUID:
    random = int.from_bytes(randomly(10), "big")
    milliseconds = int(at.timestamp() * 1000)
    return UUID(
        int=milliseconds << 80
        | _VERSION_7
        | (random >> 68 & 0xFFF) << 64
        | _VARIANT
        | random & (1 << 62) - 1
    )
