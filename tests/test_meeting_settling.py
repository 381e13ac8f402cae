"""What is decided about her, who does what, and what is done where the agencies do not agree."""

from collections.abc import Mapping
from datetime import date

import pytest
from msgspec.structs import replace

from domain.case import CaseNotFound
from domain.case.beside import CompanionNotFound
from domain.case.days import DayStillToCome
from domain.machine import NOT_YET
from domain.meeting import Consultation
from domain.meeting.course import CONSULTATION
from domain.meeting.events import (
    DecisionAcknowledged,
    DecisionProgressReported,
    IssueCarriedForward,
    MeetingEvent,
    NextMeetingSet,
    RoleAllocated,
)
from domain.meeting.holding import NextMeetingNotSet
from domain.meeting.settling import (
    AnotherWasDesignated,
    BothForAndAgainst,
    ConsultationIsOver,
    ConsultationUnsettled,
    DecisionNotFound,
    DissentRemains,
    NextOrNone,
    NothingUnsettled,
    consulted,
)
from domain.meeting.state import (
    CaseNotTabled,
    NoCasesHere,
    OnlyTheConvenor,
    OnlyTheCoordinatingAgency,
    OnlyWhoAttended,
)
from domain.model import PersonId
from tests.conferring import (
    ANOTHER_CASE,
    CLOSED,
    CONVENED,
    DECIDED,
    DECIDING,
    DECISION,
    HELD,
    HER,
    HER_CASE,
    HER_SON,
    SHARED_OUT,
    WELFARE,
    acknowledge,
    allocate,
    allocated,
    carry,
    close,
    confirmed,
    convened,
    covering,
    decide,
    decided,
    designate,
    designated,
    disagree,
    disagreed,
    drafted,
    held,
    knowing,
    meeting,
    next_set,
    of_all,
    policy,
    policy_held,
    progress,
    set_next,
    settle,
    shared,
    tabled,
    unsettled,
)
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, SHELTER, an_id, given, making

UNSETTLED = knowing(consultation=unsettled(CITY, SHELTER))
ROUND = policy("PRACTITIONERS", convened, tabled, policy_held)

NOTHING_YET = Consultation()
AS_IT_IS: Mapping[str, Consultation] = {
    "OPEN": Consultation(status="OPEN"),
    "AGREED": Consultation(status="AGREED"),
    "UNSETTLED": unsettled(CITY, SHELTER),
    "DESIGNATED": Consultation(status="DESIGNATED", designated=SHELTER.agency),
}

# Deciding


def test_what_is_decided_is_recorded_with_who_agreed_and_who_did_not() -> None:
    given(meeting(), *HELD).when(decide, by=DECIDING).then(decided)
    against = replace(
        decide, agreed=frozenset({CITY.agency}), dissenting=frozenset({SHELTER.agency})
    )
    given(meeting(), *HELD).when(against, by=DECIDING).then(
        replace(decided, agreed=against.agreed, dissenting=against.dissenting)
    )


def test_only_those_agree_who_were_there_and_each_in_one_way() -> None:
    absent = replace(decide, agreed=frozenset({WELFARE.agency}))
    given(meeting(), *HELD).when(absent, by=CENTRE).refused(OnlyWhoAttended)
    absent_too = replace(decide, dissenting=frozenset({WELFARE.agency}))
    given(meeting(), *HELD).when(absent_too, by=CENTRE).refused(OnlyWhoAttended)
    both = replace(decide, dissenting=decide.agreed)
    given(meeting(), *HELD).when(both, by=CENTRE).refused(BothForAndAgainst)


def test_what_is_decided_about_nobody_is_under_a_key_of_the_convenor() -> None:
    of_the_round = making(CITY, DECISION)
    given(meeting(of_all), *ROUND).when(
        replace(decide, agreed=frozenset({CENTRE.agency})), by=of_the_round
    ).then(
        replace(
            decided,
            subject_id=PersonId(CITY.agency),
            case_id=None,
            agreed=frozenset({CENTRE.agency}),
        )
    )


def test_what_practitioners_decide_about_her_is_under_hers() -> None:
    of_the_round = making(CITY, DECISION)
    alone = replace(decide, agreed=frozenset({CENTRE.agency}))
    given(meeting(), *ROUND).when(alone, by=of_the_round).then(
        replace(decided, agreed=frozenset({CENTRE.agency}))
    )


