"""Installation (導入環境): who operates it, and by which clock. It is founded once and for all.

Somebody has to register the first agency: the operator's own, and its first member of staff.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from domain.agency import AgencyEvent, AgencyRegistered, PledgeSigned, StaffEnrolled
from domain.calendar import DayNotInTheCalendar, date_in_japan
from domain.categories import ENV
from domain.codes import Label
from domain.holidays import FIRST_YEAR, LAST_YEAR
from domain.model import AgencyId, Context, Event, StaffId, StreamId, stream_of
from domain.speech import Refused

INSTALLATION: Final[StreamId] = stream_of("installation", "installation")
FIRST_PLEDGE: Final = "operator-1"
MOVED_AT_ONCE_MAX: Final = timedelta(days=20 * 366)

# 時計: by which what happens is recorded. A demo clock stands still until it is moved.
ClockKind: TypeAlias = Literal["WALL", "DEMO"]
CLOCKS: Final[Mapping[ClockKind, Label]] = {
    "WALL": Label("実際の時計", "The clock on the wall"),
    "DEMO": Label("デモ用の時計", "A demo clock"),
}


class InstallationFounded(Event, frozen=True, kw_only=True, tag="installation.founded.v1"):
    operator: Annotated[AgencyId, ENV]
    first_staff: Annotated[StaffId, ENV]
    clock: Annotated[ClockKind, ENV] = "WALL"


Founding: TypeAlias = tuple[InstallationFounded, tuple[AgencyEvent, ...]]


def found(name: str, by: Context, clock: ClockKind = "WALL") -> Founding:
    """Whoever starts an installation answers for it until the operator enrols others."""
    assert by.role != "INSTALLATION", "a person starts it"
    return (
        InstallationFounded(operator=by.agency, first_staff=by.staff, clock=clock),
        (
            AgencyRegistered(
                agency_id=by.agency,
                kind="PREFECTURAL_WOMENS_SUPPORT_DIVISION",
                name=name,
                prefecture=None,
                municipality=None,
                sector="PUBLIC",
                publish_name=False,
            ),
            StaffEnrolled(
                staff_id=by.staff, role=by.role, qualifications=frozenset(), years_in_field=None
            ),
            PledgeSigned(staff_id=by.staff, text_version=FIRST_PLEDGE, on=date_in_japan(by.at)),
        ),
    )


class NoDemoClock(Refused):
    """This installation records by the clock on the wall, and nobody moves that."""

    ja: ClassVar[str] = "この導入環境は実際の時計で記録しているため、時刻は進められません。"


class ClockRunsForwards(Refused):
    """The demo clock is past this time already: it only runs forwards."""

    ja: ClassVar[str] = "デモ用の時計はすでにこの時刻を過ぎています。戻すことはできません。"


class ClockMovesTooFar(Refused):
    """The demo clock is moved by twenty years at most at once."""

    ja: ClassVar[str] = "デモ用の時計を一度に進められるのは20年までです。"


def check_moves(now: datetime, to: datetime) -> None:
    if to < now:
        raise ClockRunsForwards
    if to - now > MOVED_AT_ONCE_MAX:
        raise ClockMovesTooFar
    check_is_decided(to)


def check_is_decided(at: datetime) -> None:
    """Where nobody knows which days are business days, no deadline can be told."""
    if not FIRST_YEAR <= date_in_japan(at).year <= LAST_YEAR:
        raise DayNotInTheCalendar(first_year=FIRST_YEAR, last_year=LAST_YEAR)
