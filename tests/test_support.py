"""Support: what is found out with her and done for her, and what was said when somebody asked."""

from datetime import timedelta
from typing import Final

import pytest
from msgspec.structs import replace

from domain.case import safety, support
from domain.case.beside import Beside, CompanionNotFound
from domain.case.days import DayAlreadyPast, DayStillToCome
from domain.case.safety import (
    IssueSafetyInstruction,
    NeitherYesNorNo,
    RefuseThirdPartyInquiry,
    SafetyCommand,
    SafetyEvent,
    SafetyInstructionIssued,
    ThirdPartyInquiryRefused,
)
from domain.case.support import (
    NEED,
    ActivityId,
    AssessmentId,
    AssessmentRecorded,
    ChildNotNamed,
    CloseNeed,
    IdentifyNeed,
    NeedAlreadyClosed,
    NeedClosed,
    NeedId,
    NeedIdentified,
    NeedNotFound,
    RecordAssessment,
    RecordSupportActivity,
    StayNotFound,
    Support,
    SupportActivityRecorded,
    SupportCommand,
    SupportEvent,
)
from domain.categories import RSK, CategoryCode
from domain.fields import cut_of
from domain.model import CLOSED, Context, Decider, PersonId, StayId
from domain.speech import Refused
from domain.support_codes import ACTIVITY_KINDS, CHILD_ACTIVITIES, ActivityKind, ServiceField
from tests.beside import AGENCIES, BESIDE, HER, HER_MOTHER, HER_SON, NPO, SCHOOL, beside
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, NOW, POLICE, an_id, given, without_words

WITH_FAMILY: Final = beside(companions={HER_SON: "CHILD", HER_MOTHER: "ADULT"})


def supporting(rest: Beside = BESIDE) -> Decider[Support, SupportCommand, SupportEvent]:
    def decide(state: Support, command: SupportCommand, by: Context) -> tuple[SupportEvent, ...]:
        return support.decide(state, rest, command, by)

    return Decider(Support(), decide, support.evolve)


# What is found out with her.

HER_NEEDS: Final[frozenset[ServiceField]] = frozenset({"HOUSING", "ECONOMIC"})
assess = RecordAssessment(
    with_subject=True,
    danger_level="HIGH",
    urgency_level="HIGH",
    perpetrator_info="勤務先を知っている",
    needs=HER_NEEDS,
    subject_wish="仕事は続けたい",
)
assessed = AssessmentRecorded(
    assessment_id=AssessmentId(CITY.new_id),
    with_subject=True,
    danger_level="HIGH",
    urgency_level="HIGH",
    perpetrator_info="勤務先を知っている",
    needs=HER_NEEDS,
    health_summary=None,
    economic_summary=None,
    child_summary=None,
    subject_wish="仕事は続けたい",
    text=None,
)


def test_an_assessment_says_whether_it_was_made_with_her() -> None:
    given(supporting()).when(assess, by=CITY).then(assessed)
    told = supporting().replay([assessed])
    assert told.assessed
    assert not supporting().replay([replace(assessed, with_subject=False)]).assessed
    assert supporting().replay([assessed, replace(assessed, with_subject=False)]).assessed


# What she needs.

HER_NEED: Final = NeedId(CITY.new_id)
identify = IdentifyNeed(field="HOUSING", text="保証人がいない。")
close = CloseNeed(need_id=HER_NEED, field="HOUSING", outcome="MET")
identified = NeedIdentified(need_id=HER_NEED, field="HOUSING", text="保証人がいない。")
closed = NeedClosed(need_id=HER_NEED, field="HOUSING", outcome="MET", text=None)


def test_a_need_is_named_and_closed() -> None:
    given(supporting()).when(identify, by=CITY).then(identified)
    given(supporting(), identified).when(close, by=NPO).then(closed)


NEED_BEFORE: Final[dict[str, tuple[SupportEvent, ...]]] = {
    "—": (),
    "OPEN": (identified,),
    "CLOSED": (identified, closed),
}
NEED_FOLLOWS: Final[dict[str, SupportEvent | type[Refused]]] = {
    "—": NeedNotFound,
    "OPEN": closed,
    "CLOSED": NeedAlreadyClosed,
}
course(
    "need",
    (
        *((state, "CloseNeed", follows) for state, follows in NEED_FOLLOWS.items()),
        *((state, "IdentifyNeed", identified) for state in NEED_BEFORE),
    ),
)


