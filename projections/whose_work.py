"""Whose work it is (担当): who answers for a case, who coordinates, and who cannot act."""

from datetime import date
from typing import Final

import msgspec

from domain.agency import (
    AgencyDeactivated,
    AgencyRegistered,
    AgencyRestored,
    AgencySucceeded,
    AgencySuspended,
)
from domain.agency_codes import Prefecture
from domain.calendar import date_in_japan
from domain.case import (
    CaseAccepted,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseTransferred,
    ResponsibilityMoved,
)
from domain.case.closing import CaseErased
from domain.consent_ledger.events import ConsentGranted, ConsentNarrowed
from domain.meeting.events import MeetingCancelled, MeetingHeld, MeetingPlanned
from domain.model import AgencyId, CaseId, GrantId, NetworkId, StreamId
from domain.network import (
    CoordinatingAgencyDesignated,
    NetworkDissolved,
    NetworkEstablished,
    RulesAdopted,
)
from domain.timers import move_responsibility_by
from projections.tables import Projection, Seen
from projections.work_row import by, seconds

change = msgspec.structs.replace


class CaseDuty(msgspec.Struct, frozen=True, kw_only=True):
    """``source``: from which event it is known who answers; ``is_open``: she is supported.

    Before anybody has accepted it, the agency that opened the case answers for it.
    """

    case_id: CaseId
    source: int
    agency: AgencyId | None = None
    network: NetworkId | None = None
    is_open: bool = True
    erased_by: AgencyId | None = None


class NetworkDuty(msgspec.Struct, frozen=True, kw_only=True):
    """``representatives``: how often a fiscal year they meet at least, by rules of that day on."""

    stream: StreamId
    network_id: NetworkId
    prefecture: Prefecture | None = None
    coordinating: AgencyId | None = None
    representatives: int | None = None
    representatives_since: date | None = None


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """``due``: by when what it answers for has moved, as long as nothing is done in its name."""

    stream: StreamId
    agency: AgencyId
    due: int | None = None


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    old: AgencyId
    new: AgencyId
    position: int
    due: int


