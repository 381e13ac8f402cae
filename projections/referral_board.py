"""Referral board (つなぎの一覧): what an agency has drafted, and what was sent to it."""

from typing import Final, get_args

import msgspec

from domain.exclusions import ExclusionSet
from domain.model import AgencyId, CaseId, Event, ReferralId, StreamId
from domain.referral import (
    BECOMES,
    ReferralDrafted,
    ReferralEvent,
    ReferralInquirySent,
    ReferralSent,
    ReferralStatus,
)
from projections.referral_view import OPEN
from projections.tables import Projection, Seen


class ReferralRow(msgspec.Struct, frozen=True, kw_only=True):
    stream: StreamId
    referral_id: ReferralId
    case_id: CaseId
    from_agency: AgencyId
    to_agency: AgencyId
    status: ReferralStatus
    is_open: bool = True
    drafted: int  # Its place in the sender's list,
    sent: int | None = None  # and, once it was asked or sent to, in the receiver's.


def _touches(seen: Seen) -> tuple[tuple[StreamId], ...]:
    return ((seen.header.stream,),)


def _evolve(row: ReferralRow | None, key: tuple[StreamId], seen: Seen) -> ReferralRow | None:
    event = seen.event
    if isinstance(event, ReferralDrafted):
        return ReferralRow(
            stream=key[0],
            referral_id=event.referral_id,
            case_id=event.case_id,
            from_agency=event.from_agency,
            to_agency=event.to_agency,
            status="DRAFT",
            drafted=seen.position,
        )
    if row is None:
        return None
    assert event is not None
    told = seen.position if isinstance(event, ReferralInquirySent | ReferralSent) else None
    sent = told if row.sent is None else row.sent
    status = BECOMES[type(event)]
    return msgspec.structs.replace(row, status=status, is_open=status in OPEN, sent=sent)


class CaseExclusion(msgspec.Struct, frozen=True):
    """She has shut somebody out: whoever it is may still take for open what has long ended."""

    case_id: CaseId
    since: int


def _shuts_out(seen: Seen) -> tuple[tuple[CaseId], ...]:
    return ((seen.header.case,),) if seen.header.case else ()


def _exclusion(row: CaseExclusion | None, key: tuple[CaseId], seen: Seen) -> CaseExclusion:
    return row or CaseExclusion(*key, since=seen.position)


REFERRAL_BOARD: Final = Projection[tuple[StreamId], ReferralRow](
    name="referral_board",
    row=ReferralRow,
    key=("stream",),
    touches=_touches,
    evolve=_evolve,
    wants=frozenset[type[Event]](get_args(ReferralEvent)),
    indexes=(
        ("from_agency", "drafted", "referral_id"),
        ("to_agency", "sent", "referral_id"),
        ("from_agency", "is_open", "drafted", "referral_id"),
        ("to_agency", "is_open", "sent", "referral_id"),
    ),
)
CASE_EXCLUSIONS: Final = Projection[tuple[CaseId], CaseExclusion](
    name="case_exclusions",
    row=CaseExclusion,
    key=("case_id",),
    touches=_shuts_out,
    evolve=_exclusion,
    wants=frozenset({ExclusionSet}),
)
