"""Agencies: nobody acts or reads without an enrolment, a pledge, and an agency in good standing."""

from datetime import UTC, date, datetime
from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import (
    Agency,
    AgencyCommand,
    AgencyEvent,
    AgencyIsSuspended,
    AgencyNotKnown,
    AgencyRegistered,
    AgencyRestored,
    AgencySuspended,
    EnrolStaff,
    KnownAgency,
    NoAgency,
    NotTheOperator,
    NotYourAgency,
    OperatorStays,
    PledgeNotSigned,
    PledgeSigned,
    RegisterAgency,
    RestoreAgency,
    SignPledge,
    Staff,
    StaffEnrolled,
    StaffNotEnrolled,
    StaffNotKnown,
    SuspendAgency,
    agency_under,
    check_in_good_standing,
    check_may_act,
)
from domain.codes import Qualification
from domain.model import CLOSED, ERASED, AgencyId, StaffId, StaffRole, Withheld
from domain.speech import Refused
from tests.spec import CENTRE, an_id, given, someone, without_words

OPERATOR: Final = someone(9, "COORDINATOR")
HIDAMARI: Final = AgencyId(OPERATOR.new_id)  # NPO法人ひだまりシェルター
TOMOKO: Final = replace(someone(10, "REPRESENTATIVE"), agency=HIDAMARI)
YUI: Final = StaffId(TOMOKO.new_id)  # Enrolled by Tomoko.
AGENCY: Final = agency_under(OPERATOR.agency)

register = RegisterAgency(
    kind="PRIVATE_SHELTER",
    name="NPO法人ひだまりシェルター",
    prefecture="06",
    municipality="06201",
    sector="PRIVATE",
)
enrol = EnrolStaff(
    agency_id=HIDAMARI,
    role="CASEWORKER",
    qualifications=frozenset({"SOCIAL_WORKER"}),
    years_in_field=7,
)
sign = SignPledge(agency_id=HIDAMARI, staff_id=YUI, text_version="2026-04")
suspend = SuspendAgency(agency_id=HIDAMARI)
restore = RestoreAgency(agency_id=HIDAMARI)

registered = AgencyRegistered(
    agency_id=HIDAMARI,
    kind="PRIVATE_SHELTER",
    name="NPO法人ひだまりシェルター",
    prefecture="06",
    municipality="06201",
    sector="PRIVATE",
    publish_name=False,
)
enrolled = StaffEnrolled(
    staff_id=YUI,
    role="CASEWORKER",
    qualifications=frozenset[Qualification]({"SOCIAL_WORKER"}),
    years_in_field=7,
)
pledged = PledgeSigned(staff_id=YUI, text_version="2026-04", on=date(2026, 5, 13))
suspended = AgencySuspended(on=date(2026, 5, 13))
restored = AgencyRestored(on=date(2026, 5, 13))


# Registering


def test_the_operator_registers_an_agency_under_an_id_made_for_it() -> None:
    given(AGENCY).when(register, by=OPERATOR).then(registered)


def test_its_name_is_published_only_if_it_says_so() -> None:
    in_the_directory = replace(register, publish_name=True)
    given(AGENCY).when(in_the_directory, by=OPERATOR).then(replace(registered, publish_name=True))


def test_a_national_office_stands_in_no_prefecture() -> None:
    ministry = RegisterAgency(kind="NATIONAL_GOVERNMENT", name="困難女性支援室", sector="PUBLIC")
    given(AGENCY).when(ministry, by=OPERATOR).then(
        AgencyRegistered(
            agency_id=HIDAMARI,
            kind="NATIONAL_GOVERNMENT",
            name="困難女性支援室",
            prefecture=None,
            municipality=None,
            sector="PUBLIC",
            publish_name=False,
        )
    )


# Enrolling


def test_an_agency_enrols_its_own_staff_and_so_may_the_operator() -> None:
    given(AGENCY, registered).when(enrol, by=TOMOKO).then(enrolled)
    given(AGENCY, registered).when(enrol, by=OPERATOR).then(
        replace(enrolled, staff_id=StaffId(OPERATOR.new_id))
    )