def test_about_a_case_that_is_not_on_the_table_nothing_is_decided() -> None:
    untabled = policy("PRACTITIONERS", convened, policy_held)
    given(meeting(), *untabled).when(decide, by=CITY).refused(CaseNotTabled)
    given(meeting(), *untabled).when(allocate, by=CITY).refused(CaseNotTabled)


def test_the_members_of_a_council_decide_about_nobody() -> None:
    council = policy("LIAISON_COUNCIL", convened, policy_held)
    given(meeting(), *council).when(decide, by=CITY).refused(NoCasesHere)


# Who does what


def test_roles_are_given_to_those_who_were_there() -> None:
    given(meeting(), *HELD).when(allocate, by=CENTRE).then(allocated)
    absent = replace(allocate, agency_id=WELFARE.agency)
    given(meeting(), *HELD).when(absent, by=CENTRE).refused(OnlyWhoAttended)
    given(meeting(), *HELD, allocated).when(allocate, by=CENTRE).then_nothing()


def test_a_role_may_be_for_one_of_the_people_with_her() -> None:
    for_her_son = replace(allocate, person_id=HER_SON)
    given(meeting(), *HELD, allocated).when(for_her_son, by=CENTRE).then(
        RoleAllocated(
            case_id=HER_CASE,
            function="MAIN_SUPPORT",
            agency_id=SHELTER.agency,
            person_id=HER_SON,
        )
    )
    for_a_stranger = replace(allocate, person_id=PersonId(an_id(699)))
    given(meeting(), *HELD).when(for_a_stranger, by=CENTRE).refused(CompanionNotFound)


@accepted("INV-K3")
def test_several_agencies_may_support_her() -> None:
    too = replace(allocate, agency_id=CITY.agency)
    given(meeting(), *HELD, allocated).when(too, by=CENTRE).then(
        replace(allocated, agency_id=CITY.agency)
    )


@refused("INV-K3", guard="domain.meeting.settling:check_support_is_settled")
def test_nobody_becomes_her_main_support_while_they_do_not_agree() -> None:
    given(meeting(UNSETTLED), *HELD).when(allocate, by=CENTRE).refused(ConsultationUnsettled)
    other = replace(allocate, function="SERVICE_PROVIDER")
    given(meeting(UNSETTLED), *HELD).when(other, by=CENTRE).then(
        replace(allocated, function="SERVICE_PROVIDER")
    )


@refused("INV-K3", guard="domain.meeting.settling:check_support_is_settled")
def test_nor_another_than_was_designated() -> None:
    after = knowing(consultation=Consultation(status="DESIGNATED", designated=SHELTER.agency))
    given(meeting(after), *HELD).when(allocate, by=CENTRE).then(allocated)
    another = replace(allocate, agency_id=CITY.agency)
    given(meeting(after), *HELD).when(another, by=CENTRE).refused(AnotherWasDesignated)


# Where they do not agree


def test_each_position_is_recorded() -> None:
    given(meeting(), *HELD).when(disagree, by=CENTRE).then(disagreed)
    given(meeting(UNSETTLED), *HELD).when(disagree, by=CENTRE).then(disagreed)


def test_only_those_have_a_position_who_were_there_and_each_has_one() -> None:
    first, second = disagree.positions
    absent = replace(disagree, positions=(first, replace(second, agency_id=WELFARE.agency)))
    given(meeting(), *HELD).when(absent, by=CENTRE).refused(OnlyWhoAttended)
    twice = replace(disagree, positions=(first, first))
    given(meeting(), *HELD).when(twice, by=CENTRE).refused(BothForAndAgainst)
    tomorrow = replace(disagree, since=date(2026, 5, 14))
    given(meeting(), *HELD).when(tomorrow, by=CENTRE).refused(DayStillToCome)


@accepted("INV-M7")
def test_the_network_designates_one_of_those_who_took_part() -> None:
    given(meeting(UNSETTLED), *HELD).when(designate, by=CITY).then(designated)


