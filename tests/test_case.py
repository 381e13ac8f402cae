"""A case: opened without a name, accepted by exactly one agency, hidden from all others."""

from datetime import UTC, date, datetime
from typing import Final

import msgspec
import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.case import (
    CASE,
    AcceptCase,
    ActiveCase,
    Case,
    CaseAccepted,
    CaseAlreadyAccepted,
    CaseAlreadyOpened,
    CaseCommand,
    CaseEvent,
    CaseNotFound,
    CaseOpened,
    ConsultationId,
    ConsultationRecorded,
    CorrectSubjectDetails,
    IdentifySubject,
    NoCase,
    NothingToCorrect,
    OpenCase,
    RecordConsultation,
    SubjectAlreadyIdentified,
    SubjectDetailsCorrected,
    SubjectIdentified,
    SubjectNotIdentified,
    accepting,
)
from domain.codes import ProblemCode
from domain.model import CLOSED, ERASED, Context, NetworkId, PersonId, Withheld
from domain.speech import Refused
from tests.spec import CENTRE, CITY, POLICE, an_id, given, later, without_words

MIDORINO: Final = NetworkId(an_id(500))
MISAKI: Final = PersonId(CITY.new_id)
ACCEPTING: Final = accepting("2026-0017")

open_case = OpenCase(
    anonymous=True,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
    at_risk_only=False,
)
record_consultation = RecordConsultation(
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    secondary_problems=frozenset({"ECONOMIC_PROBLEM"}),
    topic="DV",
    age_band="30S",
    language="ja",
    sexual_harm_flag=False,
    summary="夫が帰る前に電話を切りたい。",
)
identify_subject = IdentifySubject(
    name="相川みさき", kana="あいかわみさき", birth_date=date(1994, 2, 3)
)
correct_kana = CorrectSubjectDetails(
    kana="あいかわ　みさき", correction_reason="ふりがなの区切りを本人に確認した。"
)
accept_case = AcceptCase(network_id=MIDORINO)

opened = CaseOpened(
    subject_id=MISAKI,
    anonymous=True,
    opened_by_agency=CITY.agency,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
    at_risk_only=False,
)
consulted = ConsultationRecorded(
    consultation_id=ConsultationId(CITY.new_id),
    channel="PHONE",
    caller_is_subject=True,
    main_problem="SPOUSE_VIOLENCE",
    secondary_problems=frozenset[ProblemCode]({"ECONOMIC_PROBLEM"}),
    topic="DV",
    age_band="30S",
    language="ja",
    sexual_harm_flag=False,
    summary="夫が帰る前に電話を切りたい。",
)
identified = SubjectIdentified(
    subject_id=MISAKI,
    name="相川みさき",
    kana="あいかわみさき",
    birth_date=date(1994, 2, 3),
    gender_identity_note=None,
)
kana_corrected = SubjectDetailsCorrected(
    subject_id=MISAKI,
    name=None,
    kana="あいかわ　みさき",
    birth_date=None,
    gender_identity_note=None,
    correction_reason="ふりがなの区切りを本人に確認した。",
)
accepted = CaseAccepted(
    accepted_on=date(2026, 5, 13),
    ledger_network_id=MIDORINO,
    case_number="2026-0017",
    main_responsible=CITY.agency,
)


def test_a_case_opens_without_a_name_and_gives_her_an_id() -> None:
    given(CASE).when(open_case, by=CITY).then(opened)


def test_a_case_opens_once() -> None:
    given(CASE, opened).when(open_case, by=CITY).refused(CaseAlreadyOpened)
    given(CASE, opened, accepted).when(open_case, by=CITY).refused(CaseAlreadyOpened)


def test_opening_tells_a_stranger_nothing_of_the_case_that_is_there() -> None:
    given(CASE, opened).when(open_case, by=POLICE).refused(CaseNotFound)


def test_a_consultation_is_recorded_before_and_after_acceptance() -> None:
    given(CASE, opened).when(record_consultation, by=CITY).then(consulted)
    given(CASE, opened, accepted).when(record_consultation, by=CITY).then(consulted)


def test_every_call_is_a_consultation_of_its_own() -> None:
    given(CASE, opened, consulted).when(record_consultation, by=CITY).then(consulted)


def test_the_main_problem_is_not_counted_among_the_others_too() -> None:
    twice = msgspec.structs.replace(
        record_consultation, secondary_problems=frozenset({"SPOUSE_VIOLENCE", "ECONOMIC_PROBLEM"})
    )
    given(CASE, opened).when(twice, by=CITY).then(consulted)


def test_she_is_identified_by_the_id_she_had_while_anonymous() -> None:
    given(CASE, opened).when(identify_subject, by=CITY).then(identified)
    given(CASE, opened, accepted).when(identify_subject, by=CITY).then(identified)


def test_a_pseudonym_is_enough_to_be_identified() -> None:
    given(CASE, opened).when(IdentifySubject(name="ひまわり"), by=CITY).then(
        SubjectIdentified(
            subject_id=MISAKI,
            name="ひまわり",
            kana=None,
            birth_date=None,
            gender_identity_note=None,
        )
    )


def test_she_is_identified_once_and_corrected_after_that() -> None:
    again = given(CASE, opened, identified).when(identify_subject, by=CITY)
    again.refused(SubjectAlreadyIdentified)
    given(CASE, opened, identified).when(correct_kana, by=CITY).then(kana_corrected)


def test_who_is_not_identified_has_nothing_to_correct() -> None:
    given(CASE, opened).when(correct_kana, by=CITY).refused(SubjectNotIdentified)


