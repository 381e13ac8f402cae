"""Stays: nobody is kept anywhere without her, nor by whom it is not to decide."""

from datetime import date, timedelta
from typing import Any, Final, get_args

import pytest
from msgspec.structs import replace

from domain.case import stays
from domain.case.aftercare import (
    AftercareAlreadyRuns,
    AftercareStarted,
    AftercareTerms,
    NobodyAnswersForHer,
)
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.beside import Beside, CompanionNotFound
from domain.case.days import DayAlreadyPast, DayStillToCome
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    DeclineProtection,
    EndStay,
    ExtendStay,
    ProtectionDeclined,
    StartStay,
    StayCancelled,
    StayCommand,
    StayDecided,
    StayEnded,
    StayEvent,
    StayExtended,
    StayStarted,
)
from domain.case.stay_rules import (
    STAY,
    AdultHasNotAgreed,
    AftercareOrDeclined,
    AnotherStayRuns,
    AssessmentComesFirst,
    CompanionLeftOut,
    DecidedTooLate,
    ElsewhereIsCommissioned,
    EndsBeforeItBegins,
    LegalGroundIsMissing,
    NoCommissionContract,
    NotAnExtension,
    NotYourStay,
    NotYoursToDecide,
    OnlyCommissionedDirectly,
    ReasonCodeIsMissing,
    SheStillAgrees,
    StayHasBegun,
    StayIdTaken,
    StayIsOver,
    StayNotBegun,
    Stays,
)
from domain.case.support import StayNotFound
from domain.categories import LOC, PRB, RSK, CategoryCode
from domain.codes import Condition, ConsentKind
from domain.fields import cut_of
from domain.model import CLOSED, Context, Decider, Event, ReferralId, StayId
from domain.speech import Refused
from domain.support_codes import (
    EMERGENCY_STAYS,
    PROTECTIVE_STAYS,
    RESIDENTIAL_STAYS,
    STAY_KINDS,
    AftercareMeans,
    StayKind,
)
from tests.beside import (
    AGENCIES,
    CONTRACT,
    FACILITY,
    HER_MOTHER,
    HER_SON,
    NPO,
    PLANNED,
    SHE_AGREED,
    SHE_AGREED_TO_MOVE,
    WELFARE,
    an_agency,
    beside,
)
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, SHELTER, When, an_id, given, later, without_words
from tests.spec.case import STAY as ARROWS
from tests.told import accepted as case_accepted
from tests.told import by as recorded_by
from tests.told import granted, opened, told, visible

TODAY: Final = date(2026, 5, 13)  # A Wednesday.
TOMORROW: Final = TODAY + timedelta(days=1)
YESTERDAY: Final = TODAY - timedelta(days=1)
HER_STAY: Final = StayId(CENTRE.new_id)
NEXT_STAY: Final = StayId(an_id(720))


def staying(rest: Beside) -> Decider[Stays, StayCommand, Event]:
    """Stays, and what they begin beside themselves."""

    def decide(state: Stays, command: StayCommand, by: Context) -> tuple[Event, ...]:
        return stays.decide(state, rest, command, by)

    def evolve(state: Stays, event: Event) -> Stays:
        return stays.evolve(state, event) if isinstance(event, StayEvent) else state

    return Decider(Stays(), decide, evolve)


def agreed(*kinds: ConsentKind, **known: Any) -> Beside:
    """She has agreed to these, and has been heard."""
    return beside(agreed=dict.fromkeys(kinds, SHE_AGREED), **known)


AGREED: Final = agreed("COMMISSIONED_PLACEMENT")
decide_commissioned = DecideStay(
    kind="COMMISSIONED_PROTECTION",
    scope="IN_PREFECTURE",
    legal_ground="SPOUSE_VIOLENCE",
    provider_agency_id=SHELTER.agency,
    planned_from=TODAY,
)
SHE_KEEPS: Final[frozenset[Condition]] = frozenset({"KEEPS_PHONE", "KEEPS_WORK"})
start = StartStay(
    stay_id=HER_STAY,
    location="緑野市 つきのわ 2階",
    age_band="30S",
    reason_code="DV",
    conditions=SHE_KEEPS,
)
extend = ExtendStay(stay_id=HER_STAY, until=date(2026, 6, 12), reason="まだ家が見つからない。")
end = EndStay(
    stay_id=HER_STAY,
    destination_kind="OWN_HOUSING",
    destination_address="緑野市 川端町 3-1",
    without_aftercare="DECLINED",
)
cancel = CancelStay(stay_id=HER_STAY, reason="SHE_CHOSE_OTHERWISE")

