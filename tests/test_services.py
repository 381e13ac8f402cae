"""Services and legal steps: what she uses, what she has filed, and how far each has come."""

from datetime import date, timedelta
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.case import legal, services
from domain.case.beside import Beside
from domain.case.days import DayStillToCome
from domain.case.legal import (
    STEP,
    LegalStepId,
    LegalStepNotFound,
    LegalStepNotNext,
    LegalStepRecorded,
    LegalSteps,
    RecordLegalStep,
)
from domain.case.services import (
    BUNDLE,
    SERVICE,
    BundleAlreadyCompleted,
    BundleId,
    BundleNotFound,
    ChangeServiceStatus,
    CompleteProcedureBundle,
    DivisionNotAgreed,
    LinkService,
    OpenProcedureBundle,
    Procedure,
    ProcedureBundleCompleted,
    ProcedureBundleOpened,
    ServiceCommand,
    ServiceEvent,
    ServiceId,
    ServiceLinked,
    ServiceNotFound,
    Services,
    ServiceStatusChanged,
    ServiceStatusNotNext,
)
from domain.fields import cut_of
from domain.model import CLOSED, AgencyId, Context, Decider
from domain.speech import Refused
from domain.support_codes import (
    CATEGORY_OF_SERVICE,
    LEGAL_STEP_STATUSES,
    SERVICE_STATUSES,
    SERVICES,
    LegalStepStatus,
    ServiceCode,
    ServiceStatus,
)
from tests.beside import BESIDE, NPO, SCHOOL, TO_SHARE, WELFARE, beside
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import CITY, an_id, given, without_words
from tests.spec.case import LEGAL_STEP as ARROWS

TODAY: Final = date(2026, 5, 13)
TOMORROW: Final = TODAY + timedelta(days=1)
HERS: Final = ServiceId(CITY.new_id)


def using(rest: Beside = BESIDE) -> Decider[Services, ServiceCommand, ServiceEvent]:
    def decide(state: Services, command: ServiceCommand, by: Context) -> tuple[ServiceEvent, ...]:
        return services.decide(state, rest, command, by)

    return Decider(Services(), decide, services.evolve)


link = LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=WELFARE.agency)
linked = ServiceLinked(
    service_id=HERS,
    about="ECO",
    service_code="PUBLIC_ASSISTANCE",
    provider_agency=WELFARE.agency,
    status="REQUESTED",
    on=TODAY,
)


def changed(status: ServiceStatus) -> ServiceStatusChanged:
    return ServiceStatusChanged(
        service_id=HERS, about="ECO", provider_agency=WELFARE.agency, status=status, on=TODAY
    )


def change_to(status: ServiceStatus) -> ChangeServiceStatus:
    return ChangeServiceStatus(service_id=HERS, status=status)


@accepted("INV-C11")
def test_a_service_is_linked_though_she_shares_nothing_with_anybody() -> None:
    given(using(beside(agreed={}, sharing={}))).when(link, by=CITY).then(linked)


def test_a_service_is_linked_as_of_a_day_that_has_come() -> None:
    earlier = date(2026, 4, 30)
    given(using()).when(replace(link, on=earlier), by=CITY).then(replace(linked, on=earlier))
    given(using()).when(replace(link, on=TOMORROW), by=CITY).refused(DayStillToCome)
    given(using(), linked).when(replace(change_to("APPROVED"), on=TOMORROW), by=CITY).refused(
        DayStillToCome
    )


CATEGORIES: Final[dict[str, set[ServiceCode]]] = {
    "ECO": {
        "HOUSING_SECURITY_BENEFIT",
        "EMPLOYMENT_OR_TRAINING",
        "SINGLE_PARENT_EMPLOYMENT",
        "PUBLIC_ASSISTANCE",
        "CHILD_REARING_ALLOWANCE",
        "WELFARE_LOAN",
        "NEEDY_PERSONS_CONSULTATION",
    },
    "HOU": {
        "PUBLIC_HOUSING_PRIORITY_DRAW",
        "PUBLIC_HOUSING_TEMPORARY",
        "MOTHER_CHILD_LIVING_SUPPORT",
        "STEP_HOUSE",
        "HOUSING_SUPPORT",
    },
    "SCH": {"NURSERY_PRIORITY_ADMISSION", "SCHOOL_ENROLMENT"},
    "HLT": {"MEDICAL_TREATMENT", "PSYCHOLOGICAL_CARE"},
    "ACC": {"DISABILITY_WELFARE", "ELDERLY_CARE", "INTERPRETING"},
    "LEG": {"FREE_LEGAL_CONSULTATION", "PROTECTION_ORDER_PROCEDURE", "CRIME_VICTIM_SUPPORT"},
}


