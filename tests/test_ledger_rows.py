"""Form 1 (様式1): what the coordinating agency reads of a case, and what each member does."""

from datetime import date, timedelta
from typing import Final

import msgspec
import pytest

from contracts.envelope import AgencyShown
from contracts.ledger import (
    CompanionLine,
    Completeness,
    Ledger,
    LedgerRow,
    RemarkShown,
    RoundShown,
)
from domain.case import (
    AcceptCase,
    AssignRole,
    CarryOver,
    CaseCarriedOver,
    CloseCase,
    CorrectSubjectDetails,
    OpenCase,
    RecordAddress,
    TransferCase,
)
from domain.case.companions import AddCompanion
from domain.categories import CategoryCode
from domain.consent_ledger import WithdrawConsent
from domain.exclusions import SetExclusion
from domain.meeting.commands import (
    AddInvitee,
    Attendee,
    ConveneMeeting,
    DeferReview,
    HoldMeeting,
    PlanMeeting,
    ReviewCase,
)
from domain.model import MeetingId, NetworkId
from domain.network import AppointCoordinator, DesignateCoordinatingAgency, JoinNetwork
from domain.network.state import NetworkNotFound
from domain.visibility import Basis, Visible
from tests.invariants import accepted, refused
from tests.ledgers import alias_of, ledger_for
from tests.peers import Midorino
from tests.spec import an_id
from tests.test_carrying_over import another, next_april
from tests.test_case_together import a_network
from tests.test_meeting_together import TOLD, designates, disagree, led_by_the_city, meets
from tests.world import NOBODY, Someone

SHARED: Final[tuple[CategoryCode, ...]] = ("ADR", "CHD", "FAM", "IDN", "NAR", "SVC")
HOME: Final = "緑野市 若草町 1-2-3"
A_DAY: Final = timedelta(days=1)
ISSUED: Final = date(2026, 9, 1)
enough = CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。")


def led_by_the_centre() -> Midorino:
    """The centre coordinates the network; the city answers for her, and Ayumi is a member."""
    here = led_by_the_city()
    for command in (
        JoinNetwork(network_id=here.network, agency_id=here.centre.agency, membership="MEMBER"),
        AppointCoordinator(
            network_id=here.network,
            agency_id=here.centre.agency,
            staff_id=here.centre.staff,
            qualification="APPROVED_BY_BODY",
        ),
        DesignateCoordinatingAgency(network_id=here.network, agency_id=here.centre.agency),
    ):
        here.world.says(here.world.operator, command)
    return here


def taking_part(here: Midorino) -> Midorino:
    """The centre has a part in her case too: what she agrees to is not for onlookers."""
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.centre.agency))
    return here


def at_home(here: Midorino) -> Midorino:
    """Her date of birth, where she is registered, and her daughter."""
    born = CorrectSubjectDetails(birth_date=date(1994, 9, 2), correction_reason="本人から聞いた。")
    here.says(here.city, born)
    here.says(here.city, RecordAddress(kind="REGISTERED", address=HOME))
    here.says(here.city, RecordAddress(kind="FORMER", address="白浜県 海辺町"))
    child = AddCompanion(
        companion="CHILD", relation="CHILD", name="相川ひな", birth_date=date(2018, 4, 1)
    )
    here.says(here.city, child)
    return here


def sheet(here: Midorino, who: Someone, **asked: object) -> Ledger:
    return ledger_for(here.world, who, here.network, **{"as_of": ISSUED, **asked})


def row_for(here: Midorino, who: Someone) -> LedgerRow:
    (row,) = sheet(here, who).items
    return row


# The coordinating agency


