"""SORMAS's scenarios (B1-B16): what is known to go wrong where servers hand cases to each other."""

from datetime import timedelta

import pytest

from domain.case import (
    CloseCase,
    EndParticipation,
    OpenCase,
    RecordConsultation,
    RecordNote,
    ResponsibilityMoved,
    RoleAssigned,
)
from domain.case.closing import ReferralStillOpen
from domain.case.correcting import CorrectRecord, RecordCorrected, RecordNotFound
from domain.case.linking import CasesLinked, LinkCases, LinkNotAgreed
from domain.case.record import CorrectSubjectDetails, NoteRecorded
from domain.consent_ledger import WithdrawConsent
from domain.items import Item, NotAgreedTo
from domain.model import AgencyId, Event, ReferralId
from domain.referral import (
    AcceptReferral,
    AnswerNotYetDue,
    ConfirmHandover,
    DeclineReferral,
    ExpireReferral,
    HandoverAlreadyOpen,
    NotItsToHandOver,
    ReferralAccepted,
    ReferralAlreadyAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralExpired,
    ReferralHasEnded,
    ReferralNotSent,
    ReferralSent,
    ReferralWithdrawn,
    SenderNoLongerTakesPart,
    SendInquiry,
    SendReferral,
    WithdrawReferral,
)
from tests.peers import HER_NAME, Midorino, midorino
from tests.world import Asked, Someone


def accept(referral: ReferralId, *, takes_over: bool = False) -> AcceptReferral:
    return AcceptReferral(
        referral_id=referral, role_taken="SERVICE_PROVIDER", takes_over=takes_over
    )


def test_b1_a_preview_says_nothing_of_who_she_is() -> None:
    here = midorino()
    here.takes_over(here.centre)
    here.agrees(here.centre, here.shirahama)
    here.inquires(here.centre, here.shirahama)
    assert here.bases(here.shirahama) == dict.fromkeys(
        (
            "referral.drafted.v1/kind",
            "referral.drafted.v1/from_agency",
            "referral.drafted.v1/to_agency",
            "referral.drafted.v1/requested_service",
            "referral.inquiry_sent.v1/age_band",
            "referral.inquiry_sent.v1/family_size",
            "referral.inquiry_sent.v1/children",
            "referral.inquiry_sent.v1/needs",
        ),
        "PARTY",
    )


def test_b2_while_one_handover_waits_there_is_no_second() -> None:
    here = midorino()
    second = here.drafts(here.city, here.ayumi, "CASE_TRANSFER")
    here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    assert here.refuses(here.city, SendReferral(referral_id=second)) is HandoverAlreadyOpen
    assert here.trail(here.ayumi, second) == []


def test_b3_after_an_acceptance_she_is_handed_over_by_another_referral() -> None:
    here = midorino()
    first = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, first)
    second = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    assert second != first
    assert here.trail(here.ayumi, second) == [ReferralDrafted, ReferralSent]
    assert here.answers_for_her == here.city.agency


def test_b4_it_is_accepted_once_and_it_is_the_same_case() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    accepted = here.accepts(here.ayumi, referral)
    assert accepted.case == here.case
    assert [type(event) for event in accepted.events] == [ReferralAccepted, RoleAssigned]
    assert here.refuses(here.ayumi, accept(referral)) is ReferralAlreadyAccepted


def test_b5_nobody_looks_for_a_second_file_of_hers_and_only_she_lets_two_be_joined() -> None:
    here = midorino()
    opening = OpenCase(
        anonymous=True,
        channel="PHONE",
        found_via="SELF",
        frameworks=frozenset(),
        at_risk_only=False,
    )
    its_own = here.world.says(here.ayumi, opening).case
    assert its_own
    before = len(here.world.of_case(its_own))
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    assert len(here.world.of_case(its_own)) == before
    link = LinkCases(other_case_id=its_own)
    assert here.refuses(here.ayumi, link) is LinkNotAgreed
    here.agrees(here.ayumi, kind="CASE_LINK", categories=())
    assert here.refuses(here.ayumi, link) is LinkNotAgreed
    there = here._replace(case=its_own)
    there.agrees(here.ayumi, kind="CASE_LINK", categories=(), via=here.ayumi)
    assert here.says(here.ayumi, link).the(CasesLinked).other_case_id == its_own


def test_b6_she_is_handed_back_with_what_was_recorded_meanwhile() -> None:
    here = midorino()
    there = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    here.accepts(here.ayumi, there, "MAIN_SUPPORT")
    here.confirms(here.ayumi, there, remains=False)
    note = here.says(here.ayumi, RecordNote(declared_category="PLN", text="物件が見つかった。"))
    item = Item(source=note.id_of(NoteRecorded), field="text")
    assert here.sees(here.city) == set()
    here.agrees(here.city, categories=["NAR"], via=here.ayumi)
    back = here.sends(here.ayumi, here.city, "CASE_TRANSFER", (item,))
    assert here.sees(here.city) == {"case.note_recorded.v1/text"}
    here.accepts(here.city, back, "MAIN_SUPPORT")
    relieved = ConfirmHandover(
        referral_id=back,
        referrer_remains=False,
        functions=frozenset({"MAIN_SUPPORT"}),
        relieved=frozenset({here.ayumi.agency}),
    )
    here.says(here.city, relieved)
    assert here.answers_for_her == here.city.agency
    assert not here.takes_part(here.ayumi)


