"""Consent: explained, and then given for no more than that, by whoever may."""

from datetime import date, timedelta

import msgspec
import pytest

from domain.categories import EXPLICIT_ONLY, CategoryCode
from domain.codes import ConsentKind, Purpose
from domain.consent_ledger import (
    ChildInConflict,
    ConflictNotFound,
    ConflictRecorded,
    ConflictSettled,
    ConsentAlreadyGranted,
    ConsentExpired,
    ConsentHasEnded,
    ConsentSuperseded,
    ConsentWasRefused,
    ConsentWasWithdrawn,
    FieldNotKnown,
    GrantedInTheFuture,
    GrantNotFound,
    GrantorNotCompetent,
    GrantorNotNamed,
    InformationNotNamed,
    LocationNotForMany,
    MeetingNotNamed,
    NeverByConsent,
    NewCircumstancesNotNamed,
    NoChildOfHers,
    NotExplained,
    NotTheSameConsent,
    PeriodAlreadyOver,
    PeriodNotNamed,
    RecordConflict,
    SettleConflict,
    StayNotNamed,
    WiderThanExplained,
)
from domain.model import AgencyId, GrantId, MeetingId, PersonId, StayId
from tests.consenting import (
    ASKED,
    HER_SISTER,
    HER_SON,
    LEDGER,
    MISAKI,
    conflict,
    explain,
    explained,
    grant,
    granted,
    ledger,
    refuse,
    refuse_what_was_asked,
    refused,
    refused_them,
    settled,
    withdrawn,
)
from tests.invariants import accepted
from tests.invariants import refused as refused_
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, given, making

# Explaining


def test_what_is_asked_is_explained_under_an_id_of_its_own() -> None:
    given(LEDGER).when(explain, by=CITY).then(explained)


@refused_("INV-C7", guard="domain.consent_ledger.asking:check_not_asked_again")
def test_nobody_asks_again_for_what_she_refused_as_long_as_nothing_has_changed() -> None:
    anew = making(CITY, an_id(800))
    for again in (
        explain,
        msgspec.structs.replace(explain, recipients=frozenset({SHELTER.agency, POLICE.agency})),
        msgspec.structs.replace(explain, categories=frozenset({"IDN"})),
    ):
        given(LEDGER, explained, refused_them).when(again, by=anew).refused(
            NewCircumstancesNotNamed
        )


@accepted("INV-C7")
def test_what_she_refused_may_be_asked_again_once_something_has_changed() -> None:
    anew = GrantId(an_id(800))
    since = msgspec.structs.replace(explain, asked_again_because="RISK_CHANGED")
    given(LEDGER, explained, refused_them).when(since, by=making(CITY, anew)).then(
        msgspec.structs.replace(explained, grant_id=anew, asked_again_because="RISK_CHANGED")
    )


def test_what_she_refused_one_agency_may_be_asked_for_another() -> None:
    anew = GrantId(an_id(800))
    given(LEDGER, explained, refused).when(explain, by=making(CITY, anew)).then(
        msgspec.structs.replace(explained, grant_id=anew)
    )
    of_another_kind = msgspec.structs.replace(explain, kind="TEMPORARY_PROTECTION")
    given(LEDGER, explained, refused_them).when(of_another_kind, by=making(CITY, anew)).then(
        msgspec.structs.replace(explained, grant_id=anew, kind="TEMPORARY_PROTECTION")
    )
    of_other_things = msgspec.structs.replace(explain, categories=frozenset({"HLT"}))
    given(LEDGER, explained, refused_them).when(of_other_things, by=making(CITY, anew)).then(
        msgspec.structs.replace(explained, grant_id=anew, categories=frozenset({"HLT"}))
    )


def test_a_refusal_without_categories_is_of_all_of_them() -> None:
    of_all = msgspec.structs.replace(refused_them, categories=frozenset())
    given(LEDGER, of_all).when(explain, by=making(CITY, an_id(800))).refused(
        NewCircumstancesNotNamed
    )


@pytest.mark.parametrize("category", ["ENV", "STF", "CNS", "GRV", "AGG", "PUB"])
def test_some_categories_are_never_opened_by_consent(category: CategoryCode) -> None:
    too_much = msgspec.structs.replace(explain, categories=frozenset({"IDN", category}))
    given(LEDGER).when(too_much, by=CITY).refused(NeverByConsent)


# Granting


