"""Referrals beside all the rest: consent, roles, contracts and each other, decided together."""

import pytest

from domain.agency import AgencyNotKnown, DeactivateAgency, RestoreAgency, SuspendAgency
from domain.case import (
    AssignRole,
    EndRole,
    RecordNote,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    participants,
)
from domain.consent_ledger import RecordRefusal, WithdrawConsent
from domain.exclusions import SetExclusion
from domain.items import Item, ItemNotKnown, NotAgreedTo
from domain.model import AgencyId, EventId, ReferralId, stream_of
from domain.referral import (
    AcceptReferral,
    AskToTakeOver,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
    HandoverAlreadyOpen,
    HandoverConfirmed,
    ReceiveReferral,
    RedirectReferral,
    ReferralAccepted,
    ReferralDrafted,
    ReferralHasEnded,
    ReferralInquirySent,
    ReferralNotFound,
    ReferralRedirected,
    ReferralSent,
    ReferralWithdrawn,
    RequestInformation,
    SendInquiry,
    SendReferral,
    SupplyInformation,
    WithdrawReferral,
)
from services.deciding import Scope, scope_of
from services.deciding.offering import offered
from tests.peers import Midorino, midorino
from tests.world import Someone

# Packages


def test_what_she_agreed_to_is_sent_and_what_she_did_not_is_refused() -> None:
    here = midorino()
    items = (
        Item(source=here.her_name, field="name"),
        Item(source=here.her_telephone, field="value"),
    )
    referral = here.drafts(here.city, here.ayumi, items=items)
    send = SendReferral(referral_id=referral)
    assert here.world.refuses(here.city, send, here.case) is NotAgreedTo
    only_her_telephone = here.agrees(here.ayumi, categories=["CNT"])
    assert here.world.refuses(here.city, send, here.case) is NotAgreedTo
    her_name_too = here.agrees(here.ayumi, categories=["IDN"])
    sent = here.world.says(here.city, send, here.case).the(ReferralSent)
    assert sent.sources == (here.her_name, here.her_telephone)
    assert sent.paths == (
        "case.subject_identified.v1/name",
        "case.contact_method_set.v1/value",
    )
    assert sent.item_categories == ("IDN", "CNT")
    assert sent.categories == {"IDN", "CNT"}
    assert sent.consent_ids == {only_her_telephone, her_name_too}


def test_consent_to_another_agency_or_given_by_another_rule_is_none() -> None:
    here = midorino()
    here.agrees(here.centre)
    here.agrees(here.ayumi, kind="SUPPORT_PLAN")
    referral = here.drafts(here.city, here.ayumi, items=(Item(source=here.her_name, field="name"),))
    send = SendReferral(referral_id=referral)
    assert here.world.refuses(here.city, send, here.case) is NotAgreedTo


def test_who_is_excluded_is_refused_as_if_she_had_only_not_agreed() -> None:
    here = midorino()
    here.agrees(here.ayumi)
    items = (Item(source=here.her_name, field="name"),)
    with_package = here.drafts(here.city, here.ayumi, items=items)
    empty = here.drafts(here.city, here.ayumi, "ADVICE_REQUEST")
    here.world.says(here.city, SetExclusion(agency_id=here.ayumi.agency), here.case)
    for referral in (with_package, empty):
        send = SendReferral(referral_id=referral)
        assert here.world.refuses(here.city, send, here.case) is NotAgreedTo


@pytest.mark.parametrize("field", ["name", "no_such_field"])
def test_what_is_hidden_and_what_there_is_not_are_one_refusal(field: str) -> None:
    here = midorino()
    here.accepts(here.centre, here.sends(here.city, here.centre))
    sources = (
        [here.her_name] if field == "name" else [here.her_name, EventId(here.world.operator.agency)]
    )
    for source in sources:
        draft = DraftReferral(
            kind="SERVICE_LINK",
            to_agency=here.ayumi.agency,
            purpose="SERVICE",
            urgency="LOW",
            items=(Item(source=source, field=field),),
        )
        assert here.world.refuses(here.centre, draft, here.case) is ItemNotKnown


