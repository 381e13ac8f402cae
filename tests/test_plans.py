"""Plans: what she wants is written in each, and none holds that she has not agreed to."""

from datetime import date
from typing import Final

import pytest
from msgspec.structs import replace

from domain.case import plans
from domain.case.agreeing import ConsentOfThatKindMissing
from domain.case.beside import Beside
from domain.case.days import DayAlreadyPast
from domain.case.plans import (
    PLAN,
    AgreeSupportPlan,
    CloseSupportPlan,
    DraftSupportPlan,
    PlanAlreadyAgreed,
    PlanCommand,
    PlanEvent,
    PlanId,
    PlanIsClosed,
    PlanNotAgreed,
    PlanNotFound,
    Plans,
    PlanTask,
    ReviseSupportPlan,
    SetSupportPolicy,
    SupportPlanAgreed,
    SupportPlanClosed,
    SupportPlanDrafted,
    SupportPlanRevised,
    SupportPolicySet,
    TaskGiven,
)
from domain.model import CLOSED, Context, Decider, MeetingId
from domain.speech import Refused
from tests.beside import FACILITY, NPO, SHE_AGREED, beside
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import CENTRE, an_id, given, without_words
from tests.spec.case import PLAN as ARROWS

TODAY: Final = date(2026, 5, 13)
IN_SUMMER: Final = date(2026, 8, 13)
IN_AUTUMN: Final = date(2026, 11, 13)
HER_PLAN: Final = PlanId(FACILITY.new_id)
AGREED: Final = beside(agreed={"SUPPORT_PLAN": SHE_AGREED})


def planning(rest: Beside = AGREED) -> Decider[Plans, PlanCommand, PlanEvent]:
    def decide(state: Plans, command: PlanCommand, by: Context) -> tuple[PlanEvent, ...]:
        return plans.decide(state, rest, command, by)

    return Decider(Plans(), decide, plans.evolve)


draft = DraftSupportPlan(
    kind="SELF_RELIANCE_PLAN",
    goals=("自分の部屋で暮らす",),
    tasks=(
        TaskGiven(agency=FACILITY.agency, task="家計簿を一緒につける", due=IN_SUMMER),
        TaskGiven(agency=NPO.agency, task="部屋を探す", service_code="HOUSING_SUPPORT"),
    ),
    review_on=IN_SUMMER,
)
agree = AgreeSupportPlan(plan_id=HER_PLAN, subject_wish="ゆっくり進めたい")
revise = ReviseSupportPlan(
    plan_id=HER_PLAN,
    kind="SELF_RELIANCE_PLAN",
    goals=("自分の部屋で暮らす", "仕事を続ける"),
    review_on=IN_AUTUMN,
)
close = CloseSupportPlan(plan_id=HER_PLAN, outcome="REACHED", subject_wish="やってよかった")

drafted = SupportPlanDrafted(
    plan_id=HER_PLAN,
    kind="SELF_RELIANCE_PLAN",
    goals=("自分の部屋で暮らす",),
    tasks=(
        PlanTask(task="家計簿を一緒につける", due=IN_SUMMER),
        PlanTask(task="部屋を探す", service_code="HOUSING_SUPPORT"),
    ),
    task_agencies=(FACILITY.agency, NPO.agency),
    author_agency=FACILITY.agency,
    review_on=IN_SUMMER,
)
agreed = SupportPlanAgreed(
    plan_id=HER_PLAN,
    subject_wish="ゆっくり進めたい",
    review_on=IN_SUMMER,
    consent_id=SHE_AGREED,
)
revised = SupportPlanRevised(
    plan_id=HER_PLAN,
    kind="SELF_RELIANCE_PLAN",
    goals=("自分の部屋で暮らす", "仕事を続ける"),
    tasks=(),
    task_agencies=(),
    author_agency=FACILITY.agency,
    review_on=IN_AUTUMN,
)
closed = SupportPlanClosed(plan_id=HER_PLAN, outcome="REACHED", subject_wish="やってよかった")

# Policies


policy = SetSupportPolicy(
    policy_text=("まず安全な住まいを確保する",),
    subject_wish="子どもの学校を変えたくない",
    decided_in=MeetingId(an_id(800)),
    review_on=IN_SUMMER,
)
policy_set = SupportPolicySet(
    version=1,
    policy_text=("まず安全な住まいを確保する",),
    subject_wish="子どもの学校を変えたくない",
    decided_in=MeetingId(an_id(800)),
    review_on=IN_SUMMER,
)


def test_a_policy_says_what_she_wants_and_each_is_another_version() -> None:
    given(planning()).when(policy, by=CENTRE).then(policy_set)
    given(planning(), policy_set).when(policy, by=CENTRE).then(replace(policy_set, version=2))


