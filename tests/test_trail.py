"""The trail: reviews by who had no part in it, and notices to her; told to nobody else."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid5

import msgspec
import pytest

from domain.agency import KnownAgency
from domain.calendar import JAPAN
from domain.case import CaseNotFound
from domain.case_codes import Status
from domain.categories import CategoryCode
from domain.consent_ledger import ConsentEvent, Ledger
from domain.disclosed import Disclosed
from domain.emergency import EMERGENCY
from domain.erasure import ErasureDecided, ErasureRequested
from domain.fields import cut_of, largest_header
from domain.header import HEADER_BYTES_MAX
from domain.machine import NOT_YET
from domain.model import AgencyId, Context, Event
from domain.reviews import (
    AlreadyReviewed,
    CorrectiveDoesNotFit,
    EmergencyDisclosureReviewed,
    NothingToReview,
    ReviewedByInvolved,
    ReviewEmergency,
    ReviewStatutory,
    StatutoryDisclosureReviewed,
    StillUnderWay,
)
from domain.trail import Trail, TrailCommand, TrailEvent, emergency_state, trail_of
from domain.trail.blocked import DisclosureBlocked, WithdrawalSettled
from domain.trail.notices import (
    AboutId,
    AlreadyNotified,
    DeferNotification,
    DeferredIntoThePast,
    NothingProvided,
    NothingToNotify,
    NotificationDeferred,
    NotifySubject,
    ProvideAccess,
    SubjectAccessProvided,
    SubjectNotified,
)
from domain.trail.purges import (
    PurgeAcknowledged,
    PurgeDeclined,
    PurgeId,
    PurgeRequested,
)
from tests.consenting import ASKED, LEDGER, explained, granted, held
from tests.courses import course
from tests.invariants import refused as kept
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id, given, later
from tests.test_emergency import ID as EMERGENCY_ID
from tests.test_emergency import authorised as emergency_authorised
from tests.test_emergency import expired as emergency_expired
from tests.test_emergency import half as emergency_half
from tests.test_emergency import requested as emergency_requested
from tests.trailing import (
    ANOTHER_PREFECTURE,
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
    filed,
    purge_requested,
)

# Reviewing

review = ReviewEmergency(emergency_id=EMERGENCY_ID, outcome="JUSTIFIED", corrective="NONE")
reviewed = EmergencyDisclosureReviewed(
    emergency_id=EMERGENCY_ID,
    reviewer=PREFECTURE.agency,
    outcome="JUSTIFIED",
    corrective="NONE",
)
excessive = msgspec.structs.replace(
    review,
    outcome="EXCESSIVE",
    corrective="PURGE",
    purge_from=frozenset({POLICE.agency}),
    purge_covers=frozenset({"ADR"}),
)
review_filed = ReviewStatutory(statutory_id=FILED, outcome="JUSTIFIED", corrective="NONE")


def test_somebody_who_had_no_part_in_it_reviews_an_emergency() -> None:
    given(TRAIL).when(review, by=PREFECTURE).then(reviewed)
    given(TRAIL).when(review_filed, by=PREFECTURE).then(
        StatutoryDisclosureReviewed(
            statutory_id=FILED,
            reviewer=PREFECTURE.agency,
            outcome="JUSTIFIED",
            corrective="NONE",
        )
    )


def test_what_went_too_far_is_to_be_purged() -> None:
    given(TRAIL).when(excessive, by=PREFECTURE).then(
        msgspec.structs.replace(reviewed, outcome="EXCESSIVE", corrective="PURGE"),
        PurgeRequested(
            purge_id=PurgeId(uuid5(PREFECTURE.new_id, str(POLICE.agency))),
            recipient=POLICE.agency,
            covers=frozenset[CategoryCode]({"ADR"}),
            cause="REVIEWED",
            emergency_id=EMERGENCY_ID,
            due=date(2026, 5, 27),
        ),
    )
    of_the_filing = ReviewStatutory(
        statutory_id=FILED,
        outcome="UNJUSTIFIED",
        corrective="PURGE",
        purge_from=frozenset({SHELTER.agency}),
        purge_covers=frozenset({"RSK"}),
    )
    given(TRAIL).when(of_the_filing, by=PREFECTURE).then(
        StatutoryDisclosureReviewed(
            statutory_id=FILED,
            reviewer=PREFECTURE.agency,
            outcome="UNJUSTIFIED",
            corrective="PURGE",
        ),
        PurgeRequested(
            purge_id=PurgeId(uuid5(PREFECTURE.new_id, str(SHELTER.agency))),
            recipient=SHELTER.agency,
            covers=frozenset[CategoryCode]({"RSK"}),
            cause="REVIEWED",
            statutory_id=FILED,
            due=date(2026, 5, 27),
        ),
    )


def test_whoever_had_a_part_in_it_reviews_nothing() -> None:
    for by in (CITY, CENTRE):
        for command in (review, review_filed):
            given(TRAIL).when(command, by=by).refused(ReviewedByInvolved)
    asked_it = msgspec.structs.replace(
        emergency_requested, asked_agencies=frozenset({PREFECTURE.agency})
    )
    with_it = beside(asked_it, emergency_authorised, emergency_expired)
    given(with_it).when(review, by=PREFECTURE).refused(ReviewedByInvolved)
    answered_for_it = msgspec.structs.replace(
        emergency_authorised, authorising_agency=PREFECTURE.agency
    )
    by_it = beside(emergency_requested, answered_for_it, emergency_expired)
    given(by_it).when(review, by=PREFECTURE).refused(ReviewedByInvolved)
    to_it = msgspec.structs.replace(filed, statutory_id=FILED, recipient=PREFECTURE.agency)
    given(beside(to_it)).when(review_filed, by=PREFECTURE).refused(ReviewedByInvolved)


def test_it_is_reviewed_once_and_when_it_is_over() -> None:
    under_way = beside(emergency_requested, emergency_authorised)
    given(under_way).when(review, by=PREFECTURE).refused(StillUnderWay)
    given(under_way).when(review, by=later(PREFECTURE, hours=24)).then(reviewed)
    given(TRAIL, reviewed).when(review, by=PREFECTURE).refused(AlreadyReviewed)


def test_what_told_nobody_anything_is_not_reviewed() -> None:
    for events in ((), (emergency_requested,), (emergency_requested, emergency_half)):
        given(beside(*events)).when(review, by=later(PREFECTURE, days=9)).refused(NothingToReview)
    given(beside()).when(review_filed, by=PREFECTURE).refused(NothingToReview)


@pytest.mark.parametrize(
    "command",
    [
        msgspec.structs.replace(excessive, outcome="JUSTIFIED"),
        msgspec.structs.replace(review, outcome="EXCESSIVE"),
        msgspec.structs.replace(excessive, purge_from=frozenset()),
        msgspec.structs.replace(excessive, purge_covers=frozenset()),
        msgspec.structs.replace(excessive, purge_from=frozenset({SHELTER.agency})),
        msgspec.structs.replace(excessive, purge_covers=frozenset({"HLT"})),
        msgspec.structs.replace(excessive, corrective="TRAINING"),
    ],
)
def test_a_corrective_fits_what_was_found(command: ReviewEmergency) -> None:
    given(TRAIL).when(command, by=PREFECTURE).refused(CorrectiveDoesNotFit)


@pytest.mark.parametrize(
    ("events", "hours", "trail", "state"),
    [
        ((emergency_requested,), 0, Trail(), "REQUESTED"),
        ((emergency_requested,), 24, Trail(), "LAPSED"),
        ((emergency_requested, emergency_half), 0, Trail(), "HALF_AUTHORISED"),
        ((emergency_requested, emergency_authorised), 0, Trail(), "AUTHORISED"),
        ((emergency_requested, emergency_authorised), 24, Trail(), "EXPIRED"),
        ((emergency_requested, emergency_authorised, emergency_expired), 0, Trail(), "EXPIRED"),
        (
            (emergency_requested, emergency_authorised, emergency_expired),
            0,
            Trail(reviewed=frozenset({EMERGENCY_ID})),
            "REVIEWED",
        ),
    ],
)
def test_how_an_emergency_stands_follows_from_the_clock_too(
    events: tuple[ConsentEvent, ...], hours: int, trail: Trail, state: str
) -> None:
    at = NOW + timedelta(hours=hours)
    assert emergency_state(LEDGER.replay(events), trail, EMERGENCY_ID, at) == state


EVERY_STATE: Final[Mapping[str, tuple[tuple[ConsentEvent, ...], tuple[TrailEvent, ...], int]]] = {
    NOT_YET: ((), (), 0),
    "REQUESTED": ((emergency_requested,), (), 0),
    "HALF_AUTHORISED": ((emergency_requested, emergency_half), (), 0),
    "AUTHORISED": ((emergency_requested, emergency_authorised), (), 0),
    "EXPIRED": ((emergency_requested, emergency_authorised), (), 24),  # By the clock.
    "LAPSED": ((emergency_requested, emergency_half), (), 24),
    "REVIEWED": ((emergency_requested, emergency_authorised), (reviewed,), 24),
}
LEADS: Final[Mapping[str, str]] = {
    NOT_YET: "NothingToReview",
    "REQUESTED": "NothingToReview",
    "HALF_AUTHORISED": "NothingToReview",
    "AUTHORISED": "StillUnderWay",
    "EXPIRED": "REVIEWED",
    "LAPSED": "NothingToReview",
    "REVIEWED": "AlreadyReviewed",
}
course(
    "emergency (review)",
    held({state: [said] for state, said in LEADS.items()}, ["review"], EMERGENCY.states),
)


@pytest.mark.parametrize("state", EVERY_STATE)
def test_in_every_state_an_emergency_is_reviewed_or_not_as_the_table_says(state: str) -> None:
    assert set(EVERY_STATE) == {NOT_YET, *EMERGENCY.states}
    told, before, hours = EVERY_STATE[state]
    by, ledger = later(PREFECTURE, hours=hours), LEDGER.replay(told)
    trail = TRAIL.replay(before)
    if state != NOT_YET:
        assert emergency_state(ledger, trail, EMERGENCY_ID, by.at) == state
    asked = given(beside(*told), *before).when(review, by=by)
    if LEADS[state] == "REVIEWED":
        asked.then(reviewed)
        assert EMERGENCY.after(state, EmergencyDisclosureReviewed) == "REVIEWED"
        after = TRAIL.replay((*before, reviewed))
        assert emergency_state(ledger, after, EMERGENCY_ID, by.at) == "REVIEWED"
        return
    refusals = (NothingToReview, StillUnderWay, AlreadyReviewed)
    asked.refused(next(each for each in refusals if each.__name__ == LEADS[state]))


def test_what_was_filed_by_law_is_reviewed_once_and_at_any_time() -> None:
    done = StatutoryDisclosureReviewed(
        statutory_id=FILED, reviewer=PREFECTURE.agency, outcome="JUSTIFIED", corrective="NONE"
    )
    given(beside()).when(review_filed, by=PREFECTURE).refused(NothingToReview)
    given(beside(filed)).when(review_filed, by=PREFECTURE).then(done)
    given(beside(filed), done).when(review_filed, by=later(PREFECTURE, days=900)).refused(
        AlreadyReviewed
    )


@pytest.mark.parametrize(
    "status", ["CONTACT", "ACTIVE", "CLOSED", "TRANSFERRED", "RESTRICTED", "ERASED"]
)
def test_the_trail_goes_on_whatever_has_become_of_the_case(status: Status) -> None:
    trail = beside(*HISTORY, who=msgspec.structs.replace(concerned, status=status))
    given(trail).when(review, by=PREFECTURE).then(reviewed)
    given(trail).when(notify, by=CITY).then(notified)
    given(trail).when(defer, by=CITY).then(deferred)
    given(trail).when(ask, by=CITY).then(purge_requested)
    given(trail, purge_requested).when(acknowledge, by=CENTRE).then(acknowledged)


# Telling her

notify = NotifySubject(about="EMERGENCY", about_id=AboutId(EMERGENCY_ID))
notified = SubjectNotified(about="EMERGENCY", about_id=AboutId(EMERGENCY_ID), at=NOW)
defer = DeferNotification(
    about="EMERGENCY",
    about_id=AboutId(EMERGENCY_ID),
    until=date(2026, 5, 20),
    reason="NOT_SAFE_YET",
)
deferred = NotificationDeferred(
    about="EMERGENCY",
    about_id=AboutId(EMERGENCY_ID),
    until=date(2026, 5, 20),
    reason="NOT_SAFE_YET",
)


def test_she_is_told_of_what_was_done_without_her() -> None:
    given(TRAIL).when(notify, by=CITY).then(notified)
    given(TRAIL, notified).when(notify, by=CITY).then_nothing()
    about_the_filing = NotifySubject(about="STATUTORY", about_id=AboutId(FILED))
    given(TRAIL).when(about_the_filing, by=CENTRE).then(
        SubjectNotified(about="STATUTORY", about_id=AboutId(FILED), at=NOW)
    )
    about_the_purge = NotifySubject(about="PURGE", about_id=AboutId(PURGE_ID))
    given(TRAIL, purge_requested).when(about_the_purge, by=PREFECTURE).then(
        SubjectNotified(about="PURGE", about_id=AboutId(PURGE_ID), at=NOW)
    )


def test_of_what_was_not_done_she_is_not_told() -> None:
    wrongly = NotifySubject(about="STATUTORY", about_id=AboutId(EMERGENCY_ID))
    given(TRAIL).when(wrongly, by=CITY).refused(NothingToNotify)
    given(beside(emergency_requested)).when(notify, by=CITY).refused(NothingToNotify)
    given(beside()).when(defer, by=CITY).refused(NothingToNotify)


@kept("INV-C12", guard="domain.trail:was_passed_on", instead=True)
def test_that_her_consent_has_passed_on_she_is_told_each_time_it_has() -> None:
    after = AgencyId(an_id(690))
    gone = KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="06", succeeded_by=after)
    merged = msgspec.structs.replace(
        concerned, agencies={**concerned.agencies, CENTRE.agency: gone}
    )
    passed_on = beside(explained, granted, who=merged)
    tell = NotifySubject(about="SUCCESSION", about_id=AboutId(ASKED))
    told = SubjectNotified(about="SUCCESSION", about_id=AboutId(ASKED), at=NOW)
    given(passed_on).when(tell, by=CITY).then(told)
    given(passed_on, told).when(tell, by=CITY).then(told)
    given(beside(explained, granted)).when(tell, by=CITY).refused(NothingToNotify)


def test_telling_her_is_put_off_with_a_reason_and_to_a_day() -> None:
    given(TRAIL).when(defer, by=CITY).then(deferred)
    given(TRAIL, deferred).when(defer, by=CITY).then_nothing()
    further = msgspec.structs.replace(defer, until=date(2026, 5, 27))
    given(TRAIL, deferred).when(further, by=CITY).then(
        msgspec.structs.replace(deferred, until=date(2026, 5, 27))
    )
    given(TRAIL, deferred).when(notify, by=CITY).then(notified)
    today = msgspec.structs.replace(defer, until=date(2026, 5, 13))
    given(TRAIL).when(today, by=CITY).refused(DeferredIntoThePast)
    at_midnight = msgspec.structs.replace(CITY, at=datetime(2026, 5, 12, 23, 59, 59, tzinfo=JAPAN))
    given(TRAIL).when(today, by=at_midnight).then(
        msgspec.structs.replace(deferred, until=date(2026, 5, 13))
    )
    given(TRAIL).when(today, by=later(at_midnight, seconds=1)).refused(DeferredIntoThePast)
    given(TRAIL, notified).when(defer, by=CITY).refused(AlreadyNotified)


def test_what_she_was_shown_is_recorded_and_why_some_of_it_was_not() -> None:
    show = ProvideAccess(what=frozenset({"RECORD"}), left_out=frozenset({"ENDANGERS_OTHERS"}))
    given(TRAIL).when(show, by=CITY).then(
        SubjectAccessProvided(what=show.what, left_out=show.left_out, at=NOW)
    )
    nothing = ProvideAccess(what=frozenset())
    given(TRAIL).when(nothing, by=CITY).refused(NothingProvided)


# Who finds the case

EVERY_COMMAND: Final[tuple[TrailCommand, ...]] = (
    review, review_filed, notify, defer, ProvideAccess(what=frozenset({"RECORD"})), ask,
    acknowledge, decline,
)  # fmt: skip


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda c: type(c).__name__)
@pytest.mark.parametrize("by", [SHELTER, POLICE, ANOTHER_PREFECTURE], ids=["", "told", "other"])
def test_for_all_others_there_is_no_such_case(command: TrailCommand, by: Context) -> None:
    for trail in (TRAIL, trail_of(None, Ledger())):
        given(trail, purge_requested).when(command, by=by).refused(CaseNotFound)


# What it is made of


@pytest.mark.parametrize(
    "event",
    [
        DisclosureBlocked, WithdrawalSettled, EmergencyDisclosureReviewed,
        StatutoryDisclosureReviewed, SubjectNotified, NotificationDeferred, SubjectAccessProvided,
        PurgeRequested, PurgeAcknowledged, PurgeDeclined, ErasureRequested, ErasureDecided,
        Disclosed,
    ],
)  # fmt: skip
def test_it_tells_nobody_anything_and_needs_no_key_of_hers(event: type[Event]) -> None:
    assert not event.disclosable
    assert not event.stamps
    assert cut_of(event).sealed == ()
    assert largest_header(event, cut_of(event)) <= HEADER_BYTES_MAX


def test_what_the_gate_records_changes_nothing_here() -> None:
    blocked = DisclosureBlocked(
        attempted_by=CITY.agency,
        to_agency=POLICE.agency,
        channel="REFERRAL",
        categories=frozenset[CategoryCode]({"IDN", "HLT"}),
        missing=frozenset[CategoryCode]({"HLT"}),
    )
    settled = WithdrawalSettled(grant_id=ASKED, recipients=frozenset({CENTRE.agency}), at=NOW)
    assert TRAIL.replay((blocked, settled)) == Trail()
