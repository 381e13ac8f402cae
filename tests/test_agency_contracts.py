"""Commission contracts: nobody protects women for a Centre without one, and without a check."""

from datetime import date
from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import (
    AgencyNotKnown,
    AgencyRegistered,
    AgencySuspended,
    CommissionContractEnded,
    CommissionContractStarted,
    ContractNotFound,
    ContractOverlaps,
    EndCommissionContract,
    FunctionDesignated,
    KnownAgency,
    NoAgency,
    NotTheCentre,
    PeriodNotAccepted,
    StandardNotMet,
    StartCommissionContract,
    agency_under,
    contract_of,
    has_contract,
    was_commissioned,
)
from domain.agency.contracts import ContractEvent
from domain.agency_codes import Criterion
from domain.model import AgencyId, ContractId, StaffRole
from tests.invariants import accepted, refused
from tests.spec import an_id, given, making, someone

OPERATOR: Final = AgencyId(an_id(9))
HIDAMARI: Final = AgencyId(an_id(30))
DIRECTOR: Final = someone(2, "CENTRE_DIRECTOR")
ELSEWHERE: Final = someone(3, "CENTRE_DIRECTOR")
CENTRE: Final = KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="06")
AGENCY: Final = agency_under(OPERATOR, CENTRE)
CHECKED: Final[frozenset[Criterion]] = frozenset(
    {"CORPORATE_STATUS", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"}
)

registered = AgencyRegistered(
    agency_id=HIDAMARI,
    kind="PRIVATE_SHELTER",
    name="NPO法人ひだまりシェルター",
    prefecture="06",
    municipality=None,
    sector="PRIVATE",
    publish_name=False,
)
suspended = AgencySuspended(on=date(2026, 5, 13))
start = StartCommissionContract(
    agency_id=HIDAMARI,
    valid_from=date(2026, 4, 1),
    valid_until=date(2027, 3, 31),
    criteria_check=CHECKED,
)
started = CommissionContractStarted(
    contract_id=ContractId(DIRECTOR.new_id),
    centre=DIRECTOR.agency,
    valid_from=date(2026, 4, 1),
    valid_until=date(2027, 3, 31),
    criteria_check=CHECKED,
)
end = EndCommissionContract(agency_id=HIDAMARI, contract_id=started.contract_id)
ended = CommissionContractEnded(contract_id=started.contract_id)


def provider(*events: ContractEvent) -> KnownAgency:
    agency = AGENCY.replay((registered, *events))
    assert isinstance(agency, KnownAgency)
    return agency


def runs(agency: KnownAgency, on: date, centre: AgencyId = DIRECTOR.agency) -> bool:
    return has_contract(agency, centre, on)


@accepted("INV-A5")
def test_a_centre_commissions_protection_once_the_standard_was_checked() -> None:
    given(AGENCY, registered).when(start, by=DIRECTOR).then(started)


@accepted("INV-A5")
def test_a_contract_runs_from_its_first_day_to_the_end_of_its_last() -> None:
    agency = provider(started)
    assert not runs(agency, date(2026, 3, 31))
    assert runs(agency, date(2026, 4, 1))
    assert runs(agency, date(2027, 3, 31))
    assert not runs(agency, date(2027, 4, 1))
    assert contract_of(agency, DIRECTOR.agency, date(2026, 5, 13)) == started.contract_id


@refused("INV-A5", guard="domain.agency.contracts:check_standard")
def test_no_contract_starts_before_the_standard_is_met_in_full() -> None:
    for missing in ("CORPORATE_STATUS", "NOT_OPEN_TO_PUBLIC", "SAFETY", "HYGIENE", "PRIVACY"):
        unchecked = replace(start, criteria_check=CHECKED - {missing})
        given(AGENCY, registered).when(unchecked, by=DIRECTOR).refused(StandardNotMet)


def test_a_record_of_three_years_stands_for_corporate_status() -> None:
    criteria = CHECKED - {"CORPORATE_STATUS"} | {"THREE_YEARS_RECORD"}
    experienced = replace(start, criteria_check=criteria)
    given(AGENCY, registered).when(experienced, by=DIRECTOR).then(
        replace(started, criteria_check=criteria)
    )


def test_another_centres_contract_is_none_of_its_own() -> None:
    assert not runs(provider(started), date(2026, 5, 13), ELSEWHERE.agency)


def test_a_contract_that_is_ended_ends_at_once() -> None:
    given(AGENCY, registered, started).when(end, by=DIRECTOR).then(ended)
    assert not runs(provider(started, ended), date(2026, 5, 13))


def test_whom_a_centre_once_commissioned_it_has_commissioned_for_ever() -> None:
    assert not was_commissioned(provider())
    assert was_commissioned(provider(started))
    assert was_commissioned(provider(started, ended))


def test_ending_a_contract_twice_is_ending_it_once() -> None:
    given(AGENCY, registered, started, ended).when(end, by=DIRECTOR).then_nothing()


def test_a_contract_of_another_centre_is_not_there_to_be_ended() -> None:
    given(AGENCY, registered, started).when(end, by=ELSEWHERE).refused(ContractNotFound)
    given(AGENCY, registered).when(end, by=DIRECTOR).refused(ContractNotFound)


def test_a_contract_ends_also_with_an_agency_that_is_suspended() -> None:
    given(AGENCY, registered, started, suspended).when(end, by=DIRECTOR).then(ended)
    given(AGENCY, registered, suspended).when(start, by=DIRECTOR).refused(AgencyNotKnown)


def test_the_next_contract_follows_the_last_without_overlapping() -> None:
    next_year = replace(start, valid_from=date(2027, 4, 1), valid_until=date(2028, 3, 31))
    by = making(DIRECTOR, an_id(90))
    follows = replace(
        started,
        contract_id=ContractId(by.new_id),
        valid_from=date(2027, 4, 1),
        valid_until=date(2028, 3, 31),
    )
    given(AGENCY, registered, started).when(next_year, by=by).then(follows)
    on_the_last_day = replace(next_year, valid_from=date(2027, 3, 31))
    given(AGENCY, registered, started).when(on_the_last_day, by=by).refused(ContractOverlaps)
    given(AGENCY, registered, started).when(start, by=by).refused(ContractOverlaps)


def test_what_was_ended_stands_in_nobodys_way() -> None:
    given(AGENCY, registered, started, ended).when(start, by=DIRECTOR).then(started)


def test_two_centres_may_commission_the_same_shelter() -> None:
    theirs = replace(started, contract_id=ContractId(ELSEWHERE.new_id), centre=ELSEWHERE.agency)
    given(AGENCY, registered, started).when(start, by=ELSEWHERE).then(theirs)


def test_a_contract_ends_on_the_day_it_begins_or_later() -> None:
    for_a_day = replace(start, valid_until=date(2026, 4, 1))
    given(AGENCY, registered).when(for_a_day, by=DIRECTOR).then(
        replace(started, valid_until=date(2026, 4, 1))
    )
    backwards = replace(start, valid_until=date(2026, 3, 31))
    given(AGENCY, registered).when(backwards, by=DIRECTOR).refused(PeriodNotAccepted)


@pytest.mark.parametrize("role", ["CASEWORKER", "COORDINATOR", "WOMENS_SUPPORT_COUNSELLOR"])
def test_only_the_head_of_a_centre_commissions(role: StaffRole) -> None:
    by = replace(DIRECTOR, role=role)
    for command in (start, end):
        given(AGENCY, registered, started).when(command, by=by).refused(NotTheCentre)


def test_only_a_centre_commissions() -> None:
    for own in (NoAgency(), KnownAgency(kind="WELFARE_OFFICE", prefecture="06")):
        office = agency_under(OPERATOR, own)
        for command in (start, end):
            given(office, registered, started).when(command, by=DIRECTOR).refused(NotTheCentre)


def test_an_agency_that_was_made_a_centre_commissions_too() -> None:
    merged = agency_under(OPERATOR).replay(
        (
            replace(registered, kind="PREFECTURAL_GENDER_EQUALITY_CENTRE"),
            FunctionDesignated(function="WOMENS_SUPPORT_CENTRE", on=date(2024, 4, 1)),
        )
    )
    given(agency_under(OPERATOR, merged), registered).when(start, by=DIRECTOR).then(started)
