"""What is recorded of an emergency, and what may be asked about one."""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias

from msgspec import Meta

from domain.categories import CNS, NAR, RSK, STF, Category, CategoryCode
from domain.consent_codes import Danger, DangerPlace, Impracticability
from domain.items import FieldPath
from domain.model import (
    AgencyId,
    Command,
    EmergencyId,
    Event,
    GrantId,
    Instant,
    Sealed,
    StaffId,
    Stamp,
)
from domain.text import FreeText

FEW: Final = Meta(max_length=20)
Named: TypeAlias = Annotated[frozenset[AgencyId], Meta(min_length=1, max_length=20)]
OnlyFields: TypeAlias = Annotated[frozenset[FieldPath], Meta(min_length=1, max_length=50)]


class EmergencyRequested(Event, frozen=True, kw_only=True, tag="consent.emergency_requested.v1"):
    """``asked_agencies``: who is asked to answer for it, beside those that take part."""

    primary: ClassVar[Category] = CNS
    makes: ClassVar[str | None] = "emergency_id"

    emergency_id: Annotated[EmergencyId, CNS]
    requested_by: Annotated[StaffId, STF]
    requesting_agency: Annotated[AgencyId, CNS]
    asked_agencies: Annotated[Annotated[frozenset[AgencyId], FEW], CNS] = frozenset()
    recipients: Annotated[Named, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    only_fields: Annotated[OnlyFields | None, CNS] = None
    expires_at: Annotated[Instant, CNS]
    overrides_refusals: Annotated[Annotated[frozenset[GrantId], FEW], CNS] = frozenset()
    overrides_exclusions: Annotated[Annotated[frozenset[AgencyId], FEW], CNS] = frozenset()
    impracticability: Annotated[Impracticability, CNS]
    impracticability_text: Annotated[Sealed[FreeText | None], NAR]
    danger: Annotated[Sealed[frozenset[Danger]], RSK]
    danger_place: Annotated[Sealed[DangerPlace], RSK]
    danger_text: Annotated[Sealed[FreeText | None], NAR]


class EmergencyDisclosureAuthorised(
    Event, frozen=True, kw_only=True, tag="consent.emergency_disclosure_authorised.v1"
):
    """One for each who answers for it; it opens something with the one that is ``in_force``."""

    primary: ClassVar[Category] = CNS

    emergency_id: Annotated[EmergencyId, CNS]
    requested_by: Annotated[StaffId, STF]
    authorised_by: Annotated[StaffId, STF]
    authorising_agency: Annotated[AgencyId, CNS]
    in_force: Annotated[bool, CNS]
    recipients: Annotated[Named, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    only_fields: Annotated[OnlyFields | None, CNS] = None
    expires_at: Annotated[Instant, CNS]
    overrides_refusals: Annotated[Annotated[frozenset[GrantId], FEW], CNS] = frozenset()
    overrides_exclusions: Annotated[Annotated[frozenset[AgencyId], FEW], CNS] = frozenset()
    review_by: Annotated[date | None, CNS] = None
    impracticability: Annotated[Impracticability, CNS]
    impracticability_text: Annotated[Sealed[FreeText | None], NAR]
    danger: Annotated[Sealed[frozenset[Danger]], RSK]
    danger_place: Annotated[Sealed[DangerPlace], RSK]
    danger_text: Annotated[Sealed[FreeText | None], NAR]


class EmergencyExpired(Event, frozen=True, kw_only=True, tag="consent.emergency_expired.v1"):
    """For the record, or sooner than by the clock."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    emergency_id: Annotated[EmergencyId, CNS]
    review_by: Annotated[date | None, CNS] = None


EmergencyEvent: TypeAlias = EmergencyRequested | EmergencyDisclosureAuthorised | EmergencyExpired


class RequestEmergency(Command, frozen=True, kw_only=True, tag="consent.request_emergency"):
    recipients: Named
    categories: frozenset[CategoryCode]
    only_fields: OnlyFields | None = None
    expires_at: Instant
    asked_agencies: Annotated[frozenset[AgencyId], FEW] = frozenset()
    overrides_refusals: Annotated[frozenset[GrantId], FEW] = frozenset()
    overrides_exclusions: Annotated[frozenset[AgencyId], FEW] = frozenset()
    impracticability: Impracticability
    impracticability_text: FreeText | None = None
    danger: frozenset[Danger]
    danger_place: DangerPlace
    danger_text: FreeText | None = None


class AuthoriseEmergency(Command, frozen=True, kw_only=True, tag="consent.authorise_emergency"):
    """Whoever answers for it says in their own words what the danger is."""

    emergency_id: EmergencyId
    impracticability: Impracticability
    impracticability_text: FreeText | None = None
    danger: frozenset[Danger]
    danger_place: DangerPlace
    danger_text: FreeText | None = None


class EndEmergency(Command, frozen=True, kw_only=True, tag="consent.end_emergency"):
    narrows: ClassVar[bool] = True

    emergency_id: EmergencyId


EmergencyCommand: TypeAlias = RequestEmergency | AuthoriseEmergency | EndEmergency
