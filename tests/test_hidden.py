"""Whom she has shut out: for a person the case is as if it were not there; an agency ends its own.

What is not seen is not acted on either, so that no answer tells what no view shows.
"""

from datetime import date
from typing import Final

from domain.case import CaseNotFound, EndParticipation, RecordNote
from domain.case.support import RecordSupportActivity
from domain.catalogue import AnyCommand
from domain.consent_ledger import ConsentWithdrawn, WithdrawConsent
from domain.exclusions import SetExclusion
from domain.grievance import AcknowledgeGrievance, ReceiveGrievance
from domain.grievance.state import GrievanceNotFound
from domain.meeting import MeetingNotFound
from domain.meeting.commands import AddInvitee, CancelMeeting, PlanMeeting, TableCase
from domain.model import GrievanceId, MeetingId
from domain.referral import (
    AcceptReferral,
    AskToTakeOver,
    ReceiveReferral,
    ReferralNotFound,
    WithdrawReferral,
)
from domain.speech import Refused
from tests.invariants import accepted, refused
from tests.peers import Midorino
from tests.test_peers_japan import with_secretariat
from tests.world import Someone

NOTE: Final = RecordNote(declared_category="PLN", text="来週、一緒に物件を見に行く。")
TAKE_OVER: Final = AskToTakeOver(purpose="PROTECTION", urgency="HIGH")
ACTIVITY: Final = RecordSupportActivity(kind="ACCOMPANIMENT", place_kind="OTHER")


def shut_out(
    here: Midorino, *, staff: Someone | None = None, agency: Someone | None = None
) -> None:
    here.says(
        here.city,
        SetExclusion(
            agency_id=agency.agency if agency else None, staff_id=staff.staff if staff else None
        ),
    )


def planned(here: Midorino, by: Someone) -> MeetingId:
    plan = PlanMeeting(kind="INDIVIDUAL_CASE", network_id=here.network, on=date(2026, 5, 14))
    return MeetingId(here.says(by, plan).made)


@refused("INV-C13", guard="services.deciding.hidden:is_hidden", instead=False)
def test_whoever_she_shut_out_finds_no_case_nor_anything_in_it() -> None:
    """What a stranger is answered, so are they; whatever they ask, of their own too."""
    here = with_secretariat()
    sent = here.sends(here.city, here.ayumi)
    meeting = planned(here, here.ayumi)
    grant = here.agrees(here.ayumi)
    hears = ReceiveGrievance(
        complainant="SUBJECT",
        text="電話がつながらない。",
        about_agencies=frozenset(),
        about_staff=frozenset(),
    )
    grievance = GrievanceId(here.says(here.ayumi, hears).made)
    asked: list[tuple[AnyCommand, type[Refused]]] = [
        (NOTE, CaseNotFound),
        (TAKE_OVER, CaseNotFound),
        (WithdrawConsent(grant_id=grant), CaseNotFound),
        (SetExclusion(staff_id=here.ayumi.staff), CaseNotFound),
        (EndParticipation(agency_id=here.ayumi.agency), CaseNotFound),
        (ReceiveReferral(referral_id=sent), ReferralNotFound),
        (CancelMeeting(meeting_id=meeting, reason="日程の都合。"), MeetingNotFound),
        (AcknowledgeGrievance(grievance_id=grievance), GrievanceNotFound),
    ]
    for command, _ in asked:
        assert here.refuses(here.ayumi, command) is None, command
    shut_out(here, staff=here.ayumi)
    assert here.refuses(here.ayumi, hears) is CaseNotFound
    for command, why in asked:
        assert here.refuses(here.ayumi, command) is why, command
        assert here.refuses(here.police, command) is why, command
    colleague = here.world.enrols(here.ayumi.agency, "CASEWORKER")
    for command, _ in asked:
        assert here.refuses(colleague, command) is None, command


@accepted("INV-C13", "INV-C5", "INV-C11")
def test_an_agency_she_shut_out_goes_on_with_its_own_and_leaves() -> None:
    here = with_secretariat()
    sent = here.sends(here.ayumi, here.hospital)
    meeting = planned(here, here.ayumi)
    grant = here.agrees(here.ayumi)
    shut_out(here, agency=here.ayumi)
    its_own: list[AnyCommand] = [
        NOTE,
        ACTIVITY,
        WithdrawReferral(referral_id=sent, reason="SUBJECT_WISH"),
        CancelMeeting(meeting_id=meeting, reason="日程の都合。"),
        SetExclusion(agency_id=here.hospital.agency),
        EndParticipation(agency_id=here.ayumi.agency),
    ]
    for command in its_own:
        assert here.refuses(here.ayumi, command) is None, command
    withdrawn = here.says(here.ayumi, WithdrawConsent(grant_id=grant)).the(ConsentWithdrawn)
    assert withdrawn.via_agency == here.ayumi.agency
    here.says(here.ayumi, EndParticipation(agency_id=here.ayumi.agency))
    assert not here.takes_part(here.ayumi)


@refused("INV-C13", guard="services.deciding.hidden:is_hidden", instead=False)
def test_an_agency_she_shut_out_takes_nothing_on_and_brings_in_nobody() -> None:
    here = with_secretariat()
    sent = here.sends(here.city, here.ayumi)
    meeting = planned(here, here.ayumi)
    asked: list[tuple[AnyCommand, type[Refused]]] = [
        (TAKE_OVER, CaseNotFound),
        (ReceiveReferral(referral_id=sent), ReferralNotFound),
        (AcceptReferral(referral_id=sent, role_taken="SERVICE_PROVIDER"), ReferralNotFound),
        (AddInvitee(meeting_id=meeting, agency_id=here.centre.agency), MeetingNotFound),
    ]
    shut_out(here, agency=here.ayumi)
    for command, why in asked:
        assert here.refuses(here.ayumi, command) is why, command
    here.withdraws(here.city, sent)  # Nor does it learn what becomes of it.
    assert here.refuses(here.ayumi, ReceiveReferral(referral_id=sent)) is ReferralNotFound


def test_a_meeting_about_no_case_is_there_for_whoever_she_shut_out() -> None:
    """Of her case alone nothing is, in whatever meeting."""
    here = with_secretariat()
    plan = PlanMeeting(kind="PRACTITIONERS", network_id=here.network, on=date(2026, 5, 14))
    meeting = MeetingId(here.world.says(here.city, plan).made)
    shut_out(here, staff=here.city)
    table = TableCase(meeting_id=meeting, categories=frozenset({"SVC"}))
    assert here.refuses(here.city, table) is CaseNotFound
    call_off = CancelMeeting(meeting_id=meeting, reason="日程の都合。")
    assert here.world.refuses(here.city, call_off) is None