@accepted("INV-M8", "INV-L2")
def test_of_a_woman_who_agreed_the_coordinating_agency_has_the_whole_row() -> None:
    here = taking_part(at_home(led_by_the_centre()))
    here.agrees(here.centre, categories=SHARED)
    goes_through(here)
    assert row_for(here, here.centre) == LedgerRow(
        case=alias_of(here.world, here.centre, here.case),
        number="2026-0001",
        reviewed=True,
        name="相川みさき",
        birth_date=date(1994, 9, 2),
        age=31,  # Until tomorrow.
        address=HOME,
        companions=(CompanionLine(kind="CHILD", name="相川ひな", age=8),),
        accepted_on=date(2026, 5, 13),
        responsible=AgencyShown(id=here.city.agency),
        rounds=(
            RoundShown(
                no=1,
                on=date(2026, 5, 13),
                responsible=AgencyShown(id=here.city.agency),
                situation="仕事を探し始めた。",
                wareki="令和8年5月13日",
            ),
        ),
        wareki={"accepted_on": "令和8年5月13日", "birth_date": "平成6年9月2日"},
    )


@accepted("INV-M8")
def test_of_a_woman_who_did_not_it_has_her_number_and_who_answers_for_her() -> None:
    here = at_home(led_by_the_centre())
    assert row_for(here, here.centre) == masked(here)


def test_that_it_was_gone_through_it_has_too() -> None:
    here = led_by_the_centre()
    goes_through(here)
    row = row_for(here, here.centre)
    assert (row.masked, row.reviewed) == (True, True)
    assert row.rounds == (
        RoundShown(no=1, on=date(2026, 5, 13), stage=None, wareki="令和8年5月13日"),
    )


def masked(here: Midorino) -> LedgerRow:
    return LedgerRow(
        case=alias_of(here.world, here.centre, here.case),
        number="2026-0001",
        masked=True,
        reviewed=False,
        responsible=AgencyShown(id=here.city.agency),
    )


def test_not_a_byte_of_what_is_masked_leaves() -> None:
    here = at_home(led_by_the_centre())
    goes_through(here)
    told = msgspec.json.encode(sheet(here, here.centre)).decode()
    for hers in ("相川", "1994", "平成", "若草町", "ひな", "仕事", "accepted_on"):
        assert hers not in told


def test_what_she_takes_back_is_masked_again() -> None:
    here = taking_part(at_home(led_by_the_centre()))
    grant = here.agrees(here.centre, categories=SHARED)
    assert row_for(here, here.centre).name == "相川みさき"
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert row_for(here, here.centre) == masked(here)


EVERYTHING: Final = Visible(
    dict.fromkeys(("accepted_on", "kind", "address", "location"), Basis("CONSENT")), what=True
)


@refused("INV-L2", guard="services.sights:decide", instead=EVERYTHING)
def test_without_her_address_the_row_has_none_whatever_else_she_agreed_to() -> None:
    here = taking_part(at_home(led_by_the_centre()))
    here.agrees(here.centre, categories=("IDN", "LOC", "SVC"))
    row = row_for(here, here.centre)
    assert (row.name, row.address, row.partly) == ("相川みさき", None, True)
    assert "若草町" not in msgspec.json.encode(row).decode()


def test_what_she_agreed_to_is_not_for_an_agency_that_takes_no_part() -> None:
    here = at_home(led_by_the_centre())
    here.agrees(here.centre, categories=SHARED)
    assert row_for(here, here.centre) == masked(here)


def test_whom_she_has_shut_out_has_a_row_that_says_nothing() -> None:
    """Not even that it was not gone through: for it was."""
    here = at_home(led_by_the_centre())
    here.agrees(here.centre, categories=SHARED)
    goes_through(here)
    here.says(here.city, SetExclusion(agency_id=here.centre.agency))
    assert row_for(here, here.centre) == LedgerRow(masked=True)


def test_all_cases_are_there_once_and_whether_all_are_is_said() -> None:
    here = led_by_the_centre()
    for _ in range(4):
        another(here)
    assert sheet(here, here.centre).check is None
    found = sheet(here, here.centre, check=True)
    assert [row.number for row in found.items] == [f"2026-000{n}" for n in range(1, 6)]
    assert found.check == Completeness(complete=True, missing=0, unnumbered=0)
    assert all(row.masked for row in found.items)


