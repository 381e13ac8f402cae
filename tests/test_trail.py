"""The trail: reviews by who had no part in it, notices to her, purges and their answers."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final
from uuid import uuid5

import msgspec
import pytest

from domain.agency import KnownAgency
from domain.case import CaseNotFound
from domain.categories import CategoryCode
from domain.concerned import Concerned
from domain.consent_ledger import ConsentEvent, Ledger
from domain.disclosed import Disclosed
from domain.erasure import ErasureDecided, ErasureRequested
from domain.fields import cut_of, largest_header
from domain.header import HEADER_BYTES_MAX
from domain.machine import NOT_YET
from domain.model import CLOSED, AgencyId, Context, Decider, EmergencyId, Event, GrantId
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
from domain.speech import Refused
from domain.statutory import StatutoryDisclosureRecorded, StatutoryId
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
    PURGE,
    AcknowledgePurge,
    DeclinePurge,
    PurgeAcknowledged,
    PurgeDeclined,
    PurgeId,
    PurgeNotFound,
    PurgeOfWhatWasToldNotNamed,
    PurgeRequested,
    RequestPurge,
)
from tests.consenting import ASKED, LEDGER, case, explained, granted, withdrawn
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id, given, later, making, someone
from tests.test_emergency import ID as EMERGENCY_ID
from tests.test_emergency import authorised as emergency_authorised
from tests.test_emergency import expired as emergency_expired
from tests.test_emergency import half as emergency_half
from tests.test_emergency import requested as emergency_requested

PREFECTURE: Final = someone(30, "CASEWORKER")
ANOTHER_PREFECTURE: Final = someone(31, "CASEWORKER")
POLICE: Final = msgspec.structs.replace(someone(20, "PRACTITIONER"), agency=AgencyId(an_id(20)))
TOMORROW: Final = timedelta(days=1)
concerned: Final = msgspec.structs.replace(
    case,
    agencies={
        CITY.agency: KnownAgency(kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION", prefecture="06"),
        CENTRE.agency: KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="06"),
        PREFECTURE.agency: KnownAgency(kind="PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="06"),
        ANOTHER_PREFECTURE.agency: KnownAgency(
            kind="PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="07"
        ),
        POLICE.agency: KnownAgency(kind="POLICE", prefecture="06"),
    },
)
FILED: Final = StatutoryId(an_id(70))
filed = StatutoryDisclosureRecorded(
    statutory_id=FILED,
    provision="CHILD_ABUSE_PREVENTION_6",
    recipient=SHELTER.agency,
    categories=frozenset[CategoryCode]({"CHD", "RSK"}),
    filing_agency=CITY.agency,
    text=CLOSED,
)
HISTORY: Final = (
    explained,
    granted,
    withdrawn,
    emergency_requested,
    emergency_authorised,
    emergency_expired,
    filed,
)


def beside(
    *events: ConsentEvent, who: Concerned = concerned
) -> Decider[Trail, TrailCommand, TrailEvent]:
    """The trail beside a ledger in which this has happened."""
    return trail_of(who, LEDGER.replay(events))


TRAIL: Final = beside(*HISTORY)

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
    given(TRAIL, notified).when(defer, by=CITY).refused(AlreadyNotified)


def test_what_she_was_shown_is_recorded_and_why_some_of_it_was_not() -> None:
    show = ProvideAccess(what=frozenset({"RECORD"}), left_out=frozenset({"ENDANGERS_OTHERS"}))
    given(TRAIL).when(show, by=CITY).then(
        SubjectAccessProvided(what=show.what, left_out=show.left_out, at=NOW)
    )
    nothing = ProvideAccess(what=frozenset())
    given(TRAIL).when(nothing, by=CITY).refused(NothingProvided)


# Purging

PURGE_ID: Final = PurgeId(CITY.new_id)
ask = RequestPurge(
    recipient=CENTRE.agency,
    covers=frozenset({"IDN", "RSK"}),
    cause="WITHDRAWN",
    grant_id=ASKED,
)
purge_requested = PurgeRequested(
    purge_id=PURGE_ID,
    recipient=CENTRE.agency,
    covers=frozenset[CategoryCode]({"IDN", "RSK"}),
    cause="WITHDRAWN",
    grant_id=ASKED,
    due=date(2026, 5, 27),
)
acknowledge = AcknowledgePurge(purge_id=PURGE_ID)
decline = DeclinePurge(purge_id=PURGE_ID, ground="MEDICAL_RECORDS")
acknowledged = PurgeAcknowledged(purge_id=PURGE_ID, recipient=CENTRE.agency)
declined = PurgeDeclined(purge_id=PURGE_ID, recipient=CENTRE.agency, ground="MEDICAL_RECORDS")


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


def test_whom_she_took_out_of_a_consent_may_be_asked_too() -> None:
    only_explained = beside(explained)
    given(only_explained).when(ask, by=CITY).refused(PurgeOfWhatWasToldNotNamed)
    given(beside(explained, granted)).when(ask, by=CITY).then(purge_requested)


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
    given(without, purge_requested).when(notify, by=CENTRE).refused(CaseNotFound)


def test_nobody_answers_for_a_recipient() -> None:
    given(TRAIL, purge_requested).when(acknowledge, by=CITY).refused(PurgeNotFound)
    given(TRAIL, purge_requested).when(acknowledge, by=PREFECTURE).refused(CaseNotFound)


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
