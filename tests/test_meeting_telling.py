"""What is said of her in a meeting: to each agency, of each category, what she agreed to before."""

from collections import defaultdict
from typing import Final

from msgspec.structs import replace

from domain.case import CaseNotFound
from domain.categories import CategoryCode
from domain.items import ItemNotKnown, NotAgreedTo
from domain.meeting import KnownMeeting
from domain.meeting.course import MeetingNotConvened, MinutesAlreadyConfirmed
from domain.meeting.events import CaseTabled, MeetingEvent
from domain.meeting.state import MeetingNotFound, NoCasesHere, OnlyTheConvenor
from domain.meeting.telling import (
    NotEverybodyCovered,
    NotForMeetings,
    NotInvited,
    missing,
    needed,
)
from domain.model import AgencyId
from tests.conferring import (
    AGREED,
    CONFIRMED,
    CONVENED,
    HELD,
    HER_CASE,
    KINDS,
    MINUTED,
    WELFARE,
    convened,
    covering,
    invited,
    item,
    knowing,
    meeting,
    on_the_table,
    planned,
    policy,
    policy_held,
    provide,
    provided,
    table,
    tabled,
)
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, POLICE, SHELTER, given

INVITED = (planned, invited(CITY), invited(SHELTER))
TELLING = replace(on_the_table, offered=(item,))

# Her case on the table


@accepted("INV-C1")
def test_her_case_is_tabled_with_what_everybody_there_may_be_told() -> None:
    given(meeting(), *INVITED).when(table, by=CENTRE).then(tabled)


@refused("INV-C1", guard="domain.meeting.telling:check_everybody_covered")
def test_no_more_of_it_is_tabled_than_she_agreed_to_for_each_of_them() -> None:
    for agency in (CITY.agency, SHELTER.agency, CENTRE.agency):
        # Whoever took what is not there would find something in its place.
        covered = defaultdict(lambda: AGREED, covering(without=frozenset({(agency, "RSK")})))
        lacking = knowing(covered=covered)
        given(meeting(lacking), *INVITED).when(table, by=CENTRE).refused(NotEverybodyCovered)


def test_she_is_asked_for_each_agency_and_each_category_by_itself() -> None:
    pairs = missing(
        covering(without=frozenset({(CITY.agency, "RSK")})),
        {CITY.agency, SHELTER.agency},
        {"RSK", "HLT"},
    )
    assert pairs == tuple(
        sorted([(CITY.agency, "HLT"), (CITY.agency, "RSK"), (SHELTER.agency, "HLT")])
    )


def test_where_she_is_and_what_no_consent_opens_is_never_tabled() -> None:
    everything = {
        (agency, category): AGREED
        for agency, _ in covering()
        for category in ("LOC", "PRB", "STF", "CNS", "MTG")
    }
    for category in ("LOC", "STF", "CNS"):
        secret = replace(table, categories=frozenset({"PRB", category}))
        given(meeting(knowing(covered=everything)), *INVITED).when(secret, by=CENTRE).refused(
            NotForMeetings
        )


def test_it_is_tabled_again_only_with_more() -> None:
    given(meeting(), *INVITED, tabled).when(table, by=CENTRE).then_nothing()
    more = replace(table, categories=frozenset({"ECO"}))
    given(meeting(), *HELD).when(more, by=CENTRE).then(
        replace(tabled, categories=frozenset[CategoryCode]({"ECO"}))
    )


def test_only_the_convenor_tables_it() -> None:
    given(meeting(), *CONVENED).when(table, by=SHELTER).refused(OnlyTheConvenor)
    given(meeting(), *INVITED).when(table, by=SHELTER).refused(MeetingNotFound)


ABOUT_NOBODY: Final = frozenset(KINDS) - {"PRACTITIONERS", "INDIVIDUAL_CASE"}


@refused("INV-M1", guard="domain.meeting.parties:check_takes_cases")
def test_in_most_meetings_nothing_is_told_of_anybody() -> None:
    for kind in ABOUT_NOBODY:
        given(meeting(TELLING), *policy(kind, convened)).when(provide, by=CITY).refused(NoCasesHere)


@refused("INV-M1", guard="domain.meeting.parties:check_takes_cases")
def test_in_most_meetings_nobodys_case_is_tabled() -> None:
    for kind in ABOUT_NOBODY:
        given(meeting(TELLING), *policy(kind, convened)).when(table, by=CITY).refused(NoCasesHere)


# Among practitioners

ROUND = policy("PRACTITIONERS", convened)
masked = CaseTabled(case_id=HER_CASE, categories=frozenset(), consent_ids=frozenset())


def test_practitioners_go_through_a_case_of_which_they_are_told_nothing() -> None:
    silent = replace(table, categories=frozenset())
    given(meeting(knowing(covered={})), *ROUND).when(silent, by=CITY).then(masked)


