"""Swimlane (担当の流れ): who acts, to whom she is handed, and who answers for her (主担当機関).

The baton of responsibility has exactly one holder from the acceptance of a case to its closure. It
is folded from what may be seen, so it accepts every subset of the events and of their fields; where
it may not be seen who holds the baton, somebody does all the same (``UNSEEN``).
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from domain.case import (
    CaseAccepted,
    CaseClosed,
    CaseReopened,
    CaseTransferred,
    ResponsibilityMoved,
)
from domain.case.stay_events import StayCancelled, StayDecided, StayEnded, StayStarted
from domain.meeting.events import MeetingConvened, MeetingHeld
from domain.model import AgencyId, Event, StreamId
from domain.referral import (
    HandoverConfirmed,
    ReferralAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralExpired,
    ReferralInquirySent,
    ReferralRedirected,
    ReferralSent,
    ReferralWithdrawn,
)
from projections.closed import was_seen

Mark: TypeAlias = Literal[
    "ACCEPTED",
    "ASKED",
    "SENT",
    "TAKEN",
    "NOT_TAKEN",
    "HANDED_OVER",
    "MOVED",
    "CLOSED",
    "REOPENED",
    "STAY_DECIDED",
    "STAY_BEGUN",
    "STAY_OVER",
    "CONVENED",
    "HELD",
]

# Whom it is said to be; or somebody, of whom it may not be seen.
Whom: TypeAlias = AgencyId | Literal["UNSEEN"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one event does in the lanes: nothing, but that it stands there, where ``mark`` is not.

    ``of``: in whose lane it stands; ``None``, in that of whoever recorded it.
    """

    mark: Mark | None = None
    of: Whom | None = None
    to: Whom | None = None


class Lanes(msgspec.Struct, frozen=True, kw_only=True):
    step: Step = Step()  # The last one.
    answers: Whom | None = None  # Who answers for her, or did when the case was closed.
    is_open: bool = False
    referrals: Mapping[StreamId, tuple[Whom, Whom]] = {}  # From whom, to whom.

    @property
    def holder(self) -> Whom | None:
        """Who holds the baton: nobody before acceptance, nor once the case is closed."""
        return self.answers if self.is_open else None


def evolve(lanes: Lanes, stream: StreamId, event: Event) -> Lanes:  # noqa: PLR0911 (one arm an event)
    match event:
        case ReferralDrafted():
            sides = _seen(event.from_agency), _seen(event.to_agency)
            referrals = {**lanes.referrals, stream: sides}
            return change(lanes, step=Step(), referrals=referrals)
        case CaseAccepted():
            step = Step(mark="ACCEPTED")
            return change(lanes, step=step, answers=_seen(event.main_responsible), is_open=True)
        case ResponsibilityMoved():
            return _moved(lanes, event)
        case HandoverConfirmed():
            sender, receiver = lanes.referrals.get(stream, (None, None))
            lanes = change(lanes, step=Step(mark="HANDED_OVER", of=sender, to=receiver))
            after = event.main_responsible_to
            return _answered_by(lanes, after) if was_seen(after) else lanes
        case CaseClosed():
            return change(lanes, step=Step(mark="CLOSED"), is_open=False)
        case CaseTransferred():
            if event.to_network is None:
                return change(lanes, step=Step(mark="CLOSED"), is_open=False)
            return change(lanes, step=Step())
        case CaseReopened():
            step = Step(mark="REOPENED")
            return change(lanes, step=step, is_open=lanes.answers is not None)
        case _:
            return change(lanes, step=_step(lanes, stream, event))


def _step(lanes: Lanes, stream: StreamId, event: Event) -> Step:
    """What stands in a lane, and leaves it with her whose it was."""
    mark = MARKED.get(type(event))
    if mark is None:
        return Step()
    sender, receiver = lanes.referrals.get(stream, (None, None))
    if mark in {"ASKED", "SENT"}:
        return Step(mark=mark, of=sender, to=receiver)
    if mark == "TAKEN":
        return Step(mark=mark, of=receiver)
    return Step(mark=mark)


def _moved(lanes: Lanes, event: ResponsibilityMoved) -> Lanes:
    """Before anybody has accepted her it is who has to that changes, and there is no baton."""
    unaccepted = lanes.answers is None and event.decided_by is None
    moved = change(
        lanes, step=Step(mark="MOVED", of=_seen(event.from_agency), to=_seen(event.to_agency))
    )
    return moved if unaccepted else _answered_by(moved, _seen(event.to_agency))


def _answered_by(lanes: Lanes, agency: Whom | None) -> Lanes:
    """Whoever sees of it first that she was handed on sees no acceptance, and yet a baton."""
    if agency is None:
        return lanes
    return change(lanes, answers=agency, is_open=lanes.is_open or lanes.answers is None)


def _seen(agency: AgencyId) -> Whom:
    return agency if was_seen(agency) else "UNSEEN"


change = msgspec.structs.replace
MARKED: Final[Mapping[type[Event], Mark]] = {
    ReferralInquirySent: "ASKED",
    ReferralSent: "SENT",
    ReferralAccepted: "TAKEN",
    **dict.fromkeys(
        (ReferralDeclined, ReferralRedirected, ReferralWithdrawn, ReferralExpired), "NOT_TAKEN"
    ),
    StayDecided: "STAY_DECIDED",
    StayStarted: "STAY_BEGUN",
    **dict.fromkeys((StayEnded, StayCancelled), "STAY_OVER"),
    MeetingConvened: "CONVENED",
    MeetingHeld: "HELD",
}
# The fields that it makes anything of: all of them stand in the clear.
READS: Final[Mapping[type[Event], frozenset[str]]] = {
    ReferralDrafted: frozenset({"from_agency", "to_agency"}),
    CaseAccepted: frozenset({"main_responsible"}),
    ResponsibilityMoved: frozenset({"from_agency", "to_agency", "decided_by"}),
    HandoverConfirmed: frozenset({"main_responsible_to"}),
    CaseTransferred: frozenset({"to_network"}),
}
