"""A case goes on elsewhere, ends, and begins again: never without her, and nothing left behind."""

from datetime import date
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.case import (
    AcceptCase,
    CloseCase,
    EndParticipation,
    OnlyWhoAnswersForHer,
    ReopenCase,
    TransferCase,
)
from domain.case.aftercare import AftercareEnded, AftercareStarted, HerViewIsMissing
from domain.case.closing import (
    AftercareNotEnded,
    AftercareNotOffered,
    CaseAlreadyAccepted,
    CaseNotClosed,
    CaseStillOpen,
    Erasure,
    HandoverNotConfirmed,
    ReferralStillOpen,
    StayNotEnded,
)
from domain.case.closing import erased as erased_by
from domain.case.closing import lifted as lifted_by
from domain.case.closing import restricted as restricted_by
from domain.case.roles import ItAnswersForHer
from domain.case.stay_events import StayCancelled, StayDecided, StayEnded, StayStarted
from domain.case_codes import ClosureReason, ReopeningReason
from domain.model import NetworkId, StayId
from domain.network.state import NetworkNotFound, NotInTheNetwork
from domain.support_codes import AftercareMeans
from tests.beside import NPO, SHE_AGREED
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.spec import CENTRE, CITY, an_id, later
from tests.supporting import (
    HER,
    HER_SON,
    MIDORINO,
    TODAY,
    WAKABA,
    accepted,
    closed,
    erased,
    handed_over,
    her_case,
    knowing,
    known,
    lifted,
    moved_away,
    opened,
    reopened,
    restricted,
    supporting,
    transferred,
    with_her_son,
)

close = CloseCase(
    reason="GOALS_MET", outcome="自分の部屋で暮らし始めた。", subject_wish="もう大丈夫。"
)
reopen = ReopenCase(reason="NEW_DIFFICULTIES", subject_wish="また相談したい。")
transfer = TransferCase(network_id=WAKABA)
HER_STAY: Final = StayId(an_id(720))
stay_decided = StayDecided(
    stay_id=HER_STAY,
    kind="STEP_HOUSE",
    scope="IN_PREFECTURE",
    legal_ground=None,
    decided_by=CITY.agency,
    decided_on=TODAY,
    provider_agency_id=NPO.agency,
    direct_admission=False,
    planned_from=TODAY,
    consent_id=SHE_AGREED,
)
stay_started = StayStarted(
    stay_id=HER_STAY,
    started_on=TODAY,
    location="緑野市 川端町 3-1",
    companions=(),
    elsewhere=(),
    elsewhere_places=(),
    age_band="30S",
    reason_code=None,
    conditions=frozenset(),
)
stay_ended = StayEnded(
    stay_id=HER_STAY,
    ended_on=TODAY,
    destination_kind="OWN_HOUSING",
    destination_address=None,
    companions_outcome=None,
    without_aftercare="DECLINED",
)
stay_cancelled = StayCancelled(stay_id=HER_STAY, reason="SHE_CHOSE_OTHERWISE", text=None)
aftercare_started = AftercareStarted(
    lead_agency=NPO.agency,
    started_on=TODAY,
    means=frozenset[AftercareMeans]({"PHONE"}),
    cadence_days=21,
    subject_wish="電話なら安心できる。",
)
aftercare_ended = AftercareEnded(
    lead_agency=NPO.agency, ended_on=TODAY, subject_wish="もう一人でやっていける。", reason=None
)


# It is closed


@shown("INV-K7")
def test_a_case_is_closed_once_nothing_is_left_and_with_what_she_says_to_it() -> None:
    her_case(opened, accepted).when(close, by=CITY).then(closed)
    after_all = (stay_decided, stay_started, stay_ended, aftercare_started, aftercare_ended)
    her_case(opened, accepted, *after_all).when(close, by=CITY).then(closed)
    her_case(opened, accepted, stay_decided, stay_cancelled).when(close, by=CITY).then(closed)


@kept("INV-K7", guard="domain.case.closing:check_no_stay_is_left")
def test_it_is_not_closed_while_she_is_in_a_stay_or_one_is_decided() -> None:
    story = (opened, accepted, stay_decided)
    her_case(*story).when(close, by=CITY).refused(StayNotEnded)
    her_case(*story, stay_started).when(close, by=CITY).refused(StayNotEnded)


@kept("INV-K7", guard="domain.case.closing:check_no_referral_is_open")
def test_it_is_not_closed_while_a_referral_waits_for_an_answer() -> None:
    waiting = knowing(referral_open=True)
    her_case(opened, accepted, facts=waiting).when(close, by=CITY).refused(ReferralStillOpen)


@kept("INV-K7", guard="domain.case.closing:check_aftercare_is_over")
def test_it_is_not_closed_while_somebody_stays_in_touch_with_her() -> None:
    story = (opened, accepted, aftercare_started)
    her_case(*story).when(close, by=CITY).refused(AftercareNotEnded)


