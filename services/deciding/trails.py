"""Commands about the trail of a case: reviews, notices, purges, and her requests for erasure."""

from domain import erasure, trail
from domain.case import NoCase, participants
from domain.erasure import ErasureCommand
from domain.model import AgencyId, CaseId, Context, GrantId, PersonId, stream_of
from domain.trail import Trail, TrailCommand
from domain.trail.blocked import SettleWithdrawal
from domain.trail.notices import DeferNotification, NotifySubject
from domain.trail.purges import RequestPurge
from services.deciding.consents import concerned_in
from services.deciding.scope import Decision, Past, Scope


def scope_of(command: TrailCommand, case: CaseId) -> Scope:
    match command:
        case RequestPurge(recipient=recipient):
            named = frozenset({recipient})
        case SettleWithdrawal(to_destroy=to_destroy):
            named = frozenset(each.recipient for each in to_destroy)
        case _:
            named = frozenset[AgencyId]()
    return Scope(case, stream_of("trail", case), (stream_of("case", case),), known=named)


def widened(scope: Scope, command: TrailCommand, past: Past) -> Scope:
    """Whose prefecture it is follows from who takes part; and whether a consent was passed on,

    from how those stand whom it names.
    """
    assert scope.case is not None
    known = scope.known | participants(past.case(scope.case))
    if isinstance(command, NotifySubject | DeferNotification) and command.about == "SUCCESSION":
        grant = past.ledger(scope.case).grants.get(GrantId(command.about_id))
        known |= trail.recipients_of(grant)
    return scope._replace(known=known)


def decide(scope: Scope, command: TrailCommand, past: Past, by: Context) -> Decision:
    assert scope.case is not None
    case, concerned = past.case(scope.case), concerned_in(scope, past, by)
    before = past.fold(Trail(), trail.evolve, scope.asked)
    if not isinstance(command, ErasureCommand):
        events = trail.decide(concerned, past.ledger(scope.case), before, command, by)
        woman = PersonId(by.new_id) if concerned is None else concerned.subject_id
        return Decision((past.write(scope.asked, events),), woman)
    found = trail.found(concerned, before, command, by)
    assert not isinstance(case, NoCase), "it was found"
    decided = erasure.decide(found, case, before.requests, command, by)
    writes = [past.write(scope.asked, decided.trail)]
    if decided.case:
        writes.append(past.write(stream_of("case", scope.case), decided.case))
    return Decision(tuple(writes), found.subject_id)
