"""Meetings beside all the rest: the network, the case, her consent, and the meetings before."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest

from domain.case import AssignRole, CaseNotFound, CloseCase, ReopenCase
from domain.case.companions import AddCompanion
from domain.case.stay_events import CancelStay, DecideStay, StayDecided
from domain.case.support import RecordAssessment
from domain.categories import CategoryCode
from domain.consent_ledger import WithdrawConsent
from domain.exclusions import SetExclusion
from domain.items import NotAgreedTo
from domain.meeting.commands import (
    AddInvitee,
    AllocateRole,
    Attendee,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DeferReview,
    DesignateMainSupport,
    DraftMinutes,
    HoldMeeting,
    PlanMeeting,
    Position,
    ProvideInformation,
    RecordDisagreement,
    ReviewCase,
    ShareMinutes,
    TableCase,
)
from domain.meeting.events import (
    CaseReviewed,
    InformationProvided,
    MainSupportAgencyDesignated,
    MeetingClosed,
)
from domain.meeting.holding import NotAllReviewed
from domain.meeting.planning import NotInvolved
from domain.meeting.reviewing import PutOffTwice
from domain.meeting.settling import ConsultationUnsettled, NothingUnsettled
from domain.meeting.telling import NotEverybodyCovered
from domain.meeting_codes import MeetingKind
from domain.model import MeetingId, NetworkId, PersonId
from domain.network import (
    AdoptRules,
    AppointCoordinator,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
    NotInTheNetwork,
)
from domain.referral import ConfirmHandover
from domain.speech import Refused
from services.deciding.scope import CaseNotNamed, CaseNotNeeded
from tests.invariants import accepted, refused
from tests.peers import Midorino, midorino
from tests.world import Asked, Someone

TOLD: Final[tuple[CategoryCode, ...]] = ("IDN", "MTG")
WHEN: Final = date(2026, 5, 20)


def led_by_the_city(here: Midorino | None = None) -> Midorino:
    """The city coordinates the network; Ayumi is in it, and takes part in the case."""
    here = here or midorino()
    operator, network, city = here.world.operator, here.network, here.city
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
    here.says(city, AssignRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))
    return here


def plans(here: Midorino, kind: MeetingKind = "INDIVIDUAL_CASE") -> MeetingId:
    """With Ayumi invited."""
    plan = PlanMeeting(kind=kind, network_id=here.network, on=WHEN)
    of_her = here.case if kind == "INDIVIDUAL_CASE" else None
    meeting = MeetingId(here.world.says(here.city, plan, of_her).made)
    invite = AddInvitee(meeting_id=meeting, agency_id=here.ayumi.agency)
    here.world.says(here.city, invite, of_her)
    return meeting


def meets(here: Midorino, kind: MeetingKind = "INDIVIDUAL_CASE") -> MeetingId:
    """Her case is on the table, and both have come."""
    meeting = plans(here, kind)
    of_her = here.case if kind == "INDIVIDUAL_CASE" else None
    table = TableCase(meeting_id=meeting, categories=frozenset({"IDN"}))
    if of_her:
        here.says(here.city, table)
    here.world.says(here.city, ConveneMeeting(meeting_id=meeting), of_her)
    if not of_her:
        here.says(here.city, table)
    came = (here.city, here.ayumi)
    hold = HoldMeeting(
        meeting_id=meeting,
        attendees=tuple(Attendee(agency_id=a.agency, staff_id=a.staff) for a in came),
        started_at=here.world.at - timedelta(hours=2),
        ended_at=here.world.at - timedelta(hours=1),
    )
    here.world.says(here.city, hold, of_her)
    return meeting


# Which case


def test_what_is_about_a_case_names_it_and_what_is_not_does_not() -> None:
    here = led_by_the_city()
    conference = PlanMeeting(kind="INDIVIDUAL_CASE", network_id=here.network, on=WHEN)
    assert here.world.refuses(here.city, conference) is CaseNotNamed
    policy = PlanMeeting(kind="REPRESENTATIVES", network_id=here.network, on=WHEN)
    assert here.refuses(here.city, policy) is CaseNotNeeded
    meeting = plans(here, "PRACTITIONERS")
    table = TableCase(meeting_id=meeting, categories=frozenset({"IDN"}))
    assert here.world.refuses(here.city, table) is CaseNotNamed


def test_a_conference_is_called_under_a_network_by_who_is_in_it_and_takes_part() -> None:
    here = led_by_the_city()
    conference = PlanMeeting(kind="INDIVIDUAL_CASE", network_id=here.network, on=WHEN)
    assert here.refuses(here.ayumi, conference) is None
    assert here.refuses(here.police, conference) is CaseNotFound
    here.takes_over(here.centre)
    assert here.refuses(here.centre, conference) is NotInTheNetwork


# Her consent


def test_whom_she_does_not_want_to_know_is_invited_no_more_though_it_takes_part() -> None:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    meeting = MeetingId(
        here.says(
            here.city, PlanMeeting(kind="INDIVIDUAL_CASE", network_id=here.network, on=WHEN)
        ).made
    )
    invite = AddInvitee(meeting_id=meeting, agency_id=here.ayumi.agency)
    assert here.refuses(here.city, invite) is None
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    assert here.refuses(here.city, invite) is NotInvolved


def test_what_she_takes_back_before_the_meeting_is_told_to_nobody_there() -> None:
    here = led_by_the_city()
    grant = here.agrees(here.city, here.ayumi, categories=TOLD)
    meeting = plans(here)
    here.says(here.city, TableCase(meeting_id=meeting, categories=frozenset[CategoryCode]({"IDN"})))
    convene = ConveneMeeting(meeting_id=meeting)
    assert here.refuses(here.city, convene) is None
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert here.refuses(here.city, convene) is NotEverybodyCovered


def test_what_a_companion_agrees_to_is_not_agreed_to_for_her() -> None:
    here = led_by_the_city()
    her_mother = here.says(here.city, AddCompanion(companion="ADULT", relation="PARENT")).made
    here.agrees(here.city, categories=TOLD)
    here.agrees(
        here.police, categories=TOLD, grantor="ADULT_COMPANION", grantor_id=PersonId(her_mother)
    )
    meeting = plans(here)
    invite = AddInvitee(meeting_id=meeting, agency_id=here.police.agency)
    assert here.refuses(here.city, invite) is NotInvolved
    here.agrees(here.ayumi, here.police, categories=TOLD[:1])
    here.agrees(here.ayumi, categories=TOLD[1:])
    here.says(here.city, invite)
    table = TableCase(meeting_id=meeting, categories=frozenset[CategoryCode]({"IDN"}))
    assert here.refuses(here.city, table) is NotEverybodyCovered
    here.agrees(here.police, categories=TOLD[1:])
    assert here.refuses(here.city, table) is None


# Where she may be


def in_the_shelter(here: Midorino) -> None:
    """By way of the centre, which the city does not look over the shoulder."""
    here.accepts(here.centre, here.sends(here.city, here.centre))
    here.accepts(here.shelter, here.sends(here.centre, here.shelter))


def could_invite(here: Midorino, by: Someone, *whom: Someone) -> list[type[Refused] | None]:
    plan = PlanMeeting(kind="INDIVIDUAL_CASE", network_id=here.network, on=WHEN)
    meeting = MeetingId(here.says(by, plan).made)
    return [
        here.refuses(by, AddInvitee(meeting_id=meeting, agency_id=each.agency)) for each in whom
    ]


@refused("INV-S4", guard="services.deciding.meetings:may_know_of", instead=True)
def test_nobody_finds_the_shelter_she_is_in_by_inviting_one_after_the_other() -> None:
    here = led_by_the_city()
    in_the_shelter(here)
    another = here.world.joins("PRIVATE_SHELTER", "FACILITY_HEAD", name="ひだまり")
    here.agrees(here.shirahama, here.shelter, via=here.centre)
    for by in (here.city, here.ayumi):
        hidden = could_invite(here, by, here.shelter, another, here.shirahama)
        assert hidden == [NotInvolved, NotInvolved, NotInvolved]
        assert could_invite(here, by, here.centre) == [None]


@accepted("INV-S4")
def test_who_asked_her_whether_the_shelter_may_know_invites_it() -> None:
    here = led_by_the_city()
    in_the_shelter(here)
    grant = here.agrees(here.shelter, categories=TOLD)
    assert could_invite(here, here.city, here.shelter) == [None]
    assert could_invite(here, here.ayumi, here.shelter) == [NotInvolved]
    here.says(here.city, WithdrawConsent(grant_id=grant))
    assert could_invite(here, here.city, here.shelter) == [NotInvolved]


def test_who_may_know_where_she_is_invites_it() -> None:
    here = led_by_the_city()
    in_the_shelter(here)
    here.agrees(here.ayumi, categories=("LOC", "SVC"))
    assert could_invite(here, here.ayumi, here.shelter) == [None]
    assert could_invite(here, here.city, here.shelter) == [NotInvolved]


def test_who_decided_on_her_stay_invites_whom_she_stays_with() -> None:
    here = led_by_the_city()
    facility = here.world.joins("WOMENS_SELF_RELIANCE_FACILITY", "FACILITY_HEAD", name="こもれび寮")
    here.agrees(facility, kind="FACILITY_ADMISSION", categories=())
    here.says(
        here.city, RecordAssessment(with_subject=True, danger_level="HIGH", urgency_level="HIGH")
    )
    here.accepts(facility, here.sends(here.city, facility))
    assert could_invite(here, here.city, facility) == [NotInvolved]
    decide = DecideStay(
        kind="WOMENS_SELF_RELIANCE_FACILITY",
        scope="IN_PREFECTURE",
        provider_agency_id=facility.agency,
        planned_from=date(2026, 5, 13),
    )
    stay = here.says(here.city, decide).the(StayDecided).stay_id
    assert could_invite(here, here.city, facility) == [None]
    assert could_invite(here, here.ayumi, facility) == [NotInvolved]
    here.says(here.city, CancelStay(stay_id=stay, reason="NO_PLACE"))
    assert could_invite(here, here.city, facility) == [NotInvolved]


def test_what_is_brought_rests_on_her_consent_for_each_who_is_to_have_it() -> None:
    here = led_by_the_city()
    grant = here.agrees(here.city, here.ayumi, categories=TOLD)
    meeting = meets(here)
    to_ayumi = frozenset({here.ayumi.agency})
    name = ProvideInformation(meeting_id=meeting, items=(here.name,), recipients=to_ayumi)
    telephone = ProvideInformation(meeting_id=meeting, items=(here.telephone,), recipients=to_ayumi)
    assert here.refuses(here.city, telephone) is NotAgreedTo
    provided = here.says(here.city, name).the(InformationProvided)
    assert provided.sources == (here.her_name,)
    assert provided.consent_ids == {grant}


# The meetings before


def test_reviews_are_counted_over_the_fiscal_year_and_put_off_once() -> None:
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    rounds: list[int] = []
    # The third is in April of the next year.
    for days in (0, 30, 310):
        here.world.passes(days=days)
        rounds.append(reviewed(here, meets(here, "PRACTITIONERS")))
    assert rounds == [1, 2, 1]
    first = meets(here, "PRACTITIONERS")
    here.says(here.city, DeferReview(meeting_id=first, reason="担当者が出席できない。"))
    second = meets(here, "PRACTITIONERS")
    again = DeferReview(meeting_id=second, reason="また出席できない。")
    assert here.refuses(here.city, again) is PutOffTwice
    assert reviewed(here, second) == 2


def round_with_its_minutes(here: Midorino) -> CloseMeeting:
    """The practitioners have met, and passed her over."""
    here.agrees(here.city, here.ayumi, categories=TOLD)
    return with_its_minutes(here, meets(here, "PRACTITIONERS"))


def with_its_minutes(here: Midorino, meeting: MeetingId) -> CloseMeeting:
    for command in (
        DraftMinutes(meeting_id=meeting, text="次回、改めて確認する。", hash="a" * 64),
        ConfirmMinutes(meeting_id=meeting),
        ShareMinutes(meeting_id=meeting, recipients=frozenset({here.ayumi.agency})),
    ):
        here.world.says(here.city, command)
    return CloseMeeting(meeting_id=meeting)


def moves_on(here: Midorino) -> None:
    """Ayumi takes her over into a network of its own, and the city leaves."""
    establish = EstablishNetwork(
        name="青葉県困難女性支援ネットワーク",
        level="PREFECTURE",
        basis="ACT_ART_15",
        prefecture="06",
        area="青葉県",
        implementing_body=here.ayumi.agency,
    )
    network = NetworkId(here.world.says(here.world.operator, establish).made)
    join = JoinNetwork(network_id=network, agency_id=here.ayumi.agency, membership="MEMBER")
    here.world.says(here.world.operator, join)
    referral = here.sends(here.city, here.ayumi, "CASE_TRANSFER")
    here.accepts(here.ayumi, referral, "MAIN_SUPPORT")
    confirm = ConfirmHandover(referral_id=referral, network_id=network, referrer_remains=False)
    here.says(here.ayumi, confirm)


def is_closed(here: Midorino) -> None:
    here.says(here.city, CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。"))


@pytest.mark.parametrize("leaves", [moves_on, is_closed])
def test_a_case_that_is_active_in_the_network_no_more_holds_up_no_meeting(
    leaves: Callable[[Midorino], None],
) -> None:
    here = led_by_the_city()
    close = round_with_its_minutes(here)
    assert here.world.refuses(here.city, close) is NotAllReviewed
    leaves(here)
    assert here.world.says(here.city, close).events == (MeetingClosed(),)


def test_a_case_that_comes_back_is_waited_for_again() -> None:
    here = led_by_the_city()
    close = round_with_its_minutes(here)
    is_closed(here)
    back = ReopenCase(reason="SUBJECTS_WISH", subject_wish="また相談したい。")
    first, second = Asked(here.city, back, here.case), Asked(here.city, close)
    assert here.world.race(first, second) == {"work"}
    assert here.world.refuses(here.city, close) is NotAllReviewed


def reviewed(here: Midorino, meeting: MeetingId) -> int:
    review = ReviewCase(
        meeting_id=meeting, responsible_agency=here.city.agency, situation="落ち着いている。"
    )
    return here.says(here.city, review).the(CaseReviewed).round_no


@pytest.mark.parametrize("in_the_next", [False, True])
def test_what_does_not_settle_stays_unsettled_into_the_next_meeting(in_the_next: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    here = led_by_the_city()
    here.agrees(here.city, here.ayumi, categories=TOLD)
    meeting = meets(here)
    designate = designates(here.ayumi, meeting)
    assert here.refuses(here.city, designate) is NothingUnsettled
    here.says(here.city, disagree(meeting, here.city, here.ayumi))
    if in_the_next:
        meeting = meets(here)
        designate = designates(here.ayumi, meeting)
    allocate = AllocateRole(
        meeting_id=meeting, function="MAIN_SUPPORT", agency_id=here.ayumi.agency
    )
    assert here.refuses(here.city, allocate) is ConsultationUnsettled
    designated = here.says(here.city, designate).the(MainSupportAgencyDesignated)
    assert designated.agency_id == here.ayumi.agency
    assert here.refuses(here.city, allocate) is None


def designates(who: Someone, meeting: MeetingId) -> DesignateMainSupport:
    return DesignateMainSupport(
        meeting_id=meeting,
        agency_id=who.agency,
        reason="日々顔を合わせている。",
        subject_wish="近くの人がいい。",
    )


def disagree(meeting: MeetingId, *who: Someone) -> RecordDisagreement:
    return RecordDisagreement(
        meeting_id=meeting,
        topic="誰が日々の支援を担うか",
        since=date(2026, 5, 13),
        positions=tuple(Position(agency_id=w.agency, text="人手が足りない。") for w in who),
    )
