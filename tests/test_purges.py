"""Purges: who was told what is no longer covered is asked to destroy it, and answers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest

from domain.calendar import JAPAN
from domain.case import CaseNotFound
from domain.categories import CategoryCode
from domain.consent_ledger import ConsentNarrowed, StillInForce
from domain.exclusions import ExclusionLifted, ExclusionSet
from domain.machine import NOT_YET
from domain.model import EmergencyId, Event, GrantId
from domain.speech import Refused
from domain.statutory import StatutoryId
from domain.trail.purges import (
    PURGE,
    AcknowledgePurge,
    DeclinePurge,
    PurgeId,
    PurgeNotFound,
    PurgeOfItself,
    PurgeOfWhatWasToldNotNamed,
    PurgeRequested,
    RequestPurge,
)
from tests.consenting import ASKED, explained, granted, held, withdrawn
from tests.courses import course
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id, given, later, making
from tests.test_emergency import ID as EMERGENCY_ID
from tests.trailing import (
    FILED,
    HISTORY,
    POLICE,
    PREFECTURE,
    PURGE_ID,
    TRAIL,
    acknowledge,
    acknowledged,
    ask,
    beside,
    concerned,
    decline,
    declined,
    purge_requested,
)


def test_whoever_was_told_is_asked_to_purge_it_within_two_weeks() -> None:
    given(TRAIL).when(ask, by=CITY).then(purge_requested)
    of_the_emergency = RequestPurge(
        recipient=POLICE.agency,
        covers=frozenset({"ADR"}),
        cause="ERASED",
        emergency_id=EMERGENCY_ID,
    )
    given(TRAIL).when(of_the_emergency, by=PREFECTURE).then(
        PurgeRequested(
            purge_id=PurgeId(PREFECTURE.new_id),
            recipient=POLICE.agency,
            covers=frozenset[CategoryCode]({"ADR"}),
            cause="ERASED",
            emergency_id=EMERGENCY_ID,
            due=date(2026, 5, 27),
        )
    )


def test_the_same_is_not_asked_twice_as_long_as_it_is_not_answered() -> None:
    less = msgspec.structs.replace(ask, covers=frozenset({"RSK"}))
    for again in (ask, less):
        given(TRAIL, purge_requested).when(again, by=making(CITY, an_id(77))).then_nothing()
    anew = msgspec.structs.replace(purge_requested, purge_id=PurgeId(an_id(77)))
    given(TRAIL, purge_requested, acknowledged).when(ask, by=making(CITY, an_id(77))).then(anew)
    more = msgspec.structs.replace(ask, covers=frozenset({"RSK", "HLT"}))
    given(TRAIL, purge_requested).when(more, by=making(CITY, an_id(77))).then(
        msgspec.structs.replace(anew, covers=frozenset[CategoryCode]({"RSK", "HLT"}))
    )


@pytest.mark.parametrize(
    "command",
    [
        msgspec.structs.replace(ask, recipient=SHELTER.agency),
        msgspec.structs.replace(ask, grant_id=GrantId(an_id(999))),
        msgspec.structs.replace(ask, grant_id=None),
        msgspec.structs.replace(ask, emergency_id=EMERGENCY_ID),
        msgspec.structs.replace(ask, grant_id=None, emergency_id=EMERGENCY_ID),
        msgspec.structs.replace(ask, grant_id=None, emergency_id=EmergencyId(an_id(999))),
        msgspec.structs.replace(ask, grant_id=None, statutory_id=FILED),
        msgspec.structs.replace(ask, grant_id=None, statutory_id=StatutoryId(an_id(999))),
    ],
)
def test_nobody_is_asked_to_purge_what_they_were_not_told(command: RequestPurge) -> None:
    given(TRAIL).when(command, by=CITY).refused(PurgeOfWhatWasToldNotNamed)


def taken_out(**removed: Any) -> ConsentNarrowed:
    return msgspec.structs.replace(
        ConsentNarrowed(grant_id=ASKED, at=NOW, via_agency=CITY.agency), **removed
    )


def test_whom_she_took_out_of_a_consent_may_be_asked_too() -> None:
    only_explained = beside(explained)
    given(only_explained).when(ask, by=CITY).refused(PurgeOfWhatWasToldNotNamed)
    to_two = msgspec.structs.replace(granted, recipients=frozenset({CENTRE.agency, SHELTER.agency}))
    without_it = taken_out(removed_recipients=frozenset({CENTRE.agency}))
    given(beside(explained, to_two, without_it)).when(ask, by=CITY).then(purge_requested)


def test_nobody_is_asked_to_destroy_what_she_still_lets_them_know() -> None:
    given(beside(explained, granted)).when(ask, by=CITY).refused(StillInForce)
    without_risk = taken_out(removed_categories=frozenset[CategoryCode]({"RSK"}))
    less = beside(explained, granted, without_risk)
    given(less).when(ask, by=CITY).refused(StillInForce)
    of_risk = msgspec.structs.replace(ask, covers=frozenset({"RSK"}))
    asked = msgspec.structs.replace(purge_requested, covers=frozenset[CategoryCode]({"RSK"}))
    given(less).when(of_risk, by=CITY).then(asked)
    without_kana = taken_out(removed_fields=frozenset({"case.subject_identified.v1/kana"}))
    shut_out = ExclusionSet(agency_id=CENTRE.agency, via_agency=CITY.agency)
    for since in (without_kana, shut_out):
        given(beside(explained, granted, since)).when(ask, by=CITY).then(purge_requested)
    until = msgspec.structs.replace(granted, until_event=None, valid_until=date(2026, 5, 13))
    given(beside(explained, until)).when(ask, by=CITY).refused(StillInForce)
    given(beside(explained, until)).when(ask, by=later(CITY, days=1)).then(
        msgspec.structs.replace(purge_requested, due=date(2026, 5, 28))
    )
    erased = msgspec.structs.replace(concerned, status="ERASED")
    given(beside(explained, granted, who=erased)).when(ask, by=CITY).then(purge_requested)


def test_whom_she_shut_out_is_not_learned_by_asking() -> None:
    """Only who has recorded it itself asks for that; and nobody of itself."""
    with_it = msgspec.structs.replace(
        concerned,
        participants=concerned.participants | {SHELTER.agency},
        answering=SHELTER.agency,
    )
    in_force = (explained, granted)
    for said in ((), (CITY.agency,), (CENTRE.agency,), (CITY.agency, CENTRE.agency)):
        known = [ExclusionSet(agency_id=CENTRE.agency, via_agency=each) for each in said]
        told = given(beside(*in_force, *known, who=with_it))
        told.when(ask, by=SHELTER).refused(StillInForce)
        if CITY.agency in said:
            told.when(ask, by=CITY).then(purge_requested)
        else:
            told.when(ask, by=CITY).refused(StillInForce)
    shut_out = ExclusionSet(agency_id=CENTRE.agency, via_agency=CITY.agency)
    lifted = ExclusionLifted(agency_id=CENTRE.agency, method="WRITTEN", via_agency=SHELTER.agency)
    given(beside(*in_force, shut_out, lifted)).when(ask, by=CITY).refused(StillInForce)


def test_nobody_asks_a_purge_of_itself() -> None:
    """What it was told under a consent that it obtained it destroys without being asked."""
    by_the_centre = msgspec.structs.replace(granted, obtained_by=CENTRE.agency)
    shut_out = ExclusionSet(agency_id=CENTRE.agency, via_agency=CITY.agency)
    for since in ((), (shut_out,), (withdrawn,)):
        told = beside(explained, by_the_centre, *since)
        given(told).when(ask, by=CENTRE).refused(PurgeOfItself)


def test_who_was_told_is_not_learned_by_asking() -> None:
    """Only who obtained it, who answers for her and her prefecture ask; others hear nothing."""
    with_it = msgspec.structs.replace(
        concerned, participants=concerned.participants | {SHELTER.agency}
    )
    for recipient in (CENTRE.agency, SHELTER.agency):
        it = msgspec.structs.replace(ask, recipient=recipient)
        given(beside(*HISTORY, who=with_it)).when(it, by=SHELTER).refused(
            PurgeOfWhatWasToldNotNamed
        )
    for basis in ({"emergency_id": EMERGENCY_ID}, {"statutory_id": FILED}):
        it = msgspec.structs.replace(ask, grant_id=None, recipient=SHELTER.agency, **basis)
        given(TRAIL).when(it, by=CENTRE).refused(PurgeOfWhatWasToldNotNamed)
    answers = msgspec.structs.replace(with_it, answering=SHELTER.agency)
    for trail, by in ((beside(*HISTORY, who=answers), SHELTER), (TRAIL, PREFECTURE)):
        given(trail).when(ask, by=by).then(
            msgspec.structs.replace(purge_requested, purge_id=PurgeId(by.new_id))
        )


EVERY_STATE: Final[Mapping[str, tuple[tuple[Event, ...], timedelta]]] = {
    NOT_YET: ((), timedelta()),
    "REQUESTED": ((purge_requested,), timedelta(days=14)),
    "OVERDUE": ((purge_requested,), timedelta(days=15)),
    "ACKNOWLEDGED": ((purge_requested, acknowledged), timedelta()),
    "DECLINED": ((purge_requested, declined), timedelta()),
}
LEADS: Final[Mapping[str, tuple[str, str]]] = {
    NOT_YET: ("PurgeNotFound", "PurgeNotFound"),
    "REQUESTED": ("ACKNOWLEDGED", "DECLINED"),
    "OVERDUE": ("ACKNOWLEDGED", "DECLINED"),
    "ACKNOWLEDGED": ("-", "PurgeAlreadyAnswered"),
    "DECLINED": ("PurgeAlreadyAnswered", "-"),
}
course("purge", held(LEADS, ("acknowledge", "decline"), PURGE.states))


@pytest.mark.parametrize("state", EVERY_STATE)
@pytest.mark.parametrize("command", [acknowledge, decline], ids=lambda c: type(c).__name__)
def test_every_state_of_a_purge_takes_every_answer_as_the_table_says(
    state: str, command: AcknowledgePurge | DeclinePurge
) -> None:
    assert set(EVERY_STATE) == {NOT_YET, *PURGE.states}
    expected = LEADS[state][0 if command is acknowledge else 1]
    events, passed = EVERY_STATE[state]
    by = later(CENTRE, days=passed.days)
    before = TRAIL.replay(events)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    purge = before.purges.get(PURGE_ID)
    assert (purge.state(by.at) if purge else NOT_YET) == state
    if not (expected == "-" or expected in PURGE.states):
        with pytest.raises(Refused) as refusal:
            TRAIL.decide(before, command, by)
        assert type(refusal.value).__name__ == expected
        return
    told = TRAIL.decide(before, command, by)
    assert bool(told) == (expected != "-")
    after = TRAIL.evolve(before, told[0]) if told else before
    assert after.purges[PURGE_ID].state(by.at) == (state if expected == "-" else expected)
    if told:
        assert PURGE.after(state, type(told[0])) == expected


def test_a_recipient_answers_though_it_takes_no_part_any_more() -> None:
    without = beside(
        *HISTORY,
        who=msgspec.structs.replace(concerned, participants=frozenset({CITY.agency})),
    )
    given(without, purge_requested).when(acknowledge, by=CENTRE).then(acknowledged)
    given(without, purge_requested).when(decline, by=CENTRE).then(declined)
    given(without).when(acknowledge, by=CENTRE).refused(CaseNotFound)
    given(without, purge_requested).when(ask, by=CENTRE).refused(CaseNotFound)


def test_nobody_answers_for_a_recipient() -> None:
    given(TRAIL, purge_requested).when(acknowledge, by=CITY).refused(PurgeNotFound)
    given(TRAIL, purge_requested).when(acknowledge, by=PREFECTURE).refused(CaseNotFound)


def test_an_answer_is_overdue_with_the_second_after_its_last_day_in_japan() -> None:
    purge = TRAIL.replay((purge_requested,)).purges[PURGE_ID]
    last = datetime(2026, 5, 27, 23, 59, 59, tzinfo=JAPAN)
    assert purge.state(last) == "REQUESTED"
    assert purge.state(last + timedelta(seconds=1)) == "OVERDUE"


def test_two_weeks_are_counted_in_japan() -> None:
    """It is the 14th there, and still the 13th in Greenwich."""
    that_night = msgspec.structs.replace(CITY, at=datetime(2026, 5, 14, 0, 0, 0, tzinfo=JAPAN))
    given(TRAIL).when(ask, by=that_night).then(
        msgspec.structs.replace(purge_requested, due=date(2026, 5, 28))
    )