class GivenTo(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a consent names, for more than where she is: that passes to nobody."""

    case_id: CaseId
    grant_id: GrantId
    agency: AgencyId


class Representatives(msgspec.Struct, frozen=True, kw_only=True):
    stream: StreamId
    network_id: NetworkId
    held_on: date | None = None


def _of_a_case(seen: Seen) -> tuple[tuple[CaseId], ...]:
    return ((seen.header.case,),) if seen.header.case else ()


def _case(  # noqa: PLR0911 (one arm an event)
    row: CaseDuty | None, key: tuple[CaseId], seen: Seen
) -> CaseDuty | None:
    row = row or CaseDuty(case_id=key[0], source=seen.position)
    match seen.event:
        case CaseOpened(opened_by_agency=agency):
            return change(row, agency=agency)
        case CaseAccepted(main_responsible=agency, ledger_network_id=network):
            return change(row, agency=agency, network=network, source=seen.position)
        case ResponsibilityMoved(to_agency=agency):
            return change(row, agency=agency, source=seen.position)
        case CaseTransferred(to_network=network):
            return change(row, network=network, is_open=network is not None)
        case CaseReopened():
            return change(row, is_open=True)
        case CaseErased(decided_by=agency):
            return change(row, is_open=False, erased_by=agency)
        case CaseClosed():
            return change(row, is_open=False)
        case _:
            return row


def _of_its_stream(seen: Seen) -> tuple[tuple[StreamId], ...]:
    return ((seen.header.stream,),)


def _network(row: NetworkDuty | None, key: tuple[StreamId], seen: Seen) -> NetworkDuty | None:
    match seen.event:
        case NetworkEstablished(network_id=network, prefecture=prefecture):
            return NetworkDuty(stream=key[0], network_id=network, prefecture=prefecture)
        case CoordinatingAgencyDesignated(agency_id=agency) if row is not None:
            return change(row, coordinating=agency)
        case RulesAdopted(representatives_at_least=least) if row is not None:
            since = row.representatives_since or date_in_japan(seen.recorded_at)
            return change(
                row, representatives=least, representatives_since=since if least else None
            )
        case _:
            return None


def _agency(row: Stopped | None, key: tuple[StreamId], seen: Seen) -> Stopped | None:
    match seen.event:
        case AgencyRegistered(agency_id=agency):
            return Stopped(stream=key[0], agency=agency)
        case AgencySuspended(on=on) | AgencyDeactivated(on=on) if row is not None:
            return change(row, due=row.due or by(move_responsibility_by(on)))
        case _:
            return row and change(row, due=None)


def _both(seen: Seen) -> tuple[tuple[AgencyId, AgencyId], ...]:
    assert isinstance(seen.event, AgencySucceeded)
    return ((seen.event.old, seen.event.new),)


def _succession(row: Succession | None, key: tuple[AgencyId, AgencyId], seen: Seen) -> Succession:
    old, new = key
    due = seconds(seen.recorded_at)
    return row or Succession(old=old, new=new, position=seen.position, due=due)


def _given(seen: Seen) -> tuple[tuple[CaseId, GrantId, AgencyId], ...]:
    event, case = seen.event, seen.header.case
    if case is None:
        return ()
    match event:
        case ConsentGranted(grant_id=grant, recipients=agencies):
            pass
        case ConsentNarrowed(grant_id=grant, removed_recipients=agencies):
            pass
        case _:
            return ()
    return tuple((case, grant, each) for each in sorted(agencies or ()))


def _given_to(
    row: GivenTo | None, key: tuple[CaseId, GrantId, AgencyId], seen: Seen
) -> GivenTo | None:
    del row
    event = seen.event
    if not isinstance(event, ConsentGranted) or not event.categories - {"LOC"}:
        return None
    return GivenTo(case_id=key[0], grant_id=key[1], agency=key[2])


def _meeting(
    row: Representatives | None, key: tuple[StreamId], seen: Seen
) -> Representatives | None:
    match seen.event:
        case MeetingPlanned(kind="REPRESENTATIVES", network_id=network) if network is not None:
            return Representatives(stream=key[0], network_id=network)
        case MeetingHeld(held_on=day) if row is not None:
            return change(row, held_on=day or date_in_japan(seen.header.occurred_at))
        case _:
            return None


CASE_DUTY: Final = Projection[tuple[CaseId], CaseDuty](
    name="case_duty",
    row=CaseDuty,
    key=("case_id",),
    touches=_of_a_case,
    evolve=_case,
    wants=frozenset(
        {
            CaseOpened,
            CaseAccepted,
            ResponsibilityMoved,
            CaseTransferred,
            CaseReopened,
            CaseClosed,
            CaseErased,
        }
    ),
    indexes=(("agency", "case_id"), ("erased_by", "case_id")),
)
NETWORK_DUTY: Final = Projection[tuple[StreamId], NetworkDuty](
    name="network_duty",
    row=NetworkDuty,
    key=("stream",),
    touches=_of_its_stream,
    evolve=_network,
    wants=frozenset(
        {NetworkEstablished, CoordinatingAgencyDesignated, RulesAdopted, NetworkDissolved}
    ),
    indexes=(("coordinating", "network_id"),),
)
STOPPED: Final = Projection[tuple[StreamId], Stopped](
    name="agencies_stopped",
    row=Stopped,
    key=("stream",),
    touches=_of_its_stream,
    evolve=_agency,
    wants=frozenset(
        {AgencyRegistered, AgencySuspended, AgencyRestored, AgencySucceeded, AgencyDeactivated}
    ),
    indexes=(("due", "agency"),),
)
SUCCESSIONS: Final = Projection[tuple[AgencyId, AgencyId], Succession](
    name="successions",
    row=Succession,
    key=("old", "new"),
    touches=_both,
    evolve=_succession,
    wants=frozenset({AgencySucceeded}),
)
GIVEN_TO: Final = Projection[tuple[CaseId, GrantId, AgencyId], GivenTo](
    name="consents_given_to",
    row=GivenTo,
    key=("case_id", "grant_id", "agency"),
    touches=_given,
    evolve=_given_to,
    wants=frozenset({ConsentGranted, ConsentNarrowed}),
    indexes=(("agency", "case_id", "grant_id"),),
)
REPRESENTATIVES: Final = Projection[tuple[StreamId], Representatives](
    name="representatives_met",
    row=Representatives,
    key=("stream",),
    touches=_of_its_stream,
    evolve=_meeting,
    wants=frozenset({MeetingPlanned, MeetingHeld, MeetingCancelled}),
    indexes=(("network_id", "held_on"),),
)
