"""What is read to decide a command, and what it then decides: one room for each aggregate."""

from domain.agency import AgencyCommand, check_in_good_standing, check_may_act
from domain.case import CaseAlreadyOpened, CaseCommand, CaseNotFound, OpenCase
from domain.catalogue import AnyCommand
from domain.consent_ledger import ConsentCommand
from domain.grievance import GrievanceCommand
from domain.meeting import MeetingCommand
from domain.model import CaseId, Context
from domain.network import NetworkCommand
from domain.referral import ReferralCommand
from domain.trail import TrailCommand
from services.deciding import (
    agencies,
    cases,
    consents,
    duties,
    grievances,
    hidden,
    meetings,
    networks,
    referrals,
    trails,
)
from services.deciding.ending import completed
from services.deciding.scope import NO_AGENCY, Decision, Past, Scope, Source, Write, past_of

__all__ = [
    "NO_AGENCY",
    "Decision",
    "Past",
    "Scope",
    "Source",
    "Write",
    "decide",
    "past_of",
    "scope_of",
    "widened",
]


def scope_of(  # noqa: PLR0911 (one arm a room)
    command: AnyCommand, named: CaseId | None, fresh: CaseId, by: Context
) -> Scope:
    """``named`` is the case that was asked about. Only its opening names none, and makes one."""
    if isinstance(command, OpenCase) and named is not None:
        raise CaseAlreadyOpened
    case = named or fresh
    if isinstance(command, AgencyCommand):
        return agencies.scope_of(command, named, by)
    if isinstance(command, NetworkCommand):
        return networks.scope_of(command, named, by)
    if isinstance(command, GrievanceCommand):
        return grievances.scope_of(command, named, by)
    if isinstance(command, MeetingCommand):
        return meetings.scope_of(command, named, by)
    if isinstance(command, CaseCommand):
        return cases.scope_of(command, case, by)
    if isinstance(command, ConsentCommand):
        return consents.scope_of(command, case, by)
    if isinstance(command, TrailCommand):
        return trails.scope_of(command, case)
    return referrals.scope_of(command, case, by)


def widened(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Scope:
    """What else has to be read, where only what was read tells it."""
    past = hidden.as_it_is_for(scope, command, past, by)
    return duties.widened(_widened(scope, command, past, by), command, past, by)


def _widened(  # noqa: PLR0911 (one arm a room)
    scope: Scope, command: AnyCommand, past: Past, by: Context
) -> Scope:
    if isinstance(command, AgencyCommand):
        return agencies.widened(scope, command, past)
    if isinstance(command, ReferralCommand):
        return referrals.widened(scope, command, past, by)
    if isinstance(command, GrievanceCommand):
        return grievances.widened(scope, past, by)
    if isinstance(command, CaseCommand):
        return cases.widened(scope, command, past, by)
    if isinstance(command, MeetingCommand):
        return meetings.widened(scope, command, past)
    if isinstance(command, ConsentCommand):
        return consents.widened(scope, command, past, by)
    if isinstance(command, TrailCommand):
        return trails.widened(scope, past)
    return scope


def decide(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Decision:
    check_may_act(past.agency(by.agency), by.staff, by.role)
    for each in scope.agencies:
        check_in_good_standing(past.agency(each))
    found = hidden.as_it_is_for(scope, command, past, by)
    decided = completed(scope, _decided(scope, command, found, by), past)
    if found is not past:  # Each room has refused it, as for a case that there is not.
        raise CaseNotFound
    return duties.noted(scope, command, decided, past, by)


def _decided(  # noqa: PLR0911 (one arm a room)
    scope: Scope, command: AnyCommand, past: Past, by: Context
) -> Decision:
    if isinstance(command, AgencyCommand):
        return agencies.decide(scope, command, past, by)
    if isinstance(command, NetworkCommand):
        return networks.decide(scope, command, past, by)
    if isinstance(command, GrievanceCommand):
        return grievances.decide(scope, command, past, by)
    if isinstance(command, MeetingCommand):
        return meetings.decide(scope, command, past, by)
    if isinstance(command, CaseCommand):
        return cases.decide(scope, command, past, by)
    if isinstance(command, ConsentCommand):
        return consents.decide(scope, command, past, by)
    if isinstance(command, TrailCommand):
        return trails.decide(scope, command, past, by)
    return referrals.decide(scope, command, past, by)
