"""A basis dies by the clock, recorded or not: to the second, and by the days of Japan."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

import msgspec
import pytest

from domain.calendar import JAPAN
from domain.categories import CategoryCode
from domain.consent_ledger import (
    ConsentExpired,
    GrantedInTheFuture,
    PeriodAlreadyOver,
    RecordExpiry,
    StillInForce,
    agreed,
    in_force,
)
from domain.emergency import (
    EmergencyDisclosureAuthorised,
    EmergencyExpired,
    EmergencyIsOver,
    EmergencyTooLong,
)
from domain.exclusions import ExclusionSet
from domain.model import Context, EmergencyId, Event
from domain.statutory import StatutoryDisclosureRecorded, StatutoryId
from domain.visibility import NOTHING, Basis
from tests import test_emergency as emergencies
from tests.consenting import ASKED, LEDGER, explained, grant, granted
from tests.spec import CENTRE, CITY, NOW, POLICE, an_id, given, later
from tests.told import by, closed, identified, joined, opened, told, visible
from tests.told import granted as granted_to_centre

LAST_DAY: Final = date(2026, 5, 31)
LAST_SECOND: Final = datetime(2026, 5, 31, 23, 59, 59, tzinfo=JAPAN)
SECOND: Final = timedelta(seconds=1)
YEARS_LATER: Final = NOW + timedelta(days=3000)
until_then = msgspec.structs.replace(granted, until_event=None, valid_until=LAST_DAY)
expired = ConsentExpired(grant_id=ASKED)


def then(at: datetime, who: Context = CITY) -> Context:
    return msgspec.structs.replace(who, at=at)


# In the ledger


def test_what_she_agreed_to_is_in_force_through_the_last_second_of_its_last_day() -> None:
    for kind in ("INFORMATION", "TEMPORARY_PROTECTION"):
        held = LEDGER.replay((explained, msgspec.structs.replace(until_then, kind=kind)))
        assert list(in_force(held, LAST_SECOND)) == [ASKED]
        assert agreed(held, kind, LAST_SECOND) == ASKED
        assert in_force(held, LAST_SECOND + SECOND) == {}
        assert agreed(held, kind, LAST_SECOND + SECOND) is None


def test_that_it_is_over_is_recorded_from_the_second_after() -> None:
    record = RecordExpiry(grant_id=ASKED)
    history = (explained, until_then)
    given(LEDGER, *history).when(record, by=then(LAST_SECOND)).refused(StillInForce)
    given(LEDGER, *history).when(record, by=then(LAST_SECOND + SECOND)).then(expired)


def test_it_may_be_given_until_the_day_on_which_she_gives_it() -> None:
    asked = msgspec.structs.replace(grant, until_event=None, valid_until=LAST_DAY)
    at_last = then(LAST_SECOND)
    given(LEDGER, explained).when(asked, by=at_last).then(
        msgspec.structs.replace(until_then, granted_at=at_last.at, remind_on=LAST_DAY)
    )
    given(LEDGER, explained).when(asked, by=then(LAST_SECOND + SECOND)).refused(PeriodAlreadyOver)


def test_it_is_given_by_the_second_and_not_before() -> None:
    a_second_ago = msgspec.structs.replace(grant, granted_at=NOW - SECOND)
    given(LEDGER, explained).when(a_second_ago, by=CITY).then(
        msgspec.structs.replace(granted, granted_at=NOW - SECOND, late_entry=True)
    )
    just_now = msgspec.structs.replace(grant, granted_at=NOW)
    given(LEDGER, explained).when(just_now, by=CITY).then(granted)
    soon = msgspec.structs.replace(grant, granted_at=NOW + SECOND)
    given(LEDGER, explained).when(soon, by=CITY).refused(GrantedInTheFuture)


def test_an_emergency_is_answered_for_until_it_is_over() -> None:
    ends = emergencies.EXPIRES
    asked = given(emergencies.LEDGER, emergencies.requested)
    in_time = then(ends - SECOND, emergencies.DIRECTOR)
    asked.when(emergencies.authorise, by=in_time).then(emergencies.authorised)
    too_late = then(ends, emergencies.DIRECTOR)
    asked.when(emergencies.authorise, by=too_late).refused(EmergencyIsOver)


def test_an_emergency_is_asked_for_no_second_longer_than_three_days() -> None:
    for length, fits in ((timedelta(), False), (SECOND, True), (timedelta(hours=72), True)):
        ask = msgspec.structs.replace(emergencies.ask, expires_at=NOW + length)
        asked = given(emergencies.LEDGER).when(ask, by=CITY)
        if fits:
            asked.then(msgspec.structs.replace(emergencies.requested, expires_at=NOW + length))
        else:
            asked.refused(EmergencyTooLong)
    too_long = msgspec.structs.replace(
        emergencies.ask, expires_at=NOW + timedelta(hours=72) + SECOND
    )
    given(emergencies.LEDGER).when(too_long, by=CITY).refused(EmergencyTooLong)


def test_that_an_emergency_is_over_changes_nothing_but_what_is_written() -> None:
    """By its own end, or said sooner; who takes part says it, and the clock needs nobody."""
    history = (emergencies.requested, emergencies.authorised)
    over = later(CITY, days=9)
    by_itself = msgspec.structs.replace(emergencies.expired, review_by=emergencies.REVIEWED_BY)
    given(emergencies.LEDGER, *history).when(emergencies.end, by=over).then(by_itself)
    held = emergencies.LEDGER.replay(history).emergencies[emergencies.ID]
    assert not held.in_force(over.at)


# Who may see what


record = by(CITY, opened, identified, joined)
HER_NAME: Final = 2
EMERGENCY: Final = EmergencyId(an_id(66))
STATUTORY: Final = StatutoryId(an_id(70))


def her_name(*after: Event, who: Context, at: datetime) -> Basis | None:
    history = told(record, by(CITY, *after))
    return visible(history, who, HER_NAME, at).bases.get("name")


@pytest.mark.parametrize(
    "recorded", [(), (closed(ConsentExpired, grant_id=granted_to_centre.grant_id),)]
)
def test_what_rests_on_her_consent_is_gone_the_second_after(recorded: tuple[Event, ...]) -> None:
    until = msgspec.structs.replace(granted_to_centre, until_event=None, valid_until=LAST_DAY)
    by_consent = Basis("CONSENT", until.grant_id)
    assert her_name(until, who=CENTRE, at=LAST_SECOND) == by_consent
    assert her_name(until, *recorded, who=CENTRE, at=LAST_SECOND + SECOND) is None
    assert her_name(until, *recorded, who=CENTRE, at=YEARS_LATER) is None


def test_nothing_rests_on_her_consent_the_second_before_she_gave_it() -> None:
    assert her_name(granted_to_centre, who=CENTRE, at=NOW - SECOND) is None
    assert her_name(granted_to_centre, who=CENTRE, at=NOW) is not None


authorised = closed(
    EmergencyDisclosureAuthorised,
    emergency_id=EMERGENCY,
    requested_by=CITY.staff,
    authorised_by=CENTRE.staff,
    authorising_agency=CENTRE.agency,
    in_force=True,
    recipients=frozenset({POLICE.agency}),
    categories=frozenset[CategoryCode]({"IDN"}),
    expires_at=LAST_SECOND,
    impracticability="NO_TIME",
)


@pytest.mark.parametrize("recorded", [(), (EmergencyExpired(emergency_id=EMERGENCY),)])
def test_what_rests_on_an_emergency_is_gone_the_second_it_ends(
    recorded: tuple[Event, ...],
) -> None:
    in_time = LAST_SECOND - SECOND
    assert her_name(authorised, who=POLICE, at=in_time) == Basis("EMERGENCY", emergency=EMERGENCY)
    assert her_name(authorised, *recorded, who=POLICE, at=LAST_SECOND) is None
    assert (
        her_name(authorised, EmergencyExpired(emergency_id=EMERGENCY), who=POLICE, at=in_time)
        is None
    )


def test_what_was_told_by_law_and_whom_she_shut_out_have_no_last_day() -> None:
    filed = closed(
        StatutoryDisclosureRecorded,
        statutory_id=STATUTORY,
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=POLICE.agency,
        categories=frozenset[CategoryCode]({"IDN"}),
        filing_agency=CITY.agency,
    )
    for at in (NOW, LAST_SECOND, YEARS_LATER):
        assert her_name(filed, who=POLICE, at=at) == Basis("STATUTORY", statutory=STATUTORY)
    shut_out = ExclusionSet(agency_id=CENTRE.agency, via_agency=CITY.agency)
    until_closure = granted_to_centre
    assert her_name(until_closure, who=CENTRE, at=YEARS_LATER) is not None
    for at in (NOW, LAST_SECOND, YEARS_LATER):
        assert her_name(until_closure, shut_out, who=CENTRE, at=at) is None


def test_a_second_is_the_same_second_wherever_it_is_read() -> None:
    """Midnight in Japan is three in the afternoon in Greenwich."""
    until = msgspec.structs.replace(granted_to_centre, until_event=None, valid_until=LAST_DAY)
    for hours in (-12, 0, 9, 14):
        here = timezone(timedelta(hours=hours))
        assert her_name(until, who=CENTRE, at=LAST_SECOND.astimezone(here)) is not None
        assert her_name(until, who=CENTRE, at=(LAST_SECOND + SECOND).astimezone(here)) is None
    history = told(record, by(CITY, until))
    assert visible(history, CENTRE, HER_NAME, LAST_SECOND + SECOND) == NOTHING
