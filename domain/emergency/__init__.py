"""Emergency (緊急時の情報提供): where her life or body is in danger and she cannot be asked.

One person asks for it and another answers for it, who may; where she has refused, or has shut
somebody out, it names that, and two answer for it, of different agencies. It opens something to
named agencies, as it stood then, for three days at most: never to a meeting, and never to a ledger.
"""

from datetime import date, datetime
from typing import assert_never

from domain.calendar import date_in_japan
from domain.concerned import Concerned
from domain.emergency.events import (
    AuthoriseEmergency,
    EmergencyCommand,
    EmergencyDisclosureAuthorised,
    EmergencyEvent,
    EmergencyExpired,
    EmergencyRequested,
    EndEmergency,
    RequestEmergency,
)
from domain.emergency.rules import (
    AuthorisedByAnother,
    AuthorisedByAnotherAgency,
    DangerNotAtThatPlace,
    EmergencyAlreadyAuthorised,
    EmergencyIsOver,
    EmergencyNotFound,
    EmergencyTooLong,
    EmergencyToOneself,
    HealthOnlyToMedical,
    InformationToTellNotNamed,
    MayNotAuthorise,
    NoDangerNamed,
    NotForEmergencies,
    NothingToOverride,
    OverridesNotNamed,
    RecipientKindNotAllowed,
    check_another_agency,
    check_another_person,
    check_authority,
    check_danger,
    check_health,
    check_length,
    check_not_oneself,
    check_overrides_named,
    check_place,
    check_to_whom,
    check_what,
)
from domain.emergency.states import EMERGENCY, Against, Emergencies, Emergency, evolve
from domain.model import Context, EmergencyId
from domain.reviews import StillUnderWay
from domain.timers import review_disclosure_by

__all__ = [
    "EMERGENCY",
    "Against",
    "AuthoriseEmergency",
    "AuthorisedByAnother",
    "AuthorisedByAnotherAgency",
    "DangerNotAtThatPlace",
    "Emergencies",
    "Emergency",
    "EmergencyAlreadyAuthorised",
    "EmergencyCommand",
    "EmergencyDisclosureAuthorised",
    "EmergencyEvent",
    "EmergencyExpired",
    "EmergencyIsOver",
    "EmergencyNotFound",
    "EmergencyRequested",
    "EmergencyToOneself",
    "EmergencyTooLong",
    "EndEmergency",
    "HealthOnlyToMedical",
    "InformationToTellNotNamed",
    "MayNotAuthorise",
    "NoDangerNamed",
    "NotForEmergencies",
    "NothingToOverride",
    "OverridesNotNamed",
    "RecipientKindNotAllowed",
    "RequestEmergency",
    "decide",
    "evolve",
    "may_answer_for",
]


def decide(
    concerned: Concerned,
    emergencies: Emergencies,
    said: Against,
    command: EmergencyCommand,
    by: Context,
) -> tuple[EmergencyEvent, ...]:
    """``said``: what she has said against what is asked for."""
    if isinstance(command, RequestEmergency):
        assert EmergencyId(by.new_id) not in emergencies
        return (_requested(concerned, said, command, by),)
    emergency = emergencies.get(command.emergency_id)
    if emergency is None:
        raise EmergencyNotFound
    match command:
        case AuthoriseEmergency():
            return _authorised(concerned, emergency, said, command, by)
        case EndEmergency():
            if by.is_automatic and not emergency.over(by.at):
                raise StillUnderWay
            if not EMERGENCY.allows(emergency.state, EmergencyExpired):
                return ()
            return (_ended(emergency, command, by),)
    assert_never(command)


def may_answer_for(emergencies: Emergencies, command: AuthoriseEmergency, by: Context) -> bool:
    """Whether an agency that takes no part was asked to answer for just this."""
    emergency = emergencies.get(command.emergency_id)
    return emergency is not None and by.agency in emergency.asked_agencies


def _requested(
    concerned: Concerned, said: Against, command: RequestEmergency, by: Context
) -> EmergencyRequested:
    check_danger(command.danger)
    check_what(command.categories)
    check_to_whom(concerned, command.recipients)
    check_health(concerned, command.recipients, command.categories)
    check_place(command.categories, command.danger_place)
    check_length(command.expires_at, by)
    check_not_oneself(command.recipients, by)
    check_overrides_named(said, Against(command.overrides_refusals, command.overrides_exclusions))
    return EmergencyRequested(
        emergency_id=EmergencyId(by.new_id),
        requested_by=by.staff,
        requesting_agency=by.agency,
        asked_agencies=command.asked_agencies,
        recipients=command.recipients,
        categories=command.categories,
        only_fields=command.only_fields,
        expires_at=command.expires_at,
        overrides_refusals=command.overrides_refusals,
        overrides_exclusions=command.overrides_exclusions,
        impracticability=command.impracticability,
        impracticability_text=command.impracticability_text,
        danger=command.danger,
        danger_place=command.danger_place,
        danger_text=command.danger_text,
    )


def _authorised(
    concerned: Concerned,
    emergency: Emergency,
    said: Against,
    command: AuthoriseEmergency,
    by: Context,
) -> tuple[EmergencyDisclosureAuthorised, ...]:
    if emergency.authorised_by.get(by.staff) == by.agency:
        return ()
    check_authority(by)
    check_another_person(emergency, by)
    if emergency.over(by.at):
        raise EmergencyIsOver
    if not EMERGENCY.allows(emergency.state, EmergencyDisclosureAuthorised):
        raise EmergencyAlreadyAuthorised
    check_another_agency(emergency, by)
    check_danger(command.danger)
    check_to_whom(concerned, emergency.recipients)
    check_place(emergency.categories, command.danger_place)
    check_not_oneself(emergency.recipients, by)
    check_overrides_named(
        said, Against(emergency.overrides_refusals, emergency.overrides_exclusions)
    )
    in_force = len(emergency.authorised_by) + 1 >= emergency.needed
    return (
        EmergencyDisclosureAuthorised(
            emergency_id=command.emergency_id,
            requested_by=emergency.requested_by,
            authorised_by=by.staff,
            authorising_agency=by.agency,
            in_force=in_force,
            recipients=emergency.recipients,
            categories=emergency.categories,
            only_fields=emergency.only_fields,
            expires_at=emergency.expires_at,
            overrides_refusals=emergency.overrides_refusals,
            overrides_exclusions=emergency.overrides_exclusions,
            review_by=_review_by(emergency.expires_at, by) if in_force else None,
            impracticability=command.impracticability,
            impracticability_text=command.impracticability_text,
            danger=command.danger,
            danger_place=command.danger_place,
            danger_text=command.danger_text,
        ),
    )


def _ended(emergency: Emergency, command: EndEmergency, by: Context) -> EmergencyExpired:
    """Nobody reviews what opened nothing."""
    ended_at = min(by.at, emergency.expires_at)
    opened = emergency.opened_something
    return EmergencyExpired(
        emergency_id=command.emergency_id,
        review_by=_review_by(ended_at, by) if opened else None,
    )


def _review_by(over_at: datetime, by: Context) -> date:
    """INV-X5: within days of its end, which an earlier one brings forward."""
    return review_disclosure_by(by.timers, date_in_japan(over_at))
