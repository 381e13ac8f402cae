"""Referral board (つなぎの一覧): how far each referral has come, for the two agencies of it."""

from typing import Final, get_args

import msgspec
from msgspec.structs import replace

from domain.model import AgencyId, CaseId, ReferralId, StreamId
from domain.referral import BECOMES, ReferralDrafted, ReferralEvent, ReferralSent, ReferralStatus
from projections.tables import Projection, Seen


class ReferralOnBoard(msgspec.Struct, frozen=True, kw_only=True):
    """Times are positions. Before it is sent there is nothing for the agency it goes to."""

    stream: StreamId
    referral_id: ReferralId
    case_id: CaseId
    from_agency: AgencyId
    to_agency: AgencyId
    state: ReferralStatus
    drafted: int
    sent: int | None = None
    changed: int


def touches(seen: Seen) -> tuple[tuple[StreamId], ...]:
    return ((seen.header.stream,),)


def evolve(row: ReferralOnBoard | None, key: tuple[StreamId], seen: Seen) -> ReferralOnBoard:
    event = seen.event
    assert isinstance(event, ReferralEvent)
    if isinstance(event, ReferralDrafted):
        return ReferralOnBoard(
            stream=key[0],
            referral_id=event.referral_id,
            case_id=event.case_id,
            from_agency=event.from_agency,
            to_agency=event.to_agency,
            state="DRAFT",
            drafted=seen.position,
            changed=seen.position,
        )
    assert row is not None, "a referral begins with its draft"
    return replace(
        row,
        state=BECOMES[type(event)],
        sent=seen.position if isinstance(event, ReferralSent) else row.sent,
        changed=seen.position,
    )


REFERRAL_BOARD: Final = Projection[tuple[StreamId], ReferralOnBoard](
    name="referral_board",
    row=ReferralOnBoard,
    key=("stream",),
    touches=touches,
    evolve=evolve,
    wants=frozenset(get_args(ReferralEvent)),
    indexes=(("from_agency", "drafted", "referral_id"), ("to_agency", "sent", "referral_id")),
)
