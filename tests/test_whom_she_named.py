"""Whom she named: to agree to one place, or to a plan with one agency, is to agree to no other."""

from datetime import date
from typing import Any, Final

import msgspec
import pytest

from domain.agency import StartCommissionContract, SucceedAgency
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.companions import AddCompanion
from domain.case.plans import AgreeSupportPlan, DraftSupportPlan, PlanId
from domain.case.stay_events import CancelStay, DecideStay, ExtendStay, StartStay, StayDecided
from domain.case.stay_rules import AdultHasNotAgreed, SheStillAgrees
from domain.case.support import RecordAssessment
from domain.codes import ConsentKind, ReferralKind
from domain.consent_ledger import (
    ExplainConsent,
    GrantConsent,
    NarrowConsent,
    RecordRefusal,
    WithdrawConsent,
)
from domain.model import GrantId, PersonId, StayId
from domain.referral import AcceptReferral, ConfirmHandover, SendReferral
from tests.invariants import accepted, refused
from tests.peers import Midorino, midorino
from tests.test_agency_together import CHECKED
from tests.world import Someone

TODAY: Final = date(2026, 5, 13)
LATER: Final = date(2026, 8, 13)


def residences(here: Midorino) -> tuple[Someone, Someone]:
    """Two of them; and she has been heard."""
    here.says(
        here.city, RecordAssessment(with_subject=True, danger_level="HIGH", urgency_level="HIGH")
    )
    return a_residence(here, "こもれび寮"), a_residence(here, "別の寮")


def a_residence(here: Midorino, name: str) -> Someone:
    return here.world.joins("WOMENS_SELF_RELIANCE_FACILITY", "FACILITY_HEAD", name=name)


def admitted_to(who: Someone) -> DecideStay:
    return DecideStay(
        kind="WOMENS_SELF_RELIANCE_FACILITY",
        scope="IN_PREFECTURE",
        provider_agency_id=who.agency,
        planned_from=TODAY,
    )


def agrees_to_be_admitted(here: Midorino, *to: Someone) -> GrantId:
    return here.agrees(*to, kind="FACILITY_ADMISSION", categories=())


def begins(stay: StayId) -> StartStay:
    return StartStay(stay_id=stay, location="203号室", age_band="30S")


# Stays


@accepted("INV-C3", "INV-C9")
def test_she_goes_where_she_has_agreed_to_go() -> None:
    here = midorino()
    komorebi, other = residences(here)
    agrees_to_be_admitted(here, here.city, komorebi)
    latest = agrees_to_be_admitted(here, here.city, komorebi)
    agrees_to_be_admitted(here, other)
    decided = here.says(here.city, admitted_to(komorebi)).the(StayDecided)
    assert decided.consent_id == latest


@refused("INV-C3", guard="domain.consent_ledger:names", instead=True)
@refused("INV-C9", guard="domain.consent_ledger:names", instead=True)
def test_to_agree_to_one_place_is_not_to_agree_to_another() -> None:
    here = midorino()
    komorebi, other = residences(here)
    agrees_to_be_admitted(here, here.city, komorebi)
    assert here.refuses(here.city, admitted_to(other)) is ConsentOfThatKindMissing


def test_whom_she_leaves_it_to_finds_her_a_place() -> None:
    """She has named nobody but the agency that arranges it."""
    here = midorino()
    komorebi, other = residences(here)
    agrees_to_be_admitted(here, here.city)
    for place in (komorebi, other):
        assert here.refuses(here.city, admitted_to(place)) is None


def test_nothing_is_left_to_who_is_not_to_arrange_it() -> None:
    here = midorino()
    komorebi, _ = residences(here)
    agrees_to_be_admitted(here, here.ayumi)
    assert here.refuses(here.city, admitted_to(komorebi)) is ConsentOfThatKindMissing


