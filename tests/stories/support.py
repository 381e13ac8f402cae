"""Support (支援): what she needs, where it is to lead, and what is done for her."""

from domain.case import AssignRole, EndParticipation, EndRole, RecordLegalStep
from domain.case.legal import LegalStepId
from domain.case.plans import (
    AgreeSupportPlan,
    CloseSupportPlan,
    DraftSupportPlan,
    PlanId,
    ReviseSupportPlan,
    SetSupportPolicy,
    TaskGiven,
)
from domain.case.safety import IssueSafetyInstruction, RefuseThirdPartyInquiry
from domain.case.services import (
    BundleId,
    ChangeServiceStatus,
    CompleteProcedureBundle,
    LinkService,
    OpenProcedureBundle,
    Procedure,
    ServiceId,
)
from domain.case.support import (
    CloseNeed,
    IdentifyNeed,
    NeedId,
    RecordAssessment,
    RecordSupportActivity,
)
from domain.support_codes import ActivityKind, ServiceCode
from tests.stories.asking import agreed
from tests.stories.cast import Cast
from tests.stories.record import Her


async def assessed(cast: Cast, her: Her) -> None:
    await cast.city.says(
        RecordAssessment(
            with_subject=True,
            danger_level="HIGH",
            urgency_level="MEDIUM",
            perpetrator_info="職場を知っている。",
            needs=frozenset({"HOUSING", "ECONOMIC"}),
            health_summary="頭痛が続く。",
            economic_summary="給与は夫の口座に入る。",
            child_summary="登校をしぶる。",
            subject_wish="仕事を続けたい。",
            text="本人と一緒に整理した。",
        ),
        her.case,
    )
    need = NeedId(
        await cast.city.makes(IdentifyNeed(field="ECONOMIC", text="口座を分けたい。"), her.case)
    )
    await cast.city.says(
        CloseNeed(need_id=need, field="ECONOMIC", outcome="MET", text="口座を開いた。"), her.case
    )


async def kept_safe(cast: Cast, her: Her) -> None:
    await cast.city.says(
        RefuseThirdPartyInquiry(
            asked_by_kind="PERPETRATOR", where="窓口の電話", response="NEITHER_YES_NOR_NO"
        ),
        her.case,
    )
    for told in (cast.school, cast.housing):
        await cast.city.says(
            IssueSafetyInstruction(
                to_agency_id=told.agency,
                instruction="尋ねる人があれば、答えずに連絡してください。",
                valid_until=cast.clock.in_days(90),
            ),
            her.case,
        )
    order = RecordLegalStep(
        kind="PROTECTION_ORDER", status="FILED", expires_on=cast.clock.in_days(360)
    )
    step = LegalStepId(await cast.city.makes(order, her.case))
    await cast.city.says(
        RecordLegalStep(step_id=step, kind="PROTECTION_ORDER", status="GRANTED"), her.case
    )


async def planned(cast: Cast, her: Her) -> None:
    city, soon, later = cast.city, cast.clock.in_days(30), cast.clock.in_days(90)
    await city.says(
        SetSupportPolicy(
            policy_text=("安全に働き続ける。",), subject_wish="働き続けたい。", review_on=later
        ),
        her.case,
    )
    task = TaskGiven(
        agency=city.agency,
        task="住まいを一緒に探す",
        due=soon,
        service_code="PUBLIC_HOUSING_PRIORITY_DRAW",
    )
    draft = DraftSupportPlan(
        kind="INDIVIDUAL_SUPPORT_PLAN", goals=("住まいを決める",), tasks=(task,), review_on=soon
    )
    plan = PlanId(await city.makes(draft, her.case))
    await agreed(city, her.case, "SUPPORT_PLAN", "SERVICE", {city.agency})
    await city.says(AgreeSupportPlan(plan_id=plan, subject_wish="これでやってみたい。"), her.case)
    await city.says(
        ReviseSupportPlan(
            plan_id=plan,
            kind="INDIVIDUAL_SUPPORT_PLAN",
            goals=("住まいを決める", "口座を分ける"),
            tasks=(task,),
            review_on=later,
        ),
        her.case,
    )
    await city.says(AgreeSupportPlan(plan_id=plan), her.case)
    await city.says(
        CloseSupportPlan(plan_id=plan, outcome="REACHED", subject_wish="助かった。"), her.case
    )


async def helped(cast: Cast, her: Her) -> None:
    """By the housing division, until it leaves; and by a child guidance centre, for her son."""
    city, housing = cast.city, cast.housing.agency
    await city.says(
        RecordSupportActivity(
            kind="STUDY_SUPPORT",
            person_id=her.son,
            place_kind="OUTSIDE",
            child_detail="算数を一緒に。",
            text="よく笑った。",
        ),
        her.case,
    )
    draw = LinkService(service_code="PUBLIC_HOUSING_PRIORITY_DRAW", provider_agency=housing)
    service = ServiceId(await city.makes(draw, her.case))
    await city.says(ChangeServiceStatus(service_id=service, status="APPROVED"), her.case)
    await cast.housing.says(EndParticipation(agency_id=housing), her.case)
    role = AssignRole(
        function="SERVICE_PROVIDER", agency_id=cast.guidance.agency, person_id=her.son
    )
    await city.says(role, her.case)
    await city.says(
        EndRole(function=role.function, agency_id=role.agency_id, person_id=her.son), her.case
    )


async def of_every_category(cast: Cast, her: Her) -> None:
    """What a service is about, and what is done, decides who may know of it."""
    services: tuple[ServiceCode, ...] = (
        "PUBLIC_ASSISTANCE",
        "MEDICAL_TREATMENT",
        "INTERPRETING",
        "SCHOOL_ENROLMENT",
        "FREE_LEGAL_CONSULTATION",
    )
    for service in services:
        link = LinkService(service_code=service, provider_agency=cast.city.agency)
        await cast.city.says(link, her.case)
    activities: tuple[ActivityKind, ...] = ("ACCOMPANIMENT", "MEDICAL_CARE", "PSYCHOLOGICAL_CARE")
    for kind in activities:
        done = RecordSupportActivity(
            kind=kind, place_kind="OFFICE", health_detail="落ち着いている。"
        )
        await cast.city.says(done, her.case)


async def said_once(cast: Cast, her: Her) -> None:
    """Two procedures, in two divisions, by one consent."""
    divisions = (cast.housing.agency, cast.school.agency)
    consent = await agreed(
        cast.city, her.case, "INFORMATION", "SERVICE", frozenset(divisions), "ECO", "IDN"
    )
    bundle = OpenProcedureBundle(
        procedures=(
            Procedure(service_code="PUBLIC_HOUSING_TEMPORARY", division=divisions[0]),
            Procedure(service_code="SCHOOL_ENROLMENT", division=divisions[1]),
        ),
        consent_id=consent,
    )
    opened = BundleId(await cast.city.makes(bundle, her.case))
    await cast.city.says(CompleteProcedureBundle(bundle_id=opened), her.case)
