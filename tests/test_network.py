"""Networks: who founds them, who is in them, and that exactly one member leads."""

from datetime import date
from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import KnownAgency, Staff, StaffNotKnown, StaffNotPledged
from domain.agency_codes import AgencyKind
from domain.fields import cut_of
from domain.model import CLOSED, ERASED, AgencyId, Context, NetworkId, StaffId, Withheld
from domain.network import (
    AdoptRules,
    AppliesItself,
    AppointCoordinator,
    CoordinatingAgencyDesignated,
    CoordinatingAgencyStays,
    CoordinatorAppointed,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
    KnownNetwork,
    LeaveNetwork,
    Member,
    MemberJoined,
    MemberLeft,
    NetworkCommand,
    NetworkEstablished,
    NetworkEvent,
    NetworkNotFound,
    NoCoordinatorYet,
    NotInTheNetwork,
    NotTheImplementingBody,
    NotYourNetwork,
    RangeNotAccepted,
    Rules,
    RulesAdopted,
    VersionAlreadyUsed,
    network_among,
)
from domain.timers import TimerRules, Timers
from tests.invariants import accepted, refused
from tests.spec import an_id, given, making, role_of, someone, without_words

OPERATOR: Final = someone(9, "REPRESENTATIVE")
MAYOR: Final = someone(1, "REPRESENTATIVE")  # 緑野市: the implementing body.
KANEKO: Final = someone(2, "REPRESENTATIVE")  # 緑野市男女共同参画推進センター
COORDINATOR: Final = replace(KANEKO, staff=StaffId(an_id(60)), role="COORDINATOR")
WELFARE: Final = someone(3, "REPRESENTATIVE")  # 緑野市生活支援課
SALON: Final = someone(4, "REPRESENTATIVE")  # A beauty salon that wants to help.
MIDORINO: Final = NetworkId(MAYOR.new_id)
TODAY: Final = date(2026, 5, 13)


def agency(kind: AgencyKind, *staff: Context) -> KnownAgency:
    pledged = {each.staff: Staff(role_of(each), "2026-04") for each in staff}
    return KnownAgency(kind=kind, prefecture="06", staff=pledged)


AGENCIES: Final = {
    MAYOR.agency: agency("MUNICIPAL_WOMENS_SUPPORT_DIVISION", MAYOR),
    KANEKO.agency: agency("MUNICIPAL_GENDER_EQUALITY_CENTRE", KANEKO, COORDINATOR),
    WELFARE.agency: agency("PUBLIC_ASSISTANCE_DIVISION", WELFARE),
    SALON.agency: agency("REGISTERED_ESTABLISHMENT", SALON),
}
NETWORK: Final = network_among(OPERATOR.agency, AGENCIES)

establish = EstablishNetwork(
    name="緑野市困難女性支援ネットワーク",
    level="MUNICIPALITY",
    basis="MUNICIPAL_GUIDELINE",
    prefecture="06",
    area="緑野市",
    implementing_body=MAYOR.agency,
)
established = NetworkEstablished(
    network_id=MIDORINO,
    name="緑野市困難女性支援ネットワーク",
    level="MUNICIPALITY",
    basis="MUNICIPAL_GUIDELINE",
    prefecture="06",
    area="緑野市",
    implementing_body=MAYOR.agency,
    on=TODAY,
)


def joins(who: Context) -> MemberJoined:
    return MemberJoined(
        agency_id=who.agency, membership="MEMBER", is_practice_agency=True, outside_city=False
    )


def take_in(who: Context) -> JoinNetwork:
    return JoinNetwork(
        network_id=MIDORINO, agency_id=who.agency, membership="MEMBER", is_practice_agency=True
    )