def test_b7_each_category_is_told_apart_and_free_text_is_never_among_the_others() -> None:
    here = midorino()
    consulted = RecordConsultation(
        channel="INTERVIEW",
        caller_is_subject=True,
        main_problem="SPOUSE_VIOLENCE",
        age_band="20S",
        language="ja",
        sexual_harm_flag=True,
        summary="夫から殴られた。",
    )
    here.says(here.city, consulted)
    here.agrees(here.ayumi, categories=["PRB"])
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    problem = {"main_problem", "secondary_problems", "topic", "age_band"}
    assert here.sees(here.ayumi) == {f"case.consultation_recorded.v1/{name}" for name in problem}


def test_b8_whoever_is_brought_in_further_on_is_named_by_her_and_goes_when_she_says() -> None:
    here = midorino()
    everybody = here.agrees(here.city, here.centre, here.ayumi, categories=["IDN", "SVC"])
    first = here.sends(here.city, here.centre)
    here.accepts(here.centre, first)
    onward = here.sends(here.centre, here.ayumi, "SERVICE_LINK", (here.name,), based_on=first)
    to_a_stranger = here.drafts(here.centre, here.police, items=(here.name,))
    assert here.refuses(here.centre, SendReferral(referral_id=to_a_stranger)) is NotAgreedTo
    here.accepts(here.ayumi, onward)
    for who in (here.city, here.centre):
        assert brought_in(here, who) == {here.centre.agency, here.ayumi.agency} - {who.agency}
    here.says(here.city, WithdrawConsent(grant_id=everybody))
    assert [here.sees(who) for who in (here.city, here.centre, here.ayumi)] == [set()] * 3


def test_b9_what_is_corrected_reaches_others_and_what_is_theirs_is_theirs_alone() -> None:
    here = midorino()
    here.agrees(here.ayumi, categories=["IDN", "NAR"])
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    corrected = CorrectSubjectDetails(name="相川美咲", correction_reason="漢字の誤り。")
    here.says(here.city, corrected)
    assert "case.subject_details_corrected.v1/name" in here.sees(here.ayumi)
    link = RecordConsultation(
        channel="INTERVIEW",
        caller_is_subject=True,
        main_problem="SPOUSE_VIOLENCE",
        age_band="20S",
        language="ja",
        sexual_harm_flag=False,
    )
    (its_own,) = here.says(here.ayumi, link).entries
    correct = CorrectRecord(
        target_event_id=its_own.told.id, field="age_band", new_value="30S", reason="聞き間違い。"
    )
    assert here.refuses(here.city, correct) is RecordNotFound
    assert here.says(here.ayumi, correct).the(RecordCorrected)


@pytest.mark.parametrize("first", ["withdrawn", "accepted"])
def test_b10_of_withdrawal_and_acceptance_the_first_in_the_log_wins_for_both(first: str) -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    if first == "withdrawn":
        here.withdraws(here.city, referral)
        assert here.refuses(here.ayumi, accept(referral)) is ReferralHasEnded
        told: list[type[Event]] = [ReferralDrafted, ReferralSent, ReferralWithdrawn]
    else:
        here.accepts(here.ayumi, referral)
        here.withdraws(here.city, referral)
        told = [ReferralDrafted, ReferralSent, ReferralAccepted, ReferralWithdrawn]
    assert here.trail(here.city, referral) == here.trail(here.ayumi, referral) == told
    assert not here.takes_part(here.ayumi)


@pytest.mark.parametrize("first", ["withdrawn", "accepted"])
def test_b10_of_both_at_one_moment_exactly_one_goes_in_and_the_other_is_decided_again(
    first: str,
) -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    withdraw = WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH")
    asked = [
        Asked(here.city, withdraw, here.case),
        Asked(here.ayumi, accept(referral), here.case),
    ]
    one, other = asked if first == "withdrawn" else reversed(asked)
    before = len(here.world.log)
    assert "stream" in here.world.race(one, other)
    went_in = [type(entry.said) for entry in here.world.log[before:]]
    if first == "withdrawn":
        assert went_in == [ReferralWithdrawn]
        assert here.refuses(*other[:2]) is ReferralHasEnded
        assert not here.takes_part(here.ayumi)
    else:
        assert went_in == [ReferralAccepted, RoleAssigned]
        assert here.takes_part(here.ayumi)
    assert here.trail(here.city, referral) == here.trail(here.ayumi, referral)


def test_b11_the_sender_learns_of_a_refusal_and_may_ask_anew() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    declined = here.says(
        here.ayumi,
        DeclineReferral(
            referral_id=referral, reason="NO_CAPACITY", alternative_agency=here.centre.agency
        ),
    )
    assert declined.the(ReferralDeclined).alternative_agency == here.centre.agency
    assert {"referral.declined.v1/reason", "referral.declined.v1/alternative_agency"} <= {
        *here.bases(here.city)
    }
    again = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, again)
    assert here.trail(here.city, referral)[-1] is ReferralDeclined
    assert here.trail(here.city, again)[-1] is ReferralAccepted