def test_what_is_taken_back_between_sending_and_acceptance_is_not_accepted() -> None:
    here = midorino()
    grant = here.agrees(here.ayumi)
    referral = here.drafts(here.city, here.ayumi, items=(Item(source=here.her_name, field="name"),))
    here.world.says(here.city, SendReferral(referral_id=referral), here.case)
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    assert here.world.refuses(here.ayumi, accept, here.case) is None
    here.world.says(here.city, WithdrawConsent(grant_id=grant), here.case)
    assert here.world.refuses(here.ayumi, accept, here.case) is NotAgreedTo
    # Whatever she has taken back, the sender withdraws the referral, and the receiver may too.
    for by in (here.city, here.ayumi):
        withdraw = WithdrawReferral(referral_id=referral, reason="CONSENT_WITHDRAWN")
        assert here.world.refuses(by, withdraw, here.case) is None


def test_more_may_be_asked_for_and_is_given_with_her_consent_alone() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    here.world.says(here.ayumi, ReceiveReferral(referral_id=referral), here.case)
    here.world.says(
        here.ayumi,
        RequestInformation(referral_id=referral, questions=("連絡先を教えてください。",)),
        here.case,
    )
    telephone = Item(source=here.her_telephone, field="value")
    supply = SupplyInformation(referral_id=referral, items=(telephone,))
    assert here.world.refuses(here.city, supply, here.case) is NotAgreedTo
    assert here.world.refuses(here.city, SupplyInformation(referral_id=referral), here.case) is None
    here.agrees(here.ayumi, categories=["CNT"])
    here.world.says(here.city, supply, here.case)


def test_what_an_agency_has_recorded_itself_needs_no_consent_to_be_given_back_to_it() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    noted = here.world.says(
        here.ayumi, RecordNote(declared_category="PLN", text="物件を見に行った。"), here.case
    )
    (entry,) = noted.entries
    found = _offered(here, here.ayumi, entry.told.id, "text", here.ayumi, here.city)
    assert found == {here.city.agency}


def _offered(
    here: Midorino, by: Someone, source: EventId, field: str, *to: Someone
) -> frozenset[AgencyId]:
    """For whom she has not agreed to it."""
    scope = Scope(here.case, stream_of("case", here.case), whole=True)
    context = here.world.asking(by)
    past = here.world.past(scope, context)
    agencies = here.world.past(
        scope._replace(known=frozenset(each.agency for each in (by, *to))), context
    ).agencies(by.agency, *(each.agency for each in to))
    (thing,) = offered(
        past,
        (Item(source=source, field=field),),
        frozenset(each.agency for each in to),
        agencies,
        context,
    )
    assert thing.known
    return thing.not_agreed


# Taking part


def test_before_acceptance_there_is_no_case_for_the_receiver() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    assert not here.takes_part(here.ayumi)
    here.accepts(here.ayumi, referral)
    assert here.takes_part(here.ayumi)


def test_two_open_referrals_are_two_reasons() -> None:
    """A8: closing one keeps the other."""
    here = midorino()
    first, second = (here.sends(here.city, here.ayumi) for _ in range(2))
    here.accepts(here.ayumi, first)
    here.accepts(here.ayumi, second)
    kept = here.withdraws(here.city, first)
    assert [type(event) for event in kept.events] == [ReferralWithdrawn, RoleAssigned]
    assert kept.the(RoleAssigned).decided_by == second
    assert here.takes_part(here.ayumi)
    gone = here.withdraws(here.city, second)
    assert [type(event) for event in gone.events] == [ReferralWithdrawn, RoleEnded]
    assert not here.takes_part(here.ayumi)


def test_a_referral_that_was_not_accepted_is_no_reason() -> None:
    here = midorino()
    taken, sent = here.sends(here.city, here.ayumi), here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, taken)
    here.withdraws(here.city, taken)
    assert not here.takes_part(here.ayumi)
    here.accepts(here.ayumi, sent)
    assert here.takes_part(here.ayumi)


