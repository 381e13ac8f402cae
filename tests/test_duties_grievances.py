"""Duties: an agency goes only when no grievance is in its hands that nobody else would have."""

from datetime import timedelta
from functools import partial
from typing import Final

import pytest

from domain.agency import DeactivateAgency, SucceedAgency
from domain.case import CloseCase, OpenCase
from domain.catalogue import AnyCommand
from domain.duties import DutyEvent, DutyLeft, DutyTaken, StillHasGrievances
from domain.erasure import DecideErasure, RequestErasure
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    EscalateGrievance,
    GiveResponse,
    ReceiveGrievance,
    ReopenGrievance,
)
from domain.model import CaseId, ErasureRequestId, Event, GrievanceId, StreamId, stream_of
from domain.speech import Refused
from tests.peers import midorino
from tests.test_duties import is_decided_again
from tests.world import Said, Someone, World

SAID: Final = "窓口で三度も同じ話をさせられました。"
ANSWER: Final = "お詫びし、引き継ぎの手順を改めました。"
GONE: Final = [StillHasGrievances] * 2


class Town:
    def __init__(self) -> None:
        self.world: Final = World()
        joins = partial(self.world.joins, "MUNICIPAL_GENDER_EQUALITY_CENTRE")
        self.hub: Final = joins()  # It hears the grievance,
        self.office: Final = joins()  # handles it,
        self.other: Final = joins()  # has no part in it,
        self.division: Final = joins()  # is complained about.

    def hears(self, case: CaseId | None = None, via: Someone | None = None) -> GrievanceId:
        complaint = ReceiveGrievance(
            complainant="SUBJECT",
            about_agencies=frozenset({self.division.agency}),
            text=SAID,
            for_agency=self.hub.agency if via else None,
        )
        return GrievanceId(self.world.says(via or self.hub, complaint, case).made)

    def handled(self, case: CaseId | None = None) -> GrievanceId:
        which = self.hears(case)
        self.world.says(self.hub, AcknowledgeGrievance(grievance_id=which))
        self.world.says(self.hub, AssignHandler(grievance_id=which, handler=self.office.agency))
        return which

    def closed(self, which: GrievanceId) -> Said:
        self.world.says(self.office, GiveResponse(grievance_id=which, response=ANSWER))
        return self.world.says(self.office, CloseGrievance(grievance_id=which))

    def going(self, who: Someone) -> list[type[Refused] | None]:
        """Without a successor, and with whoever the grievance is about."""
        after = self.other if who == self.division else self.division
        ways: list[AnyCommand] = [
            DeactivateAgency(agency_id=who.agency),
            SucceedAgency(agency_id=who.agency, successor=after.agency),
        ]
        return [self.world.refuses(self.world.operator, each) for each in ways]


@pytest.fixture
def town() -> Town:
    return Town()


def of(who: Someone) -> StreamId:
    return stream_of("duties", who.agency)


def told(said: Said) -> list[tuple[StreamId, Event]]:
    return [(e.told.stream, e.said) for e in said.entries if isinstance(e.said, DutyEvent)]


def test_no_agency_goes_that_is_in_charge_of_a_grievance_or_handles_one(town: Town) -> None:
    assert town.going(town.hub) == [None, None]
    which = town.handled()
    assert town.going(town.hub) == GONE
    assert town.going(town.office) == GONE
    assert town.going(town.other) == [None, None]
    assert town.going(town.division) == [None, None], "whoever it is about has it not in hand"
    town.closed(which)
    assert town.going(town.hub) == [None, None]
    assert town.going(town.office) == [None, None]


@pytest.mark.parametrize("of_a_case", [False, True])
def test_it_is_in_the_hands_of_who_answers_for_it_whoever_heard_it(*, of_a_case: bool) -> None:
    town = Town()
    case = town.world.says(town.other, OPEN).case if of_a_case else None
    town.hears(case, via=town.other)
    assert town.going(town.hub) == GONE
    assert town.going(town.other) == [None, None]


