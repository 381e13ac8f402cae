"""Offers (支援メニュー・相談窓口): what an agency says it can do, and when it can be reached."""

from typing import Annotated, ClassVar, TypeAlias, assert_never

from msgspec import Meta
from msgspec.structs import replace

from domain.agency.state import KnownAgency
from domain.categories import PUB, Category
from domain.codes import Channel, Language
from domain.model import AgencyId, Command, Event, Sealed
from domain.support_codes import ServiceCode, ServiceField
from domain.text import Line

Hours: TypeAlias = Annotated[tuple[Line, ...], Meta(max_length=14)]


class ServiceOffered(Event, frozen=True, kw_only=True, tag="agency.service_offered.v1"):
    primary: ClassVar[Category] = PUB
    service_code: Annotated[ServiceCode, PUB]
    field: Annotated[ServiceField, PUB]


class ServiceWithdrawn(Event, frozen=True, kw_only=True, tag="agency.service_withdrawn.v1"):
    primary: ClassVar[Category] = PUB
    service_code: Annotated[ServiceCode, PUB]


class ConsultationWindowSet(
    Event, frozen=True, kw_only=True, tag="agency.consultation_window_set.v1"
):
    """No channel, and the window is closed."""

    primary: ClassVar[Category] = PUB
    channels: Annotated[frozenset[Channel], PUB]
    hours: Annotated[Sealed[Hours], PUB]
    languages: Annotated[frozenset[Language], PUB]


OfferEvent: TypeAlias = ServiceOffered | ServiceWithdrawn | ConsultationWindowSet


class OfferService(Command, frozen=True, kw_only=True, tag="agency.offer_service"):
    agency_id: AgencyId
    service_code: ServiceCode
    field: ServiceField


class WithdrawService(Command, frozen=True, kw_only=True, tag="agency.withdraw_service"):
    agency_id: AgencyId
    service_code: ServiceCode


class SetConsultationWindow(
    Command, frozen=True, kw_only=True, tag="agency.set_consultation_window"
):
    agency_id: AgencyId
    channels: frozenset[Channel]
    hours: Hours = ()
    languages: frozenset[Language] = frozenset({"ja"})


OfferCommand: TypeAlias = OfferService | WithdrawService | SetConsultationWindow


def decide(agency: KnownAgency, command: OfferCommand) -> tuple[OfferEvent, ...]:
    match command:
        case OfferService(service_code=service, field=field):
            offered = agency.services.get(service) == field
            return () if offered else (ServiceOffered(service_code=service, field=field),)
        case WithdrawService(service_code=service):
            return (ServiceWithdrawn(service_code=service),) if service in agency.services else ()
        case SetConsultationWindow():
            return (
                ConsultationWindowSet(
                    channels=command.channels, hours=command.hours, languages=command.languages
                ),
            )
    assert_never(command)


def evolve(agency: KnownAgency, event: OfferEvent) -> KnownAgency:
    match event:
        case ServiceOffered(service_code=service, field=field):
            return replace(agency, services={**agency.services, service: field})
        case ServiceWithdrawn(service_code=withdrawn):
            left = {key: field for key, field in agency.services.items() if key != withdrawn}
            return replace(agency, services=left)
        case ConsultationWindowSet():
            return agency
    assert_never(event)
