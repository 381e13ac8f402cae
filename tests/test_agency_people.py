"""Who works in an agency: enrolled by its head, gone at once, and bound for ever."""

from datetime import date
from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import (
    AgencyRegistered,
    EndEnrolment,
    EndFeedCustodian,
    EnrolStaff,
    FeedCustodianEnded,
    FeedCustodianNamed,
    KnownAgency,
    NameFeedCustodian,
    NotTheOperator,
    NotYourAgency,
    OperatorStays,
    PledgeNotSigned,
    PledgeSigned,
    SignPledge,
    Staff,
    StaffEnrolled,
    StaffLeft,
    StaffNotEnrolled,
    StaffNotKnown,
    StaffNotPledged,
    agency_under,
    check_may_act,
)
from domain.model import AgencyId, StaffId, StaffRole
from tests.invariants import accepted, refused
from tests.spec import an_id, given, someone

OPERATOR: Final = someone(9, "COORDINATOR")
HIDAMARI: Final = AgencyId(an_id(30))
TOMOKO: Final = replace(someone(10, "FACILITY_HEAD"), agency=HIDAMARI)
YUI: Final = StaffId(an_id(31))
AGENCY: Final = agency_under(OPERATOR.agency)
TODAY: Final = date(2026, 5, 13)

registered = AgencyRegistered(
    agency_id=HIDAMARI,
    kind="PRIVATE_SHELTER",
    name="NPO法人ひだまりシェルター",
    prefecture="06",
    municipality=None,
    sector="PRIVATE",
    publish_name=False,
)
enrolled = StaffEnrolled(
    staff_id=YUI, role="CASEWORKER", qualifications=frozenset(), years_in_field=None
)
pledged = PledgeSigned(staff_id=YUI, text_version="2026-04", on=TODAY)
left = StaffLeft(staff_id=YUI, on=TODAY)
named = FeedCustodianNamed(staff_id=YUI)
unnamed = FeedCustodianEnded(staff_id=YUI)
leave = EndEnrolment(agency_id=HIDAMARI, staff_id=YUI)
name = NameFeedCustodian(agency_id=HIDAMARI, staff_id=YUI)
unname = EndFeedCustodian(agency_id=HIDAMARI, staff_id=YUI)


# Heads


@pytest.mark.parametrize("role", ["REPRESENTATIVE", "CENTRE_DIRECTOR", "FACILITY_HEAD"])
def test_the_head_of_an_agency_enrols_its_people_by_whatever_title(role: StaffRole) -> None:
    head = replace(TOMOKO, role=role)
    enrol = EnrolStaff(agency_id=HIDAMARI, role="CASEWORKER")
    given(AGENCY, registered).when(enrol, by=head).then(
        replace(enrolled, staff_id=StaffId(TOMOKO.new_id))
    )


def test_nobody_chooses_who_is_to_audit_them() -> None:
    auditor = EnrolStaff(agency_id=HIDAMARI, role="AUDITOR")
    given(AGENCY, registered).when(auditor, by=TOMOKO).refused(NotTheOperator)
    given(AGENCY, registered).when(auditor, by=OPERATOR).then(
        replace(enrolled, staff_id=StaffId(OPERATOR.new_id), role="AUDITOR")
    )


@pytest.mark.parametrize("role", ["CASEWORKER", "PRACTITIONER", "AUDITOR", "INTERPRETER"])
def test_not_everybody_who_works_for_the_operator_is_the_operator(role: StaffRole) -> None:
    enrol = EnrolStaff(agency_id=HIDAMARI, role="CASEWORKER")
    by = replace(OPERATOR, role=role)
    given(AGENCY, registered).when(enrol, by=by).refused(NotYourAgency)


# Leaving


def test_whoever_leaves_is_gone_the_same_day() -> None:
    given(AGENCY, registered, enrolled, pledged).when(leave, by=TOMOKO).then(left)
    given(AGENCY, registered, enrolled, pledged).when(leave, by=OPERATOR).then(left)


def test_leaving_twice_is_leaving_once() -> None:
    given(AGENCY, registered, enrolled, left).when(leave, by=TOMOKO).then_nothing()


def test_nobody_leaves_who_was_never_there() -> None:
    given(AGENCY, registered).when(leave, by=TOMOKO).refused(StaffNotKnown)


