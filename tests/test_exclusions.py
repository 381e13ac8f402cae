"""Exclusions: whom she shuts out, whatever she has granted, until she lifts it herself."""

from typing import Final

import msgspec
import pytest
from msgspec.structs import replace

from domain.agency import KnownAgency
from domain.case import CaseNotFound
from domain.case.course import CaseIsRestricted
from domain.consent_ledger import excluded, excluded_staff
from domain.exclusions import (
    ExcludeOne,
    ExclusionLifted,
    ExclusionNotFound,
    ExclusionSet,
    LiftExclusion,
    SetExclusion,
)
from tests.consenting import LEDGER, explained, granted, ledger
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, POLICE, SHELTER, given

HIS_SISTERS_OFFICE: Final = SHELTER.agency
HIS_SISTER: Final = SHELTER.staff

exclude = SetExclusion(agency_id=HIS_SISTERS_OFFICE)
exclude_her = SetExclusion(staff_id=HIS_SISTER)
lift = LiftExclusion(agency_id=HIS_SISTERS_OFFICE, method="WRITTEN")
shut_out = ExclusionSet(agency_id=HIS_SISTERS_OFFICE, via_agency=CITY.agency)
she_is_shut_out = ExclusionSet(staff_id=HIS_SISTER, via_agency=CITY.agency)
lifted = ExclusionLifted(agency_id=HIS_SISTERS_OFFICE, method="WRITTEN", via_agency=CITY.agency)


@accepted("INV-C13")
def test_she_shuts_out_an_agency_or_somebody_at_work() -> None:
    given(LEDGER, explained, granted).when(exclude, by=CITY).then(shut_out)
    given(LEDGER).when(exclude_her, by=CITY).then(she_is_shut_out)
    held = LEDGER.replay((shut_out, she_is_shut_out))
    assert excluded(held) == {HIS_SISTERS_OFFICE}
    assert excluded_staff(held) == {HIS_SISTER}


def test_one_at_a_time_and_never_nobody() -> None:
    both = SetExclusion(agency_id=HIS_SISTERS_OFFICE, staff_id=HIS_SISTER)
    for command in (SetExclusion(), both, LiftExclusion(method="WRITTEN")):
        given(LEDGER, shut_out).when(command, by=CITY).refused(ExcludeOne)


def test_whoever_asks_does_not_learn_whom_she_had_shut_out() -> None:
    """Said again it is recorded again, through whomever she says it; and lifted, it is over."""
    by_the_centre = msgspec.structs.replace(shut_out, via_agency=CENTRE.agency)
    through_itself = msgspec.structs.replace(shut_out, via_agency=SHELTER.agency)
    with_it = ledger(participants=frozenset({CITY.agency, CENTRE.agency, SHELTER.agency}))
    for said in ((), (shut_out,)):
        given(with_it, *said).when(exclude, by=CENTRE).then(by_the_centre)
        given(with_it, *said).when(exclude, by=SHELTER).then(through_itself)
    for said in ((), (she_is_shut_out,)):
        given(LEDGER, *said).when(exclude_her, by=CENTRE).then(
            msgspec.structs.replace(she_is_shut_out, via_agency=CENTRE.agency)
        )
    twice = LEDGER.replay((shut_out, by_the_centre, lifted))
    assert not twice.exclusions.agencies


def test_whoever_she_shuts_out_may_be_the_one_she_tells() -> None:
    given(LEDGER).when(SetExclusion(agency_id=CITY.agency), by=CITY).then(
        ExclusionSet(agency_id=CITY.agency, via_agency=CITY.agency)
    )


def test_it_works_whatever_has_become_of_the_case() -> None:
    for status in ("CONTACT", "CLOSED", "TRANSFERRED", "RESTRICTED", "ERASED"):
        given(ledger(status=status)).when(exclude, by=CITY).then(shut_out)
    given(ledger(status="RESTRICTED"), shut_out).when(lift, by=CITY).refused(CaseIsRestricted)


@accepted("INV-C13")
def test_she_lifts_it_and_how_she_said_so_is_recorded() -> None:
    given(LEDGER, shut_out).when(lift, by=CITY).then(lifted)
    assert excluded(LEDGER.replay((shut_out, lifted))) == frozenset()
    of_her = LiftExclusion(staff_id=HIS_SISTER, method="ORAL_WITNESSED")
    given(LEDGER, she_is_shut_out).when(of_her, by=CITY).then(
        ExclusionLifted(staff_id=HIS_SISTER, method="ORAL_WITNESSED", via_agency=CITY.agency)
    )


