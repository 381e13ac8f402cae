"""An installation: founded by whoever operates it, who may act from that moment on."""

from datetime import date
from typing import Final

from domain.agency import (
    AgencyRegistered,
    OperatorStays,
    PledgeSigned,
    StaffEnrolled,
    SuspendAgency,
    agency_under,
    check_may_act,
)
from domain.installation import InstallationFounded, found
from tests.spec import given, someone

FOUNDER: Final = someone(9, "REPRESENTATIVE")
AGENCY: Final = agency_under(FOUNDER.agency)


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


def test_the_founder_may_act_at_once() -> None:
    _, operator = found("青葉県子ども家庭福祉課", FOUNDER)
    check_may_act(AGENCY.replay(operator), FOUNDER.staff, FOUNDER.role)


def test_nobody_can_suspend_the_agency_that_could_restore_the_others() -> None:
    _, operator = found("青葉県子ども家庭福祉課", FOUNDER)
    suspending = SuspendAgency(agency_id=FOUNDER.agency)
    given(AGENCY, *operator).when(suspending, by=FOUNDER).refused(OperatorStays)