def test_b12_whoever_accepts_what_at_every_moment_one_agency_answers_for_her() -> None:
    here = midorino()
    transfer = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    beside = here.drafts(here.city, here.centre, "TEMPORARY_PROTECTION_REQUEST")
    here.says(here.city, SendReferral(referral_id=beside, hands_over=False))
    here.accepts(here.ayumi, transfer, "MAIN_SUPPORT")
    not_its_own = here.drafts(here.ayumi, here.hospital, "CASE_TRANSFER")
    giving_away = SendReferral(referral_id=not_its_own, hands_over=True)
    assert here.refuses(here.ayumi, giving_away) is NotItsToHandOver
    taking_over = accept(beside, takes_over=True)
    assert here.refuses(here.centre, taking_over) is HandoverAlreadyOpen
    here.accepts(here.centre, beside, "MAIN_SUPPORT")
    here.confirms(here.centre, beside)
    assert here.answers_for_her == here.city.agency
    here.confirms(here.ayumi, transfer)
    assert here.answers_for_her == here.ayumi.agency
    moves = [e for e in here.world.of_case(here.case) if isinstance(e.said, ResponsibilityMoved)]
    assert len(moves) == 1


def test_b13_nothing_vanishes_under_a_request_and_what_was_withdrawn_says_so() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    close = CloseCase(reason="GOALS_MET", subject_wish="はい。")
    assert here.refuses(here.city, close) is ReferralStillOpen
    here.withdraws(here.city, referral)
    here.says(here.city, close)
    with pytest.raises(ReferralHasEnded) as refused:
        here.says(here.ayumi, accept(referral))
    assert refused.value.facts == {"status": "WITHDRAWN"}


def test_b13_who_is_gone_brings_nobody_in() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    referral = here.sends(here.ayumi, here.hospital)
    here.says(here.ayumi, EndParticipation(agency_id=here.ayumi.agency))
    assert here.refuses(here.hospital, accept(referral)) is SenderNoLongerTakesPart


def test_b14_nobody_takes_her_over_unknown_and_who_may_know_her_then_does() -> None:
    here = midorino()
    here.takes_over(here.centre)
    here.agrees(here.centre, here.shirahama)
    here.agrees(here.shirahama, kind="RELOCATION", categories=())
    preview = here.inquires(here.centre, here.shirahama)
    assert here.refuses(here.shirahama, accept(preview, takes_over=True)) is ReferralNotSent
    here.says(here.centre, SendReferral(referral_id=preview))
    assert here.sees(here.shirahama) == {HER_NAME}
    here.accepts(here.shirahama, preview, "MAIN_SUPPORT")
    here.confirms(here.shirahama, preview)
    assert here.answers_for_her == here.shirahama.agency


def test_b15_what_was_refused_or_withdrawn_stays_in_both_trails() -> None:
    here = midorino()
    declined, withdrawn = (here.sends(here.city, here.ayumi) for _ in range(2))
    here.says(here.ayumi, DeclineReferral(referral_id=declined, reason="OTHER"))
    here.withdraws(here.city, withdrawn)
    for who in (here.city, here.ayumi):
        assert [here.trail(who, each) for each in (declined, withdrawn)] == [
            [ReferralDrafted, ReferralSent, ReferralDeclined],
            [ReferralDrafted, ReferralSent, ReferralWithdrawn],
        ]


def test_b16_it_has_a_time_limit_and_may_be_withdrawn_as_long_as_it_waits() -> None:
    here = midorino()
    here.agrees(here.ayumi)
    late, pending = (here.drafts(here.city, here.ayumi, items=(here.name,)) for _ in range(2))
    asked = here.drafts(here.city, here.ayumi)
    due = here.world.at + timedelta(hours=2)
    for each in (late, pending):
        here.says(here.city, SendReferral(referral_id=each, respond_by=due))
    here.says(here.city, SendInquiry(referral_id=asked, age_band="20S", family_size=1))
    for each in (pending, asked):
        assert here.withdraws(here.city, each).the(ReferralWithdrawn)
    assert here.sees(here.ayumi) == {HER_NAME}
    expire = ExpireReferral(referral_id=late)
    assert here.refuses(here.city, expire) is AnswerNotYetDue
    here.world.passes(hours=3)
    assert here.says(here.city, expire).the(ReferralExpired)
    assert here.sees(here.ayumi) == set()
    assert here.refuses(here.ayumi, accept(late)) is ReferralHasEnded
    withdraw = WithdrawReferral(referral_id=late, reason="ERROR")
    assert here.refuses(here.city, withdraw) is ReferralHasEnded


def brought_in(here: Midorino, who: Someone) -> set[AgencyId]:
    """Whom others have brought in, as far as somebody may know."""
    return {
        agency
        for entry, visible in here.world.shows(who, here.case)
        if isinstance(entry.said, RoleAssigned)
        for name, agency in visible.who
        if name == "agency_id"
    } - {who.agency}
