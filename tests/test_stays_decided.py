"""Deciding on a stay: nobody is kept anywhere without her, nor by whom it is not to decide."""

from datetime import date
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.case.aftercare import (
    NobodyAnswersForHer,
)
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.stay_events import (
    DecideStay,
    DeclineProtection,
    ProtectionDeclined,
    StayDecided,
)
from domain.case.stay_rules import (
    AnotherStayRuns,
    AssessmentComesFirst,
    DecidedTooLate,
    ElsewhereIsCommissioned,
    LegalGroundIsMissing,
    NoCommissionContract,
    NotYoursToDecide,
    OnlyCommissionedDirectly,
    StayIdTaken,
)
from domain.case.support import StayNotFound
from domain.codes import ConsentKind
from domain.model import Context, ReferralId, StayId
from domain.support_codes import (
    EMERGENCY_STAYS,
    PROTECTIVE_STAYS,
    RESIDENTIAL_STAYS,
    StayKind,
)
from tests.beside import (
    AGENCIES,
    CONTRACT,
    FACILITY,
    NPO,
    PLANNED,
    SHE_AGREED,
    SHE_AGREED_TO_MOVE,
    WELFARE,
    an_agency,
    beside,
)
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, SHELTER, an_id, given, later
from tests.staying import (
    AGREED,
    HER_STAY,
    NEXT_STAY,
    TODAY,
    TOMORROW,
    YESTERDAY,
    agreed,
    decide_commissioned,
    decided,
    deciding,
    ended,
    next_decided,
    start,
    started,
    starting,
    staying,
)

# She does not want it.


def test_that_she_does_not_want_to_be_protected_is_recorded_with_her_reasons() -> None:
    decline = DeclineProtection(
        reasons=frozenset({"KEEP_WORK_OR_SCHOOL", "NO_MOBILE_PHONE"}), text="仕事は辞めたくない。"
    )
    given(staying(beside())).when(decline, by=CENTRE).then(
        ProtectionDeclined(
            reasons=frozenset({"KEEP_WORK_OR_SCHOOL", "NO_MOBILE_PHONE"}),
            text="仕事は辞めたくない。",
        )
    )


# It is decided.


@accepted("INV-A5", "INV-C9", "INV-K8", "INV-S2", "INV-S5")
def test_the_centre_commissions_her_protection_once_she_agrees() -> None:
    deciding(decide_commissioned).then(decided)


def test_a_stay_names_the_referral_it_follows_from() -> None:
    referral = ReferralId(an_id(730))
    deciding(replace(decide_commissioned, referral_id=referral)).then(
        replace(decided, referral_id=referral)
    )


def test_a_stay_takes_the_id_that_she_has_agreed_to_something_until_the_end_of() -> None:
    command = replace(decide_commissioned, stay_id=PLANNED)
    deciding(command, replace(AGREED, planned_stays=frozenset({PLANNED}))).then(
        replace(decided, stay_id=PLANNED)
    )
    deciding(command).refused(StayNotFound)


def test_no_stay_is_decided_twice_under_one_id() -> None:
    rest = replace(AGREED, planned_stays=frozenset({HER_STAY}))
    command = replace(decide_commissioned, stay_id=HER_STAY)
    deciding(command, rest, CENTRE, decided).refused(StayIdTaken)


def test_no_stay_is_decided_before_somebody_answers_for_her() -> None:
    rest = replace(AGREED, main_responsible=None)
    deciding(decide_commissioned, rest).refused(NobodyAnswersForHer)


@refused("INV-C9", guard="domain.case.stays:check_agreed", instead=SHE_AGREED)
def test_consent_to_share_and_to_another_kind_of_stay_are_none_to_this_one() -> None:
    other: tuple[ConsentKind, ...] = ("INFORMATION", "TEMPORARY_PROTECTION", "FACILITY_ADMISSION")
    for kinds in (other, ()):
        deciding(decide_commissioned, agreed(*kinds)).refused(ConsentOfThatKindMissing)


