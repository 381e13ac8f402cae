"""Exclusions (提供先の除外): agencies and people at work whom she does not want to know.

Perhaps a relative of his works there. An exclusion beats every grant, whenever that was given, and
only she lifts it. Whom it shuts out is never told why. Whoever takes over from an agency takes over
its people too: what she has said of the one holds for the other.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated, ClassVar, TypeAlias, assert_never

import msgspec

from domain.agency import Agency, with_those_before
from domain.categories import CNS, Category
from domain.codes import Method
from domain.model import AgencyId, Command, Context, Event, StaffId, Stamp
from domain.speech import Refused


class ExclusionSet(Event, frozen=True, kw_only=True, tag="consent.exclusion_set.v1"):
    """It names an agency, or somebody at work, and never both."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    agency_id: Annotated[AgencyId | None, CNS] = None
    staff_id: Annotated[StaffId | None, CNS] = None
    via_agency: Annotated[AgencyId, CNS]


class ExclusionLifted(Event, frozen=True, kw_only=True, tag="consent.exclusion_lifted.v1"):
    """``method``: how she said so herself."""

    primary: ClassVar[Category] = CNS

    agency_id: Annotated[AgencyId | None, CNS] = None
    staff_id: Annotated[StaffId | None, CNS] = None
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


Whom: TypeAlias = AgencyId | StaffId


class Exclusions(msgspec.Struct, frozen=True):
    """``said``: of the agencies, each one through whom she has said so.

    ``unheard``: of whom it was recorded as lifted, by an agency that is shut out itself.
    """

    agencies: frozenset[AgencyId] = frozenset()
    staff: frozenset[StaffId] = frozenset()
    said: frozenset[tuple[AgencyId, AgencyId]] = frozenset()
    unheard: frozenset[tuple[Whom, AgencyId]] = frozenset()

    def found_by(self, agency: AgencyId) -> tuple[AbstractSet[AgencyId], AbstractSet[StaffId]]:
        """Whom an agency would find shut out, if what it recorded had been heard."""
        shut_out = agency in self.agencies
        gone = {whom for whom, via in self.unheard if shut_out and via == agency}
        return self.agencies - gone, self.staff - gone


class ExcludeOne(Refused):
    """Name the agency or the member of staff whom she excludes: exactly one."""

    ja: ClassVar[str] = "除外する機関か職員のどちらか一方だけを指定してください。"


class ExclusionNotFound(Refused):
    """She has not excluded them."""

    ja: ClassVar[str] = "本人はその機関・職員を除外していません。"


def decide(
    exclusions: Exclusions,
    agencies: Mapping[AgencyId, Agency],
    command: ExclusionCommand,
    by: Context,
) -> tuple[ExclusionEvent, ...]:
    """``agencies``: as far as they were read, whoever acts and whoever is named."""
    if (command.agency_id is None) == (command.staff_id is None):
        raise ExcludeOne
    match command:
        case SetExclusion(agency_id=agency, staff_id=staff):
            # Said again it is recorded again: whoever asks does not learn whom she had shut out.
            return (ExclusionSet(agency_id=agency, staff_id=staff, via_agency=by.agency),)
        case LiftExclusion(agency_id=agency, staff_id=staff, method=method):
            shut_out, people = exclusions.found_by(by.agency)
            named = with_those_before([agency] if agency else [], agencies) & shut_out
            check_only_she_lifts(exclusions, named, staff, agencies, by)
            if not (named or staff in people):
                raise ExclusionNotFound
            lifted: list[AgencyId | None] = [*sorted(named)] or [None]
            return tuple(
                ExclusionLifted(agency_id=each, staff_id=staff, method=method, via_agency=by.agency)
                for each in lifted
            )
    assert_never(command)


def check_only_she_lifts(
    exclusions: Exclusions,
    named: AbstractSet[AgencyId],
    staff: StaffId | None,
    agencies: Mapping[AgencyId, Agency],
    by: Context,
) -> None:
    """Whom she has shut out lets itself in nowhere: of it, there is nothing to lift.

    Of others it is answered as everybody is, so that it learns from no answer what she has said of
    it; but she speaks through nobody she has shut out, and so it is not heard. What came in its
    place finds nothing.
    """
    itself = with_those_before([by.agency], agencies)
    follows = by.agency not in exclusions.agencies and itself & exclusions.agencies
    if named & itself or staff == by.staff or follows:
        raise ExclusionNotFound


def following(
    excluded: frozenset[AgencyId], agencies: Mapping[AgencyId, Agency]
) -> frozenset[AgencyId]:
    """Whom she has shut out, and of those that were read whoever took over from them."""
    if not excluded:  # As nearly always.
        return excluded
    return excluded | {
        each for each in agencies if not excluded.isdisjoint(with_those_before([each], agencies))
    }


def is_heard(exclusions: Exclusions, via: AgencyId) -> bool:
    """She does not speak through whom she has shut out."""
    return via not in exclusions.agencies


def evolve(exclusions: Exclusions, event: ExclusionEvent) -> Exclusions:
    agencies = frozenset({event.agency_id} if event.agency_id else ())
    staff = frozenset({event.staff_id} if event.staff_id else ())
    whom: frozenset[Whom] = agencies | staff
    heard = {each for each in exclusions.unheard if each[0] not in whom}
    match event:
        case ExclusionSet():
            said = {(agency, event.via_agency) for agency in agencies}
            return Exclusions(
                exclusions.agencies | agencies,
                exclusions.staff | staff,
                exclusions.said | said,
                frozenset(heard),
            )
        case ExclusionLifted(via_agency=via) if not is_heard(exclusions, via):
            unheard = {(each, via) for each in whom}
            return msgspec.structs.replace(exclusions, unheard=exclusions.unheard | unheard)
        case ExclusionLifted():
            over = {each for each in exclusions.said if each[0] in agencies}
            return Exclusions(
                exclusions.agencies - agencies,
                exclusions.staff - staff,
                exclusions.said - over,
                frozenset(heard),
            )
    assert_never(event)
