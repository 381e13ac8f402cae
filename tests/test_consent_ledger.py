"""Consent: explained, then given for no more than that, and taken back at any time."""

from datetime import date, timedelta
from typing import Final

import msgspec
import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from domain.case import ActiveCase, CaseNotFound, ContactCase, NoCase
from domain.categories import CategoryCode
from domain.codes import Condition, ConsentKind, Purpose
from domain.consent_ledger import (
    ConsentAlreadyGranted,
    ConsentCommand,
    ConsentEvent,
    ConsentExplained,
    ConsentGranted,
    ConsentRefused,
    ConsentWasRefused,
    ConsentWasWithdrawn,
    ConsentWithdrawn,
    ExplainConsent,
    FieldNotKnown,
    GrantConsent,
    GrantedInTheFuture,
    GrantNotFound,
    GrantorNotNamed,
    InformationNotNamed,
    LocationNotForMany,
    NeverByConsent,
    NotExplained,
    PeriodAlreadyOver,
    PeriodNotNamed,
    RecordRefusal,
    WiderThanExplained,
    WithdrawConsent,
    consent_ledger,
)
from domain.model import (
    CLOSED,
    ERASED,
    AgencyId,
    Context,
    GrantId,
    MeetingId,
    PersonId,
    StaffId,
    Withheld,
)
from domain.speech import Refused
from tests.spec import (
    CENTRE,
    CITY,
    NOW,
    POLICE,
    SHELTER,
    an_id,
    given,
    later,
    making,
    without_words,
)

MISAKI: Final = PersonId(an_id(600))
HER_SISTER: Final = PersonId(an_id(601))
ASKED: Final = GrantId(CITY.new_id)

contact = ContactCase(subject_id=MISAKI, reasons=frozenset({(CITY.agency, "OPENED")}))
active = ActiveCase(
    subject_id=MISAKI,
    reasons=frozenset({(CITY.agency, "OPENED"), (CENTRE.agency, "MAIN_SUPPORT")}),
    identified=True,
    main_responsible=CENTRE.agency,
)
LEDGER: Final = consent_ledger(active)

explain = ExplainConsent(
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({CENTRE.agency, SHELTER.agency}),
    categories=frozenset({"IDN", "CNT", "RSK", "LOC"}),
    language="vi",
    interpreter=StaffId(an_id(700)),
    material_version="leaflet-2026.1",
)
grant = GrantConsent(
    grant_id=ASKED,
    kind="INFORMATION",
    grantor="SUBJECT",
    recipients=frozenset({CENTRE.agency}),
    categories=frozenset({"IDN", "CNT", "RSK"}),
    excluded_fields=frozenset({"case.subject_identified.v1/birth_date"}),
    purpose="PROTECTION",
    until_event="CASE_CLOSE",
    history="SNAPSHOT",
    method="WRITTEN",
    evidence_hash="0" * 64,
    conditions=frozenset({"KEEPS_PHONE", "KEEPS_WORK"}),
    conditions_text="昼休みだけ電話に出られます。",
)
refuse = RecordRefusal(
    kind="INFORMATION",
    recipients=frozenset({POLICE.agency}),
    categories=frozenset({"IDN", "LOC"}),
    purpose="PROTECTION",
)
refuse_what_was_asked = msgspec.structs.replace(refuse, grant_id=ASKED)
withdraw = WithdrawConsent(grant_id=ASKED)

explained = ConsentExplained(
    grant_id=ASKED,
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({CENTRE.agency, SHELTER.agency}),
    categories=frozenset({"IDN", "CNT", "RSK", "LOC"}),
    explained_by=CITY.staff,
    language="vi",
    interpreter=StaffId(an_id(700)),
    material_version="leaflet-2026.1",
)
granted = ConsentGranted(
    grant_id=ASKED,
    kind="INFORMATION",
    grantor="SUBJECT",
    grantor_id=MISAKI,
    recipients=frozenset({CENTRE.agency}),
    categories=frozenset({"IDN", "CNT", "RSK"}),
    excluded_fields=frozenset({"case.subject_identified.v1/birth_date"}),
    purpose="PROTECTION",
    granted_at=NOW,
    until_event="CASE_CLOSE",
    history="SNAPSHOT",
    method="WRITTEN",
    obtained_by=CITY.agency,
    evidence_hash="0" * 64,
    late_entry=False,
    conditions=frozenset[Condition]({"KEEPS_PHONE", "KEEPS_WORK"}),
    conditions_text="昼休みだけ電話に出られます。",
)
refused = ConsentRefused(
    grant_id=ASKED,
    kind="INFORMATION",
    recipients=frozenset({POLICE.agency}),
    categories=frozenset({"IDN", "LOC"}),
    purpose="PROTECTION",
    at=NOW,
)
withdrawn = ConsentWithdrawn(grant_id=ASKED, at=NOW, via_agency=CITY.agency, reason=None)


# Explaining


def test_what_is_asked_is_explained_under_an_id_of_its_own() -> None:
    given(LEDGER).when(explain, by=CITY).then(explained)