def test_a_role_given_in_the_case_outlives_the_referral() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, referral)
    role = AssignRole(function="MAIN_SUPPORT", agency_id=here.ayumi.agency)
    here.world.says(here.city, role, here.case)
    here.withdraws(here.city, referral)
    assert here.takes_part(here.ayumi)


def test_a_role_that_was_ended_and_given_anew_is_no_longer_the_referrals() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, referral)
    ended = EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency)
    here.world.says(here.city, ended, here.case)
    anew = AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency)
    here.world.says(here.city, anew, here.case)
    assert [type(event) for event in here.withdraws(here.city, referral).events] == [
        ReferralWithdrawn
    ]
    assert here.takes_part(here.ayumi)


# Redirecting


def test_a_redirected_referral_is_a_draft_of_the_sender_and_hidden_from_its_receiver() -> None:
    here = midorino()
    referral = here.sends(here.city, here.centre)
    told = here.world.says(
        here.centre,
        RedirectReferral(
            referral_id=referral, new_to=here.ayumi.agency, purpose="SERVICE", urgency="LOW"
        ),
        here.case,
    )
    new = told.the(ReferralRedirected).new_referral_id
    assert told.made == new
    assert told.the(ReferralDrafted).based_on is None
    for hidden in (here.ayumi, here.centre):
        receive = ReceiveReferral(referral_id=new)
        assert here.world.refuses(hidden, receive, here.case) is ReferralNotFound
    here.world.says(here.city, SendReferral(referral_id=new), here.case)
    here.accepts(here.ayumi, new)
    assert here.takes_part(here.ayumi)


def test_to_whom_it_is_sent_instead_it_is_not_told_who_was_asked_before() -> None:
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    redirect = RedirectReferral(
        referral_id=referral, new_to=here.hospital.agency, purpose="SERVICE", urgency="LOW"
    )
    draft = here.says(here.ayumi, redirect)
    new = draft.the(ReferralRedirected).new_referral_id
    here.says(here.city, SendReferral(referral_id=new))
    for who, is_told in ((here.city, True), (here.ayumi, True), (here.hospital, False)):
        shown = {entry.told.id: visible for entry, visible in here.world.shows(who, here.case)}
        visible = shown[draft.id_of(ReferralDrafted)]
        assert {"referral_id", "kind", "from_agency", "to_agency"} <= visible.bases.keys()
        assert (here.ayumi.agency in {agency for _, agency in visible.who}) is is_told
        assert visible.alone is not is_told
    here.accepts(here.hospital, new)
    then = [visible for _, visible in here.world.shows(here.hospital, here.case)]
    named = {agency for visible in then for _, agency in visible.who}
    assert named == {here.city.agency, here.hospital.agency}


# Nobody else's


def test_no_step_of_somebody_elses_referral_is_told_from_one_there_is_not() -> None:
    """A11, for every step; and nobody learns whether its receiver is suspended."""
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    none = ReferralId(here.world.operator.agency)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    for which in (referral, none):
        for step in (
            SendReferral(referral_id=which),
            AcceptReferral(referral_id=which, role_taken="SERVICE_PROVIDER"),
            DeclineReferral(referral_id=which, reason="OTHER"),
            WithdrawReferral(referral_id=which, reason="ERROR"),
            ConfirmHandover(referral_id=which, referrer_remains=True),
        ):
            assert here.world.refuses(here.centre, step, here.case) is ReferralNotFound


def test_nothing_is_sent_to_an_agency_that_is_suspended_and_all_is_withdrawn_from_it() -> None:
    """A4 and A10."""
    here = midorino()
    sent, draft = here.sends(here.city, here.ayumi), here.drafts(here.city, here.ayumi)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    send = SendReferral(referral_id=draft)
    assert here.world.refuses(here.city, send, here.case) is AgencyNotKnown
    here.withdraws(here.city, sent)
    here.world.says(here.world.operator, RestoreAgency(agency_id=here.ayumi.agency))
    here.world.says(here.city, send, here.case)


