"""Commands about an agency: its registration, its people, its standing."""

from domain.agency import AgencyCommand, RegisterAgency, agency_under
from domain.installation import INSTALLATION, InstallationFounded
from domain.model import AgencyId, CaseId, Context, PersonId, stream_of
from services.deciding.scope import CaseNotNeeded, Decision, Past, Scope


def scope_of(command: AgencyCommand, named: CaseId | None, by: Context) -> Scope:
    if named is not None:
        raise CaseNotNeeded
    return Scope(None, stream_of("agency", _asked(command, by)), (INSTALLATION,))


def decide(scope: Scope, command: AgencyCommand, past: Past, by: Context) -> Decision:
    asked = _asked(command, by)
    events = agency_under(operator_of(past)).decide(past.agency(asked), command, by)
    return Decision((past.write(scope.asked, events),), PersonId(asked))


def operator_of(past: Past) -> AgencyId:
    founded = past.fold(None, _founded, INSTALLATION)
    assert founded is not None, "whoever acts was enrolled under an operator"
    return founded


def _founded(_: AgencyId | None, event: InstallationFounded) -> AgencyId | None:
    return event.operator


def _asked(command: AgencyCommand, by: Context) -> AgencyId:
    return AgencyId(by.new_id if isinstance(command, RegisterAgency) else command.agency_id)
