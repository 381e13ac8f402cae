"""An installation: founded by whoever operates it, who may act from that moment on."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
import pytest

from domain.agency import (
    AgencyRegistered,
    OperatorStays,
    PledgeSigned,
    StaffEnrolled,
    SuspendAgency,
    agency_under,
    check_may_act,
)
from domain.calendar import DayNotInTheCalendar
from domain.installation import (
    MOVED_AT_ONCE_MAX,
    ClockMovesTooFar,
    ClockRunsForwards,
    InstallationFounded,
    check_moves,
    found,
)
from domain.speech import Refused
from tests.spec import given, someone

FOUNDER: Final = someone(9, "REPRESENTATIVE")
AGENCY: Final = agency_under(FOUNDER.agency)
SECOND: Final = timedelta(seconds=1)


def test_whoever_founds_an_installation_operates_it_and_is_its_first_member_of_staff() -> None:
    assert found("青葉県子ども家庭福祉課", FOUNDER) == (
        InstallationFounded(operator=FOUNDER.agency, first_staff=FOUNDER.staff),
        (
            AgencyRegistered(
                agency_id=FOUNDER.agency,
                kind="PREFECTURAL_WOMENS_SUPPORT_DIVISION",
                name="青葉県子ども家庭福祉課",
                prefecture=None,
                municipality=None,
                sector="PUBLIC",
                publish_name=False,
            ),
            StaffEnrolled(
                staff_id=FOUNDER.staff,
                role="REPRESENTATIVE",
                qualifications=frozenset(),
                years_in_field=None,
            ),
            PledgeSigned(staff_id=FOUNDER.staff, text_version="operator-1", on=date(2026, 5, 13)),
        ),
    )


def test_an_installation_keeps_by_which_clock_it_records() -> None:
    founded, _ = found("青葉県子ども家庭福祉課", FOUNDER, "DEMO")
    assert founded == InstallationFounded(
        operator=FOUNDER.agency, first_staff=FOUNDER.staff, clock="DEMO"
    )


def test_one_that_was_founded_before_there_was_a_choice_records_by_the_clock_on_the_wall() -> None:
    founded, _ = found("青葉県子ども家庭福祉課", FOUNDER)
    assert founded.clock == "WALL"
    assert b"clock" not in msgspec.json.encode(founded), "as it was written then"


@pytest.mark.parametrize(
    ("to", "refusal"),
    [
        (FOUNDER.at - SECOND, ClockRunsForwards),
        (FOUNDER.at + MOVED_AT_ONCE_MAX + SECOND, ClockMovesTooFar),
        (datetime(2040, 12, 31, 15, tzinfo=UTC), DayNotInTheCalendar),
    ],
)
def test_a_demo_clock_runs_forwards_and_never_out_of_the_calendar(
    to: datetime, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        check_moves(FOUNDER.at, to)


def test_a_demo_clock_may_be_moved_to_where_it_stands_and_to_the_last_day_of_the_calendar() -> None:
    check_moves(FOUNDER.at, FOUNDER.at)
    check_moves(FOUNDER.at, datetime(2040, 12, 31, 14, 59, 59, tzinfo=UTC))


def test_the_founder_may_act_at_once() -> None:
    _, operator = found("青葉県子ども家庭福祉課", FOUNDER)
    check_may_act(AGENCY.replay(operator), FOUNDER.staff, FOUNDER.role)


def test_nobody_can_suspend_the_agency_that_could_restore_the_others() -> None:
    _, operator = found("青葉県子ども家庭福祉課", FOUNDER)
    suspending = SuspendAgency(agency_id=FOUNDER.agency)
    given(AGENCY, *operator).when(suspending, by=FOUNDER).refused(OperatorStays)
