"""Handing over: who answers for her and who helps her from now on, and nobody in between."""

from typing import Final

import pytest
from msgspec.structs import replace

from domain.case import (
    CaseNotFound,
    KnownCase,
    OnlyWhoAnswersForHer,
    RoleAssigned,
    RoleEnded,
)
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.items import NotAgreedTo
from domain.model import PersonId, ReferralId
from domain.referral import (
    CaseNotAccepted,
    HandoverAlreadyOpen,
    HandsNothingOver,
    KnownReferral,
    NotForYouToDo,
    NotItsToHandOver,
    ReferralNotAccepted,
    ReferralSent,
    RoleNotGivenHere,
    replay,
)
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.referring import (
    AYUMI,
    HER_GRANT,
    HER_REFERRAL,
    HISTORIES,
    IN_HER_CASE,
    SHIRAHAMA,
    accept,
    accepted,
    active,
    answered_for_by,
    beside,
    confirm,
    confirmed,
    contact,
    draft,
    drafted,
    going,
    moved,
    received,
    referral_in,
    send,
    sent,
    supporting,
    withdraw,
    withdrawn,
)
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, given

# How responsibility moves


@shown("INV-R2", "INV-K2")
def test_with_the_handover_responsibility_moves_in_the_same_append() -> None:
    given(IN_HER_CASE, drafted, sent, accepted).when(confirm, by=CENTRE).then(confirmed, moved)


@kept("INV-R2", guard="domain.referral:check_step")
def test_responsibility_does_not_move_before_it_is_accepted() -> None:
    for history in ((drafted, sent), (drafted, sent, received)):
        given(IN_HER_CASE, *history).when(confirm, by=CENTRE).refused(ReferralNotAccepted)


@kept("INV-R2", guard="domain.referral.handing_over:moves_now", instead=True)
def test_neither_sending_nor_accepting_moves_it_nor_a_handover_of_something_else() -> None:
    stays = replace(sent, hands_over=False)
    given(IN_HER_CASE, drafted, stays, accepted).when(confirm, by=CENTRE).then(
        replace(confirmed, main_responsible_from=None, main_responsible_to=None)
    )


@shown("INV-R4")
def test_the_referrer_remains_if_she_agrees_and_goes_on_doing_what_was_said() -> None:
    goes_on = replace(accepted, remaining_referrer_role="SERVICE_PROVIDER")
    given(IN_HER_CASE, drafted, sent, goes_on).when(confirm, by=CENTRE).then(
        confirmed,
        moved,
        RoleAssigned(function="SERVICE_PROVIDER", agency_id=CITY.agency, decided_by=HER_REFERRAL),
    )


@kept("INV-R4", guard="domain.referral.handing_over:stays_linked", instead=True)
def test_the_referrer_does_not_remain_if_she_does_not_agree() -> None:
    goes_on = replace(accepted, remaining_referrer_role="SERVICE_PROVIDER")
    alone = replace(confirm, referrer_remains=False, accompanied_by=None)
    given(IN_HER_CASE, drafted, sent, received, goes_on).when(alone, by=CENTRE).then(
        replace(confirmed, referrer_remains=False, accompanied_by=None),
        replace(moved, from_remains=False),
    )


@kept("INV-C13", guard="domain.referral.handing_over:check_may_know")
def test_whom_she_has_shut_out_since_comes_to_nothing_by_a_handover_and_is_not_told_why() -> None:
    now_excluded = referral_in(beside(excluded=frozenset({CENTRE.agency})))
    given(now_excluded, drafted, sent, accepted).when(confirm, by=CENTRE).refused(NotAgreedTo)
    helping = replace(confirm, functions=frozenset({"MAIN_SUPPORT"}))
    stays = replace(sent, hands_over=False)
    given(now_excluded, drafted, stays, accepted).when(helping, by=CITY).refused(NotAgreedTo)


def test_who_sent_her_does_not_remain_once_she_has_shut_it_out() -> None:
    without_the_city = referral_in(beside(excluded=frozenset({CITY.agency})))
    given(without_the_city, drafted, sent, accepted).when(confirm, by=CENTRE).refused(NotAgreedTo)
    alone = replace(confirm, referrer_remains=False, accompanied_by=None)
    given(without_the_city, drafted, sent, accepted).when(alone, by=CENTRE).then(
        replace(confirmed, referrer_remains=False, accompanied_by=None),
        replace(moved, from_remains=False),
    )


