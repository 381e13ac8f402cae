"""What becomes of an agency: corrected, given a function, suspended, succeeded, ended."""

from datetime import date
from typing import Final, TypeAlias, get_args

import pytest
from msgspec.structs import replace

from domain.agency import (
    AGENCY,
    AgencyCommand,
    AgencyDeactivated,
    AgencyEvent,
    AgencyIsGone,
    AgencyIsSuspended,
    AgencyNotKnown,
    AgencyRegistered,
    AgencyRestored,
    AgencySucceeded,
    AgencySuspended,
    AgencyTookOver,
    AgencyUpdated,
    CommissionContractEnded,
    CommissionContractStarted,
    ConsultationWindowSet,
    DeactivateAgency,
    DesignateFunction,
    EndCommissionContract,
    EndEnrolment,
    EndFeedCustodian,
    EnrolStaff,
    FeedCustodianEnded,
    FeedCustodianNamed,
    FunctionDesignated,
    KnownAgency,
    NameFeedCustodian,
    NoAgency,
    NotTheOperator,
    NotYourAgency,
    OfferService,
    OperatorStays,
    PledgeSigned,
    RegisterAgency,
    RegisteredUnderAnOpenName,
    RestoreAgency,
    ServiceOffered,
    ServiceWithdrawn,
    SetConsultationWindow,
    SignPledge,
    StaffEnrolled,
    StaffLeft,
    StartCommissionContract,
    SucceedAgency,
    SuccessorNotAnother,
    SuspendAgency,
    UpdateAgency,
    WithdrawService,
    agency_under,
    agreed_for,
    check_in_good_standing,
    check_may_act,
    took_over,
)
from domain.agency_codes import Criterion
from domain.model import AgencyId, ContractId, StaffId
from domain.speech import Refused
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import an_id, given, someone

