"""Lead times (つなぎに要した時間): how long it takes, over the referrals that an agency may see."""

from collections.abc import Iterable
from datetime import timedelta

from contracts.pages import ReferralLine
from contracts.referrals import LeadTimeSummary, Spread
from projections.referral_view import OPEN
from services.looking import Reader
from services.viewing import Viewing


async def lead_times(
    viewing: Viewing, reader: Reader, *, after: str | None = None, most: int
) -> LeadTimeSummary:
    """Over the next so many of its list; what is hidden counts for nothing."""
    page = await viewing.referrals(reader, after=after, most=most)
    return summed_up(page.items, page.next)


def summed_up(lines: Iterable[ReferralLine], following: str | None) -> LeadTimeSummary:
    lines = [*lines]
    times = [line.lead_times for line in lines]
    return LeadTimeSummary(
        referrals=len(lines),
        open=sum(line.status in OPEN for line in lines),
        unanswered=sum(line.unanswered_since is not None for line in lines),
        to_receipt=_spread(each.to_receipt for each in times),
        to_answer=_spread(each.to_answer for each in times),
        to_handover=_spread(each.to_handover for each in times),
        next=following,
    )


def _spread(durations: Iterable[timedelta | None]) -> Spread | None:
    known = [each for each in durations if each is not None]
    return Spread(len(known), sum(known, timedelta()), max(known)) if known else None
