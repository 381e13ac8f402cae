"""What two may ask at one moment of her case, of an agency or of a network: each both of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

from domain.agency import (
    DeactivateAgency,
    EndCommissionContract,
    EndEnrolment,
    SucceedAgency,
    SuspendAgency,
)
from domain.case import (
    AcceptCase,
    AssignRole,
    CloseCase,
    EndRole,
    IdentifySubject,
    OpenCase,
    RecordNote,
)
from domain.case.stay_events import StartStay
from domain.catalogue import AnyCommand
from domain.consent_codes import ErasureDecision, ErasureGround
from domain.consent_ledger import (
    ExplainConsent,
    GrantConsent,
    RecordRefusal,
    WithdrawConsent,
)
from domain.emergency import AuthoriseEmergency, EndEmergency, RequestEmergency
from domain.erasure import DecideErasure
from domain.exclusions import SetExclusion
from domain.meeting.commands import (
    AddInvitee,
    CancelMeeting,
    ConveneMeeting,
    PlanMeeting,
    ProvideInformation,
    RemoveInvitee,
    RequestMeeting,
    TableCase,
)
from domain.model import EmergencyId, GrantId, MeetingId
from domain.network import AdoptRules, DissolveNetwork, JoinNetwork, LeaveNetwork
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DeclineReferral,
    DraftReferral,
    SendReferral,
    WithdrawReferral,
)
from domain.statutory import FileStatutory
from tests.losing import closed_and_asked
from tests.peers import Midorino
from tests.test_case_together import protecting
from tests.test_consent_together import a_stay, network_of
from tests.test_meeting_together import (
    TOLD,
    led_by_the_city,
    meets,
    reviewed,
    with_its_minutes,
)
from tests.world import Asked, Someone

Pair: TypeAlias = tuple[Asked, Asked]
Begins: TypeAlias = Callable[[Midorino], Pair]

close = CloseCase(reason="GOALS_MET", subject_wish="もう一人でやっていけます。")
note = RecordNote(declared_category="PLN", text="来週、一緒に物件を見に行く。")


def asks(here: Midorino, who: Someone, command: AnyCommand) -> Asked:
    return Asked(who, command, here.case)


def manages(here: Midorino, command: AnyCommand) -> Asked:
    """What is asked of an agency or a network is about no case."""
    return Asked(here.world.operator, command)


# What she says, and what rests on what she had said


def sending(here: Midorino) -> tuple[GrantId, Asked]:
    grant = here.agrees(here.ayumi)
    referral = here.drafts(here.city, here.ayumi, items=(here.name,))
    return grant, asks(here, here.city, SendReferral(referral_id=referral))


def accepting(here: Midorino) -> tuple[GrantId, Asked]:
    grant = here.agrees(here.ayumi)
    referral = here.sends(here.city, here.ayumi, items=(here.name,))
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    return grant, asks(here, here.ayumi, accept)


def starting_a_stay(here: Midorino) -> tuple[GrantId, Asked]:
    stay, grant = a_stay(here)
    start = StartStay(stay_id=stay, location="緑野市 川端町 3-1", age_band="30S", reason_code="DV")
    return grant, asks(here, here.centre, start)


def providing(here: Midorino) -> tuple[GrantId, Asked]:
    grant = here.agrees(here.city, here.ayumi)
    meeting = convened(here)
    provide = ProvideInformation(
        meeting_id=meeting, items=(here.name,), recipients=frozenset({here.ayumi.agency})
    )
    return grant, asks(here, here.city, provide)


def convened(here: Midorino) -> MeetingId:
    plan = PlanMeeting(kind="EXTERNAL_FORUM", held_within="緑野市要対協", on=date(2026, 5, 20))
    meeting = MeetingId(here.says(here.city, plan).made)
    for command in (
        AddInvitee(meeting_id=meeting, agency_id=here.ayumi.agency),
        TableCase(meeting_id=meeting, categories=frozenset({"IDN"})),
        ConveneMeeting(meeting_id=meeting),
    ):
        here.says(here.city, command)
    return meeting


def authorising(here: Midorino) -> tuple[GrantId, Asked]:
    grant = here.agrees(here.ayumi)
    emergency = asked_for(here)
    authorise = AuthoriseEmergency(
        emergency_id=emergency,
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    return grant, asks(here, here.world.enrols(here.city.agency, "REPRESENTATIVE"), authorise)


def asked_for(here: Midorino) -> EmergencyId:
    ask = RequestEmergency(
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN"}),
        expires_at=here.world.at + timedelta(hours=24),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    return EmergencyId(here.says(here.city, ask).made)


# All the rest


def refused_and_authorised(here: Midorino) -> Pair:
    _, second = authorising(here)
    no = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN"}),
        purpose="PROTECTION",
    )
    return asks(here, here.city, no), second


def shut_out_and_given_a_role(here: Midorino) -> Pair:
    give = AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency)
    shut_out = SetExclusion(agency_id=here.ayumi.agency)
    return asks(here, here.city, shut_out), asks(here, here.city, give)


def followed_and_given_a_role(here: Midorino) -> Pair:
    """It comes to stand for an agency that she has shut out."""
    old = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
    here.says(here.city, SetExclusion(agency_id=old.agency))
    succeed = SucceedAgency(agency_id=old.agency, successor=here.ayumi.agency)
    give = AssignRole(function="MAIN_SUPPORT", agency_id=here.ayumi.agency)
    return manages(here, succeed), asks(here, here.city, give)


def shut_out_and_invited(here: Midorino) -> Pair:
    here.agrees(here.ayumi)
    plan = PlanMeeting(kind="EXTERNAL_FORUM", held_within="緑野市要対協", on=date(2026, 5, 20))
    meeting = MeetingId(here.says(here.city, plan).made)
    invite = AddInvitee(meeting_id=meeting, agency_id=here.ayumi.agency)
    shut_out = SetExclusion(agency_id=here.ayumi.agency)
    return asks(here, here.city, shut_out), asks(here, here.city, invite)


def uninvited_and_told(here: Midorino) -> Pair:
    here.agrees(here.city, here.ayumi)
    meeting = convened(here)
    uninvite = RemoveInvitee(meeting_id=meeting, agency_id=here.ayumi.agency)
    provide = ProvideInformation(
        meeting_id=meeting, items=(here.name,), recipients=frozenset({here.ayumi.agency})
    )
    return asks(here, here.city, uninvite), asks(here, here.city, provide)


def let_go_and_writing(here: Midorino) -> Pair:
    """Whoever no longer takes part records nothing more."""
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    end = EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency)
    return asks(here, here.city, end), asks(here, here.ayumi, note)


def let_go_and_sending_on(here: Midorino) -> Pair:
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    end = EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency)
    draft = here.drafts(here.ayumi, here.hospital)
    return asks(here, here.city, end), asks(here, here.ayumi, SendReferral(referral_id=draft))


def handed_over_and_shut_out(here: Midorino) -> Pair:
    """Who answers for her is said by both, and the exclusion stands in any case."""
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    confirm = ConfirmHandover(referral_id=referral, referrer_remains=False)
    shut_out = SetExclusion(agency_id=here.centre.agency)
    return asks(here, here.city, shut_out), asks(here, here.centre, confirm)


def withdrawn_and_accepted(here: Midorino) -> Pair:
    referral = here.sends(here.city, here.ayumi)
    take_back = WithdrawReferral(referral_id=referral, reason="SUBJECT_WISH")
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    return asks(here, here.city, take_back), asks(here, here.ayumi, accept)


def accepted_and_declined(here: Midorino) -> Pair:
    """What only narrows waits for nobody, and still is of the same referral."""
    referral = here.sends(here.city, here.ayumi)
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    decline = DeclineReferral(referral_id=referral, reason="NO_CAPACITY")
    return asks(here, here.ayumi, accept), asks(here, here.ayumi, decline)


def ended_and_authorised(here: Midorino) -> Pair:
    """Authorised by two, of two agencies; and called off before the second has said so."""
    here.says(here.city, SetExclusion(agency_id=here.police.agency))
    ask = RequestEmergency(
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN"}),
        expires_at=here.world.at + timedelta(hours=24),
        asked_agencies=frozenset({here.centre.agency}),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
        overrides_exclusions=frozenset({here.police.agency}),
    )
    emergency = EmergencyId(here.says(here.city, ask).made)
    authorise = AuthoriseEmergency(
        emergency_id=emergency,
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    here.says(here.world.enrols(here.city.agency, "REPRESENTATIVE"), authorise)
    end = EndEmergency(emergency_id=emergency)
    return asks(here, here.city, end), asks(here, here.centre, authorise)


def deciding_what_she_asked(
    here: Midorino,
) -> tuple[Asked, Callable[[ErasureDecision, ErasureGround], Asked]]:
    """She asks for erasure, and takes her consent back just when it is decided what is done."""
    take_back = WithdrawConsent(grant_id=here.agrees(here.ayumi, valid_until=date(2027, 4, 1)))
    division, request = closed_and_asked(here)

    def decide(decision: ErasureDecision, grounds: ErasureGround) -> Asked:
        decided = DecideErasure(request_id=request, decision=decision, grounds=grounds)
        return asks(here, division, decided)

    return asks(here, here.city, take_back), decide


# What begins, and what closes


def closed_and_drafted(here: Midorino) -> Pair:
    draft = DraftReferral(
        kind="SERVICE_LINK", to_agency=here.ayumi.agency, purpose="SERVICE", urgency="LOW"
    )
    return asks(here, here.city, close), asks(here, here.city, draft)


def drafted_and_closed(here: Midorino) -> Pair:
    first, second = closed_and_drafted(here)
    return second, first


def closed_and_sent(here: Midorino) -> Pair:
    draft = here.drafts(here.city, here.ayumi)
    return asks(here, here.city, close), asks(here, here.city, SendReferral(referral_id=draft))


def sent_and_closed(here: Midorino) -> Pair:
    first, second = closed_and_sent(here)
    return second, first


def agreed_until_then_and_closed(here: Midorino) -> Pair:
    first, second = closed_and_agreed_until_then(here)
    return second, first


def closed_and_agreed_until_then(here: Midorino) -> Pair:
    return asks(here, here.city, close), until(here, here.ayumi, until_event="CASE_CLOSE")


def until(here: Midorino, who: Someone, **end: Any) -> Asked:
    """She was asked, and is about to agree until something ends."""
    ask = ExplainConsent(
        kind="INFORMATION",
        purpose="PROTECTION",
        recipients=frozenset({who.agency}),
        categories=frozenset({"IDN"}),
        language="ja",
        material_version="2026-04",
    )
    grant = GrantConsent(
        grant_id=GrantId(here.says(here.city, ask).made),
        kind="INFORMATION",
        grantor="SUBJECT",
        recipients=frozenset({who.agency}),
        categories=frozenset({"IDN"}),
        purpose="PROTECTION",
        history="FULL",
        method="WRITTEN",
        **end,
    )
    return asks(here, here.city, grant)


def agreed_until_then_and_called_off(here: Midorino) -> Pair:
    """What only narrows waits for nobody else than for who agrees until just then."""
    here.agrees(here.city, here.ayumi)
    meeting = convened(here)
    grant = until(here, here.ayumi, until_event="MEETING_CLOSE", via_meeting=meeting)
    cancel = CancelMeeting(meeting_id=meeting, reason="本人が集まりを望まない。")
    return grant, asks(here, here.city, cancel)


def drafted_by_two(here: Midorino) -> Pair:
    """Two handovers: of both only one may begin, and the second sees the first."""
    first, second = (
        DraftReferral(kind="CASE_TRANSFER", to_agency=to.agency, purpose="SERVICE", urgency="LOW")
        for to in (here.centre, here.ayumi)
    )
    return asks(here, here.city, first), asks(here, here.city, second)


def sent_to_two(here: Midorino) -> Pair:
    first, second = (
        here.drafts(here.city, to, "CASE_TRANSFER") for to in (here.centre, here.ayumi)
    )
    return (
        asks(here, here.city, SendReferral(referral_id=first)),
        asks(here, here.city, SendReferral(referral_id=second)),
    )


def taken_over_by_two(here: Midorino) -> Pair:
    """Each accepts to take her over from the city, by a referral that did not say so yet."""
    other = here.world.joins("WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR")
    first, second = (taking_over(here, each) for each in (here.centre, other))
    return first, second


def taking_over(here: Midorino, who: Someone) -> Asked:
    referral = here.drafts(here.city, who, "TEMPORARY_PROTECTION_REQUEST")
    here.says(here.city, SendReferral(referral_id=referral, hands_over=False))
    over = AcceptReferral(referral_id=referral, role_taken="MAIN_SUPPORT", takes_over=True)
    return asks(here, who, over)


# What becomes of an agency, or of a network


def ended_and_decided(here: Midorino) -> Pair:
    contract, decide = protecting(here)
    end = EndCommissionContract(agency_id=here.shelter.agency, contract_id=contract)
    here.agrees(here.shelter, kind="COMMISSIONED_PLACEMENT", categories=())
    return Asked(here.centre, end), asks(here, here.centre, decide)


def suspended_and_asked_to_help(here: Midorino) -> Pair:
    suspend = SuspendAgency(agency_id=here.ayumi.agency)
    return manages(here, suspend), sending(here)[1]


def suspended_and_helping(here: Midorino) -> Pair:
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    suspend = SuspendAgency(agency_id=here.ayumi.agency)
    return manages(here, suspend), asks(here, here.ayumi, note)


def left_and_writing(here: Midorino) -> Pair:
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    leave = EndEnrolment(agency_id=here.ayumi.agency, staff_id=here.ayumi.staff)
    return manages(here, leave), asks(here, here.ayumi, note)


def gone_and_told_by_law(here: Midorino) -> Pair:
    """It is given nothing to do, and still has to be there."""
    children = here.world.joins("CHILD_GUIDANCE_CENTRE")
    deactivate = DeactivateAgency(agency_id=children.agency)
    file = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=children.agency,
        categories=frozenset({"CHD"}),
    )
    return manages(here, deactivate), asks(here, here.city, file)


def gone_and_given_in_an_emergency(here: Midorino) -> Pair:
    """To whom it goes was said when it was asked for; whoever authorises only knows of it."""
    deactivate = DeactivateAgency(agency_id=here.police.agency)
    return manages(here, deactivate), authorising(here)[1]


def followed_and_accepted(here: Midorino) -> Pair:
    """Who sent it has been followed by another meanwhile."""
    like_it = here.world.joins("PRIVATE_SUPPORT_ORGANISATION")
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    referral = here.sends(here.ayumi, here.hospital)
    succeed = SucceedAgency(agency_id=here.ayumi.agency, successor=like_it.agency)
    accept = AcceptReferral(referral_id=referral, role_taken="SERVICE_PROVIDER")
    return manages(here, succeed), asks(here, here.hospital, accept)


def unaccepted(here: Midorino) -> Midorino:
    """Another case of hers, that stands in no ledger yet."""
    opened = here.world.says(
        here.city,
        OpenCase(
            anonymous=False,
            channel="INTERVIEW",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
            at_risk_only=False,
        ),
    )
    assert opened.case
    here = here._replace(case=opened.case)
    here.says(here.city, IdentifySubject(name="相川みさき"))
    return here


def left_and_entering(here: Midorino) -> Pair:
    there = unaccepted(here)
    leave = LeaveNetwork(network_id=here.network, agency_id=here.city.agency)
    return manages(here, leave), asks(there, here.city, AcceptCase(network_id=here.network))


def dissolved_and_entering(here: Midorino) -> Pair:
    there = unaccepted(here)
    dissolve = DissolveNetwork(network_id=here.network)
    return manages(here, dissolve), asks(there, here.city, AcceptCase(network_id=here.network))


def left_and_meeting(here: Midorino) -> Pair:
    rules = AdoptRules(
        network_id=here.network,
        version="2026-1",
        meeting_mode="PERIODIC_OR_AS_NEEDED",
        confidentiality_clause=("知り得た秘密を漏らしてはならない。",),
        purpose_of_sharing=("支援のために必要な情報の交換。",),
    )
    here.world.says(here.world.operator, rules)
    leave = LeaveNetwork(network_id=here.network, agency_id=here.city.agency)
    ask = RequestMeeting(network_id=here.network, reason="相談したいことがある。")
    return manages(here, leave), Asked(here.city, ask)


def entering_and_all_reviewed(here: Midorino) -> Pair:
    """The practitioners have gone through every case there was."""
    led_by_the_city(here).agrees(here.city, here.ayumi, categories=TOLD)
    meeting = meets(here, "PRACTITIONERS")
    reviewed(here, meeting)
    close_it = with_its_minutes(here, meeting)
    there = unaccepted(here)
    enter = asks(there, here.city, AcceptCase(network_id=here.network))
    return enter, Asked(here.city, close_it)


# What goes in together


def two_writing(here: Midorino) -> Pair:
    """They write in one stream, one after the other, and neither is asked anything again."""
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    return asks(here, here.city, note), asks(here, here.ayumi, note)


def drafting_beside_a_note(here: Midorino) -> Pair:
    draft = DraftReferral(
        kind="SERVICE_LINK", to_agency=here.ayumi.agency, purpose="SERVICE", urgency="LOW"
    )
    return asks(here, here.city, note), asks(here, here.city, draft)


def agreeing_beside_a_note(here: Midorino) -> Pair:
    return asks(here, here.city, note), closed_and_agreed_until_then(here)[1]


def telling_while_somebody_is_sent_to_her(here: Midorino) -> Pair:
    """What is put before a meeting is no business of a draft, nor the other way."""
    _, provide = providing(here)
    draft = here.drafts(here.city, here.hospital)
    return asks(here, here.city, SendReferral(referral_id=draft)), provide


def of_two_cases(here: Midorino) -> Pair:
    there = unaccepted(here)
    second = asks(here, here.city, AssignRole(function="CONVENOR", agency_id=here.ayumi.agency))
    return asks(there, here.city, SetExclusion(agency_id=here.ayumi.agency)), second


def of_two_agencies(here: Midorino) -> Pair:
    return manages(here, SuspendAgency(agency_id=here.police.agency)), sending(here)[1]


def of_two_networks(here: Midorino) -> Pair:
    other = network_of(here)
    there = unaccepted(here)
    enter = AcceptCase(network_id=here.network)
    return manages(here, DissolveNetwork(network_id=other)), asks(there, here.city, enter)


def joining_and_entering(here: Midorino) -> Pair:
    """Who comes takes nothing away."""
    there = unaccepted(here)
    join = JoinNetwork(network_id=here.network, agency_id=here.ayumi.agency, membership="MEMBER")
    return manages(here, join), asks(there, here.city, AcceptCase(network_id=here.network))