@refused("INV-C13", guard="domain.exclusions:check_only_she_lifts")
def test_whom_she_shut_out_lifts_nothing() -> None:
    """It takes part, as it may; and is told that there is nothing to lift."""
    with_it = ledger(participants=frozenset({CITY.agency, HIS_SISTERS_OFFICE}))
    given(with_it, shut_out).when(lift, by=SHELTER).refused(ExclusionNotFound)
    given(with_it, she_is_shut_out).when(
        LiftExclusion(staff_id=HIS_SISTER, method="WRITTEN"), by=SHELTER
    ).refused(ExclusionNotFound)


def test_whom_she_shut_out_is_answered_of_others_as_everybody_is() -> None:
    """So by lifting what she has said of others it does not find what she has said of it."""
    of_the_police = ExclusionSet(agency_id=POLICE.agency, via_agency=SHELTER.agency)
    lift_it = LiftExclusion(agency_id=POLICE.agency, method="WRITTEN")
    with_it = ledger(participants=frozenset({CITY.agency, HIS_SISTERS_OFFICE}))
    for said in ((), (shut_out,)):
        given(with_it, *said).when(lift_it, by=SHELTER).refused(ExclusionNotFound)
        given(with_it, of_the_police, *said).when(lift_it, by=SHELTER).then(
            ExclusionLifted(
                agency_id=POLICE.agency, method="WRITTEN", via_agency=HIS_SISTERS_OFFICE
            )
        )


@refused("INV-C13", guard="domain.exclusions:is_heard", instead=True)
def test_she_speaks_through_nobody_she_has_shut_out() -> None:
    """What it records it has said; but whom she has shut out stays so."""
    of_the_police = ExclusionSet(agency_id=POLICE.agency, via_agency=CITY.agency)
    lift_it = LiftExclusion(agency_id=POLICE.agency, method="WRITTEN")
    unheard = ExclusionLifted(
        agency_id=POLICE.agency, method="WRITTEN", via_agency=HIS_SISTERS_OFFICE
    )
    with_it = ledger(participants=frozenset({CITY.agency, HIS_SISTERS_OFFICE}))
    before = given(with_it, shut_out, of_the_police)
    before.when(lift_it, by=SHELTER).then(unheard)
    after = given(with_it, shut_out, of_the_police, unheard)
    after.when(lift_it, by=SHELTER).refused(ExclusionNotFound)
    after.when(lift_it, by=CITY).then(replace(unheard, via_agency=CITY.agency))
    again = given(with_it, shut_out, of_the_police, unheard, of_the_police)
    again.when(lift_it, by=SHELTER).then(unheard)


def test_whom_she_lets_in_again_she_speaks_through_again() -> None:
    of_the_police = ExclusionSet(agency_id=POLICE.agency, via_agency=CITY.agency)
    lift_it = LiftExclusion(agency_id=POLICE.agency, method="WRITTEN")
    said = ExclusionLifted(agency_id=POLICE.agency, method="WRITTEN", via_agency=HIS_SISTERS_OFFICE)
    with_it = ledger(participants=frozenset({CITY.agency, HIS_SISTERS_OFFICE}))
    given(with_it, shut_out, of_the_police, said, lifted).when(lift_it, by=SHELTER).then(said)


def test_nor_does_she_through_whoever_came_in_its_place() -> None:
    of_the_police = ExclusionSet(agency_id=POLICE.agency, via_agency=CITY.agency)
    lift_it = LiftExclusion(agency_id=POLICE.agency, method="WRITTEN")
    came_after = KnownAgency(
        kind="WOMENS_SUPPORT_CENTRE",
        prefecture="06",
        predecessors=frozenset({HIS_SISTERS_OFFICE}),
    )
    there = ledger(
        participants=frozenset({CITY.agency, CENTRE.agency}), agencies={CENTRE.agency: came_after}
    )
    given(there, shut_out, of_the_police).when(lift_it, by=CENTRE).refused(ExclusionNotFound)


def test_what_she_never_said_is_not_lifted() -> None:
    given(LEDGER).when(lift, by=CITY).refused(ExclusionNotFound)
    given(LEDGER, shut_out, lifted).when(lift, by=CITY).refused(ExclusionNotFound)


@pytest.mark.parametrize("command", [exclude, lift], ids=lambda c: type(c).__name__)
def test_hidden_is_the_same_as_not_there(command: SetExclusion | LiftExclusion) -> None:
    given(LEDGER, shut_out).when(command, by=POLICE).refused(CaseNotFound)


def test_what_shuts_out_overtakes_what_was_decided_and_waits_for_nobody() -> None:
    assert ExclusionSet.stamps == {"case"}
    assert SetExclusion.narrows
    assert not ExclusionLifted.stamps
    assert not LiftExclusion.narrows
