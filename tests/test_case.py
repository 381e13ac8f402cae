"""A case: opened without a name, answered for by exactly one agency, hidden from all others."""

from datetime import UTC, date, datetime
from typing import Final

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.case import (
    CASE,
    AcceptCase,
    AddressRecorded,
    AssignRole,
    Case,
    CaseAccepted,
    CaseAlreadyAccepted,
    CaseAlreadyOpened,
    CaseCommand,
    CaseEvent,
    CaseNotFound,
    CaseOpened,
    CategoryNotForNotes,
    ConsultationId,
    ConsultationRecorded,
    ContactMethodSet,
    CorrectSubjectDetails,
    EndRole,
    Facts,
    IdentifySubject,
    KnownCase,
    NoCase,
    NoteId,
    NoteRecorded,
    NothingToCorrect,
    OnlyWhoAnswersForHer,
    OpenCase,
    Reason,
    RecordAddress,
    RecordConsultation,
    RecordNote,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    SetContactMethod,
    SubjectAlreadyIdentified,
    SubjectDetailsCorrected,
    SubjectIdentified,
    SubjectNotIdentified,
    case_among,
    participants,
)
from domain.case.days import DayStillToCome
from domain.categories import CategoryCode
from domain.codes import ContactMeans, ProblemCode
from domain.model import (
    CLOSED,
    ERASED,
    Context,
    NetworkId,
    PersonId,
    ReferralId,
    Withheld,
)
from domain.network.state import NetworkNotFound, NotInTheNetwork
from domain.speech import Refused
from tests.spec import CENTRE, CITY, POLICE, SHELTER, an_id, given, later, without_words

MIDORINO: Final = NetworkId(an_id(500))
MISAKI: Final = PersonId(CITY.new_id)
MEMBERS: Final = frozenset({CITY.agency, CENTRE.agency})
ACCEPTING: Final = case_among(Facts(number="2026-0017", networks={MIDORINO: MEMBERS}))

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
set_contact_method = SetContactMethod(
    means="SNS",
    value="@misaki_hirugohan",
    safe_times="昼休みの12時から13時まで",
    unsafe_means=frozenset({"PHONE", "LETTER"}),
)
record_address = RecordAddress(
    kind="REGISTERED", address="青葉県緑野市花園町3-1", municipality_code="062014"
)
record_note = RecordNote(
    declared_category="RSK", text="夫の車は白い軽。職場の駐車場で二度見かけたとのこと。"
)
assign_role = AssignRole(function="MAIN_SUPPORT", agency_id=CENTRE.agency)
end_role = EndRole(function="MAIN_SUPPORT", agency_id=CENTRE.agency)

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
    review_by=date(2026, 8, 13),
)
contact_set = ContactMethodSet(
    means="SNS",
    value="@misaki_hirugohan",
    safe_times="昼休みの12時から13時まで",
    unsafe_means=frozenset[ContactMeans]({"PHONE", "LETTER"}),
)
address_recorded = AddressRecorded(
    kind="REGISTERED", address="青葉県緑野市花園町3-1", municipality_code="062014"
)
noted = NoteRecorded(
    note_id=NoteId(CITY.new_id),
    declared_category="RSK",
    text="夫の車は白い軽。職場の駐車場で二度見かけたとのこと。",
)
supporting = RoleAssigned(function="MAIN_SUPPORT", agency_id=CENTRE.agency)
no_longer_supporting = RoleEnded(function="MAIN_SUPPORT", agency_id=CENTRE.agency)


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
    twice = replace(
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


@pytest.mark.parametrize("born", [date(2026, 5, 14), date(2199, 12, 31)])
def test_she_is_not_still_to_be_born(born: date) -> None:
    given(CASE, opened).when(replace(identify_subject, birth_date=born), by=CITY).refused(
        DayStillToCome
    )
    given(CASE, opened, identified).when(replace(correct_kana, birth_date=born), by=CITY).refused(
        DayStillToCome
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


# How she is reached, where she is registered, what was noted


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (set_contact_method, contact_set),
        (record_address, address_recorded),
        (record_note, noted),
    ],
    ids=lambda said: type(said).__name__,
)
def test_it_is_recorded_before_and_after_acceptance_and_as_often_as_it_is_said(
    command: CaseCommand, event: CaseEvent
) -> None:
    for history in ((opened,), (opened, accepted), (opened, event), (opened, accepted, event)):
        given(CASE, *history).when(command, by=CITY).then(event)