@refused("INV-M7", guard="domain.meeting.settling:check_is_unsettled")
def test_it_designates_nobody_before_a_disagreement_is_recorded_or_once_it_is_settled() -> None:
    for status in ("OPEN", "AGREED", "DESIGNATED"):
        settled = knowing(consultation=AS_IT_IS[status])
        given(meeting(settled), *HELD).when(designate, by=CITY).refused(NothingUnsettled)


@refused("INV-M7", guard="domain.meeting.settling:check_was_consulted")
def test_it_designates_nobody_who_did_not_take_part() -> None:
    absent = replace(designate, agency_id=WELFARE.agency, dissenting=frozenset())
    given(meeting(UNSETTLED), *HELD).when(absent, by=CITY).refused(OnlyWhoAttended)
    against = replace(designate, dissenting=frozenset({WELFARE.agency}))
    given(meeting(UNSETTLED), *HELD).when(against, by=CITY).refused(OnlyWhoAttended)


def test_whoever_took_part_earlier_took_part() -> None:
    earlier = knowing(consultation=unsettled(CITY, WELFARE))
    absent = replace(designate, agency_id=WELFARE.agency)
    given(meeting(earlier), *HELD).when(absent, by=CITY).then(
        replace(designated, agency_id=WELFARE.agency)
    )


def test_only_the_coordinating_agency_designates() -> None:
    for other in (CENTRE, SHELTER):
        given(meeting(UNSETTLED), *HELD).when(designate, by=other).refused(
            OnlyTheCoordinatingAgency
        )


def test_her_consent_is_not_asked_for_it_and_nothing_is_opened_by_it() -> None:
    unknown = knowing(UNSETTLED, covered=covering(without=frozenset({(SHELTER.agency, "MTG")})))
    given(meeting(unknown), *HELD).when(designate, by=CITY).then(designated)


# Coming to an agreement


def test_it_is_settled_by_a_decision_from_which_nobody_dissents() -> None:
    said = replace(decided, kind="ROLE_ALLOCATION", settles=True, text=settle.text)
    for facts in (knowing(consultation=Consultation(status="OPEN")), UNSETTLED):
        given(meeting(facts), *HELD).when(settle, by=DECIDING).then(said)
    still = replace(settle, agreed=frozenset({CITY.agency}), dissenting=frozenset({SHELTER.agency}))
    given(meeting(UNSETTLED), *HELD).when(still, by=CENTRE).refused(DissentRemains)


def test_what_is_settled_is_settled_for_this_meeting() -> None:
    for status in ("AGREED", "DESIGNATED"):
        over = knowing(consultation=AS_IT_IS[status])
        for command in (settle, disagree):
            given(meeting(over), *HELD).when(command, by=CENTRE).refused(ConsultationIsOver)


def test_about_nobody_nothing_is_settled() -> None:
    in_general = replace(settle, agreed=frozenset({CENTRE.agency}))
    given(meeting(of_all), *ROUND).when(in_general, by=CITY).refused(NoCasesHere)


def history_of(*events: MeetingEvent, start: Consultation = NOTHING_YET) -> Consultation:
    consultation = start
    for event in events:
        consultation = consulted(consultation, event, anew=event is tabled)
    return consultation


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((tabled,), Consultation(status="OPEN")),
        ((tabled, decided), Consultation(status="OPEN")),
        ((tabled, replace(decided, settles=True)), Consultation(status="AGREED")),
        ((tabled, disagreed), unsettled(CITY, SHELTER)),
        ((tabled, disagreed, tabled), unsettled(CITY, SHELTER)),
        ((tabled, disagreed, replace(decided, settles=True)), Consultation(status="AGREED")),
        (
            (tabled, disagreed, designated),
            Consultation(status="DESIGNATED", designated=SHELTER.agency),
        ),
        ((tabled, disagreed, designated, tabled), Consultation(status="OPEN")),
        ((tabled, replace(decided, settles=True), tabled), Consultation(status="OPEN")),
        ((tabled, disagreed, allocated, next_set), unsettled(CITY, SHELTER)),
    ],
)
def test_what_is_unsettled_stays_so_from_one_meeting_to_the_next(
    events: tuple[MeetingEvent, ...], expected: Consultation
) -> None:
    assert history_of(*events) == expected


