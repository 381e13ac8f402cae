"""What was recorded wrong is put right by saying so: nothing is overwritten, nothing is lost."""

from datetime import date
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.case import (
    CaseEvent,
    ConsultationId,
    ConsultationRecorded,
    CorrectRecord,
    CorrectSubjectDetails,
    Facts,
    IdentifySubject,
    NoteId,
    NoteRecorded,
    RecordCorrected,
    Recorded,
    SubjectAlreadyIdentified,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.case.correcting import (
    CORRECTABLE,
    OF_THE_FIELD,
    FieldNotCorrectable,
    RecordNotFound,
    ValueDoesNotFit,
)
from domain.categories import WORDS, CategoryCode
from domain.codes import ProblemCode
from domain.fields import cut_of
from domain.model import AgencyId, EventId
from domain.policy import NEVER_BY_CONSENT
from tests.beside import NPO
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.spec import CITY, an_id
from tests.supporting import (
    HER,
    HER_SON,
    accepted,
    her_case,
    knowing,
    known,
    opened,
    supporting,
    with_her_son,
)
from tests.world import parts_of

THAT: Final = EventId(an_id(900))
consulted = ConsultationRecorded(
    consultation_id=ConsultationId(an_id(901)),
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    secondary_problems=frozenset[ProblemCode](),
    topic="DV",
    age_band="30S",
    language="ja",
    sexual_harm_flag=False,
    summary="夫が帰る前に電話を切りたい。",
)
identified = SubjectIdentified(
    subject_id=HER, name="相川みさき", kana=None, birth_date=None, gender_identity_note=None
)
correct = CorrectRecord(
    target_event_id=THAT,
    field="main_problem",
    new_value="INTIMATE_RELATIONSHIP",
    reason="同居していない交際相手だと後日分かった。",
)
corrected = RecordCorrected(
    target_event_id=THAT,
    field="case.consultation_recorded.v1/main_problem",
    category="PRB",
    person_id=HER,
    new_value="INTIMATE_RELATIONSHIP",
    reason="同居していない交際相手だと後日分かった。",
)


def having(event: CaseEvent, agency: AgencyId = CITY.agency) -> Facts:
    """This is what stands under the id that is named."""
    return knowing(corrected=Recorded(event, agency, parts_of(event, HER)))


def saying(field: str, value: str) -> CorrectRecord:
    return replace(correct, field=field, new_value=value)


@shown("INV-K6")
def test_what_should_have_been_said_stands_in_a_new_event_with_the_reason() -> None:
    her_case(opened, facts=having(consulted)).when(correct, by=CITY).then(corrected)
    her_case(opened, accepted, facts=having(consulted)).when(correct, by=CITY).then(corrected)


def test_it_may_be_corrected_again() -> None:
    her_case(opened, corrected, facts=having(consulted)).when(correct, by=CITY).then(corrected)


def test_a_correction_is_put_right_where_the_first_record_is() -> None:
    """Of a correction of a correction nobody could say any more what it is about."""
    for field in ("new_value", "reason"):
        again = saying(field, "SPOUSE_VIOLENCE")
        her_case(opened, corrected, facts=having(corrected)).when(again, by=CITY).refused(
            FieldNotCorrectable
        )


def test_a_correction_is_of_the_category_and_of_the_person_of_what_it_corrects() -> None:
    schooling = saying("name", "相川空")
    her_case(opened, with_her_son, facts=having(with_her_son)).when(schooling, by=CITY).then(
        replace(
            corrected,
            field="case.companion_added.v1/name",
            category="CHD",
            person_id=HER_SON,
            new_value="相川空",
        )
    )


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        (consulted, "sexual_harm_flag", "true"),
        (consulted, "age_band", "40S"),
        (identified, "birth_date", "1994-02-03"),
        (identified, "name", "相川美咲"),
        (with_her_son, "birth_year", "2018"),
        (with_her_son, "custody", "JOINT"),
    ],
    ids=str,
)
def test_dates_numbers_and_codes_are_written_as_a_line(
    event: CaseEvent, field: str, value: str
) -> None:
    outcome = her_case(opened, facts=having(event)).when(saying(field, value), by=CITY)
    (line,) = (line for line in parts_of(event, HER) if line.field == field)
    outcome.then(
        replace(
            corrected,
            field=f"{type(event).__struct_config__.tag}/{field}",
            category=CORRECTABLE[line.category],
            person_id=line.person,
            new_value=value,
        )
    )


