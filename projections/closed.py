"""Closed (伏せられた欄): what a view makes of a field that its reader may not see.

Any field of an event may be closed to a reader, also one that was never sealed.
"""

from typing import TypeVar

import msgspec

from domain.model import CLOSED

T = TypeVar("T")
View = TypeVar("View", bound=msgspec.Struct)


def was_seen(said: object) -> bool:
    return said != CLOSED


def if_seen(said: T) -> T | None:
    return said if was_seen(said) else None


def latest(said: T | None, before: T | None) -> T | None:
    """What is said now; where nothing is, or it was not seen, what was said before."""
    return said if said is not None and was_seen(said) else before


def as_seen(view: View) -> View:
    """Without what is closed."""
    unseen = [name for name in view.__struct_fields__ if not was_seen(getattr(view, name))]
    return msgspec.structs.replace(view, **dict.fromkeys(unseen))