WHOSE: Final[dict[StayKind, str]] = {
    "TEMPORARY_PROTECTION": "Centre",
    "EMERGENCY_TEMPORARY_PROTECTION": "Centre",
    "COMMISSIONED_PROTECTION": "Centre",
    "MOTHER_CHILD_EMERGENCY": "welfare",
    **dict.fromkeys(RESIDENTIAL_STAYS, "Centre or who answers for her"),
}
KINDS_OF_CONSENT: Final[dict[StayKind, ConsentKind]] = {
    "TEMPORARY_PROTECTION": "TEMPORARY_PROTECTION",
    "EMERGENCY_TEMPORARY_PROTECTION": "TEMPORARY_PROTECTION",
    "COMMISSIONED_PROTECTION": "COMMISSIONED_PLACEMENT",
    "MOTHER_CHILD_EMERGENCY": "TEMPORARY_PROTECTION",
    **dict.fromkeys(RESIDENTIAL_STAYS, "FACILITY_ADMISSION"),
}


def of_kind(kind: StayKind, by: Context) -> DecideStay:
    """As whoever decides it would."""
    own = kind in {"TEMPORARY_PROTECTION", "EMERGENCY_TEMPORARY_PROTECTION"}
    ground = "SPOUSE_VIOLENCE" if kind in PROTECTIVE_STAYS else None
    return replace(
        decide_commissioned,
        kind=kind,
        legal_ground=ground,
        provider_agency_id=by.agency if own else SHELTER.agency,
    )


def decided_as(kind: StayKind, by: Context) -> StayDecided:
    command = of_kind(kind, by)
    return replace(
        decided,
        stay_id=StayId(by.new_id),
        kind=kind,
        legal_ground=command.legal_ground,
        decided_by=by.agency,
        provider_agency_id=command.provider_agency_id,
        contract_id=CONTRACT if kind == "COMMISSIONED_PROTECTION" else None,
    )


@pytest.mark.parametrize("kind", get_args(StayKind))
def test_each_kind_of_stay_is_decided_by_whom_it_is_to_decide(kind: StayKind) -> None:
    rest = agreed(KINDS_OF_CONSENT[kind], main_responsible=NPO.agency)
    may = {
        "Centre": {CENTRE.agency},
        "welfare": {CITY.agency, WELFARE.agency},
        "Centre or who answers for her": {CENTRE.agency, NPO.agency},
    }[WHOSE[kind]]
    for by in (CITY, CENTRE, SHELTER, FACILITY, NPO, WELFARE):
        outcome = deciding(of_kind(kind, by), rest, by)
        if by.agency in may:
            outcome.then(decided_as(kind, by))
        else:
            outcome.refused(NotYoursToDecide)


@pytest.mark.parametrize("kind", get_args(StayKind))
def test_each_kind_of_stay_needs_her_consent_of_its_kind(kind: StayKind) -> None:
    by = WELFARE if kind == "MOTHER_CHILD_EMERGENCY" else CENTRE
    needed = KINDS_OF_CONSENT[kind]
    others = sorted({*get_args(ConsentKind)} - {needed})
    deciding(of_kind(kind, by), agreed(*others), by).refused(ConsentOfThatKindMissing)
    deciding(of_kind(kind, by), agreed(needed), by).then(decided_as(kind, by))


@refused("INV-S2", guard="domain.case.stays:check_may_decide")
def test_a_city_does_not_decide_on_protection_nor_the_centre_on_that_of_the_welfare_side() -> None:
    deciding(decide_commissioned, by=CITY).refused(NotYoursToDecide)
    emergency = of_kind("MOTHER_CHILD_EMERGENCY", CENTRE)
    deciding(emergency, agreed("TEMPORARY_PROTECTION")).refused(NotYoursToDecide)


def test_an_agency_that_is_also_a_centre_decides_as_one() -> None:
    merged = an_agency(
        "PREFECTURAL_GENDER_EQUALITY_CENTRE", functions=frozenset({"WOMENS_SUPPORT_CENTRE"})
    )
    own = replace(of_kind("TEMPORARY_PROTECTION", NPO), planned_from=TOMORROW)
    rest = agreed("TEMPORARY_PROTECTION", agencies={**AGENCIES, NPO.agency: merged})
    deciding(own, rest, NPO).then(
        replace(
            decided,
            stay_id=StayId(NPO.new_id),
            kind="TEMPORARY_PROTECTION",
            decided_by=NPO.agency,
            provider_agency_id=NPO.agency,
            planned_from=TOMORROW,
            contract_id=None,
        )
    )