def test_nothing_has_to_be_known_of_a_member_of_staff_but_the_role() -> None:
    volunteer = EnrolStaff(agency_id=HIDAMARI, role="GATEKEEPER")
    given(AGENCY, registered).when(volunteer, by=TOMOKO).then(
        StaffEnrolled(
            staff_id=YUI, role="GATEKEEPER", qualifications=frozenset(), years_in_field=None
        )
    )


def test_whoever_is_enrolled_next_displaces_nobody() -> None:
    interpreter = StaffEnrolled(
        staff_id=StaffId(an_id(700)),
        role="INTERPRETER",
        qualifications=frozenset(),
        years_in_field=None,
    )
    both = AGENCY.replay((registered, enrolled, pledged, interpreter))
    assert both == KnownAgency(
        kind="PRIVATE_SHELTER",
        prefecture="06",
        private=True,
        staff={YUI: Staff("CASEWORKER", "2026-04"), interpreter.staff_id: Staff("INTERPRETER")},
    )


# Signing


def test_a_pledge_is_recorded_under_the_text_that_was_signed() -> None:
    given(AGENCY, registered, enrolled).when(sign, by=TOMOKO).then(pledged)
    given(AGENCY, registered, enrolled).when(sign, by=OPERATOR).then(pledged)


def test_signing_the_same_text_twice_is_signing_it_once() -> None:
    given(AGENCY, registered, enrolled, pledged).when(sign, by=TOMOKO).then_nothing()


def test_a_new_text_is_signed_anew() -> None:
    revised = replace(sign, text_version="2027-04")
    signed_anew = replace(pledged, text_version="2027-04")
    history = (registered, enrolled, pledged)
    given(AGENCY, *history).when(revised, by=TOMOKO).then(signed_anew)
    given(AGENCY, *history, signed_anew).when(revised, by=TOMOKO).then_nothing()


def test_who_is_not_enrolled_signs_nothing() -> None:
    given(AGENCY, registered).when(sign, by=TOMOKO).refused(StaffNotKnown)


# Suspending


def test_the_operator_suspends_an_agency_and_restores_it() -> None:
    given(AGENCY, registered).when(suspend, by=OPERATOR).then(suspended)
    given(AGENCY, registered, suspended).when(restore, by=OPERATOR).then(restored)
    given(AGENCY, registered, suspended, restored).when(suspend, by=OPERATOR).then(suspended)


def test_suspending_and_restoring_twice_is_doing_it_once() -> None:
    given(AGENCY, registered, suspended).when(suspend, by=OPERATOR).then_nothing()
    given(AGENCY, registered).when(restore, by=OPERATOR).then_nothing()
    given(AGENCY, registered, suspended, restored).when(restore, by=OPERATOR).then_nothing()


def test_the_operator_cannot_be_suspended() -> None:
    itself = SuspendAgency(agency_id=OPERATOR.agency)
    as_registered = replace(registered, agency_id=OPERATOR.agency)
    given(AGENCY, as_registered).when(itself, by=OPERATOR).refused(OperatorStays)


def test_whatever_happens_to_an_agency_happens_on_a_date_in_japan() -> None:
    late = datetime(2026, 5, 13, 15, 0, tzinfo=UTC)  # Midnight in Japan.
    tomorrow = date(2026, 5, 14)
    by = replace(OPERATOR, at=late)
    given(AGENCY, registered, enrolled).when(sign, by=by).then(replace(pledged, on=tomorrow))
    given(AGENCY, registered).when(suspend, by=by).then(replace(suspended, on=tomorrow))
    given(AGENCY, registered, suspended).when(restore, by=by).then(replace(restored, on=tomorrow))


# Whose business it is


@pytest.mark.parametrize(
    "command", [register, suspend, restore], ids=lambda command: type(command).__name__
)
def test_only_the_operator_says_who_there_is(command: AgencyCommand) -> None:
    history = () if command is register else (registered,)
    for somebody in (TOMOKO, CENTRE):
        given(AGENCY, *history).when(command, by=somebody).refused(NotTheOperator)


