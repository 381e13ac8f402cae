"""Emergencies: danger, no time to ask her, little told to few, by two people and never by one."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import msgspec
import pytest

from domain.agency import KnownAgency
from domain.agency_codes import AgencyKind
from domain.case import CaseNotFound
from domain.case.course import CaseIsRestricted
from domain.categories import CategoryCode
from domain.consent_codes import Danger
from domain.consent_ledger import ConsentCommand, ConsentEvent, ConsentRefused
from domain.emergency import (
    EMERGENCY,
    AuthorisedByAnother,
    AuthorisedByAnotherAgency,
    AuthoriseEmergency,
    DangerNotAtThatPlace,
    EmergencyAlreadyAuthorised,
    EmergencyDisclosureAuthorised,
    EmergencyExpired,
    EmergencyIsOver,
    EmergencyNotFound,
    EmergencyRequested,
    EmergencyTooLong,
    EmergencyToOneself,
    EndEmergency,
    HealthOnlyToMedical,
    InformationToTellNotNamed,
    MayNotAuthorise,
    NoDangerNamed,
    NotForEmergencies,
    NothingToOverride,
    OverridesNotNamed,
    RecipientKindNotAllowed,
    RequestEmergency,
)
from domain.exclusions import ExclusionSet
from domain.machine import NOT_YET
from domain.model import AgencyId, EmergencyId, GrantId, StaffRole
from domain.speech import Refused
from tests.consenting import held, ledger
from tests.courses import course
from tests.invariants import accepted, refused
from tests.spec import CENTRE, CITY, NOW, an_id, given, later, making, someone

POLICE: Final = AgencyId(an_id(20))
HOSPITAL: Final = AgencyId(an_id(21))
CHILD_GUIDANCE: Final = AgencyId(an_id(22))
CITY_HALL: Final = AgencyId(an_id(23))
KINDS: Final[Mapping[AgencyId, AgencyKind]] = {
    POLICE: "POLICE",
    HOSPITAL: "MEDICAL_INSTITUTION",
    CHILD_GUIDANCE: "CHILD_GUIDANCE_CENTRE",
    CITY_HALL: "MUNICIPAL_WOMENS_SUPPORT_DIVISION",
}
# Who may answer for it: the director of the centre, and the city for itself.
DIRECTOR: Final = msgspec.structs.replace(CENTRE, role="CENTRE_DIRECTOR")
REPRESENTATIVE: Final = msgspec.structs.replace(
    CITY, staff=someone(7, "REPRESENTATIVE").staff, role="REPRESENTATIVE"
)
OUTSIDE: Final = someone(8, "REPRESENTATIVE")
LEDGER: Final = ledger(
    agencies={each: KnownAgency(kind=kind, prefecture="06") for each, kind in KINDS.items()}
)
ID: Final = EmergencyId(CITY.new_id)
EXPIRES: Final = NOW + timedelta(hours=24)
REVIEWED_BY: Final = date(2026, 5, 21)

ask = RequestEmergency(
    recipients=frozenset({POLICE}),
    categories=frozenset({"IDN", "CNT", "RSK", "ADR"}),
    expires_at=EXPIRES,
    impracticability="CANNOT_BE_REACHED",
    danger=frozenset({"ASSAILANT_NEARBY", "SUICIDE"}),
    danger_place="NOT_KNOWN",
    danger_text="「もう無理。部屋を見つけられた」と電話があった。",
)
authorise = AuthoriseEmergency(
    emergency_id=ID,
    impracticability="CANNOT_BE_REACHED",
    danger=frozenset({"ASSAILANT_NEARBY"}),
    danger_place="NOT_KNOWN",
)
end = EndEmergency(emergency_id=ID)
requested = EmergencyRequested(
    emergency_id=ID,
    requested_by=CITY.staff,
    requesting_agency=CITY.agency,
    recipients=frozenset({POLICE}),
    categories=frozenset[CategoryCode]({"IDN", "CNT", "RSK", "ADR"}),
    expires_at=EXPIRES,
    impracticability="CANNOT_BE_REACHED",
    impracticability_text=None,
    danger=frozenset[Danger]({"ASSAILANT_NEARBY", "SUICIDE"}),
    danger_place="NOT_KNOWN",
    danger_text="「もう無理。部屋を見つけられた」と電話があった。",
)
authorised = EmergencyDisclosureAuthorised(
    emergency_id=ID,
    requested_by=CITY.staff,
    authorised_by=DIRECTOR.staff,
    authorising_agency=CENTRE.agency,
    in_force=True,
    recipients=requested.recipients,
    categories=requested.categories,
    expires_at=EXPIRES,
    review_by=REVIEWED_BY,
    impracticability="CANNOT_BE_REACHED",
    impracticability_text=None,
    danger=frozenset[Danger]({"ASSAILANT_NEARBY"}),
    danger_place="NOT_KNOWN",
    danger_text=None,
)
expired = EmergencyExpired(emergency_id=ID, review_by=date(2026, 5, 20))
# What she has said against it.
she_refused = ConsentRefused(
    grant_id=GrantId(an_id(800)),
    kind="INFORMATION",
    recipients=frozenset({POLICE}),
    categories=frozenset[CategoryCode](),
    purpose="PROTECTION",
    at=NOW,
)
she_shut_out = ExclusionSet(agency_id=POLICE, via_agency=CITY.agency)
OVERRIDING: Final = {
    "overrides_refusals": frozenset({she_refused.grant_id}),
    "overrides_exclusions": frozenset({POLICE}),
}
ask_anyway = msgspec.structs.replace(ask, **OVERRIDING)
requested_anyway = msgspec.structs.replace(requested, **OVERRIDING)
half = msgspec.structs.replace(authorised, in_force=False, review_by=None, **OVERRIDING)
AGAINST: Final = (she_refused, she_shut_out)


# Asking


@accepted("INV-X1", "INV-X3", "INV-X4")
def test_somebody_asks_and_says_what_the_danger_is() -> None:
    given(LEDGER).when(ask, by=CITY).then(requested)


@refused("INV-X1", guard="domain.emergency:check_danger")
def test_without_danger_to_life_or_body_nothing_is_told() -> None:
    given(LEDGER).when(msgspec.structs.replace(ask, danger=frozenset()), by=CITY).refused(
        NoDangerNamed
    )


@refused("INV-X2", guard="domain.emergency:check_what")
def test_only_what_may_save_her_is_told_in_an_emergency() -> None:
    for more in ("SXH", "NAR", "ECO", "LEG", "PRB", "PLN", "SVC", "HOU", "SCH", "CNS"):
        too_much = msgspec.structs.replace(ask, categories=frozenset({"IDN", more}))
        given(LEDGER).when(too_much, by=CITY).refused(NotForEmergencies)
    nothing = msgspec.structs.replace(ask, categories=frozenset())
    given(LEDGER).when(nothing, by=CITY).refused(InformationToTellNotNamed)


@refused("INV-X3", guard="domain.emergency:check_what")
def test_no_record_of_a_meeting_is_opened_by_an_emergency() -> None:
    of_a_meeting = msgspec.structs.replace(ask, categories=frozenset({"MTG"}))
    given(LEDGER).when(of_a_meeting, by=CITY).refused(NotForEmergencies)


@refused("INV-X2", guard="domain.emergency:check_to_whom")
@refused("INV-X3", guard="domain.emergency:check_to_whom")
def test_it_goes_to_whoever_can_save_her_and_to_nobody_who_only_confers() -> None:
    for others in ({CITY_HALL}, {POLICE, CITY_HALL}):
        too_far = msgspec.structs.replace(ask, recipients=frozenset(others))
        given(LEDGER).when(too_far, by=CITY).refused(RecipientKindNotAllowed)


@refused("INV-X4", guard="domain.emergency:check_place")
def test_where_she_is_is_told_only_if_the_danger_is_there() -> None:
    where = msgspec.structs.replace(ask, categories=frozenset({"IDN", "LOC"}))
    for place in ("ELSEWHERE", "NOT_KNOWN"):
        elsewhere = msgspec.structs.replace(where, danger_place=place)
        given(LEDGER).when(elsewhere, by=CITY).refused(DangerNotAtThatPlace)


@accepted("INV-X4")
def test_where_she_is_is_told_where_the_danger_is_there() -> None:
    there = msgspec.structs.replace(
        ask, categories=frozenset({"IDN", "LOC"}), danger_place="WHERE_SHE_IS"
    )
    asked = msgspec.structs.replace(
        requested,
        categories=frozenset[CategoryCode]({"IDN", "LOC"}),
        danger_place="WHERE_SHE_IS",
    )
    given(LEDGER).when(there, by=CITY).then(asked)
    given(LEDGER, asked).when(authorise, by=DIRECTOR).refused(DangerNotAtThatPlace)


@accepted("INV-X4")
def test_her_health_is_told_to_medical_institutions() -> None:
    medication = frozenset({"case.attributes_recorded.v1/medication"})
    health = msgspec.structs.replace(
        ask,
        recipients=frozenset({HOSPITAL}),
        categories=frozenset({"IDN", "HLT"}),
        only_fields=medication,
    )
    given(LEDGER).when(health, by=CITY).then(
        msgspec.structs.replace(
            requested,
            recipients=frozenset({HOSPITAL}),
            categories=frozenset[CategoryCode]({"IDN", "HLT"}),
            only_fields=medication,
        )
    )


@refused("INV-X4", guard="domain.emergency:check_health")
def test_her_health_is_told_to_nobody_else() -> None:
    for recipients in ({POLICE}, {HOSPITAL, POLICE}, {CHILD_GUIDANCE}):
        health = msgspec.structs.replace(
            ask, recipients=frozenset(recipients), categories=frozenset({"IDN", "HLT"})
        )
        given(LEDGER).when(health, by=CITY).refused(HealthOnlyToMedical)


@refused("INV-X2", guard="domain.emergency:check_length")
def test_it_lasts_for_three_days_at_most() -> None:
    three_days = msgspec.structs.replace(ask, expires_at=NOW + timedelta(hours=72))
    given(LEDGER).when(three_days, by=CITY).then(
        msgspec.structs.replace(requested, expires_at=NOW + timedelta(hours=72))
    )
    for expires in (NOW + timedelta(hours=72, seconds=1), NOW):
        wrong = msgspec.structs.replace(ask, expires_at=expires)
        given(LEDGER).when(wrong, by=CITY).refused(EmergencyTooLong)


@refused("INV-X2", guard="domain.emergency:check_overrides_named")
def test_what_she_said_against_it_is_named() -> None:
    for said in (she_refused, she_shut_out):
        given(LEDGER, said).when(ask, by=CITY).refused(OverridesNotNamed)
    only_the_refusal = msgspec.structs.replace(ask_anyway, overrides_exclusions=frozenset())
    given(LEDGER, *AGAINST).when(only_the_refusal, by=CITY).refused(OverridesNotNamed)
    given(LEDGER, *AGAINST).when(ask_anyway, by=CITY).then(requested_anyway)


def test_who_asks_is_not_told_what_she_has_said_nor_against_whom() -> None:
    with pytest.raises(OverridesNotNamed) as refusal:
        LEDGER.decide(LEDGER.replay(AGAINST), ask, CITY)
    assert not refusal.value.facts


def test_what_she_did_not_say_is_not_overridden() -> None:
    given(LEDGER).when(ask_anyway, by=CITY).refused(NothingToOverride)
    about_others = msgspec.structs.replace(she_refused, recipients=frozenset({HOSPITAL}))
    given(LEDGER, about_others, she_shut_out).when(ask_anyway, by=CITY).refused(NothingToOverride)


def test_what_she_said_of_others_stands_against_nothing_here() -> None:
    of_the_hospital = ExclusionSet(agency_id=HOSPITAL, via_agency=CITY.agency)
    given(LEDGER, of_the_hospital).when(ask, by=CITY).then(requested)
    given(LEDGER, requested, of_the_hospital).when(authorise, by=DIRECTOR).then(authorised)


def test_nobody_asks_for_itself_and_learns_that_it_is_shut_out() -> None:
    to_us = ledger(
        participants=frozenset({CITY.agency, POLICE}),
        agencies={POLICE: KnownAgency(kind="POLICE", prefecture="06")},
    )
    an_officer = msgspec.structs.replace(CITY, agency=POLICE)
    given(to_us, she_shut_out).when(ask, by=an_officer).refused(EmergencyToOneself)
    given(to_us).when(ask, by=an_officer).refused(EmergencyToOneself)


# Answering for it


@accepted("INV-X2")
def test_another_person_who_may_answers_for_it() -> None:
    given(LEDGER, requested).when(authorise, by=DIRECTOR).then(authorised)
    given(LEDGER, requested).when(authorise, by=REPRESENTATIVE).then(
        msgspec.structs.replace(
            authorised,
            authorised_by=REPRESENTATIVE.staff,
            authorising_agency=CITY.agency,
        )
    )


@refused("INV-X2", guard="domain.emergency:check_another_person")
def test_nobody_answers_for_what_they_have_asked_for() -> None:
    herself = msgspec.structs.replace(CITY, role="REPRESENTATIVE")
    given(LEDGER, requested).when(authorise, by=herself).refused(AuthorisedByAnother)


@refused("INV-X2", guard="domain.emergency:check_authority")
def test_only_some_may_answer_for_it() -> None:
    may: frozenset[StaffRole] = frozenset({"REPRESENTATIVE", "CENTRE_DIRECTOR", "FACILITY_HEAD"})
    for role in ("CASEWORKER", "COORDINATOR", "WOMENS_SUPPORT_COUNSELLOR", "AUDITOR", *may):
        somebody = msgspec.structs.replace(CENTRE, role=role)
        asked = given(LEDGER, requested).when(authorise, by=somebody)
        asked.then(authorised) if role in may else asked.refused(MayNotAuthorise)


@accepted("INV-X2")
def test_against_her_word_two_answer_for_it_and_it_opens_with_the_second() -> None:
    given(LEDGER, *AGAINST, requested_anyway).when(authorise, by=DIRECTOR).then(half)
    given(LEDGER, *AGAINST, requested_anyway, half).when(authorise, by=REPRESENTATIVE).then(
        msgspec.structs.replace(
            half,
            in_force=True,
            review_by=REVIEWED_BY,
            authorised_by=REPRESENTATIVE.staff,
            authorising_agency=CITY.agency,
        )
    )
    before = LEDGER.replay((*AGAINST, requested_anyway, half)).emergencies[ID]
    assert not before.in_force(NOW)


@refused("INV-X2", guard="domain.emergency:check_another_agency")
def test_the_two_are_of_different_agencies() -> None:
    another = msgspec.structs.replace(DIRECTOR, staff=OUTSIDE.staff)
    given(LEDGER, *AGAINST, requested_anyway, half).when(authorise, by=another).refused(
        AuthorisedByAnotherAgency
    )


def test_what_she_says_meanwhile_is_heard() -> None:
    given(LEDGER, requested, she_refused).when(authorise, by=DIRECTOR).refused(OverridesNotNamed)


def test_answering_twice_is_answering_once() -> None:
    given(LEDGER, requested, authorised).when(authorise, by=DIRECTOR).then_nothing()
    given(LEDGER, *AGAINST, requested_anyway, half).when(authorise, by=DIRECTOR).then_nothing()


def test_nobody_answers_twice_by_answering_for_two_agencies() -> None:
    for_the_city = msgspec.structs.replace(DIRECTOR, agency=CITY.agency)
    given(LEDGER, *AGAINST, requested_anyway, half).when(authorise, by=for_the_city).refused(
        AuthorisedByAnother
    )


def test_to_whom_it_goes_is_looked_at_again_when_it_is_answered_for() -> None:
    no_police = ledger(agencies={POLICE: KnownAgency(kind="STEP_HOUSE", prefecture="06")})
    given(no_police, requested).when(authorise, by=DIRECTOR).refused(RecipientKindNotAllowed)


def test_whoever_answers_for_it_sees_the_danger_too() -> None:
    none = msgspec.structs.replace(authorise, danger=frozenset())
    given(LEDGER, requested).when(none, by=DIRECTOR).refused(NoDangerNamed)


def test_an_agency_that_was_asked_answers_and_finds_the_case_for_nothing_else() -> None:
    with_outside = msgspec.structs.replace(requested, asked_agencies=frozenset({OUTSIDE.agency}))
    given(LEDGER).when(
        msgspec.structs.replace(ask, asked_agencies=frozenset({OUTSIDE.agency})), by=CITY
    ).then(with_outside)
    given(LEDGER, with_outside).when(authorise, by=OUTSIDE).then(
        msgspec.structs.replace(
            authorised, authorised_by=OUTSIDE.staff, authorising_agency=OUTSIDE.agency
        )
    )
    given(LEDGER, requested).when(authorise, by=OUTSIDE).refused(CaseNotFound)
    for command in (ask, end, msgspec.structs.replace(authorise, emergency_id=AN_OTHER)):
        given(LEDGER, with_outside).when(command, by=OUTSIDE).refused(CaseNotFound)


def test_a_recipient_answers_for_nothing_it_would_receive() -> None:
    an_officer = msgspec.structs.replace(DIRECTOR, agency=POLICE)
    asked = msgspec.structs.replace(requested, asked_agencies=frozenset({POLICE}))
    given(LEDGER, asked).when(authorise, by=an_officer).refused(EmergencyToOneself)


# Its end


def test_it_ends_by_the_clock() -> None:
    kept = LEDGER.replay((requested, authorised)).emergencies[ID]
    assert kept.in_force(EXPIRES - timedelta(seconds=1))
    assert not kept.in_force(EXPIRES)
    over = later(DIRECTOR, hours=24)
    given(LEDGER, requested).when(authorise, by=over).refused(EmergencyIsOver)


def test_anybody_who_takes_part_ends_it_sooner() -> None:
    given(LEDGER, requested, authorised).when(end, by=CENTRE).then(expired)
    assert EndEmergency.narrows
    assert EmergencyExpired.stamps == {"case"}
    assert not EmergencyDisclosureAuthorised.stamps
    kept = LEDGER.replay((requested, authorised, expired)).emergencies[ID]
    assert not kept.in_force(NOW)


AN_OTHER: Final = EmergencyId(an_id(999))
EVERY_STATE: Final[Mapping[str, tuple[ConsentEvent, ...]]] = {
    NOT_YET: (),
    "REQUESTED": (*AGAINST, requested_anyway),
    "HALF_AUTHORISED": (*AGAINST, requested_anyway, half),
    "AUTHORISED": (requested, authorised),
    "EXPIRED": (requested, authorised, expired),
    "LAPSED": (requested, expired),
    "REVIEWED": (requested, authorised, expired),
}
LEADS: Final[Mapping[str, tuple[str, str]]] = {
    NOT_YET: ("EmergencyNotFound", "EmergencyNotFound"),
    "REQUESTED": ("HALF_AUTHORISED", "LAPSED"),
    "HALF_AUTHORISED": ("AUTHORISED", "LAPSED"),
    "AUTHORISED": ("EmergencyAlreadyAuthorised", "EXPIRED"),
    "EXPIRED": ("EmergencyIsOver", "-"),
    "LAPSED": ("EmergencyIsOver", "-"),
    "REVIEWED": ("EmergencyIsOver", "-"),
}
# What was reviewed stands in the trail: for the ledger it is over, and no more.
IN_THE_LEDGER: Final = {"REVIEWED": "EXPIRED"}
course("emergency", held(LEADS, ("authorise", "end"), EMERGENCY.states))


@pytest.mark.parametrize("state", EVERY_STATE)
@pytest.mark.parametrize("command", [authorise, end], ids=["authorise", "end"])
def test_every_state_takes_every_command_as_the_table_says(
    state: str, command: ConsentCommand
) -> None:
    expected = LEADS[state][0 if command is authorise else 1]
    before = LEDGER.replay(EVERY_STATE[state])
    assert set(EVERY_STATE) == {NOT_YET, *EMERGENCY.states}
    known = before.emergencies[ID].state if ID in before.emergencies else NOT_YET
    assert known == IN_THE_LEDGER.get(state, state)
    if not (expected == "-" or expected in EMERGENCY.states):
        with pytest.raises(Refused) as refusal:
            LEDGER.decide(before, command, REPRESENTATIVE)
        assert type(refusal.value).__name__ == expected
        return
    events = LEDGER.decide(before, command, REPRESENTATIVE)
    assert bool(events) == (expected != "-")
    after = LEDGER.evolve(before, events[0]) if events else before
    assert after.emergencies[ID].state == (known if expected == "-" else expected)
    if events:
        assert (state, type(events[0]), expected) in {tuple(edge) for edge in EMERGENCY.edges}


def test_of_a_record_that_is_not_used_any_more_nothing_is_told() -> None:
    restricted = ledger(status="RESTRICTED", agencies={})
    given(restricted).when(ask, by=CITY).refused(CaseIsRestricted)
    given(restricted, requested).when(authorise, by=DIRECTOR).refused(CaseIsRestricted)
    given(restricted, requested, authorised).when(end, by=CITY).then(expired)


def test_two_emergencies_stand_beside_each_other() -> None:
    another = msgspec.structs.replace(requested, emergency_id=AN_OTHER)
    given(LEDGER, requested, authorised).when(ask, by=making(CITY, AN_OTHER)).then(another)
    kept = LEDGER.replay((requested, another, authorised)).emergencies
    assert {key: each.state for key, each in kept.items()} == {
        ID: "AUTHORISED",
        AN_OTHER: "REQUESTED",
    }


@pytest.mark.parametrize("command", [ask, authorise, end], ids=lambda c: type(c).__name__)
def test_hidden_is_the_same_as_not_there(command: ConsentCommand) -> None:
    given(LEDGER, requested).when(command, by=OUTSIDE).refused(CaseNotFound)


def test_what_is_not_there_is_not_answered_for() -> None:
    given(LEDGER).when(authorise, by=DIRECTOR).refused(EmergencyNotFound)
    given(LEDGER, requested, authorised).when(authorise, by=REPRESENTATIVE).refused(
        EmergencyAlreadyAuthorised
    )
