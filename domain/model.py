"""The words every aggregate is written in: event, command, decider, record."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache, lru_cache, reduce
from typing import (
    Annotated,
    ClassVar,
    Final,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    TypeAlias,
    TypeVar,
    cast,
)
from uuid import UUID, uuid5

import msgspec
from msgspec import inspect

from domain.calendar import accepted, in_utc
from domain.categories import ENV, Category
from domain.guarded import Guarded as Guarded  # noqa: PLC0414 (It is one of these words.)
from domain.text import cleaned, visible
from domain.timers import DEFAULTS, Timers

AgencyId = NewType("AgencyId", UUID)
StaffId = NewType("StaffId", UUID)
PersonId = NewType("PersonId", UUID)
CaseId = NewType("CaseId", UUID)
NetworkId = NewType("NetworkId", UUID)
CommandId = NewType("CommandId", UUID)
ReferralId = NewType("ReferralId", UUID)
MeetingId = NewType("MeetingId", UUID)
StayId = NewType("StayId", UUID)
GrantId = NewType("GrantId", UUID)
EmergencyId = NewType("EmergencyId", UUID)
GrievanceId = NewType("GrievanceId", UUID)
ErasureRequestId = NewType("ErasureRequestId", UUID)
ContractId = NewType("ContractId", UUID)
PostingId = NewType("PostingId", UUID)
EventId = NewType("EventId", UUID)
StreamId = NewType("StreamId", UUID)

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]

StaffRole: TypeAlias = Literal[
    "WOMENS_SUPPORT_COUNSELLOR",
    "COORDINATOR",
    "CASEWORKER",
    "PRACTITIONER",
    "REPRESENTATIVE",
    "CENTRE_DIRECTOR",
    "FACILITY_HEAD",
    "SINGLE_PARENT_COUNSELLOR",
    "PRIVATE_ORG_SPECIALIST",
    "GATEKEEPER",
    "PSYCHOLOGIST",
    "CHILD_SUPPORT_WORKER",
    "INTERPRETER",
    "AUDITOR",
]
# Nobody is enrolled as this: in it the installation does what falls due, and what follows by rule.
Automatic: TypeAlias = Literal["INSTALLATION"]
ActingRole: TypeAlias = StaffRole | Automatic

StreamKind: TypeAlias = Literal[
    "case",
    "consent",
    "numbers",
    "referral",
    "agency",
    "installation",
    "meeting",
    "trail",
    "disclosure",
    "network",
    "grievance",
    "duties",
]
Stamp: TypeAlias = Literal["case", "agency", "network", "work", "ledger"]
NAMESPACE: Final[dict[StreamKind, UUID]] = {
    "case": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a01"),
    "consent": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a02"),
    "numbers": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a03"),
    "referral": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a04"),
    "agency": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a05"),
    "installation": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a06"),
    "meeting": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a07"),
    "trail": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a08"),
    "disclosure": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a09"),
    "network": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a0a"),
    "grievance": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a0b"),
    "duties": UUID("6f0c4f0e-2d5e-4a53-9a35-0f6d8c8f7a0c"),
}


@lru_cache(maxsize=2**14)
def stream_of(kind: StreamKind, key: UUID | str) -> StreamId:
    """Case, ConsentLedger and the case's trail share a key, not a stream."""
    return StreamId(uuid5(NAMESPACE[kind], str(key)))


# The installation acts in a name of its own, under which no agency is registered: so nobody reads
# what it recorded as their own record.
ITSELF: Final = AgencyId(stream_of("installation", "itself"))
ITS_STAFF: Final = StaffId(stream_of("installation", "its staff"))


class Withheld(msgspec.Struct, frozen=True):
    """What stands where a sealed value was not opened, or can never be opened again."""

    withheld: Literal["closed", "erased"]


CLOSED: Final = Withheld("closed")
ERASED: Final = Withheld("erased")

T = TypeVar("T")
Sealed: TypeAlias = T | Withheld


