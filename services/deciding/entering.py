"""Entering a network (台帳への登載): who is in it, and the number that the case gets there."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.calendar import date_in_japan
from domain.case_numbers import CASE_NUMBERS, CaseNumberTaken, Taking, numbers_key
from domain.model import AgencyId, Context, NetworkId, ReferralId, StreamId, stream_of
from domain.network import KnownNetwork
from domain.referral import WHOLE_HANDOVERS, KnownReferral, Referral
from services.deciding.scope import Past, Scope


class Taken(NamedTuple):
    """The next number of the network that is to take the case; it is taken if the case is."""

    stream: StreamId
    event: CaseNumberTaken


def into(scope: Scope, network: NetworkId, by: Context) -> Scope:
    beside = (*scope.beside, _numbers(network, by))
    return scope._replace(beside=beside, networks=scope.networks | {network})


def number_of(network: NetworkId, command: Taking, past: Past, by: Context) -> Taken:
    stream = _numbers(network, by)
    before = past.fold(CASE_NUMBERS.initial, CASE_NUMBERS.evolve, stream)
    (taken,) = CASE_NUMBERS.decide(before, command, by)
    return Taken(stream, taken)


def members(scope: Scope, past: Past) -> dict[NetworkId, frozenset[AgencyId]]:
    """Of those networks that there are, and that are not dissolved. Who observes does no more."""
    found = {each: past.network(each) for each in scope.networks}
    return {
        network_id: frozenset(
            agency for agency, member in known.members.items() if member.type != "OBSERVER"
        )
        for network_id, known in found.items()
        if isinstance(known, KnownNetwork) and not known.dissolved
    }


def whole_handovers(referrals: Mapping[StreamId, Referral]) -> frozenset[ReferralId]:
    """Those by which another agency carries on all of it, and may take it along."""
    known = (each for each in referrals.values() if isinstance(each, KnownReferral))
    return frozenset(each.referral_id for each in known if each.kind in WHOLE_HANDOVERS)


def _numbers(network: NetworkId, by: Context) -> StreamId:
    return stream_of("numbers", numbers_key(network, date_in_japan(by.at)))