apply = JoinNetwork(
    network_id=MIDORINO,
    agency_id=SALON.agency,
    membership="REGISTERED_ESTABLISHMENT",
    outside_city=True,
)
applied = MemberJoined(
    agency_id=SALON.agency,
    membership="REGISTERED_ESTABLISHMENT",
    is_practice_agency=False,
    outside_city=True,
)
appoint = AppointCoordinator(
    network_id=MIDORINO,
    agency_id=KANEKO.agency,
    staff_id=COORDINATOR.staff,
    qualification="FIVE_YEARS_EXPERIENCE",
)
appointed = CoordinatorAppointed(
    agency_id=KANEKO.agency, staff_id=COORDINATOR.staff, qualification="FIVE_YEARS_EXPERIENCE"
)
designate = DesignateCoordinatingAgency(network_id=MIDORINO, agency_id=KANEKO.agency)
designated = CoordinatingAgencyDesignated(agency_id=KANEKO.agency, on=TODAY)
LED: Final[tuple[NetworkEvent, ...]] = (
    established,
    joins(KANEKO),
    joins(WELFARE),
    appointed,
    designated,
)
adopt = AdoptRules(
    network_id=MIDORINO,
    version="2026-04",
    meeting_mode="PERIODIC_OR_AS_NEEDED",
    representatives_at_least=1,
    representatives_at_most=2,
    confidentiality_clause=("構成員及び構成員であった者は、知り得た秘密を漏らしてはならない。",),
    purpose_of_sharing=("困難女性の支援に必要な範囲に限る。",),
)
adopted = RulesAdopted(
    version="2026-04",
    meeting_mode="PERIODIC_OR_AS_NEEDED",
    representatives_at_least=1,
    representatives_at_most=2,
    review_interval_months=3,
    timers=TimerRules(),
    confidentiality_clause=adopt.confidentiality_clause,
    purpose_of_sharing=adopt.purpose_of_sharing,
)


def network(*events: NetworkEvent) -> KnownNetwork:
    known = NETWORK.replay(events)
    assert isinstance(known, KnownNetwork)
    return known


# Founding


def test_the_implementing_body_founds_a_network_and_so_may_the_operator() -> None:
    given(NETWORK).when(establish, by=MAYOR).then(established)
    given(NETWORK).when(establish, by=OPERATOR).then(
        replace(established, network_id=NetworkId(OPERATOR.new_id))
    )


def test_nobody_else_founds_a_network() -> None:
    for somebody in (KANEKO, replace(MAYOR, role="CASEWORKER")):
        given(NETWORK).when(establish, by=somebody).refused(NotTheImplementingBody)


def test_nothing_can_be_asked_of_a_network_that_is_not_there() -> None:
    for command in (adopt, take_in(WELFARE), appoint, designate):
        given(NETWORK).when(command, by=OPERATOR).refused(NetworkNotFound)


def test_what_a_network_is_called_stands_in_no_header() -> None:
    assert [field.name for field in cut_of(NetworkEstablished).sealed] == ["name", "area"]


# Rules


def test_a_network_sets_rules_for_itself_and_sets_them_anew() -> None:
    given(NETWORK, *LED).when(adopt, by=COORDINATOR).then(adopted)
    revised = replace(adopt, version="2027-04", review_interval_months=1)
    given(NETWORK, *LED, adopted).when(revised, by=MAYOR).then(
        replace(adopted, version="2027-04", review_interval_months=1)
    )


def test_no_two_rules_have_one_version() -> None:
    newer = replace(adopted, version="2027-04")
    for history in ((adopted,), (adopted, newer)):
        given(NETWORK, *LED, *history).when(adopt, by=COORDINATOR).refused(VersionAlreadyUsed)


def test_a_network_may_leave_open_how_often_it_meets_but_not_turn_it_around() -> None:
    open_ = replace(adopt, representatives_at_least=None, representatives_at_most=None)
    given(NETWORK, *LED).when(open_, by=COORDINATOR).then(
        replace(adopted, representatives_at_least=None, representatives_at_most=None)
    )
    turned = replace(adopt, representatives_at_least=3)
    given(NETWORK, *LED).when(turned, by=COORDINATOR).refused(RangeNotAccepted)


def test_the_rules_in_force_are_the_last_ones() -> None:
    assert network(*LED).rules is None
    newer = replace(adopted, version="2027-04", review_interval_months=1)
    assert network(*LED, adopted, newer).rules == Rules(
        version="2027-04",
        meeting_mode="PERIODIC_OR_AS_NEEDED",
        representatives_at_least=1,
        representatives_at_most=2,
        timers=Timers(review_interval_months=1),
    )


