"""The practitioners go through every case: reviewed, or put off with a reason, but never twice."""

from msgspec.structs import replace

from domain.case import CaseNotFound
from domain.fields import cut_of
from domain.meeting import Reviews
from domain.meeting.course import MeetingNotHeld, MinutesAlreadyConfirmed
from domain.meeting.events import ActivityReported
from domain.meeting.reviewing import (
    CaseAlreadyReviewed,
    OnlyAmongPractitioners,
    OnlyToRepresentatives,
    PutOffTwice,
    ResponsibleAgencyDiffers,
    ReviewedElsewhere,
)
from domain.meeting.state import NoCasesHere, OnlyTheConvenor
from tests.conferring import (
    HELD,
    WELFARE,
    about,
    confirmed,
    convened,
    defer,
    deferred,
    drafted,
    knowing,
    meeting,
    of_all,
    policy,
    policy_held,
    report,
    review,
    reviewed,
)
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, SHELTER, given

ROUND = policy("PRACTITIONERS", convened, policy_held)


@accepted("INV-M3")
def test_a_review_confirms_who_answers_for_her_and_says_how_she_is() -> None:
    given(meeting(), *ROUND).when(review, by=CITY).then(reviewed)


def test_it_may_be_given_by_the_agency_that_answers_for_her() -> None:
    given(meeting(), *ROUND).when(review, by=CENTRE).then(reviewed)


@refused("INV-M3", guard="domain.meeting.reviewing:check_responsible_confirmed")
def test_no_other_agency_is_confirmed() -> None:
    wrong = replace(review, responsible_agency=SHELTER.agency)
    given(meeting(), *ROUND).when(wrong, by=CITY).refused(ResponsibleAgencyDiffers)


def test_rounds_are_counted() -> None:
    third = knowing(reviews=Reviews(rounds=2))
    given(meeting(third), *ROUND).when(review, by=CITY).then(replace(reviewed, round_no=3))


def test_it_is_reviewed_once_in_a_meeting() -> None:
    for command in (review, defer):
        given(meeting(), *ROUND, reviewed).when(command, by=CITY).refused(CaseAlreadyReviewed)


def test_what_was_put_off_may_still_be_reviewed() -> None:
    put_off = knowing(reviews=Reviews(put_off_last=True))
    given(meeting(put_off), *ROUND, deferred).when(review, by=CITY).then(reviewed)


@accepted("INV-M2")
def test_a_case_may_be_put_off() -> None:
    given(meeting(), *ROUND).when(defer, by=CITY).then(deferred)
    given(meeting(), *ROUND, deferred).when(defer, by=CITY).then_nothing()


@refused("INV-M2", guard="domain.meeting.reviewing:check_not_put_off_twice")
def test_it_is_not_put_off_twice_running() -> None:
    last_time = knowing(reviews=Reviews(put_off_last=True))
    given(meeting(last_time), *ROUND).when(defer, by=CITY).refused(PutOffTwice)


def test_only_the_convenor_and_who_answers_for_her_speak_for_her() -> None:
    round_with_the_shelter = (*ROUND[:1], replace(ROUND[1], agency_id=SHELTER.agency), *ROUND[1:])
    for command in (review, defer):
        given(meeting(), *round_with_the_shelter).when(command, by=SHELTER).refused(OnlyTheConvenor)
        given(meeting(), *ROUND).when(command, by=WELFARE).refused(CaseNotFound)


def test_the_cases_of_another_network_are_reviewed_there() -> None:
    elsewhere = knowing(case=replace(about.case, network=None))
    for command in (review, defer):
        given(meeting(elsewhere), *ROUND).when(command, by=CITY).refused(ReviewedElsewhere)


def test_nowhere_else_are_cases_reviewed() -> None:
    for command in (review, defer):
        given(meeting(), *HELD).when(command, by=CENTRE).refused(OnlyAmongPractitioners)
        council = policy("REPRESENTATIVES", convened, policy_held)
        given(meeting(), *council).when(command, by=CITY).refused(NoCasesHere)


def test_they_are_reviewed_in_the_meeting_and_until_its_minutes_are_confirmed() -> None:
    for command in (review, defer):
        given(meeting(), *ROUND[:-1]).when(command, by=CITY).refused(MeetingNotHeld)
        given(meeting(), *ROUND, drafted, confirmed).when(command, by=CITY).refused(
            MinutesAlreadyConfirmed
        )


# What the representatives hear of it


def test_the_representatives_are_told_in_figures() -> None:
    council = policy("REPRESENTATIVES", convened, policy_held)
    given(meeting(of_all), *council).when(report, by=CITY).then(
        ActivityReported(reach="PUBLIC", figures=report.figures, text=report.text)
    )
    given(meeting(of_all), *council).when(report, by=CENTRE).refused(OnlyTheConvenor)
    given(meeting(of_all), *ROUND).when(report, by=CITY).refused(OnlyToRepresentatives)


def test_what_is_not_for_the_public_is_an_aggregate() -> None:
    reported = ActivityReported(reach="NETWORK", figures=report.figures, text=report.text)
    public = replace(reported, reach="PUBLIC")
    assert [text_of(event) for event in (reported, public)] == ["AGG", "PUB"]


def text_of(event: ActivityReported) -> str:
    (text,) = (each for each in cut_of(ActivityReported).sealed if each.name == "text")
    return text.category.of(event)
