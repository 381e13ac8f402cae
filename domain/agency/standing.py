"""Standing (機関の登録): that an agency is there, what it is, and what becomes of it."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

from msgspec import Meta
from msgspec.structs import replace

from domain.agency.state import KnownAgency, OperatorStays
from domain.agency_codes import PROTECTIVE, AgencyKind, Municipality, Prefecture
from domain.calendar import date_in_japan
from domain.categories import ENV, PUB, Category
from domain.codes import Sector
from domain.model import AgencyId, Command, Context, Event, Sealed, Stamp
from domain.speech import Refused
from domain.text import Line

# The name and the town of a protective provider tell where she is.
NAME: Final[Category] = PUB.by("kind", dict.fromkeys(PROTECTIVE, "LOC"))

Operators: TypeAlias = Annotated[frozenset[AgencyId], Meta(max_length=20)]


class AgencyRegistered(Event, frozen=True, kw_only=True, tag="agency.registered.v1"):
    """What is sealed here is sealed under a key of the agency's own."""

    primary: ClassVar[Category] = PUB
    makes: ClassVar[str | None] = "agency_id"

    agency_id: Annotated[AgencyId, ENV]
    kind: Annotated[AgencyKind, PUB]
    name: Annotated[Sealed[Line], NAME]
    prefecture: Annotated[Prefecture | None, PUB]
    municipality: Annotated[Sealed[Municipality | None], NAME]
    sector: Annotated[Sector, PUB]
    functions: Annotated[frozenset[AgencyKind], PUB] = frozenset()
    operators: Annotated[Operators, PUB] = frozenset()
    publish_name: Annotated[bool, PUB]


class AgencyUpdated(Event, frozen=True, kw_only=True, tag="agency.updated.v1"):
    """``None`` says nothing: what is not said stays, and so do its kind and its prefecture."""

    primary: ClassVar[Category] = PUB
    kind: Annotated[AgencyKind, PUB]
    name: Annotated[Sealed[Line | None], NAME]
    municipality: Annotated[Sealed[Municipality | None], NAME]
    sector: Annotated[Sector | None, PUB] = None
    operators: Annotated[Operators | None, PUB] = None
    publish_name: Annotated[bool | None, PUB] = None


class FunctionDesignated(Event, frozen=True, kw_only=True, tag="agency.function_designated.v1"):
    primary: ClassVar[Category] = PUB
    function: Annotated[AgencyKind, PUB]
    on: Annotated[date, PUB]


class AgencySuspended(Event, frozen=True, kw_only=True, tag="agency.suspended.v1"):
    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    on: Annotated[date, PUB]


class AgencyRestored(Event, frozen=True, kw_only=True, tag="agency.restored.v1"):
    primary: ClassVar[Category] = PUB
    on: Annotated[date, PUB]


class AgencySucceeded(Event, frozen=True, kw_only=True, tag="agency.succeeded.v1"):
    """What was granted to the old one passes to the new one, but for where she is."""

    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    old: Annotated[AgencyId, PUB]
    new: Annotated[AgencyId, PUB]
    on: Annotated[date, PUB]


class AgencyTookOver(Event, frozen=True, kw_only=True, tag="agency.took_over.v1"):
    """The same, as it is told of the new one: whom she shut out is shut out in it, too."""

    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    old: Annotated[AgencyId, PUB]
    on: Annotated[date, PUB]


class AgencyDeactivated(Event, frozen=True, kw_only=True, tag="agency.deactivated.v1"):
    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    on: Annotated[date, PUB]


StandingEvent: TypeAlias = (
    AgencyRegistered
    | AgencyUpdated
    | FunctionDesignated
    | AgencySuspended
    | AgencyRestored
    | AgencySucceeded
    | AgencyTookOver
    | AgencyDeactivated
)


class RegisterAgency(Command, frozen=True, kw_only=True, tag="agency.register"):
    kind: AgencyKind
    name: Line
    prefecture: Prefecture | None = None
    municipality: Municipality | None = None
    sector: Sector
    functions: frozenset[AgencyKind] = frozenset()
    operators: Operators = frozenset()
    publish_name: bool = False


class UpdateAgency(Command, frozen=True, kw_only=True, tag="agency.update"):
    """What is left out stays as it is. Its kind and its prefecture never change."""

    agency_id: AgencyId
    name: Line | None = None
    municipality: Municipality | None = None
    sector: Sector | None = None
    operators: Operators | None = None
    publish_name: bool | None = None


class DesignateFunction(Command, frozen=True, kw_only=True, tag="agency.designate_function"):
    agency_id: AgencyId
    function: AgencyKind


class SuspendAgency(Command, frozen=True, kw_only=True, tag="agency.suspend"):
    narrows: ClassVar[bool] = True

    agency_id: AgencyId


class RestoreAgency(Command, frozen=True, kw_only=True, tag="agency.restore"):
    agency_id: AgencyId


class SucceedAgency(Command, frozen=True, kw_only=True, tag="agency.succeed"):
    """``successor`` takes over what the agency was, but for where she is."""

    narrows_besides: ClassVar[bool] = True

    agency_id: AgencyId
    successor: AgencyId


class DeactivateAgency(Command, frozen=True, kw_only=True, tag="agency.deactivate"):
    narrows: ClassVar[bool] = True

    agency_id: AgencyId


