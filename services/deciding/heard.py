"""Heard (既知の関わり): a case as far as whoever asks may know what another agency does in it.

Who helps her also tells where she is. For a shelter that others have brought in, whoever gives it a
role or ends one is answered as if it did nothing in the case but what is known there already.
"""

from collections.abc import Collection, Iterator

import msgspec

from domain.case import Case, KnownCase, RoleAssigned, RoleEnded
from domain.case.roles import RoleCommand
from domain.case.services import ServiceId, ServiceLinked
from domain.codes import SUPPORT_FUNCTIONS, SupportFunction
from domain.model import AgencyId, Context, PersonId
from domain.referral import KnownReferral
from domain.visibility import Agencies
from services.deciding.knowing import may_know_of
from services.deciding.referrals import referrals_in
from services.deciding.scope import Past


def as_heard(case: Case, command: RoleCommand, past: Past, agencies: Agencies, by: Context) -> Case:
    """Of itself an agency knows all; and of another, where it may know that it is involved."""
    other = command.agency_id
    if not isinstance(case, KnownCase) or may_know_of(past, other, agencies, by):
        return case
    between = [*_between(past, other, by.agency)]
    roles = _roles(past, other, by, between)
    services = _services(past, by)
    came_by_it = any(each.from_agency == other for each in between)
    return msgspec.structs.replace(
        case,
        reasons=frozenset(
            (agency, reason)
            for agency, reason in case.reasons
            if agency != other
            or ((reason, None) in roles if reason in SUPPORT_FUNCTIONS else came_by_it)
        ),
        for_children=frozenset(
            (agency, function, child)
            for agency, function, child in case.for_children
            if agency != other or (function, child) in roles
        ),
        services=msgspec.structs.replace(
            case.services,
            links={
                service: link
                for service, link in case.services.links.items()
                if link.provider != other or service in services
            },
        ),
    )


def _between(past: Past, *both: AgencyId) -> Iterator[KnownReferral]:
    """By which each of them knows of the other."""
    for each in referrals_in(past).values():
        if isinstance(each, KnownReferral) and all(map(each.side_of, both)):
            yield each


def _roles(
    past: Past, agency: AgencyId, by: Context, between: Collection[KnownReferral]
) -> frozenset[tuple[SupportFunction, PersonId | None]]:
    """What it was given by whoever asks, or by a referral between the two, since it last ended."""
    known: set[tuple[SupportFunction, PersonId | None]] = set()
    by_these = {each.referral_id for each in between}
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


def _services(past: Past, by: Context) -> frozenset[ServiceId]:
    """Whoever linked a service knows who provides it."""
    linked = past.in_name_of_case(ServiceLinked)
    return frozenset(event.service_id for told, event in linked if told.agency == by.agency)
