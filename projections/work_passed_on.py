"""Work passed on (引き継がれる業務): where an agency cannot do it, and through whom she agreed."""

from collections.abc import Iterator
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from domain.case import CaseAccepted, ParticipationEnded, ResponsibilityMoved, RoleAssigned
from domain.case.roles import RoleEnded
from domain.case.services import PROVIDING, ServiceLinked, ServiceStatusChanged
from domain.consent_ledger.events import ConsentGranted
from domain.emergency.events import EmergencyRequested
from domain.exclusions import ExclusionLifted, ExclusionSet
from domain.installation import InstallationFounded
from domain.model import AgencyId, CaseId, StreamId
from domain.statutory import StatutoryDisclosureRecorded
from projections.tables import Projection, Seen

change = msgspec.structs.replace
OfACase: TypeAlias = tuple[CaseId, UUID]


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Who may take part in a case no more; whether it does for another reason, its record says."""

    case_id: CaseId
    agency: AgencyId
    shut_out: bool = False
    left: bool = False


class ToldUnder(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked her, or told of her without it: what then has to be asked back is theirs to ask."""

    case_id: CaseId
    about: UUID
    agency: AgencyId
    source: int


class Operating(msgspec.Struct, frozen=True):
    stream: StreamId
    agency: AgencyId


def _absences(seen: Seen) -> tuple[OfACase, ...]:
    case = seen.header.case
    return tuple((case, each) for each, _ in _said(seen)) if case else ()


def _said(seen: Seen) -> Iterator[tuple[AgencyId, dict[str, bool]]]:
    match seen.event:
        case ExclusionSet(agency_id=agency) if agency is not None:
            yield agency, {"shut_out": True}
        case ExclusionLifted(agency_id=agency) if agency is not None:
            yield agency, {"shut_out": False}
        case ParticipationEnded(agency_id=agency) | RoleEnded(agency_id=agency):
            yield agency, {"left": True}
        case RoleAssigned(agency_id=agency) | CaseAccepted(main_responsible=agency):
            yield agency, {"left": False}
        case ResponsibilityMoved(from_agency=before, to_agency=agency, from_remains=remains):
            yield before, {"left": not remains}
            yield agency, {"left": False}
        case ServiceLinked() | ServiceStatusChanged() as service:
            yield service.provider_agency, {"left": service.status not in PROVIDING}
        case _:
            pass


def _absence(row: Absence | None, key: OfACase, seen: Seen) -> Absence | None:
    row = row or Absence(case_id=key[0], agency=AgencyId(key[1]))
    for agency, said in _said(seen):
        if agency == row.agency:
            row = change(row, **said)
    return row if row.shut_out or row.left else None


def _told(seen: Seen) -> tuple[OfACase, ...]:
    case = seen.header.case
    return ((case, _by_whom(seen)[0]),) if case else ()


def _by_whom(seen: Seen) -> tuple[UUID, AgencyId]:
    match seen.event:
        case EmergencyRequested(emergency_id=about, requesting_agency=agency):
            return about, agency
        case StatutoryDisclosureRecorded(statutory_id=about, filing_agency=agency):
            return about, agency
        case event:
            assert isinstance(event, ConsentGranted)
            return event.grant_id, event.obtained_by


def _told_under(row: ToldUnder | None, key: OfACase, seen: Seen) -> ToldUnder:
    agency = _by_whom(seen)[1]
    return row or ToldUnder(case_id=key[0], about=key[1], agency=agency, source=seen.position)


def _founded(seen: Seen) -> tuple[tuple[StreamId], ...]:
    return ((seen.header.stream,),)


def _operating(row: Operating | None, key: tuple[StreamId], seen: Seen) -> Operating:
    del row
    assert isinstance(seen.event, InstallationFounded)
    return Operating(key[0], seen.event.operator)


ABSENCES: Final = Projection[OfACase, Absence](
    name="case_absences",
    row=Absence,
    key=("case_id", "agency"),
    touches=_absences,
    evolve=_absence,
    wants=frozenset(
        {
            ExclusionSet,
            ExclusionLifted,
            ParticipationEnded,
            RoleEnded,
            RoleAssigned,
            CaseAccepted,
            ResponsibilityMoved,
            ServiceLinked,
            ServiceStatusChanged,
        }
    ),
    indexes=(("agency", "case_id"),),
)
TOLD_UNDER: Final = Projection[OfACase, ToldUnder](
    name="told_under",
    row=ToldUnder,
    key=("case_id", "about"),
    touches=_told,
    evolve=_told_under,
    wants=frozenset({ConsentGranted, EmergencyRequested, StatutoryDisclosureRecorded}),
    indexes=(("agency", "case_id", "about"),),
)
OPERATOR: Final = Projection[tuple[StreamId], Operating](
    name="operator",
    row=Operating,
    key=("stream",),
    touches=_founded,
    evolve=_operating,
    wants=frozenset({InstallationFounded}),
)
