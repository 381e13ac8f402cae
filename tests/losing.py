"""How somebody comes to lose sight of something: a story of 緑野市 for each kind of event."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final, TypeAlias, get_args

from domain.agency import (
    AgencyDeactivated,
    AgencySucceeded,
    AgencySuspended,
    AgencyTookOver,
    CommissionContractEnded,
    CommissionContractStarted,
    DeactivateAgency,
    EndEnrolment,
    EndFeedCustodian,
    FeedCustodianEnded,
    NameFeedCustodian,
    StaffLeft,
    StartCommissionContract,
    SucceedAgency,
    SuspendAgency,
)
from domain.agency_codes import Criterion
from domain.case import (
    CaseErased,
    CaseTransferred,
    CloseCase,
    CompanionAdded,
    DataRestricted,
    EndParticipation,
    EndRole,
    ParticipationEnded,
    ResponsibilityMoved,
    RoleEnded,
    SetContactMethod,
    TransferCase,
)
from domain.case.companions import AddCompanion, CompanionCameOfAge, RecordComingOfAge
from domain.case.services import (
    ChangeServiceStatus,
    LinkService,
    ServiceLinked,
    ServiceStatusChanged,
)
from domain.consent_ledger import (
    ConflictRecorded,
    ConsentExpired,
    ConsentNarrowed,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
    NarrowConsent,
    RecordConflict,
    RecordRefusal,
    WithdrawConsent,
)
from domain.emergency import (
    AuthoriseEmergency,
    EmergencyExpired,
    EndEmergency,
    RequestEmergency,
)
from domain.erasure import DecideErasure, RequestErasure
from domain.exclusions import ExclusionSet, SetExclusion
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    EscalateGrievance,
    GrievanceEscalated,
    HandlerAssigned,
    ReceiveGrievance,
)
from domain.items import Item
from domain.meeting.commands import (
    AddInvitee,
    Attendee,
    CancelMeeting,
    CloseMeeting,
    ConveneMeeting,
    HoldMeeting,
    PlanMeeting,
    ProvideInformation,
    RemoveInvitee,
    TableCase,
)
from domain.meeting.events import InviteeRemoved, MeetingCancelled, MeetingClosed
from domain.model import (
    EmergencyId,
    ErasureRequestId,
    Event,
    GrantId,
    GrievanceId,
    MeetingId,
    NetworkId,
    ReferralId,
)
from domain.network import (
    AppointCoordinator,
    CoordinatingAgencyDesignated,
    DesignateCoordinatingAgency,
    DissolveNetwork,
    EstablishNetwork,
    JoinNetwork,
    LeaveNetwork,
    MemberLeft,
    NetworkDissolved,
)
from domain.referral import (
    ConfirmHandover,
    DeclineReferral,
    ExpireReferral,
    HandoverConfirmed,
    ReceiveReferral,
    RedirectReferral,
    ReferralDeclined,
    ReferralExpired,
    ReferralRedirected,
    ReferralWithdrawn,
    SendReferral,
)
from tests.peers import Midorino
from tests.world import Someone

# A story tells how somebody comes to lose sight of something.
Story: TypeAlias = Callable[[Midorino], object]


def helped(here: Midorino) -> GrantId:
    """Ayumi helps her, and may know her name and her telephone."""
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    return here.agrees(here.ayumi)


def withdrawn(here: Midorino) -> None:
    here.says(here.city, WithdrawConsent(grant_id=helped(here)))


def narrowed(here: Midorino) -> None:
    less = NarrowConsent(grant_id=helped(here), removed_categories=frozenset({"CNT"}))
    here.says(here.city, less)


def superseded(here: Midorino) -> None:
    here.agrees(here.ayumi, categories=["CNT"], supersedes=helped(here))


def ended_with_a_meeting(here: Midorino) -> None:
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    meeting = planned(here)
    here.agrees(here.ayumi, via_meeting=meeting, until_event="MEETING_CLOSE")
    here.says(here.city, CancelMeeting(meeting_id=meeting, reason="本人が望まない。"))


def shut_out(here: Midorino) -> None:
    helped(here)
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))


def torn(here: Midorino) -> None:
    child = AddCompanion(companion="CHILD", relation="CHILD", name="相川はると")
    son = here.says(here.city, child).the(CompanionAdded).person_id
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.agrees(here.ayumi, categories=["CHD", "FAM", "SVC"])
    here.says(here.city, RecordConflict(child_id=son))


def grown_up(here: Midorino) -> None:
    child = AddCompanion(companion="CHILD", relation="CHILD", name="相川はると")
    son = here.says(here.city, child).the(CompanionAdded).person_id
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.agrees(here.ayumi, categories=["CHD", "FAM", "SVC"])
    here.says(here.city, RecordComingOfAge(person_id=son))


def in_an_emergency(here: Midorino) -> EmergencyId:
    ask = RequestEmergency(
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN", "CNT"}),
        expires_at=here.world.at + timedelta(hours=24),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    emergency = EmergencyId(here.says(here.city, ask).made)
    authorise = AuthoriseEmergency(
        emergency_id=emergency,
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    here.says(here.world.enrols(here.city.agency, "REPRESENTATIVE"), authorise)
    return emergency


def emergency_ended(here: Midorino) -> None:
    here.says(here.city, EndEmergency(emergency_id=in_an_emergency(here)))


def refused_meanwhile(here: Midorino) -> None:
    in_an_emergency(here)
    no = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN"}),
        purpose="PROTECTION",
    )
    here.says(here.city, no)


def closed_and_asked(here: Midorino) -> tuple[Someone, ErasureRequestId]:
    division = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    here.says(here.city, CloseCase(reason="GOALS_MET", subject_wish="ありがとう。"))
    whose = frozenset({here.world.of_case(here.case)[1].parts[0].person})
    ask = RequestErasure(scope=whose, requester="SUBJECT", identity_check="KNOWN_TO_STAFF")
    return division, ErasureRequestId(here.says(here.city, ask).made)


def restricted(here: Midorino) -> None:
    division, request = closed_and_asked(here)
    decide = DecideErasure(request_id=request, decision="RESTRICT", grounds="RETENTION_RUNNING")
    here.says(division, decide)


def erased(here: Midorino) -> None:
    division, request = closed_and_asked(here)
    decide = DecideErasure(request_id=request, decision="ERASE", grounds="ERASURE_DUTY")
    here.says(division, decide)


# What it took part for


def role_ended(here: Midorino) -> None:
    helped(here)
    here.says(here.ayumi, EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))


def gone(here: Midorino) -> None:
    """It stayed when she was handed on, and has done what there was to do."""
    handed_over(here, remains=True)
    here.says(here.city, EndParticipation(agency_id=here.city.agency))


def service_ended(here: Midorino) -> None:
    here.agrees(here.ayumi, categories=["CNT", "IDN", "SVC", "ECO", "HOU", "PLN"])
    link = LinkService(
        service_code="HOUSING_SUPPORT", provider_agency=here.ayumi.agency, status="IN_USE"
    )
    service = here.says(here.city, link).the(ServiceLinked).service_id
    here.says(here.city, ChangeServiceStatus(service_id=service, status="ENDED"))


def handed_over(here: Midorino, *, remains: bool = False) -> None:
    """The centre has found out more, and the city may know it as long as it stays."""
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER", items=covered(here))
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    here.says(here.centre, SetContactMethod(means="PHONE", value="090-0000-1111"))
    here.agrees(here.city)
    here.confirms(here.centre, referral, remains=remains)


def covered(here: Midorino) -> tuple[Item, ...]:
    here.agrees(here.centre)
    return (here.name,)


def moved_on(here: Midorino) -> None:
    """To another network: whoever coordinates the first no longer finds the case in its ledger."""
    coordinates(here, here.hospital)
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    here.confirms(here.centre, referral)
    here.says(here.centre, TransferCase(network_id=another_network(here)))


def another_network(here: Midorino) -> NetworkId:
    establish = EstablishNetwork(
        name="青葉県困難女性支援ネットワーク",
        level="PREFECTURE",
        basis="ACT_ART_15",
        prefecture="06",
        area="青葉県",
        implementing_body=here.centre.agency,
    )
    network = NetworkId(here.world.says(here.world.operator, establish).made)
    joins(here, here.centre, network)
    return network


def joins(here: Midorino, who: Someone, network: NetworkId) -> None:
    join = JoinNetwork(network_id=network, agency_id=who.agency, membership="MEMBER")
    here.world.says(here.world.operator, join)


def coordinates(here: Midorino, who: Someone) -> None:
    joins(here, who, here.network)
    for command in (
        AppointCoordinator(
            network_id=here.network,
            agency_id=who.agency,
            staff_id=who.staff,
            qualification="CERTIFIED_SOCIAL_WORKER",
        ),
        DesignateCoordinatingAgency(network_id=here.network, agency_id=who.agency),
    ):
        here.world.says(here.world.operator, command)


# What was put before it


def sent_to_ayumi(here: Midorino) -> ReferralId:
    here.agrees(here.ayumi)
    referral = here.drafts(here.city, here.ayumi, items=(here.name,))
    send = SendReferral(referral_id=referral, respond_by=here.world.at + timedelta(days=3))
    here.says(here.city, send)
    return referral


def declined(here: Midorino) -> None:
    decline = DeclineReferral(referral_id=sent_to_ayumi(here), reason="NO_CAPACITY")
    here.says(here.ayumi, decline)


def redirected(here: Midorino) -> None:
    redirect = RedirectReferral(
        referral_id=sent_to_ayumi(here),
        new_to=here.hospital.agency,
        purpose="SERVICE",
        urgency="LOW",
    )
    here.says(here.ayumi, redirect)


def taken_back(here: Midorino) -> None:
    here.withdraws(here.city, sent_to_ayumi(here))


def not_answered(here: Midorino) -> None:
    referral = sent_to_ayumi(here)
    here.world.passes(days=4)
    here.says(here.city, ExpireReferral(referral_id=referral))


def planned(here: Midorino) -> MeetingId:
    plan = PlanMeeting(kind="EXTERNAL_FORUM", held_within="緑野市要対協", on=date(2026, 5, 20))
    return MeetingId(here.says(here.city, plan).made)


def put_before_a_meeting(here: Midorino) -> MeetingId:
    here.agrees(here.city, here.ayumi)
    meeting = planned(here)
    ayumi = frozenset({here.ayumi.agency})
    for command in (
        AddInvitee(meeting_id=meeting, agency_id=here.ayumi.agency),
        TableCase(meeting_id=meeting, categories=frozenset({"IDN"})),
        ConveneMeeting(meeting_id=meeting),
        ProvideInformation(meeting_id=meeting, items=(here.name,), recipients=ayumi),
    ):
        here.says(here.city, command)
    return meeting


def uninvited(here: Midorino) -> None:
    meeting = put_before_a_meeting(here)
    here.says(here.city, RemoveInvitee(meeting_id=meeting, agency_id=here.ayumi.agency))


def called_off(here: Midorino) -> None:
    meeting = put_before_a_meeting(here)
    here.says(here.city, CancelMeeting(meeting_id=meeting, reason="本人が望まない。"))


def met(here: Midorino) -> None:
    meeting = put_before_a_meeting(here)
    hold = HoldMeeting(
        meeting_id=meeting,
        attendees=tuple(
            Attendee(agency_id=each.agency, staff_id=each.staff) for each in (here.city, here.ayumi)
        ),
        started_at=here.world.at - timedelta(hours=1),
        ended_at=here.world.at,
    )
    here.says(here.city, hold)
    here.says(here.city, CloseMeeting(meeting_id=meeting))


def complained(here: Midorino) -> GrievanceId:
    receive = ReceiveGrievance(
        complainant="SUBJECT",
        about_agencies=frozenset({here.ayumi.agency}),
        text="知らない人から電話がかかってきました。",
    )
    grievance = GrievanceId(here.says(here.city, receive).made)
    here.says(here.city, AcknowledgeGrievance(grievance_id=grievance))
    here.says(here.city, AssignHandler(grievance_id=grievance, handler=here.hospital.agency))
    return grievance


def handled_by_another(here: Midorino) -> None:
    assign = AssignHandler(grievance_id=complained(here), handler=here.centre.agency)
    here.says(here.city, assign)


def escalated(here: Midorino) -> None:
    """First to the centre, and from there to the prefecture."""
    division = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    grievance = complained(here)
    for by, to in ((here.city, here.centre), (here.centre, division)):
        escalate = EscalateGrievance(
            grievance_id=grievance, to_agency=to.agency, reason="BEYOND_AUTHORITY"
        )
        here.says(by, escalate)


# What becomes of an agency or a network


def suspended(here: Midorino) -> None:
    helped(here)
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))


def deactivated(here: Midorino) -> None:
    helped(here)
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.ayumi.agency))


def succeeded(here: Midorino) -> None:
    helped(here)
    like_it = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
    succeed = SucceedAgency(agency_id=here.ayumi.agency, successor=like_it.agency)
    here.world.says(here.world.operator, succeed)


def taken_over(here: Midorino) -> None:
    """Whom she shut out is followed by somebody whom she trusted."""
    helped(here)
    old = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
    here.says(here.city, SetExclusion(agency_id=old.agency))
    succeed = SucceedAgency(agency_id=old.agency, successor=here.ayumi.agency)
    here.world.says(here.world.operator, succeed)


def staff_left(here: Midorino) -> None:
    helped(here)
    leave = EndEnrolment(agency_id=here.ayumi.agency, staff_id=here.ayumi.staff)
    here.world.says(here.world.operator, leave)


def nobody_keeps_the_feed(here: Midorino) -> None:
    helped(here)
    agency, staff = here.ayumi.agency, here.ayumi.staff
    here.world.says(here.ayumi, NameFeedCustodian(agency_id=agency, staff_id=staff))
    here.world.says(here.ayumi, EndFeedCustodian(agency_id=agency, staff_id=staff))


def left_the_network(here: Midorino) -> None:
    """Who went with her is known among the members of the network, and to nobody else."""
    helped(here)
    here.agrees(here.ayumi, categories=["SVC"])
    joins(here, here.ayumi, here.network)
    joins(here, here.centre, here.network)
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    confirm = ConfirmHandover(
        referral_id=referral, referrer_remains=True, accompanied_by=here.city.staff
    )
    here.says(here.centre, confirm)
    leave = LeaveNetwork(network_id=here.network, agency_id=here.ayumi.agency)
    here.world.says(here.world.operator, leave)


def seen_to_be_helped(here: Midorino) -> None:
    """Who of Ayumi received her is known among the members of the network; the hospital looks."""
    for each in (here.ayumi, here.centre, here.hospital):
        joins(here, each, here.network)
    referral = here.sends(here.city, here.ayumi)
    here.says(here.ayumi, ReceiveReferral(referral_id=referral))
    here.accepts(here.ayumi, referral)
    for each in (here.centre, here.hospital):
        here.accepts(each, here.sends(here.city, each))
    here.agrees(here.hospital, categories=["SVC"])


def commissioned(here: Midorino) -> None:
    seen_to_be_helped(here)
    today = here.world.at.date()
    start = StartCommissionContract(
        agency_id=here.ayumi.agency,
        valid_from=today,
        valid_until=today + timedelta(days=300),
        criteria_check=frozenset(get_args(Criterion)),
    )
    here.world.says(here.centre, start)


def dissolved(here: Midorino) -> None:
    coordinates(here, here.hospital)
    here.world.says(here.world.operator, DissolveNetwork(network_id=here.network))


def coordinated_by_another(here: Midorino) -> None:
    coordinates(here, here.hospital)
    coordinates(here, here.centre)


NARROWS: Final[Mapping[type[Event], Story]] = {
    ConsentWithdrawn: withdrawn,
    ConsentNarrowed: narrowed,
    ConsentSuperseded: superseded,
    ConsentExpired: ended_with_a_meeting,
    ConsentRefused: refused_meanwhile,
    ConflictRecorded: torn,
    CompanionCameOfAge: grown_up,
    ExclusionSet: shut_out,
    EmergencyExpired: emergency_ended,
    DataRestricted: restricted,
    CaseErased: erased,
    RoleEnded: role_ended,
    ParticipationEnded: gone,
    ServiceStatusChanged: service_ended,
    ResponsibilityMoved: handed_over,
    CaseTransferred: moved_on,
    ReferralDeclined: declined,
    ReferralRedirected: redirected,
    ReferralWithdrawn: taken_back,
    ReferralExpired: not_answered,
    InviteeRemoved: uninvited,
    MeetingCancelled: called_off,
    MeetingClosed: met,
    HandlerAssigned: handled_by_another,
    GrievanceEscalated: escalated,
    AgencySuspended: suspended,
    CommissionContractStarted: commissioned,
    AgencyDeactivated: deactivated,
    AgencySucceeded: succeeded,
    AgencyTookOver: taken_over,
    StaffLeft: staff_left,
    FeedCustodianEnded: nobody_keeps_the_feed,
    MemberLeft: left_the_network,
    NetworkDissolved: dissolved,
    CoordinatingAgencyDesignated: coordinated_by_another,
}
# What is overtaken is a decision alone; nobody loses sight of anything by it.
WITHOUT_A_STORY: Final[Mapping[type[Event], str]] = {
    ConsentWithdrawnWordless: "of what was erased there is nothing left to see",
    HandoverConfirmed: "whoever was sent the package takes part from its acceptance on",
    CommissionContractEnded: "no stay is decided any more under a contract that has ended",
}
