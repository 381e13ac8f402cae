"""The tables behind meetings, agencies and networks: of whom to ask, and in what order."""

from collections.abc import Sequence

from msgspec.structs import replace

from domain.agency import (
    AgencyDeactivated,
    AgencyRegistered,
    AgencyRestored,
    AgencySuspended,
    AgencyUpdated,
)
from domain.model import AgencyId, CaseId, Event, EventId, StreamId, stream_of
from domain.sharing import Told
from projections.meetings import MEETING_CASES, MEETING_INVITEES, MEETINGS
from projections.roster import AGENCY_ROSTER, RosterRow
from projections.tables import Key, Projection, Seen, fold, touched
from projections.tables import Row as ListRow
from tests.conferring import CONVENED, HER_CASE, MEETING, PLANNED, invited, tabled
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id
from tests.test_lists import header

MEETS = stream_of("meeting", MEETING)
MIDORI = AgencyId(an_id(77))
registered = AgencyRegistered(
    agency_id=MIDORI,
    kind="PRIVATE_SUPPORT_ORGANISATION",
    name="若葉の会",
    prefecture="06",
    municipality="062014",
    sector="PRIVATE",
    publish_name=False,
)


def rows(
    of: Projection[Key, ListRow],
    stream: StreamId,
    events: Sequence[Event],
    case: CaseId | None = None,
) -> list[ListRow]:
    seen = [
        Seen(
            nth,
            NOW,
            header(Told(nth, stream, CITY.agency, event, EventId(an_id(nth))), case),
            event,
        )
        for nth, event in enumerate(events, start=1)
        if of.wants is None or type(event) in of.wants
    ]
    return [row for row in fold(of, {}, touched(of, seen)).values() if row is not None]


def test_a_meeting_is_known_to_its_convenor_where_it_was_planned_and_to_others_once_convened() -> (
    None
):
    (planned,) = rows(MEETINGS, MEETS, PLANNED, HER_CASE)
    assert (planned.convenor, planned.planned, planned.convened) == (CENTRE.agency, 1, None)
    (convened,) = rows(MEETINGS, MEETS, CONVENED, HER_CASE)
    assert convened == replace(planned, convened=5)
    assert planned.case_id == HER_CASE


def test_whoever_is_asked_again_keeps_the_place() -> None:
    found = rows(MEETING_INVITEES, MEETS, (*CONVENED, invited(CITY)))
    assert {row.agency: row.invited for row in found} == {CITY.agency: 2, SHELTER.agency: 3}


def test_a_case_is_spoken_of_where_anything_was_said_in_its_name_and_in_nobodys_nowhere() -> None:
    (row,) = rows(MEETING_CASES, MEETS, (tabled, tabled), HER_CASE)
    assert (row.case_id, row.since) == (HER_CASE, 1)
    assert rows(MEETING_CASES, MEETS, CONVENED) == []


def on_roster(*events: Event) -> RosterRow:
    (row,) = rows(AGENCY_ROSTER, stream_of("agency", MIDORI), (registered, *events))
    return row


def test_a_private_body_is_named_where_it_has_said_that_it_may_be() -> None:
    assert not on_roster().named
    agrees = AgencyUpdated(kind=registered.kind, name=None, municipality=None, publish_name=True)
    assert on_roster(agrees).named
    public = AgencyUpdated(kind=registered.kind, name=None, municipality=None, sector="PUBLIC")
    assert on_roster(public).named


def test_a_place_of_protection_is_not_named_whatever_it_has_said() -> None:
    shelter = replace(registered, kind="PRIVATE_SHELTER", sector="PUBLIC", publish_name=True)
    (row,) = rows(AGENCY_ROSTER, stream_of("agency", MIDORI), (shelter,))
    assert not row.named


def test_who_is_suspended_is_not_there_until_restored() -> None:
    on = NOW.date()
    assert not on_roster(AgencySuspended(on=on)).is_active
    assert on_roster(AgencySuspended(on=on), AgencyRestored(on=on)).is_active
    assert not on_roster(AgencyDeactivated(on=on)).is_active
