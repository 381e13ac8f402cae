"""The clocks (時計): the one on the wall, and the demo clock of the log. Both tell UTC."""

from datetime import UTC, datetime
from typing import ClassVar, Final

from domain.installation import ClockKind
from services.ports import ClockOfTheLog


class WallClock:
    """``services.ports.Clock``."""

    kind: ClassVar[ClockKind] = "WALL"

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """``services.ports.DemoTime``: where the log's own clock stands, as far as it was heard of."""

    kind: ClassVar[ClockKind] = "DEMO"

    def __init__(self, of_the_log: ClockOfTheLog, now: datetime) -> None:
        self._of_the_log: Final = of_the_log
        self._now = now

    def now(self) -> datetime:
        return self._now

    def stands(self, at: datetime) -> None:
        """It was heard that it does: of two that say so, the later heard it later."""
        self._now = max(self._now, at)

    async def move(self, to: datetime) -> None:
        now = await self._of_the_log.move(to)
        assert now is not None, "a demo clock stays one"
        self.stands(now)
