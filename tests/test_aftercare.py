"""Aftercare: who stays in touch with her, as she likes it, and until she has been heard."""

from datetime import date
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.case import aftercare
from domain.case.aftercare import (
    AFTERCARE,
    Aftercare,
    AftercareAlreadyRuns,
    AftercareCommand,
    AftercareEnded,
    AftercareEvent,
    AftercareRescheduled,
    AftercareStarted,
    AftercareTerms,
    EndAftercare,
    HerViewIsMissing,
    LeadTakesNoPart,
    NoAftercareRuns,
    NobodyAnswersForHer,
    OnlyWhoLeadsAftercare,
    RescheduleAftercare,
    StartAftercare,
    VisitsNeedHerAddress,
)
from domain.case.beside import Beside
from domain.model import CLOSED, Context, Decider
from domain.speech import Refused
from domain.support_codes import AftercareMeans, CannotBeAsked
from tests.beside import BESIDE, NPO, beside
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, POLICE, SHELTER, given, without_words

TODAY: Final = date(2026, 5, 13)


def following_up(
    rest: Beside = BESIDE,
) -> Decider[Aftercare, AftercareCommand, AftercareEvent]:
    def decide(
        state: Aftercare, command: AftercareCommand, by: Context
    ) -> tuple[AftercareEvent, ...]:
        return aftercare.decide(state, rest, command, by)

    return Decider(Aftercare(), decide, aftercare.evolve)


PHONE: Final[frozenset[AftercareMeans]] = frozenset({"PHONE"})
VISITS: Final[frozenset[AftercareMeans]] = frozenset({"PHONE", "VISIT"})
TERMS: Final = AftercareTerms(
    lead_agency=NPO.agency, means=PHONE, cadence_days=21, subject_wish="電話なら安心できる"
)
WITH_VISITS: Final = replace(TERMS, means=VISITS)
SHE_LETS_THEM_COME: Final = beside(may_know_where=frozenset({NPO.agency}))

start = StartAftercare(terms=TERMS)
reschedule = RescheduleAftercare(terms=TERMS, reason="訪問は負担が大きいとのこと。")
end = EndAftercare(subject_wish="もう一人でやっていける")

started = AftercareStarted(
    lead_agency=NPO.agency,
    started_on=TODAY,
    means=PHONE,
    cadence_days=21,
    subject_wish="電話なら安心できる",
)
rescheduled = AftercareRescheduled(
    lead_agency=NPO.agency,
    means=PHONE,
    cadence_days=21,
    subject_wish="電話なら安心できる",
    reason="訪問は負担が大きいとのこと。",
)
ended = AftercareEnded(
    lead_agency=NPO.agency,
    ended_on=TODAY,
    subject_wish="もう一人でやっていける",
    reason=None,
)


@accepted("INV-F1")
def test_an_agency_stays_in_touch_with_her_by_telephone_and_needs_no_address() -> None:
    given(following_up()).when(start, by=CENTRE).then(started)


@accepted("INV-F1")
def test_an_agency_that_may_know_where_she_is_visits_her() -> None:
    given(following_up(SHE_LETS_THEM_COME)).when(StartAftercare(terms=WITH_VISITS), by=CENTRE).then(
        replace(started, means=VISITS)
    )


@refused("INV-F1", guard="domain.case.aftercare:check_may_visit")
def test_nobody_visits_her_who_may_not_know_where_she_is() -> None:
    another = beside(may_know_where=frozenset({CENTRE.agency}))
    for rest in (BESIDE, another):
        visit = StartAftercare(terms=WITH_VISITS)
        given(following_up(rest)).when(visit, by=CENTRE).refused(VisitsNeedHerAddress)


@refused("INV-F1", guard="domain.case.aftercare:check_may_visit")
def test_once_she_takes_that_back_visits_are_not_planned_any_more() -> None:
    visit = RescheduleAftercare(terms=WITH_VISITS)
    running = given(following_up(), replace(started, means=VISITS))
    running.when(visit, by=NPO).refused(VisitsNeedHerAddress)
    running.when(reschedule, by=NPO).then(rescheduled)


