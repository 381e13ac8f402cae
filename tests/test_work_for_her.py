"""Work that waits for her (PRJ-12): no call, plan, hearing or consent of hers is forgotten."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from domain.case.aftercare import AftercareEnded, AftercareRescheduled, AftercareStarted
from domain.case.companions import CompanionAdded, CompanionRemoved
from domain.case.legal import LegalStepId, LegalStepRecorded
from domain.case.plans import PlanId, SupportPlanClosed, SupportPlanDrafted, SupportPlanRevised
from domain.case.stay_events import StayCancelled, StayDecided, StayStarted
from domain.case.support import (
    ActivityId,
    AssessmentId,
    AssessmentRecorded,
    SupportActivityRecorded,
)
from domain.consent_ledger.events import ConsentWithdrawnWordless
from domain.emergency import EmergencyDisclosureAuthorised, EmergencyExpired, EmergencyRequested
from domain.model import (
    ITSELF,
    AgencyId,
    EmergencyId,
    PersonId,
    StayId,
)
from domain.reviews import EmergencyDisclosureReviewed
from domain.statutory import StatutoryDisclosureRecorded, StatutoryId
from domain.support_codes import AftercareMeans
from domain.timers import end_of
from domain.trail.notices import AboutId, NotificationDeferred, SubjectNotified
from domain.trail.purges import PurgeAcknowledged, PurgeDeclined, PurgeId, PurgeRequested
from projections.work_row import seconds
from tests.invariants import accepted as shown
from tests.invariants import refused as kept
from tests.spec import CENTRE, CITY, NOW, SHELTER, an_id
from tests.waiting import (
    GRANT,
    HER,
    HUSBAND,
    NOTHING_TOUCHED,
    SON,
    STAY,
    TODAY,
    closed,
    given_,
    rows,
    waits,
)

# Aftercare

aftercare = AftercareStarted(
    lead_agency=SHELTER.agency,
    started_on=TODAY,
    means=frozenset[AftercareMeans]({"PHONE"}),
    cadence_days=14,
    subject_wish=None,
)


def activity(of: PersonId, provider: AgencyId, at: datetime) -> SupportActivityRecorded:
    return SupportActivityRecorded(
        activity_id=ActivityId(an_id(612)),
        kind="PHONE_FOLLOW_UP",
        at=at,
        provider=provider,
        person_id=of,
        place_kind="OTHER",
        health_detail=None,
        child_detail=None,
        text=None,
    )


@shown("INV-F1")
def test_she_is_to_be_called_so_many_days_after_she_was_last() -> None:
    called = activity(HER, SHELTER.agency, NOW + timedelta(days=7))
    assert waits(aftercare) == {"AFTERCARE_CONTACT": (SHELTER.agency, date(2026, 5, 27))}
    assert waits(aftercare, called) == {"AFTERCARE_CONTACT": (SHELTER.agency, date(2026, 6, 3))}
    by_another = activity(HER, CITY.agency, NOW + timedelta(days=7))
    long_ago = activity(HER, SHELTER.agency, NOW - timedelta(days=7))
    liaison = replace(called, kind="LIAISON")
    for no_contact in (by_another, long_ago, liaison):
        assert waits(aftercare, no_contact) == waits(aftercare)


@kept("INV-F1", guard=NOTHING_TOUCHED, instead=())
def test_a_contact_that_is_overdue_comes_up_until_aftercare_ends() -> None:
    assert "AFTERCARE_CONTACT" in waits(aftercare)
    ended = AftercareEnded(
        lead_agency=SHELTER.agency, ended_on=TODAY, subject_wish="もう大丈夫。", reason=None
    )
    assert waits(aftercare, ended) == {}
    assert waits(aftercare, closed) == {}


def test_with_another_lead_another_calls_her() -> None:
    changed = AftercareRescheduled(
        lead_agency=CITY.agency,
        means=frozenset[AftercareMeans]({"VISIT"}),
        cadence_days=30,
        subject_wish=None,
        reason=None,
    )
    assert waits(aftercare, changed) == {"AFTERCARE_CONTACT": (CITY.agency, date(2026, 6, 12))}


# Stays and children

stay = StayDecided(
    stay_id=STAY,
    kind="EMERGENCY_TEMPORARY_PROTECTION",
    scope="IN_PREFECTURE",
    legal_ground=None,
    decided_by=CENTRE.agency,
    decided_on=TODAY,
    provider_agency_id=CENTRE.agency,
    direct_admission=False,
    planned_from=TODAY,
    assessment_due=date(2026, 5, 16),
    consent_id=GRANT,
)
started = StayStarted(
    stay_id=STAY,
    started_on=TODAY,
    location="",
    companions=(SON, HUSBAND),
    elsewhere=(),
    elsewhere_places=(),
    age_band="30S",
    reason_code=None,
    conditions=frozenset(),
)
with_her_son = CompanionAdded(
    person_id=SON,
    companion="CHILD",
    relation="CHILD",
    name=None,
    birth_year=None,
    birth_date=None,
    custody=None,
    whereabouts=None,
)
with_him = replace(with_her_son, person_id=HUSBAND, companion="ADULT")
assessed = AssessmentRecorded(
    assessment_id=AssessmentId(an_id(613)),
    with_subject=True,
    danger_level="HIGH",
    urgency_level="HIGH",
    perpetrator_info=None,
    needs=frozenset(),
    health_summary=None,
    economic_summary=None,
    child_summary=None,
    subject_wish=None,
    text=None,
)


def test_who_had_to_be_protected_first_is_heard_within_days() -> None:
    assert waits(stay) == {"ASSESSMENT": (CENTRE.agency, date(2026, 5, 16))}
    assert waits(stay, assessed) == {}
    cancelled = StayCancelled(stay_id=STAY, reason="OTHER", text=None)
    assert waits(stay, cancelled) == {}
    assert "ASSESSMENT" in waits(stay, replace(cancelled, stay_id=StayId(an_id(699))))
    assert waits(replace(stay, assessment_due=None)) == {}


@shown("INV-S7")
def test_a_child_who_comes_along_is_heard_once_there_is_time() -> None:
    came = (with_her_son, with_him, (started, SHELTER.agency))
    assert waits(*came) == {"CHILD_UNHEARD": (SHELTER.agency, date(2026, 5, 16))}
    assert waits(*came, activity(HER, SHELTER.agency, NOW)) == waits(*came)
    assert waits(*came, activity(SON, SHELTER.agency, NOW)) == {}
    assert waits(with_her_son) == {}


@kept("INV-S7", guard=NOTHING_TOUCHED, instead=())
def test_no_child_is_forgotten_whom_nobody_has_heard() -> None:
    came = (with_her_son, (started, SHELTER.agency))
    assert waits(*came).get("CHILD_UNHEARD") == (SHELTER.agency, date(2026, 5, 16))
    gone = CompanionRemoved(person_id=SON, companion="CHILD", whereabouts=None, reason="")
    assert waits(*came, gone) == {}


# Plans, legal steps, consents


def test_a_plan_is_reviewed_on_its_day_until_it_is_closed() -> None:
    plan = SupportPlanDrafted(
        plan_id=PlanId(an_id(614)),
        kind="SELF_RELIANCE_PLAN",
        goals=(),
        tasks=(),
        task_agencies=(),
        author_agency=CENTRE.agency,
        review_on=date(2026, 8, 1),
    )
    revised = SupportPlanRevised(
        plan_id=plan.plan_id,
        kind="SELF_RELIANCE_PLAN",
        goals=(),
        tasks=(),
        task_agencies=(),
        author_agency=SHELTER.agency,
        review_on=date(2026, 11, 1),
    )
    ended = SupportPlanClosed(plan_id=plan.plan_id, outcome="REACHED", subject_wish=None)
    assert waits(plan) == {"PLAN_REVIEW": (CENTRE.agency, date(2026, 8, 1))}
    assert waits(plan, revised) == {"PLAN_REVIEW": (SHELTER.agency, date(2026, 11, 1))}
    assert waits(plan, revised, ended) == {}


def test_a_legal_step_is_thought_of_in_time_and_of_old_nobody_could_tell_when() -> None:
    granted = LegalStepRecorded(
        step_id=LegalStepId(an_id(615)),
        status="GRANTED",
        remind_on=date(2027, 4, 12),
        kind="RESIDENT_REGISTRY_PROTECTION",
        on=TODAY,
        expires_on=date(2027, 5, 12),
    )
    assert waits(granted) == {"LEGAL_STEP": (CITY.agency, date(2027, 4, 12))}
    renewed = replace(granted, status="RENEWED", remind_on=date(2028, 4, 12))
    assert waits(granted, renewed) == {"LEGAL_STEP": (CITY.agency, date(2028, 4, 12))}
    assert waits(granted, replace(granted, status="EXPIRED")) == {}
    assert waits(replace(granted, remind_on=None)) == {}


taken_back = ConsentWithdrawnWordless(grant_id=GRANT, at=NOW, via_agency=CITY.agency)


def test_she_is_asked_again_before_a_consent_ends_by_its_day() -> None:
    assert waits(given_) == {"CONSENT_ENDS": (CITY.agency, date(2026, 8, 31))}
    assert waits(replace(given_, remind_on=None))["CONSENT_ENDS"][1] == date(2026, 8, 31)
    assert waits(given_, taken_back) == {}
    until_the_end = replace(given_, valid_until=None, remind_on=None, until_event="CASE_CLOSE")
    assert waits(until_the_end) == {}


# What was told without her consent

emergency = EmergencyId(an_id(616))
requested = EmergencyRequested(
    emergency_id=emergency,
    requested_by=CITY.staff,
    requesting_agency=CITY.agency,
    recipients=frozenset({SHELTER.agency}),
    categories=frozenset({"IDN"}),
    expires_at=NOW + timedelta(days=3),
    impracticability="NO_TIME",
    impracticability_text=None,
    danger=frozenset(),
    danger_place="NOT_KNOWN",
    danger_text=None,
)
authorised = EmergencyDisclosureAuthorised(
    emergency_id=emergency,
    requested_by=CITY.staff,
    authorised_by=CENTRE.staff,
    authorising_agency=CENTRE.agency,
    in_force=True,
    recipients=requested.recipients,
    categories=requested.categories,
    expires_at=requested.expires_at,
    review_by=date(2026, 5, 23),
    impracticability="NO_TIME",
    impracticability_text=None,
    danger=frozenset(),
    danger_place="NOT_KNOWN",
    danger_text=None,
)
expired = EmergencyExpired(emergency_id=emergency, review_by=date(2026, 5, 21))
told_her = SubjectNotified(about="EMERGENCY", about_id=AboutId(emergency), at=NOW)


@shown("INV-X5")
def test_what_was_told_without_her_is_reviewed_and_she_is_told() -> None:
    assert waits(requested) == {}
    now = (NOW + timedelta(hours=9) - timedelta(days=1)).date()
    both = waits(requested, authorised)
    assert both == {
        "EMERGENCY_REVIEW": (None, date(2026, 5, 23)),
        "HER_NOTICE": (CITY.agency, now),
    }
    assert waits(requested, authorised, expired)["EMERGENCY_REVIEW"] == (None, date(2026, 5, 21))
    review = EmergencyDisclosureReviewed(
        emergency_id=emergency, reviewer=SHELTER.agency, outcome="JUSTIFIED", corrective="NONE"
    )
    assert waits(requested, authorised, expired, review, told_her) == {}
    not_answered = replace(authorised, in_force=False, review_by=None)
    assert waits(requested, not_answered, replace(expired, review_by=None)) == {}


@kept("INV-X5", guard=NOTHING_TOUCHED, instead=())
def test_neither_is_forgotten_and_telling_her_waits_until_it_is_safe() -> None:
    put_off = NotificationDeferred(
        about="EMERGENCY",
        about_id=AboutId(emergency),
        until=date(2026, 6, 1),
        reason="NOT_SAFE_YET",
    )
    assert waits(requested, authorised, put_off) == {
        "EMERGENCY_REVIEW": (None, date(2026, 5, 23)),
        "HER_NOTICE": (CITY.agency, date(2026, 6, 1)),
    }


def test_what_a_law_obliged_to_tell_is_reviewed_within_days() -> None:
    filed = StatutoryDisclosureRecorded(
        statutory_id=StatutoryId(an_id(617)),
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=SHELTER.agency,
        categories=frozenset({"RSK"}),
        filing_agency=CITY.agency,
        text=None,
    )
    assert waits(filed)["STATUTORY_REVIEW"] == (None, date(2026, 5, 20))
    sooner = replace(filed, review_by=date(2026, 5, 15))
    (review,) = (row for row in rows(sooner) if row.kind == "STATUTORY_REVIEW")
    assert (review.through, review.due) == (CITY.agency, seconds(end_of(date(2026, 5, 15))))


purge = PurgeRequested(
    purge_id=PurgeId(an_id(618)),
    recipient=CENTRE.agency,
    covers=frozenset({"IDN"}),
    cause="WITHDRAWN",
    grant_id=GRANT,
    due=date(2026, 5, 27),
)


def test_a_purge_waits_for_its_answer_with_who_is_asked_and_who_has_asked() -> None:
    due = date(2026, 5, 27)
    assert waits(purge) == {
        "PURGE_ANSWER": (CENTRE.agency, due),
        "PURGE_WAITING": (CITY.agency, due),
    }
    done = PurgeAcknowledged(purge_id=purge.purge_id, recipient=CENTRE.agency)
    assert waits(purge, done) == {}
    kept_it = PurgeDeclined(
        purge_id=purge.purge_id, recipient=CENTRE.agency, ground="MEDICAL_RECORDS"
    )
    assert {*waits(purge, kept_it)} == {"HER_NOTICE"}


def test_what_was_asked_by_itself_is_followed_up_through_whom_she_had_agreed() -> None:
    by_itself = rows(given_, taken_back, (purge, ITSELF))
    (waiting,) = (row for row in by_itself if row.kind == "PURGE_WAITING")
    (consent,) = (row for row in by_itself if row.kind == "CONSENT_ENDS")
    assert (waiting.agency, waiting.through) == (None, GRANT)
    assert (consent.agency, consent.about, consent.due) == (CITY.agency, GRANT, None)