def test_what_was_withdrawn_first_is_not_accepted_and_says_so() -> None:
    """B10 and B13: exactly one wins, by the order of the log."""
    here = midorino()
    referral = here.sends(here.city, here.ayumi)
    here.withdraws(here.city, referral)
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    assert here.world.refuses(here.ayumi, accept, here.case) is ReferralHasEnded
    assert not here.takes_part(here.ayumi)


# Responsibility


def test_of_two_handovers_of_responsibility_the_second_is_refused_until_the_first_ends() -> None:
    """A13, B2, B12."""
    here = midorino()
    first = here.drafts(here.city, here.ayumi, "CASE_TRANSFER")
    second = here.drafts(here.city, here.centre, "TEMPORARY_PROTECTION_REQUEST")
    here.world.says(here.city, SendReferral(referral_id=first), here.case)
    send = SendReferral(referral_id=second)
    assert here.world.refuses(here.city, send, here.case) is HandoverAlreadyOpen
    staying = SendReferral(referral_id=second, hands_over=False)
    here.world.says(here.city, staying, here.case)
    taking_over = AcceptReferral(referral_id=second, role_taken="MAIN_SUPPORT", takes_over=True)
    assert here.world.refuses(here.centre, taking_over, here.case) is HandoverAlreadyOpen
    here.world.says(here.ayumi, DeclineReferral(referral_id=first, reason="NO_CAPACITY"), here.case)
    here.world.says(here.centre, taking_over, here.case)
    confirm = ConfirmHandover(referral_id=second, referrer_remains=True)
    moved = here.world.says(here.centre, confirm, here.case).the(ResponsibilityMoved)
    assert (moved.from_agency, moved.to_agency) == (here.city.agency, here.centre.agency)


def test_to_begin_a_handover_is_decided_after_whatever_was_begun_meanwhile() -> None:
    """They read the key that sending and accepting stamp, so that none overlooks another."""
    for begins in (ReferralDrafted, ReferralInquirySent, ReferralSent, ReferralAccepted):
        assert begins.stamps == {"work"}
    here = midorino()
    context = here.world.asking(here.city)
    referral = ReferralId(here.world.operator.agency)
    for command in (
        SendInquiry(referral_id=referral, age_band="20S", family_size=1),
        SendReferral(referral_id=referral),
        AcceptReferral(referral_id=referral),
        DraftReferral(
            kind="CASE_TRANSFER",
            to_agency=here.ayumi.agency,
            purpose="SERVICE",
            urgency="LOW",
        ),
    ):
        assert scope_of(command, here.case, here.case, context).reads_work


def test_who_takes_part_may_ask_for_the_case_and_gets_it_if_it_is_sent() -> None:
    """A16: the agency that answers for her finds a draft, and decides."""
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    asked = here.world.says(here.ayumi, AskToTakeOver(purpose="SERVICE", urgency="LOW"), here.case)
    referral = ReferralId(asked.made)
    receive = ReceiveReferral(referral_id=referral)
    assert here.world.refuses(here.ayumi, receive, here.case) is ReferralNotFound
    here.world.says(here.city, SendReferral(referral_id=referral), here.case)
    here.accepts(here.ayumi, referral)
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=False)
    assert here.world.says(here.ayumi, confirm, here.case).the(ResponsibilityMoved)
    assert not here.takes_part(here.city)


def test_who_has_asked_for_her_sends_it_where_whoever_answers_for_her_cannot() -> None:
    """§0.4(11): a suspended agency may answer for her, and her case moves on all the same."""
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.agrees(here.ayumi)
    asked = here.says(here.ayumi, AskToTakeOver(purpose="SERVICE", urgency="HIGH"))
    referral = ReferralId(asked.made)
    send = SendReferral(referral_id=referral)
    assert here.refuses(here.ayumi, send) is ReferralNotFound
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.city.agency))
    assert here.refuses(here.hospital, send) is ReferralNotFound
    withdraw = WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH")
    assert here.refuses(here.ayumi, withdraw) is ReferralNotFound
    assert here.says(here.ayumi, send).the(ReferralSent).hands_over
    here.accepts(here.ayumi, referral)
    here.confirms(here.ayumi, referral)
    assert here.answers_for_her == here.ayumi.agency
    # Now that it answers for nobody it may go.
    gone = DeactivateAgency(agency_id=here.city.agency)
    assert here.world.says(here.world.operator, gone).entries


