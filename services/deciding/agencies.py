"""Commands about an agency: its registration, its people, its standing."""

from domain.agency import (
    AgencyCommand,
    AgencySucceeded,
    RegisterAgency,
    StartCommissionContract,
    SucceedAgency,
    UpdateAgency,
    agency_under,
    as_known,
    check_is_of_its_kind,
    took_over,
    with_those_before,
)
from domain.installation import INSTALLATION, InstallationFounded
from domain.model import AgencyId, CaseId, Context, PersonId, stream_of
from services.deciding.scope import CaseNotNeeded, Decision, Past, Scope


def scope_of(command: AgencyCommand, named: CaseId | None, by: Context) -> Scope:
    if named is not None:
        raise CaseNotNeeded
    scope = Scope(None, stream_of("agency", _asked(command, by)), (INSTALLATION,))
    match command:
        case SucceedAgency(successor=successor):
            return scope._replace(agencies=frozenset({successor}))
        case StartCommissionContract(agency_id=provider):
            return scope._replace(agencies=frozenset({provider}))
        case RegisterAgency(operators=operators) if operators:
            return scope._replace(agencies=operators)
        case UpdateAgency(operators=operators) if operators:
            return scope._replace(agencies=operators)
        case _:
            return scope


def widened(scope: Scope, command: AgencyCommand, past: Past) -> Scope:
    """Whom an agency took over from stands in its stream, and of what kind they were in theirs."""
    if not isinstance(command, SucceedAgency):
        return scope
    before = with_those_before([command.agency_id], past.agencies(command.agency_id))
    return scope._replace(known=before)


def decide(scope: Scope, command: AgencyCommand, past: Past, by: Context) -> Decision:
    asked = _asked(command, by)
    agency = past.agency(asked)
    decider = agency_under(operator_of(past), past.agency(by.agency))
    events = decider.decide(agency, command, by)
    writes = [past.write(scope.asked, events)]
    for event in events:
        if isinstance(event, AgencySucceeded):
            successor = stream_of("agency", event.new)
            before = past.agencies(*scope.known).values()
            check_is_of_its_kind(before, as_known(past.agency(event.new)))
            told = took_over(as_known(agency), event)
            writes.append(past.write(successor, told, under=event.new))
    return Decision(tuple(writes), PersonId(asked))


def operator_of(past: Past) -> AgencyId:
    founded = past.fold(None, _founded, INSTALLATION)
    assert founded is not None, "whoever acts was enrolled under an operator"
    return founded


def _founded(_: AgencyId | None, event: InstallationFounded) -> AgencyId | None:
    return event.operator


def _asked(command: AgencyCommand, by: Context) -> AgencyId:
    return AgencyId(by.new_id if isinstance(command, RegisterAgency) else command.agency_id)