# She left one stay for the next, and then did not go there.
moved_on = replace(stay_ended, destination_kind="FACILITY", without_aftercare=None)
next_decided = replace(stay_decided, stay_id=StayId(an_id(721)))
next_cancelled = replace(stay_cancelled, stay_id=next_decided.stay_id)
next_started = replace(stay_started, stay_id=next_decided.stay_id)
MOVING_ON: Final = (opened, accepted, stay_decided, stay_started, next_decided, moved_on)
LEFT_ALONE: Final = (*MOVING_ON, next_cancelled)


@kept("INV-K7", guard="domain.case.closing:check_aftercare_was_offered")
def test_it_is_not_closed_where_she_was_to_go_on_to_a_stay_and_nobody_asked_her_since() -> None:
    her_case(*LEFT_ALONE).when(close, by=CITY).refused(AftercareNotOffered)


@shown("INV-K7")
def test_it_is_closed_once_she_has_had_aftercare_or_says_that_she_wants_none() -> None:
    declined = replace(close, without_aftercare="DECLINED")
    her_case(*LEFT_ALONE).when(declined, by=CITY).then(
        replace(closed, without_aftercare="DECLINED")
    )
    followed_up = (*LEFT_ALONE, aftercare_started, aftercare_ended)
    her_case(*followed_up).when(close, by=CITY).then(closed)
    gone = replace(close, reason="MOVED_UNREACHABLE")
    her_case(*LEFT_ALONE).when(gone, by=CITY).then(replace(closed, reason="MOVED_UNREACHABLE"))


def test_who_did_go_on_to_the_next_stay_is_asked_when_she_leaves_that() -> None:
    left = replace(stay_ended, stay_id=next_decided.stay_id)
    her_case(*MOVING_ON, next_started, left).when(close, by=CITY).then(closed)


@kept("INV-K7", guard="domain.case.closing:check_her_view")
def test_it_is_not_closed_without_her_view() -> None:
    unheard = replace(close, subject_wish=None)
    her_case(opened, accepted).when(unheard, by=CITY).refused(HerViewIsMissing)


@shown("INV-K7")
def test_of_a_single_call_nothing_more_may_be_known() -> None:
    call = CloseCase(reason="REFERRED_ELSEWHERE")
    her_case(opened).when(call, by=CITY).then(
        replace(closed, reason="REFERRED_ELSEWHERE", outcome=None, subject_wish=None)
    )


@pytest.mark.parametrize("reason", get_args(ClosureReason))
def test_who_can_no_longer_be_asked_need_not_be(reason: ClosureReason) -> None:
    unheard = CloseCase(reason=reason)
    asked = her_case(opened, accepted).when(unheard, by=CITY)
    if reason in {"MOVED_UNREACHABLE", "DECEASED"}:
        asked.then(replace(closed, reason=reason, outcome=None, subject_wish=None))
    else:
        asked.refused(HerViewIsMissing)


def test_a_case_is_closed_on_a_day_in_japan() -> None:
    after_midnight = later(CITY, hours=11)
    her_case(opened, accepted).when(close, by=after_midnight).then(
        replace(closed, on=date(2026, 5, 14), retained_until=date(2031, 5, 14))
    )


def test_only_who_answers_for_her_closes_it_and_opens_it_again() -> None:
    story = (opened, accepted, supporting)
    her_case(*story).when(close, by=NPO).refused(OnlyWhoAnswersForHer)
    her_case(*story, closed).when(reopen, by=NPO).refused(OnlyWhoAnswersForHer)


# It is opened again


@pytest.mark.parametrize("reason", get_args(ReopeningReason))
def test_a_case_is_opened_again_as_she_wishes_and_as_it_was(reason: ReopeningReason) -> None:
    again = replace(reopened, reason=reason)
    her_case(opened, accepted, closed).when(replace(reopen, reason=reason), by=CITY).then(again)
    back = known(opened, accepted, closed, again)
    assert (back.status, back.main_responsible) == ("ACTIVE", CITY.agency)
    assert back.closed_on is None
    # What was never accepted is no more so now.
    called = known(opened, closed, again)
    assert (called.status, called.main_responsible) == ("CONTACT", None)


def test_what_is_not_closed_is_not_opened_again() -> None:
    her_case(opened).when(reopen, by=CITY).refused(CaseNotClosed)
    her_case(opened, accepted).when(reopen, by=CITY).refused(CaseNotClosed)
    her_case(opened, accepted, closed, reopened).when(reopen, by=CITY).refused(CaseNotClosed)


# It goes on elsewhere


def test_after_a_handover_it_goes_on_in_another_network_under_a_number_of_that_one() -> None:
    her_case(opened, accepted, handed_over).when(transfer, by=CENTRE).then(transferred)
    there = known(opened, accepted, handed_over, transferred)
    assert (there.status, there.network) == ("ACTIVE", WAKABA)


def test_it_goes_on_in_another_installation_and_there_alone() -> None:
    command = TransferCase()
    facts = knowing(number=None)
    story = (opened, accepted, handed_over)
    her_case(*story, facts=facts).when(command, by=CENTRE).then(moved_away)
    gone = known(*story, moved_away)
    assert (gone.status, gone.network, gone.closed_on) == ("TRANSFERRED", None, TODAY)


