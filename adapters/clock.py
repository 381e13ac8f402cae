"""The clock on the wall, in UTC."""

from datetime import UTC, datetime


class WallClock:
    """``services.ports.Clock``."""

    def now(self) -> datetime:
        return datetime.now(UTC)