def test_a_policy_and_a_plan_are_reviewed_on_a_day_to_come() -> None:
    past = TODAY
    given(planning()).when(replace(policy, review_on=past), by=CENTRE).refused(DayAlreadyPast)
    given(planning()).when(replace(draft, review_on=past), by=CENTRE).refused(DayAlreadyPast)
    given(planning(), drafted, agreed).when(replace(revise, review_on=past), by=CENTRE).refused(
        DayAlreadyPast
    )


# Plans


def test_a_plan_says_which_agency_does_what() -> None:
    given(planning(beside())).when(draft, by=FACILITY).then(drafted)


@accepted("INV-C9")
def test_a_plan_is_agreed_by_her_consent_to_it() -> None:
    given(planning(), drafted).when(agree, by=FACILITY).then(agreed)


@refused("INV-C9", guard="domain.case.plans:check_agreed", instead=SHE_AGREED)
def test_without_her_consent_to_a_plan_there_is_none() -> None:
    other = beside(agreed={"INFORMATION": SHE_AGREED, "FACILITY_ADMISSION": SHE_AGREED})
    for rest in (beside(), other):
        given(planning(rest), drafted).when(agree, by=FACILITY).refused(ConsentOfThatKindMissing)
        given(planning(rest), drafted, agreed, revised).when(agree, by=FACILITY).refused(
            ConsentOfThatKindMissing
        )


def test_a_plan_that_was_revised_holds_once_she_agrees_again() -> None:
    given(planning(), drafted, agreed, revised).when(agree, by=FACILITY).then(
        replace(agreed, review_on=IN_AUTUMN)
    )


def test_her_plans_go_on_each_for_itself() -> None:
    another = PlanId(an_id(801))
    both = (drafted, agreed, replace(drafted, plan_id=another))
    given(planning(), *both).when(revise, by=FACILITY).then(revised)
    given(planning(), *both).when(replace(revise, plan_id=another), by=FACILITY).refused(
        PlanNotAgreed
    )


# Every state and every command.

BEFORE: Final[dict[str, tuple[PlanEvent, ...]]] = {
    "—": (),
    "DRAFT": (drafted,),
    "AGREED": (drafted, agreed),
    "REVISED": (drafted, agreed, revised),
    "CLOSED": (drafted, agreed, closed),
}
FOLLOWS: Final[dict[tuple[str, type[PlanCommand]], PlanEvent | type[Refused]]] = {
    ("—", AgreeSupportPlan): PlanNotFound,
    ("—", ReviseSupportPlan): PlanNotFound,
    ("—", CloseSupportPlan): PlanNotFound,
    ("DRAFT", AgreeSupportPlan): agreed,
    ("DRAFT", ReviseSupportPlan): PlanNotAgreed,
    ("DRAFT", CloseSupportPlan): PlanNotAgreed,
    ("AGREED", AgreeSupportPlan): PlanAlreadyAgreed,
    ("AGREED", ReviseSupportPlan): revised,
    ("AGREED", CloseSupportPlan): closed,
    ("REVISED", AgreeSupportPlan): replace(agreed, review_on=IN_AUTUMN),
    ("REVISED", ReviseSupportPlan): PlanNotAgreed,
    ("REVISED", CloseSupportPlan): PlanNotAgreed,
    ("CLOSED", AgreeSupportPlan): PlanIsClosed,
    ("CLOSED", ReviseSupportPlan): PlanIsClosed,
    ("CLOSED", CloseSupportPlan): PlanIsClosed,
}
course(
    "support plan",
    (
        *((state, command.__name__, follows) for (state, command), follows in FOLLOWS.items()),
        *((state, "DraftSupportPlan", drafted) for state in BEFORE),
    ),
)


@pytest.mark.parametrize("state", BEFORE)
@pytest.mark.parametrize("command", [agree, revise, close], ids=lambda c: type(c).__name__)
def test_in_every_state_every_command_leads_on_or_is_refused(
    state: str, command: AgreeSupportPlan | ReviseSupportPlan | CloseSupportPlan
) -> None:
    outcome = given(planning(), *BEFORE[state]).when(command, by=FACILITY)
    follows = FOLLOWS[state, type(command)]
    if isinstance(follows, type):
        outcome.refused(follows)
    else:
        outcome.then(follows)


def test_a_draft_begins_a_plan_of_its_own_in_every_state() -> None:
    for before in BEFORE.values():
        another = replace(FACILITY, new_id=an_id(801))
        given(planning(), *before).when(draft, by=another).then(
            replace(drafted, plan_id=PlanId(an_id(801)))
        )


def test_the_states_are_those_of_the_specification() -> None:
    assert {(edge.before, edge.after) for edge in PLAN.edges} == ARROWS


def test_a_plan_goes_on_where_its_words_are_closed() -> None:
    told = [without_words(event, CLOSED) for event in (drafted, agreed)]
    given(planning(), *told).when(close, by=FACILITY).then(closed)
