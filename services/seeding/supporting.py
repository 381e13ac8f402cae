"""Supporting (支援): what is heard, done and planned with her, from week to week."""

from collections.abc import Callable
from datetime import date
from typing import Final

from domain.case import (
    AddCompanion,
    AssignRole,
    CorrectSubjectDetails,
    IdentifySubject,
    RecordAddress,
    RecordAttributes,
    RecordConsultation,
    RecordLegalStep,
    RecordNote,
    SetContactMethod,
    SubjectIdentified,
)
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
from domain.case.record import ContactMethodSet
from domain.case.safety import IssueSafetyInstruction, RefuseThirdPartyInquiry
from domain.case.services import ChangeServiceStatus, LinkService, ServiceId
from domain.case.support import (
    CloseNeed,
    IdentifyNeed,
    NeedId,
    RecordAssessment,
    RecordSupportActivity,
)
from domain.codes import AgeBand, Level, ProblemCode
from domain.items import Item
from domain.model import PersonId
from domain.support_codes import (
    ActivityKind,
    AskedBy,
    LegalStepKind,
    LegalStepStatus,
    NeedOutcome,
    PlanOutcome,
    ServiceCode,
    ServiceField,
)
from services.seeding import made_up
from services.seeding.agreeing import asked
from services.seeding.her import Her, Story
from services.seeding.land import Agency

PROBLEMS: Final[dict[ProblemCode, float]] = {
    "SPOUSE_VIOLENCE": 34, "SPOUSE_DIVORCE": 12, "SPOUSE_OTHER": 6, "PARENT_VIOLENCE": 5,
    "INTIMATE_RELATIONSHIP": 6, "HOUSING_PROBLEM": 6, "NOWHERE_TO_RETURN": 6,
    "ECONOMIC_PROBLEM": 10, "MENTAL_PROBLEM": 8, "ILLNESS_PREGNANCY": 4,
    "CHILD_REARING_DIFFICULTY": 4, "RELATIVE_OTHER": 3, "TRAFFICKING_VICTIM": 0.3,
}  # fmt: skip
FIELDS: Final[tuple[ServiceField, ...]] = (
    "HOUSING", "ECONOMIC", "EMPLOYMENT", "LEGAL", "PSYCHOLOGICAL", "HEALTH_MEDICAL",
    "CHILD_REARING",
)  # fmt: skip


def consults(her: Her, *, first: bool = False) -> None:
    words = made_up.SUMMARIES if first else made_up.CALLS_AGAIN
    more = frozenset[ProblemCode]({her.chance.weighed(PROBLEMS)} if her.chance.likely(0.35) else ())
    problem = her.chance.weighed(PROBLEMS)
    her.records(
        RecordConsultation(
            channel=her.chance.weighed({"PHONE": 6, "INTERVIEW": 3, "EMAIL": 1, "SNS": 0.5}),
            caller_is_subject=her.chance.likely(0.92),
            main_problem=problem,
            secondary_problems=more - {problem},
            age_band=age_band(her.woman.age),
            language="ja" if her.chance.likely(0.94) else her.chance.one(("vi", "fil", "en", "pt")),
            sexual_harm_flag=her.chance.likely(0.06),
            summary=her.chance.one(words),
        )
    )


