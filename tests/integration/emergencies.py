"""Emergencies: she cannot be reached, and they are authorised as they were asked for."""

from datetime import datetime
from typing import Any

from domain.categories import CategoryCode
from domain.emergency import AuthoriseEmergency, RequestEmergency
from domain.model import AgencyId, EmergencyId


def emergency(
    to: AgencyId, until: datetime, *categories: CategoryCode, **otherwise: Any
) -> RequestEmergency:
    return RequestEmergency(
        recipients=frozenset({to}),
        categories=frozenset(categories),
        expires_at=until,
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"MISSING"}),
        danger_place="NOT_KNOWN",
        **otherwise,
    )


def authorised(made: EmergencyId, as_asked: RequestEmergency) -> AuthoriseEmergency:
    return AuthoriseEmergency(
        emergency_id=made,
        impracticability=as_asked.impracticability,
        danger=as_asked.danger,
        danger_place=as_asked.danger_place,
    )
