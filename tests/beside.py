"""What the stories of a case are told of the rest of it, in examples: she, and those around her."""

from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from domain.agency import KnownAgency
from domain.agency.state import Contract
from domain.agency_codes import AgencyKind
from domain.case.beside import Beside
from domain.model import AgencyId, ContractId, GrantId, PersonId, StayId
from tests.spec import CENTRE, CITY, POLICE, SHELTER, an_id, someone

FACILITY: Final = someone(5, "FACILITY_HEAD")
NPO: Final = someone(6, "CASEWORKER")
WELFARE: Final = someone(7, "SINGLE_PARENT_COUNSELLOR")
SCHOOL: Final = someone(8, "PRACTITIONER")

HER: Final = PersonId(an_id(600))
HER_SON: Final = PersonId(an_id(601))
HER_MOTHER: Final = PersonId(an_id(602))
SHE_AGREED: Final = GrantId(an_id(700))
SHE_AGREED_TO_MOVE: Final = GrantId(an_id(701))
TO_SHARE: Final = GrantId(an_id(702))
CONTRACT: Final = ContractId(an_id(703))
PLANNED: Final = StayId(an_id(704))


def an_agency(kind: AgencyKind, **known: Any) -> KnownAgency:
    return KnownAgency(kind=kind, prefecture="06", **known)


AGENCIES: Final[dict[AgencyId, KnownAgency]] = {
    CITY.agency: an_agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION"),
    CENTRE.agency: an_agency("WOMENS_SUPPORT_CENTRE"),
    SHELTER.agency: an_agency(
        "PRIVATE_SHELTER",
        contracts={
            CONTRACT: Contract(
                centre=CENTRE.agency,
                valid_from=date(2026, 4, 1),
                valid_until=date(2027, 3, 31),
            )
        },
    ),
    POLICE.agency: an_agency("POLICE"),
    FACILITY.agency: an_agency("WOMENS_SELF_RELIANCE_FACILITY"),
    NPO.agency: an_agency("PRIVATE_SUPPORT_ORGANISATION"),
    WELFARE.agency: an_agency("WELFARE_OFFICE"),
    SCHOOL.agency: an_agency("SCHOOL"),
}
# The city answers for her, all have been heard, and she has agreed to nothing yet.
BESIDE: Final = Beside(
    subject=HER,
    participants=frozenset(AGENCIES) - {POLICE.agency, SCHOOL.agency},
    main_responsible=CITY.agency,
    assessed=True,
    agencies=AGENCIES,
)


def beside(**known: Any) -> Beside:
    """The rest as it is in ``BESIDE``."""
    return replace(BESIDE, **known)