def test_what_they_are_told_she_has_agreed_to_for_all_of_them() -> None:
    given(meeting(), *ROUND).when(table, by=CITY).then(tabled)
    lacking = knowing(covered=covering(without=frozenset({(WELFARE.agency, "PRB")})))
    given(meeting(lacking), *ROUND).when(table, by=CITY).refused(NotEverybodyCovered)


def test_whoever_takes_part_in_her_case_tables_it_there_too() -> None:
    given(meeting(), *ROUND).when(table, by=CENTRE).then(tabled)


def test_for_the_others_at_the_table_there_is_no_such_case() -> None:
    for command in (table, provide):
        given(meeting(TELLING), *ROUND).when(command, by=WELFARE).refused(CaseNotFound)


def test_her_case_waits_until_it_is_known_who_will_be_there() -> None:
    given(meeting(), *policy("PRACTITIONERS")).when(table, by=CITY).refused(MeetingNotConvened)


# Telling


@accepted("INV-C1", "INV-C2")
def test_what_is_told_is_named_record_by_record_and_to_whom() -> None:
    given(meeting(TELLING), *CONVENED).when(provide, by=CENTRE).then(provided)
    given(meeting(TELLING), *HELD).when(provide, by=SHELTER).then(
        replace(provided, from_agency=SHELTER.agency)
    )
    given(meeting(TELLING), *MINUTED).when(provide, by=CENTRE).then(provided)


@refused("INV-C1", guard="domain.meeting.telling:check_agreed")
@refused("INV-C2", guard="domain.meeting.telling:check_agreed")
@refused("INV-X3", guard="domain.meeting.telling:check_agreed")
def test_to_nobody_for_whom_she_has_not_agreed_whatever_the_hurry() -> None:
    not_for_the_city = replace(
        on_the_table, offered=(replace(item, not_agreed=frozenset({CITY.agency})),)
    )
    given(meeting(not_for_the_city), *CONVENED).when(provide, by=CENTRE).refused(NotAgreedTo)


@accepted("INV-X3")
def test_what_she_has_agreed_to_needs_no_emergency() -> None:
    given(meeting(TELLING), *CONVENED).when(provide, by=CENTRE).then(provided)


@accepted("INV-M9")
def test_another_body_is_told_what_she_agreed_to() -> None:
    given(meeting(TELLING), *forum()).when(provide, by=CENTRE).then(provided)


@refused("INV-M9", guard="domain.meeting.telling:check_agreed")
def test_another_body_is_told_no_more() -> None:
    not_for_the_city = replace(
        on_the_table, offered=(replace(item, not_agreed=frozenset({CITY.agency})),)
    )
    given(meeting(not_for_the_city), *forum()).when(provide, by=CENTRE).refused(NotAgreedTo)


def forum() -> tuple[MeetingEvent, ...]:
    theirs = replace(planned, kind="EXTERNAL_FORUM", network_id=None)
    return (theirs, *INVITED[1:], tabled, convened)


def test_nobody_tells_what_they_may_not_see() -> None:
    unknown = replace(on_the_table, offered=(replace(item, known=False),))
    given(meeting(unknown), *CONVENED).when(provide, by=SHELTER).refused(ItemNotKnown)


def test_where_she_is_is_told_to_no_meeting() -> None:
    place = replace(item, path="case.stay_started.v1/location", category="LOC")
    given(meeting(replace(on_the_table, offered=(place,))), *CONVENED).when(
        provide, by=SHELTER
    ).refused(NotForMeetings)


def test_only_those_are_told_who_are_invited() -> None:
    to_the_police = replace(provide, recipients=frozenset({POLICE.agency}))
    given(meeting(TELLING), *CONVENED).when(to_the_police, by=CENTRE).refused(NotInvited)


def test_nothing_to_tell_is_nothing() -> None:
    given(meeting(), *CONVENED).when(replace(provide, items=()), by=CENTRE).then_nothing()


def test_it_is_told_between_convening_and_the_confirmed_minutes() -> None:
    given(meeting(TELLING), *INVITED, tabled).when(provide, by=CENTRE).refused(MeetingNotConvened)
    given(meeting(TELLING), *CONFIRMED).when(provide, by=CENTRE).refused(MinutesAlreadyConfirmed)


def test_the_practitioners_are_told_one_by_one() -> None:
    to_the_centre = replace(provide, recipients=frozenset({CENTRE.agency}))
    given(meeting(TELLING), *ROUND, policy_held).when(to_the_centre, by=CITY).then(
        replace(provided, from_agency=CITY.agency, recipients=frozenset[AgencyId]({CENTRE.agency}))
    )


# In all of it, the record of the meeting is for those who hear it


def test_a_conference_needs_agreement_to_its_record_and_a_round_does_not() -> None:
    conference = meeting().replay(CONVENED)
    round_of_all = meeting().replay(ROUND)
    categories = frozenset[CategoryCode]({"PRB"})
    assert isinstance(conference, KnownMeeting)
    assert isinstance(round_of_all, KnownMeeting)
    assert needed(conference, categories) == {"PRB", "MTG"}
    assert needed(round_of_all, categories) == {"PRB"}
