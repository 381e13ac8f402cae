"""Erasure: asked for by her, decided by the prefecture; stopped first, erased when it may be."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, get_args

import msgspec
import pytest

from domain import erasure
from domain.agency import KnownAgency
from domain.agency_codes import AgencyKind
from domain.calendar import JAPAN
from domain.case.closing import CaseErased, CaseStillOpen, DataRestricted, RestrictionLifted
from domain.case.state import KnownCase
from domain.case_codes import Status
from domain.concerned import Concerned
from domain.consent_codes import ErasureDecision, ErasureGround
from domain.erasure import (
    ERASURE,
    FITTING,
    DecideErasure,
    ErasureAlreadyDecided,
    ErasureCommand,
    ErasureDecided,
    ErasureEvent,
    ErasureRequested,
    ErasureRequestNotFound,
    GroundsDoNotFit,
    NotConcerned,
    NotTheDecider,
    NotYetErasable,
    Request,
    RequestErasure,
    Requests,
    RetentionRunning,
)
from domain.machine import NOT_YET
from domain.model import Context, ErasureRequestId, Event, PersonId
from domain.speech import Refused
from tests.consenting import HER_SISTER, HER_SON, MISAKI, held
from tests.courses import course
from tests.invariants import accepted
from tests.invariants import refused as refused_
from tests.spec import CITY, When, an_id, making, someone

PREFECTURE: Final = someone(30, "CASEWORKER")
REQUEST: Final = ErasureRequestId(CITY.new_id)
ANOTHER: Final = ErasureRequestId(an_id(78))
CLOSED_ON: Final = date(2021, 5, 13)  # So that 13 May 2026 is the last day it is kept.
FIRST_DAY: Final = date(2026, 5, 14)
HER_FRIEND: Final = PersonId(an_id(609))
HER: Final = frozenset({MISAKI})
ALL_OF_THEM: Final = frozenset({MISAKI, HER_SON})

request = RequestErasure(scope=HER, requester="SUBJECT", identity_check="ID_DOCUMENT")
requested = ErasureRequested(
    request_id=REQUEST,
    scope=HER,
    requester="SUBJECT",
    identity_check="ID_DOCUMENT",
    at=CITY.at,
)
erase = DecideErasure(request_id=REQUEST, decision="ERASE", grounds="RETENTION_OVER")
restrict = DecideErasure(request_id=REQUEST, decision="RESTRICT", grounds="RETENTION_RUNNING")
refuse = DecideErasure(request_id=REQUEST, decision="REFUSE", grounds="LEGAL_HOLD")
decided_to_erase = ErasureDecided(
    request_id=REQUEST,
    decision="ERASE",
    grounds="RETENTION_OVER",
    decided_by=PREFECTURE.agency,
)
decided_to_restrict = ErasureDecided(
    request_id=REQUEST,
    decision="RESTRICT",
    grounds="RETENTION_RUNNING",
    not_before=FIRST_DAY,
    decided_by=PREFECTURE.agency,
)
decided_to_refuse = ErasureDecided(
    request_id=REQUEST, decision="REFUSE", grounds="LEGAL_HOLD", decided_by=PREFECTURE.agency
)
erased = CaseErased(
    request_id=REQUEST, decided_by=PREFECTURE.agency, basis="RETENTION_OVER", scope=HER
)
restricted = DataRestricted(
    request_id=REQUEST, decided_by=PREFECTURE.agency, basis="REQUEST", scope=HER
)
lifted = RestrictionLifted(
    request_id=REQUEST, decided_by=PREFECTURE.agency, basis="REQUEST", scope=HER
)


def on(day: date, by: Context = PREFECTURE) -> Context:
    return msgspec.structs.replace(by, at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC))


WHILE_KEPT: Final = on(date(2026, 5, 13))
AFTERWARDS: Final = on(FIRST_DAY)


def asked(
    command: ErasureCommand,
    by: Context,
    *before: ErasureEvent,
    status: Status = "CLOSED",
    closed_on: date | None = CLOSED_ON,
    kind: AgencyKind = "PREFECTURAL_WOMENS_SUPPORT_DIVISION",
) -> When:
    """What is recorded in the trail, and then of the case."""
    concerned = Concerned(
        subject_id=MISAKI,
        participants=frozenset({CITY.agency}),
        status=status,
        closed_on=closed_on,
        persons=frozenset({HER_SON, HER_SISTER}),
        agencies={by.agency: KnownAgency(kind=kind, prefecture="06")},
    )
    case = KnownCase(
        subject_id=MISAKI,
        opened_by=CITY.agency,
        reasons=frozenset({(CITY.agency, "OPENED")}),
        status=status,
        closed_on=closed_on,
    )
    try:
        decided = erasure.decide(concerned, case, requests(*before), command, by)
    except Refused as refusal:
        return When(refusal)
    told: tuple[Event, ...] = (*decided.trail, *decided.case)
    return When(told)


def requests(*before: ErasureEvent) -> Requests:
    known: Requests = {}
    for event in before:
        known = erasure.evolve(known, event)
    return known


# Asking for it


def test_she_asks_for_it_and_how_we_know_her_is_recorded() -> None:
    asked(request, CITY).then(requested)
    for whom in ({HER_SON}, {MISAKI, HER_SON, HER_SISTER}):
        theirs = msgspec.structs.replace(request, scope=frozenset(whom))
        asked(theirs, CITY).then(msgspec.structs.replace(requested, scope=frozenset(whom)))


def test_it_may_be_asked_for_at_any_time_and_more_than_once() -> None:
    for status in ("CONTACT", "ACTIVE", "CLOSED", "TRANSFERRED", "RESTRICTED", "ERASED"):
        asked(request, CITY, status=status).then(requested)
    anew = msgspec.structs.replace(requested, request_id=ANOTHER)
    asked(request, making(CITY, ANOTHER), requested, decided_to_refuse).then(anew)


def test_nobody_asks_for_somebody_who_was_never_with_her() -> None:
    for whom in ({HER_FRIEND}, {MISAKI, HER_FRIEND}):
        stranger = msgspec.structs.replace(request, scope=frozenset(whom))
        asked(stranger, CITY).refused(NotConcerned)


# Deciding


@accepted("INV-E2")
def test_once_the_retention_period_is_over_it_is_erased() -> None:
    asked(erase, AFTERWARDS, requested).then(decided_to_erase, erased)
    asked(erase, AFTERWARDS, requested, decided_to_restrict, status="RESTRICTED").then(
        decided_to_erase, erased
    )


@refused_("INV-E2", guard="domain.erasure:check_retention")
def test_before_that_it_is_not_erased() -> None:
    asked(erase, WHILE_KEPT, requested).refused(RetentionRunning)
    stopped = (requested, decided_to_restrict)
    asked(erase, WHILE_KEPT, *stopped, status="RESTRICTED").refused(NotYetErasable)


@accepted("INV-E2")
def test_until_then_it_is_no_longer_used() -> None:
    asked(restrict, WHILE_KEPT, requested).then(decided_to_restrict, restricted)


def test_the_last_day_it_is_kept_ends_at_midnight_in_japan() -> None:
    last = datetime(2026, 5, 13, 23, 59, 59, tzinfo=JAPAN)
    at_the_last = msgspec.structs.replace(PREFECTURE, at=last)
    asked(erase, at_the_last, requested).refused(RetentionRunning)
    just_after = msgspec.structs.replace(PREFECTURE, at=last + timedelta(seconds=1))
    asked(erase, just_after, requested).then(decided_to_erase, erased)


@pytest.mark.parametrize(
    ("closed_on", "first_day"),
    [
        (date(2021, 5, 13), date(2026, 5, 14)),
        (date(2021, 12, 31), date(2027, 1, 1)),
        (date(2020, 2, 29), date(2025, 3, 1)),  # There is no 29 February in 2025.
        (date(2019, 2, 28), date(2024, 2, 29)),
    ],
)
def test_it_is_kept_for_five_years_from_the_end_of_support(
    closed_on: date, first_day: date
) -> None:
    asked(restrict, WHILE_KEPT, requested, closed_on=closed_on).then(
        msgspec.structs.replace(decided_to_restrict, not_before=first_day), restricted
    )
    day_before = on(first_day - timedelta(days=1))
    asked(erase, day_before, requested, closed_on=closed_on).refused(RetentionRunning)
    asked(erase, on(first_day), requested, closed_on=closed_on).then(decided_to_erase, erased)


def test_if_support_began_again_it_is_kept_from_its_later_end() -> None:
    """A companion's data was restricted, and the case then opened once more."""
    of_her_son = msgspec.structs.replace(requested, scope=frozenset({HER_SON}))
    later_end = date(2023, 8, 1)
    before = (of_her_son, decided_to_restrict)
    asked(erase, AFTERWARDS, *before, closed_on=later_end).refused(NotYetErasable)
    asked(erase, on(date(2028, 8, 2)), *before, closed_on=later_end).then(
        decided_to_erase, msgspec.structs.replace(erased, scope=frozenset({HER_SON}))
    )


