"""What is read to decide a command, and what it then decides: one room for each aggregate."""

from domain.agency import check_in_good_standing, check_may_act
from domain.automatic import check_is_automatic
from domain.case import CaseAlreadyOpened, CaseNotFound, OpenCase
from domain.catalogue import AnyCommand
from domain.model import CaseId, Context
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
    timing,
    trails,
)
from services.deciding.ending import completed
from services.deciding.rooms import (
    of_agency,
    of_case,
    of_consent,
    of_grievance,
    of_meeting,
    of_network,
    of_referral,
    of_trail,
)
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
    if of_agency(command):
        return agencies.scope_of(command, named, by)
    if of_network(command):
        return networks.scope_of(command, named, by)
    if of_grievance(command):
        return grievances.scope_of(command, named, by)
    if of_meeting(command):
        return meetings.scope_of(command, named, by)
    if of_case(command):
        return cases.scope_of(command, case, by)
    if of_consent(command):
        return consents.scope_of(command, case, by)
    if of_trail(command):
        return trails.scope_of(command, case)
    assert of_referral(command), "it is of some room"
    return referrals.scope_of(command, case, by)


def widened(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Scope:
    """What else has to be read, where only what was read tells it."""
    past = hidden.as_it_is_for(scope, command, past, by)
    wider = duties.widened(_widened(scope, command, past, by), command, past, by)
    return timing.widened(wider, scope, command, past)


def _widened(  # noqa: PLR0911 (one arm a room)
    scope: Scope, command: AnyCommand, past: Past, by: Context
) -> Scope:
    if of_agency(command):
        return agencies.widened(scope, command, past)
    if of_referral(command):
        return referrals.widened(scope, command, past, by)
    if of_grievance(command):
        return grievances.widened(scope, past, by)
    if of_case(command):
        return cases.widened(scope, command, past, by)
    if of_meeting(command):
        return meetings.widened(scope, command, past, by)
    if of_consent(command):
        return consents.widened(scope, command, past, by)
    if of_trail(command):
        return trails.widened(scope, command, past)
    return scope


def decide(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Decision:
    if by.is_automatic:
        check_is_automatic(command)
    else:
        check_may_act(past.agency(by.agency), by.staff, by.role)
    for each in scope.agencies:
        check_in_good_standing(past.agency(each))
    found = hidden.as_it_is_for(scope, command, past, by)
    by = timing.timed(scope, command, found, by)
    decided = completed(scope, _decided(scope, command, found, by), past)
    if found is not past:  # Each room has refused it, as for a case that there is not.
        raise CaseNotFound
    return duties.noted(scope, command, decided, past, by)


def _decided(  # noqa: PLR0911 (one arm a room)
    scope: Scope, command: AnyCommand, past: Past, by: Context
) -> Decision:
    if of_agency(command):
        return agencies.decide(scope, command, past, by)
    if of_network(command):
        return networks.decide(scope, command, past, by)
    if of_grievance(command):
        return grievances.decide(scope, command, past, by)
    if of_meeting(command):
        return meetings.decide(scope, command, past, by)
    if of_case(command):
        return cases.decide(scope, command, past, by)
    if of_consent(command):
        return consents.decide(scope, command, past, by)
    if of_trail(command):
        return trails.decide(scope, command, past, by)
    assert of_referral(command), "it is of some room"
    return referrals.decide(scope, command, past, by)
