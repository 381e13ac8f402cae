"""Plans (支援方針・支援計画): where it is to lead, set down with her, and agreed to by her."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final, NewType, TypeAlias, assert_never
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.case.agreeing import check_agreed, check_let_know, check_may_know
from domain.case.beside import Beside
from domain.case.days import check_is_to_come
from domain.categories import CNS, ENV, PLN, SVC, Category
from domain.codes import Label
from domain.machine import NOT_YET, Edge, Machine
from domain.model import (
    AgencyId,
    Command,
    Context,
    Count,
    Event,
    GrantId,
    Guarded,
    MeetingId,
    Sealed,
)
from domain.speech import Refused
from domain.support_codes import PlanKind, PlanOutcome, ServiceCode
from domain.text import Line

PlanId = NewType("PlanId", UUID)
GOALS_MAX, TASKS_MAX = 20, 30
Goals: TypeAlias = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=GOALS_MAX)]


class PlanTask(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which agency does it stands beside the tasks, in the same place."""

    task: Line
    due: date | None = None
    service_code: ServiceCode | None = None


Tasks: TypeAlias = Annotated[tuple[PlanTask, ...], Meta(max_length=TASKS_MAX)]
TaskAgencies: TypeAlias = Annotated[tuple[AgencyId, ...], Meta(max_length=TASKS_MAX)]


class SupportPolicySet(Event, frozen=True, kw_only=True, tag="case.support_policy_set.v1"):
    primary: ClassVar[Category] = PLN
    version: Annotated[Count, ENV]
    policy_text: Annotated[Sealed[Goals], PLN]
    subject_wish: Annotated[Sealed[Line], PLN]
    decided_in: Annotated[MeetingId | None, ENV] = None
    review_on: Annotated[date, SVC]


class SupportPlanDrafted(Event, frozen=True, kw_only=True, tag="case.support_plan_drafted.v1"):
    primary: ClassVar[Category] = PLN
    makes: ClassVar[str | None] = "plan_id"
    state_of: ClassVar[tuple[str, ...]] = ("plan_id",)

    plan_id: Annotated[PlanId, ENV]
    kind: Annotated[Sealed[PlanKind], PLN]
    goals: Annotated[Sealed[Goals], PLN]
    tasks: Annotated[Sealed[Tasks], PLN]
    task_agencies: Annotated[TaskAgencies, PLN]
    author_agency: Annotated[AgencyId, SVC]
    review_on: Annotated[date, SVC]


class SupportPlanAgreed(Event, frozen=True, kw_only=True, tag="case.support_plan_agreed.v1"):
    """As it was drafted or revised last."""

    primary: ClassVar[Category] = PLN
    state_of: ClassVar[tuple[str, ...]] = ("plan_id",)

    plan_id: Annotated[PlanId, ENV]
    subject_wish: Annotated[Sealed[Line | None], PLN]
    review_on: Annotated[date, SVC]
    consent_id: Annotated[GrantId, CNS]


class SupportPlanRevised(Event, frozen=True, kw_only=True, tag="case.support_plan_revised.v1"):
    """All of it anew. It holds once she agrees to it."""

    primary: ClassVar[Category] = PLN
    state_of: ClassVar[tuple[str, ...]] = ("plan_id",)

    plan_id: Annotated[PlanId, ENV]
    kind: Annotated[Sealed[PlanKind], PLN]
    goals: Annotated[Sealed[Goals], PLN]
    tasks: Annotated[Sealed[Tasks], PLN]
    task_agencies: Annotated[TaskAgencies, PLN]
    author_agency: Annotated[AgencyId, SVC]
    review_on: Annotated[date, SVC]


class SupportPlanClosed(Event, frozen=True, kw_only=True, tag="case.support_plan_closed.v1"):
    primary: ClassVar[Category] = PLN
    state_of: ClassVar[tuple[str, ...]] = ("plan_id",)

    plan_id: Annotated[PlanId, ENV]
    outcome: Annotated[Sealed[PlanOutcome], PLN]
    subject_wish: Annotated[Sealed[Line | None], PLN]