def test_where_a_law_obliges_to_erase_it_is_not_kept() -> None:
    by_law = msgspec.structs.replace(erase, grounds="ERASURE_DUTY")
    asked(by_law, WHILE_KEPT, requested).then(
        msgspec.structs.replace(decided_to_erase, grounds="ERASURE_DUTY"),
        msgspec.structs.replace(erased, basis="LEGAL_DUTY"),
    )


def test_what_is_still_needed_is_kept_and_used() -> None:
    for grounds in ("LEGAL_HOLD", "STILL_IN_SUPPORT"):
        no = msgspec.structs.replace(refuse, grounds=grounds)
        asked(no, WHILE_KEPT, requested, status="ACTIVE", closed_on=None).then(
            msgspec.structs.replace(decided_to_refuse, grounds=grounds)
        )


def test_as_long_as_she_is_supported_nothing_is_stopped_or_erased() -> None:
    for status in ("CONTACT", "ACTIVE"):
        for command in (erase, restrict):
            asked(command, AFTERWARDS, requested, status=status, closed_on=None).refused(
                CaseStillOpen
            )


def test_what_was_stopped_may_be_used_again() -> None:
    asked(refuse, WHILE_KEPT, requested, decided_to_restrict, status="RESTRICTED").then(
        decided_to_refuse, lifted
    )