def test_a_consultation_goes_as_its_machine_says() -> None:
    said: Mapping[str, MeetingEvent] = {
        "AGREED": replace(decided, settles=True),
        "UNSETTLED": disagreed,
        "DESIGNATED": designated,
    }
    for edge in CONSULTATION.edges:
        before = NOTHING_YET if edge.before == NOT_YET else AS_IT_IS[edge.before]
        event = tabled if edge.after == "OPEN" else said[edge.after]
        assert isinstance(event, edge.event)
        assert history_of(event, start=before).status == edge.after


# Afterwards


def test_each_agency_acknowledges_what_was_decided_once() -> None:
    known = DecisionAcknowledged(decision_id=DECISION, by_agency=SHELTER.agency)
    for history in (DECIDED, SHARED_OUT, CLOSED):
        given(meeting(), *history).when(acknowledge, by=SHELTER).then(known)
    given(meeting(), *CLOSED, known).when(acknowledge, by=SHELTER).then_nothing()


def test_how_it_goes_on_is_reported_also_after_the_meeting() -> None:
    reported = DecisionProgressReported(
        decision_id=DECISION, subject_id=HER, status="DONE", text="窓口で受理された"
    )
    for history in (DECIDED, CLOSED):
        given(meeting(), *history).when(progress, by=CITY).then(reported)


def test_only_who_was_there_acknowledges_or_reports_and_only_of_what_was_decided_there() -> None:
    without_the_shelter = replace(held, agencies=(CENTRE.agency, CITY.agency))
    history = (*CONVENED, without_the_shelter, decided)
    for command in (acknowledge, progress):
        given(meeting(), *history).when(command, by=SHELTER).refused(OnlyWhoAttended)
        given(meeting(), *HELD).when(command, by=SHELTER).refused(DecisionNotFound)


def test_what_was_decided_about_her_is_known_under_her_name_alone() -> None:
    history = (*ROUND, replace(decided, agreed=frozenset({CENTRE.agency})))
    given(meeting(), *history).when(acknowledge, by=CENTRE).then(
        DecisionAcknowledged(decision_id=DECISION, by_agency=CENTRE.agency)
    )
    given(meeting(of_all), *history).when(acknowledge, by=CENTRE).refused(DecisionNotFound)
    elsewhere = knowing(case_id=ANOTHER_CASE)
    given(meeting(elsewhere), *history).when(acknowledge, by=CENTRE).refused(DecisionNotFound)
    given(meeting(), *history).when(acknowledge, by=WELFARE).refused(CaseNotFound)


def test_what_is_left_open_is_carried_to_another_meeting_in_general_words() -> None:
    given(meeting(), *HELD).when(carry, by=CENTRE).then(
        IssueCarriedForward(to_kind="PRACTITIONERS", text="夜間に空いている受入先が足りない")
    )


def test_they_meet_again_or_need_not() -> None:
    given(meeting(), *HELD).when(set_next, by=CENTRE).then(next_set)
    never = replace(set_next, on=None, not_needed=True)
    given(meeting(), *HELD).when(never, by=CENTRE).then(NextMeetingSet(on=None, not_needed=True))
    for odd in (replace(set_next, on=None), replace(set_next, not_needed=True)):
        given(meeting(), *HELD).when(odd, by=CENTRE).refused(NextOrNone)


def test_where_they_do_not_agree_they_meet_again_unless_somebody_is_designated() -> None:
    never = replace(set_next, on=None, not_needed=True)
    without = NextMeetingSet(on=None, not_needed=True)
    open_still = (*HELD, disagreed)
    given(meeting(UNSETTLED), *open_still).when(never, by=CENTRE).refused(ConsultationUnsettled)
    given(meeting(UNSETTLED), *open_still).when(set_next, by=CENTRE).then(next_set)
    for settled in (designated, replace(decided, settles=True)):
        given(meeting(), *open_still, settled).when(never, by=CENTRE).then(without)


def test_a_day_that_was_set_before_they_disagreed_is_set_anew() -> None:
    minutes = (drafted, confirmed, shared)
    given(meeting(), *HELD, next_set, disagreed, *minutes).when(close, by=CENTRE).refused(
        NextMeetingNotSet
    )


def test_the_convenor_records_all_this() -> None:
    for command in (decide, allocate, disagree, carry, set_next):
        given(meeting(), *HELD).when(command, by=SHELTER).refused(OnlyTheConvenor)
