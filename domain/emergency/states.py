"""How an emergency stands, in the ledger and by the clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, TypeAlias, assert_never

import msgspec

from domain.categories import CategoryCode
from domain.codes import Label
from domain.emergency.events import (
    EmergencyDisclosureAuthorised,
    EmergencyEvent,
    EmergencyExpired,
    EmergencyRequested,
)
from domain.items import FieldPath
from domain.machine import NOT_YET, Edge, Machine, edges
from domain.model import (
    AgencyId,
    EmergencyId,
    GrantId,
    StaffId,
)
from domain.reviews import EmergencyDisclosureReviewed

EmergencyState: TypeAlias = Literal[
    "REQUESTED", "HALF_AUTHORISED", "AUTHORISED", "EXPIRED", "REVIEWED", "LAPSED"
]
EMERGENCY: Final = Machine(
    name=Label("緊急時の情報提供", "Disclosure in an emergency"),
    states={
        "REQUESTED": Label("承認待ち", "Requested"),
        "HALF_AUTHORISED": Label("一人目が承認", "Authorised by one of two"),
        "AUTHORISED": Label("承認済み", "Authorised"),
        "EXPIRED": Label("終了", "Expired"),
        "REVIEWED": Label("検証済み", "Reviewed"),
        "LAPSED": Label("承認されずに終了", "Ended without having been authorised"),
    },
    edges=(
        Edge(NOT_YET, EmergencyRequested, "REQUESTED"),
        Edge("REQUESTED", EmergencyDisclosureAuthorised, "HALF_AUTHORISED"),
        Edge("REQUESTED", EmergencyDisclosureAuthorised, "AUTHORISED"),
        Edge("HALF_AUTHORISED", EmergencyDisclosureAuthorised, "AUTHORISED"),
        *edges(EmergencyExpired, ("REQUESTED", "HALF_AUTHORISED"), "LAPSED"),
        Edge("AUTHORISED", EmergencyExpired, "EXPIRED"),
        Edge("EXPIRED", EmergencyDisclosureReviewed, "REVIEWED"),  # Recorded in the trail.
    ),
)


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """``authorised_by``: who has answered for it so far, and for which agency."""

    requested_by: StaffId
    requesting_agency: AgencyId
    asked_agencies: frozenset[AgencyId]
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]
    only_fields: frozenset[FieldPath] | None
    expires_at: datetime
    overrides_refusals: frozenset[GrantId]
    overrides_exclusions: frozenset[AgencyId]
    state: EmergencyState = "REQUESTED"
    authorised_by: Mapping[StaffId, AgencyId] = {}

    @property
    def needed(self) -> int:
        """How many have to answer for it."""
        return 2 if self.overrides_refusals or self.overrides_exclusions else 1

    def in_force(self, at: datetime) -> bool:
        """It ends by the clock, recorded or not."""
        return self.state == "AUTHORISED" and at < self.expires_at

    def over(self, at: datetime) -> bool:
        return self.state in {"EXPIRED", "LAPSED"} or at >= self.expires_at

    @property
    def opened_something(self) -> bool:
        return self.state in {"AUTHORISED", "EXPIRED"}


Emergencies: TypeAlias = Mapping[EmergencyId, Emergency]


class Against(msgspec.Struct, frozen=True):
    """What she has said against it: refusals, and whom she has shut out."""

    refusals: frozenset[GrantId] = frozenset()
    exclusions: frozenset[AgencyId] = frozenset()


def evolve(emergencies: Emergencies, event: EmergencyEvent) -> Emergencies:
    return {**emergencies, event.emergency_id: _become(emergencies, event)}


def _become(emergencies: Emergencies, event: EmergencyEvent) -> Emergency:
    match event:
        case EmergencyRequested():
            return Emergency(
                requested_by=event.requested_by,
                requesting_agency=event.requesting_agency,
                asked_agencies=event.asked_agencies,
                recipients=event.recipients,
                categories=event.categories,
                only_fields=event.only_fields,
                expires_at=event.expires_at,
                overrides_refusals=event.overrides_refusals,
                overrides_exclusions=event.overrides_exclusions,
            )
        case EmergencyDisclosureAuthorised():
            before = emergencies[event.emergency_id]
            return msgspec.structs.replace(
                before,
                state="AUTHORISED" if event.in_force else "HALF_AUTHORISED",
                authorised_by={
                    **before.authorised_by,
                    event.authorised_by: event.authorising_agency,
                },
            )
        case EmergencyExpired():
            before = emergencies[event.emergency_id]
            after = EMERGENCY.after(before.state, EmergencyExpired)
            return msgspec.structs.replace(before, state=after)
    assert_never(event)
