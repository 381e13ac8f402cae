"""What was done for her, from being taken in to being let go: each event in whole words."""

from datetime import UTC, date, datetime
from typing import Final

from domain.case.aftercare import AftercareEnded, AftercareRescheduled, AftercareStarted
from domain.case.companions import CompanionAdded, CompanionCameOfAge, CompanionRemoved
from domain.case.legal import LegalStepId, LegalStepRecorded
from domain.case.plans import (
    PlanId,
    PlanTask,
    SupportPlanAgreed,
    SupportPlanClosed,
    SupportPlanDrafted,
    SupportPlanRevised,
    SupportPolicySet,
)
from domain.case.safety import SafetyInstructionIssued
from domain.case.services import ServiceId, ServiceLinked, ServiceStatusChanged
from domain.case.stay_events import (
    StayCancelled,
    StayDecided,
    StayEnded,
    StayExtended,
    StayStarted,
)
from domain.case.support import AssessmentId, AssessmentRecorded
from domain.model import Event, GrantId, PersonId, StayId
from domain.support_codes import AftercareMeans, ServiceField
from tests.spec import CENTRE, CITY, SHELTER, an_id

CHILD: Final = PersonId(an_id(42))
SISTER: Final = PersonId(an_id(43))
STAY: Final = StayId(an_id(71))
CALLED_OFF: Final = StayId(an_id(72))
PLAN: Final = PlanId(an_id(73))
SERVICE: Final = ServiceId(an_id(74))
STEP: Final = LegalStepId(an_id(75))
GRANT: Final = GrantId(an_id(76))
DAY: Final = date(2026, 5, 13)
LATER: Final = date(2026, 11, 30)
NOON: Final = datetime(2026, 5, 13, 3, tzinfo=UTC)
NEEDS: Final[frozenset[ServiceField]] = frozenset({"HOUSING", "WELFARE"})
CALLS: Final[frozenset[AftercareMeans]] = frozenset({"PHONE"})
CALLS_AND_VISITS: Final[frozenset[AftercareMeans]] = frozenset({"PHONE", "VISIT"})

child = CompanionAdded(
    person_id=CHILD,
    companion="CHILD",
    relation="CHILD",
    name="三浦そら",
    birth_year=2018,
    birth_date=date(2018, 4, 2),
    custody="IN_DISPUTE",
    whereabouts=None,
)
sister = CompanionAdded(
    person_id=SISTER,
    companion="CHILD",
    relation="SIBLING",
    name="三浦うみ",
    birth_year=None,
    birth_date=None,
    custody=None,
    whereabouts=None,
)
grown = CompanionCameOfAge(person_id=SISTER, on=LATER)
gone = CompanionRemoved(
    person_id=SISTER, companion="CHILD", whereabouts="祖母の家", reason="祖母と暮らす。"
)
assessed = AssessmentRecorded(
    assessment_id=AssessmentId(an_id(77)),
    with_subject=True,
    danger_level="HIGH",
    urgency_level="HIGH",
    perpetrator_info="夫。勤務先を知っている。",
    needs=NEEDS,
    health_summary="不眠",
    economic_summary=None,
    child_summary=None,
    subject_wish="仕事を続けたい",
    text=None,
)
decided = StayDecided(
    stay_id=STAY,
    kind="COMMISSIONED_PROTECTION",
    scope="IN_PREFECTURE",
    legal_ground="SPOUSE_VIOLENCE",
    decided_by=CENTRE.agency,
    decided_on=DAY,
    provider_agency_id=SHELTER.agency,
    direct_admission=True,
    planned_from=DAY,
    consent_id=GRANT,
)
called_off = StayCancelled(stay_id=CALLED_OFF, reason="NO_PLACE", text=None)
started = StayStarted(
    stay_id=STAY,
    started_on=DAY,
    location="青葉県若葉市緑町9",
    companions=(CHILD,),
    elsewhere=(SISTER,),
    elsewhere_places=(),
    age_band="30S",
    reason_code=None,
    conditions=frozenset(),
)
extended = StayExtended(stay_id=STAY, until=LATER, reason=None)
let_go = StayEnded(
    stay_id=STAY,
    ended_on=LATER,
    destination_kind="OWN_HOUSING",
    destination_address="青葉県緑野市若葉町7",
    companions_outcome=None,
)
policy = SupportPolicySet(
    version=1, policy_text=("住まいを探す",), subject_wish="一人で暮らしたい", review_on=LATER
)
drafted = SupportPlanDrafted(
    plan_id=PLAN,
    kind="SELF_RELIANCE_PLAN",
    goals=("半年で転居する",),
    tasks=(PlanTask(task="物件を三つ見る"),),
    task_agencies=(CITY.agency,),
    author_agency=CENTRE.agency,
    review_on=DAY,
)
agreed = SupportPlanAgreed(plan_id=PLAN, subject_wish=None, review_on=DAY, consent_id=GRANT)
revised = SupportPlanRevised(
    plan_id=PLAN,
    kind="SELF_RELIANCE_PLAN",
    goals=("年内に転居する",),
    tasks=(),
    task_agencies=(),
    author_agency=CENTRE.agency,
    review_on=LATER,
)
closed_plan = SupportPlanClosed(plan_id=PLAN, outcome="REACHED", subject_wish=None)
linked = ServiceLinked(
    service_id=SERVICE,
    about="ECO",
    service_code="HOUSING_SECURITY_BENEFIT",
    provider_agency=CITY.agency,
    status="REQUESTED",
    on=DAY,
)
approved = ServiceStatusChanged(
    service_id=SERVICE, about="ECO", provider_agency=CITY.agency, status="APPROVED", on=LATER
)
protected = LegalStepRecorded(
    step_id=STEP,
    status="GRANTED",
    kind="RESIDENT_REGISTRY_PROTECTION",
    on=DAY,
    expires_on=date(2027, 5, 12),
)
in_touch = AftercareStarted(
    lead_agency=CENTRE.agency,
    started_on=DAY,
    means=CALLS_AND_VISITS,
    cadence_days=21,
    subject_wish=None,
)
by_phone = AftercareRescheduled(
    lead_agency=CITY.agency,
    means=CALLS,
    cadence_days=30,
    subject_wish=None,
    reason=None,
)
no_longer = AftercareEnded(
    lead_agency=CITY.agency, ended_on=LATER, subject_wish="もう大丈夫", reason=None
)
instructed = SafetyInstructionIssued(
    to_agency_id=CITY.agency,
    to_kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION",
    instruction="電話では折り返さない",
    valid_until=LATER,
)
SUPPORTED: Final[tuple[Event, ...]] = (
    child,
    sister,
    grown,
    gone,
    assessed,
    decided,
    called_off,
    started,
    extended,
    let_go,
    policy,
    drafted,
    agreed,
    revised,
    closed_plan,
    linked,
    approved,
    protected,
    in_touch,
    by_phone,
    no_longer,
    instructed,
)
