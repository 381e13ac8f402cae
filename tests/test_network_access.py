"""To be in a network, to lead it, or to be in a disaster together opens nobody's record."""

from typing import Final

import msgspec

from domain.model import AgencyId
from domain.network import (
    CoordinatingAgencyDesignated,
    CoordinatorAppointed,
    DisasterDeclared,
    MemberJoined,
    NetworkEstablished,
    NetworkEvent,
    network_among,
)
from domain.sharing import Told, replay
from domain.visibility import Roster, decide, looking, membership
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, NOW, POLICE
from tests.told import (
    AGENCIES,
    LATER,
    NETWORK,
    by,
    granted,
    identified,
    joined,
    lines,
    opened,
    reader,
    told,
)
from tests.told import (
    accepted as taken_on,
)

established = NetworkEstablished(
    network_id=NETWORK,
    name="青葉県支援調整会議",
    level="PREFECTURE",
    basis="ACT_ART_15",
    prefecture="06",
    area="青葉県",
    implementing_body=CITY.agency,
    on=NOW.date(),
)
LED_BY_POLICE: Final[tuple[NetworkEvent, ...]] = (
    established,
    *(
        MemberJoined(
            agency_id=each.agency, membership="MEMBER", is_practice_agency=True, outside_city=False
        )
        for each in (CITY, CENTRE, POLICE)
    ),
    CoordinatorAppointed(
        agency_id=POLICE.agency, staff_id=POLICE.staff, qualification="FIVE_YEARS_EXPERIENCE"
    ),
    CoordinatingAgencyDesignated(agency_id=POLICE.agency, on=NOW.date()),
)
agreed = msgspec.structs.replace(granted, recipients=frozenset({CENTRE.agency, POLICE.agency}))
HISTORY: Final = told(by(CITY, opened, identified, taken_on, agreed, joined))


def sees_who_she_is(agency: AgencyId, *network: NetworkEvent) -> bool:
    """In a network that has come to this."""
    known = network_among(CITY.agency, {}).replay(network)
    roster = Roster(AGENCIES, {NETWORK: membership(known)})
    who = next(reader(each) for each in (CENTRE, POLICE) if each.agency == agency)
    look = looking(replay(HISTORY), who, roster, LATER)
    identification: Told = HISTORY[1]
    return "name" in decide(look, identification, lines(identification.event)).bases


@accepted("INV-A4", "INV-D1")
def test_whoever_takes_part_and_is_agreed_to_sees_her_in_and_out_of_a_disaster() -> None:
    assert sees_who_she_is(CENTRE.agency, *LED_BY_POLICE)
    assert sees_who_she_is(CENTRE.agency, *LED_BY_POLICE, DisasterDeclared(on=NOW.date()))
    assert sees_who_she_is(CENTRE.agency)  # And whether or not there is a network.


@refused("INV-A4", guard="domain.visibility.facts:takes_part", instead=True)
def test_a_member_that_takes_no_part_sees_nothing_even_if_she_agreed() -> None:
    assert not sees_who_she_is(POLICE.agency, *LED_BY_POLICE[:4])


@refused("INV-A6", guard="domain.visibility.facts:takes_part", instead=True)
def test_whoever_leads_the_network_does_not_thereby_see_what_others_recorded() -> None:
    assert not sees_who_she_is(POLICE.agency, *LED_BY_POLICE)


@refused("INV-D1", guard="domain.visibility.facts:takes_part", instead=True)
def test_a_disaster_opens_nothing() -> None:
    assert not sees_who_she_is(POLICE.agency, *LED_BY_POLICE, DisasterDeclared(on=NOW.date()))
