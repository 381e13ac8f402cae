"""Who is a side of a referral, a meeting, a grievance (当事者), and what is before whom."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, get_args

import msgspec

from domain import grievance as grievances
from domain.case.stay_events import StayDecided
from domain.grievance import NO_GRIEVANCE, GrievanceEvent, KnownGrievance
from domain.meeting.events import (
    InformationProvided,
    InviteeAdded,
    InviteeRemoved,
    MeetingCancelled,
    MeetingClosed,
    MeetingConvened,
    MeetingHeld,
    MeetingPlanned,
)
from domain.model import Event
from domain.policy.naming import TO_STAY
from domain.referral.events import (
    HandoverConfirmed,
    InformationSupplied,
    ReferralDeclined,
    ReferralDrafted,
    ReferralExpired,
    ReferralInquirySent,
    ReferralRedirected,
    ReferralSent,
    ReferralWithdrawn,
)
from domain.sharing.standing import Told
from domain.sharing.state import NOTHING_GIVEN, Gathering, Given, Handling, Party, Sharing, Sides

Ending: TypeAlias = (
    ReferralDeclined | ReferralRedirected | HandoverConfirmed | ReferralWithdrawn | ReferralExpired
)
MeetingEnding: TypeAlias = MeetingClosed | MeetingCancelled


def _drafted(sharing: Sharing, told: Told, event: ReferralDrafted) -> Sharing:
    to_stay = event.kind in TO_STAY
    sides = Sides(
        sender=event.from_agency,
        receiver=event.to_agency,
        to_stay=to_stay,
        since=told.position,
    )
    return _with(sharing, told, sides)


def _stays(sharing: Sharing, told: Told, event: StayDecided) -> Sharing:
    return change(sharing, keepers={event.provider_agency_id: told.position, **sharing.keepers})


def _asked(sharing: Sharing, told: Told, _: ReferralInquirySent) -> Sharing:
    sides = _sides(sharing, told)
    return _with(sharing, told, sides and change(sides, asked=True))


def _sent(sharing: Sharing, told: Told, event: ReferralSent) -> Sharing:
    """The package is what is said here, and not what a draft of it was."""
    sides = _sides(sharing, told)
    return _with(sharing, told, sides and change(sides, asked=True, package=_given(event)))


def _supplied(sharing: Sharing, told: Told, event: InformationSupplied) -> Sharing:
    sides = _sides(sharing, told)
    return _with(sharing, told, sides and change(sides, package=sides.package | _given(event)))


def _ended(sharing: Sharing, told: Told, _: Ending) -> Sharing:
    sides = _sides(sharing, told)
    return _with(sharing, told, sides and change(sides, package=NOTHING_GIVEN))


def _sides(sharing: Sharing, told: Told) -> Sides | None:
    party = sharing.parties.get(told.stream)
    return party if isinstance(party, Sides) else None


def _planned(sharing: Sharing, told: Told, event: MeetingPlanned) -> Sharing:
    of_a_case = event.case_id is not None or sharing.subject is not None
    meeting = Gathering(of_a_case=of_a_case, convenor=event.convenor, network=event.network_id)
    return _with(sharing, told, meeting)


def _invited(sharing: Sharing, told: Told, event: InviteeAdded) -> Sharing:
    meeting = _meeting(sharing, told)
    return _with(
        sharing, told, meeting and change(meeting, invited=meeting.invited | {event.agency_id})
    )


def _removed(sharing: Sharing, told: Told, event: InviteeRemoved) -> Sharing:
    meeting = _meeting(sharing, told)
    if meeting is None:
        return sharing
    left = {agency: given for agency, given in meeting.items.items() if agency != event.agency_id}
    changed = change(meeting, invited=meeting.invited - {event.agency_id}, items=left)
    return _with(sharing, told, changed)


def _convened(sharing: Sharing, told: Told, _: MeetingConvened) -> Sharing:
    meeting = _meeting(sharing, told)
    return _with(sharing, told, meeting and change(meeting, convened=True))


def _held(sharing: Sharing, told: Told, event: MeetingHeld) -> Sharing:
    meeting = _meeting(sharing, told)
    came = frozenset(event.agencies)
    return _with(sharing, told, meeting and change(meeting, came=came, convened=True))


def _provided(sharing: Sharing, told: Told, event: InformationProvided) -> Sharing:
    meeting = _meeting(sharing, told)
    if meeting is None:
        return sharing
    given = {
        agency: meeting.items.get(agency, NOTHING_GIVEN) | _given(event)
        for agency in event.recipients
    }
    return _with(sharing, told, change(meeting, items={**meeting.items, **given}))


def _over(sharing: Sharing, told: Told, _: MeetingEnding) -> Sharing:
    meeting = _meeting(sharing, told)
    return _with(sharing, told, meeting and change(meeting, items={}))


def _meeting(sharing: Sharing, told: Told) -> Gathering | None:
    party = sharing.parties.get(told.stream)
    return party if isinstance(party, Gathering) else None


def _grievance(sharing: Sharing, told: Told, event: GrievanceEvent) -> Sharing:
    before = sharing.parties.get(told.stream)
    known = before.grievance if isinstance(before, Handling) else NO_GRIEVANCE
    after = grievances.evolve(known, event)
    assert isinstance(after, KnownGrievance)
    return _with(sharing, told, Handling(after))


def _given(event: ReferralSent | InformationSupplied | InformationProvided) -> Given:
    return frozenset(zip(event.sources, event.paths, strict=True))


def _with(sharing: Sharing, told: Told, party: Party | None) -> Sharing:
    """Of what was never begun here, nothing is said."""
    if party is None:
        return sharing
    return change(sharing, parties={**sharing.parties, told.stream: party})


change = msgspec.structs.replace
SAYS: Final[Mapping[type[Event], Callable[[Sharing, Told, Any], Sharing]]] = {
    StayDecided: _stays,
    ReferralDrafted: _drafted,
    ReferralInquirySent: _asked,
    ReferralSent: _sent,
    InformationSupplied: _supplied,
    ReferralDeclined: _ended,
    ReferralRedirected: _ended,
    HandoverConfirmed: _ended,
    ReferralWithdrawn: _ended,
    ReferralExpired: _ended,
    MeetingPlanned: _planned,
    InviteeAdded: _invited,
    InviteeRemoved: _removed,
    MeetingConvened: _convened,
    MeetingHeld: _held,
    InformationProvided: _provided,
    MeetingClosed: _over,
    MeetingCancelled: _over,
    **dict.fromkeys(get_args(GrievanceEvent), _grievance),
}