@pytest.mark.parametrize("state", ["—", *NEED.states])
def test_in_every_state_of_a_need_closing_it_leads_on_or_is_refused(state: str) -> None:
    outcome = given(supporting(), *NEED_BEFORE[state]).when(close, by=CITY)
    follows = NEED_FOLLOWS[state]
    if isinstance(follows, type):
        outcome.refused(follows)
    else:
        outcome.then(follows)


def test_a_need_that_comes_back_is_another() -> None:
    again = replace(CITY, new_id=an_id(810))
    for before in NEED_BEFORE.values():
        given(supporting(), *before).when(identify, by=again).then(
            replace(identified, need_id=NeedId(an_id(810)))
        )


# What is done for her.

went_with_her = RecordSupportActivity(kind="ACCOMPANIMENT", place_kind="ANOTHER_AGENCY")
recorded = SupportActivityRecorded(
    activity_id=ActivityId(NPO.new_id),
    kind="ACCOMPANIMENT",
    at=NOW,
    provider=NPO.agency,
    person_id=HER,
    place_kind="ANOTHER_AGENCY",
    health_detail=None,
    child_detail=None,
    text=None,
)
helped_with_school = RecordSupportActivity(
    kind="STUDY_SUPPORT", person_id=HER_SON, place_kind="WHERE_SHE_STAYS", child_detail="算数"
)


@accepted("INV-C11")
def test_an_agency_records_what_it_does_though_she_shares_nothing_with_anybody() -> None:
    nothing = beside(agreed={}, sharing={}, may_know_where=frozenset())
    given(supporting(nothing)).when(went_with_her, by=NPO).then(recorded)
    given(supporting(nothing)).when(assess, by=CITY).then(assessed)
    given(supporting(nothing)).when(identify, by=CITY).then(identified)


def test_what_was_done_has_been_done() -> None:
    before, after = NOW - timedelta(hours=3), NOW + timedelta(minutes=1)
    given(supporting()).when(replace(went_with_her, at=before), by=NPO).then(
        replace(recorded, at=before)
    )
    given(supporting()).when(replace(went_with_her, at=after), by=NPO).refused(DayStillToCome)


def test_what_is_done_for_a_companion_is_theirs() -> None:
    for_her_mother = replace(went_with_her, person_id=HER_MOTHER)
    given(supporting(WITH_FAMILY)).when(for_her_mother, by=NPO).then(
        replace(recorded, person_id=HER_MOTHER)
    )
    stranger = replace(went_with_her, person_id=PersonId(an_id(666)))
    given(supporting(WITH_FAMILY)).when(stranger, by=NPO).refused(CompanionNotFound)


def test_what_is_done_in_a_stay_names_a_stay_of_hers() -> None:
    stay = StayId(an_id(720))
    there = replace(went_with_her, stay_id=stay)
    given(supporting(beside(stays=frozenset({stay})))).when(there, by=NPO).then(
        replace(recorded, stay_id=stay)
    )
    given(supporting()).when(there, by=NPO).refused(StayNotFound)


def test_study_support_is_recorded_for_the_child_it_is_given_to() -> None:
    given(supporting(WITH_FAMILY)).when(helped_with_school, by=NPO).then(
        replace(
            recorded,
            kind="STUDY_SUPPORT",
            person_id=HER_SON,
            place_kind="WHERE_SHE_STAYS",
            child_detail="算数",
        )
    )


@pytest.mark.parametrize("kind", sorted(CHILD_ACTIVITIES))
def test_what_is_done_for_a_child_names_one(kind: ActivityKind) -> None:
    for person in (None, HER, HER_MOTHER):
        command = replace(helped_with_school, kind=kind, person_id=person)
        given(supporting(WITH_FAMILY)).when(command, by=NPO).refused(ChildNotNamed)


HEALTH: Final = {"MEDICAL_CARE", "PSYCHOLOGICAL_ASSESSMENT", "PSYCHOLOGICAL_CARE"}
FOR_CHILDREN: Final = {
    "CHILDCARE",
    "STUDY_SUPPORT",
    "CHILD_LIVING_SUPPORT",
    "CHILD_PSYCHOLOGICAL_CARE",
}


