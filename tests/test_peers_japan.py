"""Scenarios from Japan (J1-J8), stricter where the law is: no meeting replaces her consent."""

from datetime import date, timedelta
from typing import Final

import pytest

from domain.agency import EndEnrolment, KnownAgency, StaffNotEnrolled
from domain.case import AddCompanion, RecordAddress, RecordNote
from domain.case.companions import CompanionAdded
from domain.case.services import LinkService, ServiceLinked
from domain.case.support import RecordAssessment
from domain.categories import CategoryCode
from domain.consent_ledger import (
    PeriodNotNamed,
    RecordRefusal,
    WithdrawConsent,
)
from domain.emergency import RecipientKindNotAllowed, RequestEmergency
from domain.exclusions import SetExclusion
from domain.items import NotAgreedTo
from domain.meeting import MeetingCommand, MeetingNotFound
from domain.meeting.commands import (
    AcknowledgeDecision,
    AddInvitee,
    AllocateRole,
    Attendee,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DraftMinutes,
    HoldMeeting,
    PlanMeeting,
    ProvideInformation,
    RecordDecision,
    ReportProgress,
    RequestMeeting,
    SetNextMeeting,
    ShareMinutes,
    TableCase,
)
from domain.meeting.course import MinutesNotShared
from domain.meeting.events import (
    DecisionProgressReported,
    DecisionRecorded,
    InformationProvided,
    RoleAllocated,
)
from domain.meeting.holding import NextMeetingNotSet, NothingDecided, RolesNotAllocated
from domain.meeting.planning import NotInvolved
from domain.meeting.telling import NotEverybodyCovered, NotInvited
from domain.model import GrantId, MeetingId, stream_of
from domain.network import (
    AdoptRules,
    AppointCoordinator,
    DesignateCoordinatingAgency,
    JoinNetwork,
)
from domain.referral import ReferralSent, SendReferral
from domain.speech import Refused
from domain.statutory import FileStatutory, NotUnderThisProvision
from domain.trail import Trail, evolve
from domain.trail.notices import (
    AboutId,
    AlreadyNotified,
    DeferNotification,
    NotificationDeferred,
    NotifySubject,
    SubjectNotified,
)
from domain.trail.purges import AcknowledgePurge, PurgeId, RequestPurge
from tests.peers import HER_NAME, Midorino, midorino
from tests.world import Someone

TOLD_THERE: Final[tuple[CategoryCode, ...]] = ("IDN", "MTG")
DAY: Final = timedelta(days=1)


def with_secretariat() -> Midorino:
    """The city coordinates the network; Ayumi is in it, and takes part in the case."""
    here = midorino()
    network, city, operator = here.network, here.city, here.world.operator
    for command in (
        JoinNetwork(network_id=network, agency_id=here.ayumi.agency, membership="MEMBER"),
        AdoptRules(
            network_id=network,
            version="2026-1",
            meeting_mode="PERIODIC_OR_AS_NEEDED",
            confidentiality_clause=("知り得た秘密を漏らしてはならない。",),
            purpose_of_sharing=("支援のために必要な情報の交換。",),
        ),
        AppointCoordinator(
            network_id=network,
            agency_id=city.agency,
            staff_id=city.staff,
            qualification="APPROVED_BY_BODY",
        ),
        DesignateCoordinatingAgency(network_id=network, agency_id=city.agency),
    ):
        here.world.says(operator, command)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    return here


def planned(here: Midorino, asked: MeetingId | None = None) -> MeetingId:
    """A conference about her, to which Ayumi is invited."""
    plan = PlanMeeting(
        meeting_id=asked, kind="INDIVIDUAL_CASE", network_id=here.network, on=date(2026, 5, 14)
    )
    meeting = MeetingId(here.says(here.city, plan).made)
    here.says(here.city, AddInvitee(meeting_id=meeting, agency_id=here.ayumi.agency))
    return meeting


