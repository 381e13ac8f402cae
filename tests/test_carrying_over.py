"""Each fiscal year has a ledger: what is open stands in it anew, under a number of that year."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from domain.case import (
    AcceptCase,
    CarryOver,
    CaseCarriedOver,
    CaseNotFound,
    CaseReopened,
    CaseTransferred,
    CloseCase,
    ReopenCase,
    TransferCase,
)
from domain.case.carrying import CarriedOverByItself, carried_over_at, next_ledger_begins
from domain.case.course import CaseIsClosed
from domain.case_numbers import CaseNumberTaken
from domain.exclusions import SetExclusion
from domain.meeting.commands import CloseMeeting
from domain.meeting.events import MeetingClosed
from domain.meeting.holding import NotAllReviewed
from tests.invariants import accepted, refused
from tests.peers import Midorino, midorino
from tests.racing import unaccepted
from tests.supporting import accepted as was_accepted
from tests.supporting import closed, moved_away, reopened
from tests.test_case_together import a_network
from tests.test_meeting_together import TOLD, led_by_the_city, meets, reviewed, with_its_minutes
from tests.world import NOBODY

enough = CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。")
again = ReopenCase(reason="SUBJECTS_WISH", subject_wish="また相談したい。")


def next_april(here: Midorino, years: int = 1) -> None:
    """The first minute of the fiscal year, in Japan."""
    here.world.at = datetime(2026 + years, 3, 31, 15, 0, tzinfo=UTC)


def numbers(here: Midorino) -> list[str]:
    said = (entry.said for entry in here.world.of_case(here.case))
    return [event.number for event in said if isinstance(event, CaseNumberTaken)]


@accepted("INV-L1")
def test_an_open_case_gets_a_number_of_the_new_year() -> None:
    here = midorino()
    next_april(here)
    said = here.says(NOBODY, CarryOver())
    assert said.events == (
        CaseCarriedOver(fiscal_year=2027, ledger_network_id=here.network, case_number="2027-0001"),
        CaseNumberTaken(number="2027-0001", case_id=here.case),
    )
    assert numbers(here) == ["2026-0001", "2027-0001"]


def test_a_year_has_one_number_for_it() -> None:
    here = midorino()
    assert here.says(NOBODY, CarryOver()).events == ()
    next_april(here)
    here.says(NOBODY, CarryOver())
    assert here.says(NOBODY, CarryOver()).events == ()


def test_years_in_which_nothing_ran_are_passed_over() -> None:
    here = midorino()
    next_april(here, years=3)
    here.says(NOBODY, CarryOver())
    assert numbers(here) == ["2026-0001", "2029-0001"]


@refused("INV-L1", guard="domain.case.carrying:check_nobody_asks")
def test_nobody_moves_a_case_of_theirs_to_the_front() -> None:
    here = midorino()
    next_april(here)
    assert here.refuses(here.city, CarryOver()) is CarriedOverByItself
    assert here.refuses(here.police, CarryOver()) is CaseNotFound


def test_what_has_ended_is_not_carried_over() -> None:
    here = midorino()
    here.says(here.city, enough)
    next_april(here)
    assert here.refuses(NOBODY, CarryOver()) is CaseIsClosed


def test_what_is_opened_again_in_a_later_year_gets_a_number_of_that_year() -> None:
    here = midorino()
    here.says(here.city, enough)
    next_april(here, years=2)
    said = here.says(here.city, again)
    assert said.the(CaseCarriedOver).case_number == "2028-0001"
    assert said.the(CaseNumberTaken).case_id == here.case


def test_what_is_opened_again_in_the_same_year_keeps_its_number() -> None:
    here = midorino()
    here.says(here.city, enough)
    here.says(here.city, again).the(CaseReopened)
    assert numbers(here) == ["2026-0001"]


def test_what_comes_back_to_a_ledger_in_the_same_year_has_the_number_it_had() -> None:
    here = midorino()
    wakaba = a_network(here, "若葉市", here.centre)
    here.takes_over(here.centre)
    here.says(here.centre, TransferCase(network_id=wakaba))
    referral = here.sends(here.centre, here.city, "CASE_TRANSFER")
    here.accepts(here.city, referral, "MAIN_SUPPORT")
    here.confirms(here.city, referral)
    back = here.says(here.city, TransferCase(network_id=here.network))
    assert back.the(CaseTransferred).case_number == "2026-0001"
    assert numbers(here) == ["2026-0001", "2026-0001"]
    assert here.known.numbers == {(here.network, 2026): "2026-0001", (wakaba, 2026): "2026-0001"}


def test_it_is_to_be_carried_over_when_the_year_begins_in_japan() -> None:
    new_year = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)
    a_moment = timedelta(microseconds=1)
    assert next_ledger_begins(datetime(2026, 5, 13, 4, 20, tzinfo=UTC)) == new_year
    assert next_ledger_begins(new_year - a_moment) == new_year
    assert next_ledger_begins(new_year) == datetime(2028, 3, 31, 15, 0, tzinfo=UTC)


def test_who_came_first_is_carried_over_first() -> None:
    at = datetime(2026, 5, 13, 4, 20, tzinfo=UTC)
    ninth, tenth = (
        carried_over_at(replace(was_accepted, case_number=f"2026-{nth}"), at)
        for nth in ("0009", "10000")
    )
    assert ninth is not None
    assert tenth is not None
    assert next_ledger_begins(at) < ninth < tenth < next_ledger_begins(at) + timedelta(seconds=1)


def test_what_has_ended_or_left_is_to_be_carried_over_no_more() -> None:
    at = datetime(2026, 5, 13, 4, 20, tzinfo=UTC)
    due = next_ledger_begins(at)
    assert carried_over_at(reopened, at) == due
    assert [carried_over_at(event, at) for event in (closed, moved_away)] == [None, None]


# All cases of a network are gone through (INV-M2)


@refused("INV-M2", guard="domain.meeting.holding:check_all_reviewed")
def test_what_nobody_put_on_the_table_is_waited_for_too() -> None:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    other = another(here)
    next_april(here)
    close = gone_through(here)
    assert here.world.refuses(here.city, close) is NotAllReviewed
    other.says(here.city, enough)
    assert here.world.says(here.city, close).events == (MeetingClosed(),)


@accepted("INV-M2")
def test_what_came_into_the_ledger_that_day_waits_for_the_next_meeting() -> None:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    close = gone_through(here)
    another(here)
    here.world.passes(days=3)
    another(here)
    assert here.world.says(here.city, close).events == (MeetingClosed(),)


def test_which_cases_wait_is_told_by_the_numbers_that_the_convenor_may_know() -> None:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    hidden = another(here)
    known = another(here)
    assert known.known.numbers == {(here.network, 2026): "2026-0003"}
    colleague = here.world.enrols(here.city.agency, "CASEWORKER")
    here.world.says(colleague, SetExclusion(staff_id=here.city.staff), hidden.case)
    here.world.passes(days=1)
    close = gone_through(here)
    with pytest.raises(NotAllReviewed) as refusal:
        here.world.says(here.city, close)
    assert refusal.value.facts == {"numbers": "2026-0003"}
    known.says(here.city, enough)
    with pytest.raises(NotAllReviewed) as refusal:
        here.world.says(here.city, close)
    assert refusal.value.facts == {}


def another(here: Midorino) -> Midorino:
    """Another woman's case in the same ledger."""
    there = unaccepted(here)
    there.says(here.city, AcceptCase(network_id=here.network))
    return there


def gone_through(here: Midorino) -> CloseMeeting:
    """Of all there are, the practitioners have reviewed her case alone."""
    meeting = meets(here, "PRACTITIONERS")
    reviewed(here, meeting)
    return with_its_minutes(here, meeting)