OPERATOR: Final = someone(9, "REPRESENTATIVE")
MIDORI: Final = AgencyId(an_id(40))  # 緑野市男女共同参画推進センター
NEW: Final = AgencyId(an_id(41))
KANEKO: Final = replace(someone(42, "REPRESENTATIVE"), agency=MIDORI)
SATO: Final = StaffId(an_id(43))
TODAY: Final = date(2026, 5, 13)
CENTRE: Final = KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="06")
DIRECTOR: Final = someone(2, "CENTRE_DIRECTOR")
DECIDER: Final = agency_under(OPERATOR.agency, CENTRE)
CHECKED: Final[frozenset[Criterion]] = frozenset(
    {"CORPORATE_STATUS", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
)

registered = AgencyRegistered(
    agency_id=MIDORI,
    kind="MUNICIPAL_GENDER_EQUALITY_CENTRE",
    name="緑野市男女共同参画推進センター",
    prefecture="06",
    municipality="06201",
    sector="PUBLIC",
    publish_name=True,
)
suspended = AgencySuspended(on=TODAY)
succeeded = AgencySucceeded(old=MIDORI, new=NEW, on=TODAY)
deactivated = AgencyDeactivated(on=TODAY)
designated = FunctionDesignated(function="DV_SUPPORT_CENTRE", on=TODAY)
offered = ServiceOffered(service_code="FREE_LEGAL_CONSULTATION", field="LEGAL")

designate = DesignateFunction(agency_id=MIDORI, function="DV_SUPPORT_CENTRE")
succeed = SucceedAgency(agency_id=MIDORI, successor=NEW)
deactivate = DeactivateAgency(agency_id=MIDORI)
offer = OfferService(agency_id=MIDORI, service_code="FREE_LEGAL_CONSULTATION", field="LEGAL")


# Registering and correcting


def test_an_agency_may_be_several_things_and_be_run_by_several_bodies() -> None:
    register = RegisterAgency(
        kind="WOMENS_SUPPORT_CENTRE",
        name="青葉県女性相談支援センター",
        prefecture="06",
        sector="PUBLIC",
        functions=frozenset({"WOMENS_SELF_RELIANCE_FACILITY", "DV_SUPPORT_CENTRE"}),
        operators=frozenset({NEW}),
    )
    given(DECIDER).when(register, by=OPERATOR).then(
        AgencyRegistered(
            agency_id=AgencyId(OPERATOR.new_id),
            kind="WOMENS_SUPPORT_CENTRE",
            name="青葉県女性相談支援センター",
            prefecture="06",
            municipality=None,
            sector="PUBLIC",
            functions=frozenset({"WOMENS_SELF_RELIANCE_FACILITY", "DV_SUPPORT_CENTRE"}),
            operators=frozenset({NEW}),
            publish_name=False,
        )
    )


def test_a_place_of_protection_is_registered_under_a_name_that_is_kept_secret() -> None:
    office = RegisterAgency(
        kind="PRIVATE_SUPPORT_ORGANISATION",
        name="NPO法人ほほえみ",
        sector="PRIVATE",
        functions=frozenset({"PRIVATE_SHELTER"}),
    )
    given(DECIDER).when(office, by=OPERATOR).refused(RegisteredUnderAnOpenName)
    become = replace(designate, function="STEP_HOUSE")
    given(DECIDER, registered).when(become, by=OPERATOR).refused(RegisteredUnderAnOpenName)
    shelter = replace(registered, kind="PRIVATE_SHELTER")
    given(DECIDER, shelter).when(become, by=OPERATOR).then(
        FunctionDesignated(function="STEP_HOUSE", on=TODAY)
    )


def test_what_is_corrected_is_said_and_what_is_not_said_stays() -> None:
    rename = UpdateAgency(agency_id=MIDORI, name="緑野市女性センター")
    renamed = AgencyUpdated(
        kind="MUNICIPAL_GENDER_EQUALITY_CENTRE", name="緑野市女性センター", municipality=None
    )
    given(DECIDER, registered).when(rename, by=OPERATOR).then(renamed)
    given(DECIDER, registered).when(rename, by=KANEKO).then(renamed)
    said_nothing = UpdateAgency(agency_id=MIDORI)
    given(DECIDER, registered).when(said_nothing, by=KANEKO).then_nothing()
    for somebody in (replace(KANEKO, role="CASEWORKER"), someone(11, "REPRESENTATIVE")):
        given(DECIDER, registered).when(rename, by=somebody).refused(NotYourAgency)


def test_a_private_body_is_named_in_public_if_and_as_long_as_it_says_so() -> None:
    salon = replace(registered, sector="PRIVATE", publish_name=False)
    renamed = AgencyUpdated(kind=salon.kind, name=None, municipality=None)
    for history, named in (
        ((registered,), True),
        ((salon,), False),
        ((salon, replace(renamed, publish_name=True)), True),
        ((salon, replace(renamed, publish_name=True), renamed), True),
        ((replace(salon, publish_name=True), replace(renamed, publish_name=False)), False),
        ((salon, replace(renamed, sector="PUBLIC")), True),
    ):
        agency = DECIDER.replay(history)
        assert isinstance(agency, KnownAgency)
        assert agency.named_in_public is named


def test_the_name_of_a_shelter_is_corrected_as_secretly_as_it_was_given() -> None:
    shelter = replace(registered, kind="PRIVATE_SHELTER")
    rename = UpdateAgency(agency_id=MIDORI, name="つきのわ", publish_name=False)
    given(DECIDER, shelter).when(rename, by=KANEKO).then(
        AgencyUpdated(
            kind="PRIVATE_SHELTER", name="つきのわ", municipality=None, publish_name=False
        )
    )


def test_an_agency_is_given_a_function_beside_what_it_is() -> None:
    given(DECIDER, registered).when(designate, by=OPERATOR).then(designated)
    given(DECIDER, registered, designated).when(designate, by=OPERATOR).then_nothing()
    itself = replace(designate, function="MUNICIPAL_GENDER_EQUALITY_CENTRE")
    given(DECIDER, registered).when(itself, by=OPERATOR).then_nothing()
    given(DECIDER, registered).when(designate, by=KANEKO).refused(NotTheOperator)


# What it offers


def test_an_agency_says_itself_what_it_can_do() -> None:
    given(DECIDER, registered).when(offer, by=KANEKO).then(offered)
    given(DECIDER, registered, offered).when(offer, by=KANEKO).then_nothing()
    elsewhere = replace(offer, field="OTHER")
    given(DECIDER, registered, offered).when(elsewhere, by=KANEKO).then(
        replace(offered, field="OTHER")
    )


def test_what_is_no_longer_offered_is_withdrawn() -> None:
    withdraw = WithdrawService(agency_id=MIDORI, service_code="FREE_LEGAL_CONSULTATION")
    withdrawn = ServiceWithdrawn(service_code="FREE_LEGAL_CONSULTATION")
    given(DECIDER, registered, offered).when(withdraw, by=KANEKO).then(withdrawn)
    given(DECIDER, registered).when(withdraw, by=KANEKO).then_nothing()
    given(DECIDER, registered, offered, withdrawn).when(withdraw, by=KANEKO).then_nothing()


def test_a_window_says_how_and_when_it_can_be_reached_and_in_which_languages() -> None:
    given(DECIDER, registered).when(
        SetConsultationWindow(
            agency_id=MIDORI,
            channels=frozenset({"PHONE", "SNS"}),
            hours=("平日 9時から17時まで", "第2土曜日 10時から15時まで"),
            languages=frozenset({"ja", "vi"}),
        ),
        by=KANEKO,
    ).then(
        ConsultationWindowSet(
            channels=frozenset({"PHONE", "SNS"}),
            hours=("平日 9時から17時まで", "第2土曜日 10時から15時まで"),
            languages=frozenset({"ja", "vi"}),
        )
    )


def test_what_it_offers_is_the_business_of_its_own_head() -> None:
    window = SetConsultationWindow(agency_id=MIDORI, channels=frozenset({"PHONE"}))
    withdraw = WithdrawService(agency_id=MIDORI, service_code="FREE_LEGAL_CONSULTATION")
    for command in (offer, withdraw, window):
        elsewhere = given(DECIDER, registered).when(command, by=someone(11, "REPRESENTATIVE"))
        elsewhere.refused(NotYourAgency)


# Its end


def test_an_agency_is_succeeded_by_another() -> None:
    given(DECIDER, registered).when(succeed, by=OPERATOR).then(succeeded)
    given(DECIDER, registered, succeeded).when(succeed, by=OPERATOR).then_nothing()
    by_itself = replace(succeed, successor=MIDORI)
    given(DECIDER, registered).when(by_itself, by=OPERATOR).refused(SuccessorNotAnother)
    by_a_third = replace(succeed, successor=AgencyId(an_id(44)))
    given(DECIDER, registered, succeeded).when(by_a_third, by=OPERATOR).refused(AgencyIsGone)
    given(DECIDER, registered).when(succeed, by=KANEKO).refused(NotTheOperator)


def test_a_successor_follows_also_those_whom_the_old_one_had_followed() -> None:
    oldest = AgencyId(an_id(39))
    old = DECIDER.replay((registered, AgencyTookOver(old=oldest, on=date(2024, 4, 1))))
    assert isinstance(old, KnownAgency)
    both = took_over(old, succeeded)
    assert both == (AgencyTookOver(old=MIDORI, on=TODAY), AgencyTookOver(old=oldest, on=TODAY))
    new = DECIDER.replay((replace(registered, agency_id=NEW), *both))
    assert isinstance(new, KnownAgency)
    assert new.predecessors == {MIDORI, oldest}


def test_an_agency_that_ends_ends_once() -> None:
    given(DECIDER, registered).when(deactivate, by=OPERATOR).then(deactivated)
    given(DECIDER, registered, deactivated).when(deactivate, by=OPERATOR).then_nothing()
    given(DECIDER, registered, succeeded).when(deactivate, by=OPERATOR).then_nothing()
    given(DECIDER, registered, suspended).when(deactivate, by=OPERATOR).then(deactivated)
    given(DECIDER, registered).when(deactivate, by=KANEKO).refused(NotTheOperator)


def test_the_operator_neither_ends_nor_is_succeeded() -> None:
    itself = agency_under(MIDORI)
    by = replace(KANEKO, role="COORDINATOR")
    for command in (SuspendAgency(agency_id=MIDORI), succeed, deactivate):
        given(itself, registered).when(command, by=by).refused(OperatorStays)


@pytest.mark.parametrize("gone", [succeeded, deactivated], ids=lambda gone: type(gone).__name__)
def test_nobody_acts_for_an_agency_that_is_no_more_and_nobody_is_sent_there(
    gone: AgencyEvent,
) -> None:
    enrolled = StaffEnrolled(
        staff_id=SATO, role="CASEWORKER", qualifications=frozenset(), years_in_field=None
    )
    pledged = PledgeSigned(staff_id=SATO, text_version="2026-04", on=TODAY)
    agency = DECIDER.replay((registered, enrolled, pledged, gone))
    with pytest.raises(AgencyIsSuspended):
        check_may_act(agency, SATO, "CASEWORKER")
    with pytest.raises(AgencyNotKnown):
        check_in_good_standing(agency)


# Every command in every state

enrolled = StaffEnrolled(
    staff_id=SATO, role="CASEWORKER", qualifications=frozenset(), years_in_field=None
)
pledged = PledgeSigned(staff_id=SATO, text_version="2026-04", on=TODAY)
custodian = FeedCustodianNamed(staff_id=SATO)
contract = CommissionContractStarted(
    contract_id=ContractId(an_id(45)),
    centre=DIRECTOR.agency,
    valid_from=TODAY,
    valid_until=TODAY,
    criteria_check=CHECKED,
)
BEFORE: Final = (registered, enrolled, pledged, custodian, offered, contract)
STATES: Final[dict[str, tuple[AgencyEvent, ...]]] = {
    "ACTIVE": BEFORE,
    "SUSPENDED": (*BEFORE, suspended),
    "SUCCEEDED": (*BEFORE, succeeded),
    "DEACTIVATED": (*BEFORE, deactivated),
}
Outcome: TypeAlias = type[AgencyEvent] | type[Refused] | None
there: Final = {"SUCCEEDED": AgencyIsGone, "DEACTIVATED": AgencyIsGone}


def everywhere(outcome: Outcome) -> dict[str, Outcome]:
    return dict.fromkeys(STATES, outcome)


COMMANDS: Final[dict[AgencyCommand, dict[str, Outcome]]] = {
    UpdateAgency(agency_id=MIDORI, name="緑野市女性センター"): {
        **everywhere(AgencyUpdated),
        **there,
    },
    designate: {**everywhere(FunctionDesignated), **there},
    SuspendAgency(agency_id=MIDORI): {**everywhere(None), "ACTIVE": AgencySuspended},
    RestoreAgency(agency_id=MIDORI): {
        "ACTIVE": None,
        "SUSPENDED": AgencyRestored,
        **there,
    },
    succeed: {
        "ACTIVE": AgencySucceeded,
        "SUSPENDED": AgencySucceeded,
        "SUCCEEDED": None,
        "DEACTIVATED": AgencyIsGone,
    },
    deactivate: {
        "ACTIVE": AgencyDeactivated,
        "SUSPENDED": AgencyDeactivated,
        "SUCCEEDED": None,
        "DEACTIVATED": None,
    },
    EnrolStaff(agency_id=MIDORI, role="CASEWORKER"): {**everywhere(StaffEnrolled), **there},
    SignPledge(agency_id=MIDORI, staff_id=SATO, text_version="2027-04"): {
        **everywhere(PledgeSigned),
        **there,
    },
    EndEnrolment(agency_id=MIDORI, staff_id=SATO): everywhere(StaffLeft),
    NameFeedCustodian(agency_id=MIDORI, staff_id=SATO): everywhere(None),
    EndFeedCustodian(agency_id=MIDORI, staff_id=SATO): everywhere(FeedCustodianEnded),
    OfferService(agency_id=MIDORI, service_code="INTERPRETING", field="OTHER"): {
        **everywhere(ServiceOffered),
        **there,
    },
    WithdrawService(agency_id=MIDORI, service_code="FREE_LEGAL_CONSULTATION"): {
        **everywhere(ServiceWithdrawn),
        **there,
    },
    SetConsultationWindow(agency_id=MIDORI, channels=frozenset({"PHONE"})): {
        **everywhere(ConsultationWindowSet),
        **there,
    },
    StartCommissionContract(
        agency_id=MIDORI,
        valid_from=date(2027, 4, 1),
        valid_until=date(2028, 3, 31),
        criteria_check=CHECKED,
    ): {"ACTIVE": CommissionContractStarted, "SUSPENDED": AgencyNotKnown, **there},
    EndCommissionContract(agency_id=MIDORI, contract_id=contract.contract_id): everywhere(
        CommissionContractEnded
    ),
}


course(
    "agency",
    (
        (state, type(command).__name__, outcome)
        for command, outcomes in COMMANDS.items()
        for state, outcome in outcomes.items()
    ),
)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_every_command_does_in_every_state_what_the_table_says(
    command: AgencyCommand, state: str
) -> None:
    by = DIRECTOR if "Contract" in type(command).__name__ else OPERATOR
    agency = DECIDER.replay(STATES[state])
    outcome: Outcome
    try:
        events = DECIDER.decide(agency, command, by)
    except Refused as why:
        events, outcome = (), type(why)
    else:
        outcome = type(events[0]) if events else None
    assert outcome is COMMANDS[command][state]
    after = DECIDER.replay((*STATES[state], *events))
    assert isinstance(after, KnownAgency)
    assert not events or after.status == AGENCY.after(state, type(events[0]))


def test_the_table_has_every_command() -> None:
    commands = {type(command) for command in COMMANDS} | {RegisterAgency}
    assert commands == set(get_args(AgencyCommand))


def test_whoever_took_over_must_be_there_to_do_so() -> None:
    assert AGENCY.allows("ACTIVE", AgencyTookOver)
    assert not AGENCY.allows("SUSPENDED", AgencyTookOver)


# What she agreed to for the old one

IN_FORCE: Final = frozenset({MIDORI})


def took(*old: AgencyId) -> KnownAgency:
    new = replace(registered, agency_id=NEW)
    agency = DECIDER.replay((new, *(AgencyTookOver(old=each, on=TODAY) for each in old)))
    assert isinstance(agency, KnownAgency)
    return agency


@accepted("INV-C12")
def test_what_she_agreed_to_passes_to_whoever_takes_over() -> None:
    assert agreed_for(IN_FORCE, NEW, took(MIDORI), "HLT")
    assert not agreed_for(IN_FORCE, NEW, took(), "HLT")
    assert not agreed_for(IN_FORCE, NEW, NoAgency(), "HLT")


@refused("INV-C12", guard="domain.agency.state:passes_on", instead=True)
def test_where_she_is_passes_to_nobody() -> None:
    assert agreed_for(IN_FORCE, MIDORI, took(), "LOC")
    assert not agreed_for(IN_FORCE, NEW, took(MIDORI), "LOC")