@kept("INV-C9", guard="domain.referral.handing_over:check_consented")
def test_nobody_moves_away_who_has_taken_back_that_she_would() -> None:
    moving = going("OUT_OF_PREFECTURE", CENTRE, SHIRAHAMA)
    deciding = referral_in(beside(sent_on_by_the_centre()))
    given(deciding, moving, sent, accepted).when(confirm, by=SHIRAHAMA).refused(
        ConsentOfThatKindMissing
    )
    still = referral_in(beside(sent_on_by_the_centre(), agreed={"RELOCATION": HER_GRANT}))
    given(still, moving, sent, accepted).when(confirm, by=SHIRAHAMA).then(
        replace(
            confirmed,
            main_responsible_from=CENTRE.agency,
            main_responsible_to=SHIRAHAMA.agency,
        ),
        replace(moved, from_agency=CENTRE.agency, to_agency=SHIRAHAMA.agency),
    )


def sent_on_by_the_centre() -> KnownCase:
    """It answers for her, and the centre of the other prefecture takes part by now."""
    case = answered_for_by(CENTRE)
    return replace(case, reasons=case.reasons | {(SHIRAHAMA.agency, "MAIN_SUPPORT")})


def test_there_is_nothing_to_hand_over_until_an_agency_answers_for_her() -> None:
    history = (drafted, sent, accepted)
    in_contact = referral_in(beside(contact))
    given(in_contact, *history).when(confirm, by=CENTRE).refused(CaseNotAccepted)
    handing_over = replace(send, hands_over=True)
    given(in_contact, drafted).when(handing_over, by=CITY).refused(CaseNotAccepted)
    given(in_contact, drafted).when(send, by=CITY).then(replace(sent, hands_over=False))


def test_only_who_answers_for_her_can_hand_her_over() -> None:
    for other in (SHELTER, CENTRE):
        deciding = referral_in(beside(answered_for_by(other)))
        given(deciding, drafted, sent, accepted).when(confirm, by=CENTRE).refused(NotItsToHandOver)
        handing_over = replace(send, hands_over=True)
        given(deciding, drafted).when(handing_over, by=CITY).refused(NotItsToHandOver)
        given(deciding, drafted).when(send, by=CITY).then(replace(sent, hands_over=False))


def test_who_answers_for_her_may_send_her_and_go_on_answering() -> None:
    staying = replace(send, hands_over=False)
    given(IN_HER_CASE, drafted).when(staying, by=CITY).then(replace(sent, hands_over=False))


def test_whoever_accepts_may_take_it_upon_itself_to_answer_for_her() -> None:
    stays = replace(sent, hands_over=False)
    taking_over = replace(accept, takes_over=True)
    taken = replace(accepted, takes_over=True)
    given(IN_HER_CASE, drafted, stays).when(taking_over, by=CENTRE).then(taken, supporting)
    given(IN_HER_CASE, drafted, stays, taken).when(confirm, by=CENTRE).then(confirmed, moved)
    given(IN_HER_CASE, drafted, sent).when(taking_over, by=CENTRE).then(accepted, supporting)


def test_nobody_takes_over_what_is_not_the_senders_to_give() -> None:
    taking_over = replace(accept, takes_over=True)
    stays = replace(sent, hands_over=False)
    by_the_shelter = referral_in(beside(answered_for_by(SHELTER)))
    given(by_the_shelter, drafted, stays).when(taking_over, by=CENTRE).refused(NotItsToHandOver)
    link = going("SERVICE_LINK", CITY, CENTRE)
    given(IN_HER_CASE, link, stays).when(taking_over, by=CENTRE).refused(HandsNothingOver)
    handing_over = replace(send, hands_over=True)
    given(IN_HER_CASE, link).when(handing_over, by=CITY).refused(HandsNothingOver)


def test_the_sender_puts_no_responsibility_upon_anybody() -> None:
    given(IN_HER_CASE, drafted, sent, accepted).when(confirm, by=CITY).refused(NotForYouToDo)


def test_who_no_longer_takes_part_is_handed_nobody() -> None:
    role_ended = replace(active, reasons=active.reasons - {(CENTRE.agency, "MAIN_SUPPORT")})
    deciding = referral_in(beside(role_ended))
    given(deciding, drafted, sent, accepted).when(confirm, by=CENTRE).refused(CaseNotFound)


def test_what_was_sent_before_this_was_said_hands_over_as_it_did() -> None:
    of_old = ReferralSent(sent_at=NOW, accompanied=False)
    given(IN_HER_CASE, drafted, of_old, accepted).when(confirm, by=CENTRE).then(confirmed, moved)


# One handover at a time