@pytest.mark.parametrize("code", SERVICES)
def test_what_a_service_is_mainly_about_follows_from_its_code(code: ServiceCode) -> None:
    (about,) = (category for category, codes in CATEGORIES.items() if code in codes)
    given(using()).when(replace(link, service_code=code), by=CITY).then(
        replace(linked, service_code=code, about=CATEGORY_OF_SERVICE[code])
    )
    told = replace(linked, service_code=code, about=CATEGORY_OF_SERVICE[code])
    assert ServiceLinked.primary.of(told) == about
    assert {field.category.of(told) for field in cut_of(ServiceLinked).sealed} == {about}


def follows(before: str, after: str) -> str | type[ServiceStatusNotNext] | None:
    if before == after:
        return None
    return after if after in NEXT[before] else ServiceStatusNotNext


NEXT: Final[dict[str, set[str]]] = {
    "—": {"REQUESTED", "APPROVED", "IN_USE"},
    "REQUESTED": {"APPROVED", "IN_USE", "REFUSED", "UNAVAILABLE", "ENDED"},
    "APPROVED": {"IN_USE", "UNAVAILABLE", "ENDED"},
    "IN_USE": {"ENDED"},
    "ENDED": set(),
    "REFUSED": set(),
    "UNAVAILABLE": set(),
}
course(
    "service",
    (
        (before, f"to {after}", follows(before, after))
        for before in NEXT
        for after in get_args(ServiceStatus)
    ),
)


def as_it_is(status: ServiceStatus) -> tuple[ServiceEvent, ...]:
    return (linked,) if status == "REQUESTED" else (linked, changed(status))


@pytest.mark.parametrize("before", get_args(ServiceStatus))
@pytest.mark.parametrize("after", get_args(ServiceStatus))
def test_from_every_status_a_service_goes_on_or_that_is_refused(
    before: ServiceStatus, after: ServiceStatus
) -> None:
    outcome = given(using(), *as_it_is(before)).when(change_to(after), by=CITY)
    if before == after:
        outcome.then_nothing()
    elif after in NEXT[before]:
        outcome.then(changed(after))
    else:
        outcome.refused(ServiceStatusNotNext)


@pytest.mark.parametrize("first", get_args(ServiceStatus))
def test_a_service_begins_where_it_is_asked_for_or_already_given(first: ServiceStatus) -> None:
    outcome = given(using()).when(replace(link, status=first), by=CITY)
    if first in NEXT["—"]:
        outcome.then(replace(linked, status=first))
    else:
        outcome.refused(ServiceStatusNotNext)


def test_the_statuses_of_a_service_lead_where_the_table_says() -> None:
    assert {(edge.before, edge.after) for edge in SERVICE.edges} == {
        (before, after) for before, afters in NEXT.items() for after in afters
    }
    assert set(SERVICE.states) == set(SERVICE_STATUSES)


def test_there_is_no_service_under_an_id_that_was_not_linked() -> None:
    given(using()).when(change_to("ENDED"), by=CITY).refused(ServiceNotFound)


TAKES_PART: Final = {"APPROVED", "IN_USE"}


@pytest.mark.parametrize("status", get_args(ServiceStatus))
def test_who_provides_a_service_takes_part_from_its_approval_until_its_end(
    status: ServiceStatus,
) -> None:
    told = using().replay([without_words(event, CLOSED) for event in as_it_is(status)])
    assert told.providers == ({WELFARE.agency} if status in TAKES_PART else set())


def test_who_provides_two_services_takes_part_until_both_have_ended() -> None:
    another = replace(linked, service_id=ServiceId(an_id(820)), status="IN_USE")
    told = using().replay([linked, changed("IN_USE"), another, changed("ENDED")])
    assert told.providers == {WELFARE.agency}


# Several at once.

HER_BUNDLE: Final = BundleId(CITY.new_id)
open_bundle = OpenProcedureBundle(
    procedures=(
        Procedure(service_code="PUBLIC_ASSISTANCE", division=WELFARE.agency),
        Procedure(service_code="SCHOOL_ENROLMENT", division=SCHOOL.agency),
    ),
    consent_id=TO_SHARE,
)
bundle_opened = ProcedureBundleOpened(
    bundle_id=HER_BUNDLE,
    procedures=("PUBLIC_ASSISTANCE", "SCHOOL_ENROLMENT"),
    divisions=(WELFARE.agency, SCHOOL.agency),
    consent_id=TO_SHARE,
)
complete = CompleteProcedureBundle(bundle_id=HER_BUNDLE)
bundle_completed = ProcedureBundleCompleted(bundle_id=HER_BUNDLE, completed_on=TODAY)


def told_to(*agencies: AgencyId) -> Beside:
    return beside(sharing={TO_SHARE: frozenset(agencies)})


@accepted("INV-C2")
def test_by_one_consent_several_divisions_are_asked_at_once() -> None:
    rest = told_to(WELFARE.agency, SCHOOL.agency, NPO.agency)
    given(using(rest)).when(open_bundle, by=CITY).then(bundle_opened)


