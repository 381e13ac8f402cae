"""Referral view: how far a referral has come, folded from what one may see of it.

Like every view it accepts every subset of the events and of their fields.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce

import msgspec

from domain.codes import Level, Purpose, ReferralKind
from domain.model import CLOSED, AgencyId, Event, Guarded, Sealed
from domain.referral import BECOMES, ReferralDrafted, ReferralEvent, ReferralSent, ReferralStatus


class ReferralView(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    status: ReferralStatus | None = None
    kind: ReferralKind | None = None
    sender: AgencyId | None = None
    receiver: AgencyId | None = None
    purpose: Sealed[Purpose] | None = None
    urgency: Sealed[Level] | None = None
    sent_at: datetime | None = None
    respond_by: datetime | None = None
    accompanied: bool | None = None


def project(visible: Iterable[Event]) -> ReferralView:
    return reduce(evolve, visible, ReferralView())


def evolve(view: ReferralView, event: Event) -> ReferralView:
    if not isinstance(event, ReferralEvent):
        return view
    change = msgspec.structs.replace
    view = change(view, status=BECOMES[type(event)])
    match event:
        case ReferralDrafted():
            return _as_seen(
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
            return _as_seen(
                change(
                    view,
                    sent_at=event.sent_at,
                    respond_by=event.respond_by,
                    accompanied=event.accompanied,
                )
            )
        case _:
            return view


def _as_seen(view: ReferralView) -> ReferralView:
    """What is closed was not seen."""
    unseen = [name for name in view.__struct_fields__ if getattr(view, name) == CLOSED]
    return msgspec.structs.replace(view, **dict.fromkeys(unseen))