under_way: Final = referral_in(beside(handovers=frozenset({ReferralId(an_id(970))})))


@shown("INV-K2")
def test_beside_an_open_handover_she_may_be_sent_for_protection_without_another() -> None:
    given(under_way).when(draft, by=CITY).then(drafted)
    staying = replace(send, hands_over=False)
    given(under_way, drafted).when(staying, by=CITY).then(replace(sent, hands_over=False))


@kept("INV-K2", guard="domain.referral.sending:check_no_other_handover")
def test_there_are_never_two_open_handovers_of_responsibility() -> None:
    for kind, to, by in (
        ("CASE_TRANSFER", AYUMI, CITY),
        ("OUT_OF_PREFECTURE", SHIRAHAMA, CENTRE),
    ):
        wholly = replace(draft, kind=kind, to_agency=to.agency)
        case = answered_for_by(by)
        deciding = referral_in(beside(case, handovers=frozenset({ReferralId(an_id(970))})))
        given(deciding).when(wholly, by=by).refused(HandoverAlreadyOpen)
    given(under_way, drafted).when(send, by=CITY).refused(HandoverAlreadyOpen)


@kept("INV-K2", guard="domain.referral.answering:check_no_other_handover")
def test_nor_does_anybody_take_over_beside_an_open_handover() -> None:
    taking_over = replace(accept, takes_over=True)
    history = (drafted, replace(sent, hands_over=False))
    given(under_way, *history).when(taking_over, by=CENTRE).refused(HandoverAlreadyOpen)


def test_who_does_not_answer_for_her_learns_of_no_other_handover() -> None:
    transfer = replace(draft, kind="CASE_TRANSFER", to_agency=AYUMI.agency)
    given(under_way).when(transfer, by=CENTRE).then(
        replace(going("CASE_TRANSFER", CENTRE, AYUMI), referral_id=ReferralId(CENTRE.new_id))
    )


def test_a_handover_is_open_from_its_sending_until_it_is_confirmed_or_ends() -> None:
    handing_over = {
        state: known.is_handing_over
        for state, history in HISTORIES.items()
        if isinstance(known := replay(history), KnownReferral)
    }
    assert {state for state, is_so in handing_over.items() if is_so} == {
        "SENT",
        "RECEIVED",
        "INFO_REQUESTED",
        "ACCEPTED",
    }


# What else is handed over

commission: Final = going("COMMISSION", CENTRE, SHELTER)
stays: Final = replace(sent, hands_over=False)
sheltering: Final = replace(
    answered_for_by(CENTRE),
    reasons=frozenset({(CENTRE.agency, "MAIN_RESPONSIBLE"), (SHELTER.agency, "MAIN_SUPPORT")}),
)


def test_either_side_confirms_what_leaves_the_responsibility_where_it_is() -> None:
    both_know = replace(
        confirmed, main_responsible_from=None, main_responsible_to=None, accompanied_by=None
    )
    supporting_her = replace(
        confirm, accompanied_by=None, functions=frozenset({"SERVICE_PROVIDER"})
    )
    for by in (CENTRE, SHELTER):
        deciding = referral_in(beside(sheltering))
        given(deciding, commission, stays, accepted).when(supporting_her, by=by).then(
            replace(both_know, functions=frozenset({"SERVICE_PROVIDER"})),
            RoleAssigned(
                function="SERVICE_PROVIDER", agency_id=SHELTER.agency, decided_by=HER_REFERRAL
            ),
        )


def test_a_role_it_has_already_is_not_given_twice() -> None:
    again = replace(confirm, functions=frozenset({"MAIN_SUPPORT"}))
    deciding = referral_in(beside(sheltering))
    given(deciding, commission, stays, accepted).when(again, by=CENTRE).then(
        replace(
            confirmed,
            main_responsible_from=None,
            main_responsible_to=None,
            functions=frozenset({"MAIN_SUPPORT"}),
        )
    )


def test_main_support_passes_from_one_agency_to_the_next_and_nobody_is_without() -> None:
    """Her shelter gives way to the facility, while the Centre goes on answering for her."""
    to_ayumi = going("SERVICE_LINK", CENTRE, AYUMI)
    case = replace(sheltering, reasons=sheltering.reasons | {(AYUMI.agency, "SERVICE_PROVIDER")})
    instead = replace(
        confirm,
        functions=frozenset({"MAIN_SUPPORT"}),
        relieved=frozenset({SHELTER.agency, POLICE.agency}),
    )
    given(referral_in(beside(case)), to_ayumi, stays, accepted).when(instead, by=AYUMI).then(
        replace(
            confirmed,
            main_responsible_from=None,
            main_responsible_to=None,
            functions=frozenset({"MAIN_SUPPORT"}),
        ),
        RoleAssigned(function="MAIN_SUPPORT", agency_id=AYUMI.agency, decided_by=HER_REFERRAL),
        RoleEnded(function="MAIN_SUPPORT", agency_id=SHELTER.agency),
    )