decided = StayDecided(
    stay_id=HER_STAY,
    kind="COMMISSIONED_PROTECTION",
    scope="IN_PREFECTURE",
    legal_ground="SPOUSE_VIOLENCE",
    decided_by=CENTRE.agency,
    decided_on=TODAY,
    provider_agency_id=SHELTER.agency,
    direct_admission=False,
    planned_from=TODAY,
    contract_id=CONTRACT,
    consent_id=SHE_AGREED,
)
started = StayStarted(
    stay_id=HER_STAY,
    started_on=TODAY,
    location="緑野市 つきのわ 2階",
    companions=(),
    elsewhere=(),
    elsewhere_places=(),
    age_band="30S",
    reason_code="DV",
    conditions=SHE_KEEPS,
)
extended = StayExtended(stay_id=HER_STAY, until=date(2026, 6, 12), reason="まだ家が見つからない。")
ended = StayEnded(
    stay_id=HER_STAY,
    ended_on=TODAY,
    destination_kind="OWN_HOUSING",
    destination_address="緑野市 川端町 3-1",
    companions_outcome=None,
    without_aftercare="DECLINED",
)
cancelled = StayCancelled(stay_id=HER_STAY, reason="SHE_CHOSE_OTHERWISE", text=None)


def deciding(
    command: DecideStay, rest: Beside = AGREED, by: Context = CENTRE, *before: Event
) -> When:
    return given(staying(rest), *before).when(command, by=by)


def starting(command: StartStay, rest: Beside = AGREED, by: Context = SHELTER) -> When:
    return given(staying(rest), decided).when(command, by=by)


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


# It begins.


@accepted("INV-S1", "INV-S3")
def test_a_stay_begins_with_whoever_takes_her_in_or_has_decided_it() -> None:
    starting(start).then(started)
    starting(start, by=CENTRE).then(started)


def test_nobody_else_begins_a_stay() -> None:
    for by in (CITY, NPO, FACILITY):
        starting(start, by=by).refused(NotYourStay)


@refused("INV-S1", guard="domain.case.stays:check_agreed", instead=SHE_AGREED)
def test_a_stay_does_not_begin_once_she_has_taken_her_consent_back() -> None:
    starting(start, beside()).refused(ConsentOfThatKindMissing)
    starting(start, agreed("TEMPORARY_PROTECTION", "INFORMATION")).refused(ConsentOfThatKindMissing)


def test_a_stay_does_not_begin_in_the_future() -> None:
    starting(replace(start, started_on=TOMORROW)).refused(DayStillToCome)


@accepted("INV-S5")
def test_what_she_is_counted_under_is_fixed_at_her_admission_and_stays_closed() -> None:
    starting(start).then(started)
    sealed = {field.name: field.category for field in cut_of(StayStarted).sealed}
    assert (sealed["age_band"], sealed["reason_code"]) == (PRB, PRB)
    assert {f.name: f.category for f in cut_of(StayDecided).sealed}["legal_ground"] == RSK


@refused("INV-S5", guard="domain.case.stays:check_reason")
def test_for_protection_the_reason_is_named_at_her_admission() -> None:
    starting(replace(start, reason_code=None)).refused(ReasonCodeIsMissing)


FAMILY: Final = {HER_SON: "CHILD", HER_MOTHER: "ADULT"}
WITH_FAMILY: Final = replace(AGREED, companions=FAMILY)
with_both = replace(start, companions=(HER_SON, HER_MOTHER))
without_her_mother = replace(
    start,
    companions=(HER_SON,),
    elsewhere=(HER_MOTHER,),
    elsewhere_places=("RELATIVE",),
)


@accepted("INV-C10", "INV-S3")
def test_she_consents_for_her_child_and_each_companions_place_is_said() -> None:
    starting(without_her_mother, WITH_FAMILY).then(
        replace(
            started,
            companions=(HER_SON,),
            elsewhere=(HER_MOTHER,),
            elsewhere_places=("RELATIVE",),
        )
    )


