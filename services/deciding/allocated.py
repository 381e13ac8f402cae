"""Allocated (役割分担): which roles a meeting has given out by agreement, and for which case."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple, TypeAlias

from domain.case import AssignRole
from domain.meeting.events import DecisionRecorded, MainSupportAgencyDesignated, RoleAllocated
from domain.meeting_codes import AllocatedFunction
from domain.model import AgencyId, CaseId, Event, PersonId, stream_of
from services.deciding.scope import Past, Scope

Role: TypeAlias = tuple[CaseId | None, AllocatedFunction, AgencyId, PersonId | None]


class Allocated(NamedTuple):
    """``designated``: for whom one was designated because they did not agree.

    That opens nothing by itself (INV-M7): whoever answers for her gives it the role.
    """

    roles: frozenset[Role] = frozenset()
    designated: frozenset[CaseId] = frozenset()


def was_given_out(scope: Scope, command: AssignRole, past: Past) -> bool:
    """Just this role, to just this agency, in the meeting that is named."""
    if command.decided_by is None:
        return False
    given = past.fold(Allocated(), _after, stream_of("meeting", command.decided_by))
    return (scope.case, command.function, command.agency_id, command.person_id) in given.roles


def given_out(meeting: Iterable[Event]) -> frozenset[Role]:
    return reduce(_after, meeting, Allocated()).roles


def _after(before: Allocated, event: Event) -> Allocated:
    roles, designated = before
    match event:
        case MainSupportAgencyDesignated(case_id=case):
            return Allocated(roles, designated | {case})
        case DecisionRecorded(case_id=case, settles=True):
            return Allocated(roles, frozenset(each for each in designated if each != case))
        case RoleAllocated(case_id=case, function="MAIN_SUPPORT") if case in designated:
            return before
        case RoleAllocated() as given:
            role: Role = given.case_id, given.function, given.agency_id, given.person_id
            return Allocated(roles | {role}, designated)
        case _:
            return before
