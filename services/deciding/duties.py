"""Duties (責務): what the agencies concerned take on and leave with a decision, in its append."""

from collections.abc import Iterator
from functools import reduce
from typing import cast

from domain import network
from domain.agency import DeactivateAgency, SucceedAgency
from domain.case import CASE, AcceptCase, CaseEvent, CloseCase, ReopenCase, TransferCase
from domain.catalogue import AnyCommand
from domain.duties import (
    DUTIES,
    DutyEvent,
    DutyLeft,
    DutyTaken,
    Going,
    who_answers,
    who_coordinates,
)
from domain.model import AgencyId, CaseId, Context, Event, NetworkId, StreamId, stream_of
from domain.network import DesignateCoordinatingAgency, DissolveNetwork, NetworkEvent
from domain.referral import ConfirmHandover
from services.deciding.scope import Decision, Past, Scope, Write

MOVES_A_CASE = (AcceptCase, CloseCase, ReopenCase, TransferCase, ConfirmHandover)
MOVES_A_NETWORK = (DesignateCoordinatingAgency, DissolveNetwork)
GOES = (SucceedAgency, DeactivateAgency)


def widened(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Scope:
    """Whose duties may change: of whoever has it, and of whoever may have it afterwards."""
    concerned: set[AgencyId | None] = set()
    if isinstance(command, MOVES_A_CASE) and scope.case:
        concerned = {by.agency, who_answers(past.case(scope.case))}
    elif isinstance(command, MOVES_A_NETWORK):
        concerned = {who_coordinates(past.network(command.network_id)), *scope.agencies}
    elif isinstance(command, GOES):
        concerned = {command.agency_id}
    read = (_of(each) for each in sorted(each for each in concerned if each))
    return scope._replace(beside=tuple(dict.fromkeys((*scope.beside, *read))))


def noted(
    scope: Scope, command: AnyCommand, decision: Decision, past: Past, by: Context
) -> Decision:
    """The decision, and what it means for the agencies concerned."""
    if isinstance(command, MOVES_A_CASE) and scope.case:
        more = _of_case(scope.case, decision, past)
    elif isinstance(command, MOVES_A_NETWORK):
        more = _of_network(command.network_id, decision, past)
    elif isinstance(command, GOES) and decision.writes[0].events:
        more = iter([past.write(_of(command.agency_id), ended(command, past, by))])
    else:
        return decision
    return decision._replace(writes=(*decision.writes, *more))


def ended(command: Going, past: Past, by: Context) -> tuple[DutyEvent, ...]:
    """Or a refusal, as long as any is left."""
    duties = past.fold(DUTIES.initial, DUTIES.evolve, _of(command.agency_id))
    return DUTIES.decide(duties, command, by)


def _of_case(case_id: CaseId, decision: Decision, past: Past) -> Iterator[Write[Event]]:
    stream = stream_of("case", case_id)
    before = past.case(case_id)
    told = cast("Iterator[CaseEvent]", _written(decision, stream))
    after = reduce(CASE.evolve, told, before)
    left, taken = who_answers(before), who_answers(after)
    if left != taken:
        if left:
            yield past.write(_of(left), (DutyLeft(case_id=case_id),))
        if taken:
            yield past.write(_of(taken), (DutyTaken(case_id=case_id),))


def _of_network(network_id: NetworkId, decision: Decision, past: Past) -> Iterator[Write[Event]]:
    stream = stream_of("network", network_id)
    before = past.network(network_id)
    told = cast("Iterator[NetworkEvent]", _written(decision, stream))
    after = reduce(network.evolve, told, before)
    left, taken = who_coordinates(before), who_coordinates(after)
    if left != taken:
        if left:
            yield past.write(_of(left), (DutyLeft(network_id=network_id),))
        if taken:
            yield past.write(_of(taken), (DutyTaken(network_id=network_id),))


def _written(decision: Decision, stream: StreamId) -> Iterator[Event]:
    return (event for write in decision.writes if write.stream == stream for event in write.events)


def _of(agency: AgencyId) -> StreamId:
    return stream_of("duties", agency)
