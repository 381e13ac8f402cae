"""The clock (時計): by which an installation records, what it shows, and how it is moved."""

from datetime import datetime
from typing import Final

import msgspec

from contracts.asked import read_as
from domain.calendar import in_utc
from domain.installation import ClockKind
from domain.model import Guarded, Instant


class ClockShown(Guarded, frozen=True, kw_only=True):
    """A demo clock stands still at ``now`` until it is moved."""

    clock: ClockKind
    now: datetime


class ClockAsked(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To which time the demo clock is to be moved. What falls due on the way happens."""

    to: Instant

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "to", in_utc(self.to))


def read_clock_asked(body: bytes) -> ClockAsked:
    return read_as(_ASKED, body)


_ASKED: Final = msgspec.json.Decoder(ClockAsked)