@accepted("INV-C10")
def test_an_adult_who_comes_along_has_agreed_for_herself() -> None:
    rest = replace(WITH_FAMILY, adults_agreed={HER_MOTHER: frozenset({"COMMISSIONED_PLACEMENT"})})
    starting(with_both, rest).then(replace(started, companions=(HER_SON, HER_MOTHER)))


@refused("INV-C10", guard="domain.case.stays:check_adults_agreed")
def test_she_does_not_consent_for_another_adult() -> None:
    starting(with_both, WITH_FAMILY).refused(AdultHasNotAgreed)
    to_another = {HER_MOTHER: frozenset({"INFORMATION", "TEMPORARY_PROTECTION"})}
    starting(with_both, replace(WITH_FAMILY, adults_agreed=to_another)).refused(AdultHasNotAgreed)


@refused("INV-S3", guard="domain.case.stays:check_companions")
def test_of_nobody_who_is_with_her_the_place_is_left_open() -> None:
    starting(start, WITH_FAMILY).refused(CompanionLeftOut)
    starting(replace(start, companions=(HER_SON,)), WITH_FAMILY).refused(CompanionLeftOut)
    starting(replace(without_her_mother, elsewhere_places=()), WITH_FAMILY).refused(
        CompanionLeftOut
    )
    twice = replace(without_her_mother, companions=(HER_SON, HER_MOTHER))
    starting(twice, WITH_FAMILY).refused(CompanionLeftOut)


@refused("INV-S3", guard="domain.case.stays:check_companions")
def test_nobody_is_admitted_who_is_not_with_her() -> None:
    starting(replace(start, companions=(HER_SON,))).refused(CompanionNotFound)


# One at a time.

next_decided = replace(
    decided, stay_id=NEXT_STAY, kind="WOMENS_SELF_RELIANCE_FACILITY", planned_from=TOMORROW
)
next_decided = replace(
    next_decided, legal_ground=None, provider_agency_id=FACILITY.agency, contract_id=None
)
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


# It goes on.


def test_who_decides_on_a_stay_extends_it_while_she_agrees() -> None:
    inside = (decided, started)
    given(staying(AGREED), *inside).when(extend, by=CENTRE).then(extended)
    given(staying(AGREED), *inside).when(extend, by=SHELTER).refused(NotYoursToDecide)
    given(staying(beside()), *inside).when(extend, by=CENTRE).refused(ConsentOfThatKindMissing)


def test_a_stay_is_extended_to_a_later_day() -> None:
    inside = given(staying(AGREED), decided, started, extended)
    inside.when(extend, by=CENTRE).refused(NotAnExtension)
    inside.when(replace(extend, until=TODAY), by=CENTRE).refused(DayAlreadyPast)


# It ends.

BY_PHONE: Final[frozenset[AftercareMeans]] = frozenset({"PHONE"})
AFTERCARE: Final = AftercareTerms(
    lead_agency=NPO.agency,
    means=BY_PHONE,
    cadence_days=21,
    subject_wish="ときどき電話がほしい",
)
aftercare_started = AftercareStarted(
    lead_agency=NPO.agency,
    started_on=TODAY,
    means=BY_PHONE,
    cadence_days=21,
    subject_wish="ときどき電話がほしい",
)


def ending(command: EndStay, rest: Beside = AGREED, *after: Event, by: Context = SHELTER) -> When:
    return given(staying(rest), decided, started, *after).when(command, by=by)


@accepted("INV-S6")
def test_with_the_end_of_a_stay_her_aftercare_begins() -> None:
    with_it = replace(end, without_aftercare=None, aftercare=AFTERCARE)
    ending(with_it).then(replace(ended, without_aftercare=None), aftercare_started)


@accepted("INV-S6")
def test_she_may_decline_aftercare_or_move_on_to_the_next_stay() -> None:
    ending(end).then(ended)
    moving_on = replace(end, without_aftercare=None, destination_kind="FACILITY")
    moved_on = replace(ended, without_aftercare=None, destination_kind="FACILITY")
    ending(moving_on, AGREED, next_decided).then(moved_on)
    ending(moving_on, replace(AGREED, aftercare_runs=True)).then(moved_on)