@refused("INV-F1", guard="domain.case.aftercare:check_lead")
def test_an_agency_that_takes_no_part_leads_no_aftercare() -> None:
    elsewhere = replace(TERMS, lead_agency=POLICE.agency)
    given(following_up()).when(StartAftercare(terms=elsewhere), by=CENTRE).refused(LeadTakesNoPart)
    given(following_up(), started).when(RescheduleAftercare(terms=elsewhere), by=NPO).refused(
        LeadTakesNoPart
    )


def test_aftercare_begins_once_somebody_answers_for_her() -> None:
    nobody = beside(main_responsible=None)
    given(following_up(nobody)).when(start, by=CENTRE).refused(NobodyAnswersForHer)


def test_it_is_changed_and_ended_by_who_leads_it_or_who_answers_for_her() -> None:
    running = given(following_up(), started)
    for by in (NPO, CITY):
        running.when(reschedule, by=by).then(rescheduled)
        running.when(end, by=by).then(ended)
    for by in (CENTRE, SHELTER):
        running.when(reschedule, by=by).refused(OnlyWhoLeadsAftercare)
        running.when(end, by=by).refused(OnlyWhoLeadsAftercare)


def test_the_lead_may_pass_to_another_agency() -> None:
    passed_on = RescheduleAftercare(terms=replace(TERMS, lead_agency=CENTRE.agency))
    to_the_centre = replace(rescheduled, lead_agency=CENTRE.agency, reason=None)
    given(following_up(), started).when(passed_on, by=NPO).then(to_the_centre)
    given(following_up(), started, to_the_centre).when(end, by=NPO).refused(OnlyWhoLeadsAftercare)
    given(following_up(), started, to_the_centre).when(end, by=CENTRE).then(
        replace(ended, lead_agency=CENTRE.agency)
    )


@accepted("INV-F2")
def test_it_ends_by_a_decision_with_her_view() -> None:
    given(following_up(), started).when(end, by=NPO).then(ended)


@refused("INV-F2", guard="domain.case.aftercare:check_her_view")
def test_it_does_not_end_without_her_view() -> None:
    given(following_up(), started).when(EndAftercare(), by=NPO).refused(HerViewIsMissing)
    because = EndAftercare(reason="半年連絡がない。")
    given(following_up(), started).when(because, by=NPO).refused(HerViewIsMissing)


@pytest.mark.parametrize("why", get_args(CannotBeAsked))
def test_it_ends_where_she_can_no_longer_be_asked(why: CannotBeAsked) -> None:
    given(following_up(), started).when(EndAftercare(cannot_be_asked=why), by=NPO).then(
        replace(ended, subject_wish=None, cannot_be_asked=why)
    )


# Every state and every command.

BEFORE: Final[dict[str, tuple[AftercareEvent, ...]]] = {
    "—": (),
    "RUNNING": (started,),
    "ENDED": (started, ended),
}
FOLLOWS: Final[dict[tuple[str, type[AftercareCommand]], AftercareEvent | type[Refused]]] = {
    ("—", StartAftercare): started,
    ("—", RescheduleAftercare): NoAftercareRuns,
    ("—", EndAftercare): NoAftercareRuns,
    ("RUNNING", StartAftercare): AftercareAlreadyRuns,
    ("RUNNING", RescheduleAftercare): rescheduled,
    ("RUNNING", EndAftercare): ended,
    ("ENDED", StartAftercare): started,
    ("ENDED", RescheduleAftercare): NoAftercareRuns,
    ("ENDED", EndAftercare): NoAftercareRuns,
}
course(
    "aftercare",
    ((state, command.__name__, follows) for (state, command), follows in FOLLOWS.items()),
)


@pytest.mark.parametrize("state", BEFORE)
@pytest.mark.parametrize("command", [start, reschedule, end], ids=lambda c: type(c).__name__)
def test_in_every_state_every_command_leads_on_or_is_refused(
    state: str, command: AftercareCommand
) -> None:
    outcome = given(following_up(), *BEFORE[state]).when(command, by=NPO)
    follows = FOLLOWS[state, type(command)]
    if isinstance(follows, type):
        outcome.refused(follows)
    else:
        outcome.then(follows)


def test_the_table_covers_every_state() -> None:
    assert {state for state, _ in FOLLOWS} == {"—", *AFTERCARE.states}


def test_it_goes_on_where_its_words_are_closed() -> None:
    closed = without_words(started, CLOSED)
    given(following_up(), closed).when(end, by=NPO).then(ended)