def test_nobody_sends_her_to_itself_whom_she_has_not_named() -> None:
    """§0.4(11): to an agency she agrees to; and what she says last holds, at every step."""
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    asked = here.says(here.ayumi, AskToTakeOver(purpose="SERVICE", urgency="HIGH"))
    send = SendReferral(referral_id=ReferralId(asked.made))
    accept = AcceptReferral(referral_id=send.referral_id, role_taken="MAIN_SUPPORT")
    confirm = ConfirmHandover(referral_id=send.referral_id, referrer_remains=True)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.city.agency))
    for step in (send, accept, confirm):
        assert here.refuses(here.ayumi, step) is NotAgreedTo
        grant = here.agrees(here.ayumi, via=here.ayumi)
        here.says(here.ayumi, step)
        here.says(here.ayumi, WithdrawConsent(grant_id=grant))
    assert here.answers_for_her == here.ayumi.agency


def test_nobody_sends_her_to_itself_whom_she_has_refused() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    asked = here.says(here.ayumi, AskToTakeOver(purpose="SERVICE", urgency="HIGH"))
    here.agrees(here.ayumi)
    refusal = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({here.ayumi.agency}),
        categories=frozenset(),
        purpose="SERVICE",
    )
    here.says(here.city, refusal)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.city.agency))
    send = SendReferral(referral_id=ReferralId(asked.made))
    assert here.refuses(here.ayumi, send) is NotAgreedTo


def test_whoever_could_not_speak_for_itself_goes_on_taking_part_unless_she_shuts_it_out() -> None:
    for shut_out in (False, True):
        here = midorino()
        here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
        here.agrees(here.ayumi)
        asked = here.says(here.ayumi, AskToTakeOver(purpose="SERVICE", urgency="HIGH"))
        referral = ReferralId(asked.made)
        here.world.says(here.world.operator, SuspendAgency(agency_id=here.city.agency))
        here.says(here.ayumi, SendReferral(referral_id=referral))
        here.accepts(here.ayumi, referral, "MAIN_SUPPORT")
        here.world.says(here.world.operator, RestoreAgency(agency_id=here.city.agency))
        if shut_out:
            here.says(here.ayumi, SetExclusion(agency_id=here.city.agency))
        said = here.confirms(here.ayumi, referral, remains=False)
        assert said.the(HandoverConfirmed).referrer_remains is not shut_out
        assert said.the(ResponsibilityMoved).from_remains is not shut_out
        assert (here.city.agency in participants(here.known)) is not shut_out


def test_what_the_agency_that_cannot_act_has_drafted_itself_it_alone_sends() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    referral = here.drafts(here.city, here.ayumi, "CASE_TRANSFER")
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.city.agency))
    assert here.refuses(here.ayumi, SendReferral(referral_id=referral)) is ReferralNotFound


def test_she_is_handed_back_as_she_was_handed_on() -> None:
    """B6: with a referral of its own, and another one after it."""
    here = midorino()
    there = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    here.accepts(here.ayumi, there)
    confirm = ConfirmHandover(referral_id=there, referrer_remains=True)
    here.world.says(here.ayumi, confirm, here.case)
    back = here.sends(here.ayumi, here.city, "CASE_TRANSFER")
    here.accepts(here.city, back)
    again = ConfirmHandover(referral_id=back, referrer_remains=False)
    moved = here.world.says(here.city, again, here.case).the(ResponsibilityMoved)
    assert (moved.from_agency, moved.to_agency) == (here.ayumi.agency, here.city.agency)