def test_safe_times_and_unsafe_means_may_be_left_unsaid() -> None:
    only_by_letter = SetContactMethod(means="LETTER", value="局留め　緑野中央郵便局")
    given(CASE, opened).when(only_by_letter, by=CITY).then(
        ContactMethodSet(
            means="LETTER",
            value="局留め　緑野中央郵便局",
            safe_times=None,
            unsafe_means=frozenset(),
        )
    )


def test_an_address_may_be_known_without_its_municipality() -> None:
    where_she_grew_up = RecordAddress(kind="FORMER", address="白浜県、海の見える町")
    given(CASE, opened).when(where_she_grew_up, by=CITY).then(
        AddressRecorded(kind="FORMER", address="白浜県、海の見える町", municipality_code=None)
    )


@pytest.mark.parametrize("category", ["ENV", "STF", "CNS", "GRV", "AGG", "PUB", "MTG"])
def test_a_note_does_not_stand_in_for_a_record_of_another_kind(category: CategoryCode) -> None:
    in_disguise = replace(record_note, declared_category=category)
    given(CASE, opened).when(in_disguise, by=CITY).refused(CategoryNotForNotes)


@pytest.mark.parametrize("category", ["NAR", "LOC", "SXH", "PLN", "SVC"])
def test_a_note_may_be_about_anything_of_hers(category: CategoryCode) -> None:
    about_it = replace(record_note, declared_category=category)
    given(CASE, opened).when(about_it, by=CITY).then(replace(noted, declared_category=category))


# Acceptance


def test_acceptance_needs_no_name() -> None:
    given(ACCEPTING, opened).when(accept_case, by=CITY).then(accepted)


def test_who_accepts_answers_for_her() -> None:
    given(ACCEPTING, opened, supporting).when(accept_case, by=CENTRE).then(
        replace(accepted, main_responsible=CENTRE.agency)
    )


def test_a_case_is_accepted_into_a_network_that_there_is_and_of_whose_members_one_accepts() -> None:
    elsewhere = AcceptCase(network_id=NetworkId(an_id(501)))
    given(ACCEPTING, opened).when(elsewhere, by=CITY).refused(NetworkNotFound)
    beside_it = RoleAssigned(function="MAIN_SUPPORT", agency_id=SHELTER.agency)
    given(ACCEPTING, opened, beside_it).when(accept_case, by=SHELTER).refused(NotInTheNetwork)


def test_a_case_is_accepted_on_a_date_in_japan() -> None:
    after_midnight = replace(CITY, at=datetime(2026, 5, 13, 15, 0, tzinfo=UTC))
    given(ACCEPTING, opened).when(accept_case, by=after_midnight).then(
        replace(accepted, accepted_on=date(2026, 5, 14), review_by=date(2026, 8, 14))
    )


def test_a_case_is_accepted_once() -> None:
    given(ACCEPTING, opened, accepted).when(accept_case, by=CITY).refused(CaseAlreadyAccepted)


def test_the_responsible_agency_takes_part_and_so_does_the_one_that_opened() -> None:
    by_the_centre = replace(accepted, main_responsible=CENTRE.agency)
    at_the_centre = replace(consulted, consultation_id=ConsultationId(CENTRE.new_id))
    given(CASE, opened, by_the_centre).when(record_consultation, by=CITY).then(consulted)
    given(CASE, opened, by_the_centre).when(record_consultation, by=CENTRE).then(at_the_centre)


# Roles


def test_the_agency_that_answers_for_her_gives_out_roles() -> None:
    given(CASE, opened, accepted).when(assign_role, by=CITY).then(supporting)


def test_until_one_answers_for_her_the_agency_that_opened_does_what_has_to_be_done() -> None:
    given(CASE, opened).when(assign_role, by=CITY).then(supporting)
    given(CASE, opened, supporting).when(end_role, by=CITY).then(no_longer_supporting)