@refused("INV-S6", guard="domain.case.stays:check_aftercare")
def test_nobody_is_let_go_without_aftercare_unless_she_declines_it() -> None:
    ending(replace(end, without_aftercare=None)).refused(AftercareOrDeclined)
    ending(replace(end, aftercare=AFTERCARE)).refused(AftercareOrDeclined)


def test_aftercare_that_runs_is_not_begun_again() -> None:
    with_it = replace(end, without_aftercare=None, aftercare=AFTERCARE)
    ending(with_it, replace(AGREED, aftercare_runs=True)).refused(AftercareAlreadyRuns)


def test_a_stay_is_ended_by_who_keeps_her_who_decided_it_or_who_answers_for_her() -> None:
    for by in (SHELTER, CENTRE, CITY):
        ending(end, by=by).then(ended)
    for by in (NPO, FACILITY):
        ending(end, by=by).refused(NotYourStay)


def test_a_stay_ends_after_it_has_begun_and_not_in_the_future() -> None:
    ending(replace(end, ended_on=YESTERDAY)).refused(EndsBeforeItBegins)
    ending(replace(end, ended_on=TOMORROW)).refused(DayStillToCome)


def test_a_stay_ends_whatever_has_become_of_her_consent() -> None:
    ending(end, beside()).then(ended)


# It does not begin after all.


def test_a_stay_that_was_decided_is_cancelled() -> None:
    for by in (SHELTER, CENTRE, CITY):
        given(staying(AGREED), decided).when(cancel, by=by).then(cancelled)
    given(staying(AGREED), decided).when(cancel, by=NPO).refused(NotYourStay)


gone = replace(cancel, reason="CONSENT_WITHDRAWN")


@accepted("INV-C11")
def test_a_stay_she_no_longer_agrees_to_is_cancelled_for_that() -> None:
    given(staying(beside()), decided).when(gone, by=CENTRE).then(
        replace(cancelled, reason="CONSENT_WITHDRAWN")
    )


@refused("INV-C11", guard="domain.case.stays:check_no_longer_agrees")
def test_that_she_will_not_share_is_no_reason_to_cancel_her_stay() -> None:
    """She agrees to be protected, and to nothing else."""
    given(staying(AGREED), decided).when(gone, by=CENTRE).refused(SheStillAgrees)


# Where she is.


def granted_to(who: Context, *categories: CategoryCode) -> Event:
    return replace(granted, recipients=frozenset({who.agency}), categories=frozenset(categories))


@accepted("INV-S4")
def test_where_she_is_and_who_keeps_her_is_loc_in_every_event_of_a_stay() -> None:
    told = {
        (event.__name__, field.name)
        for event in get_args(StayEvent)
        for cut in (cut_of(event),)
        for field in (*cut.clear, *cut.sealed)
        if field.category == LOC
    }
    assert told == {
        ("StayDecided", "scope"),
        ("StayDecided", "provider_agency_id"),
        ("StayDecided", "contract_id"),
        ("StayStarted", "location"),
        ("StayStarted", "elsewhere_places"),
        ("StayEnded", "destination_kind"),
        ("StayEnded", "destination_address"),
    }


IN_THE_SHELTER: Final = told(
    recorded_by(CITY, opened, case_accepted, granted_to(CITY, "SVC", "PLN", "RSK")),
    recorded_by(CENTRE, without_words(decided, CLOSED)),
    recorded_by(SHELTER, without_words(started, CLOSED)),
)
DECISION, ADMISSION = 4, 5


@accepted("INV-S4")
def test_the_city_learns_that_she_is_safe_and_the_shelter_keeps_its_own_record() -> None:
    assert visible(IN_THE_SHELTER, CITY, ADMISSION).bases.keys() == {
        "stay_id",
        "started_on",
        "conditions",
    }
    assert {"location", "companions"} <= visible(IN_THE_SHELTER, SHELTER, ADMISSION).bases.keys()
    assert "provider_agency_id" in visible(IN_THE_SHELTER, CENTRE, DECISION).bases


