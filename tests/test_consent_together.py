"""Her consent beside all the rest: what ends with what, in the same append; and who is reached."""

from datetime import date, timedelta
from typing import Final

import msgspec
import pytest

from domain.agency import AgencyNotKnown, RestoreAgency, SuspendAgency
from domain.case import CaseNotFound, CloseCase, EndParticipation, OpenCase, TransferCase
from domain.case.stay_events import CancelStay, DecideStay, EndStay, StartStay, StayDecided
from domain.consent_ledger import (
    ConsentExpired,
    ConsentGranted,
    ConsentNarrowed,
    ConsentWithdrawn,
    ExplainConsent,
    GrantConsent,
    GrantNotFound,
    NarrowConsent,
    PeriodAlreadyOver,
    WithdrawConsent,
)
from domain.emergency import (
    AuthoriseEmergency,
    EmergencyDisclosureAuthorised,
    RequestEmergency,
)
from domain.exclusions import SetExclusion
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    GiveResponse,
    ReceiveGrievance,
)
from domain.meeting import MeetingCommand
from domain.meeting.commands import (
    AddInvitee,
    Attendee,
    CancelMeeting,
    CloseMeeting,
    ConveneMeeting,
    HoldMeeting,
    PlanMeeting,
    TableCase,
)
from domain.model import (
    CaseId,
    EmergencyId,
    GrantId,
    GrievanceId,
    MeetingId,
    NetworkId,
    StayId,
    stream_of,
)
from domain.network import EstablishNetwork, JoinNetwork
from domain.statutory import FileStatutory, StatutoryDisclosureRecorded
from tests.peers import Midorino, midorino
from tests.spec import an_id
from tests.world import Said

TODAY: Final = date(2026, 5, 13)
# The municipality's council for children: what we bring there, we bring with her consent.
FORUM: Final = PlanMeeting(kind="EXTERNAL_FORUM", held_within="緑野市要対協", on=TODAY)
open_another = OpenCase(
    anonymous=True, channel="PHONE", found_via="SELF", frameworks=frozenset(), at_risk_only=False
)
close = CloseCase(reason="GOALS_MET", subject_wish="もう一人でやっていけます。")


@pytest.fixture
def here() -> Midorino:
    return midorino()


def ended(said: Said) -> set[GrantId]:
    return {event.grant_id for event in said.events if isinstance(event, ConsentExpired)}


def until(here: Midorino, grant: GrantId) -> ConsentGranted:
    (granted,) = (
        entry.said
        for entry in here.world.log
        if isinstance(entry.said, ConsentGranted) and entry.said.grant_id == grant
    )
    return granted


# What ends with the case


def test_with_the_case_ends_what_she_agreed_to_until_then(here: Midorino) -> None:
    until_then = here.agrees(here.ayumi)
    until_moved = here.agrees(here.ayumi, until_event="CASE_TRANSFER")
    until_a_day = here.agrees(here.ayumi, valid_until=date(2026, 12, 31))
    taken_back = here.agrees(here.ayumi)
    here.says(here.city, WithdrawConsent(grant_id=taken_back))
    said = here.says(here.city, close)
    assert ended(said) == {until_then, until_moved}
    assert [entry.told.stream for entry in said.entries] == [
        stream_of("case", here.case),
        *[stream_of("consent", here.case)] * 2,
        stream_of("duties", here.city.agency),
    ]
    assert here.refuses(here.city, WithdrawConsent(grant_id=until_a_day)) is None


def test_a_case_that_is_moved_on_ends_what_was_to_last_until_then(here: Midorino) -> None:
    until_moved = here.agrees(here.ayumi, until_event="CASE_TRANSFER")
    here.agrees(here.ayumi)
    moves_on(here)
    elsewhere = network_of(here)
    assert ended(here.says(here.centre, TransferCase(network_id=elsewhere))) == {until_moved}


