"""What may hold a person's own words, and so is never printed."""

import msgspec


class Guarded(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what may be a person's own: it never prints what it holds."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<sealed>)"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("sealed", "<sealed>")]