def test_who_takes_part_without_answering_for_her_gives_out_no_roles() -> None:
    for_itself = AssignRole(function="SERVICE_PROVIDER", agency_id=CENTRE.agency)
    for history in ((opened, supporting), (opened, accepted, supporting)):
        given(CASE, *history).when(for_itself, by=CENTRE).refused(OnlyWhoAnswersForHer)


def test_the_agency_that_opened_has_no_say_once_another_answers_for_her() -> None:
    history = (opened, replace(accepted, main_responsible=CENTRE.agency))
    given(CASE, *history).when(assign_role, by=CITY).refused(OnlyWhoAnswersForHer)
    given(CASE, *history, supporting).when(end_role, by=CITY).refused(OnlyWhoAnswersForHer)


def test_a_role_is_ended_by_who_answers_for_her_or_by_whose_it_is() -> None:
    history = (opened, accepted, supporting)
    given(CASE, *history).when(end_role, by=CITY).then(no_longer_supporting)
    given(CASE, *history).when(end_role, by=CENTRE).then(no_longer_supporting)


def test_a_role_is_not_ended_by_a_third_agency() -> None:
    sheltering = RoleAssigned(function="SERVICE_PROVIDER", agency_id=SHELTER.agency)
    history = (opened, accepted, supporting, sheltering)
    given(CASE, *history).when(end_role, by=SHELTER).refused(OnlyWhoAnswersForHer)


def test_giving_a_role_twice_is_giving_it_once() -> None:
    given(CASE, opened, accepted, supporting).when(assign_role, by=CITY).then_nothing()


def test_a_role_nobody_has_is_already_ended() -> None:
    given(CASE, opened, accepted).when(end_role, by=CITY).then_nothing()
    history = (opened, accepted, supporting, no_longer_supporting)
    given(CASE, *history).when(end_role, by=CITY).then_nothing()
    given(CASE, *history).when(assign_role, by=CITY).then(supporting)


# Who takes part


def test_an_agency_takes_part_as_long_as_it_has_a_reason() -> None:
    assert takes_part(CENTRE, opened, accepted) is False
    assert takes_part(CENTRE, opened, accepted, supporting) is True
    assert takes_part(CENTRE, opened, accepted, supporting, no_longer_supporting) is False


def test_two_reasons_are_two() -> None:
    providing = RoleAssigned(function="SERVICE_PROVIDER", agency_id=CENTRE.agency)
    history = (opened, accepted, supporting, providing, no_longer_supporting)
    assert takes_part(CENTRE, *history) is True
    no_longer_providing = RoleEnded(function="SERVICE_PROVIDER", agency_id=CENTRE.agency)
    assert takes_part(CENTRE, *history, no_longer_providing) is False


def test_who_hands_her_on_stays_if_she_likes_it_to() -> None:
    to_the_centre = handed_on(CITY, CENTRE, remains=True)
    assert reasons_of(CITY, opened, accepted, to_the_centre) == {"REFERRER"}
    to_the_centre_alone = handed_on(CITY, CENTRE, remains=False)
    assert reasons_of(CITY, opened, accepted, to_the_centre_alone) == set()
    assert reasons_of(CENTRE, opened, accepted, to_the_centre_alone) == {"MAIN_RESPONSIBLE"}


def test_who_hands_her_on_keeps_the_roles_of_its_own() -> None:
    providing = RoleAssigned(function="SERVICE_PROVIDER", agency_id=CITY.agency)
    history = (opened, accepted, providing, handed_on(CITY, CENTRE, remains=False))
    assert reasons_of(CITY, *history) == {"SERVICE_PROVIDER"}


def test_she_may_like_an_agency_to_stay_once_and_to_go_the_next_time() -> None:
    history = (
        opened,
        accepted,
        handed_on(CITY, CENTRE, remains=True),
        handed_on(CENTRE, CITY, remains=False),
        handed_on(CITY, SHELTER, remains=False),
    )
    assert reasons_of(CITY, *history) == set()
    assert reasons_of(CENTRE, *history) == set()
    assert reasons_of(SHELTER, *history) == {"MAIN_RESPONSIBLE"}