def test_a_case_that_leaves_the_installation_ends_all_that_waits_for_something_here(
    here: Midorino,
) -> None:
    waiting = {
        here.agrees(here.ayumi, until_event=event)
        for event in ("CASE_TRANSFER", "CASE_CLOSE", "STAY_END")
    }
    here.agrees(here.ayumi, valid_until=date(2026, 12, 31))
    moves_on(here)
    assert ended(here.says(here.centre, TransferCase())) == waiting


def moves_on(here: Midorino) -> None:
    """The centre answers for her from now on."""
    referral = here.sends(here.city, here.centre, "CASE_TRANSFER")
    here.accepts(here.centre, referral, "MAIN_SUPPORT")
    here.confirms(here.centre, referral)


def network_of(here: Midorino) -> NetworkId:
    world = here.world
    network = NetworkId(
        world.says(
            world.operator,
            EstablishNetwork(
                name="青葉県困難女性支援ネットワーク",
                level="PREFECTURE",
                basis="ACT_ART_15",
                prefecture="06",
                area="青葉県",
                implementing_body=here.centre.agency,
            ),
        ).made
    )
    joining = JoinNetwork(network_id=network, agency_id=here.centre.agency, membership="MEMBER")
    world.says(world.operator, joining)
    return network


# What ends with a stay


def a_stay(here: Midorino) -> tuple[StayId, GrantId]:
    """The centre has decided to protect her; until its end the shelter may know where she is."""
    here.accepts(
        here.centre,
        here.sends(here.city, here.centre, "TEMPORARY_PROTECTION_REQUEST"),
        "MAIN_SUPPORT",
    )
    here.agrees(here.centre, kind="TEMPORARY_PROTECTION", categories=[])
    grant = here.agrees(here.ayumi, until_event="STAY_END")
    planned = until(here, grant).until_stay
    decided = here.says(
        here.centre,
        DecideStay(
            stay_id=planned,
            kind="EMERGENCY_TEMPORARY_PROTECTION",
            scope="IN_PREFECTURE",
            legal_ground="SPOUSE_VIOLENCE",
            provider_agency_id=here.centre.agency,
            planned_from=TODAY,
        ),
    )
    stay = decided.the(StayDecided).stay_id
    assert stay == planned
    return stay, grant


def test_with_a_stay_ends_what_she_agreed_to_until_its_end(here: Midorino) -> None:
    stay, grant = a_stay(here)
    other = here.agrees(here.ayumi, until_event="STAY_END")
    started = StartStay(
        stay_id=stay, location="緑野市 川端町 3-1", age_band="30S", reason_code="DV"
    )
    assert ended(here.says(here.centre, started)) == set()
    end = EndStay(stay_id=stay, destination_kind="OWN_HOUSING", without_aftercare="DECLINED")
    said = here.says(here.centre, end)
    assert ended(said) == {grant}
    assert here.refuses(here.city, WithdrawConsent(grant_id=other)) is None


def test_a_stay_that_is_called_off_ends_it_too(here: Midorino) -> None:
    stay, grant = a_stay(here)
    assert ended(here.says(here.centre, CancelStay(stay_id=stay, reason="NO_PLACE"))) == {grant}


def test_a_stay_that_is_decided_may_be_waited_for_until_it_is_over(here: Midorino) -> None:
    stay, _ = a_stay(here)
    here.says(here.city, WithdrawConsent(grant_id=last_grant(here)))
    grant = here.agrees(here.hospital, until_event="STAY_END", until_stay=stay)
    asked = GrantId(here.says(here.city, explain(here)).made)
    until_its_end = msgspec.structs.replace(
        grant_until_the_close(here, asked, None), until_event="STAY_END", until_stay=stay
    )
    assert ended(here.says(here.centre, CancelStay(stay_id=stay, reason="NO_PLACE"))) == {grant}
    assert here.refuses(here.city, until_its_end) is PeriodAlreadyOver