def convened(here: Midorino) -> MeetingId:
    meeting = planned(here)
    here.says(here.city, TableCase(meeting_id=meeting, categories=frozenset({"IDN"})))
    here.says(here.city, ConveneMeeting(meeting_id=meeting))
    return meeting


def provide(here: Midorino, meeting: MeetingId, *to: Someone) -> ProvideInformation:
    return ProvideInformation(
        meeting_id=meeting, items=(here.name,), recipients=frozenset(each.agency for each in to)
    )


def test_j1_members_ask_for_it_the_secretariat_calls_it_and_only_who_is_invited_knows() -> None:
    here = with_secretariat()
    here.agrees(here.city, here.ayumi, here.hospital, categories=TOLD_THERE)
    ask = RequestMeeting(network_id=here.network, reason="住まいの相談をしたい。")
    asked = MeetingId(here.says(here.ayumi, ask).made)
    meeting = planned(here, asked)
    assert meeting == asked
    # The hospital may have to do with her soon, as she knows; the police have not.
    here.says(here.city, AddInvitee(meeting_id=meeting, agency_id=here.hospital.agency))
    stranger = AddInvitee(meeting_id=meeting, agency_id=here.police.agency)
    assert here.refuses(here.city, stranger) is NotInvolved
    here.says(here.city, TableCase(meeting_id=meeting, categories=frozenset({"IDN"})))
    assert here.bases(here.hospital) == {}
    here.says(here.city, ConveneMeeting(meeting_id=meeting))
    assert here.refuses(here.city, provide(here, meeting, here.police)) is NotInvited
    assert HER_NAME not in here.sees(here.hospital)
    here.says(here.city, provide(here, meeting, here.hospital))
    assert here.bases(here.hospital)[HER_NAME] == "CONSENT"
    assert not here.takes_part(here.hospital)
    for nobody in (here.police, here.centre):
        assert here.bases(nobody) == {}
        assert here.refuses(nobody, CloseMeeting(meeting_id=meeting)) is MeetingNotFound


@pytest.mark.parametrize(
    ("left_out", "refusal"),
    [
        (AllocateRole, RolesNotAllocated),
        (RecordDecision, NothingDecided),
        (SetNextMeeting, NextMeetingNotSet),
        (ShareMinutes, MinutesNotShared),
        (None, None),
    ],
)
def test_j2_a_conference_is_over_when_it_has_said_who_does_what(
    left_out: type[MeetingCommand] | None, refusal: type[Refused] | None
) -> None:
    here = with_secretariat()
    here.agrees(here.city, here.ayumi, categories=TOLD_THERE)
    meeting = convened(here)
    here.world.passes(hours=3)
    for command in what_is_recorded(here, meeting):
        if type(command) is not left_out:
            here.says(here.city, command)
    assert here.refuses(here.city, CloseMeeting(meeting_id=meeting)) is refusal


def test_j2_what_was_decided_is_each_ones_to_do_and_to_report() -> None:
    here = with_secretariat()
    here.agrees(here.city, here.ayumi, categories=TOLD_THERE)
    meeting = convened(here)
    here.world.passes(hours=3)
    said = [here.says(here.city, command) for command in what_is_recorded(here, meeting)]
    happened = {type(event): event for each in said for event in each.events}
    assert happened[RoleAllocated] == RoleAllocated(
        case_id=here.case, function="SERVICE_PROVIDER", agency_id=here.ayumi.agency
    )
    decided = happened[DecisionRecorded]
    assert isinstance(decided, DecisionRecorded)
    assert decided.due == date(2026, 6, 13)
    which = decided.decision_id
    here.says(here.ayumi, AcknowledgeDecision(meeting_id=meeting, decision_id=which))
    here.says(here.city, CloseMeeting(meeting_id=meeting))
    done = ReportProgress(meeting_id=meeting, decision_id=which, status="DONE")
    assert here.says(here.ayumi, done).the(DecisionProgressReported).status == "DONE"


