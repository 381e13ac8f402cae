"""What a referral carries: nothing she has not agreed to, nothing the sender may not see itself."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from msgspec.structs import replace

from domain.agency_codes import AgencyKind
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.categories import CategoryCode
from domain.codes import ConsentKind, ReferralKind, SupportFunction
from domain.items import ItemNotKnown, NotAgreedTo, Offered, digest_of
from domain.model import Context, Decider, Event, GrantId, ReferralId
from domain.referral import (
    TERMS,
    ChangePackage,
    ContractMissing,
    InformationSupplied,
    InquireFirst,
    InquiryStillOpen,
    IntroductionCarriesContactOnly,
    KnownReferral,
    Named,
    NotOtherPrefecture,
    OnlyCentresAsk,
    OtherPrefecture,
    PackageChanged,
    Referral,
    ReferralCommand,
    RoleNotGivenHere,
    RoleNotNamed,
    WrongKindOfAgency,
    replay,
)
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.referring import (
    AGENCIES,
    AYUMI,
    HER_GRANT,
    HER_NAME,
    HER_REFERRAL,
    HER_TELEPHONE,
    IN_HER_CASE,
    SHIRAHAMA,
    accept,
    accepted,
    answered,
    answered_for_by,
    asked,
    beside,
    draft,
    drafted,
    going,
    inquire,
    name,
    name_item,
    questioned,
    received,
    referral_in,
    send,
    sent,
    supply,
    supporting,
    telephone,
    telephone_item,
)
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, given

held_back = replace(telephone, not_agreed=frozenset({CENTRE.agency}), consents=frozenset())
unseen = replace(name, known=False, consents=frozenset())
with_both = replace(
    drafted,
    sources=(HER_NAME, HER_TELEPHONE),
    paths=(name.path, telephone.path),
    item_categories=("IDN", "CNT"),
)
both = (name, telephone)
sent_with_both = replace(
    sent,
    sources=with_both.sources,
    paths=with_both.paths,
    item_categories=with_both.item_categories,
    categories=frozenset[CategoryCode]({"IDN", "CNT"}),
    consent_ids=frozenset({HER_GRANT}),
    package_hash=digest_of(both),
)


def offering(*offered: Offered, **known: object) -> Decider[Referral, ReferralCommand, Event]:
    return referral_in(replace(beside(offered=offered), **known))


# What is in it


def test_a_package_is_named_in_the_draft_thing_by_thing() -> None:
    with_items = replace(draft, items=(name_item, telephone_item))
    given(offering(*both)).when(with_items, by=CITY).then(with_both)


def test_while_it_is_a_draft_the_whole_package_may_be_another() -> None:
    only_her_telephone = ChangePackage(referral_id=HER_REFERRAL, items=(telephone_item,))
    changed = PackageChanged(
        sources=(HER_TELEPHONE,), paths=(telephone.path,), item_categories=("CNT",)
    )
    given(offering(telephone), with_both).when(only_her_telephone, by=CITY).then(changed)
    given(offering(telephone), with_both, changed).when(only_her_telephone, by=CITY).then_nothing()
    given(offering(), drafted).when(
        ChangePackage(referral_id=HER_REFERRAL, items=()), by=CITY
    ).then_nothing()


def test_what_she_has_not_agreed_to_yet_may_be_put_in_a_draft() -> None:
    with_items = replace(draft, items=(telephone_item,))
    given(offering(held_back)).when(with_items, by=CITY).then(
        replace(
            drafted, sources=(HER_TELEPHONE,), paths=(telephone.path,), item_categories=("CNT",)
        )
    )


def test_what_the_sender_may_not_see_and_what_there_is_not_are_refused_alike() -> None:
    with_items = replace(draft, items=(name_item,))
    given(offering(unseen)).when(with_items, by=CITY).refused(ItemNotKnown)
    change = ChangePackage(referral_id=HER_REFERRAL, items=(name_item,))
    given(offering(unseen), drafted).when(change, by=CITY).refused(ItemNotKnown)


@shown("INV-R1", "INV-C2")
def test_with_the_sending_the_package_is_frozen_with_the_consents_it_rests_on() -> None:
    given(offering(*both), with_both).when(send, by=CITY).then(sent_with_both)
    known = replay((with_both, sent_with_both))
    assert isinstance(known, KnownReferral)
    assert known.package == (
        Named(HER_NAME, name.path, "IDN"),
        Named(HER_TELEPHONE, telephone.path, "CNT"),
    )


def test_the_same_package_has_the_same_digest_in_whatever_order_it_is_named() -> None:
    assert digest_of(both) == digest_of(reversed(both))
    assert digest_of(both) != digest_of((name,))


@kept("INV-R1", guard="domain.referral.sending:check_covered")
def test_what_the_sender_no_longer_sees_it_does_not_send() -> None:
    given(offering(unseen), with_both).when(send, by=CITY).refused(ItemNotKnown)


@kept("INV-C2", guard="domain.referral.sending:check_agreed")
def test_nothing_is_sent_that_she_has_not_agreed_to_for_that_agency() -> None:
    given(offering(name, held_back), with_both).when(send, by=CITY).refused(NotAgreedTo)


@kept("INV-R1", guard="domain.referral.answering:check_still_covered")
def test_what_she_has_taken_back_meanwhile_is_not_accepted_either() -> None:
    history = (with_both, sent_with_both)
    given(offering(*both), *history).when(accept, by=CENTRE).then(accepted, supporting)
    given(offering(name, held_back), *history).when(accept, by=CENTRE).refused(NotAgreedTo)


def test_what_is_added_later_needs_her_consent_as_well() -> None:
    supply_telephone = replace(supply, items=(telephone_item,))
    history = (drafted, sent, received, questioned)
    added = InformationSupplied(
        at=NOW,
        sources=(HER_TELEPHONE,),
        paths=(telephone.path,),
        item_categories=("CNT",),
        categories=frozenset[CategoryCode]({"CNT"}),
        consent_ids=frozenset({HER_GRANT}),
        package_hash=digest_of((telephone,)),
    )
    given(offering(telephone), *history).when(supply_telephone, by=CITY).then(added)
    for thing in (held_back, replace(telephone, known=False)):
        why = NotAgreedTo if thing.known else ItemNotKnown
        given(offering(thing), *history).when(supply_telephone, by=CITY).refused(why)
    known = replay((*history, added))
    assert isinstance(known, KnownReferral)
    assert known.package == (Named(HER_TELEPHONE, telephone.path, "CNT"),)


@kept("INV-C13", guard="domain.referral.sending:check_may_know")
def test_whom_she_does_not_want_to_know_gets_nothing_and_nobody_is_told_why() -> None:
    """In the same words as if she had only not agreed; also where nothing would be told."""
    excluded = offering(excluded=frozenset({CENTRE.agency}))
    given(excluded, drafted).when(send, by=CITY).refused(NotAgreedTo)
    given(excluded, drafted).when(inquire, by=CITY).refused(NotAgreedTo)
    given(excluded, drafted, sent, received, questioned).when(supply, by=CITY).refused(NotAgreedTo)


def test_whom_she_no_longer_wants_to_know_cannot_accept() -> None:
    excluded = offering(excluded=frozenset({CENTRE.agency}))
    given(excluded, drafted, sent).when(accept, by=CENTRE).refused(NotAgreedTo)


# Introductions and advice


@shown("INV-R7")
def test_an_introduction_carries_how_to_reach_her_and_a_gatekeeper_may_make_one() -> None:
    gatekeeper = replace(CITY, role="GATEKEEPER")
    introduce = replace(draft, kind="INTRODUCTION", to_agency=AYUMI.agency, items=(telephone_item,))
    introduced = replace(
        going("INTRODUCTION", CITY, AYUMI),
        sources=(HER_TELEPHONE,),
        paths=(telephone.path,),
        item_categories=("CNT",),
    )
    given(offering(telephone)).when(introduce, by=gatekeeper).then(introduced)
    given(offering(telephone), introduced).when(send, by=gatekeeper).then(
        replace(
            sent,
            hands_over=False,
            sources=introduced.sources,
            paths=introduced.paths,
            item_categories=introduced.item_categories,
            categories=frozenset[CategoryCode]({"CNT"}),
            consent_ids=frozenset({HER_GRANT}),
            package_hash=digest_of((telephone,)),
        )
    )


@kept("INV-R7", guard="domain.referral.sending:check_carries")
def test_an_introduction_carries_nothing_else_of_hers() -> None:
    introduce = replace(draft, kind="INTRODUCTION", to_agency=AYUMI.agency, items=(name_item,))
    given(offering(name)).when(introduce, by=CITY).refused(IntroductionCarriesContactOnly)
    change = ChangePackage(referral_id=HER_REFERRAL, items=(name_item,))
    introduction = going("INTRODUCTION", CITY, AYUMI)
    given(offering(name), introduction).when(change, by=CITY).refused(
        IntroductionCarriesContactOnly
    )


@shown("INV-R8")
def test_advice_is_asked_for_without_a_word_about_who_she_is_and_without_her_consent() -> None:
    asking = going("ADVICE_REQUEST", CITY, CENTRE)
    given(IN_HER_CASE).when(replace(draft, kind="ADVICE_REQUEST"), by=CITY).then(asking)
    given(IN_HER_CASE, asking).when(send, by=CITY).then(replace(sent, hands_over=False))


@kept("INV-R8", guard="domain.referral.sending:check_agreed")
def test_where_advice_needs_more_than_that_it_needs_her_consent() -> None:
    asking = going("ADVICE_REQUEST", CITY, CENTRE)
    given(offering(held_back), asking).when(send, by=CITY).refused(NotAgreedTo)


# Out of the prefecture

moving = going("OUT_OF_PREFECTURE", CENTRE, SHIRAHAMA)
relocating: Mapping[ConsentKind, GrantId] = {"RELOCATION": HER_GRANT}
by_the_centre = answered_for_by(CENTRE)


@shown("INV-R6")
def test_out_of_the_prefecture_centre_asks_centre_first_and_then_sends_who_she_is() -> None:
    deciding = referral_in(beside(by_the_centre, offered=(name,), agreed=relocating))
    given(deciding, moving).when(inquire, by=CENTRE).then(asked)
    given(deciding, moving, asked, answered).when(send, by=CENTRE).then(
        replace(
            sent,
            sources=(HER_NAME,),
            paths=(name.path,),
            item_categories=("IDN",),
            categories=frozenset[CategoryCode]({"IDN"}),
            consent_ids=frozenset({HER_GRANT}),
            package_hash=digest_of((name,)),
        )
    )


@kept("INV-R6", guard="domain.referral.sending:check_inquired")
def test_nobody_learns_who_she_is_before_the_other_side_can_take_her() -> None:
    deciding = referral_in(beside(by_the_centre, agreed=relocating))
    infeasible = replace(answered, feasible=False)
    for history in ((moving,), (moving, asked, infeasible)):
        given(deciding, *history).when(send, by=CENTRE).refused(InquireFirst)
    given(deciding, moving, asked).when(send, by=CENTRE).refused(InquiryStillOpen)


@kept("INV-R6", guard="domain.referral.sending:check_kinds_match")
def test_she_is_not_handed_to_another_prefecture_in_any_other_way() -> None:
    abroad = replace(draft, to_agency=SHIRAHAMA.agency)
    given(IN_HER_CASE).when(abroad, by=CITY).refused(OtherPrefecture)
    transfer = replace(abroad, kind="CASE_TRANSFER")
    given(IN_HER_CASE).when(transfer, by=CITY).refused(OtherPrefecture)
    by_the_city = replace(abroad, kind="OUT_OF_PREFECTURE")
    given(IN_HER_CASE).when(by_the_city, by=CITY).refused(OnlyCentresAsk)
    next_door = replace(by_the_city, to_agency=AYUMI.agency)
    given(IN_HER_CASE).when(next_door, by=CENTRE).refused(WrongKindOfAgency)
    same = {**AGENCIES, SHIRAHAMA.agency: AGENCIES[CENTRE.agency]}
    given(referral_in(beside(agencies=same))).when(by_the_city, by=CENTRE).refused(
        NotOtherPrefecture
    )


@shown("INV-C9")
def test_facility_and_commission_are_accepted_with_her_consent_to_just_that() -> None:
    for kind, needed in (
        ("FACILITY_ADMISSION", "FACILITY_ADMISSION"),
        ("COMMISSION", "COMMISSIONED_PLACEMENT"),
    ):
        deciding = referral_in(beside(agreed={needed: HER_GRANT}))
        admitted = replace(accepted, role_taken="MAIN_SUPPORT")
        given(deciding, going(kind, CENTRE, SHELTER), sent).when(accept, by=SHELTER).then(
            admitted, replace(supporting, agency_id=SHELTER.agency)
        )


@kept("INV-C9", guard="domain.referral.answering:check_consented")
def test_to_share_what_is_known_of_her_is_not_to_agree_to_be_placed() -> None:
    everything_else = dict.fromkeys(get_args(ConsentKind), HER_GRANT)
    for kind, needed in (
        ("FACILITY_ADMISSION", "FACILITY_ADMISSION"),
        ("COMMISSION", "COMMISSIONED_PLACEMENT"),
    ):
        others = {k: grant for k, grant in everything_else.items() if k != needed}
        deciding = referral_in(beside(agreed=others))
        given(deciding, going(kind, CENTRE, SHELTER), sent).when(accept, by=SHELTER).refused(
            ConsentOfThatKindMissing
        )


@kept("INV-C9", guard="domain.referral.sending:check_consented")
def test_nobody_is_sent_out_of_the_prefecture_who_has_not_agreed_to_move() -> None:
    deciding = referral_in(beside(by_the_centre))
    given(deciding, moving, asked, answered).when(send, by=CENTRE).refused(ConsentOfThatKindMissing)


# Commission


placed: Mapping[ConsentKind, GrantId] = {"COMMISSIONED_PLACEMENT": HER_GRANT}
commissioned = going("COMMISSION", CENTRE, SHELTER)


@shown("INV-A5")
def test_protection_is_commissioned_under_a_contract_until_its_last_day() -> None:
    last_day = datetime(2027, 3, 31, 3, 0, tzinfo=UTC)
    deciding = referral_in(beside(agreed=placed))
    given(deciding, commissioned, sent).when(accept, by=replace(SHELTER, at=last_day)).then(
        replace(accepted, on=date(2027, 3, 31)), replace(supporting, agency_id=SHELTER.agency)
    )


@kept("INV-A5", guard="domain.referral.answering:check_contract")
def test_without_a_contract_in_force_nobody_accepts_a_commission() -> None:
    deciding = referral_in(beside(agreed=placed))
    too_late = replace(SHELTER, at=datetime(2027, 3, 31, 15, 0, tzinfo=UTC))
    given(deciding, commissioned, sent).when(accept, by=too_late).refused(ContractMissing)
    none = {**AGENCIES, SHELTER.agency: replace(AGENCIES[SHELTER.agency], contracts={})}
    given(referral_in(beside(agencies=none, agreed=placed)), commissioned, sent).when(
        accept, by=SHELTER
    ).refused(ContractMissing)
    for_another = {**AGENCIES, CITY.agency: AGENCIES[CENTRE.agency]}
    of_the_city = replace(commissioned, from_agency=CITY.agency)
    given(referral_in(beside(agencies=for_another, agreed=placed)), of_the_city, sent).when(
        accept, by=SHELTER
    ).refused(ContractMissing)


# Each kind and who takes it up

TAKEN_UP_BY: dict[ReferralKind, Context | None] = {
    "TEMPORARY_PROTECTION_REQUEST": CENTRE,
    "COMMISSION": SHELTER,
    "OUT_OF_PREFECTURE": SHIRAHAMA,
    "CHILD_GUIDANCE": None,
    "FACILITY_ADMISSION": None,
    "MOTHER_CHILD_FACILITY": None,
    "INTRODUCTION": AYUMI,
    "SERVICE_LINK": AYUMI,
    "AFTERCARE_HANDOVER": AYUMI,
    "CASE_TRANSFER": AYUMI,
    "ADVICE_REQUEST": AYUMI,
}
FOR_ANYBODY = {k for k, by in TAKEN_UP_BY.items() if by is AYUMI}


@pytest.mark.parametrize("kind", get_args(ReferralKind))
def test_each_kind_is_taken_up_by_agencies_of_its_kinds(kind: ReferralKind) -> None:
    taking = TAKEN_UP_BY[kind]
    if taking and taking != CENTRE:
        as_kind = replace(draft, kind=kind, to_agency=taking.agency)
        made = replace(going(kind, CENTRE, taking), referral_id=ReferralId(CENTRE.new_id))
        given(IN_HER_CASE).when(as_kind, by=CENTRE).then(made)
    to_the_police = replace(draft, kind=kind, to_agency=POLICE.agency)
    if kind in FOR_ANYBODY:
        made = replace(going(kind, CENTRE, POLICE), referral_id=ReferralId(CENTRE.new_id))
        given(IN_HER_CASE).when(to_the_police, by=CENTRE).then(made)
    else:
        given(IN_HER_CASE).when(to_the_police, by=CENTRE).refused(WrongKindOfAgency)


def test_what_an_agency_does_beside_its_kind_counts_as_well() -> None:
    also_a_centre = {
        **AGENCIES,
        AYUMI.agency: replace(
            AGENCIES[AYUMI.agency],
            functions=frozenset[AgencyKind]({"WOMENS_SUPPORT_CENTRE"}),
        ),
    }
    to_ayumi = replace(draft, to_agency=AYUMI.agency)
    given(referral_in(beside(agencies=also_a_centre))).when(to_ayumi, by=CITY).then(
        going("TEMPORARY_PROTECTION_REQUEST", CITY, AYUMI)
    )


def test_the_kind_is_looked_at_again_when_it_is_sent() -> None:
    no_more = {**AGENCIES, CENTRE.agency: AGENCIES[CITY.agency]}
    given(referral_in(beside(agencies=no_more)), drafted).when(send, by=CITY).refused(
        WrongKindOfAgency
    )


@pytest.mark.parametrize("kind", get_args(ReferralKind))
def test_a_kind_gives_the_roles_it_lists_and_no_others(kind: ReferralKind) -> None:
    terms = TERMS[kind]
    everything = dict.fromkeys(get_args(ConsentKind), HER_GRANT)
    receiver = TAKEN_UP_BY[kind] or SHELTER
    deciding = referral_in(beside(agreed=everything))
    sender = CITY if receiver is CENTRE else CENTRE
    history = (going(kind, sender, receiver), replace(sent, hands_over=False))
    for role in (*get_args(SupportFunction), None):
        taking = replace(accept, role_taken=role)
        asking = given(deciding, *history).when(taking, by=receiver)
        if role is None and terms.with_role:
            asking.refused(RoleNotNamed)
        elif role is None:
            asking.then(replace(accepted, role_taken=None))
        elif role in terms.roles:
            asking.then(
                replace(accepted, role_taken=role),
                replace(supporting, function=role, agency_id=receiver.agency),
            )
        else:
            asking.refused(RoleNotGivenHere)


def test_who_only_gives_advice_or_is_only_named_to_her_need_not_take_part() -> None:
    without = {kind for kind, terms in TERMS.items() if not terms.with_role}
    assert without == {"ADVICE_REQUEST", "INTRODUCTION", "CHILD_GUIDANCE"}
    assert TERMS["ADVICE_REQUEST"].roles == frozenset()