def last_grant(here: Midorino) -> GrantId:
    granted = (e.said for e in here.world.log if isinstance(e.said, ConsentGranted))
    return [each.grant_id for each in granted][-1]


# What ends with a meeting


def a_meeting(here: Midorino) -> tuple[MeetingId, GrantId]:
    meeting = MeetingId(here.says(here.city, FORUM).made)
    return meeting, here.agrees(here.ayumi, via_meeting=meeting, until_event="MEETING_CLOSE")


def until_held(here: Midorino, meeting: MeetingId) -> list[MeetingCommand]:
    return [
        AddInvitee(meeting_id=meeting, agency_id=here.ayumi.agency),
        TableCase(meeting_id=meeting, categories=frozenset({"IDN"})),
        ConveneMeeting(meeting_id=meeting),
        HoldMeeting(
            meeting_id=meeting,
            attendees=tuple(
                Attendee(agency_id=each.agency, staff_id=each.staff)
                for each in (here.city, here.ayumi)
            ),
            started_at=here.world.at - timedelta(hours=1),
            ended_at=here.world.at,
        ),
    ]


def test_with_a_meeting_ends_what_she_agreed_to_until_its_close(here: Midorino) -> None:
    meeting, grant = a_meeting(here)
    here.agrees(here.city, here.ayumi)
    assert [ended(here.says(here.city, step)) for step in until_held(here, meeting)] == [set()] * 4
    closed = here.says(here.city, CloseMeeting(meeting_id=meeting))
    assert ended(closed) == {grant}
    assert [entry.told.stream for entry in closed.entries] == [
        stream_of("meeting", meeting),
        stream_of("consent", here.case),
    ]


def test_a_meeting_that_is_called_off_ends_it_too_and_nothing_waits_for_it_any_more(
    here: Midorino,
) -> None:
    meeting, grant = a_meeting(here)
    cancel = CancelMeeting(meeting_id=meeting, reason="本人が集まりを望まない。")
    assert ended(here.says(here.city, cancel)) == {grant}
    asked = here.says(here.city, explain(here))
    anew = grant_until_the_close(here, GrantId(asked.made), meeting)
    assert here.refuses(here.city, anew) is PeriodAlreadyOver


def test_nothing_is_to_last_until_the_close_of_a_meeting_about_another(here: Midorino) -> None:
    another = here.world.says(here.city, open_another).case
    assert another
    planned = here.world.says(here.city, FORUM, another)
    asked = here.says(here.city, explain(here))
    meeting = MeetingId(planned.made)
    granting = grant_until_the_close(here, GrantId(asked.made), meeting)
    assert here.refuses(here.city, granting) is PeriodAlreadyOver


# Whom it reaches


def test_nobody_is_agreed_to_who_is_not_there_to_keep_it(here: Midorino) -> None:
    asked = here.says(here.city, explain(here))
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))
    granting = grant_until_the_close(here, GrantId(asked.made), None)
    assert here.refuses(here.city, granting) is AgencyNotKnown


def test_she_takes_it_back_through_who_handles_a_grievance_as_long_as_that_is_open(
    here: Midorino,
) -> None:
    grant = here.agrees(here.ayumi)
    withdraw = WithdrawConsent(grant_id=grant)
    narrow = NarrowConsent(grant_id=grant, removed_categories=frozenset({"CNT"}))
    assert here.refuses(here.hospital, withdraw) is CaseNotFound
    received = here.says(
        here.city,
        ReceiveGrievance(
            complainant="SUBJECT",
            about_agencies=frozenset({here.ayumi.agency}),
            text="知らない人から電話がかかってきました。",
        ),
    )
    grievance = GrievanceId(received.made)
    here.says(here.city, AcknowledgeGrievance(grievance_id=grievance))
    here.says(here.city, AssignHandler(grievance_id=grievance, handler=here.hospital.agency))
    assert here.says(here.hospital, narrow).the(ConsentNarrowed).via_agency == here.hospital.agency
    assert here.refuses(here.hospital, explain(here)) is CaseNotFound
    here.says(here.hospital, GiveResponse(grievance_id=grievance, response="番号を消させました。"))
    here.says(here.hospital, CloseGrievance(grievance_id=grievance))
    assert here.refuses(here.hospital, withdraw) is CaseNotFound