def test_j3_whoever_leaves_sees_nothing_more_and_stays_bound() -> None:
    here = midorino()
    here.agrees(here.ayumi)
    sent = here.sends(here.city, here.ayumi, items=(here.name,))
    assert here.sees(here.ayumi) == {HER_NAME}
    colleague = here.world.enrols(here.ayumi.agency, "CASEWORKER")
    leave = EndEnrolment(agency_id=here.ayumi.agency, staff_id=here.ayumi.staff)
    here.world.says(here.world.operator, leave)
    assert here.bases(here.ayumi) == {}
    note = RecordNote(declared_category="PLN", text="辞めた後のこと。")
    assert here.refuses(here.ayumi, note) is StaffNotEnrolled
    assert here.sees(colleague) == {HER_NAME}
    agency = here.world.roster().agencies[here.ayumi.agency]
    assert isinstance(agency, KnownAgency)
    left = agency.staff[here.ayumi.staff]
    assert (left.pledged_under, left.left) == ("2026-04", date(2026, 5, 13))
    stream = stream_of("referral", sent)
    (package,) = (
        entry.said.sources
        for entry in here.world.of_case(here.case)
        if entry.told.stream == stream and isinstance(entry.said, ReferralSent)
    )
    assert package == (here.her_name,)


def test_j4_no_conference_is_told_of_her_without_her_consent() -> None:
    """Where the law on support meetings would allow it, we do not: there is no other way in."""
    here = with_secretariat()
    meeting = planned(here)
    her_name = TableCase(meeting_id=meeting, categories=frozenset({"IDN"}))
    assert here.refuses(here.city, her_name) is NotEverybodyCovered
    nothing = TableCase(meeting_id=meeting, categories=frozenset())
    assert here.refuses(here.city, nothing) is NotEverybodyCovered
    here.agrees(here.city, here.ayumi, categories=["MTG"])
    assert here.refuses(here.city, her_name) is NotEverybodyCovered
    here.says(here.city, nothing)
    here.says(here.city, ConveneMeeting(meeting_id=meeting))
    assert here.refuses(here.city, provide(here, meeting, here.ayumi)) is NotAgreedTo
    assert not {path for path in here.sees(here.ayumi) if path.startswith("case.")}


def test_j4_what_she_takes_back_in_between_calls_the_conference_off() -> None:
    here = with_secretariat()
    grant = here.agrees(here.city, here.ayumi, categories=TOLD_THERE)
    meeting = planned(here)
    here.says(here.city, TableCase(meeting_id=meeting, categories=frozenset({"IDN"})))
    here.says(here.city, WithdrawConsent(grant_id=grant))
    convene = ConveneMeeting(meeting_id=meeting)
    assert here.refuses(here.city, convene) is NotEverybodyCovered


def test_j4_neither_an_emergency_nor_the_law_opens_a_conference() -> None:
    here = with_secretariat()
    emergency = RequestEmergency(
        recipients=frozenset({here.ayumi.agency}),
        categories=frozenset({"IDN"}),
        expires_at=here.world.at + DAY,
        impracticability="NO_TIME",
        danger=frozenset({"ASSAULT"}),
        danger_place="NOT_KNOWN",
    )
    assert here.refuses(here.city, emergency) is RecipientKindNotAllowed
    by_law = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=here.ayumi.agency,
        categories=frozenset({"IDN"}),
    )
    assert here.refuses(here.city, by_law) is NotUnderThisProvision
    assert here.sees(here.ayumi) == set()


def test_j4_once_she_consents_it_is_told_by_that_consent_and_by_no_other() -> None:
    here = with_secretariat()
    grant = here.agrees(here.city, here.ayumi, categories=TOLD_THERE)
    meeting = convened(here)
    told = here.says(here.city, provide(here, meeting, here.ayumi)).the(InformationProvided)
    here.agrees(here.ayumi, categories=["IDN"])
    assert told.consent_ids == {grant}
    here.says(here.city, WithdrawConsent(grant_id=grant))
    again = provide(here, meeting, here.ayumi)
    later = here.says(here.city, again).the(InformationProvided)
    assert grant not in later.consent_ids


