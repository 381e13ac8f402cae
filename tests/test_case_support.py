"""What is done for her is folded from whatever of it may be seen."""

from datetime import date
from functools import reduce

from msgspec.structs import replace

from contracts.envelope import AgencyShown
from contracts.support import SafetyShown, SupportShown
from domain.case.plans import PlanTask
from domain.case.seen import (
    Aftercare,
    Assessed,
    Companion,
    LegalStep,
    Plan,
    Policy,
    SafetyInstruction,
    Service,
    Stay,
)
from domain.model import CLOSED, AgencyId, Event
from projections.case_support import SAYS, Support, evolve
from services.supported import supported
from tests import supported as tells
from tests.spec import CENTRE, CITY, SHELTER


def seen(*events: Event) -> Support:
    return reduce(evolve, events, Support())


def test_all_of_it_stands_as_it_was_last_said() -> None:
    assert seen(*tells.SUPPORTED) == Support(
        companions={
            tells.CHILD: Companion(
                companion="CHILD",
                relation="CHILD",
                name="三浦そら",
                birth_year=2018,
                birth_date=date(2018, 4, 2),
                custody="IN_DISPUTE",
            ),
            tells.SISTER: Companion(
                companion="ADULT",
                relation="SIBLING",
                name="三浦うみ",
                whereabouts="祖母の家",
                is_with_her=False,
            ),
        },
        assessed=Assessed(
            danger_level="HIGH",
            urgency_level="HIGH",
            perpetrator_info="夫。勤務先を知っている。",
            needs=tells.NEEDS,
            health_summary="不眠",
            subject_wish="仕事を続けたい",
        ),
        stays={
            tells.STAY: Stay(
                status="ENDED",
                kind="COMMISSIONED_PROTECTION",
                scope="IN_PREFECTURE",
                provider=SHELTER.agency,
                location="青葉県若葉市緑町9",
                planned_from=tells.DAY,
                started_on=tells.DAY,
                until=tells.LATER,
                ended_on=tells.LATER,
                companions=(tells.CHILD,),
                destination_kind="OWN_HOUSING",
                destination_address="青葉県緑野市若葉町7",
            ),
            tells.CALLED_OFF: Stay(status="CANCELLED"),
        },
        policy=Policy(
            policy_text=("住まいを探す",), subject_wish="一人で暮らしたい", review_on=tells.LATER
        ),
        plans={
            tells.PLAN: Plan(
                status="CLOSED",
                kind="SELF_RELIANCE_PLAN",
                goals=("年内に転居する",),
                tasks=(),
                author=CENTRE.agency,
                review_on=tells.LATER,
                outcome="REACHED",
            )
        },
        services={
            tells.SERVICE: Service(
                about="ECO",
                service_code="HOUSING_SECURITY_BENEFIT",
                provider=CITY.agency,
                status="APPROVED",
                on=tells.LATER,
            )
        },
        legal_steps={
            tells.STEP: LegalStep(
                kind="RESIDENT_REGISTRY_PROTECTION",
                status="GRANTED",
                on=tells.DAY,
                expires_on=date(2027, 5, 12),
            )
        },
        aftercare=Aftercare(
            lead=CITY.agency,
            means=tells.CALLS,
            cadence_days=30,
            started_on=tells.DAY,
            ended_on=tells.LATER,
        ),
        safety={
            CITY.agency: SafetyInstruction(
                instruction="電話では折り返さない", valid_until=tells.LATER
            )
        },
    )


def test_an_assessment_leaves_what_it_does_not_say() -> None:
    calmer = replace(tells.assessed, danger_level="LOW", health_summary=None)
    assert seen(tells.assessed, calmer).assessed == replace(
        seen(tells.assessed).assessed or Assessed(), danger_level="LOW"
    )


def test_a_plan_that_is_revised_is_to_be_agreed_to_again() -> None:
    plan = seen(tells.drafted, tells.agreed).plans[tells.PLAN]
    assert (plan.status, plan.tasks) == ("AGREED", (PlanTask(task="物件を三つ見る"),))
    assert seen(tells.drafted, tells.agreed, tells.revised).plans[tells.PLAN].status == "REVISED"


def test_aftercare_that_begins_again_has_not_ended() -> None:
    again = seen(tells.in_touch, tells.no_longer, tells.in_touch).aftercare
    assert again is not None
    assert again.ended_on is None


def test_who_may_not_see_that_it_ended_is_not_told_so_by_where_she_went() -> None:
    elsewhere = replace(tells.let_go, ended_on=CLOSED)
    stay = seen(tells.decided, tells.started, elsewhere).stays[tells.STAY]
    assert (stay.status, stay.ended_on) == ("ACTIVE", None)
    assert stay.destination_address == "青葉県緑野市若葉町7"


def test_of_what_cannot_be_told_apart_nothing_is_said() -> None:
    for event in tells.SUPPORTED:
        by = SAYS[type(event)].by
        if by:
            assert seen(replace(event, **{by: CLOSED})) == Support()


def test_each_agency_is_named_as_whoever_reads_may_hear_of_it() -> None:
    def named(agency: AgencyId | None) -> AgencyShown | None:
        if agency is None:
            return None
        return (
            AgencyShown(kind="PRIVATE_SHELTER")
            if agency == SHELTER.agency
            else AgencyShown(id=agency)
        )

    assert supported(
        seen(tells.decided, tells.in_touch, tells.instructed), named, tells.DAY
    ) == SupportShown(
        stays={
            tells.STAY: Stay(
                status="DECIDED",
                kind="COMMISSIONED_PROTECTION",
                scope="IN_PREFECTURE",
                provider=AgencyShown(kind="PRIVATE_SHELTER"),
                planned_from=tells.DAY,
            )
        },
        aftercare=Aftercare(
            lead=AgencyShown(id=CENTRE.agency),
            means=tells.CALLS_AND_VISITS,
            cadence_days=21,
            started_on=tells.DAY,
        ),
        safety=(
            SafetyShown(
                agency=AgencyShown(id=CITY.agency),
                said=SafetyInstruction(instruction="電話では折り返さない", valid_until=tells.LATER),
            ),
        ),
    )
    assert supported(Support(), named, tells.DAY) is None


def test_a_protection_whose_last_day_is_past_is_shown_as_over_though_nobody_wrote_it_down() -> None:
    def shown(on: date, **said: object) -> LegalStep:
        support = supported(seen(replace(tells.protected, **said)), lambda _: None, on)
        assert support is not None
        return support.legal_steps[tells.STEP]

    last_day, after = date(2027, 5, 12), date(2027, 5, 13)
    assert (shown(last_day).status, shown(after).status) == ("GRANTED", "EXPIRED")
    assert shown(after).expires_on == last_day
    assert shown(after, status="RENEWED").status == "EXPIRED"
    assert shown(after, status="WITHDRAWN").status == "WITHDRAWN"
    assert shown(after, expires_on=None).status == "GRANTED"
    assert shown(after, expires_on=CLOSED).status == "GRANTED"
