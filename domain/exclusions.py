"""Exclusions (提供先の除外): agencies and people at work whom she does not want to know.

Perhaps a relative of his works there. An exclusion beats every grant, whenever that was given, and
only she lifts it. Whom it shuts out is never told why.
"""

from typing import Annotated, ClassVar, TypeAlias, assert_never

import msgspec

from domain.categories import CNS, RSK, Category
from domain.codes import Method
from domain.model import AgencyId, Command, Context, Event, StaffId, Stamp
from domain.speech import Refused


class ExclusionSet(Event, frozen=True, kw_only=True, tag="consent.exclusion_set.v1"):
    """It names an agency, or somebody at work, and never both."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    agency_id: Annotated[AgencyId | None, RSK] = None
    staff_id: Annotated[StaffId | None, RSK] = None
    via_agency: Annotated[AgencyId, CNS]


class ExclusionLifted(Event, frozen=True, kw_only=True, tag="consent.exclusion_lifted.v1"):
    """``method``: how she said so herself."""

    primary: ClassVar[Category] = CNS

    agency_id: Annotated[AgencyId | None, RSK] = None
    staff_id: Annotated[StaffId | None, RSK] = None
    method: Annotated[Method, CNS]
    via_agency: Annotated[AgencyId, CNS]


ExclusionEvent: TypeAlias = ExclusionSet | ExclusionLifted


class SetExclusion(Command, frozen=True, kw_only=True, tag="consent.set_exclusion"):
    narrows: ClassVar[bool] = True

    agency_id: AgencyId | None = None
    staff_id: StaffId | None = None


class LiftExclusion(Command, frozen=True, kw_only=True, tag="consent.lift_exclusion"):
    agency_id: AgencyId | None = None
    staff_id: StaffId | None = None
    method: Method


ExclusionCommand: TypeAlias = SetExclusion | LiftExclusion


class Exclusions(msgspec.Struct, frozen=True):
    agencies: frozenset[AgencyId] = frozenset()
    staff: frozenset[StaffId] = frozenset()


class ExcludeOne(Refused):
    """Name the agency or the member of staff whom she excludes: exactly one."""

    ja: ClassVar[str] = "除外する機関か職員のどちらか一方だけを指定してください。"


class ExclusionNotFound(Refused):
    """She has not excluded them."""

    ja: ClassVar[str] = "本人はその機関・職員を除外していません。"


def decide(
    exclusions: Exclusions, command: ExclusionCommand, by: Context
) -> tuple[ExclusionEvent, ...]:
    if (command.agency_id is None) == (command.staff_id is None):
        raise ExcludeOne
    stands = command.agency_id in exclusions.agencies or command.staff_id in exclusions.staff
    match command:
        case SetExclusion() if stands:
            return ()
        case SetExclusion(agency_id=agency, staff_id=staff):
            return (ExclusionSet(agency_id=agency, staff_id=staff, via_agency=by.agency),)
        case LiftExclusion(agency_id=agency, staff_id=staff, method=method):
            check_only_she_lifts(exclusions, by)
            if not stands:
                raise ExclusionNotFound
            return (
                ExclusionLifted(
                    agency_id=agency, staff_id=staff, method=method, via_agency=by.agency
                ),
            )
    assert_never(command)


def check_only_she_lifts(exclusions: Exclusions, by: Context) -> None:
    """She says so to somebody she has not shut out; for whom she has, there is nothing to lift."""
    if by.agency in exclusions.agencies or by.staff in exclusions.staff:
        raise ExclusionNotFound


def evolve(exclusions: Exclusions, event: ExclusionEvent) -> Exclusions:
    agencies = frozenset({event.agency_id} if event.agency_id else ())
    staff = frozenset({event.staff_id} if event.staff_id else ())
    match event:
        case ExclusionSet():
            return Exclusions(exclusions.agencies | agencies, exclusions.staff | staff)
        case ExclusionLifted():
            return Exclusions(exclusions.agencies - agencies, exclusions.staff - staff)
    assert_never(event)
