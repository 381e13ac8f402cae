"""Going (見えなくなる): by what that which an agency could see has gone out of its sight.

Of what may take something away, each is looked at as it was before and after it. Where only the
time had passed, it was the clock; and where the agency itself is no longer what it was, or whoever
reads may not know of the event, nothing is said.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from contracts.replay import Gone
from domain.case import CaseClosed
from domain.case.stay_events import StayCancelled, StayEnded
from domain.model import Event
from services.replaying.lenses import Lens, Whole
from services.sealing import header_of
from services.sights import Entry, Sight

# A field of the event at a position.
Place: TypeAlias = tuple[int, str]

BY_THE_CLOCK: Final = Gone(by_the_clock=True)
NOT_TOLD: Final = Gone()
# With these ends what she agreed to until then.
UNTIL: Final[tuple[type[Event], ...]] = (StayEnded, StayCancelled, CaseClosed)


def gone(earlier: Lens, later: Lens, now: Sight) -> Mapping[Place, Gone]:
    """Of one agency, at two times."""
    lost = _shown(earlier, now) - _shown(later, now)
    if not lost:
        return {}
    seen = _shown(later.as_of(earlier.at, earlier.until), now) & lost
    by: dict[Place, Gone] = dict.fromkeys(sorted(lost), NOT_TOLD)
    for entry in _taking_away(earlier, later):
        at, position = entry.stored.recorded_at, entry.told.position
        after = _shown(later.as_of(at, position), now) & lost
        if left := seen - after:
            before = _shown(later.as_of(at, position - 1), now)
            said = _told_of(entry, now, whole=isinstance(later.scope, Whole))
            by.update({each: said if each in before else BY_THE_CLOCK for each in left})
        seen = after
    return {**by, **dict.fromkeys(seen, BY_THE_CLOCK)}


def _shown(lens: Lens, now: Sight) -> frozenset[Place]:
    return frozenset((t.position, name) for t in lens.told(now) for name in t.seen.visible.bases)


def _taking_away(earlier: Lens, later: Lens) -> Iterator[Entry]:
    for entry in later.record.entries:
        event = entry.told.event
        takes_away = "case" in event.stamps or isinstance(event, UNTIL)
        if takes_away and earlier.until < entry.told.position <= later.until:
            yield entry


def _told_of(entry: Entry, now: Sight, *, whole: bool) -> Gone:
    if not whole and not now.visible(entry).what:
        return NOT_TOLD
    header = header_of(entry.stored)
    return Gone(event=header.id, type=header.type, at=header.occurred_at)
