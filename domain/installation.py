"""Installation (導入環境): who operates it. It is founded once, and never again.

Somebody has to register the first agency: the operator's own, and its first member of staff.
"""

from typing import Annotated, Final, TypeAlias

from domain.agency import AgencyEvent, AgencyRegistered, PledgeSigned, StaffEnrolled
from domain.calendar import date_in_japan
from domain.categories import ENV
from domain.model import AgencyId, Context, Event, StaffId, StreamId, stream_of

INSTALLATION: Final[StreamId] = stream_of("installation", "installation")
FIRST_PLEDGE: Final = "operator-1"


class InstallationFounded(Event, frozen=True, kw_only=True, tag="installation.founded.v1"):
    operator: Annotated[AgencyId, ENV]
    first_staff: Annotated[StaffId, ENV]


Founding: TypeAlias = tuple[InstallationFounded, tuple[AgencyEvent, ...]]


def found(name: str, by: Context) -> Founding:
    """Whoever starts an installation answers for it until the operator enrols others."""
    return (
        InstallationFounded(operator=by.agency, first_staff=by.staff),
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