StandingCommand: TypeAlias = (
    UpdateAgency
    | DesignateFunction
    | SuspendAgency
    | RestoreAgency
    | SucceedAgency
    | DeactivateAgency
)


class RegisteredUnderAnOpenName(Refused):
    """Its name stands open, so it cannot become a place of protection: register that by itself."""

    ja: ClassVar[str] = (
        "名称が公開される機関に、保護を行う施設の機能を加えることはできません。"
        "施設を別の機関として登録してください。"
    )


class SuccessorNotAnother(Refused):
    """An agency is succeeded by another one, not by itself."""

    ja: ClassVar[str] = "承継する機関には、別の機関を指定してください。"


class SuccessorOfAnotherKind(Refused):
    """Consent passes on: name one of its kind, and of theirs it took over, or designate it so."""

    ja: ClassVar[str] = (
        "同意が引き継がれるため、承継できるのは、この機関とこの機関が承継した機関の"
        "どちらの種別にも当たる機関だけです。"
        "そのような機関を指定するか、先にその機能を指定してください。"
    )


def decide(
    operator: AgencyId, agency: KnownAgency, command: StandingCommand, by: Context
) -> tuple[StandingEvent, ...]:
    if command.agency_id == operator and isinstance(
        command, SuspendAgency | SucceedAgency | DeactivateAgency
    ):
        raise OperatorStays
    on = date_in_japan(by.at)
    match command:
        case UpdateAgency():
            return _updated(agency, command)
        case DesignateFunction():
            return _designated(agency, command, on)
        case SuspendAgency():
            return (AgencySuspended(on=on),) if agency.status == "ACTIVE" else ()
        case RestoreAgency():
            return () if agency.status == "ACTIVE" else (AgencyRestored(on=on),)
        case SucceedAgency():
            return _succeeded(agency, command, on)
        case DeactivateAgency():
            return () if agency.is_gone else (AgencyDeactivated(on=on),)
    assert_never(command)


def evolve(agency: KnownAgency, event: StandingEvent) -> KnownAgency:
    match event:
        case FunctionDesignated(function=function):
            return replace(agency, functions=agency.functions | {function})
        case AgencySucceeded(new=new):
            return replace(agency, succeeded_by=new)
        case AgencyTookOver(old=old):
            return replace(agency, predecessors=agency.predecessors | {old})
        case AgencyUpdated(sector=sector, publish_name=publish):
            private = agency.private if sector is None else sector == "PRIVATE"
            publishes = agency.publishes_name if publish is None else publish
            return replace(agency, private=private, publishes_name=publishes)
        case AgencyRegistered() | AgencySuspended() | AgencyRestored() | AgencyDeactivated():
            return agency
    assert_never(event)


def registered(command: RegisterAgency, by: Context) -> tuple[AgencyRegistered]:
    for function in command.functions:
        check_keeps_where_she_is(command.kind, function)
    return (
        AgencyRegistered(
            agency_id=AgencyId(by.new_id),
            kind=command.kind,
            name=command.name,
            prefecture=command.prefecture,
            municipality=command.municipality,
            sector=command.sector,
            functions=command.functions - {command.kind},
            operators=command.operators,
            publish_name=command.publish_name,
        ),
    )


def _updated(agency: KnownAgency, command: UpdateAgency) -> tuple[AgencyUpdated, ...]:
    said = AgencyUpdated(
        kind=agency.kind,
        name=command.name,
        municipality=command.municipality,
        sector=command.sector,
        operators=command.operators,
        publish_name=command.publish_name,
    )
    nothing = AgencyUpdated(kind=agency.kind, name=None, municipality=None)
    return () if said == nothing else (said,)


def _designated(
    agency: KnownAgency, command: DesignateFunction, on: date
) -> tuple[FunctionDesignated, ...]:
    if agency.is_a(command.function):
        return ()
    check_keeps_where_she_is(agency.kind, command.function)
    return (FunctionDesignated(function=command.function, on=on),)


def _succeeded(
    agency: KnownAgency, command: SucceedAgency, on: date
) -> tuple[AgencySucceeded, ...]:
    if command.successor == command.agency_id:
        raise SuccessorNotAnother
    if agency.succeeded_by == command.successor:
        return ()
    return (AgencySucceeded(old=command.agency_id, new=command.successor, on=on),)


def took_over(agency: KnownAgency, succession: AgencySucceeded) -> tuple[AgencyTookOver, ...]:
    """For the successor's own stream: it follows also those whom the old one followed."""
    return tuple(
        AgencyTookOver(old=old, on=succession.on)
        for old in (succession.old, *sorted(agency.predecessors))
    )


def check_is_of_its_kind(before: Iterable[KnownAgency], successor: KnownAgency) -> None:
    """She agreed that a hospital may know, and not whoever may come to stand in its place.

    ``before``: whom it succeeds, and those whom that one took over from.
    """
    if not all(successor.is_a(each.kind) for each in before):
        raise SuccessorOfAnotherKind


def check_keeps_where_she_is(kind: AgencyKind, function: AgencyKind) -> None:
    """A place of protection is named to nobody else; everybody knows where a Centre is."""
    if function in PROTECTIVE and kind not in {*PROTECTIVE, "WOMENS_SUPPORT_CENTRE"}:
        raise RegisteredUnderAnOpenName