def test_whoever_sends_her_on_gives_away_its_own_and_no_others() -> None:
    case = replace(
        answered_for_by(CENTRE),
        reasons=frozenset(
            {
                (CENTRE.agency, "MAIN_RESPONSIBLE"),
                (SHELTER.agency, "MAIN_SUPPORT"),
                (AYUMI.agency, "AFTERCARE_LEAD"),
                (POLICE.agency, "MAIN_SUPPORT"),
            }
        ),
    )
    follow_up = going("AFTERCARE_HANDOVER", SHELTER, AYUMI)
    leading = replace(accepted, role_taken="AFTERCARE_LEAD")
    deciding = referral_in(beside(case))
    own = replace(
        confirm,
        functions=frozenset({"AFTERCARE_LEAD", "MAIN_SUPPORT"}),
        relieved=frozenset({SHELTER.agency}),
    )
    given(deciding, follow_up, stays, leading).when(own, by=SHELTER).then(
        replace(
            confirmed,
            main_responsible_from=None,
            main_responsible_to=None,
            functions=frozenset({"AFTERCARE_LEAD", "MAIN_SUPPORT"}),
        ),
        RoleAssigned(function="MAIN_SUPPORT", agency_id=AYUMI.agency, decided_by=HER_REFERRAL),
        RoleEnded(function="MAIN_SUPPORT", agency_id=SHELTER.agency),
    )
    anothers = replace(own, relieved=frozenset({POLICE.agency}))
    given(deciding, follow_up, stays, leading).when(anothers, by=SHELTER).refused(
        OnlyWhoAnswersForHer
    )


def test_a_handover_gives_only_what_its_kind_gives() -> None:
    leading = replace(confirm, functions=frozenset({"AFTERCARE_LEAD"}))
    deciding = referral_in(beside(sheltering))
    given(deciding, commission, stays, accepted).when(leading, by=CENTRE).refused(RoleNotGivenHere)


def test_advice_is_given_by_who_never_takes_part() -> None:
    advice = going("ADVICE_REQUEST", CENTRE, AYUMI)
    given_advice = replace(accepted, role_taken=None)
    history = (advice, stays, given_advice)
    nothing_moves = replace(confirmed, main_responsible_from=None, main_responsible_to=None)
    given(IN_HER_CASE, *history).when(confirm, by=AYUMI).then(nothing_moves)
    taking_part = replace(confirm, functions=frozenset({"MAIN_SUPPORT"}))
    given(IN_HER_CASE, *history).when(taking_part, by=AYUMI).refused(CaseNotFound)


# What goes with a referral that is withdrawn

history: Final = (drafted, sent, accepted)


def test_what_acceptance_gave_goes_with_it_when_it_is_withdrawn() -> None:
    deciding = referral_in(beside(roles=(supporting,)))
    given(deciding, *history).when(withdraw, by=CITY).then(
        withdrawn, RoleEnded(function="MAIN_SUPPORT", agency_id=CENTRE.agency)
    )


@pytest.mark.parametrize("by", [ReferralId(an_id(970)), None], ids=["another", "the case"])
def test_a_role_that_stands_on_another_reason_too_stays_on_that_one(by: ReferralId | None) -> None:
    also = replace(supporting, decided_by=by)
    for roles in ((also, supporting), (supporting, also)):
        deciding = referral_in(beside(roles=roles))
        given(deciding, *history).when(withdraw, by=CITY).then(withdrawn, also)


def test_what_had_ended_before_does_not_end_again() -> None:
    others = replace(supporting, agency_id=SHELTER.agency, decided_by=None)
    for roles in ((), (others,)):
        given(referral_in(beside(roles=roles)), *history).when(withdraw, by=CITY).then(withdrawn)


def test_for_a_child_a_role_is_another_role() -> None:
    for_a_child = replace(supporting, person_id=PersonId(an_id(601)), decided_by=None)
    deciding = referral_in(beside(roles=(supporting, for_a_child)))
    given(deciding, *history).when(withdraw, by=CITY).then(
        withdrawn, RoleEnded(function="MAIN_SUPPORT", agency_id=CENTRE.agency)
    )