def test_whoever_has_left_takes_nothing_back_and_whoever_stays_does(here: Midorino) -> None:
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    grant = here.agrees(here.hospital)
    withdraw = WithdrawConsent(grant_id=grant)
    assert here.refuses(here.ayumi, withdraw) is None
    here.says(here.ayumi, EndParticipation(agency_id=here.ayumi.agency))
    assert here.refuses(here.ayumi, withdraw) is CaseNotFound
    assert here.says(here.city, withdraw).the(ConsentWithdrawn).via_agency == here.city.agency


def test_a_grant_of_another_case_is_none_of_this_one(here: Midorino) -> None:
    grant = here.agrees(here.ayumi)
    another = here.world.says(here.city, open_another).case
    withdraw = WithdrawConsent(grant_id=grant)
    assert here.world.refuses(here.city, withdraw, another) is GrantNotFound
    assert here.world.refuses(here.city, withdraw, CaseId(an_id(1))) is CaseNotFound


def test_an_emergency_is_answered_for_by_whom_it_was_asked_of(here: Midorino) -> None:
    world = here.world
    representative = world.enrols(here.shirahama.agency, "REPRESENTATIVE")
    ask = RequestEmergency(
        recipients=frozenset({here.police.agency}),
        categories=frozenset({"IDN", "RSK"}),
        expires_at=world.at.replace(hour=23),
        asked_agencies=frozenset({here.shirahama.agency}),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    asked = EmergencyId(here.says(here.city, ask).made)
    authorise = AuthoriseEmergency(
        emergency_id=asked,
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
    )
    assert here.refuses(here.hospital, authorise) is CaseNotFound
    said = here.says(representative, authorise).the(EmergencyDisclosureAuthorised)
    assert said.in_force
    for gone in (here.police, here.shirahama):
        world.says(world.operator, SuspendAgency(agency_id=gone.agency))
        assert here.refuses(here.city, ask) is AgencyNotKnown
        world.says(world.operator, RestoreAgency(agency_id=gone.agency))
    assert here.refuses(here.city, ask) is None


def test_a_legal_duty_is_blocked_by_no_exclusion_and_no_suspension(here: Midorino) -> None:
    world = here.world
    guidance = world.joins("CHILD_GUIDANCE_CENTRE", name="青葉児童相談所")
    file = FileStatutory(
        provision="CHILD_ABUSE_PREVENTION_6",
        recipient=guidance.agency,
        categories=frozenset({"CHD"}),
    )
    here.says(here.city, SetExclusion(agency_id=guidance.agency))
    world.says(world.operator, SuspendAgency(agency_id=guidance.agency))
    assert here.says(here.city, file).the(StatutoryDisclosureRecorded).recipient == guidance.agency


def explain(here: Midorino) -> ExplainConsent:
    return ExplainConsent(
        kind="INFORMATION",
        purpose="CONFERENCE",
        recipients=frozenset({here.ayumi.agency}),
        categories=frozenset({"IDN"}),
        language="ja",
        material_version="2026-04",
    )


def grant_until_the_close(
    here: Midorino, grant: GrantId, meeting: MeetingId | None
) -> GrantConsent:
    return GrantConsent(
        grant_id=grant,
        kind="INFORMATION",
        grantor="SUBJECT",
        recipients=frozenset({here.ayumi.agency}),
        via_meeting=meeting,
        categories=frozenset({"IDN"}),
        purpose="CONFERENCE",
        until_event="MEETING_CLOSE" if meeting else "CASE_CLOSE",
        history="NONE",
        method="WRITTEN",
    )
