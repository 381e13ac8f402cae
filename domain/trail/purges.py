"""Purges (消去の依頼): who received what is no longer covered is asked to destroy it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar, Final, Literal, NewType, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.calendar import is_over
from domain.categories import CNS, Category, CategoryCode
from domain.codes import Label
from domain.consent_codes import PurgeCause, PurgeGround
from domain.machine import NOT_YET, Edge, Machine
from domain.model import AgencyId, Command, EmergencyId, Event, EventId, GrantId
from domain.speech import Refused
from domain.statutory import StatutoryId

PurgeId = NewType("PurgeId", UUID)
Covers: TypeAlias = Annotated[frozenset[CategoryCode], Meta(min_length=1)]


class PurgeRequested(Event, frozen=True, kw_only=True, tag="trail.purge_requested.v1"):
    """It names the grant, the emergency or the statutory disclosure under which it was told."""

    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS
    makes: ClassVar[str | None] = "purge_id"

    purge_id: Annotated[PurgeId, CNS]
    recipient: Annotated[AgencyId, CNS]
    covers: Annotated[frozenset[CategoryCode], CNS]
    cause: Annotated[PurgeCause, CNS]
    grant_id: Annotated[GrantId | None, CNS] = None
    emergency_id: Annotated[EmergencyId | None, CNS] = None
    statutory_id: Annotated[StatutoryId | None, CNS] = None
    because: Annotated[EventId | None, CNS] = None  # What took it away, where that was an event.
    due: Annotated[date, CNS]


class PurgeAcknowledged(Event, frozen=True, kw_only=True, tag="trail.purge_acknowledged.v1"):
    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    purge_id: Annotated[PurgeId, CNS]
    recipient: Annotated[AgencyId, CNS]


class PurgeDeclined(Event, frozen=True, kw_only=True, tag="trail.purge_declined.v1"):
    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    purge_id: Annotated[PurgeId, CNS]
    recipient: Annotated[AgencyId, CNS]
    ground: Annotated[PurgeGround, CNS]


PurgeEvent: TypeAlias = PurgeRequested | PurgeAcknowledged | PurgeDeclined


class RequestPurge(Command, frozen=True, kw_only=True, tag="trail.request_purge"):
    recipient: AgencyId
    covers: Covers
    cause: PurgeCause
    grant_id: GrantId | None = None
    emergency_id: EmergencyId | None = None
    statutory_id: StatutoryId | None = None


class AcknowledgePurge(Command, frozen=True, kw_only=True, tag="trail.acknowledge_purge"):
    purge_id: PurgeId


class DeclinePurge(Command, frozen=True, kw_only=True, tag="trail.decline_purge"):
    """Only a legal ground lets a recipient keep what it received."""

    purge_id: PurgeId
    ground: PurgeGround


PurgeAnswer: TypeAlias = AcknowledgePurge | DeclinePurge
PurgeCommand: TypeAlias = RequestPurge | AcknowledgePurge | DeclinePurge
PurgeState: TypeAlias = Literal["REQUESTED", "OVERDUE", "ACKNOWLEDGED", "DECLINED"]
PURGE: Final = Machine(
    name=Label("消去の依頼", "Purge"),
    states={
        "REQUESTED": Label("依頼済み", "Requested"),
        "OVERDUE": Label("期限超過", "Overdue"),
        "ACKNOWLEDGED": Label("消去済み", "Acknowledged"),
        "DECLINED": Label("法令により保持", "Declined on a legal ground"),
    },
    edges=(
        Edge(NOT_YET, PurgeRequested, "REQUESTED"),
        Edge("REQUESTED", PurgeAcknowledged, "ACKNOWLEDGED"),
        Edge("OVERDUE", PurgeAcknowledged, "ACKNOWLEDGED"),
        Edge("REQUESTED", PurgeDeclined, "DECLINED"),
        Edge("OVERDUE", PurgeDeclined, "DECLINED"),
    ),
)


Basis: TypeAlias = tuple[GrantId | None, EmergencyId | None, StatutoryId | None]


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    recipient: AgencyId
    covers: frozenset[CategoryCode]
    basis: Basis
    due: date
    because: EventId | None = None
    answered: Literal["ACKNOWLEDGED", "DECLINED"] | None = None

    def asks_for_all_of(self, other: PurgeRequested) -> bool:
        same = (self.recipient, self.basis) == (other.recipient, basis_of(other))
        return same and other.covers <= self.covers

    def state(self, at: datetime) -> PurgeState:
        """Overdue by the clock, recorded nowhere."""
        return self.answered or ("OVERDUE" if is_over(self.due, at) else "REQUESTED")


class PurgeNotFound(Refused):
    """No such purge was asked of your agency."""

    ja: ClassVar[str] = "所属機関に対する該当の消去の依頼はありません。"


class PurgeAlreadyAnswered(Refused):
    """Your agency has answered this already, in the other way."""

    ja: ClassVar[str] = "この消去の依頼には、すでに別の回答が記録されています。"


class PurgeOfItself(Refused):
    """A purge is asked of another agency: your own destroys what it was told unasked."""

    ja: ClassVar[str] = (
        "消去の依頼は、他の機関に対して行うものです。所属機関が受け取った情報は、依頼によらず消去してください。"
    )


class PurgeOfWhatWasToldNotNamed(Refused):
    """Name one grant, emergency or statutory disclosure under which this recipient was told."""

    ja: ClassVar[str] = (
        "この提供先への情報提供の根拠（同意・緊急・法令のいずれか一つ）を指定してください。"
    )


def evolve(purges: Mapping[PurgeId, Purge], event: PurgeEvent) -> dict[PurgeId, Purge]:
    match event:
        case PurgeRequested():
            purge = Purge(
                recipient=event.recipient,
                covers=event.covers,
                basis=basis_of(event),
                due=event.due,
                because=event.because,
            )
        case PurgeAcknowledged():
            purge = msgspec.structs.replace(purges[event.purge_id], answered="ACKNOWLEDGED")
        case PurgeDeclined():
            purge = msgspec.structs.replace(purges[event.purge_id], answered="DECLINED")
    return {**purges, event.purge_id: purge}


def basis_of(event: PurgeRequested) -> Basis:
    return event.grant_id, event.emergency_id, event.statutory_id