def test_what_she_refused_may_be_explained_again_as_a_new_request() -> None:
    anew = GrantId(an_id(800))
    given(LEDGER, explained, refused).when(explain, by=making(CITY, anew)).then(
        msgspec.structs.replace(explained, grant_id=anew)
    )


@pytest.mark.parametrize("category", ["ENV", "STF", "CNS", "GRV", "AGG", "PUB"])
def test_some_categories_are_never_opened_by_consent(category: CategoryCode) -> None:
    too_much = msgspec.structs.replace(explain, categories=frozenset({"IDN", category}))
    given(LEDGER).when(too_much, by=CITY).refused(NeverByConsent)


# Granting


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


@pytest.mark.parametrize("category", ["LOC", "SXH", "NAR"])
def test_the_most_guarded_categories_are_granted_only_if_they_were_named(
    category: CategoryCode,
) -> None:
    everything_else = frozenset[CategoryCode](
        {"SVC", "IDN", "CNT", "ADR", "FAM", "CHD", "SCH", "PRB", "RSK", "HLT", "LEG", "ECO"}
    )
    plainly = msgspec.structs.replace(explained, categories=everything_else)
    slipped_in = msgspec.structs.replace(grant, categories=everything_else | {category})
    given(LEDGER, plainly).when(slipped_in, by=CITY).refused(WiderThanExplained)


def test_information_consent_names_the_information() -> None:
    unnamed = msgspec.structs.replace(grant, categories=frozenset())
    given(LEDGER, explained).when(unnamed, by=CITY).refused(InformationNotNamed)


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


def test_where_she_is_goes_to_an_agency_she_names() -> None:
    to_the_shelter = msgspec.structs.replace(
        grant, recipients=frozenset({SHELTER.agency}), categories=frozenset({"LOC"})
    )
    given(LEDGER, explained).when(to_the_shelter, by=CITY).then(
        msgspec.structs.replace(
            granted, recipients=frozenset({SHELTER.agency}), categories=frozenset({"LOC"})
        )
    )


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


def test_consent_lasts_until_a_date_or_an_event_and_not_both() -> None:
    today = date(2026, 5, 13)
    until_today = msgspec.structs.replace(grant, until_event=None, valid_until=today)
    given(LEDGER, explained).when(until_today, by=CITY).then(
        msgspec.structs.replace(granted, until_event=None, valid_until=today)
    )
    for_ever = msgspec.structs.replace(grant, until_event=None)
    given(LEDGER, explained).when(for_ever, by=CITY).refused(PeriodNotNamed)
    until_both = msgspec.structs.replace(grant, valid_until=today)
    given(LEDGER, explained).when(until_both, by=CITY).refused(PeriodNotNamed)
    until_yesterday = msgspec.structs.replace(until_today, valid_until=today - timedelta(days=1))
    given(LEDGER, explained).when(until_yesterday, by=CITY).refused(PeriodAlreadyOver)


def test_a_paper_form_entered_later_says_so() -> None:
    yesterday = NOW - timedelta(days=1)
    on_paper = msgspec.structs.replace(grant, granted_at=yesterday)
    given(LEDGER, explained).when(on_paper, by=CITY).then(
        msgspec.structs.replace(granted, granted_at=yesterday, late_entry=True)
    )


def test_consent_is_not_recorded_before_she_gives_it() -> None:
    tomorrow = msgspec.structs.replace(grant, granted_at=NOW + timedelta(days=1))
    given(LEDGER, explained).when(tomorrow, by=CITY).refused(GrantedInTheFuture)


def test_who_agrees_for_themselves_or_for_a_child_is_named() -> None:
    for_herself = msgspec.structs.replace(grant, grantor="ADULT_COMPANION", grantor_id=HER_SISTER)
    given(LEDGER, explained).when(for_herself, by=CITY).then(
        msgspec.structs.replace(granted, grantor="ADULT_COMPANION", grantor_id=HER_SISTER)
    )
    unnamed = msgspec.structs.replace(grant, grantor="ADULT_COMPANION")
    given(LEDGER, explained).when(unnamed, by=CITY).refused(GrantorNotNamed)
    not_a_companion = msgspec.structs.replace(unnamed, grantor_id=MISAKI)
    given(LEDGER, explained).when(not_a_companion, by=CITY).refused(GrantorNotNamed)


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


def test_consent_does_not_wait_for_the_case_to_be_accepted() -> None:
    given(consent_ledger(contact), explained).when(grant, by=CITY).then(granted)


# Refusing


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


# Withdrawing


def test_she_takes_back_her_consent_without_a_reason() -> None:
    given(LEDGER, explained, granted).when(withdraw, by=CITY).then(withdrawn)


def test_she_may_say_why() -> None:
    why = "夫の知人が職員にいると聞いた。"
    saying_why = msgspec.structs.replace(withdraw, reason=why)
    given(LEDGER, explained, granted).when(saying_why, by=CITY).then(
        msgspec.structs.replace(withdrawn, reason=why)
    )


