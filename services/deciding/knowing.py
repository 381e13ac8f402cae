"""Knowing (既知): what whoever asks knows in any case of what another agency does for her."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, cast, get_args

from domain import referral
from domain.case import RoleAssigned, RoleEnded
from domain.codes import SupportFunction
from domain.model import AgencyId, Context, Event, PersonId, StreamId
from domain.referral import KnownReferral, NoReferral, Referral, ReferralEvent
from domain.visibility import Agencies, Roster, looking, who_reads
from domain.visibility.hearing import may_name
from services.deciding.scope import NO_AGENCY, Past, Source


def may_know_of(past: Past, agency: AgencyId, agencies: Agencies, by: Context) -> bool:
    return agency in known_of(past, {agency}, agencies, by)


def known_of(
    past: Past, asked: AbstractSet[AgencyId], agencies: Agencies, by: Context
) -> frozenset[AgencyId]:
    """Of itself it knows all; of another, where to hear of it tells nothing of where she is."""
    itself = asked & {by.agency}
    if asked <= itself:
        return frozenset(itself)
    sharing = past.sharing
    who = who_reads(by.agency, agencies.get(by.agency, NO_AGENCY), by.staff, by.role)
    look = looking(sharing, who, Roster(agencies), by.at)
    return frozenset(itself).union(
        each for each in asked - itself if may_name(look, past.record, each)
    )


def roles_known(
    past: Past, agency: AgencyId, by: Context
) -> frozenset[tuple[SupportFunction, PersonId | None]]:
    """What it was given by whoever asks, or by a referral between the two, since it last ended."""
    known: set[tuple[SupportFunction, PersonId | None]] = set()
    by_these = {each.referral_id for each in between(past, agency, by.agency)}
    for told, _ in past.record:
        match told.event:
            case RoleAssigned(agency_id=given, function=function, person_id=person) as role:
                own = told.agency == by.agency and role.decided_by is None
                if given == agency and (own or role.decided_by in by_these):
                    known.add((function, person))
            case RoleEnded(agency_id=ended, function=function, person_id=person):
                if ended == agency:
                    known.discard((function, person))
            case _:
                pass
    return frozenset(known)


def between(past: Past, *both: AgencyId) -> Iterator[KnownReferral]:
    """By which each of them knows of the other."""
    for each in referrals_in(past).values():
        if isinstance(each, KnownReferral) and all(map(each.side_of, both)):
            yield each


def referrals_in(past: Past) -> Mapping[StreamId, Referral]:
    """All there are in the case."""
    return referrals_of(past.record)


def referrals_of(record: Iterable[Source]) -> Mapping[StreamId, Referral]:
    found: dict[StreamId, Referral] = {}
    for told, _ in record:
        if type(told.event) in OF_REFERRALS:
            before = found.get(told.stream, NoReferral())
            event = cast("ReferralEvent", told.event)
            found[told.stream] = referral.evolve(before, event)
    return found


OF_REFERRALS: Final = frozenset[type[Event]](get_args(ReferralEvent))