@refused_("INV-E2", guard="domain.erasure:check_decider")
def test_only_the_prefecture_decides() -> None:
    for kind in get_args(AgencyKind):
        who = asked(restrict, WHILE_KEPT, requested, kind=kind)
        if kind == "PREFECTURAL_WOMENS_SUPPORT_DIVISION":
            who.then(decided_to_restrict, restricted)
        else:
            who.refused(NotTheDecider)


def test_a_decision_is_taken_on_grounds_that_fit_it() -> None:
    for decision in get_args(ErasureDecision):
        for grounds in get_args(ErasureGround):
            command = DecideErasure(request_id=REQUEST, decision=decision, grounds=grounds)
            if grounds not in FITTING[decision]:
                asked(command, AFTERWARDS, requested).refused(GroundsDoNotFit)
    assert {grounds for fitting in FITTING.values() for grounds in fitting} == set(
        get_args(ErasureGround)
    )


def test_what_was_not_asked_for_is_not_decided() -> None:
    asked(erase, AFTERWARDS).refused(ErasureRequestNotFound)
    other = msgspec.structs.replace(erase, request_id=ANOTHER)
    asked(other, AFTERWARDS, requested).refused(ErasureRequestNotFound)


# For each person


of_both = msgspec.structs.replace(requested, scope=ALL_OF_THEM)
of_her_son_too = msgspec.structs.replace(
    requested, request_id=ANOTHER, scope=frozenset({HER_SON, HER_SISTER})
)
erase_too = msgspec.structs.replace(erase, request_id=ANOTHER)
restrict_too = msgspec.structs.replace(restrict, request_id=ANOTHER)
refuse_too = msgspec.structs.replace(refuse, request_id=ANOTHER)


def too(event: Event, *persons: PersonId) -> Event:
    """The same, of the other request, for these persons."""
    about = {"scope": frozenset(persons)} if persons else {}
    return msgspec.structs.replace(event, request_id=ANOTHER, **about)


def test_whoever_is_left_is_erased_after_her() -> None:
    before = (of_both, decided_to_erase, of_her_son_too)
    asked(erase_too, AFTERWARDS, *before, status="ERASED").then(
        too(decided_to_erase), too(erased, HER_SISTER)
    )
    asked(restrict_too, AFTERWARDS, *before, status="ERASED").then(
        too(decided_to_restrict), too(restricted, HER_SISTER)
    )


def test_whoever_is_left_is_restricted_beside_her() -> None:
    before = (requested, decided_to_restrict, of_her_son_too)
    asked(restrict_too, WHILE_KEPT, *before, status="RESTRICTED").then(
        too(decided_to_restrict), too(restricted, HER_SISTER, HER_SON)
    )


