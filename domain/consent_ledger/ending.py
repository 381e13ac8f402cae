"""Ending (同意の縮小・撤回・終了): she takes something out, takes it all back, or it is over."""

from collections.abc import Iterable
from typing import ClassVar, Final

import msgspec

from domain.calendar import is_over
from domain.case.closing import CaseClosed, CaseTransferred
from domain.case.stay_events import StayCancelled, StayEnded
from domain.concerned import Concerned
from domain.consent_ledger.asking import GrantNotFound
from domain.consent_ledger.events import (
    ConsentExpired,
    ConsentNarrowed,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
    NarrowConsent,
    RecordExpiry,
    RecordRefusal,
    WithdrawConsent,
)
from domain.consent_ledger.grants import GRANT, Declined, Explained, Granted, Grants, state_of
from domain.meeting.events import MeetingCancelled, MeetingClosed
from domain.model import AgencyId, Context, Event, GrantId, StreamId, stream_of
from domain.speech import Refused


class StillInForce(Refused):
    """This consent has not ended: let her withdraw it, or wait for its end."""

    ja: ClassVar[str] = "この同意はまだ終了していません。やめる場合は撤回を記録してください。"


def withdrawn(
    concerned: Concerned, grants: Grants, command: WithdrawConsent, by: Context
) -> tuple[ConsentWithdrawn | ConsentWithdrawnWordless, ...]:
    """Whatever else is so: it needs no reason, and works at once."""
    if command.grant_id not in grants:
        raise GrantNotFound
    if not GRANT.allows(state_of(grants[command.grant_id]), ConsentWithdrawn):
        return ()
    return (_withdrawal(concerned, command, by),)


def narrowed(
    concerned: Concerned, grants: Grants, command: NarrowConsent, by: Context
) -> tuple[ConsentNarrowed | ConsentWithdrawn | ConsentWithdrawnWordless, ...]:
    """What she says is taken out; where nothing is left, she has taken it back.

    Agencies are taken out as she names them, whether they are in it or not: from what is answered,
    and from what is kept of it, nobody learns who else is.
    """
    grant = grants.get(command.grant_id)
    if grant is None:
        raise GrantNotFound
    if not isinstance(grant, Granted):  # It opens nothing, or nothing any more.
        return ()
    categories = command.removed_categories & grant.categories
    # What passes on to whoever took over is taken from whom it was agreed for.
    recipients = concerned.with_those_before(command.removed_recipients or NOBODY)
    fields = (command.removed_fields or frozenset()) - grant.excluded_fields
    if grant.recipients <= recipients or (grant.categories and grant.categories <= categories):
        return (_withdrawal(concerned, WithdrawConsent(grant_id=command.grant_id), by),)
    if not (categories or recipients or fields):
        return ()
    return (
        ConsentNarrowed(
            grant_id=command.grant_id,
            removed_categories=categories,
            removed_recipients=recipients or None,
            removed_fields=fields or None,
            at=by.at,
            via_agency=by.agency,
        ),
    )


def contradicted(
    concerned: Concerned, grants: Grants, refusal: RecordRefusal, by: Context
) -> tuple[ConsentNarrowed | ConsentWithdrawn | ConsentWithdrawnWordless, ...]:
    """What she says last holds: as far as she refuses it now, what she had agreed to goes.

    Whom she refuses some of it alone, among several, loses all of it: rather less than she said.
    """
    recipients = concerned.with_those_before(refusal.recipients)
    refusal = msgspec.structs.replace(refusal, recipients=recipients)
    return tuple(
        event
        for grant_id, grant in grants.items()
        if isinstance(grant, Granted) and is_contradicted(grant, refusal, by)
        for event in narrowed(concerned, grants, _without(grant_id, grant, refusal), by)
    )


def is_contradicted(grant: Granted, refusal: RecordRefusal, by: Context) -> bool:
    """What another adult has agreed to for herself is not the woman's to refuse."""
    said = Declined(kind=refusal.kind, recipients=refusal.recipients, categories=refusal.categories)
    about = said.is_about(grant.kind, grant.recipients, grant.categories)
    return about and grant.grantor != "ADULT_COMPANION" and grant.in_force(by.at)


def _without(grant_id: GrantId, grant: Granted, refusal: RecordRefusal) -> NarrowConsent:
    """Categories are taken out for all recipients: so only where she refuses all of these."""
    refused = refusal.categories & grant.categories
    if grant.recipients <= refusal.recipients and refused:
        return NarrowConsent(grant_id=grant_id, removed_categories=refused)
    refusing = refusal.recipients & grant.recipients
    return NarrowConsent(grant_id=grant_id, removed_recipients=refusing)


def expired(grants: Grants, command: RecordExpiry, by: Context) -> tuple[ConsentExpired, ...]:
    """It ended by the clock; this only says so."""
    grant = grants.get(command.grant_id)
    match grant:
        case None:
            raise GrantNotFound
        case Granted(valid_until=until) if until is not None and is_over(until, by.at):
            return (ConsentExpired(grant_id=command.grant_id),)
        case Granted() | Explained():
            raise StillInForce
        case _:
            return ()


def ended_with(
    grants: Grants, happened: Iterable[tuple[StreamId, Event]]
) -> tuple[ConsentExpired, ...]:
    """What ends with what happens, in the same append."""
    events = tuple(happened)
    return tuple(
        ConsentExpired(grant_id=grant_id)
        for grant_id, grant in grants.items()
        if isinstance(grant, Granted) and any(ends(grant, *each) for each in events)
    )


def ends(grant: Granted, stream: StreamId, event: Event) -> bool:
    """Once support has ended, nothing is left of what was to end with it."""
    match event, grant.until_event:
        case (StayEnded() | StayCancelled()) as stay, "STAY_END":
            return grant.until_stay in {None, stay.stay_id}
        case ((MeetingClosed() | MeetingCancelled()), "MEETING_CLOSE"):
            return grant.via_meeting is not None and stream == stream_of(
                "meeting", grant.via_meeting
            )
        case CaseTransferred(), "CASE_TRANSFER":
            return True
        case CaseTransferred(to_network=None), "CASE_CLOSE" | "STAY_END":
            return True  # It goes on elsewhere, where we shall not hear of its end.
        case CaseClosed(), "CASE_CLOSE" | "CASE_TRANSFER" | "STAY_END":
            return True
        case _:
            return False


def _withdrawal(
    concerned: Concerned, command: WithdrawConsent, by: Context
) -> ConsentWithdrawn | ConsentWithdrawnWordless:
    if not keeps_words(concerned):
        return ConsentWithdrawnWordless(grant_id=command.grant_id, at=by.at, via_agency=by.agency)
    return ConsentWithdrawn(
        grant_id=command.grant_id, at=by.at, via_agency=by.agency, reason=command.reason
    )


def keeps_words(concerned: Concerned) -> bool:
    """The ledger goes on without any once the key is gone under which they would be sealed."""
    return concerned.status != "ERASED"


NOBODY: Final[frozenset[AgencyId]] = frozenset()