@kept("INV-K6", guard="domain.case.correcting:check_value_fits")
def test_what_the_field_could_not_have_said_is_no_correction() -> None:
    for event, field, value in (
        (consulted, "main_problem", "SOMETHING_ELSE"),
        (consulted, "sexual_harm_flag", "maybe"),
        (identified, "birth_date", "1994年2月3日"),
        (identified, "birth_date", "null"),
        (with_her_son, "birth_year", "-1"),
    ):
        command = saying(field, value)
        her_case(opened, facts=having(event)).when(command, by=CITY).refused(ValueDoesNotFit)


def test_lists_are_recorded_anew_and_not_corrected() -> None:
    several = saying("secondary_problems", "ECONOMIC_PROBLEM")
    her_case(opened, facts=having(consulted)).when(several, by=CITY).refused(ValueDoesNotFit)


def test_free_text_and_what_stands_in_the_clear_are_recorded_anew() -> None:
    note = NoteRecorded(note_id=NoteId(an_id(902)), declared_category="PLN", text="見学の予定。")
    for event, field in (
        (consulted, "summary"),
        (note, "text"),
        (consulted, "channel"),
        (consulted, "no_such_field"),
        (opened, "anonymous"),
        (accepted, "case_number"),
    ):
        command = saying(field, "PHONE")
        her_case(opened, facts=having(event)).when(command, by=CITY).refused(FieldNotCorrectable)


def test_each_agency_corrects_what_it_recorded_itself() -> None:
    story = (opened, accepted, supporting)
    theirs = having(consulted, NPO.agency)
    her_case(*story, facts=theirs).when(correct, by=NPO).then(corrected)
    # Anybody else's record is as good as not there, also for the agency that answers for her.
    her_case(*story, facts=theirs).when(correct, by=CITY).refused(RecordNotFound)
    her_case(*story, facts=knowing()).when(correct, by=NPO).refused(RecordNotFound)


def test_a_correction_moves_nothing_in_the_case() -> None:
    assert known(opened, accepted, corrected) == known(opened, accepted)


# Who she is


@shown("INV-K6")
def test_who_she_is_is_corrected_with_a_reason() -> None:
    command = CorrectSubjectDetails(
        birth_date=date(1994, 2, 3), correction_reason="保険証で確認した。"
    )
    her_case(opened, identified).when(command, by=CITY).then(
        SubjectDetailsCorrected(
            subject_id=HER,
            name=None,
            kana=None,
            birth_date=date(1994, 2, 3),
            gender_identity_note=None,
            correction_reason="保険証で確認した。",
        )
    )


@kept("INV-K6", guard="domain.case.record:check_not_identified")
def test_who_she_is_is_not_overwritten() -> None:
    again = IdentifySubject(name="相川美咲")
    her_case(opened, identified).when(again, by=CITY).refused(SubjectAlreadyIdentified)


def test_what_can_be_corrected_is_what_is_sealed_and_no_free_text() -> None:
    assert set(get_args(CategoryCode)) - CORRECTABLE.keys() == NEVER_BY_CONSENT | WORDS | {"SVC"}
    (new_value,) = (field for field in cut_of(RecordCorrected).sealed if field.name == "new_value")
    assert new_value.category.codes == OF_THE_FIELD.codes == set(CORRECTABLE)