# Members


def test_members_are_taken_in_by_whoever_leads() -> None:
    for leader in (MAYOR, OPERATOR):
        given(NETWORK, established).when(take_in(WELFARE), by=leader).then(joins(WELFARE))
    led = (established, joins(KANEKO), appointed, designated)
    for leader in (KANEKO, COORDINATOR):
        given(NETWORK, *led).when(take_in(WELFARE), by=leader).then(joins(WELFARE))


def test_nobody_takes_themselves_in() -> None:
    for somebody in (WELFARE, KANEKO):
        itself = given(NETWORK, established, joins(KANEKO)).when(take_in(WELFARE), by=somebody)
        itself.refused(NotYourNetwork)


def test_an_establishment_applies_itself_from_in_or_outside_the_city() -> None:
    given(NETWORK, *LED).when(apply, by=SALON).then(applied)
    assert network(*LED, applied).members[SALON.agency] == Member(
        type="REGISTERED_ESTABLISHMENT", outside_city=True
    )


def test_nobody_applies_for_an_establishment_but_its_head() -> None:
    for somebody in (OPERATOR, KANEKO, replace(SALON, role="GATEKEEPER")):
        given(NETWORK, *LED).when(apply, by=somebody).refused(AppliesItself)


def test_joining_twice_is_joining_once_and_joining_otherwise_is_a_change() -> None:
    given(NETWORK, *LED).when(take_in(WELFARE), by=KANEKO).then_nothing()
    observes = replace(take_in(WELFARE), membership="OBSERVER")
    given(NETWORK, *LED).when(observes, by=KANEKO).then(
        replace(joins(WELFARE), membership="OBSERVER")
    )


def test_a_member_leaves_by_itself_or_is_let_go() -> None:
    leave = LeaveNetwork(network_id=MIDORINO, agency_id=WELFARE.agency)
    for somebody in (WELFARE, KANEKO, COORDINATOR, MAYOR, OPERATOR):
        given(NETWORK, *LED).when(leave, by=somebody).then(MemberLeft(agency_id=WELFARE.agency))
    for somebody in (SALON, replace(WELFARE, role="CASEWORKER")):
        given(NETWORK, *LED, applied).when(leave, by=somebody).refused(NotYourNetwork)


def test_who_is_no_member_leaves_nothing() -> None:
    leave = LeaveNetwork(network_id=MIDORINO, agency_id=SALON.agency)
    given(NETWORK, *LED).when(leave, by=SALON).then_nothing()


def test_whoever_leaves_takes_their_coordinators_along() -> None:
    also = CoordinatorAppointed(
        agency_id=WELFARE.agency, staff_id=WELFARE.staff, qualification="APPROVED_BY_BODY"
    )
    left = network(*LED, also, MemberLeft(agency_id=WELFARE.agency))
    assert left.coordinators == {COORDINATOR.staff: KANEKO.agency}
    assert left.members.keys() == {KANEKO.agency}


# Who leads


@accepted("INV-A3")
def test_a_member_with_a_coordinator_leads() -> None:
    given(NETWORK, established, joins(KANEKO), appointed).when(designate, by=MAYOR).then(designated)
    assert network(*LED).coordinating == KANEKO.agency


@refused("INV-A3", guard="domain.network.organising:check_is_member")
def test_nobody_leads_who_is_not_a_member() -> None:
    strangers = (established, appointed)
    given(NETWORK, *strangers).when(designate, by=MAYOR).refused(NotInTheNetwork)
    for membership in ("OBSERVER", "REGISTERED_ESTABLISHMENT"):
        only = replace(joins(KANEKO), membership=membership)
        given(NETWORK, established, only, appointed).when(designate, by=MAYOR).refused(
            NotInTheNetwork
        )


@refused("INV-A3", guard="domain.network.organising:check_has_coordinator")
def test_nobody_leads_without_a_coordinator() -> None:
    given(NETWORK, established, joins(KANEKO)).when(designate, by=MAYOR).refused(NoCoordinatorYet)
    elsewhere = replace(appointed, agency_id=WELFARE.agency)
    history = (established, joins(KANEKO), joins(WELFARE), elsewhere)
    given(NETWORK, *history).when(designate, by=MAYOR).refused(NoCoordinatorYet)


