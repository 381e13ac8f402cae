"""Hidden (除外): for whom she has shut out the case is as if it were not there.

A person she has shut out finds nothing of it at all. An agency finds what is its own: what it does
for her it goes on recording, and it ends it, leaves, hands her on, and writes down what she says.
What others have sent it, or asked of it, it does not find, nor what would bring in anybody new.
"""

from typing import Final

from domain import consent_ledger, referral
from domain.catalogue import AnyCommand
from domain.emergency import AuthoriseEmergency, RequestEmergency
from domain.exclusions import Exclusions
from domain.meeting import NO_MEETING, KnownMeeting, Meeting, MeetingCommand, NoMeeting
from domain.meeting import evolve as meeting_after
from domain.meeting.commands import AddInvitee, PlanMeeting, RequestMeeting
from domain.model import Context, stream_of
from domain.referral import (
    AskToTakeOver,
    DraftReferral,
    KnownReferral,
    NoReferral,
    Referral,
    ReferralCommand,
)
from services.deciding.scope import Past, Scope


def as_it_is_for(scope: Scope, command: AnyCommand, past: Past, by: Context) -> Past:
    """What had happened; and for whom it is hidden, without all that is about the case."""
    if scope.case is None or not is_hidden(scope, command, past, by):
        return past
    kept = {stream_of("agency", each) for each in (by.agency, *scope.agencies, *scope.known)}
    kept |= {stream_of("network", each) for each in scope.networks}
    if isinstance(command, MeetingCommand) and not _is_of_this_case(scope, past):
        kept.add(scope.asked)
    return past.only(kept)


def is_hidden(scope: Scope, command: AnyCommand, past: Past, by: Context) -> bool:
    """INV-C13, for whoever acts: the person, or what their agency has no part in any more."""
    assert scope.case is not None
    ledger = past.ledger(scope.case)
    if ledger.exclusions == NOBODY:  # As nearly always.
        return False
    if by.staff in consent_ledger.excluded_staff(ledger):
        return True
    if not consent_ledger.excluded(ledger):  # Nor, then, whoever took over from them.
        return False
    if by.agency not in consent_ledger.excluded(ledger, past.agencies(by.agency)):
        return False
    return not _is_its_own(scope, command, past, by)


def _is_its_own(scope: Scope, command: AnyCommand, past: Past, by: Context) -> bool:
    if isinstance(command, BRINGS_IN):
        return False
    if isinstance(command, ReferralCommand):
        if isinstance(command, DraftReferral):
            return True
        known = past.fold(NO_REFERRAL, referral.evolve, scope.asked)
        return isinstance(known, KnownReferral) and known.from_agency == by.agency
    if isinstance(command, MeetingCommand):
        meeting = past.fold(NO_MEETING, meeting_after, scope.asked)
        return isinstance(meeting, KnownMeeting) and meeting.convenor == by.agency
    return True


def _is_of_this_case(scope: Scope, past: Past) -> bool:
    meeting: Meeting = past.fold(NO_MEETING, meeting_after, scope.asked)
    return not isinstance(meeting, NoMeeting) and meeting.case_id == scope.case


NO_REFERRAL: Final[Referral] = NoReferral()
NOBODY: Final = Exclusions()
BRINGS_IN: Final = (
    AskToTakeOver,
    RequestMeeting,
    PlanMeeting,
    AddInvitee,
    RequestEmergency,
    AuthoriseEmergency,
)