def test_j4_what_was_told_by_law_goes_on_being_told_by_law() -> None:
    here = midorino()
    guidance = here.world.joins("CHILD_GUIDANCE_CENTRE", "PRACTITIONER")
    child = AddCompanion(companion="CHILD", relation="CHILD", name="そら")
    here.says(here.city, child)
    by_law = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=guidance.agency,
        categories=frozenset({"CHD"}),
    )
    here.says(here.city, by_law)
    before = here.bases(guidance)
    assert before == {
        f"case.companion_added.v1/{name}": "STATUTORY"
        for name in ("name", "birth_year", "birth_date")
    }
    here.agrees(guidance, categories=["CHD"])
    here.accepts(guidance, here.sends(here.city, guidance))
    here.says(here.city, child)
    assert [*bases_of_each(here, guidance, CompanionAdded)] == ["STATUTORY", "CONSENT"]


def test_j5_from_the_first_minute_it_is_withheld_and_silence_is_not_done() -> None:
    here = midorino()
    address = RecordAddress(kind="REGISTERED", address="青葉県緑野市一丁目1番")
    here.says(here.city, address)
    told = (here.ayumi, here.hospital, here.police)
    grant = here.agrees(*told, categories=["ADR"])
    for each in told:
        here.accepts(each, here.sends(here.city, each))
        assert "case.address_recorded.v1/address" in here.sees(each)
    for each in told:
        here.says(here.city, SetExclusion(agency_id=each.agency))
        assert here.bases(each) == {}
    more = SendReferral(referral_id=here.drafts(here.city, here.hospital))
    assert here.refuses(here.city, more) is NotAgreedTo
    purges = {each: purge_asked(here, each, grant) for each in told}
    assert {rule for each in told for rule in here.bases(each).values()} == {"NOTICE"}
    for each in (here.ayumi, here.hospital):
        here.says(each, AcknowledgePurge(purge_id=purges[each]))
    assert states(here) == ["ACKNOWLEDGED", "ACKNOWLEDGED", "REQUESTED"]
    here.world.passes(days=15)
    assert states(here) == ["ACKNOWLEDGED", "ACKNOWLEDGED", "OVERDUE"]


def test_j6_until_she_is_taken_over_both_are_there_and_her_address_is_not_among_it() -> None:
    here = midorino()
    here.says(here.city, RecordAddress(kind="REGISTERED", address="青葉県緑野市一丁目1番"))
    here.says(
        here.city,
        RecordAssessment(with_subject=True, danger_level="HIGH", urgency_level="HIGH"),
    )
    here.takes_over(here.centre)
    here.agrees(here.centre, here.shirahama, categories=["IDN"])
    here.agrees(here.shirahama, categories=["RSK"])
    here.agrees(here.shirahama, kind="RELOCATION", categories=())
    moving = here.inquires(here.centre, here.shirahama)
    here.says(here.centre, SendReferral(referral_id=moving))
    assert here.answers_for_her == here.centre.agency
    here.accepts(here.shirahama, moving, "MAIN_SUPPORT")
    assert here.answers_for_her == here.centre.agency
    assert here.takes_part(here.centre)
    assert here.takes_part(here.shirahama)
    here.confirms(here.shirahama, moving)
    assert here.answers_for_her == here.shirahama.agency
    assert "case.assessment_recorded.v1/danger_level" in here.sees(here.shirahama)
    assert not {path for path in here.sees(here.shirahama) if "address" in path}
    here.agrees(here.shirahama, categories=["ADR"])
    assert "case.address_recorded.v1/address" in here.sees(here.shirahama)


