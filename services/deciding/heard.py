"""Heard (既知の関わり): a case as far as whoever asks may know what another agency does in it.

Who helps her also tells where she is. For a shelter that others have brought in, whoever gives it a
role or ends one is answered as if it did nothing in the case but what is known there already.
"""

import msgspec

from domain.case import Case, KnownCase
from domain.case.services import ServiceId, ServiceLinked
from domain.codes import SUPPORT_FUNCTIONS
from domain.model import AgencyId, Context
from domain.visibility import Agencies
from services.deciding.knowing import between, may_know_of, roles_known
from services.deciding.scope import Past


def as_heard(case: Case, other: AgencyId, past: Past, agencies: Agencies, by: Context) -> Case:
    """Of itself an agency knows all; and of another, where it may know that it is involved."""
    if not isinstance(case, KnownCase) or may_know_of(past, other, agencies, by):
        return case
    roles = roles_known(past, other, by)
    services = _services(past, by)
    came_by_it = any(each.from_agency == other for each in between(past, other, by.agency))
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


def _services(past: Past, by: Context) -> frozenset[ServiceId]:
    """Whoever linked a service knows who provides it."""
    linked = past.in_name_of_case(ServiceLinked)
    return frozenset(event.service_id for told, event in linked if told.agency == by.agency)
