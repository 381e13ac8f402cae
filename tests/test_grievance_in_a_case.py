"""A grievance about a case stands in the name of the case, and changes nothing in it."""

from typing import Final

import pytest

from domain.agency import AgencyNotKnown, StaffNotKnown, SuspendAgency
from domain.case import CaseNotFound, CaseOpened, OpenCase
from domain.duties import DutyLeft, DutyTaken
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    EscalateGrievance,
    GiveResponse,
    GrievanceEvent,
    GrievanceNotFound,
    GrievanceReceived,
    ReceiveGrievance,
    ReopenGrievance,
    ShareGrievance,
)
from domain.model import AgencyId, CaseId, GrievanceId, PersonId, StaffId
from tests.invariants import accepted
from tests.spec import an_id
from tests.world import Said, Someone, World

OPEN: Final = OpenCase(
    anonymous=True,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset(),
    at_risk_only=False,
)
NOBODY: Final = AgencyId(an_id(90))


class Town:
    def __init__(self) -> None:
        self.world: Final = World()
        self.hub: Final = self.world.joins("MUNICIPAL_GENDER_EQUALITY_CENTRE")
        self.division: Final = self.world.joins("PUBLIC_ASSISTANCE_DIVISION")
        self.office: Final = self.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION")
        opened = self.world.says(self.hub, OPEN)
        assert opened.case is not None
        self.case: Final[CaseId] = opened.case
        self.woman: Final[PersonId] = opened.the(CaseOpened).subject_id

    def hears(self, who: Someone, case: CaseId | None) -> GrievanceId:
        return GrievanceId(self.world.says(who, self.complaint(), case).made)

    def complaint(self) -> ReceiveGrievance:
        return ReceiveGrievance(
            complainant="SUBJECT",
            about_agencies=frozenset({self.division.agency}),
            text="窓口で三度も同じ話をさせられました。",
        )


@pytest.fixture
def town() -> Town:
    return Town()


def whose(said: Said) -> set[PersonId]:
    return {part.person for entry in said.entries for part in entry.parts}


def test_what_is_said_of_a_case_is_sealed_under_her_key(town: Town) -> None:
    said = town.world.says(town.hub, town.complaint(), town.case)
    assert said.case == town.case
    assert said.the(GrievanceReceived).case_id == town.case
    assert whose(said) == {town.woman}


def test_what_is_said_of_no_case_is_sealed_under_a_key_of_whoever_answers_for_it(
    town: Town,
) -> None:
    said = town.world.says(town.hub, town.complaint())
    assert said.case is None
    assert whose(said) == {PersonId(town.hub.agency)}


def test_what_is_done_with_it_later_stands_in_the_name_of_the_case_without_naming_it(
    town: Town,
) -> None:
    which = town.hears(town.hub, town.case)
    acknowledged = town.world.says(town.hub, AcknowledgeGrievance(grievance_id=which))
    assert acknowledged.case == town.case
    assign = AssignHandler(grievance_id=which, handler=town.office.agency)
    assert town.world.says(town.hub, assign).case == town.case
    answer = GiveResponse(grievance_id=which, response="お詫びしました。")
    answered = town.world.says(town.office, answer, town.case)
    assert whose(answered) == {town.woman}


@accepted("INV-G1")
def test_a_grievance_writes_nothing_but_itself() -> None:
    town = Town()
    before = len(town.world.log)
    which = town.hears(town.hub, town.case)
    asked = (
        (town.hub, AcknowledgeGrievance(grievance_id=which)),
        (town.hub, AssignHandler(grievance_id=which, handler=town.office.agency)),
        (
            town.office,
            ShareGrievance(
                grievance_id=which,
                shared_with=frozenset({town.division.agency}),
                extent="SUMMARY",
                complainant_agrees=False,
                summary="聞き取りの重複",
            ),
        ),
        (town.office, GiveResponse(grievance_id=which, response="お詫びしました。")),
        (town.office, CloseGrievance(grievance_id=which)),
        (town.office, ReopenGrievance(grievance_id=which)),
        (
            town.hub,
            EscalateGrievance(
                grievance_id=which, to_agency=town.office.agency, reason="COMPLAINANT_ASKS"
            ),
        ),
    )
    for who, command in asked:
        town.world.says(who, command)
    written = [entry.said for entry in town.world.log[before:]]
    itself = [said for said in written if isinstance(said, GrievanceEvent)]
    assert len(itself) == 1 + len(asked)
    # And in the streams of whoever has it in hand, that it is one that has.
    assert [said for said in written if said not in itself] == [
        DutyTaken(grievance_id=which),  # the hub
        DutyTaken(grievance_id=which),  # the office, beside it
        *[DutyLeft(grievance_id=which)] * 2,
        *[DutyTaken(grievance_id=which)] * 2,
        DutyLeft(grievance_id=which),  # the hub
    ]


def test_whoever_is_complained_about_is_told_no_more_in_a_case_than_without_one(
    town: Town,
) -> None:
    which = town.hears(town.hub, town.case)
    for case in (None, town.case, CaseId(an_id(91))):
        refused = town.world.refuses(town.division, AcknowledgeGrievance(grievance_id=which), case)
        assert refused is GrievanceNotFound


def test_there_is_no_grievance_about_a_case_that_is_not_there(town: Town) -> None:
    assert town.world.refuses(town.hub, town.complaint(), CaseId(an_id(91))) is CaseNotFound


def test_whoever_is_given_it_is_there_to_take_it(town: Town) -> None:
    which = town.hears(town.hub, None)
    town.world.says(town.hub, AcknowledgeGrievance(grievance_id=which))
    to_nobody = AssignHandler(grievance_id=which, handler=NOBODY)
    assert town.world.refuses(town.hub, to_nobody) is AgencyNotKnown
    to_no_one = AssignHandler(
        grievance_id=which, handler=town.office.agency, handler_staff=StaffId(an_id(92))
    )
    assert town.world.refuses(town.hub, to_no_one) is StaffNotKnown
    to_one = AssignHandler(
        grievance_id=which, handler=town.office.agency, handler_staff=town.office.staff
    )
    assert town.world.refuses(town.hub, to_one) is None


def test_a_grievance_may_be_about_an_agency_that_is_suspended_and_about_none_that_is_not_there(
    town: Town,
) -> None:
    town.world.says(town.world.operator, SuspendAgency(agency_id=town.division.agency))
    assert town.world.refuses(town.hub, town.complaint()) is None
    about_nobody = ReceiveGrievance(
        complainant="FAMILY", about_agencies=frozenset({NOBODY}), text="どこの窓口か分かりません。"
    )
    assert town.world.refuses(town.hub, about_nobody) is AgencyNotKnown
