"""People (職員): who works in an agency, what they have signed, and who answers for its feed."""

from datetime import date
from typing import Annotated, ClassVar, TypeAlias, assert_never

from msgspec.structs import replace

from domain.agency.state import (
    HEADS,
    OPERATING,
    Agency,
    KnownAgency,
    OperatorStays,
    Staff,
    as_operator,
    check_pledged,
    enrolled,
)
from domain.calendar import date_in_japan
from domain.categories import ENV, PUB, STF, Category
from domain.codes import Qualification
from domain.model import (
    AgencyId,
    Command,
    Context,
    Count,
    Event,
    Sealed,
    StaffId,
    StaffRole,
    Stamp,
)
from domain.speech import Refused
from domain.text import Code


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


class StaffLeft(Event, frozen=True, kw_only=True, tag="agency.staff_left.v1"):
    """Access ends at once. The pledge stays signed: the duty has no end."""

    primary: ClassVar[Category] = STF
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    staff_id: Annotated[StaffId, STF]
    on: Annotated[date, ENV]


class FeedCustodianNamed(Event, frozen=True, kw_only=True, tag="agency.feed_custodian_named.v1"):
    primary: ClassVar[Category] = STF
    staff_id: Annotated[StaffId, STF]


class FeedCustodianEnded(Event, frozen=True, kw_only=True, tag="agency.feed_custodian_ended.v1"):
    primary: ClassVar[Category] = STF
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"agency"})

    staff_id: Annotated[StaffId, STF]


PeopleEvent: TypeAlias = (
    StaffEnrolled | PledgeSigned | StaffLeft | FeedCustodianNamed | FeedCustodianEnded
)


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


class EndEnrolment(Command, frozen=True, kw_only=True, tag="agency.end_enrolment"):
    narrows: ClassVar[bool] = True

    agency_id: AgencyId
    staff_id: StaffId


class NameFeedCustodian(Command, frozen=True, kw_only=True, tag="agency.name_feed_custodian"):
    agency_id: AgencyId
    staff_id: StaffId


class EndFeedCustodian(Command, frozen=True, kw_only=True, tag="agency.end_feed_custodian"):
    narrows: ClassVar[bool] = True

    agency_id: AgencyId
    staff_id: StaffId


PeopleCommand: TypeAlias = (
    EnrolStaff | SignPledge | EndEnrolment | NameFeedCustodian | EndFeedCustodian
)


class NotTheCustodian(Refused):
    """A feed is fetched by a custodian of your agency: have one named who has signed the pledge."""

    ja: ClassVar[str] = (
        "配信を取得できるのは、所属機関の配信の管理者だけです。"
        "守秘義務の誓約をした職員を管理者に指定してください。"
    )


def check_keeps_feed(agency: Agency, staff: StaffId) -> None:
    if not (isinstance(agency, KnownAgency) and staff in agency.custodians):
        raise NotTheCustodian


def decide(
    operator: AgencyId, agency: KnownAgency, command: PeopleCommand, by: Context
) -> tuple[PeopleEvent, ...]:
    match command:
        case EnrolStaff():
            return _enrolled(operator, command, by)
        case SignPledge():
            return _pledged(agency, command, by)
        case EndEnrolment():
            return _left(operator, agency, command, by)
        case NameFeedCustodian(staff_id=staff):
            check_pledged(agency, staff)
            return () if staff in agency.custodians else (FeedCustodianNamed(staff_id=staff),)
        case EndFeedCustodian(staff_id=staff):
            return (FeedCustodianEnded(staff_id=staff),) if staff in agency.custodians else ()
    assert_never(command)


def evolve(agency: KnownAgency, event: PeopleEvent) -> KnownAgency:
    staff = event.staff_id
    match event:
        case StaffEnrolled(role=role):
            return _with(agency, staff, Staff(role))
        case PledgeSigned(text_version=text):
            return _with(agency, staff, replace(agency.staff[staff], pledged_under=text))
        case StaffLeft(on=on):
            return _with(agency, staff, replace(agency.staff[staff], left=on))
        case FeedCustodianNamed():
            return replace(agency, custodians=agency.custodians | {staff})
        case FeedCustodianEnded():
            return replace(agency, custodians=agency.custodians - {staff})
    assert_never(event)


def _with(agency: KnownAgency, staff_id: StaffId, staff: Staff) -> KnownAgency:
    return replace(agency, staff={**agency.staff, staff_id: staff})


def _enrolled(operator: AgencyId, command: EnrolStaff, by: Context) -> tuple[StaffEnrolled]:
    if command.role == "AUDITOR":  # Nobody chooses who is to look at what they did.
        as_operator(operator, by)
    return (
        StaffEnrolled(
            staff_id=StaffId(by.new_id),
            role=command.role,
            qualifications=command.qualifications,
            years_in_field=command.years_in_field,
        ),
    )


def _pledged(agency: KnownAgency, command: SignPledge, by: Context) -> tuple[PledgeSigned, ...]:
    if enrolled(agency, command.staff_id).pledged_under == command.text_version:
        return ()
    return (
        PledgeSigned(
            staff_id=command.staff_id,
            text_version=command.text_version,
            on=date_in_japan(by.at),
        ),
    )


def _left(
    operator: AgencyId, agency: KnownAgency, command: EndEnrolment, by: Context
) -> tuple[StaffLeft | FeedCustodianEnded, ...]:
    staff = command.staff_id
    if staff in agency.staff and agency.staff[staff].left:
        return ()
    enrolled(agency, staff)
    if command.agency_id == operator:
        _check_somebody_stays(agency, staff)
    left = StaffLeft(staff_id=staff, on=date_in_japan(by.at))
    return (left, *(FeedCustodianEnded(staff_id=each) for each in agency.custodians & {staff}))


def _check_somebody_stays(agency: KnownAgency, going: StaffId) -> None:
    """In the operator's own agency."""
    if not any(
        each.role in HEADS & OPERATING and each.pledged_under and not each.left
        for staff, each in agency.staff.items()
        if staff != going
    ):
        raise OperatorStays
