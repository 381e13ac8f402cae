"""Entering a network (台帳への登載): who is in it, and the number that the case gets there."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from domain.calendar import APRIL, date_in_japan, fiscal_year
from domain.case import Case
from domain.case.carrying import enters
from domain.case_numbers import CaseNumberTaken, number_for, numbered, numbers_key
from domain.model import (
    AgencyId,
    CaseId,
    Command,
    Context,
    Event,
    NetworkId,
    ReferralId,
    StreamId,
    stream_of,
)
from domain.network import KnownNetwork
from domain.referral import WHOLE_HANDOVERS, KnownReferral, Referral
from services.deciding.scope import Past, Scope, Write


class Taken(NamedTuple):
    """The next number of the network that is to take the case; it is taken if the case is."""

    network: NetworkId
    stream: StreamId
    event: CaseNumberTaken


def into(scope: Scope, network: NetworkId, by: Context) -> Scope:
    if network in scope.networks:
        return scope
    ends = (*scope.ends, _numbers(network, by))
    return scope._replace(ends=ends, networks=scope.networks | {network})


def taken_for(
    case_id: CaseId, case: Case, command: Command, past: Past, by: Context
) -> Taken | None:
    """``None``: it enters no ledger by this, or has its number there."""
    network = enters(case, command, by)
    if network is None:
        return None
    stream, numbers = _numbers(network, by), number_for(case_id)
    before = past.fold(numbers.initial, numbers.evolve, stream)
    (taken,) = numbers.decide(before, command, by)
    return Taken(network, stream, taken)


def written(taken: Taken | None, past: Past) -> tuple[Write[Event], ...]:
    """Under the network's key: whoever counts its cases has to hear of it."""
    if taken is None:
        return ()
    return (past.write(taken.stream, (taken.event,), under=taken.network),)


def ledgers_of(network: NetworkId, by: Context) -> tuple[StreamId, StreamId]:
    """Of this fiscal year and of the last: what is not carried over yet stands in that one."""
    today = date_in_japan(by.at)
    last = date(fiscal_year(today) - 1, APRIL, 1)
    this_year, last_year = (numbers_key(network, day) for day in (today, last))
    return stream_of("numbers", this_year), stream_of("numbers", last_year)


def numbered_in(ledgers: Iterable[StreamId], past: Past) -> frozenset[CaseId]:
    found = (past.fold(NO_CASES, numbered, each) for each in ledgers)
    return frozenset[CaseId]().union(*found)


def members(scope: Scope, past: Past) -> dict[NetworkId, frozenset[AgencyId]]:
    """Of those networks that there are, and that are not dissolved. Who observes does no more."""
    if not scope.networks:
        return {}
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


NO_CASES: Final[frozenset[CaseId]] = frozenset()