def age_band(age: int) -> AgeBand:
    if age < 18:  # noqa: PLR2004 (as the bands are named)
        return "UNDER_18"
    if age < 20:  # noqa: PLR2004 (as above)
        return "18_19"
    bands: tuple[AgeBand, ...] = ("20S", "30S", "40S", "50S", "60_PLUS")
    return bands[min(4, age // 10 - 2)]


def says_who_she_is(her: Her) -> None:
    woman = her.woman
    born = date(woman.born, her.chance.between(1, 12), her.chance.between(1, 28))
    did = her.records(
        IdentifySubject(
            name=woman.name,
            kana=woman.kana,
            birth_date=born if her.chance.likely(0.85) else None,
        )
    )
    if did:
        her.items["IDN"] = Item(source=did.id_of(SubjectIdentified), field="name")
    can_be_reached(her)
    if her.chance.likely(0.5):
        her.records(RecordAddress(kind="REGISTERED", address=woman.address))
    if her.chance.likely(0.3):
        her.records(
            RecordAttributes(
                languages=frozenset({"ja"}),
                interpreter_needed=False,
                medication="睡眠薬" if her.chance.likely(0.2) else None,
                pregnancy=her.chance.likely(0.05) or None,
            )
        )
    for _ in range(her.chance.weighed({0: 46, 1: 28, 2: 18, 3: 6, 4: 2})):
        _child(her)
    if her.chance.likely(0.05):
        sister = AddCompanion(
            companion="ADULT", relation="SIBLING", name=f"{woman.family} ゆかり", birth_year=1998
        )
        did = her.records(sister)
        if did and did.made:
            her.adults.append(PersonId(did.made))


def can_be_reached(her: Her) -> None:
    did = her.records(
        SetContactMethod(
            means="PHONE",
            value=her.woman.telephone,
            safe_times=her.chance.one(made_up.SAFE_TIMES),
            unsafe_means=frozenset({"LETTER"} if her.chance.likely(0.4) else ()),
        )
    )
    if did:
        her.items["CNT"] = Item(source=did.id_of(ContactMethodSet), field="value")


def _child(her: Her) -> None:
    born = her.today.year - her.chance.between(0, 16)
    did = her.records(
        AddCompanion(
            companion="CHILD",
            relation="CHILD",
            name=her.chance.one(made_up.CHILDREN),
            birth_date=date(born, her.chance.between(1, 12), her.chance.between(1, 28))
            if born < her.today.year
            else None,
            custody=her.chance.weighed({"SUBJECT": 4, "JOINT": 3, "IN_DISPUTE": 2, "UNKNOWN": 1}),
        )
    )
    if did and did.made:
        her.children.append(PersonId(did.made))


def assesses(her: Her) -> None:
    level: Level = her.chance.weighed({"LOW": 4, "MEDIUM": 4, "HIGH": 2, "CRITICAL": 0.4})
    did = her.records(
        RecordAssessment(
            with_subject=True,
            danger_level=level,
            urgency_level=level,
            needs=frozenset(her.chance.some(FIELDS, 1, 3)),
            economic_summary="家計は夫が管理している。" if her.chance.likely(0.3) else None,
            subject_wish=her.chance.one(made_up.WISHES),
            text=her.chance.one(made_up.SUMMARIES),
        )
    )
    her.assessed = her.assessed or did is not None


def does_something(her: Her) -> None:
    child = her.chance.one(her.children) if her.children and her.chance.likely(0.15) else None
    kind: ActivityKind = her.chance.weighed(
        {
            "CONSULTATION": 8, "INFORMATION": 5, "LIAISON": 8, "ACCOMPANIMENT": 5, "VISIT": 4,
            "PROCEDURE_SUPPORT": 4, "HOUSING_SUPPORT": 2, "EMPLOYMENT_SUPPORT": 2,
            "LEGAL_CONSULTATION": 1, "PHONE_FOLLOW_UP": 6, "PSYCHOLOGICAL_CARE": 1,
        }
    )  # fmt: skip
    her.records(
        RecordSupportActivity(
            kind="STUDY_SUPPORT" if child else kind,
            person_id=child,
            place_kind=her.chance.weighed({"OFFICE": 5, "PHONE": 4, "OUTSIDE": 2, "ONLINE": 1}),
            text=her.chance.one(made_up.DONE),
        )
    )


def notes(her: Her) -> None:
    category = her.chance.one(list(made_up.NOTES))
    her.records(
        RecordNote(declared_category=category, text=her.chance.one(made_up.NOTES[category]))
    )


def needs(her: Her) -> Story:
    field = her.chance.one(FIELDS)
    did = her.records(IdentifyNeed(field=field, text=her.chance.one(made_up.GOALS)))
    if did and did.made and her.chance.likely(0.6):
        yield her.chance.days(40)
        outcome: NeedOutcome = her.chance.weighed({"MET": 6, "PARTLY_MET": 3, "HER_WISH": 1})
        her.records(CloseNeed(need_id=NeedId(did.made), field=field, outcome=outcome))


def corrects(her: Her) -> None:
    if "IDN" in her.items:
        family = her.chance.one(made_up.FAMILY_NAMES)[0]
        name = f"{family} {her.woman.name.split()[1]}"
        her.records(CorrectSubjectDetails(name=name, correction_reason="姓が変わった。"))


def is_served(her: Her) -> Story:
    providers: dict[Agency, ServiceCode] = {
        her.city.housing: "PUBLIC_HOUSING_PRIORITY_DRAW",
        her.city.welfare: "PUBLIC_ASSISTANCE",
        her.city.hospital: "MEDICAL_TREATMENT",
        her.prefecture.legal: "FREE_LEGAL_CONSULTATION",
        her.city.npo: "HOUSING_SUPPORT",
    }
    provider = her.chance.one(list(providers))
    did = her.records(LinkService(service_code=providers[provider], provider_agency=provider.id))
    if did is None or did.made is None:
        return
    service = ServiceId(did.made)
    for status in ("APPROVED", "IN_USE", "ENDED"):
        if her.chance.likely(0.25):
            return
        yield her.chance.days(30)
        her.records(ChangeServiceStatus(service_id=service, status=status))


def goes_to_court(her: Her) -> Story:
    kind: LegalStepKind = her.chance.weighed(
        {"PROTECTION_ORDER": 3, "DIVORCE": 5, "CUSTODY": 2, "RESIDENT_REGISTRY_PROTECTION": 5}
    )
    did = her.records(RecordLegalStep(kind=kind, status="FILED"))
    if did is None or did.made is None:
        return
    yield 5 + her.chance.days(35)
    status: LegalStepStatus = her.chance.weighed({"GRANTED": 8, "REFUSED": 1, "WITHDRAWN": 1})
    limited = kind in {"PROTECTION_ORDER", "RESIDENT_REGISTRY_PROTECTION"} and status == "GRANTED"
    her.records(
        RecordLegalStep(
            step_id=LegalStepId(did.made),
            kind=kind,
            status=status,
            expires_on=her.in_days(365) if limited else None,
        )
    )


def plans(her: Her) -> Story:
    did = her.records(
        DraftSupportPlan(
            kind="INDIVIDUAL_SUPPORT_PLAN",
            goals=tuple(her.chance.some(made_up.GOALS, 1, 3)),
            tasks=(_task(her),),
            review_on=her.in_days(90),
        )
    )
    if did is None or did.made is None:
        return
    plan = PlanId(did.made)
    yield her.chance.days(7)
    if asked(her, "SUPPORT_PLAN", "SERVICE", frozenset({her.agency}), frozenset({"PLN"})) is None:
        return
    her.records(AgreeSupportPlan(plan_id=plan, subject_wish="これでやってみたい。"))
    if her.chance.likely(0.5):
        yield 60 + her.chance.days(40)
        revise = ReviseSupportPlan(
            plan_id=plan,
            kind="INDIVIDUAL_SUPPORT_PLAN",
            goals=tuple(her.chance.some(made_up.GOALS, 1, 3)),
            tasks=(_task(her),),
            review_on=her.in_days(90),
        )
        if her.records(revise):
            her.records(AgreeSupportPlan(plan_id=plan))
    if her.chance.likely(0.6):
        yield 30 + her.chance.days(40)
        outcome: PlanOutcome = her.chance.weighed(
            {"REACHED": 4, "PARTLY_REACHED": 4, "HER_WISH": 1}
        )
        her.records(CloseSupportPlan(plan_id=plan, outcome=outcome))


def _task(her: Her) -> TaskGiven:
    due = her.in_days(30)
    return TaskGiven(agency=her.agency.id, task=her.chance.one(made_up.TASKS), due=due)


def has_a_policy(her: Her) -> None:
    her.records(
        SetSupportPolicy(
            policy_text=("安全に暮らし、望む働き方をする。",),
            subject_wish=her.chance.one(made_up.WISHES),
            review_on=her.in_days(90),
        )
    )


def is_kept_safe(her: Her) -> None:
    if her.chance.likely(0.6):
        asker: AskedBy = her.chance.weighed(
            {"PERPETRATOR": 5, "HER_FAMILY": 3, "WORKPLACE_OR_SCHOOL": 1}
        )
        refuse = RefuseThirdPartyInquiry(
            asked_by_kind=asker, where="窓口の電話", response="NEITHER_YES_NOR_NO"
        )
        her.records(refuse)
        return
    her.records(
        IssueSafetyInstruction(
            to_agency_id=her.chance.one((her.city.school, her.city.housing)).id,
            instruction="尋ねる人があれば、答えずに連絡してください。",
            valid_until=her.in_days(90),
        )
    )


def is_helped_by_others(her: Her) -> None:
    to = her.chance.one((her.city.npo, her.city.welfare, her.region.centre))
    if to != her.agency:
        her.records(AssignRole(function="SERVICE_PROVIDER", agency_id=to.id))


Once = Callable[[Her], None]
WEEK_BY_WEEK: Final[dict[Once, float]] = {
    consults: 28, does_something: 34, notes: 10, can_be_reached: 2, corrects: 0.7,
    assesses: 3, has_a_policy: 2, is_kept_safe: 3, is_helped_by_others: 3,
}  # fmt: skip