@refused("INV-S2", guard="domain.case.stays:check_is_its_own")
def test_the_centre_protects_her_in_its_own_place_or_else_commissions_it() -> None:
    rest = agreed("TEMPORARY_PROTECTION")
    for kind in ("TEMPORARY_PROTECTION", "EMERGENCY_TEMPORARY_PROTECTION"):
        elsewhere = replace(of_kind(kind, CENTRE), provider_agency_id=SHELTER.agency)
        deciding(elsewhere, rest).refused(ElsewhereIsCommissioned)


def test_the_centre_has_a_facility_of_its_own_for_temporary_protection() -> None:
    own = {**AGENCIES, FACILITY.agency: an_agency("TEMPORARY_PROTECTION_FACILITY")}
    command = replace(of_kind("TEMPORARY_PROTECTION", CENTRE), provider_agency_id=FACILITY.agency)
    deciding(command, agreed("TEMPORARY_PROTECTION", agencies=own)).then(
        replace(
            decided,
            kind="TEMPORARY_PROTECTION",
            provider_agency_id=FACILITY.agency,
            contract_id=None,
        )
    )


@refused("INV-A5", guard="domain.case.stays:check_contract")
def test_protection_is_commissioned_only_under_a_contract_in_force_on_that_day() -> None:
    deciding(replace(decide_commissioned, provider_agency_id=NPO.agency)).refused(
        NoCommissionContract
    )
    after_it = replace(decide_commissioned, planned_from=date(2027, 4, 1))
    deciding(after_it).refused(NoCommissionContract)


@accepted("INV-A5")
def test_the_last_day_of_a_contract_is_a_day_of_it() -> None:
    last = date(2027, 3, 31)
    deciding(replace(decide_commissioned, planned_from=last)).then(
        replace(decided, planned_from=last)
    )


@refused("INV-A5", guard="domain.case.stays:check_contract")
def test_a_contract_that_ended_meanwhile_admits_nobody() -> None:
    over = {**AGENCIES, SHELTER.agency: an_agency("PRIVATE_SHELTER")}
    starting(start, replace(AGREED, agencies=over)).refused(NoCommissionContract)


@refused("INV-K8", guard="domain.case.stays:check_assessed")
def test_she_is_heard_before_a_stay_is_decided() -> None:
    unheard = replace(AGREED, assessed=False)
    deciding(decide_commissioned, unheard).refused(AssessmentComesFirst)


@accepted("INV-K8")
def test_an_emergency_does_not_wait_and_says_by_when_she_is_heard() -> None:
    for kind in sorted(EMERGENCY_STAYS):
        by = WELFARE if kind == "MOTHER_CHILD_EMERGENCY" else CENTRE
        rest = agreed("TEMPORARY_PROTECTION", assessed=False)
        deciding(of_kind(kind, by), rest, by).then(
            replace(decided_as(kind, by), assessment_due=date(2026, 5, 16))
        )


@refused("INV-S5", guard="domain.case.stays:check_ground")
def test_protection_has_a_legal_ground() -> None:
    deciding(replace(decide_commissioned, legal_ground=None)).refused(LegalGroundIsMissing)