def test_a_restriction_is_lifted_for_those_whom_no_other_restricts() -> None:
    before = (
        of_both,
        decided_to_restrict,
        of_her_son_too,
        ErasureDecided(
            request_id=ANOTHER,
            decision="RESTRICT",
            grounds="LEGAL_HOLD",
            decided_by=PREFECTURE.agency,
        ),
    )
    asked(refuse_too, WHILE_KEPT, *before, status="RESTRICTED").then(
        too(decided_to_refuse), too(lifted, HER_SISTER)
    )
    asked(refuse, WHILE_KEPT, *before, status="RESTRICTED").then(decided_to_refuse, lifted)


def test_what_is_so_of_all_of_them_already_is_recorded_in_the_trail_alone() -> None:
    again = msgspec.structs.replace(requested, request_id=ANOTHER)
    gone = (of_both, decided_to_erase, again)
    asked(erase_too, AFTERWARDS, *gone, status="ERASED").then(too(decided_to_erase))
    stopped = (of_both, decided_to_restrict, again)
    asked(restrict_too, WHILE_KEPT, *stopped, status="RESTRICTED").then(too(decided_to_restrict))
    twice = (*stopped, msgspec.structs.replace(decided_to_restrict, request_id=ANOTHER))
    asked(refuse_too, WHILE_KEPT, *twice, status="RESTRICTED").then(too(decided_to_refuse))


# What a state and a decision come to


EVERY_STATE: Final[Mapping[str, tuple[tuple[ErasureEvent, ...], Status]]] = {
    NOT_YET: ((), "CLOSED"),
    "REQUESTED": ((requested,), "CLOSED"),
    "RESTRICTED": ((requested, decided_to_restrict), "RESTRICTED"),
    "ERASED": ((requested, decided_to_restrict, decided_to_erase), "ERASED"),
    "REFUSED": ((requested, decided_to_refuse), "CLOSED"),
}
EVERY_COMMAND: Final[Mapping[str, DecideErasure]] = {
    "erase": erase,
    "restrict": restrict,
    "refuse": refuse,
}
LEADS: Final[Mapping[str, tuple[str, str, str]]] = {
    # In the order of the commands: a state, a refusal, or nothing, which leaves it as it is.
    NOT_YET: ("ErasureRequestNotFound", "ErasureRequestNotFound", "ErasureRequestNotFound"),
    "REQUESTED": ("ERASED", "RESTRICTED", "REFUSED"),
    "RESTRICTED": ("ERASED", "-", "REFUSED"),
    "ERASED": ("-", "ErasureAlreadyDecided", "ErasureAlreadyDecided"),
    "REFUSED": ("ErasureAlreadyDecided", "ErasureAlreadyDecided", "-"),
}
course("erasure", held(LEADS, EVERY_COMMAND, ERASURE.states))


@pytest.mark.parametrize("state", EVERY_STATE)
@pytest.mark.parametrize("name", EVERY_COMMAND)
def test_every_state_takes_every_decision_as_the_table_says(state: str, name: str) -> None:
    assert set(EVERY_STATE) == {NOT_YET, *ERASURE.states}
    expected = LEADS[state][list(EVERY_COMMAND).index(name)]
    before, status = EVERY_STATE[state]
    known = requests(*before)
    assert (known[REQUEST].state if known else NOT_YET) == state
    outcome = asked(EVERY_COMMAND[name], AFTERWARDS, *before, status=status)
    decided = {
        "ERASED": (decided_to_erase, erased),
        "RESTRICTED": (decided_to_restrict, restricted),
        "REFUSED": (decided_to_refuse, *((lifted,) if state == "RESTRICTED" else ())),
    }
    match expected:
        case "-":
            outcome.then_nothing()
        case _ if expected in ERASURE.states:
            outcome.then(*decided[expected])
            after = requests(*before, decided[expected][0])[REQUEST]
            assert after.state == expected
            assert (state, ErasureDecided, expected) in {tuple(edge) for edge in ERASURE.edges}
        case _:
            refusals = (ErasureRequestNotFound, ErasureAlreadyDecided)
            outcome.refused(next(each for each in refusals if each.__name__ == expected))


def test_what_was_asked_for_and_decided_is_known() -> None:
    assert requests(of_both, decided_to_restrict) == {
        REQUEST: Request(scope=ALL_OF_THEM, state="RESTRICTED", not_before=FIRST_DAY)
    }
