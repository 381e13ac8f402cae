"""A referral: drafted and sent by one agency, taken up by another, hidden from all the rest."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import AgencyNotKnown
from domain.case import CaseNotFound, NoCase
from domain.case.course import CaseIsClosed, CaseIsRestricted
from domain.codes import Condition, Level
from domain.model import CLOSED, ERASED, ReferralId, Withheld
from domain.referral import (
    AnswerAlreadyDue,
    AnswerNotYetDue,
    AppointmentRecorded,
    AskToTakeOver,
    CancellationAsked,
    CaseNotAccepted,
    ChangePackage,
    InquiryAnswered,
    KnownReferral,
    NotForYouToDo,
    OutcomeReported,
    ReferralAlreadyAccepted,
    ReferralNotFound,
    ReferralToOneself,
    SenderNoLongerTakesPart,
    SendReferral,
    replay,
)
from domain.referral_codes import WITHIN
from domain.timers import Timers
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.referring import (
    AT_ONCE,
    AYUMI,
    HER_CASE,
    HER_REFERRAL,
    HISTORIES,
    IN_HER_CASE,
    TODAY,
    accept,
    accepted,
    active,
    answered,
    answered_for_by,
    ask_more,
    ask_to_cancel,
    asked,
    beside,
    confirm,
    confirmed,
    contact,
    decline,
    declined,
    draft,
    drafted,
    expire,
    expired,
    feasible,
    going,
    inquire,
    moved,
    no_show,
    questioned,
    receive,
    received,
    redirect,
    redirected,
    referral_in,
    report,
    send,
    sent,
    supplied,
    supply,
    supporting,
    withdraw,
    withdrawn,
)
from tests.spec import (
    CENTRE,
    CITY,
    NOW,
    POLICE,
    SHELTER,
    given,
    later,
    without_words,
)

# Drafting


def test_whoever_takes_part_drafts_a_referral_to_another_agency() -> None:
    given(IN_HER_CASE).when(draft, by=CITY).then(drafted)
    link = replace(draft, kind="SERVICE_LINK", to_agency=SHELTER.agency)
    given(IN_HER_CASE).when(link, by=CENTRE).then(
        replace(going("SERVICE_LINK", CENTRE, SHELTER), referral_id=ReferralId(CENTRE.new_id))
    )


def test_it_says_what_service_is_asked_for_and_by_which_referral_one_came_to_ask() -> None:
    brought_in = referral_in(beside(brought_in_by=frozenset({HER_REFERRAL})))
    chain = replace(
        draft,
        kind="SERVICE_LINK",
        to_agency=AYUMI.agency,
        requested_service="HOUSING_SUPPORT",
        based_on=HER_REFERRAL,
    )
    given(brought_in).when(chain, by=CENTRE).then(
        replace(
            going("SERVICE_LINK", CENTRE, AYUMI),
            referral_id=ReferralId(CENTRE.new_id),
            requested_service="HOUSING_SUPPORT",
            based_on=HER_REFERRAL,
        )
    )
    given(IN_HER_CASE).when(chain, by=CENTRE).refused(ReferralNotFound)


def test_a_referral_does_not_wait_for_the_case_to_be_accepted() -> None:
    given(referral_in(beside(contact))).when(draft, by=CITY).then(drafted)


def test_nobody_refers_her_to_themselves() -> None:
    to_itself = replace(draft, to_agency=CITY.agency)
    given(IN_HER_CASE).when(to_itself, by=CITY).refused(ReferralToOneself)


def test_who_takes_no_part_refers_nobody() -> None:
    for case in (NoCase(), contact, active):
        given(referral_in(beside(case))).when(draft, by=POLICE).refused(CaseNotFound)
        asking = AskToTakeOver(purpose="SERVICE", urgency="LOW")
        given(referral_in(beside(case))).when(asking, by=POLICE).refused(CaseNotFound)


def test_nothing_new_begins_in_a_case_that_is_closed() -> None:
    closed = referral_in(beside(replace(active, status="CLOSED")))
    given(closed).when(draft, by=CITY).refused(CaseIsClosed)
    given(closed, drafted).when(send, by=CITY).refused(CaseIsClosed)
    given(closed, drafted, sent).when(accept, by=CENTRE).refused(CaseIsClosed)
    restricted = referral_in(beside(replace(active, status="RESTRICTED")))
    history = (drafted, sent, accepted, confirmed)
    given(restricted, *history).when(report, by=CENTRE).refused(CaseIsRestricted)


def test_what_only_ends_it_is_taken_however_the_case_stands() -> None:
    for status in ("CLOSED", "TRANSFERRED", "RESTRICTED", "ERASED"):
        over = referral_in(beside(replace(active, status=status)))
        given(over, drafted, sent).when(withdraw, by=CITY).then(withdrawn)
        given(over, drafted, sent).when(decline, by=CENTRE).then(declined)
        in_the_evening = later(CITY, hours=3)
        given(over, drafted, sent).when(expire, by=in_the_evening).then(
            replace(expired, at=in_the_evening.at)
        )
    closed = referral_in(beside(replace(active, status="CLOSED")))
    history = (drafted, sent, accepted, confirmed)
    given(closed, *history).when(report, by=CENTRE).then(
        OutcomeReported(result="SUPPORT_IN_PLACE", text="毎週通えている。")
    )


# Asking to take over: the agency that answers for her gets a draft


def test_who_takes_part_may_ask_to_answer_for_her() -> None:
    given(IN_HER_CASE).when(AskToTakeOver(purpose="SERVICE", urgency="LOW"), by=CENTRE).then(
        replace(
            going("CASE_TRANSFER", CITY, CENTRE),
            referral_id=ReferralId(CENTRE.new_id),
            purpose="SERVICE",
            urgency="LOW",
            answer_within="BUSINESS_DAYS",
        )
    )


def test_who_answers_for_her_has_nothing_to_ask_and_before_that_nobody_can() -> None:
    asking = AskToTakeOver(purpose="SERVICE", urgency="LOW")
    given(IN_HER_CASE).when(asking, by=CITY).refused(ReferralToOneself)
    given(referral_in(beside(contact))).when(asking, by=CENTRE).refused(CaseNotAccepted)


# An inquiry without identity


def test_an_inquiry_says_how_many_they_are_and_what_they_need_and_not_who() -> None:
    given(IN_HER_CASE, drafted).when(inquire, by=CITY).then(asked)


def test_the_other_side_says_whether_it_could_take_her() -> None:
    given(IN_HER_CASE, drafted, asked).when(feasible, by=CENTRE).then(answered)
    not_now = replace(feasible, feasible=False, conditions=frozenset[Condition]({"KEEPS_PHONE"}))
    given(IN_HER_CASE, drafted, asked).when(not_now, by=CENTRE).then(
        InquiryAnswered(feasible=False, conditions=frozenset[Condition]({"KEEPS_PHONE"}))
    )


def test_an_inquiry_may_be_made_again() -> None:
    history = (drafted, asked, replace(answered, feasible=False))
    given(IN_HER_CASE, *history).when(inquire, by=CITY).then(asked)


# Sending


def test_it_is_sent_with_the_time_by_which_an_answer_is_asked_for() -> None:
    given(IN_HER_CASE, drafted).when(send, by=CITY).then(sent)


DUE: Final[dict[Level, datetime]] = {
    "CRITICAL": NOW + timedelta(hours=2),
    "HIGH": NOW + timedelta(days=1),
    # Three business days after a Wednesday: to the end of Monday, in Japan.
    "MEDIUM": datetime(2026, 5, 18, 15, tzinfo=UTC),
    "LOW": datetime(2026, 5, 18, 15, tzinfo=UTC),
}


@shown("INV-R5")
def test_where_the_sender_names_no_time_its_urgency_says_by_when_an_answer_is_due() -> None:
    for urgency, due in DUE.items():
        soon = replace(drafted, urgency=urgency, answer_within=WITHIN[urgency])
        given(IN_HER_CASE, soon).when(SendReferral(referral_id=HER_REFERRAL), by=CITY).then(
            replace(sent, respond_by=None, answer_due=due, accompanied=False)
        )


def test_a_draft_of_old_waits_no_longer_than_the_longest_time() -> None:
    of_old = replace(drafted, answer_within=None)
    given(IN_HER_CASE, of_old).when(SendReferral(referral_id=HER_REFERRAL), by=CITY).then(
        replace(sent, respond_by=None, answer_due=DUE["LOW"], accompanied=False)
    )


def test_by_the_rules_of_a_network_it_is_due_sooner_or_later() -> None:
    hurried = replace(CITY, timers=Timers(answer_high_hours=6))
    given(IN_HER_CASE, drafted).when(SendReferral(referral_id=HER_REFERRAL), by=hurried).then(
        replace(sent, respond_by=None, answer_due=NOW + timedelta(hours=6), accompanied=False)
    )


def test_no_answer_is_asked_for_in_the_past() -> None:
    for too_soon in (NOW, NOW - timedelta(minutes=1)):
        in_vain = replace(send, respond_by=too_soon)
        given(IN_HER_CASE, drafted).when(in_vain, by=CITY).refused(AnswerAlreadyDue)


def test_what_an_agency_drafted_it_does_not_send_when_it_no_longer_takes_part() -> None:
    gone = replace(
        answered_for_by(SHELTER), reasons=frozenset({(SHELTER.agency, "MAIN_RESPONSIBLE")})
    )
    for command in (send, inquire, ChangePackage(referral_id=HER_REFERRAL, items=())):
        given(referral_in(beside(gone)), drafted).when(command, by=CITY).refused(CaseNotFound)
    history = (drafted, sent, received, questioned)
    given(referral_in(beside(gone)), *history).when(supply, by=CITY).refused(CaseNotFound)


# Receiving and accepting


def test_the_agency_it_was_sent_to_says_who_received_it() -> None:
    given(IN_HER_CASE, drafted, sent).when(receive, by=CENTRE).then(received)


def test_it_may_ask_for_more_and_is_answered() -> None:
    given(IN_HER_CASE, drafted, sent, received).when(ask_more, by=CENTRE).then(questioned)
    given(IN_HER_CASE, drafted, sent, received, questioned).when(supply, by=CITY).then(supplied)


def test_with_acceptance_comes_a_role_in_the_case() -> None:
    given(IN_HER_CASE, drafted, sent, received).when(accept, by=CENTRE).then(accepted, supporting)


def test_it_may_be_accepted_before_anybody_noted_its_arrival() -> None:
    given(IN_HER_CASE, drafted, sent).when(accept, by=CENTRE).then(accepted, supporting)


def test_it_is_accepted_although_no_agency_answers_for_her_yet() -> None:
    given(referral_in(beside(contact)), drafted, sent).when(accept, by=CENTRE).then(
        accepted, supporting
    )


def test_a_late_answer_is_an_answer() -> None:
    next_week = later(CENTRE, days=7)
    given(IN_HER_CASE, drafted, sent).when(accept, by=next_week).then(
        replace(accepted, on=date(2026, 5, 20)), supporting
    )


def test_whoever_no_longer_takes_part_brings_nobody_in() -> None:
    gone = replace(
        answered_for_by(SHELTER), reasons=frozenset({(SHELTER.agency, "MAIN_RESPONSIBLE")})
    )
    for command in (accept, redirect):
        given(referral_in(beside(gone)), drafted, sent).when(command, by=CENTRE).refused(
            SenderNoLongerTakesPart
        )


def test_what_is_agreed_is_agreed_on_a_date_in_japan() -> None:
    at_midnight = replace(CENTRE, at=datetime(2026, 5, 13, 15, 0, tzinfo=UTC))
    tomorrow = date(2026, 5, 14)
    given(IN_HER_CASE, drafted, sent).when(accept, by=at_midnight).then(
        replace(accepted, on=tomorrow), supporting
    )
    given(IN_HER_CASE, drafted, sent, accepted).when(confirm, by=at_midnight).then(
        replace(confirmed, on=tomorrow), moved
    )


# Declining, redirecting, running out of time


@shown("INV-R3")
def test_it_is_declined_with_a_reason_and_perhaps_another_agency_and_the_sender_stays() -> None:
    given(IN_HER_CASE, drafted, sent).when(decline, by=CENTRE).then(declined)
    try_there = replace(decline, alternative_agency=AYUMI.agency)
    given(IN_HER_CASE, drafted, sent, received).when(try_there, by=CENTRE).then(
        replace(declined, alternative_agency=AYUMI.agency)
    )


@kept("INV-R3", guard="domain.referral:check_step")
def test_what_was_accepted_is_not_declined_so_that_she_falls_between() -> None:
    history = (drafted, sent, accepted)
    given(IN_HER_CASE, *history).when(decline, by=CENTRE).refused(ReferralAlreadyAccepted)


def test_another_agency_is_neither_of_the_two() -> None:
    for same in (CITY.agency, CENTRE.agency):
        there = replace(decline, alternative_agency=same)
        given(IN_HER_CASE, drafted, sent).when(there, by=CENTRE).refused(ReferralToOneself)
        to_them = replace(redirect, new_to=same)
        given(IN_HER_CASE, drafted, sent).when(to_them, by=CENTRE).refused(ReferralToOneself)


def test_redirected_it_becomes_a_draft_of_the_same_sender_to_another_agency() -> None:
    history = (going("SERVICE_LINK", CITY, CENTRE), sent)
    given(IN_HER_CASE, *history).when(redirect, by=CENTRE).then(
        redirected,
        replace(
            going("SERVICE_LINK", CITY, AYUMI),
            referral_id=ReferralId(CENTRE.new_id),
            purpose="SERVICE",
            urgency="MEDIUM",
            answer_within="BUSINESS_DAYS",
        ),
    )


def test_unanswered_it_expires_once_the_time_is_over_and_not_before() -> None:
    given(IN_HER_CASE, drafted, sent).when(expire, by=CITY).refused(AnswerNotYetDue)
    on_time = replace(CITY, at=AT_ONCE)
    given(IN_HER_CASE, drafted, sent).when(expire, by=on_time).refused(AnswerNotYetDue)
    over = replace(CITY, at=expired.at)
    given(IN_HER_CASE, drafted, sent).when(expire, by=over).then(expired)
    whenever = replace(sent, respond_by=None)
    given(IN_HER_CASE, drafted, whenever).when(expire, by=over).refused(AnswerNotYetDue)


# Withdrawing


def test_the_sender_withdraws_it_also_when_it_no_longer_takes_part() -> None:
    by_mistake = replace(withdraw, reason="ERROR")
    gone = replace(
        answered_for_by(SHELTER), reasons=frozenset({(SHELTER.agency, "MAIN_RESPONSIBLE")})
    )
    for case in (active, gone):
        given(referral_in(beside(case)), drafted, sent).when(by_mistake, by=CITY).then(
            replace(withdrawn, reason="ERROR")
        )


def test_she_may_also_tell_the_other_side_that_she_does_not_want_it() -> None:
    for reason in ("SUBJECT_WISH", "CONSENT_WITHDRAWN"):
        hers = replace(withdraw, reason=reason)
        given(IN_HER_CASE, drafted, sent).when(hers, by=CENTRE).then(
            replace(withdrawn, reason=reason)
        )
    for reason in ("SUPERSEDED", "ERROR"):
        not_hers = replace(withdraw, reason=reason)
        given(IN_HER_CASE, drafted, sent).when(not_hers, by=CENTRE).refused(NotForYouToDo)


# Between acceptance and handover


def test_whether_she_came_is_noted_and_changes_nothing_else() -> None:
    given(IN_HER_CASE, drafted, sent, accepted).when(no_show, by=CENTRE).then(
        AppointmentRecorded(appointment="NO_SHOW", on=TODAY)
    )


def test_to_be_asked_to_cancel_is_not_to_have_cancelled() -> None:
    asking = CancellationAsked(reason="NO_CONTACT")
    given(IN_HER_CASE, drafted, sent, accepted).when(ask_to_cancel, by=CENTRE).then(asking)
    still = replay((drafted, sent, accepted, asking))
    assert isinstance(still, KnownReferral)
    assert still.status == "ACCEPTED"
    given(IN_HER_CASE, drafted, sent, accepted, asking).when(withdraw, by=CITY).then(withdrawn)


# What a referral holds


def test_its_two_sides_its_package_and_where_it_stands_are_what_is_decided_on() -> None:
    assert replay(HISTORIES["SENT"]) == KnownReferral(
        referral_id=HER_REFERRAL,
        case_id=HER_CASE,
        kind="TEMPORARY_PROTECTION_REQUEST",
        from_agency=CITY.agency,
        to_agency=CENTRE.agency,
        status="SENT",
        receiver_knows=True,
        respond_by=AT_ONCE,
        answer_within="DAY",
        hands_over=True,
    )


@pytest.mark.parametrize("withheld", [CLOSED, ERASED], ids=lambda withheld: withheld.withheld)
def test_what_was_erased_or_stays_closed_stops_no_fold(withheld: Withheld) -> None:
    for history in HISTORIES.values():
        assert replay(without_words(event, withheld) for event in history) == replay(history)


def test_of_an_agency_that_is_not_known_no_kind_is_taken_for_granted() -> None:
    unknown = referral_in(beside(agencies={}))
    given(unknown).when(draft, by=CITY).refused(AgencyNotKnown)