@accepted("INV-C3", "INV-C4", "INV-C8")
def test_she_agrees_to_what_was_explained_or_to_less() -> None:
    given(LEDGER, explained).when(grant, by=CITY).then(granted)
    to_all_of_it = msgspec.structs.replace(
        grant, recipients=explain.recipients, categories=explain.categories
    )
    given(LEDGER, explained).when(to_all_of_it, by=CITY).then(
        msgspec.structs.replace(
            granted, recipients=explained.recipients, categories=explained.categories
        )
    )


def test_nothing_is_granted_that_was_not_explained() -> None:
    given(LEDGER).when(grant, by=CITY).refused(NotExplained)
    another = msgspec.structs.replace(grant, grant_id=GrantId(an_id(800)))
    given(LEDGER, explained).when(another, by=CITY).refused(NotExplained)


def test_a_grant_is_no_wider_than_its_explanation() -> None:
    def asking_for(
        kind: ConsentKind = grant.kind,
        purpose: Purpose = grant.purpose,
        recipients: frozenset[AgencyId] = grant.recipients,
        categories: frozenset[CategoryCode] = grant.categories,
    ) -> None:
        wider = msgspec.structs.replace(
            grant, kind=kind, purpose=purpose, recipients=recipients, categories=categories
        )
        given(LEDGER, explained).when(wider, by=CITY).refused(WiderThanExplained)

    asking_for(recipients=frozenset({CENTRE.agency, POLICE.agency}))
    asking_for(categories=frozenset({"IDN", "HLT"}))
    asking_for(kind="TEMPORARY_PROTECTION")
    asking_for(purpose="CONFERENCE")


@refused_("INV-C8", guard="domain.consent_ledger.asking:check_explained")
def test_the_most_guarded_categories_are_granted_only_if_they_were_named() -> None:
    everything_else = frozenset[CategoryCode](
        {"SVC", "IDN", "CNT", "ADR", "FAM", "CHD", "SCH", "PRB", "RSK", "HLT", "LEG", "ECO"}
    )
    plainly = msgspec.structs.replace(explained, categories=everything_else)
    for category in EXPLICIT_ONLY:
        slipped_in = msgspec.structs.replace(grant, categories=everything_else | {category})
        given(LEDGER, plainly).when(slipped_in, by=CITY).refused(WiderThanExplained)


@refused_("INV-C3", guard="domain.consent_ledger.asking:check_information_named")
def test_information_consent_names_the_information() -> None:
    unnamed = msgspec.structs.replace(grant, categories=frozenset())
    given(LEDGER, explained).when(unnamed, by=CITY).refused(InformationNotNamed)


@accepted("INV-C9")
def test_consent_to_protection_needs_no_information_to_be_shared() -> None:
    protection_explained = msgspec.structs.replace(
        explained, kind="TEMPORARY_PROTECTION", categories=frozenset()
    )
    to_protection = msgspec.structs.replace(
        grant, kind="TEMPORARY_PROTECTION", categories=frozenset()
    )
    given(LEDGER, protection_explained).when(to_protection, by=CITY).then(
        msgspec.structs.replace(granted, kind="TEMPORARY_PROTECTION", categories=frozenset())
    )


@accepted("INV-C8")
def test_where_she_is_goes_to_an_agency_she_names() -> None:
    to_the_shelter = msgspec.structs.replace(
        grant, recipients=frozenset({SHELTER.agency}), categories=frozenset({"LOC"})
    )
    given(LEDGER, explained).when(to_the_shelter, by=CITY).then(
        msgspec.structs.replace(
            granted, recipients=frozenset({SHELTER.agency}), categories=frozenset({"LOC"})
        )
    )


@refused_("INV-C8", guard="domain.consent_ledger.asking:check_location")
def test_where_she_is_never_goes_to_a_meeting_or_into_a_ledger() -> None:
    where = msgspec.structs.replace(grant, categories=frozenset({"LOC"}))
    to_a_meeting = msgspec.structs.replace(where, via_meeting=MeetingId(an_id(900)))
    given(LEDGER, explained).when(to_a_meeting, by=CITY).refused(LocationNotForMany)

    for_the_ledger = msgspec.structs.replace(explained, purpose="LEDGER")
    into_the_ledger = msgspec.structs.replace(where, purpose="LEDGER")
    given(LEDGER, for_the_ledger).when(into_the_ledger, by=CITY).refused(LocationNotForMany)

    ledger_entry = msgspec.structs.replace(explained, kind="LEDGER")
    as_an_entry = msgspec.structs.replace(where, kind="LEDGER")
    given(LEDGER, ledger_entry).when(as_an_entry, by=CITY).refused(LocationNotForMany)