def test_a_coordinator_who_has_left_coordinates_nothing() -> None:
    left = {COORDINATOR.staff: Staff("COORDINATOR", "2026-04", left=TODAY)}
    gone = network_among(
        OPERATOR.agency, {**AGENCIES, KANEKO.agency: replace(AGENCIES[KANEKO.agency], staff=left)}
    )
    history = (established, joins(KANEKO), appointed)
    given(gone, *history).when(designate, by=MAYOR).refused(NoCoordinatorYet)


@refused("INV-A3", guard="domain.network.organising:check_coordinating_agency_stays")
def test_whoever_leads_stays_a_member() -> None:
    leave = LeaveNetwork(network_id=MIDORINO, agency_id=KANEKO.agency)
    observe = replace(take_in(KANEKO), membership="OBSERVER")
    for command in (leave, observe):
        given(NETWORK, *LED).when(command, by=KANEKO).refused(CoordinatingAgencyStays)


def test_exactly_one_leads_at_a_time() -> None:
    also = CoordinatorAppointed(
        agency_id=WELFARE.agency, staff_id=WELFARE.staff, qualification="APPROVED_BY_BODY"
    )
    instead = replace(designate, agency_id=WELFARE.agency)
    now = CoordinatingAgencyDesignated(agency_id=WELFARE.agency, on=TODAY)
    given(NETWORK, *LED, also).when(instead, by=MAYOR).then(now)
    assert network(*LED, also, now).coordinating == WELFARE.agency
    leave = LeaveNetwork(network_id=MIDORINO, agency_id=KANEKO.agency)
    given(NETWORK, *LED, also, now).when(leave, by=KANEKO).then(MemberLeft(agency_id=KANEKO.agency))


def test_designating_twice_is_designating_once() -> None:
    given(NETWORK, *LED).when(designate, by=MAYOR).then_nothing()


def test_nobody_makes_themselves_the_leader() -> None:
    history = (established, joins(KANEKO), appointed)
    for somebody in (KANEKO, WELFARE, replace(MAYOR, role="CASEWORKER")):
        given(NETWORK, *history).when(designate, by=somebody).refused(NotTheImplementingBody)


def test_a_coordinator_is_appointed_by_their_own_head_or_whoever_leads() -> None:
    history = (established, joins(KANEKO))
    for somebody in (KANEKO, MAYOR, OPERATOR):
        given(NETWORK, *history).when(appoint, by=somebody).then(appointed)
    for somebody in (WELFARE, COORDINATOR):
        given(NETWORK, *history).when(appoint, by=somebody).refused(NotYourNetwork)
    given(NETWORK, *history, appointed).when(appoint, by=KANEKO).then_nothing()


def test_a_coordinator_works_there_and_has_signed() -> None:
    unknown = replace(appoint, staff_id=StaffId(an_id(61)))
    given(NETWORK, established, joins(KANEKO)).when(unknown, by=KANEKO).refused(StaffNotKnown)
    unsigned = {COORDINATOR.staff: Staff("COORDINATOR")}
    agencies = {KANEKO.agency: replace(AGENCIES[KANEKO.agency], staff=unsigned)}
    given(network_among(OPERATOR.agency, agencies), established, joins(KANEKO)).when(
        appoint, by=KANEKO
    ).refused(StaffNotPledged)


def test_a_coordinator_works_for_a_member() -> None:
    given(NETWORK, established).when(appoint, by=KANEKO).refused(NotInTheNetwork)


@accepted("INV-A6")
def test_the_coordinating_agency_keeps_the_network_by_its_coordinators() -> None:
    by = replace(COORDINATOR, role="PRACTITIONER")  # Appointed, by whatever title.
    given(NETWORK, *LED).when(adopt, by=by).then(adopted)


