"""Automatic (自動処理): what the installation does by itself, without anybody asking.

It takes back what rested on a consent that ended, has it destroyed, says what has run out, and
carries into a case what a meeting decided for it. Each decider says besides when.
"""

from typing import ClassVar, Final

from domain.case import AssignRole, CarryOver
from domain.consent_ledger import RecordExpiry
from domain.emergency import EndEmergency
from domain.grievance import EscalateGrievance
from domain.model import Command
from domain.referral import ExpireReferral, WithdrawReferral
from domain.speech import Refused
from domain.trail.blocked import SettleWithdrawal
from domain.trail.purges import RequestPurge


class NotByItself(Refused):
    """This is decided by people, and never by the installation itself."""

    ja: ClassVar[str] = "この判断は人が行うものであり、システムが自動で行うことはありません。"


BY_ITSELF: Final[tuple[type[Command], ...]] = (
    AssignRole,
    CarryOver,
    EndEmergency,
    EscalateGrievance,
    ExpireReferral,
    RecordExpiry,
    RequestPurge,
    SettleWithdrawal,
    WithdrawReferral,
)


def check_is_automatic(command: Command) -> None:
    if not isinstance(command, BY_ITSELF):
        raise NotByItself
