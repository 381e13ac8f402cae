"""Agency (機関): who may act and read at all, and for whom.

Nobody does either without an enrolment, a signed pledge (守秘義務) and an agency in good standing.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

import msgspec

from domain.agency_codes import PROTECTIVE, AgencyKind, Municipality, Prefecture
from domain.calendar import date_in_japan
from domain.categories import ENV, PUB, STF, Category
from domain.codes import Qualification, Sector
from domain.model import (
    AgencyId,
    Command,
    Context,
    Count,
    Decider,
    Event,
    Sealed,
    StaffId,
    StaffRole,
    Stamp,
)
from domain.speech import Refused
from domain.text import Code, Line

# The name and the town of a protective provider tell where she is.
NAME: Final[Category] = PUB.by("kind", dict.fromkeys(PROTECTIVE, "LOC"))


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
    publish_name: Annotated[bool, PUB]


class StaffEnrolled(Event, frozen=True, kw_only=True, tag="agency.staff_enrolled.v1"):
    primary: ClassVar[Category] = STF
    makes: ClassVar[str | None] = "staff_id"

    staff_id: Annotated[StaffId, STF]
    role: Annotated[StaffRole, ENV]
    qualifications: Annotated[Sealed[frozenset[Qualification]], STF]
    years_in_field: Annotated[Sealed[Count | None], STF]


class PledgeSigned(Event, frozen=True, kw_only=True, tag="agency.pledge_signed.v1"):
    primary: ClassVar[Category] = STF
    staff_id: Annotated[StaffId, STF]
    text_version: Annotated[Code, PUB]
    on: Annotated[date, PUB]


class AgencySuspended(Event, frozen=True, kw_only=True, tag="agency.suspended.v1"):
    primary: ClassVar[Category] = PUB
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    on: Annotated[date, PUB]


class AgencyRestored(Event, frozen=True, kw_only=True, tag="agency.restored.v1"):
    primary: ClassVar[Category] = PUB
    on: Annotated[date, PUB]


AgencyEvent: TypeAlias = (
    AgencyRegistered | StaffEnrolled | PledgeSigned | AgencySuspended | AgencyRestored
)


class RegisterAgency(Command, frozen=True, kw_only=True, tag="agency.register"):
    kind: AgencyKind
    name: Line
    prefecture: Prefecture | None = None
    municipality: Municipality | None = None
    sector: Sector
    publish_name: bool = False


class EnrolStaff(Command, frozen=True, kw_only=True, tag="agency.enrol_staff"):
    agency_id: AgencyId
    role: StaffRole
    qualifications: frozenset[Qualification] = frozenset()
    years_in_field: Count | None = None


class SignPledge(Command, frozen=True, kw_only=True, tag="agency.sign_pledge"):
    """A pledge is signed by hand; what is recorded is that it was, and under which text."""

    agency_id: AgencyId
    staff_id: StaffId
    text_version: Code


class SuspendAgency(Command, frozen=True, kw_only=True, tag="agency.suspend"):
    narrows: ClassVar[bool] = True

    agency_id: AgencyId


class RestoreAgency(Command, frozen=True, kw_only=True, tag="agency.restore"):
    agency_id: AgencyId


AgencyCommand: TypeAlias = RegisterAgency | EnrolStaff | SignPledge | SuspendAgency | RestoreAgency


class Staff(msgspec.Struct, frozen=True):
    role: StaffRole
    pledged_under: Code | None = None  # The text that was signed last.


class NoAgency(msgspec.Struct, frozen=True):
    pass


class KnownAgency(msgspec.Struct, frozen=True, kw_only=True):
    kind: AgencyKind
    prefecture: Prefecture | None
    staff: Mapping[StaffId, Staff] = {}
    suspended: bool = False


Agency: TypeAlias = NoAgency | KnownAgency


class AgencyNotKnown(Refused):
    """There is no such agency here, or it is suspended."""

    ja: ClassVar[str] = "該当する機関は登録されていないか、利用を停止中です。"


class AgencyIsSuspended(Refused):
    """Your agency is suspended, so nothing can be done or read in its name: ask the operator."""

    ja: ClassVar[str] = (
        "所属機関は利用を停止中のため、操作も閲覧もできません。運営担当者に問い合わせてください。"
    )


class StaffNotEnrolled(Refused):
    """You are not enrolled in this agency in this role."""

    ja: ClassVar[str] = "この機関にこの職務で登録されていません。"


class StaffNotKnown(Refused):
    """Nobody is enrolled in this agency under that id: enrol them first."""

    ja: ClassVar[str] = "指定された職員は、この機関に登録されていません。先に登録してください。"


class PledgeNotSigned(Refused):
    """Your pledge of confidentiality is not recorded yet: sign it, and have it recorded."""

    ja: ClassVar[str] = (
        "守秘義務の誓約がまだ記録されていません。誓約書に署名し、記録を受けてください。"
    )


class NotYourAgency(Refused):
    """Only the operator may do this, or a representative of the agency itself."""

    ja: ClassVar[str] = "この操作ができるのは、運営担当者か、その機関の代表者だけです。"


class NotTheOperator(Refused):
    """Only the operator of this installation may do this."""

    ja: ClassVar[str] = "この操作ができるのは、運営担当者だけです。"


class OperatorStays(Refused):
    """The operator's own agency cannot be suspended: nobody could restore it."""

    ja: ClassVar[str] = "運営担当の機関は停止できません。再開できる人がいなくなるためです。"


