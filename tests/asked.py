"""Everything that can be asked in her case, and what has to have happened for it to be done."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from domain.case import (
    AcceptCase,
    AddCompanion,
    AssignRole,
    CarryOver,
    Case,
    CaseCommand,
    CaseEvent,
    CloseCase,
    CorrectRecord,
    CorrectSubjectDetails,
    EndParticipation,
    EndRole,
    IdentifySubject,
    LinkCases,
    OpenCase,
    RecordAddress,
    RecordAttributes,
    RecordComingOfAge,
    RecordConsultation,
    Recorded,
    RecordLegalStep,
    RecordNote,
    RemoveCompanion,
    ReopenCase,
    SetContactMethod,
    SubjectIdentified,
    TransferCase,
    case_among,
)
from domain.case.aftercare import (
    AftercareEnded,
    AftercareStarted,
    AftercareTerms,
    EndAftercare,
    RescheduleAftercare,
    StartAftercare,
)
from domain.case.plans import (
    AgreeSupportPlan,
    CloseSupportPlan,
    DraftSupportPlan,
    PlanId,
    ReviseSupportPlan,
    SetSupportPolicy,
    SupportPlanAgreed,
    SupportPlanDrafted,
    SupportPolicySet,
)
from domain.case.safety import IssueSafetyInstruction, RefuseThirdPartyInquiry
from domain.case.services import (
    BundleId,
    ChangeServiceStatus,
    CompleteProcedureBundle,
    LinkService,
    OpenProcedureBundle,
    Procedure,
    ProcedureBundleOpened,
    ServiceId,
    ServiceLinked,
)
from domain.case.stay_events import (
    CancelStay,
    DecideStay,
    DeclineProtection,
    EndStay,
    ExtendStay,
    StartStay,
    StayDecided,
    StayStarted,
)
from domain.case.support import (
    AssessmentId,
    AssessmentRecorded,
    CloseNeed,
    IdentifyNeed,
    NeedId,
    NeedIdentified,
    RecordAssessment,
    RecordSupportActivity,
)
from domain.codes import CONSENT_KINDS
from domain.machine import NOT_YET
from domain.model import ITS_STAFF, ITSELF, CaseId, Context, EventId, PersonId, StayId
from domain.speech import Refused
from domain.support_codes import StayKind
from tests.beside import NPO, SCHOOL, SHE_AGREED, TO_SHARE, WELFARE
from tests.spec import CENTRE, CITY, an_id
from tests.supporting import (
    HER,
    HER_SON,
    MIDORINO,
    TODAY,
    WAKABA,
    accepted,
    closed,
    erased,
    handed_over,
    knowing,
    known,
    moved_away,
    opened,
    restricted,
    supporting,
    with_her_son,
)
from tests.told import closed as worded
from tests.world import parts_of

THAT: Final = EventId(an_id(900))
PLAN, NEED = PlanId(an_id(910)), NeedId(an_id(911))
SERVICE, BUNDLE = ServiceId(an_id(912)), BundleId(an_id(913))
HER_STAY, NEXT_STAY = StayId(an_id(914)), StayId(an_id(915))
IN_SUMMER: Final = date(2026, 7, 1)
TERMS: Final = AftercareTerms(
    lead_agency=NPO.agency, means=frozenset({"PHONE"}), cadence_days=21, subject_wish=None
)
named = worded(SubjectIdentified, subject_id=HER)
assessed = worded(AssessmentRecorded, assessment_id=AssessmentId(an_id(916)), with_subject=True)
policy_set = worded(SupportPolicySet, version=1, review_on=IN_SUMMER)
drafted = worded(
    SupportPlanDrafted,
    plan_id=PLAN,
    task_agencies=(),
    author_agency=CITY.agency,
    review_on=IN_SUMMER,
)
plan_agreed = worded(SupportPlanAgreed, plan_id=PLAN, review_on=IN_SUMMER, consent_id=SHE_AGREED)
need = worded(NeedIdentified, need_id=NEED)
linked = worded(
    ServiceLinked,
    service_id=SERVICE,
    about="ECO",
    provider_agency=WELFARE.agency,
    status="REQUESTED",
)
bundle = worded(
    ProcedureBundleOpened, bundle_id=BUNDLE, divisions=(WELFARE.agency,), consent_id=TO_SHARE
)
in_touch = worded(AftercareStarted, lead_agency=NPO.agency, started_on=TODAY, cadence_days=21)
no_longer = worded(AftercareEnded, lead_agency=NPO.agency, ended_on=TODAY)


def decided(stay: StayId, kind: StayKind) -> StayDecided:
    return worded(
        StayDecided,
        stay_id=stay,
        kind=kind,
        decided_by=CITY.agency,
        decided_on=TODAY,
        provider_agency_id=NPO.agency,
        direct_admission=False,
        planned_from=TODAY,
        consent_id=SHE_AGREED,
    )


def started(stay: StayId) -> StayStarted:
    return worded(StayStarted, stay_id=stay, started_on=TODAY, companions=(), elsewhere=())


PROTECTED: Final = (decided(HER_STAY, "MOTHER_CHILD_EMERGENCY"), started(HER_STAY))
HOUSED: Final = (decided(HER_STAY, "STEP_HOUSE"), started(HER_STAY))


class Asking(NamedTuple):
    """A command, and what has to have happened for it to have something to do."""

    command: CaseCommand
    before: tuple[CaseEvent, ...] = ()
    by: Context = CITY


NEXT_YEAR: Final = replace(
    CITY,
    agency=ITSELF,
    staff=ITS_STAFF,
    role="INSTALLATION",
    at=datetime(2027, 3, 31, 15, tzinfo=UTC),
)
begin = StartStay(stay_id=NEXT_STAY, location="緑野市 川端町 3-1", age_band="30S", reason_code="DV")
move_out = EndStay(stay_id=HER_STAY, destination_kind="OWN_HOUSING", without_aftercare="DECLINED")
COMMANDS: Final[Mapping[str, Asking]] = {
    "open": Asking(
        OpenCase(
            anonymous=True,
            channel="PHONE",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
            at_risk_only=False,
        )
    ),
    "consult": Asking(
        RecordConsultation(
            channel="PHONE",
            caller_is_subject=True,
            main_problem="SPOUSE_VIOLENCE",
            age_band="30S",
            language="ja",
            sexual_harm_flag=False,
        )
    ),
    "identify": Asking(IdentifySubject(name="ひまわり")),
    "details": Asking(
        CorrectSubjectDetails(name="相川みさき", correction_reason="本人が名乗った。"), (named,)
    ),
    "contact": Asking(SetContactMethod(means="LETTER", value="局留め　緑野中央郵便局")),
    "address": Asking(RecordAddress(kind="FORMER", address="白浜県、海の見える町")),
    "attributes": Asking(RecordAttributes(interpreter_needed=False)),
    "note": Asking(RecordNote(declared_category="PLN", text="来週、部屋を見に行く。")),
    "companion": Asking(AddCompanion(companion="ADULT", relation="PARENT")),
    "leaves": Asking(
        RemoveCompanion(person_id=HER_SON, reason="祖母のもとへ戻った。"), (with_her_son,)
    ),
    "grown": Asking(RecordComingOfAge(person_id=HER_SON), (with_her_son,)),
    "correct": Asking(
        CorrectRecord(
            target_event_id=THAT, field="name", new_value="相川空", reason="聞き違いがあった。"
        )
    ),
    "join": Asking(LinkCases(other_case_id=CaseId(an_id(402)))),
    "role": Asking(AssignRole(function="CONVENOR", agency_id=NPO.agency)),
    "role_over": Asking(EndRole(function="MAIN_SUPPORT", agency_id=NPO.agency)),
    "leave": Asking(EndParticipation(agency_id=NPO.agency), by=NPO),
    "assess": Asking(
        RecordAssessment(with_subject=True, danger_level="HIGH", urgency_level="MEDIUM")
    ),
    "need": Asking(IdentifyNeed(field="HOUSING")),
    "need_over": Asking(CloseNeed(need_id=NEED, field="HOUSING", outcome="MET"), (need,)),
    "activity": Asking(RecordSupportActivity(kind="ACCOMPANIMENT", place_kind="OUTSIDE")),
    "policy": Asking(
        SetSupportPolicy(
            policy_text=("まず安全な住まいを確保する",),
            subject_wish="学校を変えたくない",
            review_on=IN_SUMMER,
        )
    ),
    "plan": Asking(
        DraftSupportPlan(
            kind="SELF_RELIANCE_PLAN", goals=("自分の部屋で暮らす",), review_on=IN_SUMMER
        )
    ),
    "agree": Asking(AgreeSupportPlan(plan_id=PLAN), (drafted,)),
    "revise": Asking(
        ReviseSupportPlan(
            plan_id=PLAN, kind="SELF_RELIANCE_PLAN", goals=("働く",), review_on=IN_SUMMER
        ),
        (drafted, plan_agreed),
    ),
    "plan_over": Asking(CloseSupportPlan(plan_id=PLAN, outcome="REACHED"), (drafted, plan_agreed)),
    "service": Asking(
        LinkService(service_code="PUBLIC_ASSISTANCE", provider_agency=WELFARE.agency)
    ),
    "status": Asking(ChangeServiceStatus(service_id=SERVICE, status="IN_USE"), (linked,)),
    "bundle": Asking(
        OpenProcedureBundle(
            procedures=(Procedure(service_code="PUBLIC_ASSISTANCE", division=WELFARE.agency),),
            consent_id=TO_SHARE,
        )
    ),
    "all_done": Asking(CompleteProcedureBundle(bundle_id=BUNDLE), (bundle,)),
    "legal": Asking(RecordLegalStep(kind="PROTECTION_ORDER", status="FILED")),
    "instruct": Asking(
        IssueSafetyInstruction(to_agency_id=SCHOOL.agency, instruction="校内に入れない")
    ),
    "inquiry": Asking(
        RefuseThirdPartyInquiry(
            asked_by_kind="PERPETRATOR", where="市の窓口", response="NEITHER_YES_NOR_NO"
        )
    ),
    "decline": Asking(DeclineProtection(reasons=frozenset({"NO_MOBILE_PHONE"}))),
    "decide": Asking(
        DecideStay(
            kind="STEP_HOUSE",
            scope="IN_PREFECTURE",
            provider_agency_id=NPO.agency,
            planned_from=TODAY,
        ),
        (assessed,),
    ),
    "protect": Asking(begin, (decided(NEXT_STAY, "TEMPORARY_PROTECTION"),)),
    "house": Asking(begin, (decided(NEXT_STAY, "STEP_HOUSE"),)),
    "cancel": Asking(
        CancelStay(stay_id=NEXT_STAY, reason="NO_PLACE"), (decided(NEXT_STAY, "STEP_HOUSE"),)
    ),
    "extend": Asking(ExtendStay(stay_id=HER_STAY, until=IN_SUMMER), HOUSED),
    "move_out": Asking(move_out, HOUSED),
    "looked_after": Asking(replace(move_out, aftercare=TERMS, without_aftercare=None), HOUSED),
    "follow_up": Asking(StartAftercare(terms=TERMS)),
    "reschedule": Asking(RescheduleAftercare(terms=TERMS), (in_touch,)),
    "enough": Asking(EndAftercare(subject_wish="もう一人でやっていける"), (in_touch,)),
    "accept": Asking(AcceptCase(network_id=MIDORINO)),
    "transfer": Asking(TransferCase(network_id=WAKABA), (handed_over,), CENTRE),
    "send_away": Asking(TransferCase(), (handed_over,), CENTRE),
    "close": Asking(CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。")),
    "carry": Asking(CarryOver(), by=NEXT_YEAR),
    "reopen": Asking(ReopenCase(reason="NEW_DIFFICULTIES", subject_wish="また相談したい。")),
}


# She has agreed to everything, and all that is named is there.
FACTS: Final = knowing(
    agreed=dict.fromkeys(CONSENT_KINDS, SHE_AGREED),
    sharing={TO_SHARE: frozenset({WELFARE.agency})},
    corrected=Recorded(with_her_son, CITY.agency, parts_of(with_her_son, HER)),
    linked=known(replace(opened, subject_id=PersonId(an_id(650)))),
    linked_agreed=True,
)


def story(asking: Asking, state: str) -> tuple[CaseEvent, ...]:
    """A case in this status, in which there is something to do, if there may be any."""
    if state == NOT_YET:
        return ()
    if state == "CONTACT":
        early = () if needs_somebody(asking.before) else asking.before
        return (opened, supporting, *early)
    active = (opened, accepted, supporting, *asking.before)
    mine = replace(moved_away, to_agency=asking.by.agency)
    return {
        "ACTIVE": active,
        "TRANSFERRED": (*active, mine),
        "CLOSED": (*active, closed),
        "RESTRICTED": (*active, closed, restricted),
        "ERASED": (*active, closed, erased),
    }[state]


def needs_somebody(events: tuple[CaseEvent, ...]) -> bool:
    """Before anybody answers for her there is no stay, no aftercare, and nothing to hand over."""
    return any(isinstance(event, StayDecided | AftercareStarted) for event in events) or (
        handed_over in events
    )


def outcome(case: Case, command: CaseCommand, by: Context) -> tuple[CaseEvent, ...] | type[Refused]:
    try:
        return case_among(FACTS).decide(case, command, by)
    except Refused as refused:
        return type(refused)


def folded(events: tuple[CaseEvent, ...]) -> Case:
    return case_among(FACTS).replay(events)