def test_to_take_a_place_out_is_not_to_leave_it_to_whoever_is_left() -> None:
    here = midorino()
    komorebi, _ = residences(here)
    grant = agrees_to_be_admitted(here, here.city, komorebi)
    stay = here.says(here.city, admitted_to(komorebi)).the(StayDecided).stay_id
    cancel = CancelStay(stay_id=stay, reason="CONSENT_WITHDRAWN")
    assert here.refuses(here.city, cancel) is SheStillAgrees
    taken_out = frozenset({komorebi.agency})
    here.says(here.city, NarrowConsent(grant_id=grant, removed_recipients=taken_out))
    assert here.refuses(here.city, admitted_to(komorebi)) is ConsentOfThatKindMissing
    assert here.refuses(here.city, begins(stay)) is ConsentOfThatKindMissing
    assert here.refuses(here.city, cancel) is None


def test_nor_does_she_begin_or_stay_on_anywhere_by_a_consent_to_another_place() -> None:
    here = midorino()
    komorebi, other = residences(here)
    grant = agrees_to_be_admitted(here, komorebi)
    agrees_to_be_admitted(here, other)
    stay = here.says(here.city, admitted_to(komorebi)).the(StayDecided).stay_id
    assert here.refuses(here.city, begins(stay)) is None
    here.says(here.city, begins(stay))
    longer = ExtendStay(stay_id=stay, until=LATER)
    assert here.refuses(here.city, longer) is None
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert here.refuses(here.city, longer) is ConsentOfThatKindMissing


def test_an_adult_who_comes_along_has_agreed_to_the_same_place() -> None:
    here = midorino()
    komorebi, other = residences(here)
    agrees_to_be_admitted(here, komorebi)
    add = AddCompanion(companion="ADULT", relation="SIBLING", name="ゆい")
    sister = PersonId(here.says(here.city, add).made)
    stay = here.says(here.city, admitted_to(komorebi)).the(StayDecided).stay_id
    together = StartStay(stay_id=stay, location="203号室", age_band="30S", companions=(sister,))
    hers: dict[str, Any] = {"grantor": "ADULT_COMPANION", "grantor_id": sister}
    here.agrees(other, kind="FACILITY_ADMISSION", categories=(), **hers)
    assert here.refuses(here.city, together) is AdultHasNotAgreed
    here.agrees(komorebi, kind="FACILITY_ADMISSION", categories=(), **hers)
    assert here.refuses(here.city, together) is None


def test_where_she_would_move_away_to_is_hers_to_say_too() -> None:
    here = midorino()
    near, far = residences(here)
    move = DecideStay(
        kind="WOMENS_SELF_RELIANCE_FACILITY",
        scope="OUT_OF_PREFECTURE",
        provider_agency_id=far.agency,
        planned_from=TODAY,
    )
    agrees_to_be_admitted(here, here.city)
    here.agrees(near, kind="RELOCATION", categories=())
    assert here.refuses(here.city, move) is ConsentOfThatKindMissing
    grant = here.agrees(far, kind="RELOCATION", categories=())
    stay = here.says(here.city, move).the(StayDecided)
    assert stay.relocation_consent_id == grant
    assert here.refuses(here.city, begins(stay.stay_id)) is None


# Whom she named as one she does not want


def commissioned(here: Midorino) -> tuple[GrantId, DecideStay]:
    """She leaves it to the Centre, which may commission the shelter."""
    here.accepts(here.centre, here.sends(here.city, here.centre), "MAIN_SUPPORT")
    commissions(here, here.shelter)
    here.says(
        here.centre, RecordAssessment(with_subject=True, danger_level="HIGH", urgency_level="HIGH")
    )
    return leaves_it_to_the_centre(here), DecideStay(
        kind="COMMISSIONED_PROTECTION",
        scope="IN_PREFECTURE",
        legal_ground="SPOUSE_VIOLENCE",
        provider_agency_id=here.shelter.agency,
        planned_from=TODAY,
    )


def commissions(here: Midorino, who: Someone) -> None:
    here.world.says(
        here.centre,
        StartCommissionContract(
            agency_id=who.agency, valid_from=TODAY, valid_until=LATER, criteria_check=CHECKED
        ),
    )