def test_page_by_page_it_is_the_same() -> None:
    here = led_by_the_centre()
    for _ in range(4):
        another(here)
    first = sheet(here, here.centre, most=2)
    second = sheet(here, here.centre, most=2, after=first.next)
    third = sheet(here, here.centre, most=2, after=second.next)
    assert third.next is None
    assert (*first.items, *second.items, *third.items) == sheet(here, here.centre).items


def test_a_new_year_has_a_new_ledger_and_numbers_of_its_own() -> None:
    here = led_by_the_centre()
    other = another(here)
    other.says(here.city, enough)
    next_april(here)
    assert [row.number for row in sheet(here, here.centre).items] == [None]  # Not yet.
    here.says(NOBODY, CarryOver())
    assert [row.number for row in sheet(here, here.centre).items] == ["2027-0001"]
    before = sheet(here, here.centre, year=2026)
    assert [row.number for row in before.items] == ["2026-0001", "2026-0002"]
    assert sheet(here, here.centre, year=2028).items == ()


def test_reviews_are_counted_within_the_year() -> None:
    here = taking_part(led_by_the_centre())
    here.agrees(here.centre, categories=SHARED)
    goes_through(here)
    next_april(here)
    assert not row_for(here, here.centre).reviewed
    goes_through(here)
    assert [each.no for each in row_for(here, here.centre).rounds] == [1]


def test_of_a_case_that_was_carried_elsewhere_the_row_stays_and_says_nothing() -> None:
    here = led_by_the_centre()
    wakaba = a_network(here, "若葉市", here.ayumi)
    here.takes_over(here.ayumi)
    here.says(here.ayumi, TransferCase(network_id=wakaba))
    assert sheet(here, here.centre).items == (LedgerRow(masked=True),)
    next_april(here)
    assert sheet(here, here.centre).items == ()


def test_carried_elsewhere_her_number_is_for_whoever_keeps_that_ledger() -> None:
    """Who kept the one before goes on taking part: it has her row, without the number it had."""
    here = taking_part(led_by_the_centre())
    here.agrees(here.centre, categories=SHARED)
    wakaba = a_network(here, "若葉市", here.ayumi)
    here.takes_over(here.ayumi)
    before = row_for(here, here.centre)
    assert (before.name, before.number) == ("相川みさき", "2026-0001")
    here.says(here.ayumi, TransferCase(network_id=wakaba))
    after = row_for(here, here.centre)
    assert (after.name, after.number) == ("相川みさき", None)


def test_the_agency_that_answers_for_her_has_her_number_of_the_new_year() -> None:
    here = led_by_the_centre()
    next_april(here)
    here.says(NOBODY, CarryOver())
    for who, told in ((here.city, True), (here.centre, True), (here.ayumi, False)):
        shown = [e for e, v in here.world.shows(who, here.case) if "case_number" in v.bases]
        assert any(isinstance(entry.said, CaseCarriedOver) for entry in shown) is told


# What was not said


def test_in_a_case_of_ones_own_nothing_is_kept_back_that_was_never_said() -> None:
    here = led_by_the_centre()
    anonymous = OpenCase(
        anonymous=True,
        channel="PHONE",
        found_via="SELF",
        frameworks=frozenset(),
        at_risk_only=False,
    )
    case = here.world.says(here.city, anonymous).case
    assert case is not None
    here.world.says(here.city, AcceptCase(network_id=here.network), case)
    row = sheet(here, here.city).items[-1]
    assert row.case == alias_of(here.world, here.city, case)
    assert (row.own, row.name, row.masked, row.partly) == (True, None, False, False)
    kept = sheet(here, here.centre).items[-1]
    assert (kept.own, kept.masked) == (False, True)


def test_what_others_were_told_looks_to_the_opener_as_if_they_had_not_been() -> None:
    """Another agency answers for her by now, and knows her name."""
    here, named = led_by_the_centre(), led_by_the_centre()
    for each in (here, named):
        each.takes_over(each.ayumi)
    named.says(named.ayumi, RecordAddress(kind="REGISTERED", address=HOME))
    of_both = [sheet(each, each.city).items for each in (here, named)]
    assert [row.address for (row,) in of_both] == [None, None]
    assert [(row.own, row.partly) for (row,) in of_both] == [(True, False)] * 2


