"""Consent: narrowed, taken back at any time, and over when what it was for is over."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final, get_args

import msgspec
import pytest

from domain.calendar import JAPAN
from domain.case import CaseNotFound
from domain.case.closing import CaseClosed, CaseTransferred
from domain.case.stay_events import StayCancelled, StayEnded
from domain.categories import CategoryCode
from domain.codes import ConsentKind, UntilEvent
from domain.consent_ledger import (
    ConsentExpired,
    ConsentGranted,
    ConsentNarrowed,
    ConsentWithdrawnWordless,
    GrantNotFound,
    NarrowConsent,
    RecordExpiry,
    StillInForce,
    agreed,
    ended_with,
    in_force,
    planned_stays,
)
from domain.items import FieldPath
from domain.meeting.events import MeetingCancelled, MeetingClosed
from domain.model import (
    CLOSED,
    AgencyId,
    Event,
    GrantId,
    MeetingId,
    NetworkId,
    ReferralId,
    StayId,
    stream_of,
)
from tests.consenting import (
    ASKED,
    HER_SISTER,
    LEDGER,
    case,
    explained,
    grant,
    granted,
    ledger,
    refused,
    withdraw,
    withdrawn,
)
from tests.invariants import accepted
from tests.invariants import refused as refused_
from tests.spec import (
    CENTRE,
    CITY,
    NOW,
    POLICE,
    SHELTER,
    an_id,
    given,
    later,
    someone,
)

PREFECTURE: Final = someone(5, "CASEWORKER")


# Withdrawing


@accepted("INV-C5")
def test_she_takes_back_her_consent_without_a_reason() -> None:
    given(LEDGER, explained, granted).when(withdraw, by=CITY).then(withdrawn)


def test_she_may_say_why() -> None:
    why = "夫の知人が職員にいると聞いた。"
    saying_why = msgspec.structs.replace(withdraw, reason=why)
    given(LEDGER, explained, granted).when(saying_why, by=CITY).then(
        msgspec.structs.replace(withdrawn, reason=why)
    )


@accepted("INV-C5")
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


@accepted("INV-C5")
def test_she_takes_it_back_whatever_has_become_of_the_case() -> None:
    for status in ("CONTACT", "CLOSED", "TRANSFERRED", "RESTRICTED"):
        given(ledger(status=status), explained, granted).when(withdraw, by=CITY).then(withdrawn)


@accepted("INV-C5", "INV-E3")
@refused_("INV-E3", guard="domain.consent_ledger.ending:keeps_words", instead=True)
def test_when_no_word_of_hers_can_be_kept_any_more_she_still_takes_it_back() -> None:
    saying_why = msgspec.structs.replace(withdraw, reason="もう関わりたくない。")
    wordless = ConsentWithdrawnWordless(grant_id=ASKED, at=NOW, via_agency=CITY.agency)
    given(ledger(status="ERASED"), explained, granted).when(saying_why, by=CITY).then(wordless)
    given(ledger(status="ERASED"), explained, granted, wordless).when(
        withdraw, by=CITY
    ).then_nothing()


def test_she_takes_it_back_through_whoever_handles_her_grievance() -> None:
    handled = ledger(handlers=frozenset({PREFECTURE.agency}))
    given(handled, explained, granted).when(withdraw, by=PREFECTURE).then(
        msgspec.structs.replace(withdrawn, via_agency=PREFECTURE.agency)
    )
    given(handled, explained, granted).when(take_out(categories={"RSK"}), by=PREFECTURE).then(
        msgspec.structs.replace(narrowed, via_agency=PREFECTURE.agency)
    )
    given(handled, explained).when(grant, by=PREFECTURE).refused(CaseNotFound)


@refused_("INV-C5", guard="domain.consent_ledger:check_takes_part", instead=case)
def test_nobody_else_takes_it_back_for_her() -> None:
    given(LEDGER, explained, granted).when(withdraw, by=POLICE).refused(CaseNotFound)


def test_from_then_on_nothing_rests_on_it() -> None:
    before = LEDGER.replay((explained, granted))
    assert list(in_force(before, NOW)) == [ASKED]
    assert in_force(LEDGER.replay((explained, granted, withdrawn)), NOW) == {}


# Narrowing


def take_out(
    categories: Collection[CategoryCode] = (),
    recipients: Collection[AgencyId] = (),
    fields: Collection[FieldPath] = (),
) -> NarrowConsent:
    return NarrowConsent(
        grant_id=ASKED,
        removed_categories=frozenset(categories),
        removed_recipients=frozenset(recipients) or None,
        removed_fields=frozenset(fields) or None,
    )


narrowed = ConsentNarrowed(
    grant_id=ASKED,
    removed_categories=frozenset[CategoryCode]({"RSK"}),
    at=NOW,
    via_agency=CITY.agency,
)
to_both = msgspec.structs.replace(granted, recipients=explained.recipients)
KANA: Final = "case.subject_identified.v1/kana"


def test_she_takes_out_a_part_of_it_and_the_rest_goes_on() -> None:
    given(LEDGER, explained, granted).when(take_out(categories={"RSK"}), by=CITY).then(narrowed)
    after = in_force(LEDGER.replay((explained, granted, narrowed)), NOW)
    assert after[ASKED].categories == {"IDN", "CNT"}
    assert after[ASKED].recipients == granted.recipients


def test_she_takes_out_an_agency() -> None:
    without = ConsentNarrowed(
        grant_id=ASKED,
        removed_recipients=frozenset({SHELTER.agency}),
        at=NOW,
        via_agency=CITY.agency,
    )
    given(LEDGER, explained, to_both).when(take_out(recipients={SHELTER.agency}), by=CITY).then(
        without
    )
    after = in_force(LEDGER.replay((explained, to_both, without)), NOW)[ASKED]
    assert after.recipients == {CENTRE.agency}
    assert after.given_to == {CENTRE.agency, SHELTER.agency}


def test_she_takes_out_a_field() -> None:
    without = ConsentNarrowed(
        grant_id=ASKED, removed_fields=frozenset({KANA}), at=NOW, via_agency=CITY.agency
    )
    given(LEDGER, explained, granted).when(take_out(fields={KANA}), by=CITY).then(without)
    before, after = (
        in_force(LEDGER.replay(events), NOW)[ASKED]
        for events in ((explained, granted), (explained, granted, without))
    )
    assert before.names(KANA)
    assert not after.names(KANA)
    assert not after.names("case.subject_identified.v1/birth_date")


def test_what_is_not_in_it_any_more_is_not_taken_out_again() -> None:
    of_it_and_more = take_out(categories={"RSK", "HLT"})
    given(LEDGER, explained, granted).when(of_it_and_more, by=CITY).then(narrowed)
    given(LEDGER, explained, granted, narrowed).when(of_it_and_more, by=CITY).then_nothing()
    left_out_from_the_first = take_out(fields=granted.excluded_fields or ())
    given(LEDGER, explained, granted).when(left_out_from_the_first, by=CITY).then_nothing()
    nothing = take_out()
    given(LEDGER, explained, granted).when(nothing, by=CITY).then_nothing()


def test_whoever_takes_an_agency_out_does_not_learn_whether_it_was_in_it() -> None:
    wider = msgspec.structs.replace(
        granted, recipients=frozenset({CENTRE.agency, SHELTER.agency, PREFECTURE.agency})
    )
    for other in (SHELTER, POLICE):
        without = ConsentNarrowed(
            grant_id=ASKED,
            removed_recipients=frozenset({other.agency}),
            at=NOW,
            via_agency=CITY.agency,
        )
        take = take_out(recipients={other.agency})
        given(LEDGER, explained, wider).when(take, by=CITY).then(without)
        given(LEDGER, explained, wider, without).when(take, by=CITY).then(without)
    assert in_force(LEDGER.replay((explained, granted, without)), NOW)[ASKED].recipients == {
        CENTRE.agency
    }


def test_where_nothing_is_left_she_has_taken_it_back() -> None:
    for all_of_it in (
        take_out(categories=granted.categories),
        take_out(recipients=granted.recipients),
        take_out(recipients={*granted.recipients, POLICE.agency}),
    ):
        given(LEDGER, explained, granted).when(all_of_it, by=CITY).then(withdrawn)


def test_what_opens_nothing_is_not_narrowed() -> None:
    take = take_out(categories={"RSK"})
    given(LEDGER).when(take, by=CITY).refused(GrantNotFound)
    for events in ((explained,), (explained, refused), (explained, granted, withdrawn)):
        given(LEDGER, *events).when(take, by=CITY).then_nothing()


# Ending by itself


def test_a_consent_ends_by_the_clock_with_its_last_day_in_japan() -> None:
    until = msgspec.structs.replace(granted, until_event=None, valid_until=date(2026, 5, 31))
    kept = LEDGER.replay((explained, until))
    last = datetime(2026, 5, 31, 23, 59, 59, tzinfo=JAPAN)
    assert list(in_force(kept, last)) == [ASKED]
    assert in_force(kept, last + timedelta(seconds=1)) == {}


def test_a_consent_does_not_begin_before_she_gave_it() -> None:
    kept = LEDGER.replay((explained, granted))
    assert in_force(kept, NOW - timedelta(seconds=1)) == {}


def test_that_it_has_ended_is_recorded_once() -> None:
    until = msgspec.structs.replace(granted, until_event=None, valid_until=date(2026, 5, 13))
    record = RecordExpiry(grant_id=ASKED)
    tomorrow = later(CITY, days=1)
    given(LEDGER, explained, until).when(record, by=CITY).refused(StillInForce)
    given(LEDGER, explained, until).when(record, by=tomorrow).then(expired)
    given(LEDGER, explained, until, expired).when(record, by=tomorrow).then_nothing()
    given(LEDGER, explained, granted).when(record, by=tomorrow).refused(StillInForce)
    given(LEDGER).when(record, by=CITY).refused(GrantNotFound)


expired = ConsentExpired(grant_id=ASKED)
HERE: Final = stream_of("case", an_id(500))
STAY: Final = StayId(an_id(950))
MEETING: Final = MeetingId(an_id(900))
stay_ended = StayEnded(
    stay_id=STAY,
    ended_on=date(2026, 5, 13),
    destination_kind=CLOSED,
    destination_address=CLOSED,
    companions_outcome=CLOSED,
)
stay_cancelled = StayCancelled(stay_id=STAY, reason="NO_PLACE", text=CLOSED)
closed = CaseClosed(on=date(2026, 5, 13), reason="GOALS_MET", outcome=CLOSED, subject_wish=CLOSED)
moved = CaseTransferred(
    on=date(2026, 5, 13),
    to_agency=CENTRE.agency,
    to_network=NetworkId(an_id(960)),
    referral_id=ReferralId(an_id(961)),
)
moved_away = msgspec.structs.replace(moved, to_network=None)
meeting_closed = MeetingClosed()
meeting_cancelled = MeetingCancelled(reason=CLOSED)


def until(event: UntilEvent | None) -> ConsentGranted:
    return msgspec.structs.replace(
        granted,
        until_event=event,
        valid_until=None if event else date(2026, 12, 31),
        until_stay=STAY if event == "STAY_END" else None,
        via_meeting=MEETING if event == "MEETING_CLOSE" else None,
    )


@pytest.mark.parametrize(
    ("happened", "over"),
    [
        (stay_ended, {"STAY_END"}),
        (stay_cancelled, {"STAY_END"}),
        (meeting_closed, {"MEETING_CLOSE"}),
        (meeting_cancelled, {"MEETING_CLOSE"}),
        (moved, {"CASE_TRANSFER"}),
        (moved_away, {"CASE_TRANSFER", "CASE_CLOSE", "STAY_END"}),
        (closed, {"CASE_TRANSFER", "CASE_CLOSE", "STAY_END"}),
        (granted, set[str]()),
    ],
    ids=["stay", "no stay", "meeting", "no meeting", "moved", "moved away", "closed", "else"],
)
def test_a_consent_ends_with_what_it_was_to_last_for(happened: Event, over: set[str]) -> None:
    meeting = isinstance(happened, MeetingClosed | MeetingCancelled)
    stream = stream_of("meeting", MEETING) if meeting else HERE
    for event in (*get_args(UntilEvent), None):
        kept = LEDGER.replay((explained, until(event)))
        ends = (expired,) if event in over else ()
        assert ended_with(kept, [(stream, happened)]) == ends
        ended = LEDGER.replay((explained, until(event), withdrawn))
        assert ended_with(ended, [(stream, happened)]) == ()


def test_another_stay_and_another_meeting_end_nothing() -> None:
    stay = LEDGER.replay((explained, until("STAY_END")))
    another = msgspec.structs.replace(stay_ended, stay_id=StayId(an_id(951)))
    assert ended_with(stay, [(HERE, another)]) == ()
    meeting = LEDGER.replay((explained, until("MEETING_CLOSE")))
    elsewhere = stream_of("meeting", an_id(901))
    assert ended_with(meeting, [(elsewhere, meeting_closed)]) == ()


def test_an_older_consent_that_names_no_stay_ends_with_any() -> None:
    unnamed = msgspec.structs.replace(granted, until_event="STAY_END")
    assert ended_with(LEDGER.replay((explained, unnamed)), [(HERE, stay_ended)]) == (expired,)


def test_a_stay_is_planned_as_long_as_a_consent_waits_for_its_end() -> None:
    assert planned_stays(LEDGER.replay((explained, until("STAY_END")))) == {STAY}
    assert planned_stays(LEDGER.replay((explained, until("STAY_END"), expired))) == frozenset()


# One kind of consent, and another


@accepted("INV-C9")
def test_she_has_agreed_to_what_she_agreed_to() -> None:
    protection = msgspec.structs.replace(granted, kind="TEMPORARY_PROTECTION")
    kept = LEDGER.replay((explained, protection))
    assert agreed(kept, "TEMPORARY_PROTECTION", NOW) == ASKED
    later_one = msgspec.structs.replace(protection, grant_id=GrantId(an_id(801)))
    assert agreed(LEDGER.replay((explained, protection, later_one)), protection.kind, NOW) == (
        later_one.grant_id
    )


@refused_("INV-C9", guard="domain.consent_ledger:stands_for", instead=True)
def test_no_kind_of_consent_implies_another() -> None:
    for given_kind in get_args(ConsentKind):
        kept = LEDGER.replay((explained, msgspec.structs.replace(granted, kind=given_kind)))
        for kind in get_args(ConsentKind):
            assert (agreed(kept, kind, NOW) == ASKED) == (kind == given_kind)


@refused_("INV-C10", guard="domain.consent_ledger:stands_for", instead=True)
def test_a_companion_agrees_to_nothing_for_her() -> None:
    hers = msgspec.structs.replace(
        granted, kind="SUPPORT_PLAN", grantor="ADULT_COMPANION", grantor_id=HER_SISTER
    )
    assert agreed(LEDGER.replay((explained, hers)), "SUPPORT_PLAN", NOW) is None
