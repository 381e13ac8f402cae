"""Commands about a grievance: where it is about a case, it stands in the name of the case.

Nothing but the grievance itself is ever written, and who has it in hand: no consent, no service,
no role.
"""

from collections.abc import Sequence
from functools import reduce

from domain.agency import as_known, check_pledged
from domain.automatic import NotByItself
from domain.case import CaseNotFound, NoCase
from domain.consent_ledger import excluded
from domain.exclusions import following
from domain.grievance import (
    NO_GRIEVANCE,
    AssignHandler,
    EscalateGrievance,
    Grievance,
    GrievanceCommand,
    GrievanceEvent,
    HandlerComplainedAbout,
    KnownGrievance,
    ReceiveGrievance,
    ShareGrievance,
    evolve,
    grievance_of,
)
from domain.model import CaseId, Context, GrievanceId, PersonId, stream_of
from services.deciding.scope import Decision, Past, Scope, written


def scope_of(command: GrievanceCommand, named: CaseId | None, by: Context) -> Scope:
    scope = Scope(None, stream_of("grievance", _asked(command, by)))
    match command:
        case ReceiveGrievance(for_agency=agency, about_agencies=about):
            given = frozenset({agency} if agency else ())
            scope = scope._replace(agencies=given, known=about)
        case AssignHandler(handler=agency) | EscalateGrievance(to_agency=agency):
            scope = scope._replace(agencies=frozenset({agency}))
        case ShareGrievance(shared_with=agencies):
            scope = scope._replace(agencies=agencies)
        case _:
            pass
    return scope if named is None else _in_name_of(named, scope)


def widened(scope: Scope, past: Past, by: Context) -> Scope:
    """Which case it is about, it tells those alone who have a part in it."""
    known = _grievance(scope, past)
    if scope.case or not isinstance(known, KnownGrievance) or known.case_id is None:
        return scope
    return _in_name_of(known.case_id, scope) if by.agency in known.parties else scope


def decide(scope: Scope, command: GrievanceCommand, past: Past, by: Context) -> Decision:
    for about in scope.known:
        as_known(past.agency(about))
    if by.is_automatic:
        _check_may_take(scope, past)
    events = grievance_of(scope.case).decide(_grievance(scope, past), command, by)
    if isinstance(command, AssignHandler) and command.handler_staff:
        check_pledged(as_known(past.agency(command.handler)), command.handler_staff)
    if scope.case is None:
        answering = written(past, scope, events)
        return Decision((answering,), _agencys_own(scope, past, events))
    case = past.case(scope.case)
    if isinstance(case, NoCase):
        raise CaseNotFound
    return Decision((past.write(scope.asked, events),), case.subject_id)


def _check_may_take(scope: Scope, past: Past) -> None:
    """INV-C13: by rule it goes to nobody whom she has shut out, or who is complained about.

    Whoever took over from them took over their people.
    """
    known, agencies = _grievance(scope, past), past.agencies(*scope.agencies)
    if isinstance(known, KnownGrievance) and scope.agencies & following(
        known.about_agencies, agencies
    ):
        raise HandlerComplainedAbout
    if scope.case and scope.agencies & excluded(past.ledger(scope.case), agencies):
        raise NotByItself


def _agencys_own(scope: Scope, past: Past, events: Sequence[GrievanceEvent]) -> PersonId:
    """Where it is about no case, its words are sealed under a key of whoever received it."""
    known = reduce(evolve, events, _grievance(scope, past))
    assert isinstance(known, KnownGrievance)
    return PersonId(known.received_by)


def _grievance(scope: Scope, past: Past) -> Grievance:
    return past.fold(NO_GRIEVANCE, evolve, scope.asked)


def _in_name_of(case: CaseId, scope: Scope) -> Scope:
    return scope._replace(case=case, beside=(stream_of("case", case),))


def _asked(command: GrievanceCommand, by: Context) -> GrievanceId:
    if isinstance(command, ReceiveGrievance):
        return GrievanceId(by.new_id)
    return command.grievance_id
