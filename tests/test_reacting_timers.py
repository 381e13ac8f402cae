"""What falls due by the clock happens, each when it is due: a year goes by in a second."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from domain.agency.standing import DeactivateAgency, SucceedAgency, SuspendAgency
from domain.case.carrying import CaseCarriedOver
from domain.consent_ledger import ConsentExpired, RecordExpiry, StillInForce, WithdrawConsent
from domain.emergency import (
    AuthoriseEmergency,
    EmergencyExpired,
    EmergencyRequested,
    EndEmergency,
    RequestEmergency,
)
from domain.exclusions import SetExclusion
from domain.grievance import (
    AcknowledgeGrievance,
    EscalateGrievance,
    GrievanceEscalated,
    GrievanceNotFound,
    ReceiveGrievance,
)
from domain.grievance.overdue import NotOverdue
from domain.model import AgencyId, EmergencyId, GrantId, GrievanceId, ReferralId
from domain.referral import (
    AnswerNotYetDue,
    ExpireReferral,
    ReferralExpired,
    ReferralWithdrawn,
    SendReferral,
)
from domain.reviews import StillUnderWay
from domain.trail.purges import PurgeRequested
from services.reacting.timing import try_of
from tests.histories import history
from tests.peers import Midorino, midorino
from tests.settling import Settling, events, refusals
from tests.spec import NOW
from tests.world import NOBODY, Someone

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
YEAR: Final = 365 * DAY
MIDNIGHT: Final = datetime(2026, 6, 30, 15, tzinfo=UTC)  # In Japan, after the thirtieth.
SOME_SEEDS: Final = range(4)


def passing(here: Midorino, for_: timedelta = YEAR) -> list[object]:
    done = Settling(here.world).pass_until(here.world.at + for_)
    assert refusals(done) == []
    return [*events(done)]


def recorded_at(here: Midorino, kind: type[object]) -> datetime:
    (at,) = (entry.at for entry in here.world.log if isinstance(entry.said, kind))
    return at


def lasting(here: Midorino, until: date = date(2026, 6, 30)) -> GrantId:
    """Until then, and the other agency takes part."""
    grant = here.agrees(here.ayumi, valid_until=until)
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    return grant


def test_a_consent_is_over_when_its_last_day_is_and_what_it_let_know_is_destroyed() -> None:
    here = midorino()
    grant = lasting(here)
    done = passing(here)
    assert ConsentExpired(grant_id=grant) in done
    assert recorded_at(here, ConsentExpired) == MIDNIGHT
    assert [e.cause for e in done if isinstance(e, PurgeRequested)] == ["EXPIRED"]
    assert recorded_at(here, PurgeRequested) == MIDNIGHT


def test_of_a_consent_that_she_has_taken_back_nothing_falls_due() -> None:
    here = midorino()
    here.says(here.city, WithdrawConsent(grant_id=lasting(here)))
    assert not any(isinstance(e, ConsentExpired) for e in passing(here))


def test_with_the_consent_goes_what_waits_for_an_answer_and_rested_on_it() -> None:
    here = midorino()
    here.agrees(here.ayumi, valid_until=date(2026, 6, 30))
    here.sends(here.city, here.ayumi, items=(here.name,))
    assert ReferralWithdrawn(reason="CONSENT_WITHDRAWN") in passing(here)
    assert recorded_at(here, ReferralWithdrawn) == MIDNIGHT


def test_what_nobody_has_answered_by_then_runs_out() -> None:
    here = midorino()
    referral = here.drafts(here.city, here.ayumi)
    until = NOW + 2 * DAY
    here.says(here.city, SendReferral(referral_id=referral, respond_by=until))
    assert here.refuses(NOBODY, ExpireReferral(referral_id=referral)) is AnswerNotYetDue
    passing(here)
    assert recorded_at(here, ReferralExpired) == until + timedelta(microseconds=1)


def test_what_was_answered_in_time_does_not_run_out() -> None:
    here = midorino()
    referral = here.drafts(here.city, here.ayumi)
    here.says(here.city, SendReferral(referral_id=referral, respond_by=NOW + 2 * DAY))
    here.accepts(here.ayumi, ReferralId(referral))
    assert not any(isinstance(e, ReferralExpired) for e in passing(here))


def emergency(here: Midorino) -> EmergencyId:
    """The police are told where she is, because he is near her."""
    asked = here.says(
        here.city,
        RequestEmergency(
            recipients=frozenset({here.police.agency}),
            categories=frozenset({"IDN"}),
            expires_at=NOW + 2 * DAY,
            impracticability="CANNOT_BE_REACHED",
            danger=frozenset({"ASSAILANT_NEARBY"}),
            danger_place="NOT_KNOWN",
            asked_agencies=frozenset({here.centre.agency}),
        ),
    )
    return EmergencyId(asked.the(EmergencyRequested).emergency_id)


@pytest.mark.parametrize("authorised", [False, True])
def test_an_emergency_ends_by_itself_whether_it_opened_anything_or_not(
    authorised: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    here = midorino()
    which = emergency(here)
    if authorised:
        here.says(
            here.centre,
            AuthoriseEmergency(
                emergency_id=which,
                danger=frozenset({"ASSAILANT_NEARBY"}),
                danger_place="NOT_KNOWN",
                impracticability="CANNOT_BE_REACHED",
            ),
        )
    assert here.refuses(NOBODY, EndEmergency(emergency_id=which)) is StillUnderWay
    (ended, *_) = [e for e in passing(here) if isinstance(e, EmergencyExpired)]
    assert (ended.emergency_id, ended.review_by is not None) == (which, authorised)
    assert recorded_at(here, EmergencyExpired) == NOW + 2 * DAY


def test_an_open_case_is_carried_into_the_ledger_of_each_year_that_begins() -> None:
    here = midorino()
    done = passing(here, 3 * YEAR)
    years = [each.fiscal_year for each in done if isinstance(each, CaseCarriedOver)]
    assert years == [2027, 2028, 2029]


def complaint(here: Midorino, about: Someone | None = None) -> GrievanceId:
    received = here.says(
        here.city,
        ReceiveGrievance(
            about_agencies=frozenset({(about or here.ayumi).agency}),
            complainant="SUBJECT",
            text="電話をしても折り返しがない。",
        ),
    )
    return GrievanceId(received.made)


def test_a_complaint_that_nobody_acknowledges_goes_to_the_prefecture() -> None:
    """INV-G2."""
    here = midorino()
    prefecture = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    complaint(here)
    (taken,) = [e for e in passing(here) if isinstance(e, GrievanceEscalated)]
    assert (taken.to_agency, taken.reason) == (prefecture.agency, "OVERDUE")
    assert recorded_at(here, GrievanceEscalated) == datetime(2026, 5, 18, 15, tzinfo=UTC)


def test_one_that_is_acknowledged_and_not_answered_goes_there_after_thirty_days() -> None:
    here = midorino()
    here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    which = complaint(here)
    here.says(here.city, AcknowledgeGrievance(grievance_id=which))
    passing(here)
    assert recorded_at(here, GrievanceEscalated) == datetime(2026, 6, 12, 15, tzinfo=UTC)


def test_where_there_is_no_prefecture_to_take_it_to_it_stays_where_it_is() -> None:
    here = midorino()
    complaint(here)
    assert not any(isinstance(e, GrievanceEscalated) for e in passing(here))


def divisions(here: Midorino) -> tuple[Someone, Someone]:
    """Two of one prefecture that answer for the support of women there."""
    return (
        here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県家庭福祉課"),
        here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県北部支所"),
    )


def taken_by(here: Midorino) -> list[AgencyId]:
    done = events(Settling(here.world).pass_until(here.world.at + YEAR))
    return [e.to_agency for e in done if isinstance(e, GrievanceEscalated)]


def test_a_complaint_never_goes_by_itself_to_whom_she_does_not_want_to_know() -> None:
    """INV-C13: another division takes it; or else it stays where it is."""
    here = midorino()
    first, second = divisions(here)
    complaint(here)
    here.says(here.city, SetExclusion(agency_id=first.agency))
    assert taken_by(here) == [second.agency]
    here = midorino()
    for each in divisions(here):
        here.says(here.city, SetExclusion(agency_id=each.agency))
    which = complaint(here)
    assert taken_by(here) == []
    assert here.refuses(here.city, AcknowledgeGrievance(grievance_id=which)) is None


def test_nor_to_whom_took_over_from_those_she_has_shut_out() -> None:
    here = midorino()
    first, second = divisions(here)
    here.says(here.city, SetExclusion(agency_id=first.agency))
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=first.agency, successor=second.agency)
    )
    complaint(here)
    assert taken_by(here) == []


def test_nor_to_whom_it_is_about_who_is_suspended_or_who_is_gone() -> None:
    for ends in (SuspendAgency, DeactivateAgency, None):
        here = midorino()
        first, second = divisions(here)
        complaint(here, about=first if ends is None else here.ayumi)
        if ends is not None:
            here.world.says(here.world.operator, ends(agency_id=first.agency))
        assert taken_by(here) == [second.agency]


def test_what_is_refused_is_asked_again_each_time_after_as_long_again() -> None:
    tries = [try_of(NOW, NOW + waited * HOUR) for waited in range(8)]
    assert [each.nth for each in tries] == [0, 1, 1, 2, 2, 2, 2, 3]
    assert {each.again_at for each in tries} == {NOW + n * HOUR for n in (1, 3, 7, 15)}
    years = {try_of(NOW, NOW + day * DAY).nth for day in range(3 * 365)}
    assert max(years) < 50


def test_the_installation_does_nothing_before_its_time_and_nothing_else() -> None:
    here = midorino()
    prefecture = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    which = complaint(here)
    takes = EscalateGrievance(grievance_id=which, to_agency=prefecture.agency, reason="OVERDUE")
    assert here.refuses(NOBODY, takes) is NotOverdue
    nowhere = EscalateGrievance(
        grievance_id=GrievanceId(here.world.fresh()),
        to_agency=prefecture.agency,
        reason="OVERDUE",
    )
    assert here.refuses(NOBODY, nowhere) is GrievanceNotFound
    assert here.refuses(NOBODY, RecordExpiry(grant_id=lasting(here))) is StillInForce


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_after_two_years_nothing_is_left_that_is_due_and_was_not_asked(seed: int) -> None:
    """Whatever was asked before: and all of it is said once."""
    world = history(seed).world
    settling = Settling(world)
    settling.pass_until(world.at + 2 * YEAR)
    assert [t for t in settling.timers() if t.due is not None and t.due <= world.at] == []
    said = len(world.log)
    settling.begin_again()
    settling.pass_until(world.at)
    assert len(world.log) == said
