"""Commands about her consent: explained, granted, refused, withdrawn."""

from domain.case import NoCase
from domain.consent_ledger import ConsentCommand, GrantConsent, consent_ledger
from domain.model import CaseId, Context, PersonId, stream_of
from services.deciding.scope import Decision, Past, Scope


def scope_of(command: ConsentCommand, case: CaseId, by: Context) -> Scope:
    del by
    scope = Scope(case, stream_of("consent", case), (stream_of("case", case),))
    if isinstance(command, GrantConsent):
        return scope._replace(agencies=command.recipients)
    return scope


def decide(scope: Scope, command: ConsentCommand, past: Past, by: Context) -> Decision:
    assert scope.case is not None
    case = past.case(scope.case)
    events = consent_ledger(case).decide(past.ledger(scope.case), command, by)
    woman = PersonId(by.new_id) if isinstance(case, NoCase) else case.subject_id
    return Decision((past.write(scope.asked, events),), woman)