def test_in_another_prefecture_she_also_agrees_to_move_there() -> None:
    moving = replace(of_kind("MOTHER_CHILD_LIVING_SUPPORT", CENTRE), scope="OUT_OF_PREFECTURE")
    both = beside(agreed={"FACILITY_ADMISSION": SHE_AGREED, "RELOCATION": SHE_AGREED_TO_MOVE})
    deciding(moving, agreed("FACILITY_ADMISSION")).refused(ConsentOfThatKindMissing)
    deciding(moving, agreed("RELOCATION")).refused(ConsentOfThatKindMissing)
    moves = replace(
        decided,
        kind="MOTHER_CHILD_LIVING_SUPPORT",
        scope="OUT_OF_PREFECTURE",
        legal_ground=None,
        contract_id=None,
        relocation_consent_id=SHE_AGREED_TO_MOVE,
    )
    deciding(moving, both).then(moves)
    admit = replace(start, reason_code=None)
    given(staying(agreed("FACILITY_ADMISSION")), moves).when(admit, by=SHELTER).refused(
        ConsentOfThatKindMissing
    )
    given(staying(both), moves).when(admit, by=SHELTER).then(replace(started, reason_code=None))


# Directly to a commissioned facility.

direct = replace(decide_commissioned, direct_admission=True)


@accepted("INV-S2")
def test_a_direct_admission_is_decided_by_the_next_business_day() -> None:
    friday_night, monday = date(2026, 5, 15), later(CENTRE, days=5)
    command = replace(direct, planned_from=friday_night)
    decided_then = replace(
        decided, direct_admission=True, planned_from=friday_night, decided_on=date(2026, 5, 18)
    )
    deciding(command, AGREED, monday).then(decided_then)
    admit = replace(start, started_on=friday_night)
    given(staying(AGREED), decided_then).when(admit, by=later(SHELTER, days=5)).then(
        replace(started, started_on=friday_night)
    )


@refused("INV-S2", guard="domain.case.stays:check_decided_in_time")
def test_a_direct_admission_is_not_decided_later_and_any_other_stay_before_it_begins() -> None:
    friday_night, tuesday = date(2026, 5, 15), later(CENTRE, days=6)
    deciding(replace(direct, planned_from=friday_night), AGREED, tuesday).refused(DecidedTooLate)
    in_1900 = replace(direct, planned_from=date(1900, 1, 5))
    deciding(in_1900, AGREED, tuesday).refused(DecidedTooLate)
    deciding(replace(decide_commissioned, planned_from=YESTERDAY)).refused(DecidedTooLate)
    starting(replace(start, started_on=YESTERDAY)).refused(DecidedTooLate)


@refused("INV-S2", guard="domain.case.stays:check_directly")
def test_only_a_commissioned_facility_takes_her_in_directly() -> None:
    own = replace(of_kind("EMERGENCY_TEMPORARY_PROTECTION", CENTRE), direct_admission=True)
    deciding(own, agreed("TEMPORARY_PROTECTION")).refused(OnlyCommissionedDirectly)


# One at a time.

admit_next = replace(start, stay_id=NEXT_STAY, reason_code=None)


@refused("INV-S3", guard="domain.case.stays:check_no_stay_runs")
def test_she_is_in_one_stay_at_a_time() -> None:
    rest = agreed("FACILITY_ADMISSION", "COMMISSIONED_PLACEMENT")
    given(staying(rest), decided, started, next_decided).when(admit_next, by=FACILITY).refused(
        AnotherStayRuns
    )
    deciding(decide_commissioned, rest, CENTRE, decided, started).refused(AnotherStayRuns)


@refused("INV-S3", guard="domain.case.stays:check_no_stay_runs")
def test_a_stay_that_is_recorded_afterwards_does_not_overlap_another() -> None:
    over = replace(ended, ended_on=TODAY)
    before = (decided, started, over)
    late = replace(direct, planned_from=YESTERDAY)
    deciding(late, AGREED, CENTRE, *before).refused(AnotherStayRuns)


@accepted("INV-S3")
def test_the_next_stay_is_decided_meanwhile_and_begins_when_this_one_has_ended() -> None:
    rest = agreed("FACILITY_ADMISSION")
    command = replace(
        of_kind("WOMENS_SELF_RELIANCE_FACILITY", CENTRE),
        provider_agency_id=FACILITY.agency,
        planned_from=TOMORROW,
    )
    deciding(command, rest, CENTRE, decided, started).then(replace(next_decided, stay_id=HER_STAY))
    given(staying(rest), decided, started, next_decided, ended).when(admit_next, by=FACILITY).then(
        replace(started, stay_id=NEXT_STAY, reason_code=None)
    )