def test_a_correction_changes_something() -> None:
    only_a_reason = CorrectSubjectDetails(correction_reason="本人の申し出による。")
    given(CASE, opened, identified).when(only_a_reason, by=CITY).refused(NothingToCorrect)


def test_being_accepted_does_not_undo_being_identified() -> None:
    history = (opened, identified, accepted)
    given(CASE, *history).when(identify_subject, by=CITY).refused(SubjectAlreadyIdentified)
    given(CASE, *history).when(correct_kana, by=CITY).then(kana_corrected)


def test_acceptance_needs_no_name() -> None:
    given(ACCEPTING, opened).when(accept_case, by=CITY).then(accepted)


def test_who_accepts_answers_for_her_unless_another_agency_is_named() -> None:
    for_the_centre = AcceptCase(network_id=MIDORINO, main_responsible=CENTRE.agency)
    given(ACCEPTING, opened).when(for_the_centre, by=CITY).then(
        msgspec.structs.replace(accepted, main_responsible=CENTRE.agency)
    )


def test_a_case_is_accepted_on_a_date_in_japan() -> None:
    after_midnight = msgspec.structs.replace(CITY, at=datetime(2026, 5, 13, 15, 0, tzinfo=UTC))
    given(ACCEPTING, opened).when(accept_case, by=after_midnight).then(
        msgspec.structs.replace(accepted, accepted_on=date(2026, 5, 14))
    )


def test_a_case_is_accepted_once() -> None:
    given(ACCEPTING, opened, accepted).when(accept_case, by=CITY).refused(CaseAlreadyAccepted)


def test_the_responsible_agency_takes_part_and_so_does_the_one_that_opened() -> None:
    by_the_centre = msgspec.structs.replace(accepted, main_responsible=CENTRE.agency)
    at_the_centre = msgspec.structs.replace(
        consulted, consultation_id=ConsultationId(CENTRE.new_id)
    )
    given(CASE, opened, by_the_centre).when(record_consultation, by=CITY).then(consulted)
    given(CASE, opened, by_the_centre).when(record_consultation, by=CENTRE).then(at_the_centre)


@pytest.mark.parametrize(
    "command", [record_consultation, identify_subject, correct_kana], ids=lambda c: type(c).__name__
)
def test_hidden_is_the_same_as_not_there(command: CaseCommand) -> None:
    given(CASE).when(command, by=POLICE).refused(CaseNotFound)
    given(CASE, opened).when(command, by=POLICE).refused(CaseNotFound)
    given(CASE, opened, identified, accepted).when(command, by=POLICE).refused(CaseNotFound)


def test_hidden_is_the_same_as_not_there_for_acceptance() -> None:
    given(ACCEPTING).when(accept_case, by=POLICE).refused(CaseNotFound)
    given(ACCEPTING, opened).when(accept_case, by=POLICE).refused(CaseNotFound)
    given(ACCEPTING, opened, accepted).when(accept_case, by=POLICE).refused(CaseNotFound)


asked = st.tuples(
    st.sampled_from(
        [
            open_case,
            record_consultation,
            identify_subject,
            correct_kana,
            accept_case,
            AcceptCase(network_id=MIDORINO, main_responsible=CENTRE.agency),
        ]
    ),
    st.sampled_from([CITY, CENTRE, POLICE]),
)


@for_any(st.lists(asked, max_size=12))
def test_from_acceptance_on_exactly_one_agency_answers_for_her(
    asks: list[tuple[CaseCommand | AcceptCase, Context]],
) -> None:
    answering = [state.main_responsible for state in lives(asks) if isinstance(state, ActiveCase)]
    assert len(set(answering)) <= 1
    assert sum(isinstance(event, CaseAccepted) for event in story(asks)) <= 1


@for_any(st.lists(asked, max_size=12), st.sampled_from([CLOSED, ERASED]))
def test_what_was_erased_or_stays_closed_stops_no_fold(
    asks: list[tuple[CaseCommand | AcceptCase, Context]], withheld: Withheld
) -> None:
    events = story(asks)
    assert CASE.replay(without_words(e, withheld) for e in events) == CASE.replay(events)


def test_no_word_of_hers_reaches_the_state() -> None:
    state = CASE.replay((opened, consulted, identified, kana_corrected, accepted))
    assert state == ActiveCase(
        subject_id=MISAKI,
        reasons=frozenset({(CITY.agency, "OPENED"), (CITY.agency, "MAIN_RESPONSIBLE")}),
        identified=True,
        main_responsible=CITY.agency,
    )


def story(asks: list[tuple[CaseCommand | AcceptCase, Context]]) -> tuple[CaseEvent, ...]:
    """What happened, of all that was asked, a day apart."""
    events: tuple[CaseEvent, ...] = ()
    for day, (command, by) in enumerate(asks):
        state = CASE.replay(events)
        try:
            events += answer(state, command, later(by, days=day))
        except Refused:
            continue
    return events


def lives(asks: list[tuple[CaseCommand | AcceptCase, Context]]) -> list[Case]:
    events = story(asks)
    return [CASE.replay(events[:count]) for count in range(len(events) + 1)]


def answer(state: Case, command: CaseCommand | AcceptCase, by: Context) -> tuple[CaseEvent, ...]:
    if isinstance(command, AcceptCase):
        return ACCEPTING.decide(state, command, by)
    return CASE.decide(state, command, by)


def test_there_is_no_case_before_anything_happened() -> None:
    assert CASE.replay(()) == NoCase()
