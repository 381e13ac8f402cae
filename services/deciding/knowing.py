"""Knowing (既知): whether whoever asks may be answered by what another agency does for her."""

from domain.case import RoleAssigned
from domain.model import AgencyId, Context
from domain.sharing import replay
from domain.visibility import Agencies, Roster, looking, who_reads
from domain.visibility.hearing import may_name
from services.deciding.scope import NO_AGENCY, Past


def may_know_of(past: Past, agency: AgencyId, agencies: Agencies, by: Context) -> bool:
    """Of itself it knows all; of another, where to hear of it tells nothing of where she is."""
    if agency == by.agency:
        return True
    sharing = replay(source.told for source in past.record)
    who = who_reads(by.agency, agencies.get(by.agency, NO_AGENCY), by.staff, by.role)
    return may_name(looking(sharing, who, Roster(agencies), by.at), past.record, agency)


def has_given_a_role(past: Past, agency: AgencyId, by: Context) -> bool:
    """Whoever asks has said itself what the other is to do for her."""
    return any(
        told.agency == by.agency and role.agency_id == agency and role.decided_by is None
        for told, role in past.in_name_of_case(RoleAssigned)
    )
