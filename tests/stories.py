"""A story in which every kind of event happens once, told through handling (物語)."""

from datetime import date
from uuid import UUID, uuid4

from adapters.app import App
from contracts.answers import Accepted
from domain.agency import (
    EnrolStaff,
    RegisterAgency,
    RestoreAgency,
    SignPledge,
    SuspendAgency,
)
from domain.agency_codes import AgencyKind
from domain.case import (
    AcceptCase,
    AssignRole,
    CorrectSubjectDetails,
    EndRole,
    IdentifySubject,
    OpenCase,
    RecordAddress,
    RecordConsultation,
    RecordNote,
    SetContactMethod,
)
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.consent_ledger import ExplainConsent, GrantConsent, RecordRefusal, WithdrawConsent
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    GrantId,
    NetworkId,
    PersonId,
    ReferralId,
    StaffId,
    StaffRole,
    stream_of,
)
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    ReceiveReferral,
    SendReferral,
)
from services.handling import Ask, Handling
from services.sealing import persons_in


class Someone:
    """A member of staff, who asks for one thing after the other."""

    def __init__(
        self, handling: Handling, agency: AgencyId, staff: StaffId, role: StaffRole
    ) -> None:
        self._handling = handling
        self.agency = agency
        self.staff = staff
        self.role: StaffRole = role

    async def says(self, command: AnyCommand, case: CaseId | None = None) -> Accepted:
        answer = await self._handling.handle(
            Ask(
                id=CommandId(uuid4()),
                agency=self.agency,
                staff=self.staff,
                role=self.role,
                command=command,
                case=case,
            )
        )
        assert isinstance(answer, Accepted), answer
        return answer

    async def makes(self, command: AnyCommand, case: CaseId | None = None) -> UUID:
        made = (await self.says(command, case)).made
        assert made is not None
        return made


def operator(app: App) -> Someone:
    return Someone(app.handling, app.operator.operator, app.operator.first_staff, "REPRESENTATIVE")


async def joining(app: App, kind: AgencyKind, name: str, role: StaffRole) -> Someone:
    """An agency is registered, and its first member of staff has signed the pledge."""
    desk = operator(app)
    agency = AgencyId(
        await desk.makes(RegisterAgency(kind=kind, name=name, prefecture="06", sector="PUBLIC"))
    )
    staff = StaffId(await desk.makes(EnrolStaff(agency_id=agency, role=role, years_in_field=7)))
    await desk.says(SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04"))
    return Someone(app.handling, agency, staff, role)


async def tell(app: App) -> PersonId:
    """She comes, says who she is, agrees, is handed on, and takes her consent back."""
    city = await joining(
        app, "MUNICIPAL_GENDER_EQUALITY_CENTRE", "緑野市男女共同参画推進センター", "COORDINATOR"
    )
    centre = await joining(
        app, "WOMENS_SUPPORT_CENTRE", "青葉県女性相談支援センター", "WOMENS_SUPPORT_COUNSELLOR"
    )
    case = await _she_comes(city)
    await _she_agrees(city, centre.agency, case)
    await _she_is_handed_on(city, centre, case)
    await operator(app).says(SuspendAgency(agency_id=city.agency))
    await operator(app).says(RestoreAgency(agency_id=city.agency))
    stream = stream_of("case", case)
    (woman,) = persons_in((await app.log.read(stream)).streams[stream])
    return woman


async def _she_comes(city: Someone) -> CaseId:
    opened = await city.says(
        OpenCase(
            anonymous=True,
            channel="PHONE",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
            at_risk_only=False,
        )
    )
    case = opened.case
    assert case is not None
    await city.says(
        RecordConsultation(
            channel="PHONE",
            caller_is_subject=True,
            main_problem="SPOUSE_VIOLENCE",
            secondary_problems=frozenset({"ECONOMIC_PROBLEM"}),
            age_band="30S",
            language="ja",
            sexual_harm_flag=False,
            summary="夫の暴力が続いている。仕事は辞めたくない。",
        ),
        case,
    )
    await city.says(
        IdentifySubject(name="相川みさき", kana="アイカワ ミサ", birth_date=date(1994, 2, 3)), case
    )
    await city.says(
        CorrectSubjectDetails(kana="アイカワ ミサキ", correction_reason="聞き取りの誤り"), case
    )
    await city.says(
        SetContactMethod(means="PHONE", value="090-0000-0000", safe_times="平日の昼休み"), case
    )
    await city.says(RecordAddress(kind="REGISTERED", address="青葉県緑野市若葉町1-2-3"), case)
    await city.says(RecordNote(declared_category="ECO", text="給与の振込先を変えたい。"), case)
    await city.says(AcceptCase(network_id=NetworkId(uuid4())), case)
    return case


async def _she_agrees(city: Someone, centre: AgencyId, case: CaseId) -> None:
    shared = frozenset[CategoryCode]({"IDN", "CNT", "PRB", "SVC"})
    grant = GrantId(
        await city.makes(
            ExplainConsent(
                kind="INFORMATION",
                purpose="PROTECTION",
                recipients=frozenset({centre}),
                categories=shared,
                language="ja",
                material_version="2026-04",
            ),
            case,
        )
    )
    await city.says(
        GrantConsent(
            grant_id=grant,
            kind="INFORMATION",
            grantor="SUBJECT",
            recipients=frozenset({centre}),
            categories=shared,
            purpose="PROTECTION",
            until_event="CASE_CLOSE",
            history="SNAPSHOT",
            method="WRITTEN",
            conditions=frozenset({"KEEPS_PHONE"}),
        ),
        case,
    )
    await city.says(
        RecordRefusal(
            kind="INFORMATION",
            recipients=frozenset({centre}),
            categories=frozenset({"ADR"}),
            purpose="PROTECTION",
        ),
        case,
    )
    await city.says(WithdrawConsent(grant_id=grant, reason="もう少し考えたい。"), case)


async def _she_is_handed_on(city: Someone, centre: Someone, case: CaseId) -> None:
    referral = ReferralId(
        await city.makes(
            DraftReferral(
                kind="TEMPORARY_PROTECTION_REQUEST",
                to_agency=centre.agency,
                purpose="PROTECTION",
                urgency="HIGH",
            ),
            case,
        )
    )
    await city.says(SendReferral(referral_id=referral), case)
    await centre.says(ReceiveReferral(referral_id=referral), case)
    await centre.says(AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT"), case)
    await centre.says(ConfirmHandover(referral_id=referral, referrer_remains=True), case)
    await centre.says(AssignRole(function="CONVENOR", agency_id=city.agency), case)
    await centre.says(EndRole(function="CONVENOR", agency_id=city.agency), case)