def test_it_goes_once_another_agency_has_taken_the_grievance_over(town: Town) -> None:
    which = town.handled()
    escalate = EscalateGrievance(
        grievance_id=which, to_agency=town.other.agency, reason="COMPLAINANT_ASKS"
    )
    left, taken = DutyLeft(grievance_id=which), DutyTaken(grievance_id=which)
    assert told(town.world.says(town.hub, escalate)) == sorted(
        [(of(town.hub), left), (of(town.office), left), (of(town.other), taken)],
        key=lambda each: _agency_of(town, each[0]),
    )
    assert town.going(town.hub) == town.going(town.office) == [None, None]
    assert town.going(town.other) == GONE
    acknowledge = AcknowledgeGrievance(grievance_id=which)
    assert told(town.world.says(town.other, acknowledge)) == []
    itself = AssignHandler(grievance_id=which, handler=town.other.agency)
    assert told(town.world.says(town.other, itself)) == []  # It had it already.


def test_who_handled_it_may_go_once_somebody_else_does(town: Town) -> None:
    which = town.handled()
    assign = AssignHandler(grievance_id=which, handler=town.other.agency)
    town.world.says(town.hub, assign)
    assert town.going(town.office) == [None, None]
    assert town.going(town.other) == GONE
    assert told(town.world.says(town.hub, assign)) == []


def test_a_grievance_that_is_opened_again_is_in_hand_again(town: Town) -> None:
    which = town.handled()
    town.closed(which)
    assert town.world.says(town.office, CloseGrievance(grievance_id=which)).entries == ()
    town.world.says(town.hub, ReopenGrievance(grievance_id=which))
    assert town.going(town.hub) == town.going(town.office) == GONE


def test_to_go_and_to_be_given_a_grievance_at_one_moment_are_decided_one_after_the_other() -> None:
    for order in (1, -1):
        town = Town()
        which = town.hears()
        town.world.says(town.hub, AcknowledgeGrievance(grievance_id=which))
        goes = (town.world.operator, DeactivateAgency(agency_id=town.other.agency), None)
        given = (town.hub, AssignHandler(grievance_id=which, handler=town.other.agency), None)
        assert is_decided_again(town.world, *(goes, given)[::order])


def test_what_was_said_of_a_case_that_is_erased_keeps_nobody_from_going() -> None:
    """Nobody can see it any more, and so nobody could close it."""
    here = midorino()
    prefecture = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    complaint = ReceiveGrievance(complainant="SUBJECT", text=SAID)
    which = GrievanceId(here.says(here.hospital, complaint).made)
    other = GrievanceId(here.world.says(here.hospital, complaint).made)
    here.says(here.city, CloseCase(reason="GOALS_MET", subject_wish="一人でやっていける。"))
    request = RequestErasure(
        scope=frozenset({here.known.subject_id}),
        requester="SUBJECT",
        identity_check="KNOWN_TO_STAFF",
    )
    asked = ErasureRequestId(here.says(here.city, request).made)
    here.world.at += timedelta(days=5 * 365 + 2)
    erase = DecideErasure(request_id=asked, decision="ERASE", grounds="RETENTION_OVER")
    assert told(here.says(prefecture, erase)) == [(of(here.hospital), DutyLeft(grievance_id=which))]
    goes = DeactivateAgency(agency_id=here.hospital.agency)
    assert here.world.refuses(here.world.operator, goes) is StillHasGrievances
    here.world.says(here.hospital, AcknowledgeGrievance(grievance_id=other))
    itself = AssignHandler(grievance_id=other, handler=here.hospital.agency)
    here.world.says(here.hospital, itself)
    here.world.says(here.hospital, GiveResponse(grievance_id=other, response=ANSWER))
    here.world.says(here.hospital, CloseGrievance(grievance_id=other))
    here.says(here.hospital, complaint)
    assert here.world.refuses(here.world.operator, goes) is None


def _agency_of(town: Town, duties: StreamId) -> str:
    them = (town.hub, town.office, town.other)
    return next(str(each.agency) for each in them if of(each) == duties)


OPEN: Final = OpenCase(
    anonymous=True,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
    at_risk_only=False,
)
