"""Timing (期限の決まり): which network's timers hold for what a command begins."""

from typing import Final, TypeAlias, get_args

from msgspec.structs import replace

from domain.case import AcceptCase, CloseCase, KnownCase, ReopenCase, TransferCase
from domain.case.legal import RecordLegalStep
from domain.case.stay_events import DecideStay
from domain.catalogue import AnyCommand
from domain.consent_ledger import GrantConsent
from domain.emergency import AuthoriseEmergency, EndEmergency
from domain.grievance import GrievanceCommand
from domain.meeting.commands import RecordDisagreement, ReviewCase
from domain.model import Command, Context, NetworkId, stream_of
from domain.network import KnownNetwork
from domain.referral import SendReferral
from domain.reviews import ReviewCommand
from domain.statutory import FileStatutory
from domain.trail.purges import RequestPurge
from services.deciding.scope import Past, Scope

# What is begun with these has to be done by some day.
Beginning: TypeAlias = (
    AcceptCase
    | TransferCase
    | CloseCase
    | ReopenCase
    | RecordLegalStep
    | DecideStay
    | GrantConsent
    | AuthoriseEmergency
    | EndEmergency
    | FileStatutory
    | GrievanceCommand
    | RecordDisagreement
    | ReviewCase
    | SendReferral
    | ReviewCommand
    | RequestPurge
)


def widened(scope: Scope, read: Scope, command: AnyCommand, past: Past) -> Scope:
    """Rules that change meanwhile overtake nothing: what begins, began under those it read."""
    network = _network(read, command, past)
    if network is None or stream_of("network", network) in {*scope.beside, scope.asked}:
        return scope
    return scope._replace(beside=(*scope.beside, stream_of("network", network)))


def timed(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Context:
    network = _network(scope, command, past)
    known = None if network is None else past.network(network)
    return replace(by, timers=known.timers) if isinstance(known, KnownNetwork) else by


def _network(scope: Scope, command: AnyCommand, past: Past) -> NetworkId | None:
    """The one that it comes to, or in whose ledger the case stands."""
    if scope.case is None or type(command) not in BEGINNING:
        return None
    if isinstance(command, AcceptCase | TransferCase) and command.network_id:
        return command.network_id
    case = past.case(scope.case)
    return case.network if isinstance(case, KnownCase) else None


BEGINNING: Final = frozenset[type[Command]](get_args(Beginning))