def test_a_meeting_may_have_what_is_not_where_she_is() -> None:
    meeting = MeetingId(an_id(900))
    to_a_meeting = msgspec.structs.replace(grant, via_meeting=meeting)
    given(LEDGER, explained).when(to_a_meeting, by=CITY).then(
        msgspec.structs.replace(granted, via_meeting=meeting)
    )


def test_leaving_out_a_field_that_does_not_exist_would_leave_out_nothing() -> None:
    misspelt = frozenset({"case.subject_identified.v1/birthdate"})
    leaving_out = msgspec.structs.replace(grant, excluded_fields=misspelt)
    given(LEDGER, explained).when(leaving_out, by=CITY).refused(FieldNotKnown)
    only = msgspec.structs.replace(grant, only_fields=misspelt)
    given(LEDGER, explained).when(only, by=CITY).refused(FieldNotKnown)


def test_she_may_share_only_some_fields_of_a_category() -> None:
    her_name = frozenset({"case.subject_identified.v1/name"})
    only = msgspec.structs.replace(grant, only_fields=her_name)
    given(LEDGER, explained).when(only, by=CITY).then(
        msgspec.structs.replace(granted, only_fields=her_name)
    )


@refused_("INV-C3", guard="domain.consent_ledger.asking:check_period")
def test_consent_lasts_until_a_date_or_an_event_and_not_both() -> None:
    today = date(2026, 5, 13)
    until_today = msgspec.structs.replace(grant, until_event=None, valid_until=today)
    given(LEDGER, explained).when(until_today, by=CITY).then(
        msgspec.structs.replace(granted, until_event=None, valid_until=today, remind_on=today)
    )
    for_ever = msgspec.structs.replace(grant, until_event=None)
    given(LEDGER, explained).when(for_ever, by=CITY).refused(PeriodNotNamed)
    until_both = msgspec.structs.replace(grant, valid_until=today)
    given(LEDGER, explained).when(until_both, by=CITY).refused(PeriodNotNamed)
    until_yesterday = msgspec.structs.replace(until_today, valid_until=today - timedelta(days=1))
    given(LEDGER, explained).when(until_yesterday, by=CITY).refused(PeriodAlreadyOver)


@refused_("INV-C4", guard="domain.consent_ledger.asking:is_late", instead=False)
def test_a_paper_form_entered_later_says_so() -> None:
    yesterday = NOW - timedelta(days=1)
    on_paper = msgspec.structs.replace(grant, granted_at=yesterday)
    given(LEDGER, explained).when(on_paper, by=CITY).then(
        msgspec.structs.replace(granted, granted_at=yesterday, late_entry=True)
    )


@refused_("INV-C4", guard="domain.consent_ledger.asking:check_has_been_given")
def test_consent_is_not_recorded_before_she_gives_it() -> None:
    tomorrow = msgspec.structs.replace(grant, granted_at=NOW + timedelta(days=1))
    given(LEDGER, explained).when(tomorrow, by=CITY).refused(GrantedInTheFuture)


@accepted("INV-C10")
def test_an_adult_companion_agrees_for_herself_and_a_guardian_for_a_child() -> None:
    for grantor, person in (("ADULT_COMPANION", HER_SISTER), ("GUARDIAN", HER_SON)):
        named = msgspec.structs.replace(grant, grantor=grantor, grantor_id=person)
        given(LEDGER, explained).when(named, by=CITY).then(
            msgspec.structs.replace(granted, grantor=grantor, grantor_id=person)
        )


def test_whoever_agrees_beside_her_is_named() -> None:
    unnamed = msgspec.structs.replace(grant, grantor="ADULT_COMPANION")
    given(LEDGER, explained).when(unnamed, by=CITY).refused(GrantorNotNamed)
    not_a_companion = msgspec.structs.replace(unnamed, grantor_id=MISAKI)
    given(LEDGER, explained).when(not_a_companion, by=CITY).refused(GrantorNotNamed)


@refused_("INV-C10", guard="domain.consent_ledger.asking:check_competent")
def test_nobody_agrees_for_an_adult_but_herself_nor_for_who_is_not_with_her() -> None:
    a_stranger = PersonId(an_id(609))
    for grantor, person in (
        ("GUARDIAN", HER_SISTER),
        ("ADULT_COMPANION", HER_SON),
        ("ADULT_COMPANION", a_stranger),
        ("GUARDIAN", a_stranger),
    ):
        named = msgspec.structs.replace(grant, grantor=grantor, grantor_id=person)
        given(LEDGER, explained).when(named, by=CITY).refused(GrantorNotCompetent)