def leaves_it_to_the_centre(here: Midorino) -> GrantId:
    return here.agrees(here.centre, kind="COMMISSIONED_PLACEMENT", categories=(), via=here.centre)


def no_to(who: Someone, kind: ConsentKind = "COMMISSIONED_PLACEMENT") -> RecordRefusal:
    return RecordRefusal(
        kind=kind,
        recipients=frozenset({who.agency}),
        categories=frozenset(),
        purpose="PROTECTION",
    )


def says_yes_to(
    here: Midorino,
    who: Someone,
    kind: ConsentKind = "COMMISSIONED_PLACEMENT",
    via: Someone | None = None,
) -> GrantId:
    """She is asked again, about them by name."""
    return here.agrees(who, kind=kind, categories=(), via=via, asked_again_because="HER_WISH")


def says_no_to_the_shelter(here: Midorino, grant: GrantId, *, of_it: bool) -> None:
    """Of what she had agreed to; or without saying of what."""
    out = frozenset({here.shelter.agency})
    of_this = NarrowConsent(grant_id=grant, removed_recipients=out)
    here.says(here.centre, of_this if of_it else no_to(here.shelter))


@refused("INV-C9", guard="domain.consent_ledger:is_refused", instead=False)
@refused("INV-C3", guard="domain.consent_ledger:is_refused", instead=False)
def test_whom_she_said_no_to_does_not_take_her_in_though_she_left_it_to_another() -> None:
    for of_it in (False, True):
        here = midorino()
        grant, decide = commissioned(here)
        assert here.refuses(here.centre, decide) is None
        here.says(here.centre, no_to(here.shelter, "FACILITY_ADMISSION"))
        here.says(here.centre, no_to(here.police))
        assert here.refuses(here.centre, decide) is None
        says_no_to_the_shelter(here, grant, of_it=of_it)
        assert here.refuses(here.centre, decide) is ConsentOfThatKindMissing


@refused("INV-C7", guard="domain.consent_ledger:said_no", instead=False)
@refused("INV-C9", guard="domain.consent_ledger:said_no", instead=False)
@refused("INV-C3", guard="domain.consent_ledger:said_no", instead=False)
def test_to_leave_it_to_another_anew_takes_back_no_word_of_hers() -> None:
    """Nobody has asked her about them again; whatever has become of what she took them out of."""
    for of_it in (False, True):
        for taken_back in (False, True):
            here = midorino()
            grant, decide = commissioned(here)
            says_no_to_the_shelter(here, grant, of_it=of_it)
            if taken_back:
                here.says(here.centre, WithdrawConsent(grant_id=grant))
            leaves_it_to_the_centre(here)
            assert here.refuses(here.centre, decide) is ConsentOfThatKindMissing
            referral = here.sends(here.centre, here.shelter, "COMMISSION")
            accept = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT")
            assert here.refuses(here.shelter, accept) is ConsentOfThatKindMissing


@accepted("INV-C3", "INV-C7", "INV-C9")
def test_asked_anew_by_name_she_may_be_placed_there() -> None:
    for of_it in (False, True):
        here = midorino()
        grant, decide = commissioned(here)
        says_no_to_the_shelter(here, grant, of_it=of_it)
        leaves_it_to_the_centre(here)
        again = says_yes_to(here, here.shelter, via=here.centre)
        assert here.says(here.centre, decide).the(StayDecided).consent_id == again


def test_a_no_to_one_place_leaves_the_others_to_whom_she_leaves_it() -> None:
    """Nor does a no that she says to them about something else."""
    here = midorino()
    komorebi, other = residences(here)
    here.says(here.city, no_to(other, "FACILITY_ADMISSION"))
    here.says(here.city, no_to(komorebi, "RELOCATION"))
    agrees_to_be_admitted(here, here.city)
    assert here.refuses(here.city, admitted_to(komorebi)) is None
    assert here.refuses(here.city, admitted_to(other)) is ConsentOfThatKindMissing


