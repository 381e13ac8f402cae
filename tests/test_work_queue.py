"""Work that waits (PRJ-12): it comes with what begins, and goes when it is done."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from domain.agency import AgencyRegistered, AgencyRestored, AgencySucceeded, AgencySuspended
from domain.consent_ledger.events import ConsentNarrowed
from domain.grievance import (
    GrievanceAcknowledged,
    GrievanceEscalated,
    GrievanceReceived,
    GrievanceReopened,
    HandlerAssigned,
    ResponseGiven,
)
from domain.meeting.events import (
    DecisionId,
    DecisionProgressReported,
    DecisionRecorded,
    DisagreementRecorded,
    MainSupportAgencyDesignated,
    MeetingHeld,
    MeetingPlanned,
)
from domain.model import (
    Event,
    GrievanceId,
    MeetingId,
    ReferralId,
)
from domain.network import CoordinatingAgencyDesignated, NetworkEstablished, RulesAdopted
from domain.referral import ReferralAccepted, ReferralDrafted, ReferralSent
from domain.timers import TimerRules, end_of
from domain.trail.notices import AboutId, SubjectNotified
from projections.tables import Key, Projection, Row, fold, touched
from projections.whose_work import (
    CASE_DUTY,
    GIVEN_TO,
    NETWORK_DUTY,
    REPRESENTATIVES,
    STOPPED,
    SUCCESSIONS,
)
from projections.work_queue import WORK_QUEUE
from projections.work_row import moment, seconds
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id
from tests.waiting import (
    CASE,
    GRANT,
    HER,
    MIDORINO,
    NOTHING_TOUCHED,
    STREAM,
    TODAY,
    accepted,
    closed,
    given_,
    moved,
    reopened,
    reviewed,
    rows,
    seen,
    waits,
)

# Reviews and conferences


@shown("INV-M2")
def test_each_active_case_is_reviewed_within_the_interval_of_its_network() -> None:
    assert waits(accepted)["REVIEW"] == (CITY.agency, date(2026, 7, 13))
    assert waits(accepted, reviewed)["REVIEW"] == (CITY.agency, date(2026, 9, 1))
    assert waits(accepted, moved)["REVIEW"] == (CENTRE.agency, date(2026, 7, 13))
    assert "REVIEW" not in waits(accepted, closed)
    assert waits(accepted, closed, reopened)["REVIEW"] == (CITY.agency, date(2026, 8, 13))
    (row,) = (each for each in rows(accepted) if each.kind == "REVIEW")
    assert row.network == MIDORINO


@kept("INV-M2", guard=NOTHING_TOUCHED, instead=())
def test_a_case_that_nobody_tables_comes_up_by_itself() -> None:
    assert waits(accepted).get("REVIEW") == (CITY.agency, date(2026, 7, 13))


def test_a_case_of_old_is_reviewed_within_three_months() -> None:
    of_old = replace(accepted, review_by=None)
    assert waits(of_old)["REVIEW"] == (CITY.agency, date(2026, 8, 13))
    assert waits(of_old, replace(reviewed, next_by=None))["REVIEW"][1] == date(2026, 10, 1)


def test_a_case_without_a_conference_is_one_until_the_first_was_held() -> None:
    held = MeetingHeld(agencies=(), staff=(), roles=(), started_at=NOW, ended_at=NOW, held_on=TODAY)
    assert waits(accepted, moved)["CONFERENCE"] == (CENTRE.agency, date(2026, 7, 13))
    assert "CONFERENCE" not in waits(accepted, held)
    assert "CONFERENCE" not in waits(accepted, held, closed, reopened)


def test_what_is_not_agreed_is_settled_within_days_of_the_first_time() -> None:
    disagreed = DisagreementRecorded(
        subject_id=HER,
        case_id=CASE,
        topic="誰が日々の支援を担うか",
        agencies=(),
        positions=(),
        since=TODAY,
        settle_by=date(2026, 5, 20),
    )
    again = replace(disagreed, since=date(2026, 5, 19), settle_by=date(2026, 5, 26))
    assert waits(disagreed, again)["CONSULTATION"] == (CITY.agency, date(2026, 5, 20))
    designated = MainSupportAgencyDesignated(
        subject_id=HER,
        case_id=CASE,
        agency_id=CENTRE.agency,
        designated_by=CITY.agency,
        dissenting=frozenset(),
        reason="",
        dissent=None,
        subject_wish="",
    )
    assert waits(disagreed, designated) == {}
    assert waits(disagreed, replace(decided, settles=True, due=None)) == {}


decided = DecisionRecorded(
    decision_id=DecisionId(an_id(610)),
    subject_id=HER,
    case_id=CASE,
    kind="SUPPORT_METHOD",
    text="生活保護の申請に同行する",
    agreed=frozenset(),
    dissenting=frozenset(),
    due=date(2026, 5, 27),
)


def test_what_a_meeting_has_decided_is_followed_up_until_it_is_done() -> None:
    report = DecisionProgressReported(
        decision_id=decided.decision_id, subject_id=HER, status="GOING_ON", text=None
    )
    assert waits(decided, report) == {"DECISION": (CITY.agency, date(2026, 5, 27))}
    assert waits(decided, replace(report, status="DONE")) == {}
    assert waits(replace(decided, due=None)) == {}


# Referrals

drafted = ReferralDrafted(
    referral_id=ReferralId(an_id(611)),
    case_id=CASE,
    kind="SERVICE_LINK",
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
    purpose="SERVICE",
    urgency="CRITICAL",
    answer_within="HOURS",
)
sent = ReferralSent(sent_at=NOW, answer_due=NOW + timedelta(hours=2), accompanied=False)


@shown("INV-R5")
def test_an_answer_that_is_awaited_comes_up_on_both_sides_and_goes_with_it() -> None:
    unanswered = {
        row.kind: (row.agency, row.names, row.due) for row in rows(drafted, sent) if row.due
    }
    in_two_hours = seconds(NOW + timedelta(hours=2))
    assert unanswered == {
        "REFERRAL_ANSWER": (CENTRE.agency, drafted.referral_id, in_two_hours),
        "REFERRAL_WAITING": (CITY.agency, drafted.referral_id, in_two_hours),
    }
    assert waits(drafted) == {}
    assert waits(drafted, sent, ReferralAccepted(on=TODAY, conditions=frozenset())) == {}


@kept("INV-R5", guard=NOTHING_TOUCHED, instead=())
def test_no_referral_is_forgotten_that_nobody_answers() -> None:
    assert {row.kind for row in rows(drafted, sent)} == {"REFERRAL_ANSWER", "REFERRAL_WAITING"}


def test_the_senders_own_time_goes_before_and_of_old_three_business_days_are_waited() -> None:
    own = replace(sent, respond_by=NOW + timedelta(hours=5), answer_due=None)
    assert {row.due for row in rows(drafted, own)} == {seconds(NOW + timedelta(hours=5))}
    of_old = replace(sent, answer_due=None)
    assert {row.due for row in rows(drafted, of_old)} == {seconds(end_of(date(2026, 5, 18)))}


# Grievances

received = GrievanceReceived(
    grievance_id=GrievanceId(an_id(619)),
    case_id=CASE,
    received_by=CITY.agency,
    about_agencies=frozenset(),
    about_staff=frozenset(),
    on=TODAY,
    acknowledge_by=date(2026, 5, 18),
    answer_by=date(2026, 6, 12),
    complainant="SUBJECT",
    text="",
)
acknowledged = GrievanceAcknowledged(grievance_id=received.grievance_id, on=TODAY)
assigned = HandlerAssigned(grievance_id=received.grievance_id, handler=CENTRE.agency)
answered = ResponseGiven(grievance_id=received.grievance_id, on=TODAY, response="")


@shown("INV-G2")
def test_a_grievance_is_acknowledged_and_answered_in_time_by_whoever_it_falls_to() -> None:
    assert waits(received) == {
        "GRIEVANCE_ACKNOWLEDGEMENT": (CITY.agency, date(2026, 5, 18)),
        "GRIEVANCE_ANSWER": (CITY.agency, date(2026, 6, 12)),
    }
    assert waits(received, acknowledged, assigned) == {
        "GRIEVANCE_ANSWER": (CENTRE.agency, date(2026, 6, 12))
    }
    assert waits(received, acknowledged, assigned, answered) == {}
    again = GrievanceReopened(
        grievance_id=received.grievance_id, on=TODAY, answer_by=date(2026, 7, 1)
    )
    assert waits(received, acknowledged, assigned, answered, again) == {
        "GRIEVANCE_ANSWER": (CENTRE.agency, date(2026, 7, 1))
    }


@kept("INV-G2", guard=NOTHING_TOUCHED, instead=())
def test_taken_further_it_is_acknowledged_anew_and_still_to_be_answered() -> None:
    further = GrievanceEscalated(
        grievance_id=received.grievance_id,
        to_agency=SHELTER.agency,
        reason="OVERDUE",
        on=TODAY,
        acknowledge_by=date(2026, 5, 20),
    )
    assert waits(received, acknowledged, assigned, further) == {
        "GRIEVANCE_ACKNOWLEDGEMENT": (SHELTER.agency, date(2026, 5, 20)),
        "GRIEVANCE_ANSWER": (SHELTER.agency, date(2026, 6, 12)),
    }


def test_of_old_it_has_three_business_days_and_thirty() -> None:
    of_old = replace(received, acknowledge_by=None, answer_by=None)
    assert waits(of_old) == waits(received)


# Whose work it is


def kept_rows(of: Projection[Key, Row], *told: Event) -> list[Row]:
    wanted = [each for each in seen(*told) if of.wants and type(each.event) in of.wants]
    return [row for row in fold(of, {}, touched(of, wanted)).values() if row is not None]


def test_who_answers_for_a_case_and_whether_she_is_supported_is_known_of_each() -> None:
    (row,) = kept_rows(CASE_DUTY, accepted, moved)
    assert row == CASE_DUTY.row(
        case_id=CASE, source=2, agency=CENTRE.agency, network=MIDORINO, is_open=True
    )
    (ended,) = kept_rows(CASE_DUTY, accepted, closed)
    (back,) = kept_rows(CASE_DUTY, accepted, closed, reopened)
    assert (ended.is_open, back.is_open) == (False, True)


def test_what_a_suspended_agency_answers_for_moves_within_a_business_day() -> None:
    registered = AgencyRegistered(
        agency_id=CITY.agency,
        kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION",
        name="緑野市",
        prefecture="06",
        municipality=None,
        sector="PUBLIC",
        publish_name=True,
    )
    on_friday = AgencySuspended(on=date(2026, 5, 15))
    (stopped,) = kept_rows(STOPPED, registered, on_friday)
    assert stopped == STOPPED.row(
        stream=STREAM, agency=CITY.agency, due=seconds(end_of(date(2026, 5, 18)))
    )
    (restored,) = kept_rows(STOPPED, registered, on_friday, AgencyRestored(on=TODAY))
    assert restored.due is None


def test_how_often_representatives_meet_is_counted_by_network() -> None:
    rules = RulesAdopted(
        version="2026-04",
        meeting_mode="PERIODIC_OR_AS_NEEDED",
        representatives_at_least=1,
        review_interval_months=3,
        timers=TimerRules(),
        confidentiality_clause=(),
        purpose_of_sharing=(),
    )
    network = NetworkEstablished(
        network_id=MIDORINO,
        name="緑野市",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area="緑野市",
        implementing_body=CITY.agency,
        on=TODAY,
    )
    leads = CoordinatingAgencyDesignated(agency_id=CENTRE.agency, on=TODAY)
    assert kept_rows(NETWORK_DUTY, network, leads, rules) == [
        NETWORK_DUTY.row(
            stream=STREAM,
            network_id=MIDORINO,
            prefecture="06",
            coordinating=CENTRE.agency,
            representatives=1,
            representatives_since=TODAY,
        )
    ]
    planned = MeetingPlanned(
        meeting_id=MeetingId(an_id(620)),
        kind="REPRESENTATIVES",
        network_id=MIDORINO,
        on=TODAY,
        place=None,
        convenor=CITY.agency,
        trigger=None,
        held_within=None,
    )
    held = MeetingHeld(agencies=(), staff=(), roles=(), started_at=NOW, ended_at=NOW, held_on=TODAY)
    assert kept_rows(REPRESENTATIVES, planned, held) == [
        REPRESENTATIVES.row(stream=STREAM, network_id=MIDORINO, held_on=TODAY)
    ]
    assert kept_rows(REPRESENTATIVES, replace(planned, kind="PRACTITIONERS"), held) == []


@shown("INV-C12")
def test_that_a_consent_has_passed_on_she_is_told_by_whom_she_had_given_it_through() -> None:
    succeeded = AgencySucceeded(old=CENTRE.agency, new=SHELTER.agency, on=TODAY)
    assert kept_rows(SUCCESSIONS, succeeded) == [
        SUCCESSIONS.row(old=CENTRE.agency, new=SHELTER.agency, position=1, due=seconds(NOW))
    ]
    assert {row.agency for row in kept_rows(GIVEN_TO, given_)} == given_.recipients
    fewer = ConsentNarrowed(
        grant_id=GRANT,
        at=NOW,
        via_agency=CITY.agency,
        removed_recipients=frozenset({CENTRE.agency}),
    )
    (left,) = kept_rows(GIVEN_TO, given_, fewer)
    assert left.agency == SHELTER.agency
    told = SubjectNotified(about="SUCCESSION", about_id=AboutId(GRANT), at=NOW)
    (notice,) = (row for row in rows(given_, told) if row.kind == "SUCCESSION_NOTICE")
    assert (notice.agency, notice.told) == (CITY.agency, 2)
    # Where she is passes to nobody: of that there is nothing to tell.
    where_alone = replace(given_, categories=frozenset({"LOC"}))
    assert kept_rows(GIVEN_TO, where_alone) == []


def test_the_table_holds_no_word_of_hers() -> None:
    kinds: Mapping[str, str] = {each.name: each.kind for each in WORK_QUEUE.columns}
    assert set(kinds.values()) <= {"id", "number", "code"}
    assert moment(seconds(datetime(2026, 5, 13, tzinfo=UTC))) == datetime(2026, 5, 13, tzinfo=UTC)