def decide(
    operator: AgencyId, state: Agency, command: AgencyCommand, by: Context
) -> tuple[AgencyEvent, ...]:
    if isinstance(command, RegisterAgency):
        _as_operator(operator, by)
        assert isinstance(state, NoAgency), "its id was made for it"
        return (_registered(command, by),)
    match command:
        case EnrolStaff():
            _as_its_own(operator, command.agency_id, by)
            _known(state)
            return (_enrolled(command, by),)
        case SignPledge():
            _as_its_own(operator, command.agency_id, by)
            return _pledged(_known(state), command, by)
        case SuspendAgency():
            _as_operator(operator, by)
            if command.agency_id == operator:
                raise OperatorStays
            return () if _known(state).suspended else (AgencySuspended(on=date_in_japan(by.at)),)
        case RestoreAgency():
            _as_operator(operator, by)
            return (AgencyRestored(on=date_in_japan(by.at)),) if _known(state).suspended else ()
    assert_never(command)


def evolve(state: Agency, event: AgencyEvent) -> Agency:
    if isinstance(event, AgencyRegistered):
        return KnownAgency(kind=event.kind, prefecture=event.prefecture)
    assert isinstance(state, KnownAgency)
    change = msgspec.structs.replace
    match event:
        case StaffEnrolled(staff_id=staff, role=role):
            return change(state, staff={**state.staff, staff: Staff(role)})
        case PledgeSigned(staff_id=staff, text_version=text):
            signed = change(state.staff[staff], pledged_under=text)
            return change(state, staff={**state.staff, staff: signed})
        case AgencySuspended():
            return change(state, suspended=True)
        case AgencyRestored():
            return change(state, suspended=False)
    assert_never(event)


def agency_under(operator: AgencyId) -> Decider[Agency, AgencyCommand, AgencyEvent]:
    """An agency of the installation that this agency operates."""
    return Decider(NoAgency(), partial(decide, operator), evolve)


def check_may_act(agency: Agency, staff: StaffId, role: StaffRole) -> None:
    """Nobody acts or reads without an enrolment, a pledge, and an agency in good standing."""
    match agency:
        case KnownAgency(suspended=True):
            raise AgencyIsSuspended
        case KnownAgency(staff=enrolled) if staff in enrolled and enrolled[staff].role == role:
            if enrolled[staff].pledged_under is None:
                raise PledgeNotSigned
        case _:
            raise StaffNotEnrolled


def check_in_good_standing(agency: Agency) -> None:
    """Whoever is given something to do must be there to do it."""
    if isinstance(agency, NoAgency) or agency.suspended:
        raise AgencyNotKnown


def _as_operator(operator: AgencyId, by: Context) -> None:
    if by.agency != operator:
        raise NotTheOperator


def _as_its_own(operator: AgencyId, agency: AgencyId, by: Context) -> None:
    if by.agency != operator and (by.agency, by.role) != (agency, "REPRESENTATIVE"):
        raise NotYourAgency


def _known(state: Agency) -> KnownAgency:
    if isinstance(state, NoAgency):
        raise AgencyNotKnown
    return state


def _registered(command: RegisterAgency, by: Context) -> AgencyRegistered:
    return AgencyRegistered(
        agency_id=AgencyId(by.new_id),
        kind=command.kind,
        name=command.name,
        prefecture=command.prefecture,
        municipality=command.municipality,
        sector=command.sector,
        publish_name=command.publish_name,
    )


def _enrolled(command: EnrolStaff, by: Context) -> StaffEnrolled:
    return StaffEnrolled(
        staff_id=StaffId(by.new_id),
        role=command.role,
        qualifications=command.qualifications,
        years_in_field=command.years_in_field,
    )


def _pledged(agency: KnownAgency, command: SignPledge, by: Context) -> tuple[PledgeSigned, ...]:
    if command.staff_id not in agency.staff:
        raise StaffNotKnown
    if agency.staff[command.staff_id].pledged_under == command.text_version:
        return ()
    return (
        PledgeSigned(
            staff_id=command.staff_id,
            text_version=command.text_version,
            on=date_in_japan(by.at),
        ),
    )
