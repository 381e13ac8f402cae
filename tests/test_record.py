"""Her first word, before anything is known of her: taken down by whoever hears it, and hers."""

from typing import Final, get_args

from msgspec.structs import replace

from domain.agency import EnrolStaff, PledgeNotSigned
from domain.agency_codes import AgencyKind
from domain.case import (
    AttributesRecorded,
    CaseAccepted,
    CaseOpened,
    ConsultationId,
    ConsultationRecorded,
    IdentifySubject,
    OpenCase,
    RecordAttributes,
    RecordConsultation,
    SubjectIdentified,
)
from domain.codes import Language, ProblemCode
from domain.model import StaffId
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.spec import CITY
from tests.supporting import HER, accepted, her_case, opened
from tests.world import Someone, World

open_case = OpenCase(
    anonymous=True,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
    at_risk_only=True,
)
consult = RecordConsultation(
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    secondary_problems=frozenset({"ECONOMIC_PROBLEM", "MENTAL_PROBLEM"}),
    age_band="UNKNOWN",
    language="ja",
    sexual_harm_flag=False,
)
consulted = ConsultationRecorded(
    consultation_id=ConsultationId(CITY.new_id),
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    secondary_problems=frozenset[ProblemCode]({"ECONOMIC_PROBLEM", "MENTAL_PROBLEM"}),
    topic=None,
    age_band="UNKNOWN",
    language="ja",
    sexual_harm_flag=False,
    summary=None,
)


# Nobody has to give a name


@shown("INV-K1")
def test_agencies_of_every_kind_open_a_case_without_a_name() -> None:
    world = World()
    for kind in get_args(AgencyKind):
        agency = world.joins(kind)
        said = world.says(agency, open_case).the(CaseOpened)
        assert (said.anonymous, said.opened_by_agency) == (True, agency.agency)


@shown("INV-K1")
def test_she_is_accepted_without_a_name_or_under_one_of_her_choosing() -> None:
    assert {*CaseAccepted.__struct_fields__} & {*SubjectIdentified.__struct_fields__} == set()
    flower = SubjectIdentified(
        subject_id=HER, name="ひまわり", kana=None, birth_date=None, gender_identity_note=None
    )
    command = IdentifySubject(name="ひまわり")
    her_case(opened).when(command, by=CITY).then(flower)
    her_case(opened, accepted).when(command, by=CITY).then(flower)


@kept("INV-K1", guard="domain.agency:check_has_signed")
def test_nobody_hears_her_who_has_not_promised_to_keep_it_to_themselves() -> None:
    world = World()
    known = world.joins("WELFARE_COMMISSIONER")
    enrol = EnrolStaff(agency_id=known.agency, role="GATEKEEPER")
    newcomer = Someone(known.agency, StaffId(world.says(world.operator, enrol).made), "GATEKEEPER")
    assert world.refuses(newcomer, open_case) is PledgeNotSigned


# One main problem


@shown("INV-K4")
def test_a_consultation_has_one_main_problem_and_any_number_beside_it() -> None:
    her_case(opened).when(consult, by=CITY).then(consulted)
    every: Final = frozenset(get_args(ProblemCode))
    her_case(opened).when(replace(consult, secondary_problems=every), by=CITY).then(
        replace(consulted, secondary_problems=every - {"SPOUSE_VIOLENCE"})
    )


@kept("INV-K4", guard="domain.case.record:beside_the_main", instead=consult.secondary_problems)
def test_the_main_problem_does_not_count_twice() -> None:
    twice = replace(consult, secondary_problems=frozenset({"SPOUSE_VIOLENCE"}))
    her_case(opened).when(twice, by=CITY).then(replace(consulted, secondary_problems=frozenset()))


# What support has to suit


def test_what_support_has_to_suit_is_recorded_as_a_whole() -> None:
    command = RecordAttributes(
        nationality="PH",
        languages=frozenset({"fil", "ja"}),
        interpreter_needed=True,
        religion_diet="豚肉は食べない",
        residence_status="日本人の配偶者等（2026年9月まで）",
        pregnancy=True,
    )
    attributes = AttributesRecorded(
        nationality="PH",
        languages=frozenset[Language]({"fil", "ja"}),
        interpreter_needed=True,
        disability_accommodation=None,
        religion_diet="豚肉は食べない",
        residence_status="日本人の配偶者等（2026年9月まで）",
        diagnosis=None,
        medication=None,
        pregnancy=True,
    )
    her_case(opened).when(command, by=CITY).then(attributes)
    her_case(opened, accepted, attributes).when(RecordAttributes(), by=CITY).then(
        AttributesRecorded(
            nationality=None,
            languages=frozenset(),
            interpreter_needed=None,
            disability_accommodation=None,
            religion_diet=None,
            residence_status=None,
            diagnosis=None,
            medication=None,
            pregnancy=None,
        )
    )
