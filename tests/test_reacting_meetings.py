"""What a meeting decides for a case comes into it, as far as it is agreed and she allows it."""

from typing import Final

import pytest

from domain.agency.standing import SuspendAgency
from domain.case import AssignRole, CaseNotFound, RoleAssigned
from domain.case.roles import DecidedThere
from domain.exclusions import SetExclusion
from domain.items import NotAgreedTo
from domain.meeting.commands import AllocateRole
from domain.meeting_codes import AllocatedFunction
from domain.model import MeetingId
from tests.peers import Midorino
from tests.settling import Settling, events, refusals
from tests.test_meeting_together import TOLD, designates, disagree, led_by_the_city, meets
from tests.world import NOBODY

SUPPORT: Final = "MAIN_SUPPORT"


def at_the_table() -> tuple[Midorino, MeetingId, Settling]:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    meeting = meets(here)
    settling = Settling(here.world)
    settling.settle()
    return here, meeting, settling


def allocate(
    here: Midorino, meeting: MeetingId, function: AllocatedFunction = SUPPORT
) -> AllocateRole:
    return AllocateRole(meeting_id=meeting, function=function, agency_id=here.ayumi.agency)


def supports(here: Midorino) -> bool:
    return (here.ayumi.agency, SUPPORT) in here.known.reasons


def test_with_the_role_it_was_given_there_an_agency_takes_part() -> None:
    here, meeting, settling = at_the_table()
    assert not supports(here)
    here.says(here.city, allocate(here, meeting))
    assert events(settling.settle()) == [
        RoleAssigned(function=SUPPORT, agency_id=here.ayumi.agency, decided_by=meeting)
    ]
    assert supports(here)


@pytest.mark.parametrize("function", ["MAIN_RESPONSIBLE"])
def test_who_answers_for_her_never_changes_by_itself(function: AllocatedFunction) -> None:
    here, meeting, settling = at_the_table()
    here.says(here.city, allocate(here, meeting, function))
    assert settling.settle() == []
    assert here.answers_for_her == here.city.agency


def test_where_they_did_not_agree_a_designation_opens_nothing_by_itself() -> None:
    """INV-M7: who answers for her gives the role, and it is not put upon anybody."""
    here, meeting, settling = at_the_table()
    here.says(here.city, disagree(meeting, here.city, here.ayumi))
    here.says(here.city, designates(here.ayumi, meeting))
    here.says(here.city, allocate(here, meeting))
    assert settling.settle() == []
    by_rule = AssignRole(function=SUPPORT, agency_id=here.ayumi.agency, decided_by=meeting)
    assert here.refuses(NOBODY, by_rule) is CaseNotFound
    assert not supports(here)


def test_a_role_that_the_agency_has_already_is_not_given_twice() -> None:
    here, meeting, settling = at_the_table()
    here.says(here.city, AssignRole(function=SUPPORT, agency_id=here.ayumi.agency))
    here.says(here.city, allocate(here, meeting))
    done = settling.settle()
    assert (len(done), events(done), refusals(done)) == (1, [], [])


def test_whom_she_has_shut_out_since_is_given_nothing_and_it_is_said_that_it_was_not() -> None:
    here, meeting, settling = at_the_table()
    here.says(here.city, allocate(here, meeting))
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    assert NotAgreedTo in refusals(settling.settle())
    assert not supports(here)


def test_who_is_suspended_by_then_is_given_nothing() -> None:
    here, meeting, settling = at_the_table()
    here.says(here.city, allocate(here, meeting))
    suspend = SuspendAgency(agency_id=here.ayumi.agency)
    here.world.says(here.world.operator, suspend)
    assert len(refusals(settling.settle())) == 1
    assert not supports(here)


def test_the_installation_gives_out_no_role_that_no_meeting_gave() -> None:
    here, meeting, _ = at_the_table()
    role = AssignRole(function=SUPPORT, agency_id=here.ayumi.agency)
    decided = AssignRole(function=SUPPORT, agency_id=here.ayumi.agency, decided_by=meeting)
    assert here.refuses(NOBODY, role) is CaseNotFound
    assert here.refuses(NOBODY, decided) is CaseNotFound


def test_nobody_says_for_a_meeting_what_it_decided() -> None:
    here, meeting, _ = at_the_table()
    here.says(here.city, allocate(here, meeting))
    role = AssignRole(function=SUPPORT, agency_id=here.ayumi.agency, decided_by=meeting)
    assert here.refuses(here.city, role) is DecidedThere


def test_who_answers_for_her_sees_a_role_that_came_by_itself_and_nobody_else_for_that() -> None:
    here, meeting, settling = at_the_table()
    here.says(here.city, allocate(here, meeting))
    settling.settle()
    role = {"case.role_assigned.v1/function", "case.role_assigned.v1/agency_id"}
    assert {path for path in here.sees(here.city) if path in role} == role
    for each in (here.ayumi, here.centre, here.police):
        assert not role & here.sees(each)