def test_j7_consent_without_an_end_is_none() -> None:
    here = midorino()
    with pytest.raises(PeriodNotNamed):
        here.agrees(here.ayumi, until_event=None)
    assert here.sees(here.ayumi) == set()


def test_j7_what_she_takes_back_by_word_of_mouth_is_closed_at_once() -> None:
    here = midorino()
    grant = here.agrees(here.ayumi, here.centre)
    for each in (here.ayumi, here.centre):
        here.accepts(each, here.sends(here.city, each))
    assert here.sees(here.centre) != set()
    here.says(here.ayumi, WithdrawConsent(grant_id=grant))
    assert [here.sees(each) for each in (here.ayumi, here.centre)] == [set(), set()]


def test_j8_whoever_shares_nothing_is_helped_all_the_same() -> None:
    here = midorino()
    refuse = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({here.ayumi.agency, here.centre.agency}),
        categories=frozenset({"IDN", "CNT", "PRB"}),
        purpose="SERVICE",
    )
    here.says(here.city, refuse)
    link = LinkService(
        service_code="FREE_LEGAL_CONSULTATION", provider_agency=here.city.agency, status="IN_USE"
    )
    assert here.says(here.city, link).the(ServiceLinked)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    assert here.sees(here.ayumi) == set()


def test_j8_she_is_told_of_what_the_law_demanded_unless_it_is_not_safe_yet() -> None:
    here = midorino()
    guidance = here.world.joins("CHILD_GUIDANCE_CENTRE", "PRACTITIONER")
    by_law = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=guidance.agency,
        categories=frozenset({"RSK"}),
    )
    filed = AboutId(here.says(here.city, by_law).made)
    defer = DeferNotification(
        about="STATUTORY", about_id=filed, until=date(2026, 5, 20), reason="NOT_SAFE_YET"
    )
    assert here.says(here.city, defer).the(NotificationDeferred)
    notify = NotifySubject(about="STATUTORY", about_id=filed)
    assert here.says(here.city, notify).the(SubjectNotified)
    assert here.refuses(here.city, defer) is AlreadyNotified


def what_is_recorded(here: Midorino, meeting: MeetingId) -> tuple[MeetingCommand, ...]:
    """Of a conference that has just taken place, in the order in which it is."""
    both = (here.city, here.ayumi)
    return (
        HoldMeeting(
            meeting_id=meeting,
            attendees=tuple(Attendee(agency_id=a.agency, staff_id=a.staff) for a in both),
            started_at=here.world.at - timedelta(hours=2),
            ended_at=here.world.at - timedelta(hours=1),
        ),
        AllocateRole(meeting_id=meeting, function="SERVICE_PROVIDER", agency_id=here.ayumi.agency),
        RecordDecision(
            meeting_id=meeting,
            kind="SUPPORT_METHOD",
            text="あゆみが物件を探す。",
            agreed=frozenset(each.agency for each in both),
            due=date(2026, 6, 13),
        ),
        SetNextMeeting(meeting_id=meeting, not_needed=True),
        DraftMinutes(meeting_id=meeting, text="住まいを探す。", hash="a" * 64),
        ConfirmMinutes(meeting_id=meeting),
        ShareMinutes(meeting_id=meeting, recipients=frozenset({here.ayumi.agency})),
    )


def purge_asked(here: Midorino, who: Someone, grant: GrantId) -> PurgeId:
    ask = RequestPurge(
        recipient=who.agency, covers=frozenset({"ADR"}), cause="EXCLUDED", grant_id=grant
    )
    return PurgeId(here.says(here.city, ask).made)


def states(here: Midorino) -> list[str]:
    trail = here.world.fold(Trail(), evolve, stream_of("trail", here.case))
    return [purge.state(here.world.at) for purge in trail.purges.values()]


def bases_of_each(here: Midorino, who: Someone, kind: type) -> list[str]:
    return [
        visible.bases["name"].rule
        for entry, visible in here.world.shows(who, here.case)
        if isinstance(entry.said, kind)
    ]
