"""Duties (責務): what the agencies concerned take on and leave with a decision, in its append."""

from collections.abc import Iterator
from functools import reduce
from typing import Final, cast

from domain import grievance, network
from domain.agency import DeactivateAgency, SucceedAgency
from domain.case import (
    CASE,
    AcceptCase,
    Case,
    CaseEvent,
    CloseCase,
    KnownCase,
    ReopenCase,
    TransferCase,
)
from domain.case.closing import CaseErased
from domain.catalogue import AnyCommand
from domain.duties import (
    DUTIES,
    Duties,
    DutyEvent,
    DutyLeft,
    DutyTaken,
    Going,
    who_answers,
    who_coordinates,
    who_has,
)
from domain.erasure import DecideErasure
from domain.grievance import (
    NO_GRIEVANCE,
    AssignHandler,
    CloseGrievance,
    EscalateGrievance,
    Grievance,
    GrievanceEvent,
    KnownGrievance,
    ReceiveGrievance,
    ReopenGrievance,
)
from domain.model import AgencyId, CaseId, Command, Context, Event, NetworkId, StreamId, stream_of
from domain.network import DesignateCoordinatingAgency, DissolveNetwork, NetworkEvent
from domain.referral import ConfirmHandover
from domain.sharing import Handling
from services.deciding.scope import Decision, Past, Scope, Write

MOVES_A_CASE = (AcceptCase, CloseCase, ReopenCase, TransferCase, ConfirmHandover)
MOVES_A_NETWORK = (DesignateCoordinatingAgency, DissolveNetwork)
MOVES_A_GRIEVANCE = (
    ReceiveGrievance,
    AssignHandler,
    EscalateGrievance,
    CloseGrievance,
    ReopenGrievance,
)
GOES = (SucceedAgency, DeactivateAgency)
CHANGES_DUTIES: Final = frozenset[type[Command]](
    {*MOVES_A_CASE, *MOVES_A_NETWORK, *MOVES_A_GRIEVANCE, DecideErasure, *GOES}
)


def widened(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Scope:
    """Whose duties may change: of whoever has it, and of whoever may have it afterwards."""
    concerned: set[AgencyId | None] = set()
    if type(command) not in CHANGES_DUTIES:
        return scope
    if isinstance(command, MOVES_A_CASE) and scope.case:
        concerned = {by.agency, who_answers(past.case(scope.case))}
    elif isinstance(command, MOVES_A_NETWORK):
        concerned = {who_coordinates(past.network(command.network_id)), *scope.agencies}
    elif isinstance(command, MOVES_A_GRIEVANCE):
        concerned = _having(past.fold(NO_GRIEVANCE, grievance.evolve, scope.asked))
        concerned |= scope.agencies or {by.agency}
    elif isinstance(command, DecideErasure):
        scope = scope._replace(whole=True)
        concerned = {each for known in _grievances_in(past) for each in who_has(known)}
    elif isinstance(command, GOES):
        concerned = {command.agency_id}
    if not concerned:
        return scope
    read = (_of(each) for each in sorted(each for each in concerned if each))
    return scope._replace(beside=tuple(dict.fromkeys((*scope.beside, *read))))


def noted(
    scope: Scope, command: AnyCommand, decision: Decision, past: Past, by: Context
) -> Decision:
    """The decision, and what it means for the agencies concerned."""
    if type(command) not in CHANGES_DUTIES:
        return decision
    if isinstance(command, MOVES_A_CASE) and scope.case:
        more = _of_case(scope.case, decision, past)
    elif isinstance(command, MOVES_A_NETWORK):
        more = _of_network(command.network_id, decision, past)
    elif isinstance(command, MOVES_A_GRIEVANCE) and decision.writes[0].events:
        more = _of_grievance(scope, decision, past)
    elif isinstance(command, DecideErasure) and scope.case:
        more = _of_erased(scope.case, decision, past)
    elif isinstance(command, GOES) and decision.writes[0].events:
        more = iter([past.write(_of(command.agency_id), ended(command, past, by))])
    else:
        return decision
    return decision._replace(writes=(*decision.writes, *more))


def ended(command: Going, past: Past, by: Context) -> tuple[DutyEvent, ...]:
    """Or a refusal, as long as any is left."""
    return DUTIES.decide(_duties(command.agency_id, past), command, by)


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


def _of_grievance(scope: Scope, decision: Decision, past: Past) -> Iterator[Write[Event]]:
    """What was in hand before anybody said so becomes known with this."""
    before = past.fold(NO_GRIEVANCE, grievance.evolve, scope.asked)
    told = cast("Iterator[GrievanceEvent]", _written(decision, scope.asked))
    after = reduce(grievance.evolve, told, before)
    assert isinstance(after, KnownGrievance), "something was told of it"
    erased = scope.case is not None and _is_erased(past.case(scope.case))
    which, having = after.grievance_id, NOBODY if erased else who_has(after)
    for each in sorted(each for each in _having(before) | having if each):
        had = which in _duties(each, past).grievances
        if had and each not in having:
            yield past.write(_of(each), (DutyLeft(grievance_id=which),))
        if each in having and not had:
            yield past.write(_of(each), (DutyTaken(grievance_id=which),))


def _of_erased(case_id: CaseId, decision: Decision, past: Past) -> Iterator[Write[Event]]:
    """Of what was said of her case nothing is left that anybody could see to."""
    case = past.case(case_id)
    told = _written(decision, stream_of("case", case_id))
    if not isinstance(case, KnownCase) or not any(
        isinstance(event, CaseErased) and case.subject_id in event.scope for event in told
    ):
        return
    in_name = {known.grievance_id for known in _grievances_in(past)}
    for each in sorted({each for known in _grievances_in(past) for each in who_has(known)}):
        left = sorted(in_name & _duties(each, past).grievances)
        yield past.write(_of(each), [DutyLeft(grievance_id=which) for which in left])


def _is_erased(case: Case) -> bool:
    return isinstance(case, KnownCase) and case.status == "ERASED"


def _grievances_in(past: Past) -> Iterator[KnownGrievance]:
    """All that stand in the case's name; the whole of it must have been read."""
    parties = past.sharing.parties.values()
    return (party.grievance for party in parties if isinstance(party, Handling))


def _having(known: Grievance) -> set[AgencyId | None]:
    """Closed or not: it may be opened again."""
    return {known.in_charge, known.handler} if isinstance(known, KnownGrievance) else set()


def _duties(agency: AgencyId, past: Past) -> Duties:
    return past.fold(DUTIES.initial, DUTIES.evolve, _of(agency))


def _written(decision: Decision, stream: StreamId) -> Iterator[Event]:
    return (event for write in decision.writes if write.stream == stream for event in write.events)


def _of(agency: AgencyId) -> StreamId:
    return stream_of("duties", agency)


NOBODY: Final[frozenset[AgencyId]] = frozenset()