@kept("INV-K7", guard="domain.case.closing:check_nothing_is_left")
def test_nothing_is_left_here_that_could_be_ended_only_here() -> None:
    """There it is begun anew; within one installation it goes on with her."""
    story = (opened, accepted, handed_over)
    elsewhere, facts = TransferCase(), knowing(number=None)
    for left, why in (
        ((stay_decided,), StayNotEnded),
        ((stay_decided, stay_started), StayNotEnded),
        ((aftercare_started,), AftercareNotEnded),
    ):
        her_case(*story, *left, facts=facts).when(elsewhere, by=CENTRE).refused(why)
        her_case(*story, *left).when(transfer, by=CENTRE).then(transferred)
    waiting = knowing(number=None, referral_open=True)
    her_case(*story, facts=waiting).when(elsewhere, by=CENTRE).refused(ReferralStillOpen)
    open_here = knowing(referral_open=True)
    her_case(*story, facts=open_here).when(transfer, by=CENTRE).then(transferred)


def test_nothing_is_transferred_before_she_was_handed_on() -> None:
    her_case(opened, accepted).when(TransferCase(), by=CITY).refused(HandoverNotConfirmed)
    # Each transfer takes a handover of its own.
    twice = (opened, accepted, handed_over, transferred)
    back = TransferCase(network_id=MIDORINO)
    her_case(*twice).when(back, by=CENTRE).refused(HandoverNotConfirmed)


def test_it_is_transferred_by_who_answers_for_her_now() -> None:
    story = (opened, accepted, handed_over)
    her_case(*story).when(transfer, by=CITY).refused(OnlyWhoAnswersForHer)


def test_a_network_takes_it_in_through_one_of_its_members() -> None:
    unknown = TransferCase(network_id=NetworkId(an_id(599)))
    story = (opened, accepted, handed_over)
    her_case(*story).when(unknown, by=CENTRE).refused(NetworkNotFound)
    of_others = knowing(networks={WAKABA: frozenset({NPO.agency})})
    her_case(*story, facts=of_others).when(transfer, by=CENTRE).refused(NotInTheNetwork)


def test_where_it_stands_already_it_is_not_transferred_to() -> None:
    here = TransferCase(network_id=MIDORINO)
    her_case(opened, accepted, handed_over).when(here, by=CENTRE).then_nothing()


@shown("INV-K2")
def test_whoever_she_is_handed_to_has_accepted_her_with_that() -> None:
    again = AcceptCase(network_id=WAKABA)
    her_case(opened, accepted, handed_over).when(again, by=CENTRE).refused(CaseAlreadyAccepted)
    her_case(opened, accepted, closed, reopened).when(again, by=CITY).refused(CaseAlreadyAccepted)


@kept("INV-K2", guard="domain.case.roles:check_does_not_answer")
def test_whoever_answers_for_her_does_not_leave() -> None:
    leave = EndParticipation(agency_id=CITY.agency)
    her_case(opened).when(leave, by=CITY).refused(ItAnswersForHer)
    her_case(opened, accepted).when(leave, by=CITY).refused(ItAnswersForHer)
    her_case(opened, accepted, closed).when(leave, by=CITY).refused(ItAnswersForHer)


# Its data is no longer used

asked = Erasure(
    request_id=restricted.request_id,
    decided_by=CITY.agency,
    basis="REQUEST",
    scope=frozenset({HER}),
)


def test_what_is_closed_or_transferred_may_be_restricted_and_erased() -> None:
    over = (opened, accepted, closed)
    for story in (over, (opened, accepted, handed_over, moved_away)):
        assert restricted_by(known(*story), asked) == (restricted,)
        assert erased_by(known(*story), replace(asked, basis="RETENTION_OVER")) == (erased,)
        assert known(*story, restricted).status == "RESTRICTED"
        assert known(*story, restricted, lifted).status == known(*story).status
        assert known(*story, restricted, erased).status == "ERASED"
    assert lifted_by(asked) == (lifted,)


def test_while_support_goes_on_what_is_known_of_her_is_used() -> None:
    for story in ((opened,), (opened, accepted)):
        for decide in (restricted_by, erased_by):
            with pytest.raises(CaseStillOpen):
                decide(known(*story), asked)


def test_where_it_changes_nothing_for_anybody_nothing_is_told() -> None:
    nobody = replace(asked, scope=frozenset())
    over = known(opened, accepted, closed)
    assert restricted_by(over, nobody) == ()
    assert erased_by(over, nobody) == ()
    assert lifted_by(nobody) == ()


def test_what_is_restricted_or_erased_of_her_son_leaves_her_case_as_it_is() -> None:
    story = (opened, with_her_son, accepted, closed)
    his = frozenset({HER_SON})
    for event in (replace(restricted, scope=his), replace(erased, scope=his)):
        assert known(*story, event) == known(*story)
