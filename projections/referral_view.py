"""Referral view: how far a referral has come, folded from what one may see of it.

Like every view it accepts every subset of the events and of their fields.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from typing import Final

import msgspec

from domain.codes import Level, Purpose, ReferralKind
from domain.model import AgencyId, Event, Guarded, Sealed
from domain.referral import (
    BECOMES,
    HandoverConfirmed,
    ReferralAccepted,
    ReferralDeclined,
    ReferralDrafted,
    ReferralEvent,
    ReferralExpired,
    ReferralInquirySent,
    ReferralReceived,
    ReferralRedirected,
    ReferralSent,
    ReferralStatus,
    ReferralWithdrawn,
)
from domain.referral.states import ENDED, PENDING
from projections.closed import as_seen, was_seen


class ReferralView(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    status: ReferralStatus | None = None
    kind: ReferralKind | None = None
    sender: AgencyId | None = None
    receiver: AgencyId | None = None
    purpose: Sealed[Purpose] | None = None
    urgency: Sealed[Level] | None = None
    sent_at: datetime | None = None
    respond_by: datetime | None = None
    answer_due: datetime | None = None
    accompanied: bool | None = None


class Moments(msgspec.Struct, frozen=True, kw_only=True):
    """When each step of it was taken, as far as it may be seen that it was."""

    asked_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    answered_at: datetime | None = None
    handed_over_at: datetime | None = None
    ended_at: datetime | None = None


def project(visible: Iterable[Event]) -> ReferralView:
    return reduce(evolve, visible, ReferralView())


def evolve(view: ReferralView, event: Event) -> ReferralView:
    if not isinstance(event, ReferralEvent):
        return view
    change = msgspec.structs.replace
    view = change(view, status=BECOMES[type(event)])
    match event:
        case ReferralDrafted():
            return as_seen(
                change(
                    view,
                    kind=event.kind,
                    sender=event.from_agency,
                    receiver=event.to_agency,
                    purpose=event.purpose,
                    urgency=event.urgency,
                )
            )
        case ReferralSent():
            return as_seen(
                change(
                    view,
                    sent_at=event.sent_at,
                    respond_by=event.respond_by,
                    answer_due=event.answer_due,
                    accompanied=event.accompanied,
                )
            )
        case _:
            return view


def moments(visible: Iterable[tuple[Event, datetime]]) -> Moments:
    """Each event with when it happened; what says of itself when it did, is believed."""
    found = Moments()
    for event, occurred_at in visible:
        step = STEPS.get(type(event))
        if step is not None and was_seen(said := getattr(event, step.told_by)):
            at = said if isinstance(said, datetime) else occurred_at
            found = msgspec.structs.replace(found, **dict.fromkeys(step.moments, at))
    return found


def is_open(happened: Iterable[type[Event]]) -> bool:
    """By what may be seen that happened to it, in the order in which it did."""
    statuses = [BECOMES[event] for event in happened if event in BECOMES]
    return bool(statuses) and statuses[-1] in OPEN


def unanswered_since(status: ReferralStatus, at: Moments) -> datetime | None:
    """Since when whoever was asked, or sent to, has neither taken her nor said no."""
    if status == "INQUIRED":
        return at.asked_at
    return at.sent_at if status in PENDING else None


class Step(msgspec.Struct, frozen=True):
    """By which field one sees that it was taken, and which moments it is."""

    told_by: str
    moments: tuple[str, ...]


STEPS: Final[Mapping[type[Event], Step]] = {
    ReferralInquirySent: Step("needs", ("asked_at",)),
    ReferralSent: Step("sent_at", ("sent_at",)),
    ReferralReceived: Step("at", ("received_at",)),
    ReferralAccepted: Step("on", ("answered_at",)),
    ReferralDeclined: Step("reason", ("answered_at", "ended_at")),
    ReferralRedirected: Step("new_to", ("answered_at", "ended_at")),
    HandoverConfirmed: Step("on", ("handed_over_at", "ended_at")),
    ReferralWithdrawn: Step("reason", ("ended_at",)),
    ReferralExpired: Step("at", ("ended_at",)),
}
OPEN: Final[frozenset[ReferralStatus]] = frozenset(BECOMES.values()) - ENDED - {"COMPLETED"}