PlanEvent: TypeAlias = (
    SupportPolicySet
    | SupportPlanDrafted
    | SupportPlanAgreed
    | SupportPlanRevised
    | SupportPlanClosed
)


class SetSupportPolicy(Command, frozen=True, kw_only=True, tag="case.set_support_policy"):
    policy_text: Goals
    subject_wish: Line
    decided_in: MeetingId | None = None
    review_on: date


class TaskGiven(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    agency: AgencyId
    task: Line
    due: date | None = None
    service_code: ServiceCode | None = None


TasksGiven: TypeAlias = Annotated[tuple[TaskGiven, ...], Meta(max_length=TASKS_MAX)]


class DraftSupportPlan(Command, frozen=True, kw_only=True, tag="case.draft_support_plan"):
    kind: PlanKind
    goals: Goals
    tasks: TasksGiven = ()
    review_on: date


class AgreeSupportPlan(Command, frozen=True, kw_only=True, tag="case.agree_support_plan"):
    plan_id: PlanId
    subject_wish: Line | None = None


class ReviseSupportPlan(Command, frozen=True, kw_only=True, tag="case.revise_support_plan"):
    plan_id: PlanId
    kind: PlanKind
    goals: Goals
    tasks: TasksGiven = ()
    review_on: date


class CloseSupportPlan(Command, frozen=True, kw_only=True, tag="case.close_support_plan"):
    plan_id: PlanId
    outcome: PlanOutcome
    subject_wish: Line | None = None


PlanCommand: TypeAlias = (
    SetSupportPolicy | DraftSupportPlan | AgreeSupportPlan | ReviseSupportPlan | CloseSupportPlan
)
PLAN: Final = Machine(
    name=Label("支援計画", "Support plan"),
    states={
        "DRAFT": Label("案", "Draft"),
        "AGREED": Label("同意済み", "Agreed"),
        "REVISED": Label("見直し中", "Revised"),
        "CLOSED": Label("終了", "Closed"),
    },
    edges=(
        Edge(NOT_YET, SupportPlanDrafted, "DRAFT"),
        Edge("DRAFT", SupportPlanAgreed, "AGREED"),
        Edge("AGREED", SupportPlanRevised, "REVISED"),
        Edge("REVISED", SupportPlanAgreed, "AGREED"),
        Edge("AGREED", SupportPlanClosed, "CLOSED"),
    ),
)


class Plan(msgspec.Struct, frozen=True):
    status: str
    review_on: date
    author: AgencyId  # Who has drafted or revised it last.


class Plans(msgspec.Struct, frozen=True, kw_only=True):
    policies: int = 0  # How many have been set.
    plans: Mapping[PlanId, Plan] = {}


class PlanNotFound(Refused):
    """There is no such plan in this case."""

    ja: ClassVar[str] = "指定された計画は、このケースに記録されていません。"


class PlanNotAgreed(Refused):
    """She has not agreed to this plan as it stands: agree it with her first, or draft another."""

    ja: ClassVar[str] = (
        "この計画は、現在の内容について本人の同意を得ていません。"
        "先に本人と合意するか、別の計画案を作成してください。"
    )


class PlanAlreadyAgreed(Refused):
    """She has agreed to this plan already: revise it where it has to change."""

    ja: ClassVar[str] = "この計画は合意済みです。内容を変えるときは、見直しを記録してください。"


class PlanIsClosed(Refused):
    """This plan is closed: draft another."""

    ja: ClassVar[str] = "この計画は終了しています。必要なときは、新しい計画案を作成してください。"


def decide(
    state: Plans, beside: Beside, command: PlanCommand, by: Context
) -> tuple[PlanEvent, ...]:
    match command:
        case SetSupportPolicy():
            check_is_to_come(command.review_on, by)
            return (_policy(state, command),)
        case DraftSupportPlan():
            check_is_to_come(command.review_on, by)
            check_may_know(beside, *(each.agency for each in command.tasks))
            check_let_know(beside, *(each.agency for each in command.tasks))
            return (_drafted(command, by),)
        case AgreeSupportPlan():
            plan = leading_on(state, command.plan_id, SupportPlanAgreed)
            return (
                SupportPlanAgreed(
                    plan_id=command.plan_id,
                    subject_wish=command.subject_wish,
                    review_on=plan.review_on,
                    consent_id=check_agreed(beside, "SUPPORT_PLAN"),
                ),
            )
        case ReviseSupportPlan():
            leading_on(state, command.plan_id, SupportPlanRevised)
            check_is_to_come(command.review_on, by)
            check_may_know(beside, *(each.agency for each in command.tasks))
            check_let_know(beside, *(each.agency for each in command.tasks))
            return (_revised(command, by),)
        case CloseSupportPlan():
            leading_on(state, command.plan_id, SupportPlanClosed)
            return (
                SupportPlanClosed(
                    plan_id=command.plan_id,
                    outcome=command.outcome,
                    subject_wish=command.subject_wish,
                ),
            )
    assert_never(command)


def evolve(state: Plans, event: PlanEvent) -> Plans:
    change = msgspec.structs.replace
    match event:
        case SupportPolicySet():
            return change(state, policies=state.policies + 1)
        case SupportPlanDrafted():
            status = PLAN.after(NOT_YET, type(event))
            plan = Plan(status, event.review_on, event.author_agency)
        case SupportPlanRevised():
            status = PLAN.after(state.plans[event.plan_id].status, type(event))
            plan = Plan(status, event.review_on, event.author_agency)
        case SupportPlanAgreed():
            before = state.plans[event.plan_id]
            status = PLAN.after(before.status, type(event))
            plan = Plan(status, event.review_on, before.author)
        case SupportPlanClosed():
            before = state.plans[event.plan_id]
            plan = change(before, status=PLAN.after(before.status, type(event)))
        case _:
            assert_never(event)
    return change(state, plans={**state.plans, event.plan_id: plan})


def leading_on(state: Plans, plan_id: PlanId, event: type[PlanEvent]) -> Plan:
    """The plan, where this may happen to it next."""
    plan = state.plans.get(plan_id)
    if plan is None:
        raise PlanNotFound
    if PLAN.allows(plan.status, event):
        return plan
    if plan.status == "CLOSED":
        raise PlanIsClosed
    raise PlanAlreadyAgreed if event is SupportPlanAgreed else PlanNotAgreed


def _policy(state: Plans, command: SetSupportPolicy) -> SupportPolicySet:
    return SupportPolicySet(
        version=state.policies + 1,
        policy_text=command.policy_text,
        subject_wish=command.subject_wish,
        decided_in=command.decided_in,
        review_on=command.review_on,
    )


def _drafted(command: DraftSupportPlan, by: Context) -> SupportPlanDrafted:
    return SupportPlanDrafted(
        plan_id=PlanId(by.new_id),
        kind=command.kind,
        goals=command.goals,
        tasks=_tasks(command.tasks),
        task_agencies=tuple(each.agency for each in command.tasks),
        author_agency=by.agency,
        review_on=command.review_on,
    )


def _revised(command: ReviseSupportPlan, by: Context) -> SupportPlanRevised:
    return SupportPlanRevised(
        plan_id=command.plan_id,
        kind=command.kind,
        goals=command.goals,
        tasks=_tasks(command.tasks),
        task_agencies=tuple(each.agency for each in command.tasks),
        author_agency=by.agency,
        review_on=command.review_on,
    )


def _tasks(given: TasksGiven) -> Tasks:
    return tuple(
        PlanTask(task=each.task, due=each.due, service_code=each.service_code) for each in given
    )
