"""Holding (判断の有効期間): until when what was decided stays so, while nothing is recorded."""

from datetime import UTC, datetime
from typing import Final

from domain.sharing import Sharing
from domain.timers import end_of


def holds_until(sharing: Sharing, at: datetime) -> datetime:
    """What ends by a day ends with that day in Japan; all else says when to the moment."""
    agreed = [grant.granted for grant in sharing.grants.values()]
    begins = (each.granted_at for each in agreed)
    ends = (end_of(each.valid_until) for each in agreed if each.valid_until is not None)
    over = (emergency.expires_at for emergency in sharing.emergencies.values())
    instants = (instant for instant in (*begins, *ends, *over) if instant is not None)
    return min((instant for instant in instants if instant > at), default=FOR_GOOD)


FOR_GOOD: Final = datetime.max.replace(tzinfo=UTC)