@refused("INV-C2", guard="domain.case.services:check_divisions_agreed")
def test_no_division_is_asked_that_the_consent_does_not_name() -> None:
    for rest in (told_to(WELFARE.agency), told_to(), beside()):
        given(using(rest)).when(open_bundle, by=CITY).refused(DivisionNotAgreed)


BUNDLES: Final[dict[str, tuple[ServiceEvent, ...]]] = {
    "—": (),
    "OPEN": (bundle_opened,),
    "COMPLETED": (bundle_opened, bundle_completed),
}
DONE: Final[dict[str, ServiceEvent | type[Refused]]] = {
    "—": BundleNotFound,
    "OPEN": bundle_completed,
    "COMPLETED": BundleAlreadyCompleted,
}
course(
    "procedure bundle",
    (
        *((state, "CompleteProcedureBundle", done) for state, done in DONE.items()),
        *((state, "OpenProcedureBundle", bundle_opened) for state in DONE),
    ),
)


@pytest.mark.parametrize("state", ["—", *BUNDLE.states])
def test_in_every_state_of_a_bundle_completing_it_leads_on_or_is_refused(state: str) -> None:
    outcome = given(using(), *BUNDLES[state]).when(complete, by=CITY)
    done = DONE[state]
    if isinstance(done, type):
        outcome.refused(done)
    else:
        outcome.then(done)


def test_another_bundle_is_opened_whatever_has_become_of_the_first() -> None:
    another = replace(CITY, new_id=an_id(820))
    rest = told_to(WELFARE.agency, SCHOOL.agency, NPO.agency)
    for before in BUNDLES.values():
        given(using(rest), *before).when(open_bundle, by=another).then(
            replace(bundle_opened, bundle_id=BundleId(an_id(820)))
        )


# Legal steps.


def filing() -> Decider[LegalSteps, RecordLegalStep, LegalStepRecorded]:
    return Decider(LegalSteps(), legal.decide, legal.evolve)


HER_STEP: Final = LegalStepId(CITY.new_id)
record = RecordLegalStep(kind="PROTECTION_ORDER", status="FILED")
filed = LegalStepRecorded(
    step_id=HER_STEP, status="FILED", kind="PROTECTION_ORDER", on=TODAY, expires_on=None
)
STEPS_TO: Final[dict[str, tuple[LegalStepStatus, ...]]] = {
    "—": (),
    "FILED": ("FILED",),
    "GRANTED": ("FILED", "GRANTED"),
    "RENEWED": ("FILED", "GRANTED", "RENEWED"),
    "EXPIRED": ("FILED", "GRANTED", "EXPIRED"),
    "REFUSED": ("FILED", "REFUSED"),
    "WITHDRAWN": ("FILED", "WITHDRAWN"),
}
course(
    "legal step",
    (
        (before, f"to {after}", after if (before, after) in ARROWS else LegalStepNotNext)
        for before in STEPS_TO
        for after in get_args(LegalStepStatus)
    ),
)


@pytest.mark.parametrize("before", STEPS_TO)
@pytest.mark.parametrize("after", get_args(LegalStepStatus))
def test_from_every_status_a_legal_step_goes_on_or_that_is_refused(
    before: str, after: LegalStepStatus
) -> None:
    told = [replace(filed, status=status) for status in STEPS_TO[before]]
    command = replace(record, status=after, step_id=HER_STEP if told else None)
    outcome = given(filing(), *told).when(command, by=CITY)
    if (before, after) in ARROWS:
        outcome.then(replace(filed, status=after))
    else:
        outcome.refused(LegalStepNotNext)


def test_the_states_of_a_legal_step_are_those_of_the_specification() -> None:
    assert {(edge.before, edge.after) for edge in STEP.edges} == ARROWS
    assert set(STEP.states) == set(LEGAL_STEP_STATUSES)


def test_a_legal_step_says_until_when_it_holds() -> None:
    granted = RecordLegalStep(
        step_id=HER_STEP,
        kind="RESIDENT_REGISTRY_PROTECTION",
        status="GRANTED",
        expires_on=date(2027, 5, 12),
    )
    given(filing(), filed).when(granted, by=CITY).then(
        LegalStepRecorded(
            step_id=HER_STEP,
            status="GRANTED",
            kind="RESIDENT_REGISTRY_PROTECTION",
            on=TODAY,
            remind_on=date(2027, 4, 12),
            expires_on=date(2027, 5, 12),
        )
    )


def test_a_legal_step_that_is_not_hers_is_not_found() -> None:
    command = replace(record, step_id=HER_STEP, status="GRANTED")
    given(filing()).when(command, by=CITY).refused(LegalStepNotFound)


def test_a_legal_step_has_been_taken_on_a_day_that_has_come() -> None:
    given(filing()).when(replace(record, on=TOMORROW), by=CITY).refused(DayStillToCome)
