"""Services (つないだ制度・サービス): what she uses or asks for, one by one or several at once.

Which service it is, and how it stands, tells as much of her as the service is about. An agency
that provides one takes part in the case from its approval until it ends.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final, NewType, TypeAlias, assert_never
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.case.agreeing import check_let_know, check_may_know
from domain.case.beside import Beside
from domain.case.days import happened_on
from domain.categories import CNS, ECO, ENV, SVC, Category
from domain.codes import Label
from domain.machine import NOT_YET, Edge, Machine
from domain.model import (
    AgencyId,
    Command,
    Context,
    Event,
    GrantId,
    Guarded,
    Sealed,
    Stamp,
)
from domain.speech import Refused
from domain.support_codes import (
    CATEGORY_OF_SERVICE,
    SERVICE_CATEGORIES,
    SERVICE_STATUSES,
    ServiceCategory,
    ServiceCode,
    ServiceStatus,
)

ServiceId = NewType("ServiceId", UUID)
BundleId = NewType("BundleId", UUID)
BUNDLE_MAX = 20
BY_CODE: Final[Category] = ECO.by("about", {code: code for code in SERVICE_CATEGORIES})


class ServiceLinked(Event, frozen=True, kw_only=True, tag="case.service_linked.v1"):
    """``about`` says of which category the service is: it is seen where that may be seen."""

    primary: ClassVar[Category] = BY_CODE
    makes: ClassVar[str | None] = "service_id"
    state_of: ClassVar[tuple[str, ...]] = ("service_id",)

    service_id: Annotated[ServiceId, ENV]
    about: Annotated[ServiceCategory, ENV]
    service_code: Annotated[Sealed[ServiceCode], BY_CODE]
    provider_agency: Annotated[AgencyId, SVC]
    status: Annotated[ServiceStatus, ENV]
    on: Annotated[Sealed[date], BY_CODE]


class ServiceStatusChanged(Event, frozen=True, kw_only=True, tag="case.service_status_changed.v1"):
    primary: ClassVar[Category] = BY_CODE
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})
    state_of: ClassVar[tuple[str, ...]] = ("service_id",)

    service_id: Annotated[ServiceId, ENV]
    about: Annotated[ServiceCategory, ENV]
    provider_agency: Annotated[AgencyId, SVC]
    status: Annotated[ServiceStatus, ENV]
    on: Annotated[Sealed[date], BY_CODE]


Codes: TypeAlias = Annotated[tuple[ServiceCode, ...], Meta(min_length=1, max_length=BUNDLE_MAX)]
Divisions: TypeAlias = Annotated[tuple[AgencyId, ...], Meta(min_length=1, max_length=BUNDLE_MAX)]


class ProcedureBundleOpened(
    Event, frozen=True, kw_only=True, tag="case.procedure_bundle_opened.v1"
):
    """She says it once: each procedure, in its place, goes to the division in the same place."""

    primary: ClassVar[Category] = ECO
    makes: ClassVar[str | None] = "bundle_id"
    state_of: ClassVar[tuple[str, ...]] = ("bundle_id",)

    bundle_id: Annotated[BundleId, ENV]
    procedures: Annotated[Sealed[Codes], ECO]
    divisions: Annotated[Divisions, ECO]
    consent_id: Annotated[GrantId, CNS]


class ProcedureBundleCompleted(
    Event, frozen=True, kw_only=True, tag="case.procedure_bundle_completed.v1"
):
    primary: ClassVar[Category] = ECO
    state_of: ClassVar[tuple[str, ...]] = ("bundle_id",)

    bundle_id: Annotated[BundleId, ENV]
    completed_on: Annotated[Sealed[date], ECO]


ServiceEvent: TypeAlias = (
    ServiceLinked | ServiceStatusChanged | ProcedureBundleOpened | ProcedureBundleCompleted
)


class LinkService(Command, frozen=True, kw_only=True, tag="case.link_service"):
    """It is asked for, or already approved or in use. Without ``on``, as of today."""

    service_code: ServiceCode
    provider_agency: AgencyId
    status: ServiceStatus = "REQUESTED"
    on: date | None = None


class ChangeServiceStatus(Command, frozen=True, kw_only=True, tag="case.change_service_status"):
    service_id: ServiceId
    status: ServiceStatus
    on: date | None = None

    @property
    def takes_back(self) -> bool:
        return self.status not in PROVIDING


class Procedure(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    service_code: ServiceCode
    division: AgencyId


class OpenProcedureBundle(Command, frozen=True, kw_only=True, tag="case.open_procedure_bundle"):
    """``consent_id`` is the one consent by which all those divisions may be told."""

    procedures: Annotated[tuple[Procedure, ...], Meta(min_length=1, max_length=BUNDLE_MAX)]
    consent_id: GrantId


class CompleteProcedureBundle(
    Command, frozen=True, kw_only=True, tag="case.complete_procedure_bundle"
):
    bundle_id: BundleId


ServiceCommand: TypeAlias = (
    LinkService | ChangeServiceStatus | OpenProcedureBundle | CompleteProcedureBundle
)
# From where to where a service moves. What was refused, or was not to be had, can be linked anew.
SERVICE: Final = Machine(
    name=Label("サービスの利用", "Service link"),
    states={str(code): label for code, label in SERVICE_STATUSES.items()},
    edges=(
        *(Edge(NOT_YET, ServiceLinked, first) for first in ("REQUESTED", "APPROVED", "IN_USE")),
        *(
            Edge("REQUESTED", ServiceStatusChanged, after)
            for after in ("APPROVED", "IN_USE", "REFUSED", "UNAVAILABLE", "ENDED")
        ),
        *(
            Edge("APPROVED", ServiceStatusChanged, after)
            for after in ("IN_USE", "UNAVAILABLE", "ENDED")
        ),
        Edge("IN_USE", ServiceStatusChanged, "ENDED"),
    ),
)
BUNDLE: Final = Machine(
    name=Label("手続の一元化", "Procedure bundle"),
    states={"OPEN": Label("手続中", "Open"), "COMPLETED": Label("完了", "Completed")},
    edges=(
        Edge(NOT_YET, ProcedureBundleOpened, "OPEN"),
        Edge("OPEN", ProcedureBundleCompleted, "COMPLETED"),
    ),
)
PROVIDING: Final[frozenset[ServiceStatus]] = frozenset({"APPROVED", "IN_USE"})


class Link(msgspec.Struct, frozen=True):
    about: ServiceCategory
    provider: AgencyId
    status: ServiceStatus


class Services(msgspec.Struct, frozen=True, kw_only=True):
    links: Mapping[ServiceId, Link] = {}
    bundles: Mapping[BundleId, str] = {}

    @property
    def providers(self) -> frozenset[AgencyId]:
        """Who takes part because it provides something, and as long as it does."""
        return frozenset(each.provider for each in self.links.values() if each.status in PROVIDING)


class ServiceNotFound(Refused):
    """There is no such service in this case."""

    ja: ClassVar[str] = "指定されたサービスは、このケースに記録されていません。"


class ServiceStatusNotNext(Refused):
    """This is no next status of that service: link it anew where it begins again."""

    ja: ClassVar[str] = (
        "このサービスを、その状況に進めることはできません。"
        "改めて利用を始めるときは、新しく登録してください。"
    )


class BundleNotFound(Refused):
    """There is no such bundle of procedures in this case."""

    ja: ClassVar[str] = "指定された一括手続は、このケースに記録されていません。"


class BundleAlreadyCompleted(Refused):
    """This bundle of procedures is completed already."""

    ja: ClassVar[str] = "この一括手続は、すでに完了しています。"


class DivisionNotAgreed(Refused):
    """That consent does not let each of these divisions be told: ask her, or leave some out."""

    ja: ClassVar[str] = (
        "指定された同意では、すべての担当課に情報を提供することができません。"
        "本人の同意を確認するか、担当課を減らしてください。"
    )


def decide(
    state: Services, beside: Beside, command: ServiceCommand, by: Context
) -> tuple[ServiceEvent, ...]:
    match command:
        case LinkService():
            check_may_know(beside, command.provider_agency)
            check_let_know(beside, command.provider_agency)
            return (_linked(command, by),)
        case ChangeServiceStatus():
            return _changed(state, beside, command, by)
        case OpenProcedureBundle():
            check_divisions_agreed(beside, command)
            return (_opened(command, by),)
        case CompleteProcedureBundle(bundle_id=bundle):
            return (_completed(state, bundle, by),)
    assert_never(command)


def evolve(state: Services, event: ServiceEvent) -> Services:
    change = msgspec.structs.replace
    match event:
        case ServiceLinked(service_id=service):
            link = Link(event.about, event.provider_agency, event.status)
            return change(state, links={**state.links, service: link})
        case ServiceStatusChanged(service_id=service, status=status):
            link = change(state.links[service], status=status)
            return change(state, links={**state.links, service: link})
        case ProcedureBundleOpened(bundle_id=bundle) | ProcedureBundleCompleted(bundle_id=bundle):
            after = BUNDLE.after(state.bundles.get(bundle, NOT_YET), type(event))
            return change(state, bundles={**state.bundles, bundle: after})
    assert_never(event)


def ended_by(state: Services, leaving: AgencyId, by: Context) -> tuple[ServiceStatusChanged, ...]:
    """What an agency provides ends when it leaves the case."""
    return tuple(
        ServiceStatusChanged(
            service_id=service,
            about=link.about,
            provider_agency=leaving,
            status="ENDED",
            on=happened_on(None, by),
        )
        for service, link in state.links.items()
        if link.provider == leaving and link.status in PROVIDING
    )


def check_divisions_agreed(beside: Beside, command: OpenProcedureBundle) -> None:
    """INV-C2: one consent by which every division may be told, and none is told beyond it."""
    told = {each.division for each in command.procedures}
    if not told <= beside.sharing.get(command.consent_id, frozenset()):
        raise DivisionNotAgreed


def _linked(command: LinkService, by: Context) -> ServiceLinked:
    if Edge(NOT_YET, ServiceLinked, command.status) not in SERVICE.edges:
        raise ServiceStatusNotNext
    return ServiceLinked(
        service_id=ServiceId(by.new_id),
        about=CATEGORY_OF_SERVICE[command.service_code],
        service_code=command.service_code,
        provider_agency=command.provider_agency,
        status=command.status,
        on=happened_on(command.on, by),
    )


def _changed(
    state: Services, beside: Beside, command: ChangeServiceStatus, by: Context
) -> tuple[ServiceStatusChanged, ...]:
    if command.service_id not in state.links:
        raise ServiceNotFound
    link = state.links[command.service_id]
    if link.status == command.status:
        return ()
    if Edge(link.status, ServiceStatusChanged, command.status) not in SERVICE.edges:
        raise ServiceStatusNotNext
    if command.status in PROVIDING:
        check_may_know(beside, link.provider)
        check_let_know(beside, link.provider)
    return (
        ServiceStatusChanged(
            service_id=command.service_id,
            about=link.about,
            provider_agency=link.provider,
            status=command.status,
            on=happened_on(command.on, by),
        ),
    )


def _opened(command: OpenProcedureBundle, by: Context) -> ProcedureBundleOpened:
    procedures: Codes = tuple(each.service_code for each in command.procedures)
    return ProcedureBundleOpened(
        bundle_id=BundleId(by.new_id),
        procedures=procedures,
        divisions=tuple(each.division for each in command.procedures),
        consent_id=command.consent_id,
    )


def _completed(state: Services, bundle: BundleId, by: Context) -> ProcedureBundleCompleted:
    if bundle not in state.bundles:
        raise BundleNotFound
    if not BUNDLE.allows(state.bundles[bundle], ProcedureBundleCompleted):
        raise BundleAlreadyCompleted
    return ProcedureBundleCompleted(bundle_id=bundle, completed_on=happened_on(None, by))
