"""Timing (期限の到来): what falls due by the clock happens, each when it is due, and once.

Whatever fell due while nobody looked is still there to be found. Its row goes with the event that
says it has happened. What is refused is asked again, each time after it has waited as long again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final, NamedTuple, Protocol, TypeAlias, assert_never

from contracts.answers import Accepted, Refusal
from domain.case import CarryOver
from domain.catalogue import AnyCommand
from domain.consent_ledger import RecordExpiry
from domain.emergency import EndEmergency
from domain.grievance import EscalateGrievance
from domain.model import AgencyId, EmergencyId, GrantId, GrievanceId, ReferralId
from domain.referral import ExpireReferral
from domain.speech import Refused
from projections.timers import TIMERS, Timer, TimerKey
from services.handling import TooManyAtOnce
from services.ports import Clock, Events, Views
from services.projecting import Projecting
from services.reacting import Wanted
from services.reacting.doing import TOO_MANY, Doing

AT_ONCE_MAX: Final = 50  # Then whoever follows the log goes first: no consent waits for these.
FIRST_PAUSE: Final = timedelta(hours=1)
PAUSE_MAX: Final = timedelta(days=30)


class TimersStandStill(Refused):
    """The list of what falls due is paused or has stopped: see `tsunagu projections`."""

    ja: ClassVar[str] = (
        "期限の一覧が一時停止中か停止しています。`tsunagu projections` で確認してください。"
    )


class Timers(Protocol):
    """The rows of ``projections.timers``, as they are asked for."""

    async def due(
        self, until: datetime, after: tuple[datetime, TimerKey] | None, most: int
    ) -> Sequence[Timer]:
        """The soonest first, and none before its time by the clock of the log.

        ``after``: the last one of the page before.
        """
        ...

    async def next_due(self, after: datetime) -> datetime | None: ...

    async def divisions_of(self, agency: AgencyId) -> Sequence[AgencyId]:
        """Those that answer for the support of women in its prefecture, and may act."""
        ...


class Try(NamedTuple):
    """Which one it is, and when the next would be."""

    nth: int
    again_at: datetime


Tries: TypeAlias = Mapping[tuple[TimerKey, datetime], Try]


class Timing:
    name: Final = "timers"

    def __init__(
        self,
        projecting: Projecting[TimerKey, Timer],
        views: Views,
        timers: Timers,
        doing: Doing,
        clock: Clock,
    ) -> None:
        self._projecting: Final = projecting
        self._views: Final = views
        self._timers: Final = timers
        self._doing: Final = doing
        self._clock: Final = clock
        self._tried: Tries = {}  # When all was gone through before,
        self._round = _Round()  # and this time.

    async def step(self, log: Events, head: int) -> bool:
        """Of what is due by now, up to all that is in the log, one page; whether to go on."""
        await self._keep_up(log, head)
        now, this = self._clock.now(), self._round
        page = await self._timers.due(now, this.after, AT_ONCE_MAX)
        for timer in page:
            assert timer.due is not None
            await self._happens(timer, timer.due, now)
            this.after = timer.due, (timer.kind, timer.of)
        if page:
            return True
        self._tried, self._round = this.tries, _Round()
        if this.in_the_way:
            raise TooManyAtOnce
        return this.found

    async def next_due(self) -> datetime | None:
        """What comes next, or comes again because it was refused."""
        now = self._clock.now()
        again = (each.again_at for each in self._tried.values() if each.again_at > now)
        soonest = await self._timers.next_due(now)
        return min((*again, *([soonest] if soonest else [])), default=None)

    async def _happens(self, timer: Timer, due: datetime, now: datetime) -> None:
        # It lies with somebody only where that somebody may let it lie too long.
        divisions = await self._timers.divisions_of(timer.agency) if timer.agency else ()
        commands = commands_of(timer, divisions)
        if not commands:
            return
        row: TimerKey = (timer.kind, timer.of)
        key, this = (row, due), try_of(due, now)
        before = self._tried.get(key)
        if before is None or before.nth != this.nth:
            self._round.found = True
            if not await self._is_answered(timer, commands, this.nth):
                self._round.in_the_way = True
                return
        self._round.tries[key] = this

    async def _is_answered(self, timer: Timer, commands: Sequence[AnyCommand], nth: int) -> bool:
        """One after the other, until one is accepted. Each try is another command."""
        for command in commands:
            answer = await self._doing.do(self.name, timer.of, wanted_of(timer, command, nth))
            if isinstance(answer, Refusal) and answer.code == TOO_MANY:
                return False
            if isinstance(answer, Accepted):
                break
        return True

    async def _keep_up(self, log: Events, head: int) -> None:
        """Where somebody holds the table, nothing falls due until they let it go on."""
        while True:
            stands = await self._views.checkpoint(TIMERS, "live")
            if stands is not None:
                if stands.state != "running":
                    raise TimersStandStill
                if (stands.definition, stands.position >= head) == (TIMERS.definition, True):
                    return
            await self._projecting.step(log, stands=stands)


class _Round:
    """Once through all that is due, page by page."""

    def __init__(self) -> None:
        self.after: tuple[datetime, TimerKey] | None = None
        self.tries: Final[dict[tuple[TimerKey, datetime], Try]] = {}
        self.found = False
        self.in_the_way = False


def try_of(due: datetime, now: datetime) -> Try:
    """By how long it has waited: whoever was started anew asks nothing sooner than others."""
    nth, pause, again_at = 0, FIRST_PAUSE, due + FIRST_PAUSE
    while again_at <= now:
        nth, pause = nth + 1, min(2 * pause, PAUSE_MAX)
        again_at += pause
    return Try(nth, again_at)


def wanted_of(timer: Timer, command: AnyCommand, nth: int) -> Wanted:
    whom = command.to_agency if isinstance(command, EscalateGrievance) else ""
    return Wanted(f"{timer.kind}:{timer.due}:{whom}:{nth}", command, timer.case_id)


def commands_of(timer: Timer, divisions: Sequence[AgencyId]) -> Sequence[AnyCommand]:
    """What is to be asked, the first that is accepted; nothing, where nobody could take it."""
    match timer.kind:
        case "GRANT":
            return (RecordExpiry(grant_id=GrantId(timer.about)),)
        case "EMERGENCY":
            return (EndEmergency(emergency_id=EmergencyId(timer.about)),)
        case "REFERRAL":
            return (ExpireReferral(referral_id=ReferralId(timer.about)),)
        case "LEDGER":
            return (CarryOver(),)
        case "GRIEVANCE":
            which = GrievanceId(timer.about)
            return tuple(
                EscalateGrievance(grievance_id=which, to_agency=each, reason="OVERDUE")
                for each in (() if timer.agency in divisions else divisions)
            )
    assert_never(timer.kind)
