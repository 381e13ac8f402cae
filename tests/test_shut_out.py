"""Shut out: an agency that she does not want to know is given nothing to do for her, anywhere."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.agency.standing import SucceedAgency
from domain.case import AssignRole, EndRole, RoleEnded
from domain.case.aftercare import (
    AftercareTerms,
    EndAftercare,
    RescheduleAftercare,
    StartAftercare,
)
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.plans import (
    AgreeSupportPlan,
    DraftSupportPlan,
    PlanId,
    ReviseSupportPlan,
    TaskGiven,
)
from domain.case.safety import IssueSafetyInstruction
from domain.case.services import (
    ChangeServiceStatus,
    DivisionNotAgreed,
    LinkService,
    OpenProcedureBundle,
    Procedure,
    ServiceId,
    ServiceLinked,
)
from domain.case.stay_events import DecideStay, EndStay, ExtendStay, StartStay, StayDecided
from domain.case.support import RecordAssessment
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.consent_ledger import NarrowConsent
from domain.exclusions import LiftExclusion, SetExclusion
from domain.items import NotAgreedTo
from domain.model import GrantId
from domain.support_codes import AftercareMeans, ServiceStatus
from tests.invariants import accepted, refused
from tests.peers import Midorino, midorino
from tests.world import Someone

TODAY: Final = date(2026, 5, 13)
LATER: Final = date(2026, 8, 13)
PROCEDURES: Final[tuple[CategoryCode, ...]] = ("ECO",)
PHONE: Final[frozenset[AftercareMeans]] = frozenset({"PHONE"})
VISITS: Final[frozenset[AftercareMeans]] = frozenset({"PHONE", "VISIT"})


def shuts_out(here: Midorino, who: Someone) -> None:
    here.says(here.city, SetExclusion(agency_id=who.agency))


def lets_in(here: Midorino, who: Someone) -> None:
    here.says(here.city, LiftExclusion(agency_id=who.agency, method="WRITTEN"))


def to_do(who: Someone) -> Sequence[AnyCommand]:
    """What the agency that answers for her might give to another."""
    tasks = (TaskGiven(agency=who.agency, task="部屋を探す"),)
    return (
        AssignRole(function="MAIN_SUPPORT", agency_id=who.agency),
        LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=who.agency),
        LinkService(
            service_code="PUBLIC_ASSISTANCE", provider_agency=who.agency, status="APPROVED"
        ),
        DraftSupportPlan(
            kind="INDIVIDUAL_SUPPORT_PLAN", goals=("自分の部屋",), tasks=tasks, review_on=LATER
        ),
        IssueSafetyInstruction(to_agency_id=who.agency, instruction="迎えは母親だけ。"),
    )


@accepted("INV-C13")
def test_whom_she_has_let_in_again_is_given_something_to_do() -> None:
    here = midorino()
    for command in to_do(here.ayumi):
        assert here.refuses(here.city, command) is None
    shuts_out(here, here.ayumi)
    lets_in(here, here.ayumi)
    for command in to_do(here.ayumi):
        assert here.refuses(here.city, command) is None


@refused("INV-C13", guard="domain.case.roles:check_may_know")
@refused("INV-C13", guard="domain.case.services:check_may_know")
@refused("INV-C13", guard="domain.case.plans:check_may_know")
@refused("INV-C13", guard="domain.case.safety:check_may_know")
def test_whom_she_has_shut_out_is_given_nothing_to_do_and_nobody_is_told_why() -> None:
    """In the words in which it is refused to tell anybody to whom she has not agreed."""
    here = midorino()
    shuts_out(here, here.ayumi)
    for command in to_do(here.ayumi):
        assert here.refuses(here.city, command) is NotAgreedTo
    for command in to_do(here.hospital):
        assert here.refuses(here.city, command) is None


@accepted("INV-C13")
def test_who_does_not_answer_for_her_gives_something_to_whom_she_agrees_to() -> None:
    here = midorino()
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    here.agrees(here.police, via=here.ayumi)
    for who in (here.police, here.city, here.ayumi):  # Or who answers for her, or itself.
        _, *given = to_do(who)
        assert {here.refuses(here.ayumi, command) for command in given} == {None}


@refused("INV-C13", guard="domain.case.services:check_let_know")
@refused("INV-C13", guard="domain.case.plans:check_let_know")
@refused("INV-C13", guard="domain.case.safety:check_let_know")
def test_nobody_asks_one_by_one_whom_she_has_shut_out() -> None:
    """They are answered as those of whom she has said nothing, whether they take part or not."""
    here = midorino()
    for who in (here.ayumi, here.police, here.hospital):
        here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=who.agency))
    shuts_out(here, here.police)
    shuts_out(here, here.shelter)
    for who in (here.police, here.hospital, here.shelter, here.shirahama):
        _, *given = to_do(who)
        for command in given:
            assert here.refuses(here.ayumi, command) is NotAgreedTo


def test_to_let_them_know_anything_is_enough_until_she_takes_it_back() -> None:
    here = midorino()
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    link = LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=here.police.agency)
    here.agrees(here.police, kind="SUPPORT_PLAN", categories=(), via=here.ayumi)
    assert here.refuses(here.ayumi, link) is NotAgreedTo
    grant = here.agrees(here.police, here.hospital, categories=["ECO"], via=here.ayumi)
    assert here.refuses(here.ayumi, link) is None
    taken_out = frozenset({here.police.agency})
    here.says(here.city, NarrowConsent(grant_id=grant, removed_recipients=taken_out))
    assert here.refuses(here.ayumi, link) is NotAgreedTo


def test_what_another_provides_is_moved_on_as_she_agrees_to_it() -> None:
    here = midorino()
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    answers: set[object] = set()
    for who in (here.police, here.hospital):
        link = LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=who.agency)
        service = here.says(here.city, link).the(ServiceLinked).service_id
        if who is here.police:
            shuts_out(here, who)
        answers.add(
            here.refuses(here.ayumi, ChangeServiceStatus(service_id=service, status="IN_USE"))
        )
        ended = ChangeServiceStatus(service_id=service, status="ENDED")
        assert here.refuses(here.ayumi, ended) is None
    assert answers == {NotAgreedTo}


def test_what_it_had_before_goes_no_further_and_may_end() -> None:
    here = midorino()
    link = LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=here.ayumi.agency)
    service = here.says(here.city, link).the(ServiceLinked).service_id
    plan = PlanId(here.says(here.city, to_do(here.hospital)[3]).made)
    here.agrees(here.city, kind="SUPPORT_PLAN")
    here.says(here.city, AgreeSupportPlan(plan_id=plan))
    here.says(here.city, AssignRole(function="MAIN_SUPPORT", agency_id=here.ayumi.agency))
    shuts_out(here, here.ayumi)

    def moved_to(status: ServiceStatus) -> ChangeServiceStatus:
        return ChangeServiceStatus(service_id=ServiceId(service), status=status)

    assert here.refuses(here.city, moved_to("APPROVED")) is NotAgreedTo
    assert here.refuses(here.city, moved_to("IN_USE")) is NotAgreedTo
    assert here.refuses(here.city, moved_to("ENDED")) is None
    tasks = (TaskGiven(agency=here.ayumi.agency, task="部屋を探す"),)
    again = ReviseSupportPlan(
        plan_id=plan,
        kind="INDIVIDUAL_SUPPORT_PLAN",
        goals=("自分の部屋",),
        tasks=tasks,
        review_on=LATER,
    )
    assert here.refuses(here.city, again) is NotAgreedTo
    ends = EndRole(function="MAIN_SUPPORT", agency_id=here.ayumi.agency)
    assert here.says(here.city, ends).the(RoleEnded).agency_id == here.ayumi.agency


@accepted("INV-C11")
def test_what_it_does_for_her_itself_it_goes_on_recording() -> None:
    """By no answer it finds whether she has shut it out."""
    for excluded in (False, True):
        here = midorino()
        own = LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=here.ayumi.agency)
        here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
        service = here.says(here.ayumi, own).the(ServiceLinked).service_id
        if excluded:
            shuts_out(here, here.ayumi)
        tasks = (TaskGiven(agency=here.ayumi.agency, task="部屋を探す"),)
        recorded = (
            ChangeServiceStatus(service_id=service, status="APPROVED"),
            own,
            DraftSupportPlan(
                kind="INDIVIDUAL_SUPPORT_PLAN", goals=("自分の部屋",), tasks=tasks, review_on=LATER
            ),
            IssueSafetyInstruction(to_agency_id=here.ayumi.agency, instruction="迎えは母親だけ。"),
            StartAftercare(terms=staying_in_touch(here.ayumi)),
        )
        for command in recorded:
            assert here.refuses(here.ayumi, command) is None


def test_whoever_took_over_goes_on_recording_what_was_done_for_her_before() -> None:
    here = midorino()
    own = LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=here.ayumi.agency)
    service = here.says(here.city, own).the(ServiceLinked).service_id
    new = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE", name="新あゆみ")
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=new.agency))
    shuts_out(here, here.ayumi)
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=here.ayumi.agency, successor=new.agency)
    )
    moved = ChangeServiceStatus(service_id=service, status="APPROVED")
    assert here.refuses(here.city, moved) is NotAgreedTo
    assert here.refuses(new, moved) is None


def test_whoever_answers_for_her_goes_on_though_she_has_shut_it_out() -> None:
    here = midorino()
    shuts_out(here, here.city)
    itself = StartAftercare(terms=staying_in_touch(here.city))
    assert here.refuses(here.city, itself) is None


def test_nobody_she_has_shut_out_is_told_by_a_consent_given_before() -> None:
    here = midorino()
    consent = here.agrees(here.ayumi, here.hospital, categories=PROCEDURES)
    shuts_out(here, here.ayumi)

    def told(who: Someone) -> OpenProcedureBundle:
        procedure = Procedure(service_code="PUBLIC_ASSISTANCE", division=who.agency)
        return OpenProcedureBundle(procedures=(procedure,), consent_id=GrantId(consent))

    assert here.refuses(here.city, told(here.ayumi)) is DivisionNotAgreed
    assert here.refuses(here.city, told(here.hospital)) is None


def test_nor_does_anything_go_further_with_whoever_took_over_from_an_agency_she_shut_out() -> None:
    here = midorino()
    facility, decide = to_a_facility(here)
    stay = here.says(here.city, decide).the(StayDecided).stay_id
    here.says(here.city, StartStay(stay_id=stay, location="203号室", age_band="30S"))
    link = LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=facility.agency)
    service = here.says(here.city, link).the(ServiceLinked).service_id
    further = (
        ExtendStay(stay_id=stay, until=LATER),
        ChangeServiceStatus(service_id=service, status="APPROVED"),
    )
    before = here.world.joins("WOMENS_SELF_RELIANCE_FACILITY", "FACILITY_HEAD", name="前の寮")
    shuts_out(here, before)
    for command in further:
        assert here.refuses(here.city, command) is None
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=before.agency, successor=facility.agency)
    )
    for command in further:
        assert here.refuses(here.city, command) is NotAgreedTo


# Aftercare


def staying_in_touch(who: Someone, means: frozenset[AftercareMeans] = PHONE) -> AftercareTerms:
    return AftercareTerms(lead_agency=who.agency, means=means, cadence_days=14)


@refused("INV-C13", guard="domain.case.aftercare:check_may_know")
def test_whom_she_has_shut_out_does_not_stay_in_touch_with_her() -> None:
    here = midorino()
    for who in (here.ayumi, here.hospital):
        here.accepts(who, here.sends(here.city, who))
    shuts_out(here, here.ayumi)
    start = StartAftercare(terms=staying_in_touch(here.ayumi))
    assert here.refuses(here.city, start) is NotAgreedTo
    here.says(here.city, StartAftercare(terms=staying_in_touch(here.hospital)))
    other = RescheduleAftercare(terms=staying_in_touch(here.ayumi))
    assert here.refuses(here.city, other) is NotAgreedTo
    shuts_out(here, here.hospital)
    assert here.refuses(here.city, EndAftercare(subject_wish="もう会いたくない。")) is None


@refused("INV-C13", guard="domain.case.aftercare:check_let_know")
def test_nor_is_anybody_told_so_who_would_have_them_stay_in_touch_with_her() -> None:
    here = midorino()
    for who in (here.ayumi, here.police, here.hospital):
        here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=who.agency))
    shuts_out(here, here.police)
    start = [StartAftercare(terms=staying_in_touch(w)) for w in (here.police, here.hospital)]
    assert {here.refuses(here.ayumi, command) for command in start} == {NotAgreedTo}
    here.says(here.ayumi, StartAftercare(terms=staying_in_touch(here.ayumi)))
    other = [RescheduleAftercare(terms=staying_in_touch(w)) for w in (here.police, here.hospital)]
    assert {here.refuses(here.ayumi, command) for command in other} == {NotAgreedTo}
    here.agrees(here.police, here.hospital, via=here.ayumi)
    assert [here.refuses(here.ayumi, command) for command in other] == [NotAgreedTo, None]


def test_whom_she_has_shut_out_does_not_know_where_she_is() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.agrees(here.ayumi, categories=["LOC"])
    visits = StartAftercare(terms=staying_in_touch(here.ayumi, VISITS))
    assert here.refuses(here.city, visits) is None
    shuts_out(here, here.ayumi)
    assert here.refuses(here.city, visits) is NotAgreedTo


# Stays


@refused("INV-C13", guard="domain.case.stays:check_may_keep")
def test_nor_does_it_take_her_in_itself_and_is_told_that_she_has_not_agreed() -> None:
    """As where she has taken back what she had agreed to."""
    here = midorino()
    here.accepts(here.centre, here.sends(here.city, here.centre))
    here.agrees(here.centre, kind="TEMPORARY_PROTECTION", categories=())
    decide = DecideStay(
        kind="EMERGENCY_TEMPORARY_PROTECTION",
        scope="IN_PREFECTURE",
        legal_ground="SPOUSE_VIOLENCE",
        provider_agency_id=here.centre.agency,
        planned_from=TODAY,
    )
    stay = here.says(here.centre, decide).the(StayDecided).stay_id
    begins = StartStay(stay_id=stay, location="203号室", age_band="30S", reason_code="DV")
    longer = ExtendStay(stay_id=stay, until=LATER)

    def answered(*commands: AnyCommand) -> set[object]:
        return {here.refuses(here.centre, command) for command in commands}

    assert answered(decide, begins) == {None}
    shuts_out(here, here.centre)
    assert answered(decide, begins) == {ConsentOfThatKindMissing}
    lets_in(here, here.centre)
    here.says(here.centre, begins)
    assert answered(longer) == {None}
    shuts_out(here, here.centre)
    assert answered(longer) == {ConsentOfThatKindMissing}
    leaves = EndStay(stay_id=stay, destination_kind="RELATIVE", without_aftercare="DECLINED")
    assert answered(leaves) == {None}


def to_a_facility(here: Midorino) -> tuple[Someone, DecideStay]:
    facility = here.world.joins("WOMENS_SELF_RELIANCE_FACILITY", "FACILITY_HEAD", name="こもれび寮")
    here.agrees(facility, kind="FACILITY_ADMISSION", categories=())
    here.says(
        here.city,
        RecordAssessment(with_subject=True, danger_level="HIGH", urgency_level="HIGH"),
    )
    return facility, DecideStay(
        kind="WOMENS_SELF_RELIANCE_FACILITY",
        scope="IN_PREFECTURE",
        provider_agency_id=facility.agency,
        planned_from=TODAY,
    )


@refused("INV-C13", guard="domain.case.stays:check_may_know")
def test_she_is_not_placed_with_whom_she_has_shut_out_nor_kept_there_longer() -> None:
    here = midorino()
    facility, decide = to_a_facility(here)
    shuts_out(here, facility)
    assert here.refuses(here.city, decide) is NotAgreedTo
    lets_in(here, facility)
    stay = here.says(here.city, decide).the(StayDecided).stay_id
    begins = StartStay(stay_id=stay, location="203号室", age_band="30S")
    shuts_out(here, facility)
    assert here.refuses(here.city, begins) is NotAgreedTo
    lets_in(here, facility)
    here.says(here.city, begins)
    shuts_out(here, facility)
    longer = ExtendStay(stay_id=stay, until=LATER)
    assert here.refuses(here.city, longer) is NotAgreedTo
    leaves = EndStay(stay_id=stay, destination_kind="RELATIVE", without_aftercare="DECLINED")
    assert here.refuses(here.city, leaves) is None