def test_who_only_opened_the_case_goes_on_taking_part_whoever_hands_her_on() -> None:
    history = (
        opened,
        replace(accepted, main_responsible=CENTRE.agency),
        handed_on(CENTRE, SHELTER, remains=False),
    )
    assert reasons_of(CITY, *history) == {"OPENED"}


def handed_on(before: Context, after: Context, *, remains: bool) -> ResponsibilityMoved:
    return ResponsibilityMoved(
        from_agency=before.agency,
        to_agency=after.agency,
        from_remains=remains,
        decided_by=ReferralId(an_id(900)),
    )


def takes_part(who: Context, *history: CaseEvent) -> bool:
    return who.agency in participants(CASE.replay(history))


def reasons_of(who: Context, *history: CaseEvent) -> set[Reason]:
    state = CASE.replay(history)
    assert isinstance(state, KnownCase)
    return {reason for agency, reason in state.reasons if agency == who.agency}


# Whatever is asked


@pytest.mark.parametrize(
    "command",
    [
        record_consultation,
        identify_subject,
        correct_kana,
        set_contact_method,
        record_address,
        record_note,
        assign_role,
        end_role,
    ],
    ids=lambda c: type(c).__name__,
)
def test_hidden_is_the_same_as_not_there(command: CaseCommand) -> None:
    given(CASE).when(command, by=POLICE).refused(CaseNotFound)
    given(CASE, opened).when(command, by=POLICE).refused(CaseNotFound)
    given(CASE, opened, identified, accepted).when(command, by=POLICE).refused(CaseNotFound)


def test_who_took_part_once_finds_no_case_any_more() -> None:
    history = (opened, accepted, supporting, no_longer_supporting)
    for command in (record_note, end_role, open_case):
        given(CASE, *history).when(command, by=CENTRE).refused(CaseNotFound)


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
            set_contact_method,
            record_address,
            record_note,
            assign_role,
            end_role,
            accept_case,
        ]
    ),
    st.sampled_from([CITY, CENTRE, POLICE]),
)


@for_any(st.lists(asked, max_size=12))
def test_from_acceptance_on_exactly_one_agency_answers_for_her(
    asks: list[tuple[CaseCommand, Context]],
) -> None:
    answering = [
        state.main_responsible
        for state in lives(asks)
        if isinstance(state, KnownCase) and state.main_responsible
    ]
    assert len(set(answering)) <= 1
    assert sum(isinstance(event, CaseAccepted) for event in story(asks)) <= 1


@for_any(st.lists(asked, max_size=12), st.sampled_from([CLOSED, ERASED]))
def test_what_was_erased_or_stays_closed_stops_no_fold(
    asks: list[tuple[CaseCommand, Context]], withheld: Withheld
) -> None:
    events = story(asks)
    assert CASE.replay(without_words(e, withheld) for e in events) == CASE.replay(events)


def test_no_word_of_hers_reaches_the_state() -> None:
    told = (consulted, identified, kana_corrected, contact_set, address_recorded, noted)
    state = CASE.replay((opened, *told, accepted))
    assert state == KnownCase(
        subject_id=MISAKI,
        opened_by=CITY.agency,
        status="ACTIVE",
        network=MIDORINO,
        entered_on=accepted.accepted_on,
        numbers={(MIDORINO, 2026): accepted.case_number},
        reasons=frozenset({(CITY.agency, "OPENED"), (CITY.agency, "MAIN_RESPONSIBLE")}),
        identified=True,
        main_responsible=CITY.agency,
    )


def story(asks: list[tuple[CaseCommand, Context]]) -> tuple[CaseEvent, ...]:
    """What happened, of all that was asked, a day apart."""
    events: tuple[CaseEvent, ...] = ()
    for day, (command, by) in enumerate(asks):
        state = CASE.replay(events)
        try:
            events += answer(state, command, later(by, days=day))
        except Refused:
            continue
    return events


def lives(asks: list[tuple[CaseCommand, Context]]) -> list[Case]:
    events = story(asks)
    return [CASE.replay(events[:count]) for count in range(len(events) + 1)]


def answer(state: Case, command: CaseCommand, by: Context) -> tuple[CaseEvent, ...]:
    return ACCEPTING.decide(state, command, by)


def test_there_is_no_case_before_anything_happened() -> None:
    assert CASE.replay(()) == NoCase()
