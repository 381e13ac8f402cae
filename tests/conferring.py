"""Meetings as the examples tell them: who is who, what is known beside them, what happens.

The centre answers for her and calls a conference about her; the city coordinates the network and
leads the meetings that are about nobody, or about all.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final, get_args

from msgspec.structs import replace

from domain.agency import KnownAgency, Staff
from domain.calendar import date_in_japan
from domain.case import KnownCase
from domain.categories import CategoryCode
from domain.items import Item, Offered
from domain.meeting import (
    NO_MEETING,
    About,
    Consultation,
    Facts,
    Meeting,
    MeetingCommand,
    MeetingEvent,
    meeting_beside,
)
from domain.meeting.commands import (
    AcknowledgeDecision,
    AddInvitee,
    AllocateRole,
    Attendee,
    CancelMeeting,
    CarryIssueForward,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DeferReview,
    DesignateMainSupport,
    DraftMinutes,
    FileMaterial,
    HoldMeeting,
    PlanMeeting,
    Position,
    ProvideInformation,
    RecordDecision,
    RecordDisagreement,
    RemoveInvitee,
    ReportActivity,
    ReportProgress,
    RequestMeeting,
    ReviewCase,
    SetAgenda,
    SetNextMeeting,
    ShareMinutes,
    TableCase,
)
from domain.meeting.events import (
    AgendaItem,
    AgendaSet,
    CaseReviewDeferred,
    CaseReviewed,
    CaseTabled,
    DecisionId,
    DecisionRecorded,
    DisagreementRecorded,
    Figure,
    InformationProvided,
    InviteeAdded,
    InviteeRemoved,
    MainSupportAgencyDesignated,
    MeetingCancelled,
    MeetingClosed,
    MeetingConvened,
    MeetingHeld,
    MeetingPlanned,
    MeetingRequested,
    MinutesConfirmed,
    MinutesDrafted,
    MinutesShared,
    NextMeetingSet,
    RoleAllocated,
)
from domain.meeting_codes import MeetingKind
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    Decider,
    EventId,
    GrantId,
    MeetingId,
    NetworkId,
    PersonId,
)
from domain.network import KnownNetwork, Member, Rules
from tests.beside import AGENCIES as KNOWN
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, making, role_of, someone

WELFARE: Final = someone(7, "SINGLE_PARENT_COUNSELLOR")
HER: Final = PersonId(an_id(600))
HER_SON: Final = PersonId(an_id(601))
HER_CASE: Final = CaseId(an_id(400))
ANOTHER_CASE: Final = CaseId(an_id(401))
NETWORK: Final = NetworkId(an_id(500))
MEETING: Final = MeetingId(CENTRE.new_id)
DECISION: Final = DecisionId(an_id(800))
AGREED: Final = GrantId(an_id(702))
DOCUMENT: Final = "a" * 64
TOMORROW: Final = date(2026, 5, 14)

EVERYBODY: Final = (CITY, CENTRE, SHELTER, POLICE, WELFARE)
AGENCIES: Final[Mapping[AgencyId, KnownAgency]] = {
    each.agency: replace(
        KNOWN[each.agency], staff={each.staff: Staff(role_of(each), pledged_under="2026-04")}
    )
    for each in EVERYBODY
}
network = KnownNetwork(
    level="MUNICIPALITY",
    basis="ACT_ART_15",
    implementing_body=CITY.agency,
    members={each.agency: Member() for each in (CITY, CENTRE, WELFARE, POLICE)},
    coordinating=CITY.agency,
    rules=Rules(version="1", meeting_mode="PERIODIC_OR_AS_NEEDED"),
)
her_case = KnownCase(
    subject_id=HER,
    opened_by=CITY.agency,
    reasons=frozenset(
        {
            (CITY.agency, "REFERRER"),
            (CENTRE.agency, "MAIN_RESPONSIBLE"),
            (SHELTER.agency, "MAIN_SUPPORT"),
        }
    ),
    status="ACTIVE",
    main_responsible=CENTRE.agency,
    network=NETWORK,
    companions={HER_SON: "CHILD"},
)
# To these she has agreed that they may know; the police may know nothing of her.
TRUSTED: Final = frozenset({CITY.agency, CENTRE.agency, SHELTER.agency, WELFARE.agency})
SHARED: Final[tuple[CategoryCode, ...]] = ("IDN", "PRB", "RSK", "ECO", "PLN", "SVC", "MTG")


def covering(*, without: frozenset[tuple[AgencyId, CategoryCode]] = frozenset()) -> Any:
    return {
        (agency, category): AGREED
        for agency in TRUSTED
        for category in SHARED
        if (agency, category) not in without
    }


about = About(
    case_id=HER_CASE,
    case=her_case,
    participants=frozenset({CITY.agency, CENTRE.agency, SHELTER.agency}),
    covered=covering(),
    named=TRUSTED,
)
of_her = Facts(about=about, network_id=NETWORK, network=network, agencies=AGENCIES)
of_all = replace(of_her, about=None)


def knowing(facts: Facts = of_her, **known: Any) -> Facts:
    """The same, with something else known about her case."""
    assert facts.about is not None
    return replace(facts, about=replace(facts.about, **known))


def unsettled(*parties: Context) -> Consultation:
    return Consultation(status="UNSETTLED", parties=frozenset(each.agency for each in parties))


OPEN: Final = Consultation(status="OPEN")
on_the_table = knowing(consultation=OPEN)


def meeting(facts: Facts = on_the_table) -> Decider[Meeting, MeetingCommand, MeetingEvent]:
    return meeting_beside(facts)


# What is asked

plan = PlanMeeting(
    kind="INDIVIDUAL_CASE",
    network_id=NETWORK,
    on=TOMORROW,
    place="青葉県庁 3階",
    trigger="PROTECTION_OR_ADMISSION_NEEDED",
)
request = RequestMeeting(network_id=NETWORK, reason="夜間の不安が強くなっている")
set_agenda = SetAgenda(
    meeting_id=MEETING, items=(AgendaItem(type="CASE_SUPPORT", text="施設入所の希望について"),)
)
invite = AddInvitee(meeting_id=MEETING, agency_id=CITY.agency)
disinvite = RemoveInvitee(meeting_id=MEETING, agency_id=CITY.agency)
table = TableCase(meeting_id=MEETING, categories=frozenset({"PRB", "RSK", "PLN"}))
convene = ConveneMeeting(meeting_id=MEETING)
cancel = CancelMeeting(meeting_id=MEETING, reason="本人の希望により延期")
provide = ProvideInformation(
    meeting_id=MEETING,
    items=(Item(source=EventId(an_id(900)), field="main_problem"),),
    recipients=frozenset({CITY.agency, SHELTER.agency}),
)
item = Offered(
    source=EventId(an_id(900)),
    path="case.consultation_recorded.v1/main_problem",
    category="PRB",
    person=HER,
    known=True,
    consents=frozenset({AGREED}),
)
hold = HoldMeeting(
    meeting_id=MEETING,
    attendees=tuple(
        Attendee(agency_id=each.agency, staff_id=each.staff) for each in (CENTRE, CITY, SHELTER)
    ),
    started_at=NOW - timedelta(hours=2),
    ended_at=NOW - timedelta(hours=1),
)
decide = RecordDecision(
    meeting_id=MEETING,
    kind="SERVICE",
    text="生活保護の申請に同行する",
    agreed=frozenset({CITY.agency, SHELTER.agency}),
    due=TOMORROW,
)
settle = replace(decide, kind="ROLE_ALLOCATION", settles=True, text="ひだまりが日々の支援を担う")
allocate = AllocateRole(meeting_id=MEETING, function="MAIN_SUPPORT", agency_id=SHELTER.agency)
disagree = RecordDisagreement(
    meeting_id=MEETING,
    topic="誰が日々の支援を担うか",
    positions=(
        Position(agency_id=CITY.agency, text="センターの担当と考える"),
        Position(agency_id=SHELTER.agency, text="人手が足りない"),
    ),
    since=date(2026, 5, 13),
)
designate = DesignateMainSupport(
    meeting_id=MEETING,
    agency_id=SHELTER.agency,
    reason="日々顔を合わせている",
    dissenting=frozenset({SHELTER.agency}),
    dissent="人手が足りない",
    subject_wish="近くの人がいい",
)
acknowledge = AcknowledgeDecision(meeting_id=MEETING, decision_id=DECISION)
progress = ReportProgress(
    meeting_id=MEETING, decision_id=DECISION, status="DONE", text="窓口で受理された"
)
carry = CarryIssueForward(
    meeting_id=MEETING, to_kind="PRACTITIONERS", text="夜間に空いている受入先が足りない"
)
set_next = SetNextMeeting(meeting_id=MEETING, on=date(2026, 6, 3))
file = FileMaterial(meeting_id=MEETING, name="支援経過一覧", hash=DOCUMENT)
draft = DraftMinutes(meeting_id=MEETING, text="入所を希望。生活保護を申請する。", hash=DOCUMENT)
confirm = ConfirmMinutes(meeting_id=MEETING)
share = ShareMinutes(meeting_id=MEETING, recipients=frozenset({CITY.agency, SHELTER.agency}))
close = CloseMeeting(meeting_id=MEETING)
review = ReviewCase(
    meeting_id=MEETING,
    responsible_agency=CENTRE.agency,
    situation="落ち着いて過ごしている",
    policy_change="就労支援を始める",
)
defer = DeferReview(meeting_id=MEETING, reason="担当者が出席できない")
report = ReportActivity(
    meeting_id=MEETING,
    reach="PUBLIC",
    figures=(Figure(measure="CASE_CONFERENCES", count=12),),
    text=("個別ケース検討会議を毎月開いた",),
)

# What happens

planned = MeetingPlanned(
    meeting_id=MEETING,
    case_id=HER_CASE,
    kind="INDIVIDUAL_CASE",
    network_id=NETWORK,
    on=TOMORROW,
    place="青葉県庁 3階",
    convenor=CENTRE.agency,
    trigger="PROTECTION_OR_ADMISSION_NEEDED",
    held_within=None,
)
requested = MeetingRequested(
    meeting_id=MeetingId(SHELTER.new_id),
    case_id=HER_CASE,
    network_id=NETWORK,
    by_agency=SHELTER.agency,
    reason="夜間の不安が強くなっている",
)
agenda = AgendaSet(items=set_agenda.items)
tabled = CaseTabled(
    case_id=HER_CASE,
    categories=frozenset[CategoryCode]({"PRB", "RSK", "PLN"}),
    consent_ids=frozenset({AGREED}),
)
convened = MeetingConvened(notice_sent_at=NOW)
cancelled = MeetingCancelled(reason="本人の希望により延期")
provided = InformationProvided(
    case_id=HER_CASE,
    from_agency=CENTRE.agency,
    sources=(item.source,),
    paths=(item.path,),
    categories=("PRB",),
    recipients=provide.recipients,
    consent_ids=frozenset({AGREED}),
)
held = MeetingHeld(
    agencies=(CENTRE.agency, CITY.agency, SHELTER.agency),
    staff=(CENTRE.staff, CITY.staff, SHELTER.staff),
    roles=("CASEWORKER", "WOMENS_SUPPORT_COUNSELLOR", "FACILITY_HEAD"),
    started_at=hold.started_at,
    ended_at=hold.ended_at,
    held_on=date_in_japan(hold.ended_at),
)
decided = DecisionRecorded(
    decision_id=DECISION,
    subject_id=HER,
    case_id=HER_CASE,
    kind="SERVICE",
    text="生活保護の申請に同行する",
    agreed=decide.agreed,
    dissenting=frozenset(),
    due=TOMORROW,
)
allocated = RoleAllocated(case_id=HER_CASE, function="MAIN_SUPPORT", agency_id=SHELTER.agency)
disagreed = DisagreementRecorded(
    subject_id=HER,
    case_id=HER_CASE,
    topic="誰が日々の支援を担うか",
    agencies=(CITY.agency, SHELTER.agency),
    positions=("センターの担当と考える", "人手が足りない"),
    since=date(2026, 5, 13),
    settle_by=date(2026, 5, 20),
)
designated = MainSupportAgencyDesignated(
    subject_id=HER,
    case_id=HER_CASE,
    agency_id=SHELTER.agency,
    designated_by=CITY.agency,
    dissenting=designate.dissenting,
    reason="日々顔を合わせている",
    dissent="人手が足りない",
    subject_wish="近くの人がいい",
)
next_set = NextMeetingSet(on=date(2026, 6, 3), not_needed=False)
drafted = MinutesDrafted(text="入所を希望。生活保護を申請する。", hash=DOCUMENT)
confirmed = MinutesConfirmed(hash=DOCUMENT)
shared = MinutesShared(hash=DOCUMENT, recipients=share.recipients)
closed = MeetingClosed()
reviewed = CaseReviewed(
    subject_id=HER,
    case_id=HER_CASE,
    round_no=1,
    reviewed_on=date(2026, 5, 13),
    next_by=date(2026, 8, 13),
    responsible_agency=CENTRE.agency,
    situation="落ち着いて過ごしている",
    policy_change="就労支援を始める",
)
deferred = CaseReviewDeferred(subject_id=HER, case_id=HER_CASE, reason="担当者が出席できない")


def invited(who: Context) -> InviteeAdded:
    return InviteeAdded(agency_id=who.agency, role="MEMBER", reason=None)


def no_longer_invited(who: Context) -> InviteeRemoved:
    return InviteeRemoved(agency_id=who.agency, role="MEMBER", reason=None)


# A conference about her, as far as it has come.
PLANNED: Final[tuple[MeetingEvent, ...]] = (planned, invited(CITY), invited(SHELTER), tabled)
CONVENED: Final[tuple[MeetingEvent, ...]] = (*PLANNED, convened)
HELD: Final[tuple[MeetingEvent, ...]] = (*CONVENED, held)
DECIDED: Final[tuple[MeetingEvent, ...]] = (*HELD, decided, allocated, next_set)
MINUTED: Final[tuple[MeetingEvent, ...]] = (*DECIDED, drafted)
CONFIRMED: Final[tuple[MeetingEvent, ...]] = (*MINUTED, confirmed)
SHARED_OUT: Final[tuple[MeetingEvent, ...]] = (*CONFIRMED, shared)
CLOSED: Final[tuple[MeetingEvent, ...]] = (*SHARED_OUT, closed)

DECIDING: Final = making(CENTRE, DECISION)
KINDS: Final[tuple[MeetingKind, ...]] = get_args(MeetingKind)


def policy(kind: MeetingKind, *then: MeetingEvent) -> tuple[MeetingEvent, ...]:
    """A meeting about nobody, called by the city; the centre and the welfare office come."""
    return (
        replace(
            planned,
            case_id=None,
            kind=kind,
            convenor=CITY.agency,
            network_id=None if kind == "EXTERNAL_FORUM" else NETWORK,
            trigger=None,
        ),
        invited(CENTRE),
        invited(WELFARE),
        *then,
    )


policy_held = replace(
    held,
    agencies=(CITY.agency, CENTRE.agency, WELFARE.agency),
    staff=(CITY.staff, CENTRE.staff, WELFARE.staff),
    roles=("WOMENS_SUPPORT_COUNSELLOR", "CASEWORKER", "SINGLE_PARENT_COUNSELLOR"),
)
NOTHING: Final = NO_MEETING