def test_leaving_is_the_business_of_their_own_agencys_head() -> None:
    for somebody in (replace(TOMOKO, role="CASEWORKER"), someone(11, "REPRESENTATIVE")):
        given(AGENCY, registered, enrolled).when(leave, by=somebody).refused(NotYourAgency)


def test_whoever_has_left_signs_nothing_more_and_answers_for_no_feed() -> None:
    gone = given(AGENCY, registered, enrolled, left)
    sign = SignPledge(agency_id=HIDAMARI, staff_id=YUI, text_version="2027-04")
    gone.when(sign, by=TOMOKO).refused(StaffNotKnown)
    gone.when(name, by=TOMOKO).refused(StaffNotKnown)


def test_the_operators_last_head_does_not_leave() -> None:
    itself = agency_under(HIDAMARI)
    head = replace(enrolled, role="REPRESENTATIVE")
    by = replace(TOMOKO, staff=YUI, role="REPRESENTATIVE")
    given(itself, registered, head, pledged).when(leave, by=by).refused(OperatorStays)
    second = replace(head, staff_id=StaffId(an_id(32)))
    alone = given(itself, registered, head, pledged, second)
    alone.when(leave, by=by).refused(OperatorStays)  # Nobody acts without a pledge.
    signed = replace(pledged, staff_id=second.staff_id)
    given(itself, registered, head, pledged, second, signed).when(leave, by=by).then(left)


def test_anybody_else_leaves_the_operator_as_they_would_leave_any_agency() -> None:
    itself = agency_under(HIDAMARI)
    head = replace(enrolled, staff_id=StaffId(an_id(32)), role="REPRESENTATIVE")
    signed = replace(pledged, staff_id=head.staff_id)
    by = replace(TOMOKO, role="REPRESENTATIVE")
    given(itself, registered, head, signed, enrolled, pledged).when(leave, by=by).then(left)


# Who may act


@accepted("INV-A1")
def test_whoever_is_enrolled_and_has_signed_may_act() -> None:
    agency = AGENCY.replay((registered, enrolled, pledged))
    check_may_act(agency, YUI, "CASEWORKER")


@refused("INV-A1", guard="domain.agency:check_has_signed")
def test_whoever_has_not_signed_may_not_act() -> None:
    agency = AGENCY.replay((registered, enrolled))
    with pytest.raises(PledgeNotSigned):
        check_may_act(agency, YUI, "CASEWORKER")


@accepted("INV-A2")
def test_the_pledge_of_whoever_has_left_stays_signed() -> None:
    agency = AGENCY.replay((registered, enrolled, pledged, left))
    assert agency == KnownAgency(
        kind="PRIVATE_SHELTER",
        prefecture="06",
        private=True,
        staff={YUI: Staff("CASEWORKER", pledged_under="2026-04", left=TODAY)},
    )


@refused("INV-A2", guard="domain.agency:check_has_not_left")
def test_access_ends_on_leaving_whatever_was_signed() -> None:
    agency = AGENCY.replay((registered, enrolled, pledged, left))
    with pytest.raises(StaffNotEnrolled):
        check_may_act(agency, YUI, "CASEWORKER")


# Feed custodians


def test_a_feed_has_a_custodian_who_has_signed() -> None:
    given(AGENCY, registered, enrolled).when(name, by=TOMOKO).refused(StaffNotPledged)
    given(AGENCY, registered, enrolled, pledged).when(name, by=TOMOKO).then(named)


def test_naming_a_custodian_twice_is_naming_them_once() -> None:
    given(AGENCY, registered, enrolled, pledged, named).when(name, by=TOMOKO).then_nothing()


def test_a_custodian_lays_it_down() -> None:
    given(AGENCY, registered, enrolled, pledged, named).when(unname, by=TOMOKO).then(unnamed)
    given(AGENCY, registered, enrolled, pledged).when(unname, by=TOMOKO).then_nothing()


def test_a_custodian_who_leaves_lays_it_down_too() -> None:
    history = (registered, enrolled, pledged, named)
    given(AGENCY, *history).when(leave, by=TOMOKO).then(left, unnamed)


def test_custodians_are_the_business_of_their_own_agencys_head() -> None:
    for somebody in (replace(TOMOKO, role="CASEWORKER"), someone(11, "REPRESENTATIVE")):
        for command in (name, unname):
            given(AGENCY, registered).when(command, by=somebody).refused(NotYourAgency)
