"""Agencies among each other: what one becomes is told of the other, in the same append."""

from datetime import date
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from domain.agency import (
    AgencyCommand,
    AgencyIsSuspended,
    AgencyNotKnown,
    AgencySucceeded,
    AgencyTookOver,
    CommissionContractStarted,
    DesignateFunction,
    EndEnrolment,
    EnrolStaff,
    RegisterAgency,
    StaffNotEnrolled,
    StartCommissionContract,
    SucceedAgency,
    SuccessorOfAnotherKind,
    SuspendAgency,
    UpdateAgency,
)
from domain.agency_codes import Criterion
from domain.case import OpenCase
from domain.duties import DutiesEnded
from domain.model import AgencyId, CaseId, NetworkId, PersonId, stream_of
from domain.network import (
    AppointCoordinator,
    CoordinatingAgencyDesignated,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
    NetworkEstablished,
    PublishConsultationDirectory,
    ShelterInDirectory,
)
from services.deciding.scope import CaseNotNeeded
from tests.spec import an_id
from tests.world import World

CHECKED: Final[frozenset[Criterion]] = frozenset(
    {"THREE_YEARS_RECORD", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
)
OPEN: Final = OpenCase(
    anonymous=True,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset(),
    at_risk_only=False,
)
NOBODY: Final = AgencyId(an_id(90))


@pytest.fixture
def world() -> World:
    return World()


def test_a_succession_is_told_of_both_at_once(world: World) -> None:
    old, new = (world.joins("WOMENS_SUPPORT_CENTRE") for _ in range(2))
    succeed = SucceedAgency(agency_id=old.agency, successor=new.agency)
    said = world.says(world.operator, succeed)
    on = date(2026, 5, 13)
    assert [(entry.told.stream, entry.said) for entry in said.entries] == [
        (
            stream_of("agency", old.agency),
            AgencySucceeded(old=old.agency, new=new.agency, on=on),
        ),
        (stream_of("agency", new.agency), AgencyTookOver(old=old.agency, on=on)),
        (stream_of("duties", old.agency), DutiesEnded(on=on)),
    ]
    assert world.refuses(old, OPEN) is AgencyIsSuspended
    assert world.says(world.operator, succeed).entries == ()


def test_nobody_is_succeeded_by_an_agency_that_is_not_there(world: World) -> None:
    old, new = (world.joins("WOMENS_SUPPORT_CENTRE") for _ in range(2))
    by_nobody = SucceedAgency(agency_id=old.agency, successor=NOBODY)
    assert world.refuses(world.operator, by_nobody) is AgencyNotKnown
    world.says(world.operator, SuspendAgency(agency_id=new.agency))
    by_suspended = SucceedAgency(agency_id=old.agency, successor=new.agency)
    assert world.refuses(world.operator, by_suspended) is AgencyNotKnown


def test_only_an_agency_of_the_same_kind_takes_over_what_she_agreed_to_for_it(
    world: World,
) -> None:
    hospital, police = world.joins("MEDICAL_INSTITUTION"), world.joins("POLICE")
    to_the_police = SucceedAgency(agency_id=hospital.agency, successor=police.agency)
    assert world.refuses(world.operator, to_the_police) is SuccessorOfAnotherKind
    # A centre that came to be one as well is one.
    clinic = world.joins("MUNICIPAL_HEALTH_CENTRE")
    to_the_clinic = SucceedAgency(agency_id=hospital.agency, successor=clinic.agency)
    assert world.refuses(world.operator, to_the_clinic) is SuccessorOfAnotherKind
    designated = DesignateFunction(agency_id=clinic.agency, function="MEDICAL_INSTITUTION")
    world.says(world.operator, designated)
    assert world.refuses(world.operator, to_the_clinic) is None


def test_what_was_agreed_to_for_an_agency_stays_with_its_kind_however_often_it_passes_on(
    world: World,
) -> None:
    hospital, clinic = world.joins("MEDICAL_INSTITUTION"), world.joins("MUNICIPAL_HEALTH_CENTRE")
    designated = DesignateFunction(agency_id=clinic.agency, function="MEDICAL_INSTITUTION")
    world.says(world.operator, designated)
    to_the_clinic = SucceedAgency(agency_id=hospital.agency, successor=clinic.agency)
    world.says(world.operator, to_the_clinic)
    last = world.joins("MUNICIPAL_HEALTH_CENTRE")
    on = SucceedAgency(agency_id=clinic.agency, successor=last.agency)
    assert world.refuses(world.operator, on) is SuccessorOfAnotherKind
    world.says(world.operator, replace(designated, agency_id=last.agency))
    assert world.refuses(world.operator, on) is None
    # What it was designated as, and never took over, binds nobody who comes after it.
    bare, centre = (world.joins("MUNICIPAL_HEALTH_CENTRE") for _ in range(2))
    world.says(world.operator, replace(designated, agency_id=bare.agency))
    follow = SucceedAgency(agency_id=bare.agency, successor=centre.agency)
    assert world.refuses(world.operator, follow) is None


def test_a_centre_records_its_contract_with_whoever_it_commissions(world: World) -> None:
    centre = world.joins("WOMENS_SUPPORT_CENTRE", "CENTRE_DIRECTOR")
    shelter = world.joins("PRIVATE_SHELTER", "FACILITY_HEAD")
    start = StartCommissionContract(
        agency_id=shelter.agency,
        valid_from=date(2026, 4, 1),
        valid_until=date(2027, 3, 31),
        criteria_check=CHECKED,
    )
    said = world.says(centre, start)
    assert [entry.told.stream for entry in said.entries] == [stream_of("agency", shelter.agency)]
    assert said.the(CommissionContractStarted).centre == centre.agency
    world.says(world.operator, SuspendAgency(agency_id=shelter.agency))
    assert world.refuses(centre, start) is AgencyNotKnown


def test_whoever_has_left_may_not_act_at_once(world: World) -> None:
    hub = world.joins("MUNICIPAL_GENDER_EQUALITY_CENTRE")
    assert world.refuses(hub, OPEN) is None
    world.says(world.operator, EndEnrolment(agency_id=hub.agency, staff_id=hub.staff))
    assert world.refuses(hub, OPEN) is StaffNotEnrolled


def test_whoever_runs_an_agency_together_with_it_is_there(world: World) -> None:
    hub = world.joins("MUNICIPAL_GENDER_EQUALITY_CENTRE", "REPRESENTATIVE")
    for command in (
        RegisterAgency(
            kind="SEXUAL_VIOLENCE_ONE_STOP",
            name="あおばホットライン",
            sector="PUBLIC",
            operators=frozenset({NOBODY}),
        ),
        UpdateAgency(agency_id=hub.agency, operators=frozenset({NOBODY})),
    ):
        assert world.refuses(world.operator, command) is AgencyNotKnown
    together = UpdateAgency(agency_id=hub.agency, operators=frozenset({world.operator.agency}))
    assert world.refuses(hub, together) is None


def test_an_agency_is_nobodys_case(world: World) -> None:
    asked = EnrolStaff(agency_id=NOBODY, role="CASEWORKER")
    assert world.refuses(world.operator, asked, CaseId(an_id(91))) is CaseNotNeeded
    assert type(asked) in get_args(AgencyCommand)


def test_a_network_is_founded_and_led_under_a_name_sealed_for_itself(world: World) -> None:
    body = world.joins("MUNICIPAL_WOMENS_SUPPORT_DIVISION", "REPRESENTATIVE")
    shelter = world.joins("PRIVATE_SHELTER", "FACILITY_HEAD")
    said = world.says(
        body,
        EstablishNetwork(
            name="緑野市困難女性支援ネットワーク",
            level="MUNICIPALITY",
            basis="MUNICIPAL_GUIDELINE",
            prefecture="06",
            area="緑野市",
            implementing_body=body.agency,
        ),
    )
    network = said.the(NetworkEstablished).network_id
    assert {p.person for entry in said.entries for p in entry.parts} == {PersonId(network)}
    assert NetworkId(said.made) == network
    world.says(body, JoinNetwork(network_id=network, agency_id=body.agency, membership="MEMBER"))
    world.says(
        body,
        AppointCoordinator(
            network_id=network,
            agency_id=body.agency,
            staff_id=body.staff,
            qualification="APPROVED_BY_BODY",
        ),
    )
    designate = DesignateCoordinatingAgency(network_id=network, agency_id=body.agency)
    assert world.says(body, designate).the(CoordinatingAgencyDesignated).agency_id == body.agency
    directory = PublishConsultationDirectory(
        network_id=network,
        version="2026-1",
        windows=frozenset({shelter.agency}),
        recipients=frozenset({body.agency}),
    )
    assert world.refuses(body, directory) is ShelterInDirectory
    stranger = JoinNetwork(network_id=network, agency_id=NOBODY, membership="MEMBER")
    assert world.refuses(body, stranger) is AgencyNotKnown