@refused_("INV-C10", guard="domain.consent_ledger.asking:check_no_conflict")
def test_where_a_child_is_in_conflict_nobody_agrees_for_it() -> None:
    for_her_son = msgspec.structs.replace(grant, grantor="GUARDIAN", grantor_id=HER_SON)
    given(LEDGER, explained, conflict).when(for_her_son, by=CITY).refused(ChildInConflict)


def test_a_conflict_says_nothing_of_others_and_may_be_settled() -> None:
    given(LEDGER, explained, conflict).when(grant, by=CITY).then(granted)
    for_her_son = msgspec.structs.replace(grant, grantor="GUARDIAN", grantor_id=HER_SON)
    given(LEDGER, explained, conflict, settled).when(for_her_son, by=CITY).then(
        msgspec.structs.replace(granted, grantor="GUARDIAN", grantor_id=HER_SON)
    )


# A conflict between a child and whoever would agree for it


def test_a_conflict_is_recorded_by_anybody_who_takes_part_and_by_each_once() -> None:
    record = RecordConflict(child_id=HER_SON)
    given(LEDGER).when(record, by=CITY).then(conflict)
    given(LEDGER, conflict).when(record, by=CITY).then_nothing()
    by_the_centre = ConflictRecorded(child_id=HER_SON, via_agency=CENTRE.agency)
    for said in ((), (conflict,)):  # It learns from no answer what others have said.
        given(LEDGER, *said).when(record, by=CENTRE).then(by_the_centre)
    given(LEDGER).when(RecordConflict(child_id=HER_SISTER), by=CITY).refused(NoChildOfHers)


def test_a_conflict_is_settled_by_whoever_recorded_it() -> None:
    settle = SettleConflict(child_id=HER_SON)
    given(LEDGER, conflict).when(settle, by=CITY).then(settled)
    for said in ((), (conflict,)):
        given(LEDGER, *said).when(settle, by=CENTRE).refused(ConflictNotFound)
    given(LEDGER).when(settle, by=CITY).refused(ConflictNotFound)
    given(LEDGER, conflict, settled).when(settle, by=CITY).refused(ConflictNotFound)


def test_a_conflict_stands_as_long_as_anybody_says_so() -> None:
    for_her_son = msgspec.structs.replace(grant, grantor="GUARDIAN", grantor_id=HER_SON)
    too = ConflictRecorded(child_id=HER_SON, via_agency=CENTRE.agency)
    left = given(LEDGER, explained, conflict, too, settled)
    left.when(for_her_son, by=CITY).refused(ChildInConflict)
    by_both = ConflictSettled(child_id=HER_SON, via_agency=CENTRE.agency)
    given(LEDGER, explained, conflict, too, settled, by_both).when(for_her_son, by=CITY).then(
        msgspec.structs.replace(granted, grantor="GUARDIAN", grantor_id=HER_SON)
    )


# Whose consent it is


def test_nobody_else_agrees_in_her_name() -> None:
    given(LEDGER, explained).when(
        msgspec.structs.replace(grant, grantor_id=HER_SISTER), by=CITY
    ).refused(GrantorNotNamed)
    given(LEDGER, explained).when(msgspec.structs.replace(grant, grantor_id=MISAKI), by=CITY).then(
        granted
    )


def test_what_she_granted_refused_or_took_back_is_not_granted_again() -> None:
    given(LEDGER, explained, granted).when(grant, by=CITY).refused(ConsentAlreadyGranted)
    given(LEDGER, explained, refused).when(grant, by=CITY).refused(ConsentWasRefused)
    history = (explained, granted, withdrawn)
    given(LEDGER, *history).when(grant, by=CITY).refused(ConsentWasWithdrawn)
    expired = ConsentExpired(grant_id=ASKED)
    given(LEDGER, explained, granted, expired).when(grant, by=CITY).refused(ConsentHasEnded)


def test_consent_does_not_wait_for_the_case_to_be_accepted() -> None:
    given(ledger(status="CONTACT"), explained).when(grant, by=CITY).then(granted)


# What a consent waits for, and whether that can still come


def test_a_consent_until_the_end_of_a_stay_names_the_stay() -> None:
    """One that is to be decided gets its id here; others are named by theirs."""
    until = msgspec.structs.replace(grant, until_event="STAY_END")
    to_be_decided = msgspec.structs.replace(
        granted, until_event="STAY_END", until_stay=StayId(CITY.new_id)
    )
    given(LEDGER, explained).when(until, by=CITY).then(to_be_decided)

    decided = StayId(an_id(950))
    named = msgspec.structs.replace(until, until_stay=decided)
    until_it_ends = msgspec.structs.replace(to_be_decided, until_stay=decided)
    given(ledger(stays=frozenset({decided})), explained).when(named, by=CITY).then(until_it_ends)
    other = msgspec.structs.replace(until_it_ends, grant_id=GrantId(an_id(801)))
    given(LEDGER, explained, other).when(named, by=CITY).then(until_it_ends)