@pytest.mark.parametrize("kind", ACTIVITY_KINDS)
def test_what_care_is_mainly_about_follows_from_its_kind(kind: ActivityKind) -> None:
    about: CategoryCode = "SVC"
    if kind in HEALTH:
        about = "HLT"
    elif kind in FOR_CHILDREN:
        about = "CHD"
    assert SupportActivityRecorded.primary.of(replace(recorded, kind=kind)) == about


def test_what_is_known_of_her_needs_no_word_of_hers() -> None:
    told = [without_words(event, CLOSED) for event in (assessed, identified)]
    assert supporting().replay(told) == supporting().replay([assessed, identified])


# If he asks, or appears.


def keeping_safe(rest: Beside = BESIDE) -> Decider[None, SafetyCommand, SafetyEvent]:
    def decide(state: None, command: SafetyCommand, by: Context) -> tuple[SafetyEvent, ...]:
        del state
        return safety.decide(rest, command, by)

    def evolve(state: None, event: SafetyEvent) -> None:
        del state, event

    return Decider(None, decide, evolve)


NEXT_WEEK: Final = NOW.date() + timedelta(days=7)
instruct = IssueSafetyInstruction(
    to_agency_id=SCHOOL.agency,
    instruction="迎えに来ても引き渡さず、窓口に連絡する",
    valid_until=NEXT_WEEK,
)
issued = SafetyInstructionIssued(
    to_agency_id=SCHOOL.agency,
    to_kind="SCHOOL",
    instruction="迎えに来ても引き渡さず、窓口に連絡する",
    valid_until=NEXT_WEEK,
)
refuse = RefuseThirdPartyInquiry(
    asked_by_kind="PERPETRATORS_SIDE",
    where="代表電話",
    response="NEITHER_YES_NOR_NO",
)
inquiry_refused = ThirdPartyInquiryRefused(
    asked_by_kind="PERPETRATORS_SIDE",
    where="代表電話",
    response="NEITHER_YES_NOR_NO",
)


def test_a_school_is_told_what_to_do_if_he_appears_and_not_why() -> None:
    given(keeping_safe()).when(instruct, by=CITY).then(issued)
    assert {f.name: f.category.of(issued) for f in cut_of(type(issued)).sealed} == {
        "instruction": "SCH"
    }


def test_what_the_police_is_to_do_is_about_risk() -> None:
    to_the_police = replace(issued, to_agency_id=POLICE.agency, to_kind="POLICE")
    given(keeping_safe()).when(replace(instruct, to_agency_id=POLICE.agency), by=CITY).then(
        to_the_police
    )
    (instruction,) = cut_of(type(issued)).sealed
    assert instruction.category.of(to_the_police) == "RSK"


@pytest.mark.parametrize("agency", AGENCIES)
def test_only_where_children_are_taught_and_kept_it_is_about_schooling(agency: object) -> None:
    kind = next(known.kind for key, known in AGENCIES.items() if key == agency)
    (instruction,) = cut_of(SafetyInstructionIssued).sealed
    about = "SCH" if kind == "SCHOOL" else "RSK"
    assert instruction.category.of(replace(issued, to_kind=kind)) == about


def test_an_instruction_holds_until_a_day_to_come() -> None:
    over = replace(instruct, valid_until=NOW.date())
    given(keeping_safe()).when(over, by=CITY).refused(DayAlreadyPast)


@accepted("INV-K10")
def test_that_somebody_asked_and_was_told_neither_way_is_kept_as_a_risk() -> None:
    given(keeping_safe()).when(refuse, by=CENTRE).then(inquiry_refused)
    assert ThirdPartyInquiryRefused.primary == RSK
    assert {field.category for field in cut_of(ThirdPartyInquiryRefused).sealed} == {RSK}
    assert cut_of(ThirdPartyInquiryRefused).clear == ()


@accepted("INV-K10")
def test_not_answering_is_an_answer_too() -> None:
    given(keeping_safe()).when(replace(refuse, response="NOT_ANSWERED"), by=CENTRE).then(
        replace(inquiry_refused, response="NOT_ANSWERED")
    )


@refused("INV-K10", guard="domain.case.safety:check_neither_yes_nor_no")
def test_nobody_who_asks_is_told_yes_or_no() -> None:
    given(keeping_safe()).when(replace(refuse, response="CONFIRMED"), by=CENTRE).refused(
        NeitherYesNorNo
    )
    given(keeping_safe()).when(replace(refuse, response="DENIED"), by=CENTRE).refused(
        NeitherYesNorNo
    )