@refused("INV-A6", guard="domain.network.state:keeps", instead=True)
def test_no_other_member_and_no_former_leader_keeps_it() -> None:
    also = CoordinatorAppointed(
        agency_id=WELFARE.agency, staff_id=WELFARE.staff, qualification="APPROVED_BY_BODY"
    )
    now = CoordinatingAgencyDesignated(agency_id=WELFARE.agency, on=TODAY)
    given(NETWORK, *LED).when(adopt, by=WELFARE).refused(NotYourNetwork)
    given(NETWORK, *LED, also, now).when(adopt, by=KANEKO).refused(NotYourNetwork)
    given(NETWORK, *LED, also, now).when(adopt, by=COORDINATOR).refused(NotYourNetwork)


# The model: a city with its fourteen divisions, eleven related agencies, and one that leads.

DIVISIONS: Final[tuple[AgencyKind, ...]] = (
    "MUNICIPAL_GENDER_EQUALITY_DIVISION",
    "CIVIC_COLLABORATION_DIVISION",
    "RESIDENT_REGISTRATION_DIVISION",
    "INSURANCE_PENSION_DIVISION",
    "RESIDENT_TAX_DIVISION",
    "TAX_COLLECTION_DIVISION",
    "PUBLIC_ASSISTANCE_DIVISION",
    "DISABILITY_WELFARE_DIVISION",
    "ELDERLY_CARE_DIVISION",
    "MATERNAL_CHILD_HEALTH_DIVISION",
    "CHILD_WELFARE_DIVISION",
    "CHILD_WELFARE_DIVISION",  # 子ども家庭総合支援センター
    "CHILDCARE_DIVISION",
    "SCHOOL_AFFAIRS_DIVISION",
)
RELATED: Final[tuple[AgencyKind, ...]] = (
    "CHILD_GUIDANCE_CENTRE",
    "POLICE",
    "PREFECTURAL_GENDER_EQUALITY_CENTRE",
    "MEDICAL_ASSOCIATION",  # 医師会
    "MEDICAL_ASSOCIATION",  # 歯科医師会
    "MEDICAL_ASSOCIATION",  # 薬剤師会
    "SOCIAL_WELFARE_COUNCIL",
    "WELFARE_COMMISSIONER",
    "HUMAN_RIGHTS_COMMISSIONER",
    "MOTHER_CHILD_VOLUNTEER",
    "PTA",
)


def test_a_city_builds_its_network_of_fourteen_divisions_and_eleven_related_agencies() -> None:
    assert (len(DIVISIONS), len(RELATED)) == (14, 11)
    kinds: dict[AgencyId, AgencyKind] = {KANEKO.agency: "MUNICIPAL_GENDER_EQUALITY_CENTRE"}
    kinds |= {AgencyId(an_id(300 + n)): k for n, k in enumerate((*DIVISIONS, *RELATED))}
    agencies = {each: agency(kind) for each, kind in kinds.items()}
    agencies[KANEKO.agency] = AGENCIES[KANEKO.agency]
    agencies[SALON.agency] = AGENCIES[SALON.agency]
    city = network_among(OPERATOR.agency, agencies)
    history: tuple[NetworkEvent, ...] = city.decide(city.initial, establish, MAYOR)
    joining = (replace(take_in(KANEKO), agency_id=each) for each in kinds)
    asked: list[tuple[NetworkCommand, Context]] = [
        *((join, MAYOR) for join in joining),
        (apply, SALON),
        (appoint, KANEKO),
        (designate, MAYOR),
        (adopt, COORDINATOR),
    ]
    for number, (command, by) in enumerate(asked):
        who = making(by, an_id(600 + number))
        history += city.decide(city.replay(history), command, who)
    built = city.replay(history)
    assert isinstance(built, KnownNetwork)
    types = [member.type for member in built.members.values()]
    assert (types.count("MEMBER"), types.count("REGISTERED_ESTABLISHMENT")) == (26, 1)
    assert sum(isinstance(each, CoordinatingAgencyDesignated) for each in history) == 1
    assert built.coordinating == KANEKO.agency


# What is sealed


@pytest.mark.parametrize("withheld", [CLOSED, ERASED], ids=lambda withheld: withheld.withheld)
def test_what_is_decided_hangs_on_nothing_that_is_sealed(withheld: Withheld) -> None:
    history = (*LED, adopted, applied)
    assert NETWORK.replay(without_words(each, withheld) for each in history) == network(*history)