class Event(
    Guarded,
    frozen=True,
    kw_only=True,
    tag_field="type",
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """Something that happened. Past tense, never changed, never removed."""

    # Which earlier decisions this event overtakes: those about its case, its agency, its network.
    # ``work`` is stamped by what is begun or ended in a case, and read by what must not miss it;
    # ``ledger`` by what comes to stand in a network's ledger.
    stamps: ClassVar[frozenset[Stamp]] = frozenset()
    # Which of its fields names what it made, for whoever asked for it.
    makes: ClassVar[str | None] = None
    # What it is mainly about: where that may not be seen, nor may what kind of event it was.
    primary: ClassVar[Category] = ENV
    # Whether it is about somebody's case at all, and not about who was told of it.
    disclosable: ClassVar[bool] = True
    # Which of its fields name the thing whose state it tells; none, and there is one such thing.
    state_of: ClassVar[tuple[str, ...]] = ()


class Command(
    Guarded,
    frozen=True,
    kw_only=True,
    tag_field="type",
    omit_defaults=True,  # So that a field added later changes no hash of an earlier command.
    forbid_unknown_fields=True,
):
    """Something a person asks for. Imperative, and free to be refused."""

    # What only takes something away from somebody's view waits for nobody who is reading.
    narrows: ClassVar[bool] = False
    # What takes something away besides, and also opens something or has to look first, does wait.
    narrows_besides: ClassVar[bool] = False

    @property
    def waits_for_nobody(self) -> bool:
        """Whether it stands whatever else is recorded meanwhile, but in what it writes itself."""
        return self.narrows

    @property
    def takes_back(self) -> bool:
        """Whether somebody may see less after it: it is tried until it stands, or fails loudly."""
        return self.waits_for_nobody or self.narrows_besides

    def __post_init__(self) -> None:
        for name in _worded(type(self)):
            given: object = getattr(self, name)
            if (kept := _kept(given)) is not given:
                msgspec.structs.force_setattr(self, name, kept)


@cache
def _worded(command: type[Command]) -> tuple[str, ...]:
    """Its fields that may hold words, times or days: all but those of codes, ids and figures."""
    info = inspect.type_info(command)
    assert isinstance(info, inspect.StructType)
    return tuple(field.name for field in info.fields if not _is_as_it_is(field.type))


def _is_as_it_is(info: inspect.Type) -> bool:
    match info:
        case inspect.Metadata(type=inner):
            return _is_as_it_is(inner)
        case inspect.UnionType(types=types):
            return all(map(_is_as_it_is, types))
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return _is_as_it_is(item)
        case _:
            return type(info) in AS_THEY_ARE


AS_THEY_ARE: Final = frozenset[type[inspect.Type]](
    {
        inspect.LiteralType,
        inspect.UUIDType,
        inspect.NoneType,
        inspect.BoolType,
        inspect.IntType,
    }
)


def _kept(value: object) -> object:
    match value:
        case str():
            return visible(cleaned(value))
        case datetime():
            accepted(in_utc(value).date())
            return in_utc(value)
        case date():
            return accepted(value)
        case tuple():
            return tuple(_kept(element) for element in cast(tuple[object, ...], value))
        case frozenset():
            return frozenset(_kept(element) for element in cast(frozenset[object], value))
        case msgspec.Struct():
            kept = {name: _kept(getattr(value, name)) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **kept)
        case _:
            return value


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking, for which agency, and when; and one fresh id for what the command makes."""

    agency: AgencyId
    staff: StaffId
    role: ActingRole
    at: datetime
    new_id: UUID
    timers: Timers = DEFAULTS  # Of the network in whose ledger the case stands.

    @property
    def is_automatic(self) -> bool:
        """Nobody asks: it falls due, or follows from what happened. No token ever carries this."""
        return self.role == "INSTALLATION" and (self.agency, self.staff) == (ITSELF, ITS_STAFF)


S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


class Decider(NamedTuple, Generic[S, C, E]):
    """An aggregate: what it was before anything, what it decides, what it becomes."""

    initial: S
    decide: Callable[[S, C, Context], tuple[E, ...]]
    evolve: Callable[[S, E], S]

    def replay(self, events: Iterable[E]) -> S:
        return reduce(self.evolve, events, self.initial)


@lru_cache(maxsize=2**14)
def fence_key(kind: Stamp, key: UUID) -> str:
    return f"{kind}:{key}"