@refused("INV-S4", guard="domain.visibility.names:_may_be_named", instead=True)
def test_whoever_sees_that_she_was_admitted_does_not_see_where_nor_who_keeps_her() -> None:
    admission = visible(IN_THE_SHELTER, CITY, ADMISSION)
    assert not {"location", "elsewhere_places"} & admission.bases.keys()
    assert SHELTER.agency not in {agency for _, agency in admission.who}
    decision = visible(IN_THE_SHELTER, CITY, DECISION)
    assert decision.bases
    assert not {"scope", "provider_agency_id", "contract_id"} & decision.bases.keys()
    assert SHELTER.agency not in {agency for _, agency in decision.who}


# Every state and every command.

BEFORE: Final[dict[str, tuple[Event, ...]]] = {
    "—": (),
    "DECIDED": (decided,),
    "ACTIVE": (decided, started),
    "ENDED": (decided, started, ended),
    "CANCELLED": (decided, cancelled),
}
FOLLOWS: Final[dict[tuple[str, type[StayCommand]], Event | type[Refused]]] = {
    ("—", StartStay): StayNotFound,
    ("—", ExtendStay): StayNotFound,
    ("—", EndStay): StayNotFound,
    ("—", CancelStay): StayNotFound,
    ("DECIDED", StartStay): started,
    ("DECIDED", ExtendStay): StayNotBegun,
    ("DECIDED", EndStay): StayNotBegun,
    ("DECIDED", CancelStay): cancelled,
    ("ACTIVE", StartStay): StayHasBegun,
    ("ACTIVE", ExtendStay): extended,
    ("ACTIVE", EndStay): ended,
    ("ACTIVE", CancelStay): StayHasBegun,
    ("ENDED", StartStay): StayIsOver,
    ("ENDED", ExtendStay): StayIsOver,
    ("ENDED", EndStay): StayIsOver,
    ("ENDED", CancelStay): StayIsOver,
    ("CANCELLED", StartStay): StayIsOver,
    ("CANCELLED", ExtendStay): StayIsOver,
    ("CANCELLED", EndStay): StayIsOver,
    ("CANCELLED", CancelStay): StayIsOver,
}
ANOTHER: Final = ["—", "DECIDED", "ENDED", "CANCELLED"]
course(
    "stay",
    (
        *((state, command.__name__, follows) for (state, command), follows in FOLLOWS.items()),
        *((state, "DecideStay", decided) for state in ANOTHER),
        ("ACTIVE", "DecideStay", AnotherStayRuns),
    ),
)


@pytest.mark.parametrize("state", BEFORE)
@pytest.mark.parametrize("command", [start, extend, end, cancel], ids=lambda c: type(c).__name__)
def test_in_every_state_every_command_leads_on_or_is_refused(
    state: str, command: StartStay | ExtendStay | EndStay | CancelStay
) -> None:
    outcome = given(staying(AGREED), *BEFORE[state]).when(command, by=CENTRE)
    follows = FOLLOWS[state, type(command)]
    if isinstance(follows, Event):
        outcome.then(follows)
    else:
        outcome.refused(follows)


@pytest.mark.parametrize("state", ANOTHER)
def test_another_stay_is_decided_in_every_state_but_while_she_is_in_one(state: str) -> None:
    again = making_another(CENTRE)
    deciding(decide_commissioned, AGREED, again, *BEFORE[state]).then(
        replace(decided, stay_id=StayId(again.new_id))
    )
    deciding(decide_commissioned, AGREED, again, *BEFORE["ACTIVE"]).refused(AnotherStayRuns)


def making_another(by: Context) -> Context:
    return replace(by, new_id=NEXT_STAY)


def test_the_states_are_those_of_the_specification() -> None:
    arrows = {(edge.before, edge.after) for edge in STAY.edges}
    assert arrows - {("ACTIVE", "ACTIVE")} == ARROWS


def test_a_stay_is_decided_by_what_stands_in_the_clear_alone() -> None:
    """Its words may be closed to whoever folds it."""
    closed = [without_words(event, CLOSED) for event in (decided, started)]
    given(staying(AGREED), *closed).when(end, by=SHELTER).then(ended)
    given(staying(AGREED), *closed[:1]).when(start, by=SHELTER).then(started)


def test_every_kind_of_stay_protects_her_or_gives_her_a_place_to_live() -> None:
    assert set(STAY_KINDS) == PROTECTIVE_STAYS | RESIDENTIAL_STAYS
    assert not PROTECTIVE_STAYS & RESIDENTIAL_STAYS
