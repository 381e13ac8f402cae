"""Lead times (つなぎに要した時間), summed up over as many referrals as were read at once."""

from datetime import timedelta

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """Of several durations: enough to put two of these together into one."""

    count: int
    total: timedelta
    longest: timedelta


class LeadTimeSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Only of what the agency may see; ``next`` asks for the summary of what follows."""

    referrals: int
    open: int
    unanswered: int
    to_receipt: Spread | None = None
    to_answer: Spread | None = None
    to_handover: Spread | None = None
    next: str | None = None


def summed(one: LeadTimeSummary, other: LeadTimeSummary) -> LeadTimeSummary:
    """As if both had been read at once."""
    return LeadTimeSummary(
        referrals=one.referrals + other.referrals,
        open=one.open + other.open,
        unanswered=one.unanswered + other.unanswered,
        to_receipt=_of_both(one.to_receipt, other.to_receipt),
        to_answer=_of_both(one.to_answer, other.to_answer),
        to_handover=_of_both(one.to_handover, other.to_handover),
        next=other.next,
    )


def _of_both(one: Spread | None, other: Spread | None) -> Spread | None:
    if one is None or other is None:
        return one or other
    return Spread(one.count + other.count, one.total + other.total, max(one.longest, other.longest))