# The other members


@accepted("INV-M8")
def test_a_member_has_a_row_for_what_it_may_see_without_a_number() -> None:
    here = at_home(led_by_the_centre())
    for who in (here.city, here.ayumi):
        if who is here.ayumi:
            here.agrees(who, categories=("IDN", "SVC"))
        found = sheet(here, who, check=True)
        assert (found.copy, found.check) == ("ATTENDEE", None)
        (row,) = found.items
        assert (row.name, row.number, row.masked) == ("相川みさき", None, False)
    assert row.address is None


@refused("INV-M8", guard="services.ledger_showing:stood_in", instead=True)
def test_of_what_it_may_not_see_there_is_no_trace() -> None:
    here = led_by_the_centre()
    another(here)
    nothing = sheet(here, here.ayumi, check=True)
    assert (nothing.items, nothing.next, nothing.check) == ((), None, None)


def test_the_words_of_a_review_need_her_consent_and_else_the_stage_stands_there() -> None:
    here = led_by_the_centre()
    here.agrees(here.ayumi, categories=("IDN", "PRB", "SVC"))
    goes_through(here)
    (said,) = row_for(here, here.ayumi).rounds
    assert (said.situation, said.stage) == (None, "CONSULTATION")


def test_what_was_put_off_and_how_it_ended_stand_beside_it() -> None:
    here = led_by_the_centre()
    meeting = meets_about_all(here)
    here.says(here.city, DeferReview(meeting_id=meeting, reason="本人が入院中。"))
    here.says(here.city, enough)
    row = row_for(here, here.city)
    assert row.remarks == (
        RemarkShown(kind="REVIEW_DEFERRED", on=date(2026, 5, 13), wareki="令和8年5月13日"),
        RemarkShown(kind="CLOSED", on=date(2026, 5, 13), wareki="令和8年5月13日"),
    )


def test_whoever_was_designated_stands_beside_the_day_on_which_they_were() -> None:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    for who in (here.ayumi, here.city):
        meeting = meets(here)
        here.says(here.city, disagree(meeting, here.city, here.ayumi))
        here.says(here.city, designates(who, meeting))
        here.world.passes(days=40)
    told = [(e.on, e.agency) for e in row_for(here, here.city).remarks if e.kind == "DESIGNATED"]
    assert told == [
        (date(2026, 5, 13), AgencyShown(id=here.ayumi.agency)),
        (date(2026, 6, 22), AgencyShown(id=here.city.agency)),
    ]


def test_who_is_not_in_the_network_finds_none() -> None:
    here = led_by_the_centre()
    for who, network in (
        (here.police, here.network),
        (here.city, NetworkId(an_id(997))),
    ):
        with pytest.raises(NetworkNotFound):
            ledger_for(here.world, who, network)


# What has to have happened


def goes_through(here: Midorino) -> None:
    review = ReviewCase(
        meeting_id=meets_about_all(here),
        responsible_agency=here.city.agency,
        situation="仕事を探し始めた。",
    )
    here.says(here.city, review)


def meets_about_all(here: Midorino) -> MeetingId:
    """The practitioners, called together by the centre; of her they are told nothing yet."""
    says, at = here.world.says, here.world.at
    plan = PlanMeeting(kind="PRACTITIONERS", network_id=here.network, on=at.date() + A_DAY)
    meeting = MeetingId(says(here.centre, plan).made)
    for guest in (here.city, here.ayumi):
        says(here.centre, AddInvitee(meeting_id=meeting, agency_id=guest.agency))
    says(here.centre, ConveneMeeting(meeting_id=meeting))
    came = (here.centre, here.city)
    hold = HoldMeeting(
        meeting_id=meeting,
        attendees=tuple(Attendee(agency_id=a.agency, staff_id=a.staff) for a in came),
        started_at=at - timedelta(hours=2),
        ended_at=at - timedelta(hours=1),
    )
    says(here.centre, hold)
    return meeting
