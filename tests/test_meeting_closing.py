"""A meeting is held, written down and closed: who came, who has the minutes, what is missing."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.agency import AgencyNotKnown, Staff, StaffNotPledged
from domain.meeting.commands import Attendee
from domain.meeting.course import (
    MinutesAreTheirs,
    MinutesNotShared,
)
from domain.meeting.events import (
    MaterialFiled,
)
from domain.meeting.holding import (
    NextMeetingNotSet,
    NobodyElseCame,
    NotAllReviewed,
    NothingDecided,
    NotOverYet,
    RolesNotAllocated,
)
from domain.meeting.state import (
    MeetingNotFound,
    OnlyWhoAttended,
    OnlyWhoKeepsMinutes,
)
from domain.meeting.telling import NotEverybodyCovered, NotInvited
from tests.conferring import (
    AGENCIES,
    CLOSED,
    CONFIRMED,
    CONVENED,
    DECIDED,
    HELD,
    HER_CASE,
    MINUTED,
    PLANNED,
    SHARED_OUT,
    WELFARE,
    allocated,
    close,
    closed,
    confirm,
    confirmed,
    convened,
    covering,
    decided,
    deferred,
    designated,
    disagreed,
    draft,
    drafted,
    file,
    held,
    hold,
    invited,
    knowing,
    meeting,
    next_set,
    no_longer_invited,
    of_all,
    on_the_table,
    planned,
    policy,
    policy_held,
    reviewed,
    share,
    shared,
    tabled,
)
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, given, role_of

# Holding


def test_who_came_is_recorded_person_by_person() -> None:
    given(meeting(), *CONVENED).when(hold, by=CENTRE).then(held)


def test_nobody_is_there_twice() -> None:
    twice = replace(hold, attendees=(*hold.attendees, hold.attendees[0]))
    given(meeting(), *CONVENED).when(twice, by=CENTRE).then(held)


def test_nobody_consults_alone() -> None:
    alone = replace(hold, attendees=hold.attendees[:1])
    given(meeting(), *CONVENED).when(alone, by=CENTRE).refused(NobodyElseCame)


def test_nobody_comes_who_was_not_invited() -> None:
    police = Attendee(agency_id=POLICE.agency, staff_id=POLICE.staff)
    with_the_police = replace(hold, attendees=(*hold.attendees, police))
    given(meeting(), *CONVENED).when(with_the_police, by=CENTRE).refused(NotInvited)


def test_nobody_comes_without_a_pledge() -> None:
    city = replace(AGENCIES[CITY.agency], staff={CITY.staff: Staff(role_of(CITY))})
    unpledged = replace(on_the_table, agencies={**AGENCIES, CITY.agency: city})
    given(meeting(unpledged), *CONVENED).when(hold, by=CENTRE).refused(StaffNotPledged)
    unknown = replace(on_the_table, agencies={})
    given(meeting(unknown), *CONVENED).when(hold, by=CENTRE).refused(AgencyNotKnown)


def test_it_is_held_when_it_is_over() -> None:
    for odd in (
        replace(hold, ended_at=NOW + timedelta(minutes=1)),
        replace(hold, started_at=hold.ended_at),
    ):
        given(meeting(), *CONVENED).when(odd, by=CENTRE).refused(NotOverYet)


# Minutes


@accepted("INV-A6")
def test_the_minutes_are_kept_by_the_coordinating_agency_or_by_who_convened() -> None:
    filed = MaterialFiled(name="支援経過一覧", hash=file.hash)
    for keeper in (CENTRE, CITY):
        given(meeting(), *DECIDED).when(draft, by=keeper).then(drafted)
        given(meeting(), *MINUTED).when(confirm, by=keeper).then(confirmed)
        given(meeting(), *CONVENED).when(file, by=keeper).then(filed)
    given(meeting(), *CONFIRMED).when(share, by=CENTRE).then(shared)


@refused("INV-A6", guard="domain.meeting.minutes:check_keeps_minutes")
def test_nobody_else_keeps_them() -> None:
    for command, history in ((draft, DECIDED), (confirm, MINUTED), (file, CONVENED)):
        given(meeting(), *history).when(command, by=SHELTER).refused(OnlyWhoKeepsMinutes)


def test_to_coordinate_a_network_opens_no_meeting_to_which_one_is_not_invited() -> None:
    without_the_city = (planned, invited(SHELTER), tabled, convened)
    for command in (draft, file):
        given(meeting(), *without_the_city).when(command, by=CITY).refused(MeetingNotFound)


def test_a_draft_may_be_drafted_anew() -> None:
    given(meeting(), *MINUTED).when(draft, by=CENTRE).then(drafted)


def test_minutes_go_to_those_who_attended_and_are_covered() -> None:
    narrower = knowing(covered=covering(without=frozenset({(SHELTER.agency, "MTG")})))
    given(meeting(narrower), *CONFIRMED).when(share, by=CENTRE).refused(NotEverybodyCovered)
    to_the_city = replace(share, recipients=frozenset({CITY.agency}))
    given(meeting(narrower), *CONFIRMED).when(to_the_city, by=CENTRE).then(
        replace(shared, recipients=frozenset({CITY.agency}))
    )
    to_the_police = replace(share, recipients=frozenset({POLICE.agency}))
    given(meeting(), *CONFIRMED).when(to_the_police, by=CENTRE).refused(OnlyWhoAttended)


def test_the_convenor_is_told_who_may_not_have_the_minutes_and_nobody_else_is() -> None:
    narrower = knowing(covered=covering(without=frozenset({(SHELTER.agency, "MTG")})))
    told: list[object] = []
    for keeper in (CENTRE, CITY):
        with pytest.raises(NotEverybodyCovered) as refusal:
            meeting(narrower).decide(meeting().replay(CONFIRMED), share, keeper)
        told.append(refusal.value.facts)
    assert told == [{"missing": [f"{SHELTER.agency}:MTG"]}, {}]


def test_minutes_are_not_shared_twice() -> None:
    given(meeting(), *SHARED_OUT).when(share, by=CENTRE).then_nothing()


# Closing


@accepted("INV-M5")
def test_a_conference_is_closed_with_roles_decisions_a_next_date_and_shared_minutes() -> None:
    given(meeting(), *SHARED_OUT).when(close, by=CENTRE).then(closed)
    given(meeting(), *CLOSED).when(close, by=CENTRE).then_nothing()


def test_what_could_not_be_agreed_is_recorded_instead() -> None:
    unsettled = (*HELD, disagreed, next_set, drafted, confirmed, shared)
    given(meeting(), *unsettled).when(close, by=CENTRE).then(closed)


def test_what_the_network_designates_in_it_is_what_was_decided() -> None:
    settled = (*HELD, designated, allocated, next_set, drafted, confirmed, shared)
    given(meeting(), *settled).when(close, by=CENTRE).then(closed)


@refused("INV-M5", guard="domain.meeting.holding:check_is_recorded")
def test_without_them_it_is_not_closed() -> None:
    minutes = (drafted, confirmed, shared)
    for recorded, lacking in (
        ((decided, next_set), RolesNotAllocated),
        ((allocated, next_set), NothingDecided),
        ((decided, allocated), NextMeetingNotSet),
    ):
        given(meeting(), *HELD, *recorded, *minutes).when(close, by=CENTRE).refused(lacking)


@refused("INV-M5", guard="domain.meeting.holding:check_minutes_shared")
def test_minutes_are_shared_with_all_who_came_and_may_have_them() -> None:
    half = replace(shared, recipients=frozenset({CITY.agency}))
    given(meeting(), *CONFIRMED, half).when(close, by=CENTRE).refused(MinutesNotShared)


def test_whoever_may_not_have_them_any_more_keeps_nothing_open() -> None:
    half = replace(shared, recipients=frozenset({CITY.agency}))
    narrower = knowing(covered=covering(without=frozenset({(SHELTER.agency, "MTG")})))
    given(meeting(narrower), *CONFIRMED, half).when(close, by=CENTRE).then(closed)
    gone = (*CONFIRMED, half, no_longer_invited(SHELTER))
    given(meeting(), *gone).when(close, by=CENTRE).then(closed)


ROUND = policy("PRACTITIONERS", convened, tabled, policy_held)
minutes_of_all = (
    drafted,
    confirmed,
    replace(shared, recipients=frozenset({CENTRE.agency, WELFARE.agency})),
)


@accepted("INV-M2")
def test_practitioners_close_when_each_case_is_reviewed_or_put_off() -> None:
    one_active = replace(of_all, active_cases=frozenset({HER_CASE}))
    for said in (reviewed, deferred):
        given(meeting(one_active), *ROUND, said, *minutes_of_all).when(close, by=CITY).then(closed)


@refused("INV-M2", guard="domain.meeting.holding:check_all_reviewed")
def test_they_pass_no_case_over() -> None:
    one_active = replace(of_all, active_cases=frozenset({HER_CASE}))
    given(meeting(one_active), *ROUND, *minutes_of_all).when(close, by=CITY).refused(NotAllReviewed)


@accepted("INV-M9")
def test_another_bodys_meeting_is_over_when_it_was_held() -> None:
    forum = replace(planned, kind="EXTERNAL_FORUM", network_id=None)
    history = (forum, *PLANNED[1:], convened, held)
    given(meeting(), *history).when(close, by=CENTRE).then(closed)


@refused("INV-M9", guard="domain.meeting.minutes:check_in_order")
def test_its_minutes_are_theirs() -> None:
    forum = replace(planned, kind="EXTERNAL_FORUM", network_id=None)
    history = (forum, *PLANNED[1:], convened, held)
    given(meeting(), *history).when(draft, by=CENTRE).refused(MinutesAreTheirs)