def test_she_takes_it_back_through_any_agency_that_takes_part() -> None:
    given(LEDGER, explained, granted).when(withdraw, by=CENTRE).then(
        msgspec.structs.replace(withdrawn, via_agency=CENTRE.agency)
    )


def test_she_may_change_her_mind_before_she_has_agreed() -> None:
    given(LEDGER, explained).when(withdraw, by=CITY).then(withdrawn)


def test_withdrawing_twice_is_withdrawing_once() -> None:
    given(LEDGER, explained, granted, withdrawn).when(withdraw, by=CITY).then_nothing()
    given(LEDGER, explained, refused).when(withdraw, by=CITY).then_nothing()


def test_what_was_never_asked_cannot_be_withdrawn() -> None:
    given(LEDGER).when(withdraw, by=CITY).refused(GrantNotFound)


def test_a_withdrawal_overtakes_what_was_decided_on_the_case() -> None:
    assert ConsentWithdrawn.stamps == {"case"}
    for widening in (ConsentExplained, ConsentGranted, ConsentRefused):
        assert not widening.stamps


# Who may ask, and what holds whatever is asked


@pytest.mark.parametrize(
    "command", [explain, grant, refuse, withdraw], ids=lambda c: type(c).__name__
)
def test_hidden_is_the_same_as_not_there(command: ConsentCommand) -> None:
    for case in (NoCase(), contact, active):
        given(consent_ledger(case), explained).when(command, by=POLICE).refused(CaseNotFound)


GRANTS: Final = [GrantId(an_id(number)) for number in (801, 802)]
SOME_CATEGORIES: Final[list[CategoryCode]] = ["IDN", "CNT", "LOC", "HLT"]


@st.composite
def commands(draw: st.DrawFn) -> ConsentCommand:
    """What may be asked about two grants, in any order, and not always rightly."""
    grant_id = draw(st.sampled_from(GRANTS))
    rightly = msgspec.structs.replace(grant, grant_id=grant_id)
    choices: list[ConsentCommand] = [
        explain,
        rightly,
        msgspec.structs.replace(
            rightly,
            recipients=draw(st.frozensets(st.sampled_from([CENTRE.agency, POLICE.agency]))),
            categories=draw(st.frozensets(st.sampled_from(SOME_CATEGORIES))),
        ),
        refuse,
        msgspec.structs.replace(refuse, grant_id=grant_id),
        WithdrawConsent(grant_id=grant_id),
    ]
    return draw(st.sampled_from(choices))


asks = st.lists(
    st.tuples(commands(), st.sampled_from([CITY, CENTRE, POLICE])), min_size=3, max_size=14
)
Asks = list[tuple[ConsentCommand, Context]]


@for_any(asks)
def test_what_she_refused_or_took_back_is_never_in_force_again(asked: Asks) -> None:
    ended: set[GrantId] = set()
    for event in story(asked):
        if isinstance(event, ConsentGranted):
            assert event.grant_id not in ended
        if isinstance(event, ConsentRefused | ConsentWithdrawn):
            ended.add(event.grant_id)


@for_any(asks)
def test_nothing_is_ever_granted_beyond_what_was_explained_before(asked: Asks) -> None:
    before: dict[GrantId, ConsentExplained] = {}
    for event in story(asked):
        if isinstance(event, ConsentExplained):
            before[event.grant_id] = event
        if isinstance(event, ConsentGranted):
            assert event.recipients <= before[event.grant_id].recipients
            assert event.categories <= before[event.grant_id].categories


@for_any(asks, st.sampled_from([CITY, CENTRE]))
def test_whatever_was_asked_before_she_can_take_it_back(asked: Asks, by: Context) -> None:
    events = story(asked)
    for last in {event.grant_id: event for event in events}.values():
        take_back = WithdrawConsent(grant_id=last.grant_id)
        after = LEDGER.decide(LEDGER.replay(events), take_back, by)
        assert bool(after) != isinstance(last, ConsentRefused | ConsentWithdrawn)
        assert LEDGER.decide(LEDGER.replay((*events, *after)), take_back, by) == ()


@for_any(asks, st.sampled_from([CLOSED, ERASED]))
def test_what_was_erased_or_stays_closed_stops_no_fold(asked: Asks, withheld: Withheld) -> None:
    events = story(asked)
    assert LEDGER.replay(without_words(e, withheld) for e in events) == LEDGER.replay(events)


def story(asked: Asks) -> tuple[ConsentEvent, ...]:
    """What happened after both were explained, of all that was asked, a day apart."""
    events: tuple[ConsentEvent, ...] = tuple(
        msgspec.structs.replace(explained, grant_id=grant_id) for grant_id in GRANTS
    )
    for day, (command, by) in enumerate(asked):
        then = making(later(by, days=day), an_id(1000 + day))
        try:
            events += LEDGER.decide(LEDGER.replay(events), command, then)
        except Refused:
            continue
    return events