def test_what_has_ended_is_waited_for_in_vain() -> None:
    gone = msgspec.structs.replace(grant, until_event="STAY_END", until_stay=StayId(an_id(950)))
    given(LEDGER, explained).when(gone, by=CITY).refused(PeriodAlreadyOver)
    for status in ("CLOSED", "TRANSFERRED"):
        for event in ("CASE_CLOSE", "CASE_TRANSFER", "STAY_END"):
            in_vain = msgspec.structs.replace(grant, until_event=event)
            given(ledger(status=status), explained).when(in_vain, by=CITY).refused(
                PeriodAlreadyOver
            )
    a_date = msgspec.structs.replace(grant, until_event=None, valid_until=date(2026, 6, 30))
    given(ledger(status="CLOSED"), explained).when(a_date, by=CITY).then(
        msgspec.structs.replace(
            granted,
            until_event=None,
            valid_until=date(2026, 6, 30),
            remind_on=date(2026, 5, 31),
        )
    )


def test_a_stay_is_named_by_what_ends_with_it_alone() -> None:
    stray = msgspec.structs.replace(grant, until_stay=StayId(an_id(950)))
    given(LEDGER, explained).when(stray, by=CITY).refused(StayNotNamed)


def test_a_consent_until_the_end_of_a_meeting_goes_through_one_that_is_still_to_close() -> None:
    meeting = MeetingId(an_id(900))
    until = msgspec.structs.replace(grant, until_event="MEETING_CLOSE")
    given(LEDGER, explained).when(until, by=CITY).refused(MeetingNotNamed)
    through = msgspec.structs.replace(until, via_meeting=meeting)
    given(LEDGER, explained).when(through, by=CITY).refused(PeriodAlreadyOver)
    given(ledger(meetings=frozenset({meeting})), explained).when(through, by=CITY).then(
        msgspec.structs.replace(granted, until_event="MEETING_CLOSE", via_meeting=meeting)
    )


# Granting anew


def test_a_new_consent_takes_the_place_of_another_in_the_same_append() -> None:
    anew = GrantId(an_id(801))
    asked_anew = msgspec.structs.replace(explained, grant_id=anew)
    instead = msgspec.structs.replace(grant, grant_id=anew, supersedes=ASKED)
    given(LEDGER, explained, granted, asked_anew).when(instead, by=CITY).then(
        msgspec.structs.replace(granted, grant_id=anew),
        ConsentSuperseded(grant_id=ASKED, by_grant=anew),
    )


def test_it_takes_the_place_of_one_of_its_own_that_still_runs() -> None:
    anew = GrantId(an_id(801))
    asked_anew = msgspec.structs.replace(explained, grant_id=anew)
    instead = msgspec.structs.replace(grant, grant_id=anew, supersedes=ASKED)
    given(LEDGER, asked_anew).when(instead, by=CITY).refused(GrantNotFound)
    given(LEDGER, explained, asked_anew).when(instead, by=CITY).refused(NotTheSameConsent)
    ended = (explained, granted, withdrawn, asked_anew)
    given(LEDGER, *ended).when(instead, by=CITY).refused(NotTheSameConsent)
    of_her_sister = msgspec.structs.replace(
        granted, grantor="ADULT_COMPANION", grantor_id=HER_SISTER
    )
    others = (explained, of_her_sister, asked_anew)
    given(LEDGER, *others).when(instead, by=CITY).refused(NotTheSameConsent)


# Refusing


@accepted("INV-C7")
def test_a_refusal_is_recorded() -> None:
    given(LEDGER, explained).when(refuse_what_was_asked, by=CITY).then(refused)


def test_she_may_refuse_before_she_is_asked() -> None:
    given(LEDGER).when(refuse, by=CITY).then(refused)


def test_refusing_twice_is_refusing_once() -> None:
    given(LEDGER, explained, refused).when(refuse_what_was_asked, by=CITY).then_nothing()
    given(LEDGER, explained, withdrawn).when(refuse_what_was_asked, by=CITY).then_nothing()


def test_what_she_granted_is_withdrawn_and_not_refused() -> None:
    history = (explained, granted)
    given(LEDGER, *history).when(refuse_what_was_asked, by=CITY).refused(ConsentAlreadyGranted)


def test_what_was_never_asked_is_refused_under_no_id_of_the_callers() -> None:
    given(LEDGER).when(refuse_what_was_asked, by=CITY).refused(GrantNotFound)