def test_a_no_before_she_agreed_to_what_was_explained_stands() -> None:
    """She said it of what she was being asked."""
    here = midorino()
    grant, decide = commissioned(here)
    here.says(here.centre, WithdrawConsent(grant_id=grant))
    step: dict[str, Any] = {
        "kind": "COMMISSIONED_PLACEMENT",
        "purpose": "PROTECTION",
        "recipients": frozenset({here.centre.agency}),
        "categories": frozenset(),
    }
    explain = ExplainConsent(language="ja", material_version="2026-04", **step)
    asked = GrantId(here.says(here.centre, explain).made)
    here.says(here.centre, no_to(here.shelter))
    here.says(
        here.centre,
        GrantConsent(
            grant_id=asked,
            grantor="SUBJECT",
            until_event="CASE_CLOSE",
            history="FULL",
            method="WRITTEN",
            **step,
        ),
    )
    assert here.refuses(here.centre, decide) is ConsentOfThatKindMissing


def test_a_no_once_it_is_decided_keeps_her_from_going_there_or_staying_on() -> None:
    for of_it in (False, True):
        for begun in (False, True):
            here = midorino()
            grant, decide = commissioned(here)
            stay = here.says(here.centre, decide).the(StayDecided).stay_id
            begin = StartStay(stay_id=stay, location="203号室", age_band="30S", reason_code="DV")
            further: StartStay | ExtendStay = begin
            if begun:
                here.says(here.centre, begin)
                further = ExtendStay(stay_id=stay, until=LATER)
            assert here.refuses(here.centre, further) is None
            says_no_to_the_shelter(here, grant, of_it=of_it)
            assert here.refuses(here.centre, further) is ConsentOfThatKindMissing
            if not begun:
                cancel = CancelStay(stay_id=stay, reason="CONSENT_WITHDRAWN")
                assert here.refuses(here.centre, cancel) is None


def test_a_no_is_one_to_whoever_takes_over_from_them_too() -> None:
    here = midorino()
    grant, decide = commissioned(here)
    says_no_to_the_shelter(here, grant, of_it=False)
    new = here.world.joins("PRIVATE_SHELTER", "FACILITY_HEAD", name="新やすらぎ")
    commissions(here, new)
    there = msgspec.structs.replace(decide, provider_agency_id=new.agency)
    stay = here.says(here.centre, there).the(StayDecided).stay_id
    cancel = CancelStay(stay_id=stay, reason="CONSENT_WITHDRAWN")
    assert here.refuses(here.centre, cancel) is SheStillAgrees
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=here.shelter.agency, successor=new.agency)
    )
    assert here.refuses(here.centre, there) is ConsentOfThatKindMissing
    assert here.refuses(here.centre, cancel) is None


def test_a_no_to_where_she_would_move_to_holds_until_she_has_moved() -> None:
    here = midorino()
    _, far = residences(here)
    agrees_to_be_admitted(here, here.city)
    here.agrees(here.city, kind="RELOCATION", categories=())
    move = msgspec.structs.replace(admitted_to(far), scope="OUT_OF_PREFECTURE")
    stay = here.says(here.city, move).the(StayDecided).stay_id
    assert here.refuses(here.city, begins(stay)) is None
    here.says(here.city, no_to(far, "RELOCATION"))
    assert here.refuses(here.city, begins(stay)) is ConsentOfThatKindMissing
    cancel = CancelStay(stay_id=stay, reason="CONSENT_WITHDRAWN")
    assert here.refuses(here.city, cancel) is None