@pytest.mark.parametrize("command", [enrol, sign], ids=lambda command: type(command).__name__)
def test_staff_are_the_business_of_their_own_agencys_representative(
    command: AgencyCommand,
) -> None:
    not_in_charge = replace(TOMOKO, role="CASEWORKER")
    elsewhere = someone(11, "REPRESENTATIVE")
    for somebody in (not_in_charge, elsewhere):
        given(AGENCY, registered, enrolled).when(command, by=somebody).refused(NotYourAgency)


@pytest.mark.parametrize(
    "command", [enrol, sign, suspend, restore], ids=lambda command: type(command).__name__
)
def test_the_operator_alone_learns_that_an_agency_is_not_known(command: AgencyCommand) -> None:
    given(AGENCY).when(command, by=OPERATOR).refused(AgencyNotKnown)
    nobody = someone(11, "REPRESENTATIVE")
    there, not_there = (
        given(AGENCY, *history).when(command, by=nobody) for history in ((registered,), ())
    )
    why = NotYourAgency if command in (enrol, sign) else NotTheOperator
    there.refused(why)
    not_there.refused(why)


# Who may act

ANOTHER: Final = replace(enrolled, staff_id=StaffId(an_id(700)), role="PSYCHOLOGIST")
ANOTHER_PLEDGED: Final = replace(pledged, staff_id=ANOTHER.staff_id)
WHO_MAY_ACT: Final[dict[str, tuple[tuple[AgencyEvent, ...], type[Refused] | None]]] = {
    "no agency": ((), StaffNotEnrolled),
    "an agency without staff": ((registered,), StaffNotEnrolled),
    "only somebody else": ((registered, ANOTHER, ANOTHER_PLEDGED), StaffNotEnrolled),
    "in another role": (
        (registered, replace(enrolled, role="PSYCHOLOGIST"), pledged),
        StaffNotEnrolled,
    ),
    "no pledge": ((registered, enrolled), PledgeNotSigned),
    "somebody else's pledge": ((registered, enrolled, ANOTHER, ANOTHER_PLEDGED), PledgeNotSigned),
    "pledged": ((registered, enrolled, pledged), None),
    "pledged, among others": ((registered, ANOTHER, enrolled, pledged), None),
    "suspended": ((registered, enrolled, pledged, suspended), AgencyIsSuspended),
    "pledged while suspended": ((registered, enrolled, suspended, pledged), AgencyIsSuspended),
    "restored": ((registered, enrolled, pledged, suspended, restored), None),
    "restored without a pledge": ((registered, enrolled, suspended, restored), PledgeNotSigned),
    "suspended again": (
        (registered, enrolled, pledged, suspended, restored, suspended),
        AgencyIsSuspended,
    ),
}


@pytest.mark.parametrize(("history", "why_not"), WHO_MAY_ACT.values(), ids=WHO_MAY_ACT)
def test_it_takes_an_enrolment_a_pledge_and_an_agency_in_good_standing_to_act(
    history: tuple[AgencyEvent, ...], why_not: type[Refused] | None
) -> None:
    assert why_not_act(AGENCY.replay(history), YUI, "CASEWORKER") is why_not


def why_not_act(agency: Agency, staff: StaffId, role: StaffRole) -> type[Refused] | None:
    try:
        check_may_act(agency, staff, role)
    except Refused as refused:
        return type(refused)
    return None


def test_to_be_given_something_to_do_an_agency_must_be_there() -> None:
    check_in_good_standing(AGENCY.replay((registered,)))
    check_in_good_standing(AGENCY.replay((registered, suspended, restored)))
    for gone in ((), (registered, suspended)):
        with pytest.raises(AgencyNotKnown):
            check_in_good_standing(AGENCY.replay(gone))


@pytest.mark.parametrize("withheld", [CLOSED, ERASED], ids=lambda withheld: withheld.withheld)
def test_who_may_act_does_not_hang_on_anything_sealed(withheld: Withheld) -> None:
    history: tuple[AgencyEvent, ...] = (registered, enrolled, pledged, suspended, restored)
    assert AGENCY.replay(without_words(e, withheld) for e in history) == AGENCY.replay(history)


def test_there_is_no_agency_before_anything_happened() -> None:
    assert AGENCY.replay(()) == NoAgency()
