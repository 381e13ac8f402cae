"""Consent (同意終了への対応): referrals that wait for an answer and rested on it are taken back.

INV-C6. What was let out by then is destroyed once it is settled: see ``withdrawals``.
"""

from collections.abc import Iterator
from typing import Final

from domain.consent_ledger import (
    ConsentExpired,
    ConsentNarrowed,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
)
from domain.exclusions import ExclusionSet
from domain.referral import KnownReferral, WithdrawReferral
from services.deciding.knowing import referrals_of
from services.reacting import Happened, Known, Process, Wanted


def reacts(happened: Happened, known: Known) -> Iterator[Wanted]:
    """Each that waits. Whether it still rests on something, its decider says."""
    pending = [
        each.referral_id
        for each in referrals_of(known.record).values()
        if isinstance(each, KnownReferral) and each.is_pending
    ]
    for each in sorted(pending):
        taken_back = WithdrawReferral(referral_id=each, reason="CONSENT_WITHDRAWN")
        yield Wanted(f"referral:{each}", taken_back, happened.case)


CONSENT: Final = Process(
    "consent",
    frozenset(
        {
            ConsentWithdrawn,
            ConsentWithdrawnWordless,
            ConsentNarrowed,
            ConsentExpired,
            ConsentSuperseded,
            ConsentRefused,
            ExclusionSet,
        }
    ),
    reacts,
)
