"""Stays: how each begins, goes on and ends, and who knows where she is."""

from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.case.aftercare import (
    AftercareAlreadyRuns,
    AftercareStarted,
    AftercareTerms,
)
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.beside import Beside, CompanionNotFound
from domain.case.days import DayAlreadyPast, DayStillToCome
from domain.case.stay_events import (
    CancelStay,
    EndStay,
    ExtendStay,
    StartStay,
    StayCommand,
    StayDecided,
    StayEvent,
    StayStarted,
)
from domain.case.stay_rules import (
    STAY,
    AdultHasNotAgreed,
    AftercareOrDeclined,
    AnotherStayRuns,
    CompanionLeftOut,
    EndsBeforeItBegins,
    NotAnExtension,
    NotYourStay,
    NotYoursToDecide,
    ReasonCodeIsMissing,
    SheStillAgrees,
    StayHasBegun,
    StayIsOver,
    StayNotBegun,
)
from domain.case.support import StayNotFound
from domain.categories import LOC, PRB, RSK, CategoryCode
from domain.fields import cut_of
from domain.model import CLOSED, Context, Event, StayId
from domain.speech import Refused
from domain.support_codes import (
    PROTECTIVE_STAYS,
    RESIDENTIAL_STAYS,
    STAY_KINDS,
    AftercareMeans,
)
from tests.beside import (
    FACILITY,
    HER_MOTHER,
    HER_SON,
    NPO,
    SHE_AGREED,
    beside,
)
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, SHELTER, When, given, without_words
from tests.spec.case import STAY as ARROWS
from tests.staying import (
    AGREED,
    TODAY,
    TOMORROW,
    YESTERDAY,
    agreed,
    cancel,
    cancelled,
    decide_commissioned,
    decided,
    deciding,
    end,
    ended,
    extend,
    extended,
    making_another,
    next_decided,
    start,
    started,
    starting,
    staying,
)
from tests.told import accepted as case_accepted
from tests.told import by as recorded_by
from tests.told import granted, opened, told, visible

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