def test_what_an_adult_has_agreed_to_is_not_hers_to_say_no_to() -> None:
    here = midorino()
    komorebi, _ = residences(here)
    agrees_to_be_admitted(here, here.city)
    add = AddCompanion(companion="ADULT", relation="SIBLING", name="ゆい")
    sister = PersonId(here.says(here.city, add).made)
    stay = here.says(here.city, admitted_to(komorebi)).the(StayDecided).stay_id
    together = StartStay(stay_id=stay, location="203号室", age_band="30S", companions=(sister,))
    hers: dict[str, Any] = {"grantor": "ADULT_COMPANION", "grantor_id": sister}
    own = here.agrees(here.city, kind="FACILITY_ADMISSION", categories=(), **hers)
    here.says(here.city, no_to(komorebi, "FACILITY_ADMISSION"))
    says_yes_to(here, komorebi, "FACILITY_ADMISSION")  # She has thought better of it.
    assert here.refuses(here.city, together) is None
    out = frozenset({komorebi.agency})
    here.says(here.city, NarrowConsent(grant_id=own, removed_recipients=out))
    assert here.refuses(here.city, together) is AdultHasNotAgreed


# Referrals


@pytest.mark.parametrize("of_it", [False, True])
def test_whom_she_said_no_to_does_not_accept_her(of_it: bool) -> None:  # noqa: FBT001
    here = midorino()
    grant, _ = commissioned(here)
    referral = here.sends(here.centre, here.shelter, "COMMISSION")
    accept = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT")
    assert here.refuses(here.shelter, accept) is not ConsentOfThatKindMissing
    says_no_to_the_shelter(here, grant, of_it=of_it)
    assert here.refuses(here.shelter, accept) is ConsentOfThatKindMissing


@pytest.mark.parametrize("kind", ["FACILITY_ADMISSION", "COMMISSION"])
def test_no_place_accepts_her_by_a_consent_to_another(kind: ReferralKind) -> None:
    here = midorino()
    komorebi, _ = residences(here)
    here.accepts(here.centre, here.sends(here.city, here.centre))
    step: ConsentKind = "COMMISSIONED_PLACEMENT" if kind == "COMMISSION" else "FACILITY_ADMISSION"
    to = here.shelter if kind == "COMMISSION" else komorebi
    referral = here.sends(here.centre, to, kind)
    accept = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT")
    here.agrees(here.ayumi, here.centre, kind=step, categories=())
    assert here.refuses(to, accept) is ConsentOfThatKindMissing
    here.agrees(here.centre, kind=step, categories=())  # She leaves it to the Centre.
    assert here.refuses(to, accept) is not ConsentOfThatKindMissing


def test_she_does_not_move_to_a_prefecture_that_she_has_not_named() -> None:
    here = midorino()
    here.takes_over(here.centre)
    kurohama = here.world.joins("WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR", "31", "黒浜県")
    here.agrees(here.centre, here.shirahama, categories=["IDN"])
    here.agrees(kurohama, kind="RELOCATION", categories=(), via=here.centre)
    referral = here.inquires(here.centre, here.shirahama)
    send = SendReferral(referral_id=referral)
    assert here.refuses(here.centre, send) is ConsentOfThatKindMissing
    grant = here.agrees(here.shirahama, kind="RELOCATION", categories=(), via=here.centre)
    here.says(here.centre, send)
    here.accepts(here.shirahama, referral, "MAIN_SUPPORT")
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=False)
    assert here.refuses(here.shirahama, confirm) is None
    here.says(here.centre, WithdrawConsent(grant_id=grant))
    assert here.refuses(here.shirahama, confirm) is ConsentOfThatKindMissing


# Plans


def test_a_plan_is_agreed_with_whom_she_makes_it() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    draft = DraftSupportPlan(kind="INDIVIDUAL_SUPPORT_PLAN", goals=("自分の部屋",), review_on=LATER)
    agree = AgreeSupportPlan(plan_id=PlanId(here.says(here.ayumi, draft).made))
    here.agrees(here.city, kind="SUPPORT_PLAN", categories=())
    for by in (here.ayumi, here.city):
        assert here.refuses(by, agree) is ConsentOfThatKindMissing
    here.agrees(here.ayumi, here.city, kind="SUPPORT_PLAN", categories=())
    for by in (here.ayumi, here.city):
        assert here.refuses(by, agree) is None
