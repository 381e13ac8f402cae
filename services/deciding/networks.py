"""Commands about a network: who is in it, who leads it, what it says."""

from domain.installation import INSTALLATION
from domain.model import AgencyId, CaseId, Context, NetworkId, PersonId, stream_of
from domain.network import (
    AppointCoordinator,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
    NetworkCommand,
    PublishConsultationDirectory,
    RequestPosting,
    network_among,
)
from services.deciding.agencies import operator_of
from services.deciding.scope import CaseNotNeeded, Decision, Past, Scope


def scope_of(command: NetworkCommand, named: CaseId | None, by: Context) -> Scope:
    if named is not None:
        raise CaseNotNeeded
    asked = stream_of("network", _asked(command, by))
    return Scope(None, asked, (INSTALLATION,), _given(command))


def decide(scope: Scope, command: NetworkCommand, past: Past, by: Context) -> Decision:
    network = _asked(command, by)
    decider = network_among(operator_of(past), past.agencies(*scope.agencies))
    events = decider.decide(past.network(network), command, by)
    return Decision((past.write(scope.asked, events),), PersonId(network))


def _asked(command: NetworkCommand, by: Context) -> NetworkId:
    return NetworkId(by.new_id if isinstance(command, EstablishNetwork) else command.network_id)


def _given(command: NetworkCommand) -> frozenset[AgencyId]:
    """Who leaves, leaves in whatever standing."""
    match command:
        case EstablishNetwork(implementing_body=agency):
            return frozenset({agency})
        case (
            JoinNetwork(agency_id=agency)
            | AppointCoordinator(agency_id=agency)
            | DesignateCoordinatingAgency(agency_id=agency)
            | RequestPosting(agency_id=agency)
        ):
            return frozenset({agency})
        case PublishConsultationDirectory(windows=windows, recipients=recipients):
            return windows | recipients
        case _:
            return frozenset()
