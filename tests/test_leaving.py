"""An agency leaves a case: with all it took part for, by itself or let go, whenever that is."""

from datetime import date
from typing import Final

import pytest
from msgspec.structs import replace

from domain.case import (
    AssignRole,
    CaseEvent,
    CaseNotFound,
    EndParticipation,
    EndRole,
    OnlyWhoAnswersForHer,
    ParticipationEnded,
    RecordNote,
    RoleAssigned,
    RoleEnded,
    participants,
)
from domain.case.roles import ItAnswersForHer
from domain.case.services import ServiceId, ServiceLinked, ServiceStatusChanged
from tests.beside import NPO, WELFARE
from tests.spec import CENTRE, CITY, POLICE, SHELTER, an_id, later
from tests.supporting import (
    HER_SON,
    TODAY,
    accepted,
    closed,
    erased,
    handed_over,
    her_case,
    known,
    opened,
    restricted,
    supporting,
    with_her_son,
)

leave = EndParticipation(agency_id=NPO.agency)
no_longer = RoleEnded(function="MAIN_SUPPORT", agency_id=NPO.agency)
for_him = RoleAssigned(function="SERVICE_PROVIDER", agency_id=NPO.agency, person_id=HER_SON)
no_longer_for_him = RoleEnded(function="SERVICE_PROVIDER", agency_id=NPO.agency, person_id=HER_SON)
SERVICE: Final = ServiceId(an_id(912))
provides = ServiceLinked(
    service_id=SERVICE,
    about="HOU",
    service_code="HOUSING_SUPPORT",
    provider_agency=NPO.agency,
    status="IN_USE",
    on=TODAY,
)
provides_no_more = ServiceStatusChanged(
    service_id=SERVICE, about="HOU", provider_agency=NPO.agency, status="ENDED", on=TODAY
)
# The city opened the case and handed her on to the centre, and stays as she likes it to.
HANDED_ON: Final[tuple[CaseEvent, ...]] = (opened, accepted, handed_over)
the_city_leaves = ParticipationEnded(agency_id=CITY.agency)


def test_whoever_leaves_lays_down_its_roles_and_what_it_provides() -> None:
    story = (opened, with_her_son, accepted, supporting, for_him, provides)
    for by in (NPO, CITY):
        her_case(*story).when(leave, by=by).then(no_longer, no_longer_for_him, provides_no_more)
    gone = known(*story, no_longer, no_longer_for_him, provides_no_more)
    assert NPO.agency not in participants(gone)


def test_a_service_that_ends_with_it_ends_that_day_in_japan() -> None:
    after_midnight = later(NPO, hours=11)
    her_case(opened, provides).when(leave, by=after_midnight).then(
        replace(provides_no_more, on=date(2026, 5, 14))
    )


def test_whoever_has_opened_the_case_or_handed_her_on_leaves_for_that_as_well() -> None:
    command = EndParticipation(agency_id=CITY.agency)
    for by in (CITY, CENTRE):
        her_case(*HANDED_ON).when(command, by=by).then(the_city_leaves)
    role = RoleAssigned(function="CONVENOR", agency_id=CITY.agency)
    her_case(*HANDED_ON, role).when(command, by=CITY).then(
        RoleEnded(function="CONVENOR", agency_id=CITY.agency), the_city_leaves
    )
    assert participants(known(*HANDED_ON, the_city_leaves)) == {CENTRE.agency}
    note = RecordNote(declared_category="PLN", text="電話があった。")
    her_case(*HANDED_ON, the_city_leaves).when(note, by=CITY).refused(CaseNotFound)


def test_whoever_takes_no_part_has_left_already() -> None:
    nobody = EndParticipation(agency_id=SHELTER.agency)
    her_case(opened, accepted).when(nobody, by=CITY).then_nothing()


def test_whoever_answers_for_her_hands_her_on_and_does_not_leave() -> None:
    itself = EndParticipation(agency_id=CITY.agency)
    her_case(opened).when(itself, by=CITY).refused(ItAnswersForHer)
    her_case(opened, accepted).when(itself, by=CITY).refused(ItAnswersForHer)
    answers = EndParticipation(agency_id=CENTRE.agency)
    her_case(*HANDED_ON).when(answers, by=CENTRE).refused(ItAnswersForHer)


def test_nobody_is_let_go_by_a_third_agency() -> None:
    helping = RoleAssigned(function="SERVICE_PROVIDER", agency_id=WELFARE.agency)
    story = (opened, accepted, supporting, helping)
    her_case(*story).when(leave, by=WELFARE).refused(OnlyWhoAnswersForHer)
    her_case(*story).when(leave, by=POLICE).refused(CaseNotFound)


@pytest.mark.parametrize(
    "over",
    [(closed,), (closed, restricted), (closed, erased)],
    ids=["closed", "restricted", "erased"],
)
def test_it_may_leave_whatever_has_become_of_the_case(over: tuple[CaseEvent, ...]) -> None:
    story = (opened, accepted, supporting, *over)
    her_case(*story).when(leave, by=NPO).then(no_longer)
    end = EndRole(function="MAIN_SUPPORT", agency_id=NPO.agency)
    her_case(*story).when(end, by=NPO).then(no_longer)


def test_a_role_for_a_child_is_another_than_the_one_for_her() -> None:
    story = (opened, with_her_son, accepted, supporting)
    give = AssignRole(function="MAIN_SUPPORT", agency_id=NPO.agency, person_id=HER_SON)
    given_for_him = replace(supporting, person_id=HER_SON)
    her_case(*story).when(give, by=CITY).then(given_for_him)
    her_case(*story, given_for_him).when(give, by=CITY).then_nothing()
    end = EndRole(function="MAIN_SUPPORT", agency_id=NPO.agency, person_id=HER_SON)
    her_case(*story, given_for_him).when(end, by=NPO).then(replace(no_longer, person_id=HER_SON))
    her_case(*story).when(end, by=NPO).then_nothing()
    # With the one gone, it still takes part for the other.
    assert NPO.agency in participants(known(*story, given_for_him, no_longer))
